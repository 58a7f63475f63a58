//! The ID token of the code flow: OpenID Connect Core §2, §3.1.3.

pub mod claims;
pub mod issuance;
pub mod refreshed;
pub mod request;
pub mod signature;
pub mod subject;

use crate::check::{Reason, Stop};
use crate::exchange::{Jwt, Tokens};
use crate::lab::{Authorize, Code, Lab};

/// The clause by which an authentication request yields an ID token.
const ID_TOKEN: &str = "oidc-core/3.1.3.3/id-token";

/// What an authentication request brought: the request, the tokens, and the ID token as it can be read.
pub async fn id_token(lab: &Lab) -> Result<(Code, Tokens, Jwt), Stop> {
    id_token_of(lab, Authorize::valid()).await
}

/// The same for a request with something changed.
pub async fn id_token_of(lab: &Lab, authorize: Authorize) -> Result<(Code, Tokens, Jwt), Stop> {
    let code = lab.authorize(authorize).await?.code()?;
    if !code.scope.as_deref().is_some_and(|scope| scope.split(' ').any(|value| value == "openid")) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the target file asks for no ID token: its scope is without openid",
        ));
    }
    let tokens = lab.redeem(&code).await?.is_token()?;
    let Some(text) = tokens.id_token.clone() else {
        return Err(Stop::finding(ID_TOKEN, "an id_token", tokens.reply.actual()));
    };
    if text.split('.').count() == 5 {
        return Err(Stop::not_applicable(Reason::Policy, "the ID token is encrypted"));
    }
    let jwt =
        Jwt::read(&text).ok_or_else(|| Stop::finding(ID_TOKEN, "a JSON Web Token as id_token", "something else"))?;
    Ok((code, tokens, jwt))
}
