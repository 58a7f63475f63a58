//! How userinfo is written, and whether its values are what they claim to be: OpenID Connect Core §5.1, §5.3.2.

use serde_json::Value;

use super::claims::claims_of;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::metadata::keys::keys;
use crate::exchange::Jwt;
use crate::exchange::shape::is_phone_number;
use crate::lab::granted::beside;
use crate::lab::{Authorize, Lab};

pub const PHONE_NUMBER: Check = Check {
    id: "userinfo/phone-number-format",
    title: "a telephone number of userinfo begins with + and its country, and always so if it was verified",
    why: "A number without its country reaches somebody else in the next one, with the code that should have come to the user.",
    clauses: &["oidc-core/5.1/verified-phone-number-format", "oidc-core/5.1/phone-number-format"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(phone_number(lab))),
};

pub const UTF_8: Check = Check {
    id: "userinfo/utf-8",
    title: "userinfo is encoded in UTF-8",
    why: "JSON has no other encoding that every client reads: half of the names of this world break in any other.",
    clauses: &["oidc-core/5.3.2/utf-8"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(utf_8(lab))),
};

pub const SIGNED: Check = Check {
    id: "userinfo/signed",
    title: "signed userinfo is of the type application/jwt, and says who signed it and for whom",
    why: "Signed claims can be handed on: without an audience they log their user in wherever they are brought.",
    clauses: &["oidc-core/5.3.2/signed-members", "oidc-core/5.3.2/jwt-content-type", "oidc-core/10.1/keys-published"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(signed(lab))),
};

/// With the scope that a number is asked for by, where the server lists it and gives it to the client.
async fn phone_number(lab: &Lab) -> Answer {
    let listed = lab.target().metadata.list("scopes_supported").contains(&"phone");
    let wide = beside(lab.target().authorization_scope(), "phone");
    let asked = if listed { Authorize::valid().with("scope", wide) } else { Authorize::valid() };
    let code = lab.authorize(asked).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    let claims = claims_of(&reply)?.ok_or_else(|| reply.not_the_control("claims that can be read"))?;
    let Some(number) = claims.get("phone_number").and_then(Value::as_str) else {
        return Err(Stop::not_applicable(Reason::Policy, "userinfo tells no telephone number of this user"));
    };
    if is_phone_number(number) {
        return Ok(());
    }
    let verified = claims.get("phone_number_verified") == Some(&Value::Bool(true));
    let clause = PHONE_NUMBER.clauses[usize::from(!verified)];
    Err(Stop::finding(clause, "a phone_number as +1 (425) 555-1212", format!("phone_number {number:?}")))
}

async fn utf_8(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    let content_type = reply.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let charset = content_type.split_once("charset=").map(|(_, charset)| charset.trim_matches(['"', ' ']).to_owned());
    if let Some(charset) = charset.filter(|charset| !charset.starts_with("utf-8")) {
        return Err(Stop::finding(UTF_8.clauses[0], "UTF-8", format!("the charset {charset}")));
    }
    // What is no UTF-8 is replaced by this character when it is read.
    if reply.body.contains('\u{fffd}') {
        return Err(Stop::finding(UTF_8.clauses[0], "UTF-8", "bytes that are none"));
    }
    Ok(())
}

async fn signed(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    let jwt = Jwt::read(reply.body.trim());
    // RFC 7516 §7.1: what is encrypted has five parts, and no JSON has only such characters.
    let encrypted = reply.body.trim().split('.').count() == 5
        && reply.body.trim().chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if jwt.is_none() && !encrypted {
        return Err(Stop::not_applicable(Reason::Policy, "the userinfo of this client is plain JSON"));
    }
    if reply.media_type() != "application/jwt" {
        return Err(Stop::finding("oidc-core/5.3.2/jwt-content-type", "the type application/jwt", reply.media_type()));
    }
    let jwt = jwt.ok_or_else(|| Stop::not_applicable(Reason::Policy, "userinfo is encrypted"))?;
    vouches(lab, &jwt, &lab.client().id).await
}

/// Signed userinfo says who signed it and for whom, and a published key verifies it.
pub async fn vouches(lab: &Lab, jwt: &Jwt, client: &str) -> Answer {
    let clause = "oidc-core/5.3.2/signed-members";
    let issuer = lab.target().published_issuer();
    if jwt.text("iss") != Some(issuer) {
        let iss = jwt.text("iss").unwrap_or("none");
        return Err(Stop::finding(clause, format!("iss {issuer}"), format!("iss: {iss}")));
    }
    let for_client = match jwt.claims.get("aud") {
        Some(Value::String(aud)) => aud == client,
        Some(Value::Array(list)) => list.iter().any(|aud| aud == client),
        _ => false,
    };
    if !for_client {
        let aud = jwt.claims.get("aud").map_or_else(|| "none".to_owned(), Value::to_string);
        return Err(Stop::finding(clause, format!("an aud with {client}"), format!("aud: {aud}")));
    }
    let symmetric = jwt.head("alg").is_none_or(|alg| alg == "none" || alg.starts_with("HS"));
    if symmetric || !jwt.can_be_verified() || jwt.holds_under_any(&keys(&lab.jwks().await?)?) {
        return Ok(());
    }
    Err(Stop::finding("oidc-core/10.1/keys-published", "a signature by a published key", "one that no key verifies"))
}
