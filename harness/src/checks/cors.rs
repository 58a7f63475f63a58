//! Whether scripts of other origins can read what is meant for them: RFC 9700 §2.6, OpenID Connect Discovery §3, §4, OpenID Connect
//! Core §5.3, by the CORS protocol of the Fetch standard.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Reply, Wire};
use crate::lab::{Authorize, Lab, random};
use crate::target::Client;

pub const METADATA: Check = Check {
    id: "cors/metadata",
    title: "scripts of clients can read the metadata",
    why: "A client that runs in a browser configures itself there; what it cannot read it has to guess, or be told by hand.",
    clauses: &["oidc-discovery/4/cors"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(metadata(lab))),
};

pub const JWKS: Check = Check {
    id: "cors/jwks",
    title: "scripts of clients can read the key set",
    why: "A client that runs in a browser verifies the ID token that it got there, or believes whatever comes.",
    clauses: &["oidc-discovery/3/cors"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(jwks(lab))),
};

pub const TOKEN: Check = Check {
    id: "cors/token",
    title: "a script of an origin of its client can redeem a code, and read why it could not",
    why: "A client that runs in a browser has no server that could ask for it.",
    clauses: &["oidc-discovery/3/cors"],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(token(lab))),
};

pub const USERINFO: Check = Check {
    id: "cors/userinfo",
    title: "a script of an origin of its client can ask userinfo, and read why it was refused",
    why: "A client that runs in a browser has no server that could ask for it.",
    clauses: &["oidc-core/5.3/cors"],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(userinfo(lab))),
};

pub const REVOCATION: Check = Check {
    id: "cors/revocation",
    title: "a script of an origin of its client can revoke a token",
    why: "A client that runs in a browser cannot log its user out for good without it.",
    clauses: &["oidc-discovery/3/cors"],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::OpenId, Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(revocation(lab))),
};

/// An origin that no client has.
const ANYBODY: &str = "https://app.example";

async fn metadata(lab: &Lab) -> Answer {
    let url = lab.target().metadata.url.clone();
    lab.metadata().await?.is_json()?;
    for_scripts(lab, &url, METADATA.clauses[0]).await
}

async fn jwks(lab: &Lab) -> Answer {
    lab.jwks().await?.is_json()?;
    let url = lab.target().metadata.jwks_uri.clone().unwrap_or_default();
    for_scripts(lab, &url, JWKS.clauses[0]).await
}

/// Scripts of anybody may read it, or at least those of an origin that a client has: whom it is appropriate for is left to the server.
async fn for_scripts(lab: &Lab, url: &str, clause: &'static str) -> Answer {
    let get = || Wire { method: "GET", url: url.to_owned(), headers: Vec::new(), body: None };
    let to_anybody = readable(&lab.send_wire(&from(ANYBODY, get())).await?, ANYBODY, clause);
    let known = lab.target().clients.iter().find_map(|client| client.origins.first());
    match (to_anybody, known) {
        (Err(Stop::Finding(_)), Some(origin)) => readable(&lab.send_wire(&from(origin, get())).await?, origin, clause),
        (Err(Stop::Finding(_)), None) => Err(Stop::not_applicable(
            Reason::NoClient,
            "scripts of strangers may not read it, and no client of the target file has an origin ([[client]] origins)",
        )),
        (answer, _) => answer,
    }
}

async fn token(lab: &Lab) -> Answer {
    let clause = TOKEN.clauses[0];
    let (client, origin) = of_script(lab)?;
    let code = lab.authorize(Authorize::valid().by(client)).await?.code()?;
    let request = lab.redemption(&code)?.by(client);
    let good = from(origin, request.wire());
    let reply = lab.send_wire(&good).await?;
    reply.is_token()?;
    readable(&reply, origin, clause)?;
    let refused = lab.send_wire(&from(origin, request.with("code", random()).wire())).await?;
    readable(&refused, origin, clause)
}

