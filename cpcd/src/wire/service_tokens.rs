//! Messages of service tokens.

use cpc_proto::v1;
use cpcd_model::service_token::ServiceToken;

use super::{Wire, permissions};

impl Wire for ServiceToken {
    type Message = v1::ServiceToken;

    fn to_wire(&self) -> v1::ServiceToken {
        v1::ServiceToken {
            id: self.id.to_string(),
            owner_id: self.owner_id.to_string(),
            name: self.name.clone(),
            permissions: permissions(&self.permissions),
            created_at: Some(self.created_at.to_wire()),
            expires_at: Some(self.expires_at.to_wire()),
            last_used_at: self.last_used_at.map(|time| time.to_wire()),
            revoked_at: self.revoked_at.map(|time| time.to_wire()),
        }
    }
}
