//! Whose registration it is: RFC 7592 §2, §7.

use super::{read, supported};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Lab, Registered, RegistrationRequest, random};

pub const OTHER_CLIENT: Check = Check {
    id: "management/other-client",
    title: "the token of one registration opens no other",
    why: "Where anybody may register, anybody has such a token. If it is only looked at whether it is one, each client can rewrite all others.",
    clauses: &[MATCHED, "oidc-registration/4.1/client-matched"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(other_client(lab))),
};

pub const UNKNOWN_CLIENT: Check = Check {
    id: "management/unknown-client",
    title: "whoever asks for a client that does not exist is answered with 401",
    why: "An answer of its own tells a stranger which clients there are.",
    clauses: &["rfc7592/2.1/unknown-client", "rfc7592/2.2/unknown-client", "rfc7592/2.3/unknown-client"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(unknown_client(lab))),
};

pub const NO_404: Check = Check {
    id: "management/no-404",
    title: "no read of a registration is answered with 404",
    why: "It tells a stranger which clients there are.",
    clauses: &["oidc-registration/4.4/no-404"],
    cells: Cells::SERVER,
    needs: &[Need::Management, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(no_404(lab))),
};

const MATCHED: &str = "rfc7592/7/client-matched";

async fn other_client(lab: &Lab) -> Answer {
    let (own, other) = (lab.register(&lab.registration()?).await?, lab.register(&lab.registration()?).await?);
    let token = read(lab, &own).await?.configuration()?.token.clone();
    let mut other = read(lab, &other).await?;
    let update = lab.updating(&other)?;
    let updated = supported(lab, &update).await?;
    if let Some(reply) = &updated {
        reply.is_ok()?;
        other = other.renewed(&update, reply).ok_or_else(|| reply.not_the_control("a registration"))?;
    }

    let renamed = lab.updating(&other)?.with("client_name", "grantspec, renamed by a stranger");
    for request in [lab.reading(&other)?, renamed, lab.deleting(&other)?] {
        let reply = lab.send_registration(&request.bearing(Some(&token))).await?;
        reply.withheld(MATCHED)?;
    }
    // It may have acted, whatever it answered.
    let reply = lab.send_registration(&lab.reading(&other)?).await?;
    reply.judgeable()?;
    let name = other.text("client_name").map(str::to_owned);
    if reply.is_success() && reply.text("client_name") == name {
        return Ok(());
    }
    Err(Stop::finding(MATCHED, "the registration as it was", reply.actual()))
}

/// The same request about a client that nobody registered.
fn about_nobody(request: RegistrationRequest, registered: &Registered) -> Result<RegistrationRequest, Stop> {
    let nobody = format!("grantspec-nobody-{}", &random()[..12]);
    let url = request.url.replace(&registered.client.id, &nobody);
    if url == request.url {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the address of a registration does not name its client, so that no other can be asked for",
        ));
    }
    Ok(RegistrationRequest { url, ..request }.with_id(&nobody))
}

impl RegistrationRequest {
    /// The same in the name of another client, where it names one.
    fn with_id(self, client_id: &str) -> Self {
        let names = self.members.as_ref().is_some_and(|members| members.contains_key("client_id"));
        if names { self.with("client_id", client_id) } else { self }
    }
}

async fn unknown_client(lab: &Lab) -> Answer {
    let registered = read(lab, &lab.register(&lab.registration()?).await?).await?;
    let requests = [
        (lab.reading(&registered)?, "rfc7592/2.1/unknown-client"),
        (lab.updating(&registered)?, "rfc7592/2.2/unknown-client"),
        (lab.deleting(&registered)?, "rfc7592/2.3/unknown-client"),
    ];
    for (request, clause) in requests {
        let reply = lab.send_registration(&about_nobody(request.clone(), &registered)?).await?;
        reply.judgeable()?;
        // Of a method that it does not have a server need not know whom it is about.
        if reply.status != 401 && supported(lab, &request).await?.is_some() {
            return Err(Stop::finding(clause, "401", reply.actual()));
        }
    }
    Ok(())
}

async fn no_404(lab: &Lab) -> Answer {
    let registered = read(lab, &lab.register(&lab.registration()?).await?).await?;
    let reading = lab.reading(&registered)?;
    let mut requests = vec![reading.clone().bearing(None), reading.clone().bearing(Some(&random()))];
    requests.extend(about_nobody(reading.clone(), &registered).ok());
    let deleted = lab.send_registration(&lab.deleting(&registered)?).await?;
    requests.extend(deleted.is_success().then_some(reading));
    for request in requests {
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        if reply.status == 404 {
            return Err(Stop::finding("oidc-registration/4.4/no-404", "401", reply.actual()));
        }
    }
    Ok(())
}
