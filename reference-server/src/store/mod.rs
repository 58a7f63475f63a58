//! What the server remembers, as atomic verbs: what must happen once is decided here, in one step.

mod devices;
mod guesses;
mod memory;
mod shelf;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use thiserror::Error;

pub use memory::MemoryStore;

use crate::config::Bound;
use crate::forward::forwarding;
use crate::model::{
    AccessToken, Client, Code, Decision, DeviceRequest, Interaction, Lineage, PushedRequest, RefreshToken, Scope,
    Session, User,
};
use crate::tokens::secret::Digest;

/// A future in a box, so that stores can be exchanged at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a verb of the store returns.
pub type Stored<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// The store cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store cannot answer: {0}")]
pub struct StoreError(pub String);

/// A login name belongs to one user at a time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the name {0} is another user's")]
pub struct NameTaken(pub String);

/// Whether a code or a `request_uri` was spent by this call, or by an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// By this call: one caller in the world gets this.
    Now,
    /// By an earlier one.
    Before,
}

/// Whether a refresh token was exchanged by this call, or by an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// By this call: one caller in the world gets this.
    Now,
    /// By an earlier one.
    Before,
}

/// Whether the user's decision about a device was made by this call, or by an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// By this call: one caller in the world gets this.
    Now,
    /// By an earlier one.
    Before,
}

/// Whether the identifier of an assertion was recorded by this call, or by an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// By this call: one caller in the world gets this.
    Now,
    /// By an earlier one.
    Before,
}

/// Which guesses are taken back once a guess was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pardon {
    /// All that were made at the same thing.
    All,
    /// The last one, which was none.
    Last,
}

/// The verbs. Each is one atomic step.
pub trait Store: Send + Sync {
    /// The client of this name.
    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>>;
    /// All clients, by name.
    fn clients(&self) -> Stored<'_, Vec<Arc<Client>>>;
    /// Register a client, or replace the one of the same name.
    fn put_client(&self, client: Client) -> Stored<'_, ()>;
    /// Remember a client that registered itself; `false` if `at_most` have done so already.
    fn register_client(&self, client: Client, at_most: usize) -> Stored<'_, bool>;
    /// Put a client in the place of the one of the same name; `false` if there is none any more.
    fn replace_client(&self, client: Client) -> Stored<'_, bool>;
    /// Forget a client, and with it whatever it was granted; `false` if there is none any more.
    fn delete_client(&self, client_id: &str) -> Stored<'_, bool>;

    /// The user of this login name.
    fn user(&self, name: &str) -> Stored<'_, Option<Arc<User>>>;
    /// The user of this `sub`, whatever the login name is by now.
    fn user_by_sub(&self, sub: &str) -> Stored<'_, Option<Arc<User>>>;
    /// All users, by `sub`.
    fn users(&self) -> Stored<'_, Vec<Arc<User>>>;
    /// Add a user, or replace the one of the same `sub`; nothing changes when the login name is somebody else's.
    fn put_user(&self, user: User) -> Stored<'_, Result<(), NameTaken>>;

    /// The code, used or not.
    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>>;
    /// Remember a new code.
    fn put_code(&self, code: Code) -> Stored<'_, ()>;
    /// Use up a code: the first caller gets `Now`, everybody after it `Before`.
    fn spend(&self, code: &Code) -> Stored<'_, Spent>;

    /// The access token, living or not. That of a client that is gone is dead.
    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>>;
    /// Remember a new access token. One of a revoked lineage is dead from the start.
    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()>;
    /// Kill one access token.
    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()>;

    /// The refresh token, living or not.
    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>>;
    /// Remember a new refresh token. One of a revoked lineage is dead from the start.
    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()>;
    /// Exchange a refresh token for its successor: the first caller gets `Now`, and only then is the successor kept.
    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated>;

    /// Kill every token of a lineage, those that are still being made included.
    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()>;

    /// RFC 7523 §3 (7): remember that an issuer's assertion of this `jti` was used, until it expires and would be refused for that.
    fn record_jti(&self, issuer: &str, jti: &str, expires_at: u64) -> Stored<'_, Recorded>;

    /// The session behind a cookie.
    fn session(&self, digest: Digest) -> Stored<'_, Option<Session>>;
    /// Remember a login.
    fn put_session(&self, session: Session) -> Stored<'_, ()>;

    /// Forget a login, and the pages that the same browser has still open: one caller in the world gets `true`.
    fn end_session(&self, session: Digest, browser: Option<Digest>) -> Stored<'_, bool>;

    /// The interaction of this identifier.
    fn interaction(&self, digest: Digest) -> Stored<'_, Option<Interaction>>;
    /// Remember an interaction, or what became of it.
    fn put_interaction(&self, interaction: Interaction) -> Stored<'_, ()>;
    /// End an interaction: one caller in the world gets `true`.
    fn end_interaction(&self, digest: Digest) -> Stored<'_, bool>;

    /// The pushed request behind a `request_uri`, used or not.
    fn pushed(&self, digest: Digest) -> Stored<'_, Option<PushedRequest>>;
    /// Remember a pushed request.
    fn put_pushed(&self, pushed: PushedRequest) -> Stored<'_, ()>;
    /// Use up a `request_uri`: the first caller gets `Now`, everybody after it `Before`.
    fn spend_pushed(&self, digest: Digest) -> Stored<'_, Spent>;

    /// What this user has allowed this client so far.
    fn consent(&self, sub: &str, client_id: &str) -> Stored<'_, Scope>;
    /// Add to what this user has allowed this client.
    fn put_consent(&self, sub: &str, client_id: &str, scope: Scope) -> Stored<'_, ()>;

    /// Remember a device that waits; `false`, and nothing is kept, while another one has its user code.
    fn put_device(&self, request: DeviceRequest) -> Stored<'_, bool>;
    /// The device of this device code, whatever became of it.
    fn device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>>;
    /// The device of this user code, whatever became of it.
    fn device_by_user_code(&self, user_code: Digest) -> Stored<'_, Option<DeviceRequest>>;
    /// Keep what the user said: the first caller gets `Now`, and nothing changes for those after it.
    fn decide_device(&self, digest: Digest, decision: Decision) -> Stored<'_, Decided>;
    /// Remember that the device asked just now; the device as it was before that.
    fn poll_device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>>;
    /// RFC 8628 §3.5: from now on the device has to wait five seconds longer between two polls.
    fn slow_down_device(&self, digest: Digest) -> Stored<'_, ()>;
    /// Use up a device code: the first caller gets `Now`, everybody after it `Before`.
    fn spend_device(&self, digest: Digest) -> Stored<'_, Spent>;

    /// Count a guess before it is judged, so that guesses at the same time do not pass together: how many count already. One beyond the bound does
    /// not count, so that waiting helps.
    fn guess(&self, target: Digest, bound: Bound) -> Stored<'_, u64>;
    /// Take guesses back: the last one was right.
    fn pardon(&self, target: Digest, which: Pardon) -> Stored<'_, ()>;
}

forwarding! {
    /// A store over another store: overriding one verb is one method.
    pub trait StoreOver for Store {
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
}
