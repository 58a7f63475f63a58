//! Between the authorization request and its answer: who the user is, and what they allow.

use std::sync::Arc;

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};

use super::{authorize, query};
use crate::error::{AuthorizeError, ErrorCode, Refusal};
use crate::model::{Authentication, AuthorizationRequest, Client, Interaction, Path, Session};
use crate::pages;
use crate::server::Server;
use crate::tokens::secret::{Digest, random_string};
use crate::transport::cookies;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

/// Marks the browser, so that nobody else answers the pages it was shown.
const BROWSER: &str = "grantspec_browser";
/// Marks the browser in which somebody has logged in.
const SESSION: &str = "grantspec_session";

/// Send the user to the login page, to the consent page, or straight back.
pub async fn begin(
    server: &Server,
    headers: &HeaderMap,
    client: &Client,
    asked: AuthorizationRequest,
) -> Result<Reply, AuthorizeError> {
    let path = Path::of_response_type(asked.response_type);
    let session = session(server, headers).await?;
    let travels = |refusal| AuthorizeError::MayBeRedirected(Box::new(asked.return_address.clone()), refusal);

    // Somebody else than the hinted user may be logged in: then the hinted one is asked to log in.
    let other = |session: &Session| server.rules.user_is_hinted(path, &asked, &session.authentication.sub).err();
    let another_user = session.as_ref().and_then(other);
    if another_user.is_some() || server.rules.login_is_needed(path, &asked, session.as_ref(), server.clock.now()) {
        if let Some(refusal) = another_user.filter(|_| asked.prompt.none) {
            return Err(travels(refusal));
        }
        server.rules.login_may_be_prompted(path, asked.prompt).map_err(travels)?;
        return wait(server, headers, asked, None).await;
    }
    let Some(user) = session.map(|session| session.authentication) else {
        return wait(server, headers, asked, None).await;
    };
    let remembered = server.store.consent(&user.sub, &client.client_id).await?;
    if server.rules.consent_is_needed(path, client, &asked, &remembered) {
        server.rules.consent_may_be_prompted(path, asked.prompt).map_err(travels)?;
        return wait(server, headers, asked, Some(user)).await;
    }
    authorize::grant(server, client, &asked, user).await
}

/// Remember the request and show the page that it waits for.
async fn wait(
    server: &Server,
    headers: &HeaderMap,
    asked: AuthorizationRequest,
    user: Option<Authentication>,
) -> Result<Reply, AuthorizeError> {
    let known_browser =
        cookies::read(headers, BROWSER, &server.config.issuer).filter(|value| value.len() == 43).map(str::to_owned);
    let browser = known_browser.clone().unwrap_or_else(random_string);
    let id = random_string();
    let mut page = reply::see_other(&page_of(server, &id, user.is_some()));
    if known_browser.is_none() {
        set_cookie(server, &mut page, BROWSER, &browser);
    }
    let interaction = Interaction {
        digest: Digest::of(&id),
        browser: Digest::of(&browser),
        csrf: random_string(),
        request: asked,
        user,
        expires_at: server.clock.now() + server.config.lifetimes.interaction,
    };
    server.store.put_interaction(interaction).await?;
    Ok(page)
}

/// The login page, and its answer.
pub async fn login(server: &Server, request: &Request<Bytes>) -> Reply {
    let open = match open(server, request).await {
        Ok(open) => open,
        Err(reply) => return reply,
    };
    answer_login(server, request, open).await.unwrap_or_else(|error| authorize::failed(server, &error))
}

async fn answer_login(server: &Server, request: &Request<Bytes>, open: Open) -> Result<Reply, AuthorizeError> {
    if request.method() != Method::POST {
        let client = asker(server, &open.interaction).await?;
        return Ok(reply::page(StatusCode::OK, pages::login(&open.id, &open.interaction, &client, None)));
    }
    let (name, password) = (open.form.optional("username").unwrap_or(""), open.form.optional("password").unwrap_or(""));
    match server.log_in(Path::Interaction, name, password).await? {
        Ok(user) => logged_in(server, open, user).await,
        Err(refusal) => {
            let client = asker(server, &open.interaction).await?;
            let page = pages::login(&open.id, &open.interaction, &client, Some(&refusal.says));
            Ok(reply::page(StatusCode::UNAUTHORIZED, page))
        }
    }
}

/// The client whose request waits, if it is still registered.
async fn asker(server: &Server, interaction: &Interaction) -> Result<Arc<Client>, AuthorizeError> {
    let client = server.store.client(&interaction.request.client_id).await?;
    client.ok_or_else(|| AuthorizeError::MustBeShown(Refusal::unknown_client()))
}

/// The consent page, and its answer.
pub async fn consent(server: &Server, request: &Request<Bytes>) -> Reply {
    let open = match open(server, request).await {
        Ok(open) => open,
        Err(reply) => return reply,
    };
    answer_consent(server, request, &open).await.unwrap_or_else(|error| authorize::failed(server, &error))
}

async fn answer_consent(server: &Server, request: &Request<Bytes>, open: &Open) -> Result<Reply, AuthorizeError> {
    let Some(user) = open.interaction.user.clone() else {
        return Ok(reply::see_other(&page_of(server, &open.id, false)));
    };
    if request.method() == Method::POST {
        return decide(server, open, user).await;
    }
    let client = asker(server, &open.interaction).await?;
    let Some(person) = server.store.user_by_sub(&user.sub).await? else {
        return Ok(reply::see_other(&page_of(server, &open.id, false)));
    };
    Ok(reply::page(StatusCode::OK, pages::consent(&open.id, &open.interaction, &client, &person.full_name)))
}

