//! Who signed an ID token, and with what: OpenID Connect Core §2, §10.1.

use super::id_token;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::metadata::keys::keys;
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const SIGNED: Check = Check {
    id: "id-token/signed",
    title: "an ID token is signed with a published key",
    why: "A client that cannot verify it must refuse the login, or believes what anybody writes.",
    clauses: &[
        "oidc-core/2/signed",
        "oidc-core/2/none-by-registration-only",
        "rfc8725/3.2/none-not-issued",
        "oidc-core/2/no-header-keys",
        "oidc-core/3.1.3.3/id-token",
        "rfc9068/2.1/not-of-id-tokens",
        "rfc8725/3.7/utf-8-issued",
    ],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(signed(lab))),
};

async fn signed(lab: &Lab) -> Answer {
    let jwt = match id_token(lab).await {
        Ok((_, _, jwt)) => jwt,
        Err(stop @ Stop::Finding(_)) => return in_utf_8(lab).await.and(Err(stop)),
        Err(stop) => return Err(stop),
    };
    signed_by_server(lab, &jwt).await?;
    if ["at+jwt", "application/at+jwt"].contains(&jwt.head("typ").unwrap_or_default().to_ascii_lowercase().as_str()) {
        return Err(Stop::finding(
            "rfc9068/2.1/not-of-id-tokens",
            "an ID token that does not pass for an access token",
            "the typ at+jwt",
        ));
    }
    Ok(())
}

/// RFC 8725 §3.7: an ID token that nobody can read may be one that is written in another encoding.
async fn in_utf_8(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    match tokens.id_token.as_deref().and_then(Jwt::is_utf_8) {
        Some(false) => Err(Stop::finding(
            "rfc8725/3.7/utf-8-issued",
            "header and claims in UTF-8",
            "an ID token in another encoding",
        )),
        _ => Ok(()),
    }
}

/// An ID token, of whatever grant, is signed by the key that it names.
pub async fn signed_by_server(lab: &Lab, jwt: &Jwt) -> Answer {
    if let Some(name) = ["x5u", "x5c", "jku", "jwk"].into_iter().find(|name| jwt.header.contains_key(*name)) {
        return Err(Stop::finding(
            "oidc-core/2/no-header-keys",
            "a header without keys",
            format!("a header with {name}"),
        ));
    }
    let algorithm = jwt.head("alg").unwrap_or_default();
    let (holds, by) = match (algorithm, &lab.client().secret) {
        ("none" | "", _) => {
            return Err(Stop::finding(
                "oidc-core/2/none-by-registration-only",
                "a signature",
                format!("alg {algorithm:?}"),
            ));
        }
        (hmac, Some(secret)) if hmac.starts_with("HS") => (jwt.holds_under_secret(secret), "the client secret"),
        _ => {
            let keys = keys(&lab.jwks().await?)?;
            (jwt.holds_under_any(&keys), "any published key")
        }
    };
    if holds {
        return Ok(());
    }
    if !jwt.can_be_verified() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            format!("this program does not know the algorithm {algorithm}"),
        ));
    }
    Err(Stop::finding(
        "oidc-core/2/signed",
        "a signature that can be verified",
        format!("one that does not hold under {by}"),
    ))
}
