//! Whether access tokens keep to the profile that other tokens of the same server declare: RFC 9068 §2.1.

use serde_json::Value;

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const TYP_ALWAYS: Check = Check {
    id: "access-token/typ-always",
    title: "where one JWT access token for an API has the typ at+jwt, the others for it have it too",
    why: "The API has to refuse every token without it: a client works until its first refresh, and nobody knows why.",
    clauses: &["rfc9068/2.1/typ"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(typ_always(lab))),
};

/// A server may issue tokens of another kind to other clients and for other resources, so that only those of one client and
/// one audience are held against each other.
async fn typ_always(lab: &Lab) -> Answer {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    if Jwt::access_token(&tokens.access_token).is_some() {
        return Ok(());
    }
    let Some(jwt) = Jwt::read(&tokens.access_token) else {
        return Err(Stop::not_applicable(Reason::Policy, "the access token is no JWT that can be read"));
    };
    for other in others(lab).await {
        let declared = Jwt::access_token(&other).filter(|other| same_audience(other, &jwt));
        if declared.is_some() {
            return Err(Stop::finding(
                "rfc9068/2.1/typ",
                "the typ at+jwt, as another access token for the same audience has it",
                format!("typ {:?}", jwt.head("typ").unwrap_or_default()),
            ));
        }
    }
    Err(Stop::not_applicable(Reason::Policy, "no access token declares itself a JWT of RFC 9068 (typ at+jwt)"))
}

fn same_audience(one: &Jwt, other: &Jwt) -> bool {
    let audience = |jwt: &Jwt| jwt.claims.get("aud").filter(|aud| !aud.is_null()).map(Value::to_string);
    audience(one).is_some() && audience(one) == audience(other)
}

/// Access tokens of the same client by every grant that it may use; what cannot be had is left out.
async fn others(lab: &Lab) -> Vec<String> {
    let mut others = Vec::new();
    if lab.client().may(Grant::ClientCredentials)
        && let Ok(reply) = lab.client_credentials().await
    {
        others.extend(reply.tokens());
    }
    if lab.client().may(Grant::AuthorizationCode)
        && let Ok((_, tokens)) = lab.user_tokens().await
    {
        if let Some(refresh_token) = &tokens.refresh_token
            && let Ok(reply) = lab.refresh(refresh_token).await
        {
            others.extend(reply.tokens());
        }
        others.push(tokens);
    }
    others.into_iter().map(|tokens| tokens.access_token).collect()
}
