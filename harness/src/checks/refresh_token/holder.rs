//! Whose refresh token it is: RFC 6749 §6, OpenID Connect Core §12.1.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Deviation;
use crate::exchange::ErrorCode::InvalidGrant;
use crate::lab::{Authorize, Lab};
use crate::target::Client;

pub const OTHER_CLIENT: Check = Check {
    id: "refresh/other-client",
    title: "a refresh token works only for the client that it was issued to",
    why: "A stolen refresh token would be worth as much in the hands of any other client.",
    clauses: &[
        "rfc6749/6/bound-to-client",
        "oidc-core/12.1/bound-to-client",
        "rfc6749/5.2/invalid-grant",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::REFRESH,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(other_client(lab))),
};

pub const CLIENT_NOT_REGISTERED: Check = Check {
    id: "refresh/client-not-registered",
    title: "a client that is not registered for refresh tokens cannot refresh",
    why: "It was registered for one visit at a time; with a refresh token it comes in for as long as it likes.",
    clauses: &["rfc6749/5.2/unauthorized-client", "rfc6749/5.2/error-response"],
    cells: Cells::REFRESH_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(client_not_registered(lab))),
};

/// Whether it gets a refresh token is the server's choice (RFC 6749 §1.5); what matters is what it can do with it.
async fn client_not_registered(lab: &Lab) -> Answer {
    let fits = |client: &&Client| client.may(Grant::AuthorizationCode) && !client.may(Grant::RefreshToken);
    let client = lab.target().clients.iter().find(fits).cloned().ok_or_else(|| {
        Stop::not_applicable(Reason::NoClient, "every client that may ask for a code is registered for refresh tokens")
    })?;
    let (_, control) = lab.refreshable().await?;
    lab.refresh(&control).await?.is_token()?;

    let by = Deviation::As(Box::new(client.clone()));
    let code = lab.authorize(Authorize::valid().by(&client)).await?.code()?;
    let tokens = lab.send(&lab.redemption(&code)?.deviating(&by)).await?.is_token()?;
    let Some(refresh_token) = tokens.refresh_token else {
        return Ok(());
    };
    let request = lab.refreshing(&refresh_token)?.deviating(&by);
    lab.send(&request).await?.refused("rfc6749/5.2/unauthorized-client").map(drop)
}

/// RFC 6749 wants the tie checked where the client can be authenticated; between public clients it is OpenID Connect that
/// demands it.
async fn other_client(lab: &Lab) -> Answer {
    let other = lab.other_client()?.clone();
    let clause = if other.secret.is_some() { "rfc6749/6/bound-to-client" } else { "oidc-core/12.1/bound-to-client" };
    let (_, refresh_token) = lab.refreshable().await?;
    let request = lab.refreshing(&refresh_token)?;
    let stolen = request.deviating(&Deviation::As(Box::new(other)));
    lab.send(&stolen).await?.refused(clause)?.with_error(&[InvalidGrant])
}
