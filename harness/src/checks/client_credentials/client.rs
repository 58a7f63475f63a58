//! Who may use the client credentials grant, and for what.

use crate::cell::{Cells, ClientKind};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Deviation, ErrorCode, Exchange};
use crate::lab::Lab;
use crate::lab::granted::{beside, unknown_scope};

pub const PUBLIC_CLIENT_REFUSED: Check = Check {
    id: "client-credentials/public-client-refused",
    title: "a public client gets no token by naming itself",
    why: "A client_id is public: the token of a service account would be free for everybody.",
    clauses: &[
        "rfc6749/4.4.2/client-authenticated",
        "rfc6749/5.2/error-response",
        "rfc6749/5.2/invalid-client",
        "rfc6749/2.2/identifier-not-a-credential",
        "rfc8252/8.4/client-type-recorded",
    ],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(public_client_refused(lab))),
};

pub const NO_ID_TOKEN: Check = Check {
    id: "client-credentials/no-id-token",
    title: "a client that asks for itself gets no ID token, not even by asking for openid",
    why: "There is nobody whom it could speak of: whoever reads it takes a machine for a user, or one user for another.",
    clauses: &["rfc6749/4.4.3/no-user"],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_id_token(lab))),
};

pub const GRANT_NOT_REGISTERED: Check = Check {
    id: "client-credentials/grant-not-registered",
    title: "a client that is not registered for client credentials gets none",
    why: "A web client whose secret leaks would otherwise open the doors of a service account.",
    clauses: &[
        "rfc6749/5.2/unauthorized-client",
        "identityserver-grant-types/grant-types/registered-only",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(grant_not_registered(lab))),
};

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "client-credentials/scope-beyond-client",
    title: "a client gets no scope that it may not have",
    why: "A scope that is granted because it was asked for opens every API to every client.",
    clauses: &[
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.1/scope-reported",
        "rfc6749/5.2/error-response",
        "rfc6749/10.3/scope-by-client",
    ],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

pub const SCOPE_REDUCTION_REPORTED: Check = Check {
    id: "client-credentials/scope-reduction-reported",
    title: "a scope that is left out of the grant is left out of the answer",
    why: "A client that believes it has a scope fails later, far from the cause.",
    clauses: &["rfc6749/5.1/scope-reported", "rfc6749/5.2/error-response"],
    cells: Cells::CLIENT_CREDENTIALS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_reduction_reported(lab))),
};

async fn public_client_refused(lab: &Lab) -> Answer {
    lab.client_credentials().await?.is_token()?;
    let public = lab
        .target()
        .clients
        .iter()
        .find(|client| client.kind() == ClientKind::Public)
        .ok_or_else(|| Stop::not_applicable(Reason::NoClient, "the target has no public client"))?;
    let mut request: Exchange = lab.client_credentials_request()?.by(public);
    request.params.retain(|(name, _)| name != "scope");
    lab.send(&request).await?.refused("rfc6749/4.4.2/client-authenticated")?.with_error(&[
        ErrorCode::InvalidClient,
        ErrorCode::UnauthorizedClient,
        ErrorCode::InvalidRequest,
        ErrorCode::InvalidGrant,
        ErrorCode::InvalidScope,
    ])
}

/// Without scope, where the server serves the grant so: a scope that the client may not have would be refused too, and say
/// nothing of the grant.
async fn grant_not_registered(lab: &Lab) -> Answer {
    let stranger = lab.unregistered_client()?.clone();
    let request = lab.client_credentials_request()?;
    lab.send(&request).await?.is_token()?;
    let bare = request.clone().without("scope");
    let request = if lab.send(&bare).await?.tokens().is_some() { bare } else { request };
    let reply = lab.send(&request.deviating(&Deviation::As(Box::new(stranger)))).await?;
    let refused = reply.refused("rfc6749/5.2/unauthorized-client")?;
    let error = reply.text("error").unwrap_or_default();
    if ["invalid_client", "invalid_scope"].contains(&error.as_str()) {
        return Err(Stop::Inconclusive(format!("the refusal, {error}, is not about the grant")));
    }
    refused.with_error(&[
        ErrorCode::UnauthorizedClient,
        ErrorCode::InvalidGrant,
        ErrorCode::UnsupportedGrantType,
        ErrorCode::InvalidRequest,
    ])
}

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc6749/5.2/invalid-scope")).await
}

async fn scope_reduction_reported(lab: &Lab) -> Answer {
    lab.asks_for_more(&unknown_scope(), None).await
}

/// Whether openid is granted here or refused is the server's choice.
async fn no_id_token(lab: &Lab) -> Answer {
    let usual = lab.client_credentials_request()?;
    let asked = beside(usual.value("scope"), "openid");
    let tokens = lab.send(&usual).await?.is_token()?;
    let more = lab.send(&usual.with("scope", asked)).await?;
    for tokens in more.tokens().iter().chain([&tokens]) {
        if tokens.id_token.is_some() {
            return Err(Stop::finding(NO_ID_TOKEN.clauses[0], "no id_token", tokens.reply.actual()));
        }
    }
    Ok(())
}
