//! Sends one notice to one webhook, signed (Standard Webhooks, <https://github.com/standard-webhooks/standard-webhooks>).

use std::{net::IpAddr, sync::Arc, time::Duration};

use aws_lc_rs::{hmac, rand};
use base64::{Engine, engine::general_purpose::STANDARD};
use cpc_signing::AddressRange;
use cpcd_model::{Error, Result, id::WebhookId, time::Clock};
use cpcd_store::{
    outgoing::{Outgoing, Target},
    sql::StoredWebhook,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Config, Happened, allowed::Allowed};
use crate::identity::RootKey;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret: as many as the hash has.
const SECRET_LEN: usize = 32;
/// The receiver wants nothing more, ever (410).
const GONE: u16 = 410;

/// Gives an event in the form that the edges give it, as JSON.
pub type Spell = fn(&Happened) -> Result<Value>;

/// Sends notices; clones share it.
#[derive(Clone)]
pub(super) struct Sender {
    outgoing: Outgoing,
    allowed: Arc<Allowed>,
    clock: Clock,
    root: RootKey,
    spell: Spell,
}

/// What is sent.
pub(super) struct Notice {
    /// Names it: the same whenever it is sent again.
    pub(super) id: String,
    body: Vec<u8>,
}

/// What came of sending.
pub(super) struct Refused {
    /// What was answered; 0 if nothing was.
    pub(super) status: u16,
    /// Why it was not taken.
    pub(super) why: String,
}

impl Refused {
    /// Says whether trying again is no use.
    pub(super) fn is_final(&self) -> bool {
        self.status == GONE
    }
}

impl Sender {
    pub(super) fn new(config: &Config, clock: &Clock, root: &RootKey, spell: Spell) -> Result<Self> {
        let is_private_allowed = config.webhook_private;
        let check = Arc::new(move |ip: IpAddr| match AddressRange::of(ip) {
            None => true,
            Some(AddressRange::Multicast | AddressRange::Unspecified) => false,
            Some(_) => is_private_allowed,
        });
        let timeout = Duration::from_secs(config.webhook_timeout_seconds.into());
        Ok(Self {
            outgoing: Outgoing::new(check, timeout, &config.webhook_ca_file)?,
            allowed: Arc::new(Allowed::read(&config.webhook_allow)?),
            clock: clock.clone(),
            root: root.clone(),
            spell,
        })
    }

    /// Says whether anything may be sent anywhere.
    pub(super) fn is_on(&self) -> bool {
        !self.allowed.is_empty()
    }

    /// Asks for a URL being one that something may be sent to.
    ///
    /// # Errors
    /// `TARGET_NOT_ALLOWED`, or the field's fault.
    pub(super) fn require_allowed(&self, url: &str) -> Result<()> {
        self.allowed.require(&Target::read("url", url)?)
    }

    /// Makes a secret; gives it as it is shown, and sealed.
    pub(super) fn make_secret(&self, id: WebhookId) -> Result<(Zeroizing<String>, Vec<u8>)> {
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        rand::fill(secret.as_mut()).map_err(|_| Error::internal("the system gives no random bytes"))?;
        let sealed = self.root.seal(&label(id), secret.as_ref())?;
        Ok((Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(secret.as_ref()))), sealed))
    }

    /// Makes the notice of an event.
    pub(super) fn notice(&self, id: String, event: &Happened) -> Result<Notice> {
        let body = json!({ "type": event.kind, "timestamp": event.time.to_string(), "data": (self.spell)(event)? });
        Ok(Notice { id, body: body.to_string().into_bytes() })
    }

    /// Makes a notice that is about no event.
    pub(super) fn bare(&self, id: String, kind: &str) -> Notice {
        let body = json!({ "type": kind, "timestamp": self.clock.now().to_string(), "data": {} });
        Notice { id, body: body.to_string().into_bytes() }
    }

    /// Sends a notice; what was not taken is no error but said.
    ///
    /// # Errors
    /// `STORE_FOREIGN` for a secret that is not under this root key.
    pub(super) async fn send(
        &self,
        hook: &StoredWebhook,
        notice: &Notice,
    ) -> Result<std::result::Result<u16, Refused>> {
        let webhook = &hook.webhook;
        // What the operator allows may have changed since it was made.
        if let Err(error) = self.require_allowed(&webhook.url) {
            return Ok(Err(Refused { status: 0, why: error.message().to_owned() }));
        }
        let secret = self.root.open(&label(webhook.id), &hook.sealed_secret)?;
        let timestamp = self.clock.now().as_second().to_string();
        let headers = [
            ("webhook-signature", sign(&secret, &notice.id, &timestamp, &notice.body)),
            ("webhook-id", notice.id.clone()),
            ("webhook-timestamp", timestamp),
        ];
        Ok(match self.outgoing.post(&webhook.url, &headers, notice.body.clone()).await {
            Ok(status @ 200..=299) => Ok(status),
            Ok(status @ 300..=399) => {
                Err(Refused { status, why: format!("answered {status}: redirects are not followed") })
            }
            Ok(status) => Err(Refused { status, why: format!("answered {status}") }),
            Err(unanswered) => Err(Refused { status: 0, why: unanswered.to_string() }),
        })
    }
}

/// Gives what binds a webhook's sealed secret to it.
pub(crate) fn label(id: WebhookId) -> String {
    format!("webhook {id}")
}

/// Signs what is sent, with its id and its time, so that none of it can be sent again as something else.
fn sign(secret: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    context.update(format!("{id}.{timestamp}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
