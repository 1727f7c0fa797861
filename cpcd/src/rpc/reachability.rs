//! A check of a node's addresses: a dialogue of a few messages, with a dial in the middle.

use std::{net::SocketAddr, pin::Pin, time::Duration};

use cpc_proto::v1::{self, check_reachability_request::Step, check_reachability_response::Step as Answer};
use cpc_signing::{Multiaddr, TcpTarget, is_public, parse_address};
use cpcd_domain::{Caller, registry::Dial};
use cpcd_model::{Error, Reason, Result as Outcome};
use futures_util::StreamExt;
use tokio::time::timeout;
use tonic::{Status, Streaming};
use uuid::Uuid;

use super::{
    Edge,
    frame::error_of,
    reply::{status, stopping},
};
use crate::{
    request_id::RequestId,
    transport::{DialFault, Peer, dial_back, resolve},
};

/// How long the node may take for each of its messages, and for all bytes that a dial costs.
const MESSAGE: Duration = Duration::from_secs(10);
const DATA: Duration = Duration::from_secs(30);
/// Most bytes of one message of data.
const PIECE: usize = 4096;
/// Names that are looked up for one check.
const LOOKUPS: usize = 3;

/// A check under way.
pub(super) struct Check {
    edge: Edge,
    caller: Caller,
    peer: Peer,
    messages: Streaming<v1::CheckReachabilityRequest>,
    request_id: Option<RequestId>,
    stage: Stage,
}

enum Stage {
    Begin,
    /// It waits for the bytes that the dial costs.
    Data(Box<Chosen>, u32),
    /// It waits for what was sent to the address.
    Proof(Box<Chosen>, [u8; 16]),
    Over,
}

/// The address to dial.
struct Chosen {
    dial: Dial,
    nonce: u64,
    index: u32,
    text: String,
    target: SocketAddr,
}

type Next = (Result<v1::CheckReachabilityResponse, Status>, Pin<Box<Check>>);

impl Check {
    pub(super) fn new(
        edge: Edge,
        caller: Caller,
        peer: Peer,
        messages: Streaming<v1::CheckReachabilityRequest>,
        request_id: Option<RequestId>,
    ) -> Pin<Box<Self>> {
        Box::pin(Self { edge, caller, peer, messages, request_id, stage: Stage::Begin })
    }

