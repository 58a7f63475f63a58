//! How each choice is found out. What comes before the question is a control: where it fails, nothing is learned.

use crate::check::{Reason, Stop};
use crate::exchange::{Deviation, Reply, Tokens};
use crate::lab::granted::{beside, unknown_scope as no_scope};
use crate::lab::{Authorize, Authorized, Lab, random};

type Answered = Result<&'static str, Stop>;

/// The first name if it is so, else the second.
const fn either(so: bool, yes: &'static str, no: &'static str) -> &'static str {
    if so { yes } else { no }
}

/// Was a token given? A throttled server has not answered.
fn gave(reply: &Reply) -> Result<Option<Tokens>, Stop> {
    reply.judgeable()?;
    Ok(reply.tokens())
}

pub(super) async fn rotation(lab: &Lab) -> Answered {
    let (_, first) = lab.refreshable().await?;
    let next = lab.refresh(&first).await?.is_token()?.refresh_token;
    Ok(either(next.is_some_and(|next| next != first), "replaced", "kept"))
}

pub(super) async fn replaced_token(lab: &Lab) -> Answered {
    let (_, first) = lab.refreshable().await?;
    let next = lab.refresh(&first).await?.is_token()?.refresh_token;
    if next.is_none_or(|next| next == first) {
        return Err(Stop::not_applicable(Reason::Policy, "the server keeps refresh tokens"));
    }
    Ok(either(gave(&lab.refresh(&first).await?)?.is_some(), "honoured", "refused"))
}

pub(super) async fn failed_attempt(lab: &Lab) -> Answered {
    lab.speaks_pkce().await?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    let wrong = lab.send(&lab.redemption(&code)?.with("code_verifier", random())).await?;
    if gave(&wrong)?.is_some() {
        return Err(Stop::Inconclusive("a wrong code_verifier was not refused".to_owned()));
    }
    Ok(either(gave(&lab.redeem(&code).await?)?.is_some(), "kept", "burnt"))
}

pub(super) async fn after_replay(lab: &Lab) -> Answered {
    let (code, tokens) = lab.user_tokens().await?;
    let witnesses = lab.witnesses(&tokens.access_token).await?;
    if gave(&lab.redeem(&code).await?)?.is_some() {
        return Err(Stop::Inconclusive("the second redemption was not refused".to_owned()));
    }
    Ok(either(lab.lives(&witnesses, &tokens.access_token).await?, "living", "revoked"))
}

pub(super) async fn scope_default(lab: &Lab) -> Answered {
    lab.client_credentials().await?.is_token()?;
    let reply = lab.send(&lab.client_credentials_request()?.without("scope")).await?;
    Ok(either(gave(&reply)?.is_some(), "granted", "refused"))
}

pub(super) async fn unknown_scope(lab: &Lab) -> Answered {
    let request = lab.client_credentials_request()?;
    lab.send(&request).await?.is_token()?;
    let asked = beside(request.value("scope"), &no_scope());
    let reply = lab.send(&request.with("scope", asked)).await?;
    Ok(either(gave(&reply)?.is_some(), "left-out", "refused"))
}

pub(super) async fn plain(lab: &Lab) -> Answered {
    lab.speaks_pkce().await?;
    lab.authorize(Authorize::valid()).await?.granted()?;
    let verifier = random();
    let plain = Authorize::valid().with("code_challenge", &verifier).with("code_challenge_method", "plain");
    let authorized = lab.authorize(plain.verifier(verifier)).await?;
    authorized.judgeable()?;
    Ok(either(authorized.code().is_ok(), "accepted", "refused"))
}

/// RFC 6749 §3.1. The value is the same both times, so that it does not matter which of them a server reads.
pub(super) async fn repeated_parameter(lab: &Lab) -> Answered {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let repeated =
        Authorize::valid().with("state", "twice").deviating(Deviation::Repeat("state".to_owned(), "twice".to_owned()));
    let authorized = lab.authorize(repeated).await?;
    if authorized.granted().is_ok() {
        return Ok("ignored");
    }
    place(&authorized)
}

pub(super) async fn unknown_response_type(lab: &Lab) -> Answered {
    lab.authorize(Authorize::valid()).await?.granted()?;
    place(&lab.authorize(Authorize::valid().with("response_type", "grantspec-none")).await?)
}

/// Where an error went.
fn place(authorized: &Authorized) -> Answered {
    authorized.judgeable()?;
    Ok(either(authorized.reaches_client(), "redirect", "page"))
}

/// By a client that authenticates and is not the one to which the token was issued.
pub(super) async fn cross_client_introspection(lab: &Lab) -> Answered {
    let token = lab.client_credentials().await?.is_token()?.access_token;
    lab.introspect(&token).await?.is_active()?;
    let request = lab.introspection(&token)?.deviating(&Deviation::As(Box::new(lab.other_client()?.clone())));
    let reply = lab.send(&request).await?;
    reply.judgeable()?;
    Ok(match reply.is_active() {
        Ok(true) => "told",
        Ok(false) => "inactive",
        Err(_) => "refused",
    })
}
