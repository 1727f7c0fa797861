//! A check of a node's addresses: a dialogue of a few messages, with a dial in the middle.

use std::{net::SocketAddr, pin::Pin, time::Duration};

use cpc_proto::v1::{self, check_reachability_request::Step, check_reachability_response::Step as Answer};
use cpc_signing::{Multiaddr, TcpTarget, is_public, parse_address};
use cpcd_domain::{Caller, audit::Origin, registry::Dial};
use cpcd_model::{Error, Reason, Result as Outcome};
use futures_util::StreamExt;
use tokio::time::timeout;
use tonic::{Status, Streaming};

use super::{Edge, frame::error_of, reply::status};
use crate::{
    following::stopping,
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
    origin: Origin,
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
    Proof(Box<Chosen>),
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
        origin: Origin,
        caller: Caller,
        peer: Peer,
        messages: Streaming<v1::CheckReachabilityRequest>,
        request_id: Option<RequestId>,
    ) -> Pin<Box<Self>> {
        Box::pin(Self { edge, origin, caller, peer, messages, request_id, stage: Stage::Begin })
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
            Stage::Proof(chosen) => {
                tokio::select! { biased; () = stop.cancelled() => Err(stopping()), answer = self.proven(&chosen) => answer }
            }
        };
        let answer = answer.map(|step| v1::CheckReachabilityResponse { step: Some(step) });
        let answer = self.edge.unless_refused(&self.origin, &self.caller, answer);
        let answer = answer.map_err(|error| status(&error, self.request_id.as_ref()));
        Some((answer, self))
    }

    /// Takes the request, and chooses the first address that may be dialled.
    async fn begin(&mut self) -> Outcome<Answer> {
        let Step::Dial(request) = self.message(MESSAGE).await? else { return Err(out_of_turn("dial")) };
        let observed = match self.peer {
            // A proxy's address is nobody's own.
            Peer::Network(ip) if !self.edge.limits.trusted_proxies.contain(self.peer) => Some(ip),
            Peer::Network(_) | Peer::Local => None,
        };
        let (app, caller, addresses) = (self.edge.app.clone(), self.caller.clone(), request.addresses.len());
        let inner = app.clone();
        let begun = async move { inner.registry.reachability.begin(&caller, addresses, observed).await };
        let dial = app.run(begun).await?;
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
            return match rules.cost(target.ip()) {
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
        let sent = [chosen.nonce.to_be_bytes().as_slice(), chosen.dial.secret()].concat();
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
            self.stage = Stage::Proof(chosen);
        }
        Ok(Answer::Result(result))
    }

    /// Takes what was sent to the address: only who is there knows it.
    async fn proven(&mut self, chosen: &Chosen) -> Outcome<Answer> {
        let Step::Proof(proof) = self.message(MESSAGE).await? else { return Err(out_of_turn("proof")) };
        let text = parse_address(&chosen.text).as_ref().map_or_else(|_| chosen.text.clone(), Multiaddr::to_string);
        let is_public = is_public(chosen.target.ip());
        self.edge.app.registry.reachability.reached(&chosen.dial, &proof.proof, &text, is_public)?;
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

fn out_of_turn(expected: &str) -> Error {
    Error::field(Reason::MessageUndecodable, "step", format!("is not {expected}, which comes next"))
}

fn too_late() -> Error {
    Error::new(Reason::DeadlineExceeded, "the check waited too long for the node")
}
