//! How client credentials are written and read: RFC 6749 §2.3.1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cell::{AuthMethod, Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Exchange, Reply};
use crate::lab::Lab;
use crate::target::Client;

pub const RESERVED_CHARACTERS: Check = Check {
    id: "client-auth/reserved-characters",
    title: "credentials in HTTP Basic are form-decoded before they are compared",
    why: "A generated secret with a % or a + in it, or a client_id with a colon, works with some libraries and not with others.",
    clauses: &["rfc6749/2.3.1/credentials-form-encoded"],
    cells: Cells::EVERY_BASIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(reserved_characters(lab))),
};

pub const ANOTHER_CLIENT_IN_BODY: Check = Check {
    id: "client-auth/another-client-in-body",
    title: "a request that authenticates one client and names another is refused",
    why: "Where two readers of one request pick different clients, each believes that another one was authenticated.",
    clauses: &["rfc6749/2.3/one-method", "rfc6749/5.2/error-response"],
    cells: Cells::EVERY_BASIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(another_client_in_body(lab))),
};

pub const SCHEME_CASE: Check = Check {
    id: "client-auth/scheme-case",
    title: "the scheme name basic means the same in small letters",
    why: "HTTP matches scheme names without attention to case: a client that writes basic speaks the method that every server has to support.",
    clauses: &["rfc6749/2.3.1/basic-supported"],
    cells: Cells::EVERY_BASIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scheme_case(lab))),
};

/// RFC 6749 §2.3.1 demands support for HTTP Basic; its definition matches the scheme name case-insensitively (RFC 7617 §2,
/// as RFC 2617 §1.2 before it).
async fn scheme_case(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let mut wire = lab.grant_request().await?.wire();
    for (_, value) in wire.headers.iter_mut().filter(|(name, _)| *name == "authorization") {
        *value = value.replacen("Basic ", "basic ", 1);
    }
    lab.send_wire(&wire).await?.served("rfc6749/2.3.1/basic-supported").map(drop)
}

/// The encoding of RFC 6749 Appendix B comes from HTML 4.01 §17.13.4, which writes every character that is neither a
/// letter nor a digit as %HH. It decodes to the same value as the shorter spelling that the control uses.
async fn reserved_characters(lab: &Lab) -> Answer {
    let clause = "rfc6749/2.3.1/credentials-form-encoded";
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;

    let mut asked = false;
    if is_reserved(lab.client()) {
        let request = lab.grant_request().await?;
        fully_encoded(lab, request, lab.client()).await?.served(clause)?;
        asked = true;
    }
    if lab.cell().grant == Some(Grant::ClientCredentials) {
        let others = lab.target().clients.iter().filter(|client| client.id != lab.client().id);
        for client in others.filter(|client| client.may(Grant::ClientCredentials) && is_reserved(client)) {
            let request = lab.grant_request().await?;
            fully_encoded(lab, request, client).await?.served(clause)?;
            asked = true;
        }
    }
    if asked { Ok(()) } else { Err(Stop::not_applicable(Reason::NoClient, "no client has a reserved character")) }
}

async fn another_client_in_body(lab: &Lab) -> Answer {
    let other = lab.target().clients.iter().find(|client| client.id != lab.client().id).ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, "the target has no second client whose name could be sent")
    })?;
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let request = lab.grant_request().await?.param("client_id", &other.id);
    lab.send(&request).await?.refused("rfc6749/2.3/one-method").map(drop)
}

async fn fully_encoded(lab: &Lab, mut request: Exchange, client: &Client) -> Result<Reply, Stop> {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pair = format!("{}:{}", encode(&client.id), encode(client.secret.as_deref().unwrap_or_default()));
    request.credentials = None;
    let mut wire = request.wire();
    wire.headers.push(("authorization", format!("Basic {}", STANDARD.encode(pair))));
    lab.send_wire(&wire).await
}

fn is_reserved(client: &Client) -> bool {
    let special = |text: &str| text.chars().any(|c| !c.is_ascii_alphanumeric());
    client.auth == AuthMethod::Basic && (special(&client.id) || client.secret.as_deref().is_some_and(special))
}
