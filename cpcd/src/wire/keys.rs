//! Messages of users' keys.

use cpc_proto::v1;
use cpc_signing::PeerId;
use cpcd_model::user::UserKey;

use super::Wire;

impl Wire for UserKey {
    type Message = v1::UserKey;

    fn to_wire(&self) -> v1::UserKey {
        v1::UserKey {
            id: self.id.to_string(),
            user_id: self.user_id.to_string(),
            public_key: self.public_key.to_vec(),
            peer_id: PeerId::of_key_bytes(&self.public_key).to_string(),
            name: self.name.clone(),
            created_at: Some(self.created_at.to_wire()),
            last_used_at: self.last_used_at.map(|time| time.to_wire()),
        }
    }
}
