//! Messages of the keys that sign tokens.

use cpc_proto::v1;
use cpcd_domain::identity::{KeyState, TokenKey};

use super::Wire;

impl Wire for TokenKey {
    type Message = v1::TokenKey;

    fn to_wire(&self) -> v1::TokenKey {
        let state = match self.state {
            KeyState::Waiting => v1::TokenKeyState::Waiting,
            KeyState::Signing => v1::TokenKeyState::Signing,
            KeyState::Retired => v1::TokenKeyState::Retired,
        };
        v1::TokenKey {
            kid: self.kid.clone(),
            state: state.into(),
            created_at: Some(self.created_at.to_wire()),
            activated_at: self.activated_at.map(|time| time.to_wire()),
            retired_at: self.retired_at.map(|time| time.to_wire()),
            acknowledged_by: u32::try_from(self.acknowledged_by).unwrap_or(u32::MAX),
        }
    }
}
