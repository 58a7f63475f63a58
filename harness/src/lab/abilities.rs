//! What the target lets us do beyond the standards: its clock, and its users.

use std::future::Future;
use std::sync::atomic::Ordering;

use super::Lab;
use crate::check::{Reason, Stop};
use crate::exchange::{Wire, now};
use crate::target::{Hook, User};

impl Lab {
    /// Advances the clock of the server.
    pub async fn advance(&self, seconds: u64) -> Result<(), Stop> {
        let hook = self.target().abilities.advance_time.clone();
        self.pull(hook, "advance-time", &[("{seconds}", &seconds.to_string())]).await?;
        self.setting.advanced.fetch_add(seconds, Ordering::Relaxed);
        Ok(())
    }

    /// The time of the server, whose clock we may have advanced, in seconds since 1970.
    pub fn now(&self) -> u64 {
        now() + self.setting.advanced.load(Ordering::Relaxed)
    }

    /// Has the server sign with new keys.
    pub async fn rotate_keys(&self) -> Result<(), Stop> {
        let hook = self.target().abilities.rotate_keys.clone();
        self.pull(hook, "rotate-keys", &[]).await
    }

    /// Disables a user, or enables it again.
    async fn disable(&self, user: &User, disabled: bool) -> Result<(), Stop> {
        let hook = self.target().abilities.disable_user.clone();
        self.pull(hook, "disable-user", &[("{user}", &user.name), ("{disabled}", &disabled.to_string())]).await
    }

    /// The user who may be disabled: the last one, so that the first goes on logging in.
    pub fn user_to_disable(&self) -> Result<User, Stop> {
        let last = self.target().users.last().cloned();
        last.ok_or_else(|| Stop::not_applicable(Reason::NoUser, "the target has no user to disable"))
    }

    /// Does something while `user` is disabled; the user is enabled again, whatever came of it.
    pub async fn while_disabled<T>(&self, user: &User, act: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        self.disable(user, true).await?;
        let came = act.await;
        self.disable(user, false).await?;
        came
    }

    async fn pull(&self, hook: Option<Hook>, name: &str, values: &[(&str, &str)]) -> Result<(), Stop> {
        let hook = hook.ok_or_else(|| {
            Stop::not_applicable(Reason::NoAbility, format!("the target file grants no ability {name}"))
        })?;
        let fill = |text: &str| values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        let wire = Wire {
            method: "POST",
            url: fill(&hook.url),
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(fill(&hook.body)),
        };
        self.send_wire(&wire).await?.is_ok()?;
        Ok(())
    }
}
