//! Which parameters count of a request that has an object: OpenID Connect Core §6.3.3, RFC 9101 §6.3.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::authorization_code::brought::nothing_beside_object;
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab, Landing, RequestObject, challenge, random};

pub const OBJECT_WINS: Check = Check {
    id: "request-object/object-wins",
    title: "what stands beside a request object changes nothing of what is in it",
    why: "The query is where an attacker writes along: the signature protects nothing if the query comes first.",
    clauses: &[WINS, "rfc9101/10.7/mismatch-harmless"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(object_wins(lab))),
};

pub const OBJECT_ALONE: Check = Check {
    id: "request-object/alone",
    title: "a request object needs nothing but the client_id beside it",
    why: "Whatever has to stand beside the object stands there unprotected.",
    clauses: &["rfc9101/6.3/extracted"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(object_alone(lab))),
};

pub const NOTHING_BESIDE: Check = Check {
    id: "request-object/nothing-beside-counts",
    title: "what the object leaves out is not taken from beside it",
    why: "An attacker adds what the client left out: a prompt, a scope, a response mode.",
    clauses: &["rfc9101/6.3/object-alone"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(nothing_beside(lab))),
};

pub const ASSEMBLED: Check = Check {
    id: "request-object/assembled",
    title: "in OpenID Connect, what the object leaves out is taken from beside it",
    why: "A client signs once what stays the same, and sends what is new every time beside it: without it, no answer finds its request.",
    clauses: &["oidc-core/6.3.3/assembled"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(assembled(lab))),
};

pub const REQUIRED: Check = Check {
    id: "request-object/required",
    title: "a server that says that requests have to be signed serves no other",
    why: "An attacker who changes a request leaves the signature away: what is not demanded protects nobody.",
    clauses: &["rfc9101/10.5/required-of-all", SIGNED_ONLY, "rfc6749/5.2/error-response"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(required(lab))),
};

const SIGNED_ONLY: &str = "rfc9126/2.3/signed-only";
const WINS: &str = "rfc9101/6.3/object-wins";

/// A request by object that is served as it is: the control.
async fn served(lab: &Lab) -> Answer {
    lab.authorize(lab.by_object(&lab.request_object()?)?).await?.granted().map(drop)
}

/// The server may also refuse what does not agree.
async fn object_wins(lab: &Lab) -> Answer {
    served(lab).await?;
    let object = lab.request_object()?;
    let (state, nonce) = (random(), random());
    let mut diluted = lab
        .by_object(&object)?
        .with("state", &state)
        .with("nonce", &nonce)
        .with("code_challenge", challenge(&random()))
        .with("code_challenge_method", "S256");
    if let Some(other) = lab.client().redirect_uris.get(1) {
        diluted = diluted.with("redirect_uri", other);
    }
    let authorized = lab.authorize(diluted).await?;
    if authorized.landing.param("code").is_none() {
        return authorized.refused(WINS).map(drop);
    }
    let another =
        |name: &str| Stop::finding(WINS, format!("the {name} of the request object"), "the one that stood beside it");
    if authorized.landing.param("state") == Some(&state) {
        return Err(another("state"));
    }
    let asked = object.request().value("redirect_uri").unwrap_or_default();
    if let Landing::Client { uri, .. } = &authorized.landing
        && asked.split('?').next() != Some(uri)
    {
        return Err(another("redirect_uri"));
    }
    let tokens = lab.redeem(&authorized.code()?).await?.served(WINS)?;
    if tokens.id_token.as_deref().and_then(Jwt::read).is_some_and(|jwt| jwt.text("nonce") == Some(&nonce)) {
        return Err(another("nonce"));
    }
    Ok(())
}

/// OpenID Connect Core §6.1 wants more beside the object, so that a server which goes by that is not asked.
pub(super) async fn speaks_rfc9101(lab: &Lab) -> Answer {
    if lab.target().metadata.speaks_rfc9101() || (state_beside(lab).await?.is_none() && takes_alone(lab).await?) {
        return Ok(());
    }
    Err(Stop::not_applicable(
        Reason::NotAdvertised,
        "the server does not say whether its request objects are those of RFC 9101 (require_signed_request_object), and takes them as those of OpenID Connect Core",
    ))
}

