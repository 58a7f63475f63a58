//! What an authorization request may ask for: RFC 6749 §3.1, RFC 8252 §7.3.

use url::{Host, Url};

use crate::cell::{Cells, Grant, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Wire;
use crate::lab::{Authorize, Lab, random};

pub const RESPONSE_TYPE_NOT_REGISTERED: Check = Check {
    id: "authorize/response-type-not-registered",
    title: "a response type of a grant that the client is not registered for is not served",
    why: "Whoever writes the request chooses the response type: the token would travel through the browser's address bar, or the code without what vouches for it.",
    clauses: &[
        "rfc6749/4.2.2.1/unauthorized-client",
        "rfc6749/4.1.2.1/unauthorized-client",
        "identityserver-grant-types/grant-types/registered-only",
    ],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(response_type_not_registered(lab))),
};

pub const LOOPBACK_PORT: Check = Check {
    id: "redirect-uri/loopback-port",
    title: "the port of a loopback redirect_uri is free",
    why: "A desktop app takes the port that the system gives it; with a fixed one, another app can be there first.",
    clauses: &["rfc8252/7.3/any-port", "rfc9700/4.1.3/loopback-port", "rfc8252/7/redirect-options"],
    cells: Cells::CODE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(loopback_port(lab))),
};

pub const NO_CORS: Check = Check {
    id: "authorize/no-cors",
    title: "the authorization endpoint is not opened to scripts of other origins",
    why: "It is for browsers that go there, not for scripts that read what it says.",
    clauses: &["rfc9700/2.6/cors-not-at-authorization", "oidc-discovery/3/cors-not-at-authorization"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_cors(lab))),
};

pub const REQUEST_OBJECT_UNSUPPORTED: Check = Check {
    id: "authorize/request-object-unsupported",
    title: "a server that takes no request objects says so when one comes",
    why: "A client that sends its parameters signed must not be served by the unsigned ones beside them.",
    clauses: &["oidc-core/6.1/unsupported", "oidc-core/6.2/unsupported", "oidc-discovery/3/request-uri-default"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(request_object_unsupported(lab))),
};

/// An unsigned request object without any parameter: {"alg":"none"}.{}
const REQUEST_OBJECT: &str = "eyJhbGciOiJub25lIn0.e30.";

/// OpenID Connect Discovery §3: `request` is not supported unless the metadata says so, `request_uri` is unless it denies it.
async fn request_object_unsupported(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let metadata = &lab.target().metadata;
    let by_value = metadata.is_true("request_parameter_supported");
    let by_reference = metadata.document.get("request_uri_parameter_supported") != Some(&false.into());
    if metadata.url.is_empty() {
        return Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "without metadata nobody knows whether the server takes request objects",
        ));
    }
    if !by_value {
        let authorized = lab.authorize(Authorize::valid().with("request", REQUEST_OBJECT)).await?;
        let clause = "oidc-core/6.1/unsupported";
        authorized.refused(clause)?.with_error(clause, &["request_not_supported"])?;
    }
    let request = Authorize::valid().with("request_uri", "https://attacker.example/request.jwt");
    let authorized = lab.authorize(request).await?;
    if !by_reference {
        let clause = "oidc-core/6.2/unsupported";
        return authorized.refused(clause)?.with_error(clause, &["request_uri_not_supported"]);
    }
    authorized.judgeable()?;
    if authorized.landing.param("error") == Some("request_uri_not_supported") {
        let clause = "oidc-discovery/3/request-uri-default";
        let expected = "metadata that denies request_uri_parameter_supported, or an answer that does not";
        return Err(Stop::finding(clause, expected, authorized.landing.summary()));
    }
    if by_value {
        return Err(Stop::not_applicable(Reason::Policy, "the server takes request objects"));
    }
    Ok(())
}

async fn response_type_not_registered(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let client = lab.client();
    let foreign = |one: &ResponseType| !client.may(one.grant()) && lab.target().answers(*one);
    let mut others = ResponseType::ALL.iter().copied().filter(foreign).peekable();
    if others.peek().is_none() {
        return Err(Stop::not_applicable(Reason::NoClient, "the client is registered for every response type"));
    }
    for response_type in others {
        let clause = if response_type.grant() == Grant::Implicit { IMPLICIT } else { CODE };
        let authorized = lab.authorize(Authorize::valid().with("response_type", response_type.name())).await?;
        authorized
            .refused(clause)
            .map_err(|stop| stop.in_case(format!("for response_type={}", response_type.name())))?;
    }
    Ok(())
}

/// By whose definition a client may not ask for tokens.
const IMPLICIT: &str = "rfc6749/4.2.2.1/unauthorized-client";
/// By whose definition it may not ask for codes.
const CODE: &str = "rfc6749/4.1.2.1/unauthorized-client";

async fn loopback_port(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let registered = lab.client().redirect_uris.first().map(String::as_str).unwrap_or_default();
    let by_address = |url: &Url| url.scheme() == "http" && is_loopback(url) && url.domain().is_none();
    let elsewhere = Url::parse(registered).ok().filter(by_address).and_then(on_another_port).ok_or_else(|| {
        Stop::not_applicable(
            Reason::NoClient,
            "no public client has a redirect URI with the http scheme and a loopback IP",
        )
    })?;
    let code =
        lab.authorize(Authorize::valid().with("redirect_uri", elsewhere)).await?.issues_code("rfc8252/7.3/any-port")?;
    lab.redeem(&code).await?.served("rfc8252/7.3/any-port").map(drop)
}

/// Does the URI lead to the machine that it is read on?
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The same URI on another port.
pub fn on_another_port(mut url: Url) -> Option<String> {
    let other = if url.port() == Some(51004) { 61023 } else { 51004 };
    url.set_port(Some(other)).ok()?;
    Some(url.into())
}

async fn no_cors(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let mut asked: Wire = lab.authorization_request(lab.client(), &random())?.wire();
    asked.headers.push(("origin", "https://attacker.example".to_owned()));
    let mut preflight = Wire { method: "OPTIONS", ..asked.clone() };
    preflight.headers.push(("access-control-request-method", asked.method.to_owned()));
    let clause = if lab.target().metadata.oidc {
        "oidc-discovery/3/cors-not-at-authorization"
    } else {
        "rfc9700/2.6/cors-not-at-authorization"
    };
    for wire in [asked, preflight] {
        let reply = lab.send_wire(&wire).await?;
        reply.judgeable()?;
        if let Some(origin) = reply.header("access-control-allow-origin") {
            return Err(Stop::finding(
                clause,
                format!("no Access-Control-Allow-Origin in the answer to {}", wire.method),
                format!("Access-Control-Allow-Origin: {origin}"),
            ));
        }
    }
    Ok(())
}
