//! Whose refresh token it is: RFC 6749 §6, OpenID Connect Core §12.1.

use crate::cell::{Cells, ClientKind, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Deviation;
use crate::exchange::ErrorCode::InvalidGrant;
use crate::lab::{Authorize, First, Lab, renewable};
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
        "rfc6749/10.4/bound-to-client",
    ],
    cells: Cells::EVERY_REFRESH_BY_METHOD,
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

pub const SAME_USER: Check = Check {
    id: "refresh/same-user",
    title: "a refresh speaks of its own user, whoever else logged in since",
    why: "A server that keeps one user for each client hands the account of the last visitor to the one before.",
    clauses: &["oidc-core/12.2/same-subject"],
    cells: Cells::EVERY_REFRESH_OF_LOGIN,
    needs: &[Need::OpenId, Need::SecondUser],
    ask: Ask::Code(|lab| Box::pin(same_user(lab))),
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
    let clause = if other.kind() == ClientKind::Confidential {
        "rfc6749/6/bound-to-client"
    } else {
        "oidc-core/12.1/bound-to-client"
    };
    let by = Deviation::As(Box::new(other));
    let (_, control) = lab.refreshable().await?;
    let successor = lab.refresh(&control).await?.is_token()?.refresh_token;

    let (_, first) = lab.refreshable().await?;
    for stolen in std::iter::once(first).chain(successor) {
        let request = lab.refreshing(&stolen)?.deviating(&by);
        lab.send(&request).await?.refused(clause)?.with_error(&[InvalidGrant])?;
    }
    Ok(())
}

/// Two users of one client: each refresh speaks of whoever logged in for it, also after somebody else did.
async fn same_user(lab: &Lab) -> Answer {
    let other = lab.second_user()?;
    let own = lab.resource_owner()?;
    let tokens = lab.first_tokens_as(First { user: Some(own), ..First::default() }).await?;
    lab.first_tokens_as(First { user: Some(other), ..First::default() }).await?;

    let fresh = lab.refresh(&renewable(&tokens)?).await?.is_token()?;
    match (tokens.subject(), fresh.subject()) {
        (Some(first), Some(second)) if first != second => Err(Stop::finding(
            "oidc-core/12.2/same-subject",
            format!("sub {first}"),
            format!("sub {second}, after another user logged in"),
        )),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Stop::not_applicable(Reason::Policy, "no ID token comes with a refresh, which may be")),
    }
}
