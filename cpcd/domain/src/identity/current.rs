//! Whether a caller still is who their token says: asked in the transaction of what outlasts the token.
//!
//! That a token was taken back is known here a moment later than it was done elsewhere. What somebody reads in that moment is gone with it;
//! a key, an account or a grant that they make would stay.

use cpcd_model::{Error, Reason, Result, user::UserState};
use cpcd_store::Tx;

use crate::{Caller, caller::Subject};

/// Refuses a caller whose session has ended, whose rules are others by now, or who is suspended or gone.
///
/// # Errors
/// `TOKEN_REVOKED`.
pub(crate) async fn check_current(tx: &mut Tx, caller: &Caller) -> Result<()> {
    let is_current = match (caller.subject(), caller.session()) {
        (Subject::User(id), Some(session)) => {
            let user = tx.get_user(id).await?;
            user.is_some_and(|user| {
                user.permission_epoch == session.permission_epoch && user.state == UserState::Active
            }) && tx.is_session_open(session.id).await?
        }
        (Subject::Service(service), _) => tx.is_service_token_good(service.token).await?,
        (Subject::User(_) | Subject::Node(_) | Subject::Anonymous | Subject::LocalAdmin | Subject::System, _) => true,
    };
    if is_current {
        return Ok(());
    }
    let text = "the session has ended, or its subject is gone or has other permissions by now; log in again";
    Err(Error::new(Reason::TokenRevoked, text))
}
