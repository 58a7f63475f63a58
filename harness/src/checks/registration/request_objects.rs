//! Request objects of clients that said how they sign them: OpenID Connect Registration §2, RFC 9101 §10.5.

use serde_json::json;

use crate::cell::{Cell, Cells};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::SigningKey;
use crate::lab::{Authorize, Lab, Registered, random};
use crate::target::Client;

pub const ALGORITHM: Check = Check {
    id: "registration/request-object-alg",
    title: "a request object that is signed with another algorithm than the registered one is refused",
    why: "A client names its algorithm so that a weaker one cannot be used against it.",
    clauses: &[ALG, "oidc-core/6.3.2/algorithm-registered"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(algorithm(lab))),
};

pub const REQUIRED: Check = Check {
    id: "request-object/required-of-client",
    title: "a client that is registered for signed requests is not served without one",
    why: "An attacker who changes a request leaves the signature away: what is not demanded protects nobody.",
    clauses: &["rfc9101/10.5/required-of-client", "rfc9126/2.3/signed-only"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(required(lab))),
};

const ALG: &str = "oidc-registration/2/request-object-alg";

/// Algorithms for which a key is made quickly, the likelier ones first.
const KNOWN: [&str; 4] = ["RS256", "ES256", "PS256", "EdDSA"];

/// The algorithms of request objects that both sides know.
fn shared(lab: &Lab) -> Result<Vec<&'static str>, Stop> {
    let metadata = &lab.target().metadata;
    if !metadata.takes_request_objects() {
        return Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "the server does not say that it takes request objects",
        ));
    }
    let listed = metadata.list("request_object_signing_alg_values_supported");
    Ok(KNOWN.into_iter().filter(|name| listed.contains(name)).collect())
}

fn fresh(name: &str) -> Result<SigningKey, Stop> {
    SigningKey::fresh(name).map_err(Stop::Error)
}

/// A client that has all of these keys, and is registered for the algorithm of the first one.
async fn signing(lab: &Lab, keys: &[&SigningKey]) -> Result<Registered, Stop> {
    let Some(own) = keys.first() else {
        return Err(Stop::Error("a client that signs has a key".to_owned()));
    };
    let published: Vec<_> = keys.iter().filter_map(|key| key.public_jwk()).collect();
    let request = lab.registration()?.signing((*own).clone()).with("jwks", json!({ "keys": published }));
    let registered = lab.register(&request.with("request_object_signing_alg", own.algorithm())).await?;
    if registered.text("request_object_signing_alg") != Some(own.algorithm().as_str()) {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not say that it registered the algorithm"));
    }
    Ok(registered)
}

/// The client, signing with this key.
fn with(lab: &Lab, registered: &Registered, key: &SigningKey) -> Lab {
    lab.acting_in(Cell::CODE, &Client { key: Some(key.clone()), ..registered.client.clone() })
}

/// That it is answered like any other request is the control.
async fn served(acting: &Lab) -> Answer {
    acting.authorize(acting.by_object(&acting.request_object()?)?).await?.granted().map(drop)
}

/// Both keys are the client's, and both algorithms are known here.
async fn algorithm(lab: &Lab) -> Answer {
    let [own, other, ..] = shared(lab)?[..] else {
        return Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "the metadata does not list two algorithms for request objects that we know",
        ));
    };
    let (own, other) = (fresh(own)?, fresh(other)?);
    let control = signing(lab, &[&other]).await?;
    served(&with(lab, &control, &other)).await?;

    let registered = signing(lab, &[&own, &other]).await?;
    served(&with(lab, &registered, &own)).await?;
    let acting = with(lab, &registered, &other);
    acting.authorize(acting.by_object(&acting.request_object()?)?).await?.refused(ALG).map(drop)
}

async fn required(lab: &Lab) -> Answer {
    const MEMBER: &str = "require_signed_request_object";
    let Some(name) = shared(lab)?.first().copied() else {
        return Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "the metadata lists no algorithm for request objects that we know",
        ));
    };
    let request = lab.registration()?.signing(fresh(name)?).with(MEMBER, true);
    let registered = lab.register(&request).await?;
    if registered.members.get(MEMBER) != Some(&true.into()) {
        return Err(Stop::not_applicable(Reason::Policy, format!("the server registers no {MEMBER}")));
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    served(&acting).await?;
    acting.authorize(Authorize::valid()).await?.refused(REQUIRED.clauses[0])?;
    pushed(&acting).await
}

/// RFC 9126 §2.3: that a request is pushed signs nothing.
async fn pushed(acting: &Lab) -> Answer {
    let Ok(open) = acting.pushing(acting.client(), &random()) else { return Ok(()) };
    if !acting.send(&acting.pushing_object(&acting.request_object()?)?).await?.is_success() {
        return Ok(());
    }
    acting.send(&open).await?.withheld(REQUIRED.clauses[1]).map_err(|stop| stop.in_case("where it is pushed"))
}
