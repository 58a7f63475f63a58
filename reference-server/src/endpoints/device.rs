//! Where the user of a device goes: RFC 8628 §3.3. First a login, then the user code, then the question; guesses at a user code are counted for the
//! person who logged in, which is why the login comes first.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::interaction::{self, Open};
use super::{authorize, query};
use crate::error::{AuthorizeError, Refusal};
use crate::grants::device_code::NAME;
use crate::model::{Authentication, Decision, DeviceRequest, Entry, Interaction, Path, Pending, UserCode};
use crate::pages;
use crate::server::Server;
use crate::store::{Decided, Pardon};
use crate::tokens::secret::Digest;
use crate::transport::reply::{self, Reply};

/// On which path the rules are asked.
const PATH: Path = Path::Extension(NAME);

/// The page behind `verification_uri`, and its answers.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    if server.grant_type(NAME).is_none() {
        return reply::not_found();
    }
    let arrives = request.method() != Method::POST && query(request).optional("interaction").is_none();
    if arrives {
        return begin(server, request).await.unwrap_or_else(|error| authorize::failed(server, &error));
    }
    let open = match interaction::open(server, request).await {
        Ok(open) => open,
        Err(reply) => return reply,
    };
    let is_post = request.method() == Method::POST;
    go_on(server, open, is_post).await.unwrap_or_else(|error| authorize::failed(server, &error))
}

/// RFC 8628 §3.3.1: the user code may come along in the link; then it does not have to be typed, but it is looked at again.
async fn begin(server: &Server, request: &Request<Bytes>) -> Result<Reply, AuthorizeError> {
    let typed = query(request).optional("user_code").and_then(UserCode::parse).map_or(Entry::Awaited, Entry::Typed);
    let session = interaction::session(server, request.headers()).await?;
    let is_over = server.rules.login_is_needed_for_device(PATH, session.as_ref(), server.clock.now());
    let user = session.filter(|_| !is_over).map(|session| session.authentication);
    interaction::wait(server, request.headers(), Pending::Device(typed), user).await
}

async fn go_on(server: &Server, open: Open, is_post: bool) -> Result<Reply, AuthorizeError> {
    let (Pending::Device(entry), Some(user)) = (&open.interaction.request, open.interaction.user.clone()) else {
        return Ok(reply::see_other(&interaction::page_of(server, &open.id, &open.interaction)));
    };
    let field = open.form.optional("user_code").filter(|_| is_post);
    match (open.form.optional("decision").filter(|_| is_post), field, entry) {
        (Some(decision), Some(shown), Entry::Found(code)) if UserCode::parse(shown).as_ref() == Some(code) => {
            decide(server, &open, user, code, decision).await
        }
        (None, Some(typed), _) => enter(server, &open, &user, UserCode::parse(typed)).await,
        (_, _, Entry::Typed(code)) => enter(server, &open, &user, Some(code.clone())).await,
        (_, _, Entry::Found(code)) => ask(server, &open, code, &user).await,
        (_, _, Entry::Awaited) => Ok(reply::page(StatusCode::OK, pages::device(&open.id, &open.interaction, None))),
    }
}

/// RFC 8628 §5.1: look whether a device waits with the code. A wrong one costs a guess, a right one gives only itself back: whoever could reset the
/// count with a code of their own could guess for ever.
async fn enter(
    server: &Server,
    open: &Open,
    user: &Authentication,
    code: Option<UserCode>,
) -> Result<Reply, AuthorizeError> {
    let guesser = Digest::of(&format!("user code {}", user.sub));
    let bound = server.config.guessing.user_codes;
    let earlier = server.store.guess(guesser, bound).await?;
    let waits = match &code {
        Some(code) => server.store.device_by_user_code(code.digest()).await?,
        None => None,
    };
    let ruling = server
        .rules
        .guesses_are_bounded(PATH, earlier, bound)
        .and_then(|()| server.rules.user_code_is_open(PATH, waits.as_ref(), server.clock.now()));
    let Some(code) = code.filter(|_| ruling.is_ok()) else {
        let awaited = Interaction { request: Pending::Device(Entry::Awaited), ..open.interaction.clone() };
        let refusal = Refusal::unknown_user_code();
        let page = pages::device(&open.id, &awaited, Some(&refusal));
        server.store.put_interaction(awaited).await?;
        return Ok(reply::because(&refusal, reply::page(StatusCode::BAD_REQUEST, page)));
    };
    server.store.pardon(guesser, Pardon::Last).await?;
    let found = Interaction { request: Pending::Device(Entry::Found(code)), ..open.interaction.clone() };
    let page = interaction::page_of(server, &open.id, &found);
    server.store.put_interaction(found).await?;
    Ok(reply::see_other(&page))
}

/// RFC 8628 §5.4: say which client asks for what, and show the code again, so that the user sees whether it is that of the device at hand.
async fn ask(server: &Server, open: &Open, code: &UserCode, user: &Authentication) -> Result<Reply, AuthorizeError> {
    let device = waiting(server, code).await?;
    let (Some(client), Some(person)) =
        (server.store.client(&device.client_id).await?, server.store.user_by_sub(&user.sub).await?)
    else {
        return Err(AuthorizeError::MustBeShown(Refusal::unknown_user_code()));
    };
    let page = pages::device_consent(&open.id, &open.interaction, code, &client, &device.scope, &person);
    Ok(reply::page_with_picture(page))
}

/// The decision of the user, made once; the device learns of it when it asks the next time.
async fn decide(
    server: &Server,
    open: &Open,
    user: Authentication,
    code: &UserCode,
    decision: &str,
) -> Result<Reply, AuthorizeError> {
    let shown = AuthorizeError::MustBeShown;
    interaction::end(server, open).await?;
    let person = server.store.user_by_sub(&user.sub).await?;
    server.rules.user_is_active(Path::Interaction, person.as_deref()).map_err(shown)?;

    let device = waiting(server, code).await?;
    let allowed = server.rules.user_allows(PATH, Some(decision)).is_ok();
    match server.store.decide_device(device.digest, Decision { user, allowed }).await? {
        Decided::Now => Ok(reply::page(StatusCode::OK, pages::device_done(allowed))),
        Decided::Before => Err(shown(Refusal::unknown_user_code())),
    }
}

/// The device that waits with a code, if it still does.
async fn waiting(server: &Server, code: &UserCode) -> Result<DeviceRequest, AuthorizeError> {
    let device = server.store.device_by_user_code(code.digest()).await?;
    server.rules.user_code_is_open(PATH, device.as_ref(), server.clock.now()).map_err(AuthorizeError::MustBeShown)?;
    device.ok_or_else(|| AuthorizeError::MustBeShown(Refusal::unknown_user_code()))
}
