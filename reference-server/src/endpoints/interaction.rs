//! Between a request and its answer: who the user is, and what they allow. A device waits here as an authorization request does; what is its own
//! is in [`super::device`].

use std::sync::Arc;

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};

use super::{authorize, query};
use crate::error::{AuthorizeError, ErrorCode, Refusal};
use crate::model::{
    Authentication, AuthorizationRequest, Client, Interaction, Path, Pending, Prompt, RefusedRequest, Session,
};
use crate::pages;
use crate::server::Server;
use crate::tokens::secret::{Digest, random_string};
use crate::transport::cookies;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

/// Marks the browser, so that nobody else answers the pages it was shown.
pub(super) const BROWSER: &str = "grantspec_browser";
/// Marks the browser in which somebody has logged in.
pub(super) const SESSION: &str = "grantspec_session";

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

    server.rules.acr_can_be_met(path, &asked, &server.config.acr()).map_err(travels)?;
    // Somebody else than the user who was asked for may be logged in: then that one is asked to log in.
    let other = |session: &Session| is_asked_for(server, path, &asked, &session.authentication.sub).err();
    let another_user = session.as_ref().and_then(other);
    if another_user.is_some() || server.rules.login_is_needed(path, &asked, session.as_ref(), server.clock.now()) {
        if let Some(refusal) = another_user.filter(|_| asked.prompt.none) {
            return Err(travels(refusal));
        }
        server.rules.login_may_be_prompted(path, asked.prompt).map_err(travels)?;
        return wait(server, headers, Pending::Authorization(Box::new(asked)), None).await;
    }
    let Some(user) = session.map(|session| session.authentication) else {
        return wait(server, headers, Pending::Authorization(Box::new(asked)), None).await;
    };
    let remembered = server.store.consent(&user.sub, &client.client_id).await?;
    if server.rules.consent_is_needed(path, client, &asked, &remembered) {
        server.rules.consent_may_be_prompted(path, asked.prompt).map_err(travels)?;
        return wait(server, headers, Pending::Authorization(Box::new(asked)), Some(user)).await;
    }
    authorize::grant(server, client, &asked, user).await
}

/// Remember the request and show the page that it waits for.
pub(super) async fn wait(
    server: &Server,
    headers: &HeaderMap,
    request: Pending,
    user: Option<Authentication>,
) -> Result<Reply, AuthorizeError> {
    let known_browser =
        cookies::read(headers, BROWSER, &server.config.issuer).filter(|value| value.len() == 43).map(str::to_owned);
    let browser = known_browser.clone().unwrap_or_else(random_string);
    let id = random_string();
    let interaction = Interaction {
        digest: Digest::of(&id),
        browser: Digest::of(&browser),
        csrf: random_string(),
        request,
        user,
        expires_at: server.clock.now() + server.config.lifetimes.interaction,
    };
    let mut page = reply::see_other(&page_of(server, &id, &interaction));
    if known_browser.is_none() {
        set_cookie(server, &mut page, BROWSER, &browser);
    }
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
        return Ok(reply::page(StatusCode::OK, login_page(server, &open, None).await?));
    }
    let (name, password) = (open.form.optional("username").unwrap_or(""), open.form.optional("password").unwrap_or(""));
    match server.log_in(Path::Interaction, name, password).await? {
        Ok(user) => logged_in(server, open, user).await,
        Err(refusal) => {
            let page = login_page(server, &open, Some(&refusal.says)).await?;
            Ok(reply::because(&refusal, reply::page(StatusCode::UNAUTHORIZED, page)))
        }
    }
}

async fn login_page(server: &Server, open: &Open, message: Option<&str>) -> Result<String, AuthorizeError> {
    let client = match &open.interaction.request {
        Pending::Authorization(asked) => Some(asker(server, &asked.client_id).await?),
        Pending::Refused(refused) => Some(asker(server, &refused.client_id).await?),
        Pending::Device(_) => None, // which one is asked after the login
    };
    Ok(pages::login(&open.id, &open.interaction, client.as_deref(), message))
}

/// The client whose request waits, if it is still registered.
async fn asker(server: &Server, client_id: &str) -> Result<Arc<Client>, AuthorizeError> {
    let client = server.store.client(client_id).await?;
    client.ok_or_else(|| AuthorizeError::MustBeShown(Refusal::unknown_client()))
}

