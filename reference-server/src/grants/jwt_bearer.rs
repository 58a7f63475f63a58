//! JWT bearer: RFC 7521 §4.1, RFC 7523 §2.1, §3. Somebody whom this server trusts vouches for a user, who is not here.

use super::extension::{Approved, Asked, ExtensionGrant, Parameter, Subject, once};
use crate::endpoints::audiences;
use crate::error::{Refusal, TokenError};
use crate::model::Authentication;
use crate::rules::assertion::{jti, seconds};
use crate::store::{BoxFuture, Recorded};
use crate::tokens::jwt::Jwt;

/// The name of the grant: RFC 7523 §2.1.
pub const NAME: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An assertion for a token.
#[derive(Clone, Copy, Debug)]
pub struct JwtBearer;

impl ExtensionGrant for JwtBearer {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[once("assertion")] }
    }

    fn approve<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Approved, TokenError>> {
        Box::pin(approve(asked))
    }
}

/// The order of RFC 7523 §3, but for the signature, which comes before anything that is signed. The token dies with the assertion, and is not refreshed: RFC 7521 §4.1.
async fn approve(asked: Asked<'_>) -> Result<Approved, TokenError> {
    let Asked { server, path, .. } = asked;
    let assertion = Jwt::parse(asked.form.required("assertion")?).map_err(Refusal::unreadable_assertion)?;
    let (claims, now) = (assertion.claims(), server.clock.now());

    let issuer = server.assertion_issuer(assertion.hearsay("iss")).ok_or_else(Refusal::unknown_assertion_issuer)?;
    server.rules.assertion_is_signed(path, issuer, &assertion)?;
    server.rules.assertion_issuer_speaks_for(path, issuer, assertion.hearsay("sub"))?;
    server.rules.assertion_is_for_server(path, claims, &audiences(server, path))?;
    server.rules.assertion_has_not_expired(path, claims, now)?;
    server.rules.assertion_expires_soon(path, claims, now)?;
    server.rules.assertion_has_begun(path, claims, now)?;
    server.rules.assertion_is_recent(path, claims, now)?;

    let sub = assertion.hearsay("sub").unwrap_or_default();
    let user = server.store.user_by_sub(sub).await?.ok_or_else(Refusal::unknown_subject)?;
    if let (Some(jti), Some(expires_at)) = (jti(claims), seconds(claims, "exp"))
        && server.store.record_jti(&issuer.issuer, jti, expires_at).await? == Recorded::Before
    {
        return Err(Refusal::assertion_already_used().into());
    }

    // RFC 9068 §2.2.1: the issuer says when the user proved who they are, or vouched for it when it made the assertion.
    let auth_time = ["auth_time", "iat"].into_iter().find_map(|claim| seconds(claims, claim)).unwrap_or(now);
    let subject = Subject::User(Authentication { sub: user.sub.clone(), auth_time });
    Ok(Approved { not_after: seconds(claims, "exp"), ..Approved::new(subject, asked.scope.clone()) })
}
