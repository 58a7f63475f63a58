//! What userinfo says, and to whom.

use serde_json::{Map, Value};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Jwt, Reply};
use crate::lab::Lab;

pub const CLAIMS: Check = Check {
    id: "userinfo/claims",
    title: "userinfo says whose token it is, and it is the subject of the ID token",
    why: "A client that merges the claims of one user into the account of another has given that account away.",
    clauses: &[
        "oidc-core/5.3.2/sub",
        "oidc-core/5.3.2/sub-matches-id-token",
        "oidc-core/5.3.2/content-type",
        "oidc-core/5.6/normal-claims",
    ],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(claims(lab))),
};

pub const CLIENT_TOKEN_REFUSED: Check = Check {
    id: "userinfo/client-token-refused",
    title: "the token of a client, behind which there is no user, opens no userinfo",
    why: "A subject that is a client can look like a user of the same name.",
    clauses: &[
        "oidc-core/5.3.2/sub",
        "rfc6750/3.1/insufficient-scope",
        "identityserver-grant-types/client-credentials/no-user",
    ],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(client_token_refused(lab))),
};

async fn claims(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    let media_type = reply.media_type();
    if !["application/json", "application/jwt"].contains(&media_type.as_str()) {
        let expected = "the type application/json or application/jwt";
        return Err(Stop::finding("oidc-core/5.3.2/content-type", expected, media_type));
    }
    let claims = claims_of(&reply)?;
    let sub = claims.as_ref().and_then(|claims| claims.get("sub")).and_then(|sub| sub.as_str()).unwrap_or_default();
    if sub.is_empty() {
        return Err(Stop::finding("oidc-core/5.3.2/sub", "a sub", reply.actual()));
    }
    match tokens.subject() {
        Some(expected) if expected != sub => Err(Stop::finding(
            "oidc-core/5.3.2/sub-matches-id-token",
            format!("the sub {expected} of the ID token"),
            format!("the sub {sub}"),
        )),
        _ => Ok(()),
    }
}

/// The claims of an answer of userinfo, in either of its two forms (OpenID Connect Core §5.3.2).
pub(super) fn claims_of(reply: &Reply) -> Result<Option<Map<String, Value>>, Stop> {
    if reply.media_type() != "application/jwt" {
        return Ok(reply.json());
    }
    if reply.body.trim().split('.').count() == 5 {
        return Err(Stop::not_applicable(Reason::Policy, "userinfo is encrypted"));
    }
    Ok(Jwt::read(&reply.body).map(|jwt| jwt.claims))
}

async fn client_token_refused(lab: &Lab) -> Answer {
    let tokens = lab.client_credentials().await?.is_token()?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.judgeable()?;
    if !reply.is_success() {
        return Ok(());
    }
    let sub = reply.json().is_some_and(|json| json.contains_key("sub"));
    let clause = if sub { "rfc6750/3.1/insufficient-scope" } else { "oidc-core/5.3.2/sub" };
    Err(Stop::finding(clause, "a refusal", reply.actual()))
}
