//! A name and a password: judged in one way on the login page and at the token endpoint.

use crate::error::Refusal;
use crate::model::{Authentication, Path, User};
use crate::server::Server;
use crate::store::{Pardon, StoreError};
use crate::tokens::secret::Digest;

impl Server {
    /// RFC 6749 §3.1, §4.3.2: who this is. The refusal is the same for an unknown name, a wrong password, one guess too many, and a user who may not
    /// log in, and takes as long. Names that nobody has are counted as well.
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
        let (guessed, bound) = (Digest::of(&format!("password of {name}")), self.config.guessing.passwords);
        let earlier = self.store.guess(guessed, bound).await?;
        let user =
            self.store.user(name).await?.filter(|_| self.rules.guesses_are_bounded(path, earlier, bound).is_ok());
        let Some(user) = user else {
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
        self.store.pardon(guessed, Pardon::All).await?;
        Ok(Ok(Authentication { sub: user.sub.clone(), auth_time: self.clock.now() }))
    }
}
