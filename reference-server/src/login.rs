//! A name and a password: judged in one way on the login page and at the token endpoint.

use crate::error::Refusal;
use crate::model::{Authentication, Path, User};
use crate::server::Server;
use crate::store::StoreError;

impl Server {
    /// RFC 6749 §3.1, §4.3.2: who this is. The refusal is the same for an unknown name, a wrong password, and a user who may not log in,
    /// and takes as long.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_in(
        &self,
        path: Path,
        name: &str,
        password: &str,
    ) -> Result<Result<Authentication, Refusal>, StoreError> {
        let refused = || Ok(Err(Refusal::wrong_password(path)));
        let Some(user) = self.store.user(name).await? else {
            User::nobody_has_password(password);
            return refused();
        };
        let ruling = self
            .rules
            .password_matches(path, &user, password)
            .and_then(|()| self.rules.user_may_log_in(path, &user))
            .and_then(|()| self.rules.user_is_active(path, Some(&user)));
        if ruling.is_err() {
            return refused();
        }
        Ok(Ok(Authentication { sub: user.sub.clone(), auth_time: self.clock.now() }))
    }
}
