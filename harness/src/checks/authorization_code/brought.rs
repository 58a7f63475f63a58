//! A parameter counts as in the open however it comes: pushed (RFC 9126 §2), or in an object (RFC 9101 §6.3).

use serde_json::{Value, json};

use super::effect::{Effect, NOTHING, Seen};
use super::identified::identified;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab, challenge, random};

pub const PUSHED: Check = Check {
    id: "pushed/parameters-count",
    title: "each parameter that was pushed does what it does in the open, whatever stands beside the request_uri",
    why: "What is lost where requests are stored, or read from the wrong place, is a protection that the client counts on and does not have.",
    clauses: &["rfc9126/2/parameters-accepted", "rfc9101/10.7/mismatch-harmless"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(count(lab, Way::Pushed, PUSHED.clauses))),
};

pub const IN_OBJECT: Check = Check {
    id: "request-object/parameters-count",
    title: "each parameter of a request object does what it does in the open, whatever stands beside the object",
    why: "What is lost on the way out of the object, or read from beside it, is signed for nothing.",
    clauses: &["rfc9101/7/response", "rfc9101/6.3/object-wins"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(count(lab, Way::Object, IN_OBJECT.clauses))),
};

pub const IN_PUSHED_OBJECT: Check = Check {
    id: "pushed/object-parameters-count",
    title: "each parameter of an object that was pushed does what it does in the open, whatever stands beside the request_uri",
    why: "A request that is both signed and pushed is read twice before it counts, and may lose something each time.",
    clauses: &["rfc9126/3/rules-of-objects", "rfc9101/10.7/mismatch-harmless"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests, Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(count(lab, Way::PushedObject, IN_PUSHED_OBJECT.clauses))),
};

/// How a request comes to the server.
#[derive(Clone, Copy)]
enum Way {
    Pushed,
    Object,
    PushedObject,
}

/// A parameter, the value that is asked for and another one that may stand beside it (or none), and where the difference shows. What would be so
/// by default is the other one.
struct Parameter {
    name: &'static str,
    values: [Option<Value>; 2],
    seen: Seen,
}

impl Parameter {
    fn of(name: &'static str, values: [impl Into<Value>; 2], seen: Seen) -> Self {
        Self { name, values: values.map(|value| Some(value.into())), seen }
    }
}

/// What can tell two of its values apart at this target. That a new login is asked for, a response mode, and whom a hint names is
/// asked elsewhere.
async fn parameters(lab: &Lab) -> Result<Vec<Parameter>, Stop> {
    let (target, metadata) = (lab.target(), &lab.target().metadata);
    let scope = target.authorization_scope().unwrap_or_default();
    let openid = scope.split(' ').any(|one| one == "openid");
    let mut all = vec![
        Parameter::of("state", [random(), random()], Seen::Returned),
        Parameter::of("code_challenge", [challenge(FIRST_VERIFIER), challenge(OTHER_VERIFIER)], Seen::Verifier),
        Parameter::of("login_hint", [hint(), hint()], Seen::InField),
    ];
    if let [first, second, ..] = lab.client().redirect_uris.as_slice() {
        all.push(Parameter::of("redirect_uri", [second.as_str(), first], Seen::Address));
    }
    if let [first, second, ..] = target.resources.known.as_slice() {
        all.push(Parameter::of("resource", [second.as_str(), first], Seen::Audience));
    }
    if !openid {
        return Ok(all);
    }
    all.push(Parameter::of("nonce", [random(), random()], Seen::Claim("nonce")));
    if scope != "openid" {
        all.push(Parameter::of("scope", ["openid", scope], Seen::Scope));
    }
    if let Some(acr) = metadata.list("acr_values_supported").first() {
        all.push(Parameter { name: "acr_values", values: [Some((*acr).into()), None], seen: Seen::Claim("acr") });
    }
    all.push(Parameter::of("max_age", [0, 3600], Seen::Given));
    let own = identified(lab).await?;
    if let Some(forged) = Jwt::with_altered_signature(&own.id_token) {
        all.push(Parameter::of("id_token_hint", [forged, own.id_token.clone()], Seen::Given));
    }
    if metadata.is_true("claims_parameter_supported") {
        let about = |sub: &str| json!({ "id_token": { "sub": { "value": sub } } });
        all.push(Parameter::of("claims", [about("grantspec-nobody"), about(own.subject())], Seen::Given));
    }
    Ok(all)
}

/// RFC 7636 §4.1: two that are long enough.
const FIRST_VERIFIER: &str = "grantspec-first-verifier-0123456789-0123456789-0123456789";
const OTHER_VERIFIER: &str = "grantspec-other-verifier-0123456789-0123456789-0123456789";

