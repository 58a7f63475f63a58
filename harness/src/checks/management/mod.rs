//! How a registration is read, changed and deleted: RFC 7592.

pub mod address;
pub mod answers;
pub mod held;
pub mod meanwhile;
pub mod owner;
pub mod token;
pub mod update;

use serde_json::{Map, Value};

use crate::check::{Check, Stop};
use crate::exchange::Reply;
use crate::lab::{Lab, Registered, RegistrationRequest};

/// The checks of this folder, in reading order.
pub(super) const ALL: &[&Check] = &[
    &owner::OTHER_CLIENT,
    &owner::UNKNOWN_CLIENT,
    &owner::NO_404,
    &token::UNGUESSABLE,
    &token::NEWEST_WORKS,
    &token::OUTLIVES_TIME,
    &update::SECRET_NOT_CHOSEN,
    &update::REPLACED,
    &meanwhile::KEYS_REPLACED,
    &meanwhile::GRANT_TAKEN_BACK,
    &meanwhile::WHILE_ASKED,
    &update::OMITTED_IS_NULL,
    &update::CLIENT_ID_CONSTANT,
    &update::VALIDATED,
    &held::UPDATE_IS_TRUE,
    &answers::METADATA_RETURNED,
    &answers::READ_CHANGES_NOTHING,
    &answers::CREDENTIALS_RETURNED,
    &answers::DELETED,
    &answers::FORBIDDEN,
    &answers::ACCESS_TOKENS_ENDED,
    &address::BOTH,
    &address::WORKS,
    &address::HTTPS,
    &address::FORM,
];

/// The answer of a request that has to succeed, as a control.
async fn succeeds(lab: &Lab, request: &RegistrationRequest) -> Result<Reply, Stop> {
    let reply = lab.send_registration(request).await?;
    reply.judgeable()?;
    reply.is_ok()?;
    Ok(reply)
}

/// The answer of a valid request, unless the server does not have its method (RFC 7592 §2), or lets this client not use it (§2.1, §2.2).
async fn supported(lab: &Lab, request: &RegistrationRequest) -> Result<Option<Reply>, Stop> {
    let reply = lab.send_registration(request).await?;
    reply.judgeable()?;
    Ok((!matches!(reply.status, 403 | 405)).then_some(reply))
}

/// The registration as the answer of a request tells it that has to succeed, as a control. Its token may be another one from
/// now on, and the old one void (RFC 7592 §2.1).
async fn accepted(lab: &Lab, registered: &Registered, request: &RegistrationRequest) -> Result<Registered, Stop> {
    let reply = succeeds(lab, request).await?;
    registered.renewed(request, &reply).ok_or_else(|| reply.not_the_control("a registration"))
}

/// The registration as a read tells it; a control.
async fn read(lab: &Lab, registered: &Registered) -> Result<Registered, Stop> {
    accepted(lab, registered, &lab.reading(registered)?).await
}

/// The registration after an update that changes nothing; a control.
async fn updated(lab: &Lab, registered: &Registered) -> Result<Registered, Stop> {
    accepted(lab, registered, &lab.updating(registered)?).await
}

/// What may be new in any answer (RFC 7592 §2.1), and is no metadata.
const CREDENTIALS: [&str; 4] =
    ["client_secret", "client_secret_expires_at", "registration_access_token", "registration_client_uri"];

/// What a registration tells of the client.
fn metadata(registered: &Registered) -> Map<String, Value> {
    let is_metadata = |name: &String, value: &Value| !CREDENTIALS.contains(&name.as_str()) && !value.is_null();
    let members = registered.members.iter().filter(|(name, value)| is_metadata(name, value));
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}
