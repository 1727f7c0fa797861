//! One proof, sent many times at once.

use cpc_proto::{clients::identity_service_client::IdentityServiceClient, v1};
use tokio::task::JoinHandle;
use tonic::transport::Channel;

use super::{reason, within};

/// Replays that are under way.
pub(crate) struct Replays(Vec<JoinHandle<bool>>);

impl Replays {
    /// Sends a proof so many times at once, to each channel in turn.
    pub(crate) fn send(proof: &v1::ChallengeProof, channels: &[Channel], times: usize) -> Self {
        let request = v1::AuthRequest { step: Some(v1::auth_request::Step::Proof(proof.clone())) };
        let send = |number: usize| {
            tokio::spawn(is_taken(
                IdentityServiceClient::new(channels[number % channels.len()].clone()),
                request.clone(),
            ))
        };
        Self((0..times).map(send).collect())
    }

    /// The same with more of them.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Waits for all; gives how many opened a session.
    pub(crate) async fn opened(self) -> usize {
        let mut opened = 0;
        for replay in self.0 {
            opened += usize::from(within("a replay is answered", replay).await.unwrap());
        }
        opened
    }
}

/// Sends a proof until it is judged; says whether it opened a session.
async fn is_taken(mut client: IdentityServiceClient<Channel>, request: v1::AuthRequest) -> bool {
    loop {
        match client.authenticate(request.clone()).await {
            Ok(_) => return true,
            Err(status) => match reason(&status).as_str() {
                "CHALLENGE_USED" => return false,
                // Load is shed with a hint when to come back; the replay does. The cache is never in the way.
                "OVERLOADED" | "ENGINE_AWAY" if !status.message().contains("cache") => {
                    tokio::task::yield_now().await;
                }
                other => panic!("a replay was answered with {other}"),
            },
        }
    }
}
