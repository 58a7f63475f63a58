//! The store that fails: at the call that it is told, whichever verb that is.

use std::future::ready;
use std::sync::{Arc, Mutex};

use grantspec_reference::config::Bound;
use grantspec_reference::model::{
    AccessToken, Client, Code, Decision, DeviceRequest, Interaction, Lineage, PushedRequest, RefreshToken, Scope,
    Session, User,
};
use grantspec_reference::store::{
    Decided, NameTaken, Pardon, Recorded, Rotated, Spent, Store, StoreError, StoreOver, Stored,
};
use grantspec_reference::tokens::secret::Digest;

/// Why it fails, which is nobody's business outside.
pub const FAILURE: &str = "the disk of db-7.internal is full";

/// A store over another one.
pub struct Failing {
    inner: Arc<dyn Store>,
    calls: Mutex<Calls>,
}

#[derive(Default)]
struct Calls {
    made: Vec<&'static str>,
    fail_at: Option<usize>,
}

impl Failing {
    pub fn over(inner: Arc<dyn Store>) -> Failing {
        Failing { inner, calls: Mutex::default() }
    }

    /// Forget what was called.
    pub fn count_from_here(&self) {
        *self.calls.lock().unwrap() = Calls::default();
    }

    /// Fail at this call from here on, counted from nought, and at that one alone.
    pub fn fail_at(&self, at: usize) {
        *self.calls.lock().unwrap() = Calls { made: Vec::new(), fail_at: Some(at) };
    }

    /// What was called, in order.
    pub fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().made.clone()
    }

    fn call(&self, verb: &'static str) -> Result<(), StoreError> {
        let mut calls = self.calls.lock().unwrap();
        calls.made.push(verb);
        if calls.fail_at == Some(calls.made.len() - 1) { Err(StoreError(FAILURE.to_owned())) } else { Ok(()) }
    }
}

/// Writes the store, and the list of its verbs.
macro_rules! failing {
    ($( fn $name:ident(&self $(, $arg:ident : $ty:ty)*) -> $ret:ty; )*) => {
        pub const VERBS: &[&str] = &[$( stringify!($name), )*];

        impl StoreOver for Failing {
            fn inner(&self) -> &dyn Store {
                &*self.inner
            }

            $( fn $name(&self $(, $arg: $ty)*) -> $ret {
                match self.call(stringify!($name)) {
                    Ok(()) => self.inner.$name($($arg),*),
                    Err(error) => Box::pin(ready(Err(error))),
                }
            } )*
        }
    };
}

failing! {
    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>>;
    fn clients(&self) -> Stored<'_, Vec<Arc<Client>>>;
    fn put_client(&self, client: Client) -> Stored<'_, ()>;
    fn register_client(&self, client: Client, at_most: usize) -> Stored<'_, bool>;
    fn replace_client(&self, client: Client) -> Stored<'_, bool>;
    fn delete_client(&self, client_id: &str) -> Stored<'_, bool>;
    fn user(&self, name: &str) -> Stored<'_, Option<Arc<User>>>;
    fn user_by_sub(&self, sub: &str) -> Stored<'_, Option<Arc<User>>>;
    fn users(&self) -> Stored<'_, Vec<Arc<User>>>;
    fn put_user(&self, user: User) -> Stored<'_, Result<(), NameTaken>>;
    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>>;
    fn put_code(&self, code: Code) -> Stored<'_, ()>;
    fn spend(&self, code: &Code) -> Stored<'_, Spent>;
    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>>;
    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()>;
    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()>;
    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>>;
    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()>;
    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated>;
    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()>;
    fn record_jti(&self, issuer: &str, jti: &str, expires_at: u64) -> Stored<'_, Recorded>;
    fn session(&self, digest: Digest) -> Stored<'_, Option<Session>>;
    fn put_session(&self, session: Session) -> Stored<'_, ()>;
    fn end_session(&self, session: Digest, browser: Option<Digest>) -> Stored<'_, bool>;
    fn interaction(&self, digest: Digest) -> Stored<'_, Option<Interaction>>;
    fn put_interaction(&self, interaction: Interaction) -> Stored<'_, ()>;
    fn end_interaction(&self, digest: Digest) -> Stored<'_, bool>;
    fn pushed(&self, digest: Digest) -> Stored<'_, Option<PushedRequest>>;
    fn put_pushed(&self, pushed: PushedRequest) -> Stored<'_, ()>;
    fn spend_pushed(&self, digest: Digest) -> Stored<'_, Spent>;
    fn consent(&self, sub: &str, client_id: &str) -> Stored<'_, Scope>;
    fn put_consent(&self, sub: &str, client_id: &str, scope: Scope) -> Stored<'_, ()>;
    fn put_device(&self, request: DeviceRequest) -> Stored<'_, bool>;
    fn device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>>;
    fn device_by_user_code(&self, user_code: Digest) -> Stored<'_, Option<DeviceRequest>>;
    fn decide_device(&self, digest: Digest, decision: Decision) -> Stored<'_, Decided>;
    fn poll_device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>>;
    fn slow_down_device(&self, digest: Digest) -> Stored<'_, ()>;
    fn spend_device(&self, digest: Digest) -> Stored<'_, Spent>;
    fn guess(&self, target: Digest, bound: Bound) -> Stored<'_, u64>;
    fn pardon(&self, target: Digest, which: Pardon) -> Stored<'_, ()>;
}
