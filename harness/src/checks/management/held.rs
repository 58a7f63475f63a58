//! Whether a client has what the answer to an update told: RFC 7592 §2.2.

use super::accepted;
use crate::cell::{AuthMethod, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Lab, Registered};
use crate::target::Client;

pub const UPDATE_IS_TRUE: Check = Check {
    id: "management/update-is-true",
    title: "after an update a client has the grants and the authentication that it was told, and not those of before",
    why: "A grant is given back because it is not safe any more. A server that repeats the update and goes on as before keeps it open.",
    clauses: &[REPLACED, "rfc7591/2/registered-types-only"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(update_is_true(lab))),
};

const REPLACED: &str = "rfc7592/2.2/replaced";

/// What a server does not register, or registers otherwise, is not asked about; one of the two has to be.
async fn update_is_true(lab: &Lab) -> Answer {
    let mut asked = 0;
    for answer in [grants(lab).await, method(lab).await] {
        match answer {
            Ok(()) => asked += 1,
            Err(Stop::NotApplicable { .. } | Stop::Inconclusive(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    if asked > 0 {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::Policy, "no update changes the grants or the authentication of a client"))
}

fn unchanged(what: &str) -> Stop {
    Stop::not_applicable(Reason::Policy, format!("an update does not change {what}"))
}

/// Taken away and given back. That a grant is not served which a client is not registered for is what no text demands.
async fn grants(lab: &Lab) -> Answer {
    const BOTH: &[&str] = &["authorization_code", "client_credentials"];
    let has = |registered: &Registered| registered.list("grant_types").contains(&"client_credentials");
    let registered = lab.register(&lab.registration()?.for_grants(BOTH, &["code"])).await?;
    registered.may(Grant::ClientCredentials)?;
    lab.acting_as(&registered.client).client_credentials().await?.is_token()?;

    let less = lab.updating(&registered)?.with("grant_types", &BOTH[..1]);
    let less = accepted(lab, &registered, &less).await?;
    if has(&less) || less.list("grant_types").is_empty() {
        return Err(unchanged("the grants"));
    }
    let before = Client { grants: registered.client.grants, ..less.client.clone() };
    let reply = lab.acting_as(&before).client_credentials().await?;
    let named = |stop: Stop| stop.in_case("grant_types, by the answer");
    reply.refused("rfc7591/2/registered-types-only").map_err(named)?;

    let more = lab.updating(&less)?.with("grant_types", BOTH);
    let more = accepted(lab, &less, &more).await?;
    if !has(&more) {
        return Err(unchanged("the grants"));
    }
    lab.acting_as(&more.client).client_credentials().await?.served(REPLACED).map(drop).map_err(named)
}

async fn method(lab: &Lab) -> Answer {
    const MEMBER: &str = "token_endpoint_auth_method";
    let known = lab.target().metadata.list("token_endpoint_auth_methods_supported");
    if ![AuthMethod::Basic, AuthMethod::Post].iter().all(|one| known.contains(&one.name())) {
        return Err(unchanged("the authentication"));
    }
    let registered = lab.register(&lab.registration()?.authenticating(AuthMethod::Basic)).await?;
    lab.registered_token(&registered.client).await?.is_token()?;
    let update = lab.updating(&registered)?.authenticating(AuthMethod::Post);
    let updated = accepted(lab, &registered, &update).await?;
    if updated.text(MEMBER) != Some(AuthMethod::Post.name()) {
        return Err(unchanged("the authentication"));
    }
    let reply = lab.registered_token(&updated.client).await?;
    reply.served(REPLACED).map(drop).map_err(|stop| stop.in_case("token_endpoint_auth_method, by the answer"))
}
