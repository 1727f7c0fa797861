//! Identity: the server's own secrets, login by signed challenge, tokens, users.
//!
//! A user logs in with any of their keys (`user_keys`), and what outlasts a session they do only while they are there (`presence`). Programs
//! act for users with service tokens, narrowed to what both may (`service_tokens`). Whether an account may be used at all is in
//! `accounts`, who may come in without one in `joining`.

mod accounts;
mod challenge;
mod codes;
mod config;
mod current;
mod deleting;
mod entrance;
mod friends;
mod granting;
mod invites;
mod joining;
mod keyring;
mod keys;
mod login;
mod newcomer;
mod opening;
mod peer_id_auth;
mod permission_changes;
mod presence;
mod proof;
mod recovery;
mod recovery_code;
mod refresh;
mod renewal;
mod revoked;
mod revoked_view;
pub(crate) mod root_change;
mod secrets;
mod service_text;
mod service_tokens;
mod sessions;
mod token;
mod user_keys;
mod users;
mod uses;
mod verified;

use cpcd_model::{Result, time::Clock};
use cpcd_store::{Cache, Store};

pub use accounts::Accounts;
pub use challenge::{Challenge, Challenges, KEY};
pub use codes::Advertised;
pub use config::Config;
pub(crate) use current::check_current;
pub use deleting::Deleting;
pub use friends::{Friends, Listed, Named, Standing};
pub(crate) use friends::{find as find_user, whose};
pub use granting::{Granting, PermissionChange};
pub(crate) use granting::{in_person, rules_changed};
pub use invites::{InviteDraft, Invites};
pub use joining::{InviteKind, JoinPolicy, Joining, Terms, Ticket};
pub use keys::{KeyState, TokenKey, TokenKeys};
pub use login::{Login, SubjectKind, TokenPair};
pub use opening::Opener;
pub(crate) use opening::{event as opened_event, write as write_session};
pub use peer_id_auth::{Answer as PeerIdAnswer, Hello as PeerIdHello, PeerIdAuth};
pub(crate) use permission_changes::ANYBODY;
pub use proof::{Proof, Proofs};
pub(crate) use proof::{Proven, use_up, used as challenge_used};
pub use recovery::{Recovery, RecoveryRequest};
pub use renewal::Renewal;
pub use revoked::Revoked;
#[cfg(test)]
pub(crate) use secrets::open_server_identity;
pub use secrets::{RootKey, ServerIdentity};
pub use service_tokens::{ServiceTokenDraft, ServiceTokens};
pub use sessions::{Family, Sessions, Target};
pub(crate) use sessions::{TOKENS_GONE, of_subject};
pub use token::Tokens;
pub use user_keys::{NewKey, UserKeys};
pub(crate) use users::cut_page;
pub use users::{NewUser, Users};

/// Identity, assembled.
#[derive(Clone)]
pub struct Identity {
    /// The server's own identity.
    pub server: ServerIdentity,
    /// Login in two steps.
    pub login: Login,
    /// Login over HTTP as libp2p has it.
    pub peer_id_auth: PeerIdAuth,
    /// Proofs of keys.
    pub proofs: Proofs,
    /// The opening of sessions.
    pub opener: Opener,
    /// Renewal of sessions.
    pub renewal: Renewal,
    /// Sessions and the revocation of tokens.
    pub sessions: Sessions,
    /// What is revoked.
    pub revoked: Revoked,
    /// Access tokens.
    pub tokens: Tokens,
    /// The keys that sign them.
    pub keys: TokenKeys,
    /// Service tokens.
    pub service_tokens: ServiceTokens,
    /// Accounts that wait or are suspended.
    pub accounts: Accounts,
    /// Users.
    pub users: Users,
    /// The keys of users.
    pub user_keys: UserKeys,
    /// The way in for users who have lost their keys.
    pub recovery: Recovery,
    /// Changes of what users may do.
    pub granting: Granting,
    /// The deletion of users.
    pub deleting: Deleting,
    /// Friends.
    pub friends: Friends,
    /// Who may join without an account.
    pub joining: Joining,
    /// Invites.
    pub invites: Invites,
}

impl Identity {
    /// Opens identity on a store: makes the server's identity and the first signing key where there are none.
    ///
    /// `advertised` is what invites say of where to join.
    ///
    /// # Errors
    /// `STORE_FOREIGN` if the store's secrets are under another root key; what the store says.
    pub async fn open(
        store: &Store,
        cache: &Cache,
        clock: &Clock,
        config: &Config,
        root: &RootKey,
        advertised: Advertised,
    ) -> Result<Self> {
        let (server, root) = &secrets::open_server_identity(store, clock, root).await?;
        let revoked = Revoked::open(store, cache, clock).await?;
        let keys = TokenKeys::open(store, cache, clock, root, revoked.clone()).await?;
        let challenges = Challenges::new(root, server, config);
        let proofs = Proofs::new(challenges.clone(), cache);
        let presence = presence::Presence::new(store, config, proofs.clone());
        let user_keys = UserKeys::new(store, clock, revoked.clone(), proofs.clone(), presence.clone());
        let recovery = Recovery::new(store, clock, revoked.clone(), proofs.clone(), presence.clone());
        let texts = service_text::ServiceTexts::new(root);
        let service_tokens = ServiceTokens::new(store, clock, config, texts, revoked.clone(), presence);
        let tokens = Tokens::new(store, clock, config, server, keys.clone(), service_tokens.clone(), revoked.clone());
        let refresh = refresh::RefreshTokens::new(root);
        let defaults = config.new_user_permissions()?;
        let codes = codes::InviteCodes::new(root, server.key(), advertised);
        let joining = Joining::new(config.join, codes.clone(), defaults.clone());
        let invites = Invites::new(store, clock, codes, defaults.clone());
        let newcomers = newcomer::Newcomers::new(joining.clone(), defaults.clone(), config.pending_users);
        let accounts = Accounts::new(store, clock, revoked.clone(), defaults);
        let opener = Opener::new(config, refresh.clone(), tokens.clone());
        let login = Login::new(store, clock, challenges, proofs.clone(), opener.clone(), newcomers);
        let peer_id_auth = PeerIdAuth::new(root, server, clock, config, login.clone());
        let renewal = Renewal::new(store, clock, refresh, tokens.clone(), revoked.clone(), proofs.clone());
        let sessions = Sessions::new(store, clock, revoked.clone());
        let users = Users::new(store, clock, config)?;
        let granting = Granting::new(store, clock, revoked.clone());
        let deleting = Deleting::new(store, clock, revoked.clone());
        let friends = Friends::new(store, clock, revoked.clone(), config);
        Ok(Self {
            server: server.clone(),
            login,
            peer_id_auth,
            proofs,
            opener,
            renewal,
            sessions,
            revoked,
            tokens,
            keys,
            service_tokens,
            user_keys,
            recovery,
            accounts,
            users,
            granting,
            deleting,
            friends,
            joining,
            invites,
        })
    }
}