/// Is a request object enough? RFC 9101 §5: nothing but `client_id` has to stand beside it. Who says nothing, and passes over what does, goes by
/// that document.
async fn takes_alone(lab: &Lab) -> Result<bool, Stop> {
    Ok(lab.authorize(alone(lab, &lab.request_object()?)?).await?.landing.param("code").is_some())
}

/// What came of a state that stood beside an object without one, in an OpenID Connect request: nothing where it was passed over.
async fn state_beside(lab: &Lab) -> Result<Option<String>, Stop> {
    let state = random();
    let silent = lab.request_object()?.without("state");
    let authorized = lab.authorize(lab.by_object(&silent)?.with("state", &state)).await?;
    if authorized.landing.param("code").is_none() {
        return Ok(Some(authorized.landing.summary()));
    }
    Ok((authorized.landing.param("state") == Some(&state)).then_some(state))
}

fn alone(lab: &Lab, object: &RequestObject) -> Result<Authorize, Stop> {
    Ok(lab.by_object(object)?.without("response_type").without("scope"))
}

async fn object_alone(lab: &Lab) -> Answer {
    speaks_rfc9101(lab).await?;
    served(lab).await?;
    let authorized = lab.authorize(alone(lab, &lab.request_object()?)?).await?;
    let code = authorized.issues_code("rfc9101/6.3/extracted")?;
    lab.redeem(&code).await?.served("rfc9101/6.3/extracted").map(drop)
}

async fn nothing_beside(lab: &Lab) -> Answer {
    let clause = "rfc9101/6.3/object-alone";
    speaks_rfc9101(lab).await?;
    lab.authorize(alone(lab, &lab.request_object()?)?).await?.granted()?;
    let state = random();
    let silent = lab.request_object()?.without("state");
    let authorized = lab.authorize(alone(lab, &silent)?.with("state", &state)).await?;
    if authorized.landing.param("state") == Some(&state) {
        return Err(Stop::finding(
            clause,
            "a response without state",
            "the state that stood beside the request object",
        ));
    }
    nothing_beside_object(lab, clause).await
}

/// RFC 9101 §6.3 passes over what stands beside the object, and whoever speaks it may do so everywhere.
async fn assembled(lab: &Lab) -> Answer {
    served(lab).await?;
    let state = random();
    let silent = lab.request_object()?.without("state");
    let authorized = lab.authorize(lab.by_object(&silent)?.with("state", &state)).await?;
    let landing = &authorized.landing;
    if landing.param("code").is_some() && landing.param("state") == Some(&state) {
        return Ok(());
    }
    let silently = landing.param("code").is_some() && landing.param("state").is_none();
    if lab.target().metadata.speaks_rfc9101() || (silently && takes_alone(lab).await?) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server goes by RFC 9101, by which the object counts alone",
        ));
    }
    let expected = "a code, with the state that stood beside the request object";
    Err(Stop::finding(ASSEMBLED.clauses[0], expected, authorized.landing.summary()))
}

async fn required(lab: &Lab) -> Answer {
    if !lab.target().metadata.is_true("require_signed_request_object") {
        return Err(Stop::not_applicable(Reason::Policy, "the server also serves requests that are not signed"));
    }
    served(lab).await?;
    lab.authorize(Authorize::valid()).await?.refused("rfc9101/10.5/required-of-all")?;
    if lab.target().metadata.pushed_authorization_request_endpoint.is_none() {
        return Ok(());
    }
    let (reply, pushed) = lab.push(&[]).await?;
    if pushed.is_some() {
        return Err(Stop::finding(SIGNED_ONLY, "a refusal", format!("{}: {}", reply.asked, reply.status)));
    }
    reply.refused(SIGNED_ONLY)?.with_error_or(SIGNED_ONLY, &["invalid_request"])
}