/// A page that waits, and what came with the request for it.
struct Open {
    id: String,
    interaction: Interaction,
    form: Form,
}

/// Find the interaction; anything wrong with it is told to the user, and nothing is issued.
async fn open(server: &Server, request: &Request<Bytes>) -> Result<Open, Reply> {
    let (path, is_post) = (Path::Interaction, request.method() == Method::POST);
    let forbidden = |refusal: Refusal| reply::page(StatusCode::FORBIDDEN, pages::error(&refusal));

    let form = if is_post { Form::parse(request.body()) } else { query(request) };
    let id = form.optional("interaction").unwrap_or("").to_owned();
    let found =
        server.store.interaction(Digest::of(&id)).await.map_err(|error| authorize::failed(server, &error.into()))?;
    let interaction = found.ok_or_else(|| {
        let refusal = Refusal::new(
            ErrorCode::InvalidRequest,
            "This page was answered already, or never existed; please start again.",
        );
        reply::page(StatusCode::BAD_REQUEST, pages::error(&refusal))
    })?;
    let cookie = cookies::read(request.headers(), BROWSER, &server.config.issuer);
    server.rules.interaction_belongs_to_browser(path, &interaction, cookie).map_err(forbidden)?;
    server.rules.interaction_is_fresh(path, &interaction, server.clock.now()).map_err(forbidden)?;
    if is_post {
        server.rules.csrf_token_matches(path, &interaction, form.optional("csrf")).map_err(forbidden)?;
    }
    Ok(Open { id, interaction, form })
}

/// Start a session under a new name, so that nobody can have planted it, and go on.
async fn logged_in(server: &Server, open: Open, user: Authentication) -> Result<Reply, AuthorizeError> {
    let cookie = random_string();
    let expires_at = server.clock.now() + server.config.lifetimes.session;
    server.store.put_session(Session { digest: Digest::of(&cookie), authentication: user.clone(), expires_at }).await?;

    let asked = &open.interaction.request;
    let path = Path::of_response_type(asked.response_type);
    if let Err(refusal) = server.rules.user_is_hinted(path, asked, &user.sub) {
        end(server, &open).await?;
        return Err(AuthorizeError::MayBeRedirected(Box::new(asked.return_address.clone()), refusal));
    }
    let client = asker(server, &open.interaction).await?;
    let remembered = server.store.consent(&user.sub, &asked.client_id).await?;
    let mut reply = if server.rules.consent_is_needed(path, &client, asked, &remembered) {
        let page = reply::see_other(&page_of(server, &open.id, true));
        server.store.put_interaction(Interaction { user: Some(user), ..open.interaction }).await?;
        page
    } else {
        end(server, &open).await?;
        authorize::grant(server, &client, asked, user).await?
    };
    set_cookie(server, &mut reply, SESSION, &cookie);
    Ok(reply)
}

/// The decision of the user, made once.
async fn decide(server: &Server, open: &Open, user: Authentication) -> Result<Reply, AuthorizeError> {
    let asked = &open.interaction.request;
    let path = Path::of_response_type(asked.response_type);
    let travels = |refusal| AuthorizeError::MayBeRedirected(Box::new(asked.return_address.clone()), refusal);

    end(server, open).await?;
    server.rules.user_allows(path, open.form.optional("decision")).map_err(travels)?;
    let person = server.store.user_by_sub(&user.sub).await?;
    server.rules.user_is_active(Path::Interaction, person.as_deref()).map_err(travels)?;

    let client = asker(server, &open.interaction).await?;
    server.store.put_consent(&user.sub, &asked.client_id, asked.scope.clone()).await?;
    authorize::grant(server, &client, asked, user).await
}

/// One answer per page, even of two that arrive together.
async fn end(server: &Server, open: &Open) -> Result<(), AuthorizeError> {
    if server.store.end_interaction(open.interaction.digest).await? {
        return Ok(());
    }
    Err(AuthorizeError::MustBeShown(Refusal::new(ErrorCode::InvalidRequest, "This page was answered already.")))
}

/// The session of this browser, if its user may still log in.
async fn session(server: &Server, headers: &HeaderMap) -> Result<Option<Session>, AuthorizeError> {
    let Some(cookie) = cookies::read(headers, SESSION, &server.config.issuer) else { return Ok(None) };
    let Some(session) = server.store.session(Digest::of(cookie)).await? else { return Ok(None) };
    let user = server.store.user_by_sub(&session.authentication.sub).await?;
    Ok(server.rules.user_is_active(Path::Interaction, user.as_deref()).is_ok().then_some(session))
}

fn page_of(server: &Server, id: &str, logged_in: bool) -> String {
    let page = if logged_in { "consent" } else { "login" };
    format!("{}/{page}?interaction={id}", server.config.issuer)
}

fn set_cookie(server: &Server, reply: &mut Reply, name: &str, value: &str) {
    if let Ok(cookie) = HeaderValue::from_str(&cookies::write(name, value, &server.config.issuer)) {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
}