/// RFC 7592 §2.2: the client, if it may still ask for what waits. While its user was asked, an update may have replaced what it is registered for; to an
/// address that is registered no more nothing is sent, not even an error.
async fn standing(server: &Server, asked: &AuthorizationRequest) -> Result<Arc<Client>, AuthorizeError> {
    let (path, rules) = (Path::of_response_type(asked.response_type), &server.rules);
    let travels = |refusal| AuthorizeError::MayBeRedirected(Box::new(asked.return_address.clone()), refusal);

    let client = asker(server, &asked.client_id).await?;
    asked.return_address.is_registered(&**rules, &client).map_err(AuthorizeError::MustBeShown)?;
    rules.browser_token_is_allowed(path, &client, asked.response_type).map_err(travels)?;
    rules.client_may_use_response_type(path, &client, asked.response_type).map_err(travels)?;
    rules.scope_within_client(path, &asked.scope, &client).map_err(travels)?;
    Ok(client)
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
    let (Pending::Authorization(asked), Some(user)) = (&open.interaction.request, open.interaction.user.clone()) else {
        return Ok(reply::see_other(&page_of(server, &open.id, &open.interaction)));
    };
    if request.method() == Method::POST {
        return decide(server, open, asked, user).await;
    }
    let client = asker(server, &asked.client_id).await?;
    let Some(person) = server.store.user_by_sub(&user.sub).await? else {
        let nobody = Interaction { user: None, ..open.interaction.clone() };
        return Ok(reply::see_other(&page_of(server, &open.id, &nobody)));
    };
    let page = pages::consent(&open.id, &open.interaction, &client, &asked.reach(), &person);
    Ok(reply::page_with_picture(page))
}

/// A page that waits, and what came with the request for it.
pub(super) struct Open {
    pub id: String,
    pub interaction: Interaction,
    pub form: Form,
}

