//! What a client may wish for beside a login: a choice of account, silence, a certain user, a certain kind of login. OpenID Connect
//! Core §3.1.2.1, §5.5.1.

use serde_json::{Value, json};

use super::identified::{id_tokens, identified};
use super::session::grants_nothing;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::id_token::{id_token, id_token_of};
use crate::exchange::{Jwt, SKEW};
use crate::lab::{Authorize, Browser, Lab, random};

pub const PROMPT_SELECT_ACCOUNT: Check = Check {
    id: "authorize/prompt-select-account",
    title: "prompt=select_account gives nothing before somebody has chosen",
    why: "A client asks for it when its user wants to go on as somebody else: a code for whoever is logged in takes the choice away.",
    clauses: &["oidc-core/3.1.2.1/prompt-select-account", "oidc-core/3.1.2.1/prompt-select-account-error"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_select_account(lab))),
};

pub const PROMPT_NONE_WITHOUT_HINT: Check = Check {
    id: "authorize/prompt-none-without-hint",
    title: "prompt=none works without an id_token_hint, where it works with one",
    why: "A client that keeps no ID tokens could never renew its login in silence.",
    clauses: &["oidc-core/3.1.2.1/prompt-none-without-hint"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(prompt_none_without_hint(lab))),
};

pub const EXPIRED_HINT: Check = Check {
    id: "authorize/expired-hint",
    title: "an ID token that has expired is still a good hint for a session that lives",
    why: "ID tokens live for minutes and sessions for hours: a client that asks whether its user is still there has an old one.",
    clauses: &["oidc-core/3.1.2.2/expired-hint-accepted"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::AdvanceTime, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(expired_hint(lab))),
};

pub const SUB_REQUESTED: Check = Check {
    id: "authorize/sub-requested",
    title: "a request for the sub of somebody else is not answered for whoever logs in",
    why: "The client asks for one certain user, before something dangerous, and takes the answer for theirs.",
    clauses: &["oidc-core/5.5.1/sub-mismatch", "oidc-core/3.1.2.2/requested-subject"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::ClaimsParameter, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(sub_requested(lab))),
};

pub const ESSENTIAL_ACR: Check = Check {
    id: "authorize/essential-acr",
    title: "a request that cannot do without a certain kind of login gets no other",
    why: "A bank asks for a second factor. A code for a login by password alone is a second factor that nobody needs.",
    clauses: &["oidc-core/5.5.1.1/essential-acr"],
    cells: Cells::WITH_ID_TOKEN,
    needs: &[Need::ClaimsParameter, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(essential_acr(lab))),
};

pub const VOLUNTARY_ACR: Check = Check {
    id: "id-token/voluntary-acr",
    title: "a request for a kind of login that there is not is answered with the kind that there was",
    why: "The client asked how its user logged in, and would have to guess.",
    clauses: &["oidc-core/5.5.1.1/voluntary-acr", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(voluntary_acr(lab))),
};

/// A kind of login that no server knows.
const NO_SUCH_ACR: &str = "urn:example:grantspec:no-such-acr";

/// Either of them would do.
const NO_SUCH_ACRS: [&str; 2] = [NO_SUCH_ACR, "urn:example:grantspec:neither"];

async fn prompt_select_account(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let chosen = lab.authorize(Authorize::valid().with("prompt", "select_account").untouched()).await?;
    grants_nothing(&chosen, PROMPT_SELECT_ACCOUNT.clauses[0], "a page with a choice, or an error")
}

fn silent() -> Authorize {
    Authorize::valid().with("prompt", "none").untouched()
}

async fn prompt_none_without_hint(lab: &Lab) -> Answer {
    let (_, tokens, _) = id_token(lab).await?;
    let hint = tokens.id_token.unwrap_or_default();
    if lab.authorize(silent().with("id_token_hint", hint)).await?.code().is_err() {
        return Err(Stop::not_applicable(Reason::Policy, "the server gives no code without a page, hint or not"));
    }
    lab.authorize(silent()).await?.issues_code(PROMPT_NONE_WITHOUT_HINT.clauses[0]).map(drop)
}

