//! Sessions that are bound to a key: a stolen refresh token alone is of no use, and does no harm.

use cpc_proto::{clients::identity_service_client::IdentityServiceClient, v1};
use cpc_signing::SecretKey;
use http::Method;

use crate::harness::{Daemon, Engine, for_each_engine, reason, tokens, within};

/// Opens a session that is bound to the key.
async fn open(daemon: &Daemon, key: &SecretKey) -> v1::TokenPair {
    let proof = v1::ChallengeProof { bind_to_key: true, ..daemon.proof(key).await };
    let step = Some(v1::auth_request::Step::Proof(proof));
    tokens(daemon.identity(None).await.authenticate(v1::AuthRequest { step }).await.unwrap().into_inner())
}

async fn proof(daemon: &Daemon, key: &SecretKey) -> v1::ChallengeProof {
    daemon.proof_for(key, v1::SubjectKind::User, v1::ChallengePurpose::Refresh).await
}

async fn renew(daemon: &Daemon, token: &str, proof: Option<v1::ChallengeProof>) -> Result<v1::TokenPair, String> {
    let request = v1::RefreshRequest { refresh_token: token.into(), proof };
    let answer = daemon.identity(None).await.refresh_token(request).await;
    answer.map(|answer| tokens(answer.into_inner())).map_err(|status| reason(&status))
}

async fn renew_over_rest(
    daemon: &Daemon,
    token: &str,
    proof: Option<v1::ChallengeProof>,
) -> Result<v1::TokenPair, String> {
    let request = v1::RefreshRequest { refresh_token: token.into(), proof };
    let body = serde_json::to_string(&request).unwrap();
    let answer = daemon.rest(Method::POST, "/v1/auth/refresh", None, Some(&body)).await;
    if answer.status != 200 {
        return Err(answer.reason());
    }
    Ok(tokens(serde_json::from_slice(&answer.body).unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_session_is_renewed_with_its_key_only() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let (alice, thief) = (daemon.person("alice", &[]).await, daemon.person("thief", &[]).await);
        let first = open(&daemon, &alice.key).await;
        let stolen = first.refresh_token.as_str();
        let mut damaged = proof(&daemon, &alice.key).await;
        damaged.signature[3] ^= 1;
        let hostile = [
            (None, "FIELD_REQUIRED"),
            (Some(v1::ChallengeProof::default()), "CHALLENGE_INVALID"),
            (Some(proof(&daemon, &thief.key).await), "SIGNATURE_INVALID"),
            (Some(daemon.proof(&alice.key).await), "CHALLENGE_INVALID"),
            (Some(damaged), "SIGNATURE_INVALID"),
        ];
        for (proof, expected) in hostile {
            assert_eq!(renew(&daemon, stolen, proof.clone()).await.unwrap_err(), expected, "on {}", engine.name);
            assert_eq!(renew_over_rest(&daemon, stolen, proof).await.unwrap_err(), expected);
        }
        let used = proof(&daemon, &alice.key).await;
        let second = renew(&daemon, stolen, Some(used.clone())).await.unwrap();
        assert_eq!(renew(&daemon, stolen, Some(used.clone())).await.unwrap_err(), "CHALLENGE_USED");
        let again = renew_over_rest(&daemon, stolen, Some(proof(&daemon, &alice.key).await)).await.unwrap();
        assert_eq!(again, second, "a lost answer is given again for a new proof, on {}", engine.name);
        let third = renew(&daemon, &second.refresh_token, Some(proof(&daemon, &alice.key).await)).await.unwrap();

        // Whoever has an old token, but not the key, does not even end the session.
        assert_eq!(renew(&daemon, stolen, None).await.unwrap_err(), "FIELD_REQUIRED");
        let daemon = daemon.restart(&engine).await;
        let fourth = renew(&daemon, &third.refresh_token, Some(proof(&daemon, &alice.key).await)).await.unwrap();
        let reused = renew(&daemon, stolen, Some(proof(&daemon, &alice.key).await)).await;
        assert_eq!(reused.unwrap_err(), "REFRESH_REUSED", "the key's own mistake is one");
        let ended = renew(&daemon, &fourth.refresh_token, Some(proof(&daemon, &alice.key).await)).await;
        assert_eq!(ended.unwrap_err(), "TOKEN_REVOKED", "on {}", engine.name);

        let plain = daemon.session(&alice.key).await;
        let needless = renew(&daemon, &plain.refresh_token, Some(proof(&daemon, &alice.key).await)).await;
        assert_eq!(needless.unwrap_err(), "FIELD_INVALID");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_replays_of_a_renewal_one_renews() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let first = open(&daemon, &alice.key).await;
        let proof = Some(proof(&daemon, &alice.key).await);
        let request = v1::RefreshRequest { refresh_token: first.refresh_token.clone(), proof };
        let channel = daemon.channel().await;
        let replays: Vec<_> = (0..100)
            .map(|_| {
                let (mut client, request) = (IdentityServiceClient::new(channel.clone()), request.clone());
                tokio::spawn(async move { client.refresh_token(request).await.map(drop).map_err(|e| reason(&e)) })
            })
            .collect();
        let mut renewed = 0;
        for replay in replays {
            match within("a replay is answered", replay).await.unwrap() {
                Ok(()) => renewed += 1,
                Err(reason) => assert_eq!(reason, "CHALLENGE_USED", "on {}", engine.name),
            }
        }
        assert_eq!(renewed, 1, "on {}", engine.name);
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_for_a_renewal_opens_no_session() {
    let daemon = Daemon::start(&Engine::sqlite()).await;
    let alice = daemon.person("alice", &[]).await;
    let proof = proof(&daemon, &alice.key).await;
    assert_eq!(reason(&daemon.prove(proof).await.unwrap_err()), "CHALLENGE_INVALID");
    daemon.stop().await;
}
