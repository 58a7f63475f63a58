//! For whom the access token of a client speaks that asked for itself: RFC 9068 §2.2, RFC 9700 §4.15.

use serde_json::Value;

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab};

pub const CLIENT_SUBJECT: Check = Check {
    id: "access-token/client-subject",
    title: "the access token of a client that asked for itself does not name a user as its subject",
    why: "A resource server that goes by sub opens the account of that user to a machine that nobody allowed anything.",
    clauses: &[
        "rfc9068/2.2/sub-is-client",
        "rfc7662/2.2/subject",
        "rfc9700/4.15.1/tokens-distinguishable",
        "identityserver-grant-types/client-credentials/represents-client",
    ],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(client_subject(lab))),
};

/// A service account may have a sub of its own: wrong is that of a user who logs in.
async fn client_subject(lab: &Lab) -> Answer {
    let own = lab.client_credentials().await?.is_token()?;
    let client =
        std::iter::once(lab.client()).chain(&lab.target().clients).find(|one| one.may(Grant::AuthorizationCode));
    let client = client.cloned().ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, "no client of the target gets tokens in the name of a user")
    })?;
    let code = lab.authorize(Authorize::valid().by(&client)).await?.code()?;
    let tokens = lab.send(&lab.redemption(&code)?.by(&client)).await?.is_token()?;
    let user = tokens
        .subject()
        .ok_or_else(|| Stop::not_applicable(Reason::Policy, "no ID token came that names its subject"))?;

    let jwt = Jwt::access_token(&own.access_token);
    let of_jwt = jwt.as_ref().and_then(|jwt| jwt.text("sub")).map(str::to_owned);
    let told = match lab.target().metadata.introspection_endpoint {
        Some(_) => lab.introspect(&own.access_token).await?.json().unwrap_or_default(),
        None => serde_json::Map::new(),
    };
    let of_introspection = told.get("sub").and_then(Value::as_str).map(str::to_owned);
    if of_jwt.is_none() && of_introspection.is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "nothing says who the subject of a client's own token is"));
    }
    for (sub, clause, by) in
        [(of_jwt, "rfc9068/2.2/sub-is-client", "the token"), (of_introspection, "rfc7662/2.2/subject", "introspection")]
    {
        if sub.as_ref() == Some(&user) {
            return Err(Stop::finding(
                clause,
                "a sub that stands for the client",
                format!("the sub of a user, by {by}"),
            ));
        }
    }
    Ok(())
}