/// That the session outlives the ID token shows without the hint.
async fn expired_hint(lab: &Lab) -> Answer {
    let (_, tokens, jwt) = id_token(lab).await?;
    let hint = tokens.id_token.unwrap_or_default();
    lab.authorize(silent().with("id_token_hint", hint.as_str())).await?.code()?;
    let (Some(issued), Some(expires)) = (jwt.number("iat"), jwt.number("exp")) else {
        return Err(Stop::Inconclusive("the ID token has no iat or no exp".to_owned()));
    };
    lab.advance(whole_seconds(expires - issued) + SKEW).await?;
    if lab.authorize(silent()).await?.code().is_err() {
        return Err(Stop::not_applicable(Reason::Policy, "the session does not outlive the ID token"));
    }
    lab.authorize(silent().with("id_token_hint", hint)).await?.issues_code(EXPIRED_HINT.clauses[0]).map(drop)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a lifetime: none is negative, or longer than a year"
)]
fn whole_seconds(lifetime: f64) -> u64 {
    lifetime.clamp(0.0, 366.0 * 24.0 * 3600.0) as u64
}

/// The claims parameter that asks for this `sub`.
fn for_sub(details: &Value) -> String {
    json!({ "id_token": { "sub": details } }).to_string()
}

/// With a session, and after a login that the request itself brought about: the second answer comes from another place.
async fn sub_requested(lab: &Lab) -> Answer {
    let own = identified(lab).await?;
    lab.authorize(Authorize::valid().with("claims", for_sub(&json!({ "value": own.subject() })))).await?.granted()?;

    let nobody = format!("grantspec-nobody-{}", &random()[..12]);
    let expected = "an error, or the login page of the one who was asked for";
    // OpenID Connect Core §3.1.2.2 speaks of one specific value; of a list (§5.5.1) it says no such thing.
    let asked = Authorize::valid().with("claims", for_sub(&json!({ "value": nobody })));
    let kept = lab.authorize(asked.clone().without_login()).await?;
    grants_nothing(&kept, SUB_REQUESTED.clauses[0], expected)?;
    match lab.authorize_in(&Browser::default(), asked).await {
        Ok(fresh) => grants_nothing(&fresh, SUB_REQUESTED.clauses[0], expected),
        // The login page comes again, for the one who was asked for.
        Err(Stop::Inconclusive(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

async fn essential_acr(lab: &Lab) -> Answer {
    identified(lab).await?;
    let claims = json!({ "id_token": { "acr": { "essential": true, "values": NO_SUCH_ACRS } } }).to_string();
    let asked = match lab.authorize(Authorize::valid().with("claims", claims)).await {
        Ok(asked) => asked,
        // It asks for another login than this harness has.
        Err(Stop::Inconclusive(_)) => return Ok(()),
        Err(stop) => return Err(stop),
    };
    if !asked.landing.gives() {
        return grants_nothing(&asked, ESSENTIAL_ACR.clauses[0], "an error, or another login");
    }
    // No login here is one of those: whatever the ID token says of it, even that it was, is not true.
    let expected = "an error, or another login";
    let said = match id_tokens(lab, &asked).await?.first().and_then(|one| one.claims.text("acr")) {
        Some(acr) => format!("an ID token with the acr {acr}"),
        None => "an ID token without acr".to_owned(),
    };
    Err(Stop::finding(ESSENTIAL_ACR.clauses[0], expected, said))
}

async fn voluntary_acr(lab: &Lab) -> Answer {
    if lab.target().metadata.list("acr_values_supported").is_empty() {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata lists no acr_values_supported"));
    }
    id_token(lab).await?;
    let (_, _, jwt): (_, _, Jwt) = id_token_of(lab, Authorize::valid().with("acr_values", NO_SUCH_ACR)).await?;
    match jwt.text("acr") {
        Some(NO_SUCH_ACR) => Err(Stop::finding(
            VOLUNTARY_ACR.clauses[0],
            "the acr of the login that there was",
            "the one that was wished for, which no login here is",
        )),
        Some(_) => Ok(()),
        None => Err(Stop::finding(
            VOLUNTARY_ACR.clauses[0],
            "the acr of the login that there was",
            "an ID token without acr",
        )),
    }
}
