//! Identity: the server's own secrets, login by signed challenge, tokens, users.

mod challenge;
mod codes;
mod config;
mod granting;
mod invites;
mod joining;
mod keyring;
mod keys;
mod login;
mod newcomer;
mod opening;
mod permission_changes;
mod proof;
mod refresh;
mod renewal;
mod revoked;
mod revoked_view;
mod secrets;
mod sessions;
mod token;
mod users;
mod verified;

use cpcd_model::{Result, time::Clock};
use cpcd_store::{Cache, Store};

pub use challenge::{Challenge, Challenges, KEY};
pub use codes::Advertised;
pub use config::Config;
pub use granting::{Granting, PermissionChange};
pub use invites::{InviteDraft, Invites};
pub use joining::{InviteKind, JoinPolicy, Joining, Terms, Ticket};
pub use keys::{KeyState, TokenKey, TokenKeys};
pub use login::{Login, SubjectKind, TokenPair};
pub use opening::Opener;
pub(crate) use opening::{event as opened_event, write as write_session};
pub use proof::{Proof, Proofs};
pub(crate) use proof::{Proven, use_up, used as challenge_used};
pub use renewal::Renewal;
pub use revoked::Revoked;
#[cfg(test)]
pub(crate) use secrets::open_server_identity;
pub use secrets::{RootKey, ServerIdentity};
pub use sessions::{Family, Sessions, Target};
pub(crate) use sessions::{TOKENS_GONE, of_subject};
pub use token::Tokens;
pub(crate) use users::cut_page;
pub use users::{NewUser, Users};

/// Identity, assembled.
#[derive(Clone)]
pub struct Identity {
    /// The server's own identity.
    pub server: ServerIdentity,
    /// Login in two steps.
    pub login: Login,
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
    /// Users.
    pub users: Users,
    /// Changes of what users may do.
    pub granting: Granting,
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
        let server = secrets::open_server_identity(store, clock, root).await?;
        let revoked = Revoked::open(store, cache, clock).await?;
        let keys = TokenKeys::open(store, cache, clock, root, revoked.clone()).await?;
        let tokens = Tokens::new(store, clock, config, &server, keys.clone(), revoked.clone());
        let challenges = Challenges::new(root, &server, config);
        let refresh = refresh::RefreshTokens::new(root);
        let defaults = config.new_user_permissions()?;
        let codes = codes::InviteCodes::new(root, server.key(), advertised);
        let joining = Joining::new(config.join, codes.clone(), defaults.clone());
        let invites = Invites::new(store, clock, codes, defaults.clone());
        let newcomers = newcomer::Newcomers::new(joining.clone(), defaults);
        let proofs = Proofs::new(challenges.clone(), cache);
        let opener = Opener::new(config, refresh.clone(), tokens.clone());
        let login = Login::new(store, clock, challenges, proofs.clone(), opener.clone(), newcomers);
        let renewal = Renewal::new(store, clock, refresh, tokens.clone(), revoked.clone(), proofs.clone());
        let sessions = Sessions::new(store, clock, revoked.clone());
        let users = Users::new(store, clock, config)?;
        let granting = Granting::new(store, clock, revoked.clone());
        Ok(Self {
            server,
            login,
            proofs,
            opener,
            renewal,
            sessions,
            revoked,
            tokens,
            keys,
            users,
            granting,
            joining,
            invites,
        })
    }
}