/// Of letters that no page has to escape.
fn hint() -> String {
    format!("grantspec{}", random().chars().filter(char::is_ascii_alphanumeric).take(12).collect::<String>())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A server may pass over what it does not support: what makes no difference in the open is not asked about. Whatever it does with values that
/// disagree, the one beside must not be the one that counts.
async fn count(lab: &Lab, way: Way, clauses: &'static [&'static str]) -> Answer {
    let control = brought(lab, way, "", None).await?;
    let control = control.ok_or_else(|| Stop::Inconclusive("expected a request_uri for a valid request".to_owned()))?;
    lab.authorize(control).await?.granted()?;
    let mut told_apart = false;
    for Parameter { name, values, seen } in parameters(lab).await? {
        let [asked, other] = &values;
        let effect = Effect { seen, values: values.iter().flatten().map(text).collect(), verifier: FIRST_VERIFIER };
        let expected = open(lab, &effect, name, asked.as_ref()).await?;
        let otherwise = open(lab, &effect, name, other.as_ref()).await?;
        if expected == otherwise {
            continue;
        }
        told_apart = true;
        // A way on which nothing is served is no way to be refused by.
        let controls = if expected == NOTHING { vec![(other, &otherwise)] } else { Vec::new() };
        for (value, expected) in [(asked, &expected)].into_iter().chain(controls) {
            let came = match brought(lab, way, name, value.as_ref()).await? {
                Some(request) => effect.of(lab, request).await?,
                None => NOTHING.to_owned(),
            };
            if effect.differs(&came, expected) && open(lab, &effect, name, value.as_ref()).await? == *expected {
                return Err(Stop::finding(clauses[0], format!("{expected}, as in the open"), came).in_case(name));
            }
        }
        let (Some(other), Some(request)) = (other, brought(lab, way, name, asked.as_ref()).await?) else { continue };
        let came = effect.of(lab, request.with(name, text(other))).await?;
        if came == otherwise {
            let expected = format!("{expected}, whatever stands beside");
            return Err(Stop::finding(clauses[1], expected, came).in_case(name));
        }
    }
    if told_apart { Ok(()) } else { Err(Stop::Inconclusive("no parameter makes a difference in the open".to_owned())) }
}

/// What a valid request does not say is not taken from beside a reference to it.
pub(in crate::checks) async fn nothing_beside_reference(lab: &Lab, clause: &'static str) -> Answer {
    nothing_beside(lab, Way::Pushed, clause).await
}

/// The same of an object, with nothing beside it that would make it a request of OpenID Connect.
pub(in crate::checks) async fn nothing_beside_object(lab: &Lab, clause: &'static str) -> Answer {
    nothing_beside(lab, Way::Object, clause).await
}

async fn nothing_beside(lab: &Lab, way: Way, clause: &'static str) -> Answer {
    let valid = lab.authorization_request(lab.client(), FIRST_VERIFIER)?;
    for Parameter { name, values: [value, _], seen } in parameters(lab).await? {
        let Some(value) = value.filter(|_| valid.value(name).is_none()) else { continue };
        let effect = Effect { seen, values: vec![text(&value)], verifier: FIRST_VERIFIER };
        let heeded = open(lab, &effect, name, Some(&value)).await?;
        if heeded == NOTHING || heeded == open(lab, &effect, name, None).await? {
            continue;
        }
        let Some(request) = brought(lab, way, name, None).await? else { continue };
        let request = match way {
            Way::Object => request.without("response_type").without("scope"),
            Way::Pushed | Way::PushedObject => request,
        };
        if effect.of(lab, request.with(name, text(&value))).await? == heeded {
            let expected = "a response as if nothing stood beside, or a refusal";
            return Err(Stop::finding(clause, expected, heeded).in_case(format!("{name} beside")));
        }
    }
    Ok(())
}

async fn open(lab: &Lab, effect: &Effect, name: &str, value: Option<&Value>) -> Result<String, Stop> {
    let request = value.iter().fold(Authorize::valid(), |request, value| request.with(name, text(value)));
    effect.of(lab, request).await
}

/// A valid request that comes this way, with this value of one of its parameters; nothing if the server does not take it.
async fn brought(lab: &Lab, way: Way, name: &str, value: Option<&Value>) -> Result<Option<Authorize>, Stop> {
    let object = || {
        let object = lab.request_object()?;
        Ok::<_, Stop>(value.iter().fold(object, |object, value| object.with(name, (*value).clone())))
    };
    let pushed = match way {
        Way::Object => {
            let request = lab.by_object(&object()?)?;
            // OpenID Connect Core §6.1: a scope stands beside the object too, and is the same here.
            let beside = value.filter(|_| name == "scope").map(text);
            return Ok(Some(beside.into_iter().fold(request, |request, scope| request.with(name, scope))));
        }
        Way::Pushed => {
            let changed = value.map(text);
            let changed: Vec<_> = changed.iter().map(|value| (name, value.as_str())).collect();
            let (reply, pushed) = lab.push(&changed).await?;
            reply.judgeable()?;
            pushed
        }
        Way::PushedObject => {
            let object = object()?;
            let reply = lab.send(&lab.pushing_object(&object)?).await?;
            reply.judgeable()?;
            lab.pushed_object(&object, &reply)
        }
    };
    pushed.map(|pushed| lab.by_reference(&pushed)).transpose()
}
