//! How a registration is read, changed and deleted: RFC 7592.

pub mod address;
pub mod answers;
pub mod owner;
pub mod token;
pub mod update;

use crate::check::Stop;
use crate::exchange::Reply;
use crate::lab::{Lab, Registered, RegistrationRequest};

/// The answer of a request that has to succeed, as a control.
async fn succeeds(lab: &Lab, request: &RegistrationRequest) -> Result<Reply, Stop> {
    let reply = lab.send_registration(request).await?;
    reply.judgeable()?;
    reply.is_ok()?;
    Ok(reply)
}

/// The registration as a read tells it; a control.
async fn read(lab: &Lab, registered: &Registered) -> Result<Registered, Stop> {
    let request = lab.reading(registered)?;
    let reply = succeeds(lab, &request).await?;
    registered.renewed(&request, &reply).ok_or_else(|| reply.not_the_control("a registration"))
}
