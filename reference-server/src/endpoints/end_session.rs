//! The logout endpoint: OpenID Connect RP-Initiated Logout.
//!
//! What ends is the session of this browser, and the pages that it has still open. Tokens live on: they were granted to a client, which can revoke them.

use std::sync::Arc;

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde_json::Value;

use super::interaction::{BROWSER, SESSION};
use super::{authorize, front_channel_form};
use crate::error::{AuthorizeError, Refusal};
use crate::model::{Client, Path, PostLogoutAddress, Session, User};
use crate::pages;
use crate::server::Server;
use crate::tokens::ring;
use crate::tokens::secret::{Digest, base64url, sha256};
use crate::transport::cookies;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

/// Answer a logout request, or what the user says to it.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    log_out(server, request).await.unwrap_or_else(|error| authorize::failed(server, &error))
}

/// The order: the request, who is logged in here, whether they mean it.
async fn log_out(server: &Server, request: &Request<Bytes>) -> Result<Reply, AuthorizeError> {
    let (path, rules) = (Path::EndSession, &server.rules);
    let form = front_channel_form(server, path, request).map_err(AuthorizeError::MustBeShown)?;
    rules.parameter_not_repeated(path, &form, &[]).map_err(AuthorizeError::MustBeShown)?;
    let asked = judge(server, &form).await?;
    let Some((session, user, confirmation)) = logged_in(server, request.headers()).await? else {
        return Ok(gone(&asked));
    };

    if let Some(decision) = form.optional("decision") {
        rules.logout_is_confirmed(path, form.optional("csrf"), &confirmation).map_err(AuthorizeError::MustBeShown)?;
        if decision != "logout" {
            return Ok(reply::page(StatusCode::OK, pages::logged_out(false)));
        }
        return end(server, request.headers(), &session, &asked).await;
    }
    if rules.logout_needs_confirmation(path, asked.subject.as_deref(), &user.sub, server.config.confirm_logout) {
        return Ok(reply::page(StatusCode::OK, pages::logout(asked.client.as_deref(), &user, &confirmation, &form)));
    }
    end(server, request.headers(), &session, &asked).await
}

/// A logout request that passed every rule.
struct Asked {
    client: Option<Arc<Client>>,
    subject: Option<String>,
    address: Option<PostLogoutAddress>,
}

/// RP-Initiated Logout §2, §3, §4: whoever asks is known by an ID token, or not at all; what does not hold is not acted upon.
async fn judge(server: &Server, form: &Form) -> Result<Asked, AuthorizeError> {
    let (path, rules) = (Path::EndSession, &server.rules);
    let shown = AuthorizeError::MustBeShown;
    let hint = match form.optional("id_token_hint") {
        Some(hint) => {
            let claims = server.keys.read_id_token(hint);
            rules.id_token_hint_is_own(path, claims.as_ref(), &server.config.issuer).map_err(shown)?;
            claims
        }
        None => None,
    };
    let hinted = hint.as_ref().and_then(ring::issued_to);
    rules.logout_client_agrees(path, form.optional("client_id"), hinted).map_err(shown)?;
    let client = match hinted.or(form.optional("client_id")) {
        Some(client_id) => Some(server.store.client(client_id).await?.ok_or_else(|| shown(Refusal::unknown_client()))?),
        None => None,
    };
    let address = match form.optional("post_logout_redirect_uri") {
        Some(uri) => {
            let vouched_for = client.as_deref().filter(|_| hint.is_some());
            Some(PostLogoutAddress::new(&**rules, vouched_for, uri, form.optional("state")).map_err(shown)?)
        }
        None => None,
    };
    let subject = hint.as_ref().and_then(|claims| claims.get("sub")).and_then(Value::as_str).map(str::to_owned);
    Ok(Asked { client, subject, address })
}

/// The session of this browser, its user, and the value that only a page for this browser can hold.
async fn logged_in(
    server: &Server,
    headers: &HeaderMap,
) -> Result<Option<(Session, Arc<User>, String)>, AuthorizeError> {
    let Some(cookie) = cookies::read(headers, SESSION, &server.config.issuer) else { return Ok(None) };
    let Some(session) = server.store.session(Digest::of(cookie)).await? else { return Ok(None) };
    let user = server.store.user_by_sub(&session.authentication.sub).await?;
    let confirmation = base64url(sha256(format!("logout {cookie}").as_bytes()));
    Ok(user.map(|user| (session, user, confirmation)))
}

/// Nobody is logged in here any more, on the server's side first.
async fn end(server: &Server, headers: &HeaderMap, session: &Session, asked: &Asked) -> Result<Reply, AuthorizeError> {
    let issuer = &server.config.issuer;
    let browser = cookies::read(headers, BROWSER, issuer).map(Digest::of);
    server.store.end_session(session.digest, browser).await?;
    let mut reply = gone(asked);
    if let Ok(cookie) = HeaderValue::from_str(&cookies::clear(SESSION, issuer)) {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(reply)
}

/// RP-Initiated Logout §3: back to the client, if it said where, else a page.
fn gone(asked: &Asked) -> Reply {
    match &asked.address {
        Some(address) => reply::see_other(&address.location()),
        None => reply::page(StatusCode::OK, pages::logged_out(true)),
    }
}
