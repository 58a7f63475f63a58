//! In whose name an assertion buys a token: RFC 7523 §3 (2), RFC 6749 §5.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Jwt, Tokens};
use crate::lab::{Lab, random};

pub const UNKNOWN: Check = Check {
    id: "jwt-bearer/subject-unknown",
    title: "an assertion about somebody whom the server does not know buys no token in the name of another",
    why: "A directory that finds nobody and takes the first entry gives one user the access of another.",
    clauses: &["rfc7523/3/subject-is-principal"],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(unknown(lab))),
};

pub const DISABLED: Check = Check {
    id: "jwt-bearer/user-disabled",
    title: "an assertion about a user who was disabled buys nothing",
    why: "Whoever is locked out must not come in by the word of another system that has not heard of it.",
    clauses: &["rfc6749/5.2/invalid-grant", "rfc6749/5.2/error-response"],
    cells: Cells::JWT_BEARER,
    needs: &[Need::DisableUser],
    ask: Ask::Code(|lab| Box::pin(disabled(lab))),
};

/// A server may make up an account for whomever a trusted issuer names; then it is an account of their own. Or the issuer stands
/// for one account, whomever it names: that of the client, or one whose name is not the one in the assertion.
async fn unknown(lab: &Lab) -> Answer {
    let known = lab.send(&lab.bearer_request(&lab.assertion()?)?).await?.is_token()?;
    let somebody = subject(lab, &known).await?;
    let named = lab.target().assertion_issuer.as_ref().map(|issuer| issuer.subject.as_str());
    if somebody == lab.client().id || named != Some(somebody.as_str()) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            format!("the token is in the name of {somebody}, and not in that of the sub of the assertion"),
        ));
    }
    for name in [format!("grantspec-nobody-{}", &random()[..12]), random()] {
        let request = lab.bearer_request(&lab.assertion()?.with("sub", name))?;
        let reply = lab.send(&request).await?;
        reply.judgeable()?;
        let Some(tokens) = reply.tokens() else { continue };
        if subject(lab, &tokens).await? == somebody {
            let expected = "a refusal, or a token in another name";
            return Err(Stop::finding(UNKNOWN.clauses[0], expected, format!("a token for the sub {somebody}")));
        }
    }
    Ok(())
}

async fn subject(lab: &Lab, tokens: &Tokens) -> Result<String, Stop> {
    let told = lab.stands_for(tokens).await?;
    told.ok_or_else(|| Stop::not_applicable(Reason::Policy, "nothing tells in whose name the access token is"))
}

/// The user who may be disabled logs in somewhere, which tells their sub; an issuer may speak for them or not.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds since 1970")]
async fn disabled(lab: &Lab) -> Answer {
    let clause = DISABLED.clauses[0];
    let user = lab.user_to_disable()?;
    let tokens = lab.tokens_for(&user).await?;
    let sub = tokens.id_token.as_deref().and_then(Jwt::read).and_then(|jwt| jwt.text("sub").map(str::to_owned));
    let sub = sub.ok_or_else(|| Stop::not_applicable(Reason::Policy, "no ID token tells the sub of the user"))?;
    // The clock of the server may have been advanced by now.
    let now = tokens.reply.date().unwrap_or_default() as u64;
    let request = || {
        let assertion = lab.assertion()?.with("sub", sub.clone());
        lab.bearer_request(&assertion.with("iat", now).with("exp", now + 60))
    };
    if lab.send(&request()?).await?.tokens().is_none() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "an assertion about the user who may be disabled buys nothing",
        ));
    }
    let reply = lab.while_disabled(&user, async { lab.send(&request()?).await }).await?;
    reply.refused(clause)?.with_error_or(clause, &["invalid_grant", "access_denied"])
}
