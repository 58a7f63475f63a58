//! What a read, an update and a deletion tell, and what comes of a deletion: RFC 7592 §2, §3.

use serde_json::Value;

use super::{metadata, read, succeeds};
use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Lab, Registered};

pub const METADATA_RETURNED: Check = Check {
    id: "management/metadata-returned",
    title: "a read tells all that the registration told",
    why: "An update has to repeat everything. A client that reads less than is registered deletes the rest.",
    clauses: &["rfc7592/3/metadata-returned", "oidc-registration/4.3/metadata-returned"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(metadata_returned(lab))),
};

pub const READ_CHANGES_NOTHING: Check = Check {
    id: "management/read-changes-nothing",
    title: "reading a registration does not change it",
    why: "A client that looks at its registration does not expect to be another one afterwards.",
    clauses: &["oidc-registration/4.3/idempotent", "oidc-registration/4.2/idempotent"],
    cells: Cells::SERVER,
    needs: &[Need::Management, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(read_changes_nothing(lab))),
};

pub const CREDENTIALS_RETURNED: Check = Check {
    id: "management/credentials-returned",
    title: "a read and an update tell the current token and the current secret",
    why: "Either may have been replaced. A client that lost them, or holds old ones, has no other way to learn them.",
    clauses: &["rfc7592/7/credentials-returned"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(credentials_returned(lab))),
};

pub const DELETED: Check = Check {
    id: "management/delete",
    title: "a deletion is answered with 204, or with the reason why there is none",
    why: "A client that cannot tell whether it still exists can neither come back nor be sure that it is gone.",
    clauses: &["rfc7592/2.3/no-content", "rfc7592/2.3/delete-unsupported", "rfc7592/2.3/forbidden"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(deleted(lab))),
};

pub const FORBIDDEN: Check = Check {
    id: "management/forbidden",
    title: "a client that may not read or change its registration is told so, with 403",
    why: "401 says that the token is wrong. A client that believes it throws away the only one that it has.",
    clauses: &["rfc7592/2.1/forbidden", "rfc7592/2.2/forbidden", "oidc-registration/4.4/forbidden"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(forbidden(lab))),
};

pub const ACCESS_TOKENS_ENDED: Check = Check {
    id: "management/access-tokens-ended",
    title: "the access tokens of a deleted client are void",
    why: "Whoever deletes a client that was broken into wants it to end now, not when the tokens expire.",
    clauses: &["rfc7592/2.3/access-tokens-ended"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(access_tokens_ended(lab))),
};

/// A registration with something to tell.
async fn rich(lab: &Lab) -> Result<Registered, Stop> {
    let request = lab.registration()?.with("client_uri", "https://client.example/").with("software_id", "grantspec");
    lab.register(&request).await
}

async fn metadata_returned(lab: &Lab) -> Answer {
    let registered = rich(lab).await?;
    let read = read(lab, &registered).await?;
    let mut known = metadata(&registered);
    // RFC 7591 §3.2.1: when it was registered each answer may say or not.
    known.remove("client_id_issued_at");
    match known.iter().find(|(name, _)| read.members.get(*name).is_none_or(Value::is_null)) {
        None => Ok(()),
        Some((missing, value)) => Err(Stop::finding(
            "rfc7592/3/metadata-returned",
            format!("{missing} {value}, as the registration was answered"),
            read.reply.actual(),
        )),
    }
}

async fn read_changes_nothing(lab: &Lab) -> Answer {
    let registered = rich(lab).await?;
    let first = read(lab, &registered).await?;
    let second = read(lab, &first).await?;
    let known = metadata(&registered);
    for later in [metadata(&first), metadata(&second)] {
        let other = known.iter().find_map(|(name, value)| {
            let now = later.get(name)?;
            (now != value).then(|| (format!("{name} {value}"), format!("{name} {now} after a read")))
        });
        if let Some((expected, actual)) = other {
            return Err(Stop::finding("oidc-registration/4.3/idempotent", expected, actual));
        }
    }
    Ok(())
}

async fn credentials_returned(lab: &Lab) -> Answer {
    let mut registered = lab.register(&lab.registration()?).await?;
    for method in ["GET", "PUT"] {
        let request = if method == "GET" { lab.reading(&registered)? } else { lab.updating(&registered)? };
        let reply = succeeds(lab, &request).await?;
        registered = registered.renewed(&request, &reply).unwrap_or(registered);
        let mut due = vec!["registration_access_token"];
        due.extend(registered.client.secret.as_ref().map(|_| "client_secret"));
        let json = reply.json().unwrap_or_default();
        if let Some(missing) = due.iter().find(|name| json.get(**name).is_none_or(Value::is_null)) {
            return Err(Stop::finding(
                "rfc7592/7/credentials-returned",
                format!("the member {missing}"),
                reply.actual(),
            ));
        }
    }
    Ok(())
}

async fn deleted(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    let reply = lab.send_registration(&lab.deleting(&registered)?).await?;
    reply.judgeable()?;
    match reply.status {
        204 | 403 | 405 => Ok(()),
        200..300 => Err(Stop::finding("rfc7592/2.3/no-content", "204", reply.actual())),
        400 | 401 => Err(Stop::finding("rfc7592/2.3/forbidden", "204, 403 or 405", reply.actual())),
        _ => Err(Stop::finding("rfc7592/2.3/delete-unsupported", "204, 403 or 405", reply.actual())),
    }
}

async fn forbidden(lab: &Lab) -> Answer {
    let mut registered = lab.register(&lab.registration()?).await?;
    for clause in ["rfc7592/2.1/forbidden", "rfc7592/2.2/forbidden"] {
        let reads = clause == "rfc7592/2.1/forbidden";
        let request = if reads { lab.reading(&registered)? } else { lab.updating(&registered)? };
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        registered = registered.renewed(&request, &reply).unwrap_or(registered);
        match reply.status {
            403 | 405 => {}
            // What is wrong with the update is another matter.
            400 if request.method == "PUT" => return Err(reply.not_the_control("an update that is taken")),
            status if reply.is_success() || status >= 500 => {
                reply.is_ok()?;
            }
            _ => return Err(Stop::finding(clause, "the registration, or 403", reply.actual())),
        }
    }
    Ok(())
}

async fn access_tokens_ended(lab: &Lab) -> Answer {
    let request = lab.registration()?.for_grants(&["authorization_code", "client_credentials"], &["code"]);
    let registered = lab.register(&request).await?;
    let acting = lab.acting_in(crate::cell::Cell::CODE, &registered.client);
    // A user's token shows at userinfo, a client's own at introspection alone.
    let token = match acting.authorize(crate::lab::Authorize::valid()).await {
        Ok(authorized) => acting.redeem(&authorized.code()?).await?.is_token()?,
        Err(Stop::NotApplicable { .. }) => {
            registered.may(Grant::ClientCredentials)?;
            acting.client_credentials().await?.is_token()?
        }
        Err(stop) => return Err(stop),
    };
    let token = token.access_token;
    let witnesses = lab.witnesses(&token).await?;
    let reply = lab.send_registration(&lab.deleting(&registered)?).await?;
    if !reply.is_success() {
        return Err(Stop::not_applicable(Reason::Policy, "the server deletes no client"));
    }
    if lab.lives(&witnesses, &token).await? {
        return Err(Stop::finding(
            "rfc7592/2.3/access-tokens-ended",
            "a token that is void",
            "a token that is alive after its client was deleted",
        ));
    }
    Ok(())
}