async fn userinfo(lab: &Lab) -> Answer {
    let clause = USERINFO.clauses[0];
    let (client, origin) = of_script(lab)?;
    let token = token_of(lab, client).await?;
    let good = from(origin, lab.userinfo_request(&token)?.wire());
    asked_beforehand(lab, &good, clause).await?;
    let reply = lab.send_wire(&good).await?;
    reply.is_ok()?;
    readable(&reply, origin, clause)?;
    let refused = lab.send_wire(&from(origin, lab.userinfo_request(&random())?.wire())).await?;
    readable(&refused, origin, clause)
}

async fn revocation(lab: &Lab) -> Answer {
    let clause = REVOCATION.clauses[0];
    let (client, origin) = of_script(lab)?;
    let token = token_of(lab, client).await?;
    let good = from(origin, lab.revocation(&token)?.by(client).wire());
    let reply = lab.send_wire(&good).await?;
    reply.is_ok()?;
    readable(&reply, origin, clause)
}

/// A client that has an origin, and that origin. Which origins may read is for the registration of a client to say: nothing
/// follows from its redirect URIs.
fn of_script(lab: &Lab) -> Result<(&Client, &str), Stop> {
    let mut clients = lab.target().clients.iter().filter(|client| client.fits(lab.cell()));
    let found = clients.find_map(|client| Some((client, client.origins.first()?.as_str())));
    found.ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, "no public client of the target file has an origin ([[client]] origins)")
    })
}

/// An access token of this client, for the user; a control.
async fn token_of(lab: &Lab, client: &Client) -> Result<String, Stop> {
    let code = lab.authorize(Authorize::valid().by(client)).await?.code()?;
    Ok(lab.send(&lab.redemption(&code)?.by(client)).await?.is_token()?.access_token)
}

/// The request as a script of that origin sends it.
fn from(origin: &str, mut wire: Wire) -> Wire {
    wire.headers.push(("origin", origin.to_owned()));
    wire
}

/// What a browser asks before it sends a request with an Authorization header. Of a form it asks nothing (Fetch §4.8, §2.2.2).
async fn asked_beforehand(lab: &Lab, wire: &Wire, clause: &'static str) -> Answer {
    let origin = wire.headers.iter().find(|(name, _)| *name == "origin").map(|(_, origin)| origin.clone());
    let origin = origin.unwrap_or_default();
    let preflight = Wire {
        method: "OPTIONS",
        url: wire.url.clone(),
        headers: vec![
            ("origin", origin.clone()),
            ("access-control-request-method", wire.method.to_owned()),
            ("access-control-request-headers", "authorization".to_owned()),
        ],
        body: None,
    };
    let reply = lab.send_wire(&preflight).await?;
    reply.judgeable()?;
    if !reply.is_success() {
        return Err(Stop::finding(clause, "a preflight that is answered with success", reply.actual()));
    }
    readable(&reply, &origin, clause)?;
    // A * does not stand for Authorization.
    match reply.has_header(clause, "access-control-allow-headers", "authorization") {
        Ok(_) => Ok(()),
        Err(_) => Err(unreadable(clause, "authorization in Access-Control-Allow-Headers", &reply)),
    }
}

/// Scripts of the origin may read the answer.
fn readable(reply: &Reply, origin: &str, clause: &'static str) -> Answer {
    reply.judgeable()?;
    match reply.header("access-control-allow-origin") {
        Some(allowed) if allowed == "*" || allowed == origin => Ok(()),
        _ => Err(unreadable(clause, &format!("Access-Control-Allow-Origin for {origin}"), reply)),
    }
}

fn unreadable(clause: &'static str, expected: &str, reply: &Reply) -> Stop {
    let allowed = reply.header("access-control-allow-origin").map_or("none", |allowed| allowed);
    Stop::finding(
        clause,
        expected,
        format!("{}: {} with Access-Control-Allow-Origin: {allowed}", reply.asked, reply.status),
    )
}