/// Find the interaction; anything wrong with it is told to the user, and nothing is issued.
pub(super) async fn open(server: &Server, request: &Request<Bytes>) -> Result<Open, Reply> {
    let (path, is_post) = (Path::Interaction, request.method() == Method::POST);
    let forbidden = |refusal: Refusal| reply::refused_page(StatusCode::FORBIDDEN, &refusal);

    let form = if is_post { Form::parse(request.body()) } else { query(request) };
    let id = form.optional("interaction").unwrap_or("").to_owned();
    let found =
        server.store.interaction(Digest::of(&id)).await.map_err(|error| authorize::failed(server, &error.into()))?;
    let interaction = found.ok_or_else(|| {
        let refusal = Refusal::new(
            ErrorCode::InvalidRequest,
            "This page was answered already, or never existed; please start again.",
        );
        reply::refused_page(StatusCode::BAD_REQUEST, &refusal)
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

    let mut reply = match &open.interaction.request {
        Pending::Authorization(asked) => go_on(server, &open, asked, user).await?,
        Pending::Refused(refused) => send_back(server, &open, refused).await?,
        Pending::Device(_) => turn(server, &open, user).await?,
    };
    set_cookie(server, &mut reply, SESSION, &cookie);
    Ok(reply)
}

/// The user has logged in for an authorization request: ask what they allow, unless that is known.
async fn go_on(
    server: &Server,
    open: &Open,
    asked: &AuthorizationRequest,
    user: Authentication,
) -> Result<Reply, AuthorizeError> {
    let path = Path::of_response_type(asked.response_type);
    let client = standing(server, asked).await?;
    if let Err(refusal) = is_asked_for(server, path, asked, &user.sub) {
        end(server, open).await?;
        return Err(AuthorizeError::MayBeRedirected(Box::new(asked.return_address.clone()), refusal));
    }
    let remembered = server.store.consent(&user.sub, &asked.client_id).await?;
    if server.rules.consent_is_needed(path, &client, asked, &remembered) {
        return turn(server, open, user).await;
    }
    end(server, open).await?;
    authorize::grant(server, &client, asked, user).await
}

/// RFC 9700 §4.11.2: the user has logged in, and the client is told why its request was refused; RFC 7592 §2.2: at an address that is still registered.
async fn send_back(server: &Server, open: &Open, refused: &RefusedRequest) -> Result<Reply, AuthorizeError> {
    end(server, open).await?;
    let client = asker(server, &refused.client_id).await?;
    let address = &refused.return_address;
    address.is_registered(&*server.rules, &client).map_err(AuthorizeError::MustBeShown)?;
    let error = AuthorizeError::MayBeRedirected(Box::new(address.clone()), refused.refusal.clone());
    Ok(authorize::failed(server, &error))
}

/// RFC 9700 §4.11.2: before the browser is sent to the client with an error, its user logs in.
pub(super) async fn login_first(
    server: &Server,
    headers: &HeaderMap,
    prompt: Prompt,
    refused: RefusedRequest,
) -> Result<Reply, AuthorizeError> {
    let (session, before_errors) = (session(server, headers).await?, server.config.login_before_errors);
    let now = server.clock.now();
    if server.rules.login_precedes_error(Path::Authorization, before_errors, prompt, session.as_ref(), now) {
        return wait(server, headers, Pending::Refused(Box::new(refused)), None).await;
    }
    Err(AuthorizeError::MayBeRedirected(Box::new(refused.return_address), refused.refusal))
}

/// Remember who logged in, and show the next page.
async fn turn(server: &Server, open: &Open, user: Authentication) -> Result<Reply, AuthorizeError> {
    let interaction = Interaction { user: Some(user), ..open.interaction.clone() };
    let page = reply::see_other(&page_of(server, &open.id, &interaction));
    server.store.put_interaction(interaction).await?;
    Ok(page)
}

/// The decision of the user, made once.
async fn decide(
    server: &Server,
    open: &Open,
    asked: &AuthorizationRequest,
    user: Authentication,
) -> Result<Reply, AuthorizeError> {
    let path = Path::of_response_type(asked.response_type);
    let travels = |refusal| AuthorizeError::MayBeRedirected(Box::new(asked.return_address.clone()), refusal);

    end(server, open).await?;
    let client = standing(server, asked).await?;
    server.rules.user_allows(path, open.form.optional("decision")).map_err(travels)?;
    let person = server.store.user_by_sub(&user.sub).await?;
    server.rules.user_is_active(Path::Interaction, person.as_deref()).map_err(travels)?;

    server.store.put_consent(&user.sub, &asked.client_id, asked.reach()).await?;
    authorize::grant(server, &client, asked, user).await
}

/// One answer per page, even of two that arrive together.
pub(super) async fn end(server: &Server, open: &Open) -> Result<(), AuthorizeError> {
    if server.store.end_interaction(open.interaction.digest).await? {
        return Ok(());
    }
    Err(AuthorizeError::MustBeShown(Refusal::new(ErrorCode::InvalidRequest, "This page was answered already.")))
}

/// OpenID Connect Core §3.1.2.2: whether the request, by its hint or by its claims, asks for this user or for anybody.
fn is_asked_for(server: &Server, path: Path, asked: &AuthorizationRequest, sub: &str) -> Result<(), Refusal> {
    server.rules.user_is_hinted(path, asked, sub)?;
    server.rules.subject_is_requested(path, asked, sub)
}

/// The session of this browser, if its user may still log in.
pub(super) async fn session(server: &Server, headers: &HeaderMap) -> Result<Option<Session>, AuthorizeError> {
    let Some(cookie) = cookies::read(headers, SESSION, &server.config.issuer) else { return Ok(None) };
    let Some(session) = server.store.session(Digest::of(cookie)).await? else { return Ok(None) };
    let user = server.store.user_by_sub(&session.authentication.sub).await?;
    Ok(server.rules.user_is_active(Path::Interaction, user.as_deref()).is_ok().then_some(session))
}

/// The page that comes next.
pub(super) fn page_of(server: &Server, id: &str, interaction: &Interaction) -> String {
    let page = match (&interaction.request, &interaction.user) {
        (_, None) | (Pending::Refused(_), Some(_)) => "login",
        (Pending::Authorization(_), Some(_)) => "consent",
        (Pending::Device(_), Some(_)) => "device",
    };
    format!("{}/{page}?interaction={id}", server.config.issuer)
}

fn set_cookie(server: &Server, reply: &mut Reply, name: &str, value: &str) {
    if let Ok(cookie) = HeaderValue::from_str(&cookies::write(name, value, &server.config.issuer)) {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
}
