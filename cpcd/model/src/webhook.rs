//! Webhooks: events that are sent to a URL.

use crate::{
    id::{UserId, WebhookId},
    time::Timestamp,
};

/// Events that are sent to a URL, by the rights of whoever asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Names it for good.
    pub id: WebhookId,
    /// By whose rights events are sent.
    pub owner_id: UserId,
    /// Where to.
    pub url: String,
    /// What the kinds of the events begin with.
    pub kinds: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How it goes.
    pub state: WebhookState,
}

/// How it goes with a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookState {
    /// When something was taken last.
    pub delivered_at: Option<Timestamp>,
    /// Attempts in a row that failed.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was given up.
    pub disabled_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: String,
}

impl WebhookState {
    /// Takes note of what was taken.
    pub fn succeed(&mut self, now: Timestamp) {
        *self = Self { delivered_at: Some(now), ..Self::default() };
    }

    /// Takes note of an attempt that failed; whoever has failed since before `give_up` ago is given up.
    pub fn fail(&mut self, why: String, now: Timestamp, wait: std::time::Duration, give_up: std::time::Duration) {
        self.failures = self.failures.saturating_add(1);
        let since = *self.failing_since.get_or_insert(now);
        self.last_error = why;
        if now >= since + give_up {
            self.disabled_at = Some(now);
            self.next_attempt_at = None;
        } else {
            self.next_attempt_at = Some(now + wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_tried_again_until_it_has_failed_for_too_long() {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let (wait, give_up) = (Duration::from_secs(5), Duration::from_secs(60));
        let mut state = WebhookState { delivered_at: Some(at(1)), ..WebhookState::default() };
        for (failures, second) in [(1, 10), (2, 15), (3, 69)] {
            state.fail("no".into(), at(second), wait, give_up);
            assert_eq!((state.failures, state.failing_since, state.disabled_at), (failures, Some(at(10)), None));
            assert_eq!(state.next_attempt_at, Some(at(second + 5)));
        }
        state.fail("still no".into(), at(70), wait, give_up);
        assert_eq!((state.disabled_at, state.next_attempt_at), (Some(at(70)), None));
        assert_eq!((state.last_error.as_str(), state.delivered_at), ("still no", Some(at(1))));
        state.succeed(at(80));
        assert_eq!(state, WebhookState { delivered_at: Some(at(80)), ..WebhookState::default() });
    }
}