    /// Gives the next answer; nothing after the last.
    pub(super) async fn next(mut self: Pin<Box<Self>>) -> Option<Next> {
        let stop = self.edge.stop.clone();
        let answer = match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Over => return None,
            Stage::Begin => {
                tokio::select! { biased; () = stop.cancelled() => Err(stopping()), answer = self.begin() => answer }
            }
            Stage::Data(chosen, bytes) => {
                tokio::select! { biased; () = stop.cancelled() => Err(stopping()), answer = self.paid(chosen, bytes) => answer }
            }
            Stage::Proof(chosen, secret) => {
                tokio::select! { biased; () = stop.cancelled() => Err(stopping()), answer = self.proven(&chosen, secret) => answer }
            }
        };
        let answer = answer.map(|step| v1::CheckReachabilityResponse { step: Some(step) });
        let answer = answer.map_err(|error| status(&error, self.request_id.as_ref()));
        Some((answer, self))
    }

    /// Takes the request, and chooses the first address that may be dialled.
    async fn begin(&mut self) -> Outcome<Answer> {
        let Step::Dial(request) = self.message(MESSAGE).await? else { return Err(out_of_turn("dial")) };
        let observed = match self.peer {
            Peer::Network(ip) => Some(ip),
            Peer::Local => None,
        };
        let (app, caller, addresses) = (self.edge.app.clone(), self.caller.clone(), request.addresses.len());
        let begun = app.clone().run(async move { app.registry.reachability.begin(&caller, addresses, observed).await });
        let dial = begun.await?;
        let rules = dial.rules();
        let mut lookups = 0;
        for (index, text) in request.addresses.into_iter().enumerate() {
            let Some(target) = parse_address(&text).ok().as_ref().and_then(TcpTarget::of) else { continue };
            if matches!(target.host, cpc_signing::AddressHost::Name(_)) {
                lookups += 1;
                if lookups > LOOKUPS {
                    continue;
                }
            }
            let Some(target) = resolve(&target, |ip| rules.allow(ip)).await else { continue };
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let chosen = Box::new(Chosen { dial, nonce: request.nonce, index, text, target });
            let [lot, ..] = lots();
            return match rules.cost(target.ip(), lot) {
                None => self.dial(chosen).await,
                Some(bytes) => {
                    let wanted = v1::ReachabilityDataWanted { address_index: index, bytes };
                    self.stage = Stage::Data(chosen, bytes);
                    Ok(Answer::DataWanted(wanted))
                }
            };
        }
        Ok(Answer::Result(v1::ReachabilityResult {
            status: v1::ReachabilityStatus::DialRefused.into(),
            ..Default::default()
        }))
    }

    /// Takes the bytes that a dial costs; then dials.
    async fn paid(&mut self, chosen: Box<Chosen>, bytes: u32) -> Outcome<Answer> {
        let mut left = bytes as usize;
        let pay = async {
            while left > 0 {
                let Step::Data(piece) = self.message(MESSAGE).await? else { return Err(out_of_turn("data")) };
                if piece.data.is_empty() || piece.data.len() > PIECE {
                    let text = format!("has {} bytes, 1 to {PIECE} are taken", piece.data.len());
                    return Err(Error::field(Reason::FieldInvalid, "data.data", text));
                }
                left = left.saturating_sub(piece.data.len());
            }
            Ok(())
        };
        timeout(DATA, pay).await.unwrap_or_else(|_| Err(too_late()))?;
        self.dial(chosen).await
    }

    async fn dial(&mut self, chosen: Box<Chosen>) -> Outcome<Answer> {
        let mut secret = [0; 16];
        for (part, lot) in secret.chunks_exact_mut(4).zip(lots()) {
            part.copy_from_slice(&lot.to_be_bytes());
        }
        let sent = [chosen.nonce.to_be_bytes().as_slice(), &secret].concat();
        let dialled = dial_back(chosen.target, &sent).await;
        let mut result = v1::ReachabilityResult {
            status: v1::ReachabilityStatus::Ok.into(),
            address_index: chosen.index,
            ..Default::default()
        };
        result.dial_status = match dialled {
            Ok(()) => v1::ReachabilityDialStatus::Ok,
            Err(DialFault::NotConnected) => v1::ReachabilityDialStatus::DialError,
            Err(DialFault::NotSent) => v1::ReachabilityDialStatus::DialBackError,
        }
        .into();
        if dialled.is_ok() {
            self.stage = Stage::Proof(chosen, secret);
        }
        Ok(Answer::Result(result))
    }

    /// Takes what was sent to the address: only who is there knows it.
    async fn proven(&mut self, chosen: &Chosen, secret: [u8; 16]) -> Outcome<Answer> {
        let Step::Proof(proof) = self.message(MESSAGE).await? else { return Err(out_of_turn("proof")) };
        if proof.proof != secret {
            return Err(Error::field(Reason::FieldInvalid, "proof.proof", "is not what was sent to the address"));
        }
        let text = parse_address(&chosen.text).as_ref().map_or_else(|_| chosen.text.clone(), Multiaddr::to_string);
        self.edge.app.registry.reachability.reached(&chosen.dial, &text, is_public(chosen.target.ip()));
        Ok(Answer::Result(v1::ReachabilityResult {
            status: v1::ReachabilityStatus::Ok.into(),
            address_index: chosen.index,
            dial_status: v1::ReachabilityDialStatus::Ok.into(),
            is_verified: true,
        }))
    }

    async fn message(&mut self, at_most: Duration) -> Outcome<Step> {
        let message = timeout(at_most, self.messages.next()).await.map_err(|_| too_late())?;
        match message {
            Some(Ok(message)) => message.step.ok_or_else(|| Error::required("step")),
            Some(Err(theirs)) => Err(error_of(&theirs).unwrap_or_else(too_late)),
            None => Err(Error::new(Reason::MessageUndecodable, "the stream ended before the check was over")),
        }
    }
}

/// Gives 128 bits, of which six say what kind of UUID they came from.
fn lots() -> [u32; 4] {
    let (high, low) = Uuid::new_v4().as_u64_pair();
    let halves = |bits: u64| [bits >> 32, bits & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or_default());
    let ([a, b], [c, d]) = (halves(high), halves(low));
    [d, b, c, a]
}

fn out_of_turn(expected: &str) -> Error {
    Error::field(Reason::MessageUndecodable, "step", format!("is not {expected}, which comes next"))
}

fn too_late() -> Error {
    Error::new(Reason::DeadlineExceeded, "the check waited too long for the node")
}
