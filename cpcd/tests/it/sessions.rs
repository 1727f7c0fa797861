//! Sessions: renewed by the current refresh token, ended by an old one.

use cpc_proto::{clients::identity_service_client::IdentityServiceClient, v1};
use http::Method;
use serde_json::json;

use crate::harness::{Daemon, Engine, eventually, for_each_engine, reason, tokens, within};

/// Says who the server takes a token's holder for; the reason if it does not.
async fn holder(daemon: &Daemon, token: &str) -> Result<String, String> {
    let answer = daemon.identity(Some(token)).await.get_caller(v1::GetCallerRequest {}).await;
    answer.map(|caller| caller.into_inner().user.unwrap().username).map_err(|status| reason(&status))
}

async fn refresh_over_rest(daemon: &Daemon, refresh_token: &str) -> Result<v1::TokenPair, String> {
    let body = json!({ "refreshToken": refresh_token }).to_string();
    let answer = daemon.rest(Method::POST, "/v1/auth/refresh", None, Some(&body)).await;
    if answer.status != 200 {
        assert_eq!(answer.status, 401);
        return Err(answer.reason());
    }
    Ok(tokens(serde_json::from_slice(&answer.body).unwrap()))
}

/// Uses a refresh token many times at once; gives what came of each use.
async fn refresh_in_parallel(daemon: &Daemon, refresh_token: &str, uses: usize) -> Vec<Result<v1::TokenPair, String>> {
    let mut running = Vec::new();
    // More than one connection, so that the calls come in on more than one thread.
    for _ in 0..4 {
        let channel = daemon.channel().await;
        running.extend((0..uses / 4).map(|_| {
            let mut client = IdentityServiceClient::new(channel.clone());
            let request = v1::RefreshRequest { refresh_token: refresh_token.into() };
            tokio::spawn(async move {
                client.refresh_token(request).await.map(|answer| tokens(answer.into_inner())).map_err(|e| reason(&e))
            })
        }));
    }
    let mut outcomes = Vec::new();
    for use_ in running {
        outcomes.push(within("a refresh is answered", use_).await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_renewed_and_a_lost_answer_given_again() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let first = daemon.session(&alice.key).await;
        let second = daemon.refresh(&first.refresh_token).await.unwrap();
        assert_eq!(second.session_id, first.session_id);
        assert_eq!(second.refresh_expires_at, first.refresh_expires_at, "renewing moves no end");
        assert_ne!(second.refresh_token, first.refresh_token);
        assert_ne!(second.access_token, first.access_token);
        assert_eq!(holder(&daemon, &second.access_token).await.unwrap(), "alice");

        assert_eq!(daemon.refresh(&first.refresh_token).await.unwrap(), second, "on {}", engine.name);
        assert_eq!(refresh_over_rest(&daemon, &first.refresh_token).await.unwrap(), second, "on {}", engine.name);
        let daemon = daemon.restart(&engine).await;
        assert_eq!(daemon.refresh(&first.refresh_token).await.unwrap(), second, "after a restart on {}", engine.name);
        let third = refresh_over_rest(&daemon, &second.refresh_token).await.unwrap();
        assert_eq!(holder(&daemon, &third.access_token).await.unwrap(), "alice");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_parallel_refreshes_are_one_step_of_one_family() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let first = daemon.session(&alice.key).await;
        let outcomes = refresh_in_parallel(&daemon, &first.refresh_token, 100).await;
        let second = outcomes[0].clone().unwrap();
        assert_eq!(outcomes.len(), 100);
        for outcome in outcomes {
            assert_eq!(outcome.unwrap(), second, "on {}", engine.name);
        }
        let moved = "SELECT count(*) FROM sessions WHERE refresh_generation > 0";
        assert_eq!(daemon.count(&engine, moved).await, 1);
        let by_one = "SELECT count(*) FROM sessions WHERE refresh_generation = 1 AND ended_at IS NULL";
        assert_eq!(daemon.count(&engine, by_one).await, 1, "on {}", engine.name);
        daemon.refresh(&second.refresh_token).await.unwrap();
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_token_ends_the_session_for_both_who_hold_it() {
    for_each_engine(async |engine: Engine| {
        let daemon = Daemon::start(&engine).await;
        let alice = daemon.person("alice", &[]).await;
        let other = daemon.session(&alice.key).await;
        let first = daemon.session(&alice.key).await;
        let second = daemon.refresh(&first.refresh_token).await.unwrap();
        let third = daemon.refresh(&second.refresh_token).await.unwrap();
        // The successor of the first has been used: no retry looks like this, however soon it comes.
        let mut reused = 0;
        for outcome in refresh_in_parallel(&daemon, &first.refresh_token, 100).await {
            match outcome.unwrap_err().as_str() {
                "REFRESH_REUSED" => reused += 1,
                reason => assert_eq!(reason, "TOKEN_REVOKED", "on {}", engine.name),
            }
        }
        assert!(reused >= 1, "on {}", engine.name);
        for token in [&first, &second, &third] {
            let refused = daemon.refresh(&token.refresh_token).await.unwrap_err();
            assert_eq!(reason(&refused), "TOKEN_REVOKED", "on {}", engine.name);
            assert_eq!(refresh_over_rest(&daemon, &token.refresh_token).await.unwrap_err(), "TOKEN_REVOKED");
        }
        let raised = "SELECT count(*) FROM events WHERE kind = 'session.reused'";
        assert_eq!(daemon.count(&engine, raised).await, 1, "on {}", engine.name);
        daemon.refresh(&other.refresh_token).await.expect("another session of the same user goes on");
        daemon.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cannot_be_renewed_for_ever() {
    let daemon = Daemon::start_with(&Engine::sqlite(), &[("identity.refresh_token_seconds", "2")]).await;
    let alice = daemon.person("alice", &[]).await;
    let mut pair = daemon.session(&alice.key).await;
    eventually("the session's time is over", async || match daemon.refresh(&pair.refresh_token).await {
        Ok(next) => {
            pair = next;
            false
        }
        Err(status) => {
            assert_eq!(reason(&status), "REFRESH_EXPIRED");
            true
        }
    })
    .await;
    assert_eq!(refresh_over_rest(&daemon, &pair.refresh_token).await.unwrap_err(), "REFRESH_EXPIRED");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_token_is_taken_for_the_other() {
    let (daemon, elsewhere) = (Daemon::start(&Engine::sqlite()).await, Daemon::start(&Engine::sqlite()).await);
    let alice = daemon.person("alice", &[]).await;
    let pair = daemon.session(&alice.key).await;
    assert!(pair.refresh_token.starts_with("cpcr_"));
    assert_eq!(holder(&daemon, &pair.refresh_token).await.unwrap_err(), "TOKEN_INVALID");
    let answer = daemon.rest(Method::GET, "/v1/caller", Some(&pair.refresh_token), None).await;
    assert_eq!(answer.reason(), "TOKEN_INVALID");
    for wrong in [&pair.access_token, &format!("{}x", pair.refresh_token), &"x".repeat(10_000)] {
        assert_eq!(reason(&daemon.refresh(wrong).await.unwrap_err()), "REFRESH_INVALID");
        assert_eq!(refresh_over_rest(&daemon, wrong).await.unwrap_err(), "REFRESH_INVALID");
    }
    assert_eq!(reason(&daemon.refresh("").await.unwrap_err()), "FIELD_REQUIRED");
    assert_eq!(reason(&elsewhere.refresh(&pair.refresh_token).await.unwrap_err()), "REFRESH_INVALID");
    daemon.refresh(&pair.refresh_token).await.expect("what was refused did no harm");
    daemon.stop().await;
    elsewhere.stop().await;
}
