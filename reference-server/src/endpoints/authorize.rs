//! The authorization endpoint: RFC 6749 §3.1, OpenID Connect Core §3.1.2.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{header, interaction, query};
use crate::error::{AuthorizeError, ErrorCode, Refusal};
use crate::grants::{authorization_code, hybrid, implicit};
use crate::model::{
    Authentication, AuthorizationRequest, Challenge, Client, GrantType, Path, Prompt, ResponseMode, ResponseType,
    ReturnAddress, Scope,
};
use crate::pages;
use crate::rules::Rule;
use crate::server::Server;
use crate::transport::form::Form;
use crate::transport::reply::{self, Reply};

/// Answer an authorization request: a page, or a redirect back to the client.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    match begin(server, request).await {
        Ok(reply) => reply,
        Err(error) => failed(server, &error),
    }
}

async fn begin(server: &Server, request: &Request<Bytes>) -> Result<Reply, AuthorizeError> {
    let form = if request.method() == Method::POST {
        let content_type = header(request, &CONTENT_TYPE);
        server.rules.body_is_form(Path::Authorization, content_type).map_err(AuthorizeError::MustBeShown)?;
        Form::parse(request.body())
    } else {
        query(request)
    };
    let (client, asked) = judge(server, &form).await?;
    interaction::begin(server, request.headers(), &client, asked).await
}

/// The order: who asks, where the answer goes; after that, errors travel.
async fn judge(server: &Server, form: &Form) -> Result<(Arc<Client>, AuthorizationRequest), AuthorizeError> {
    let rules = &server.rules;
    let shown = AuthorizeError::MustBeShown;
    let requested = form.optional("scope").map(Scope::parse);
    let openid = requested.as_ref().is_some_and(|scope| scope.contains("openid"));

    let not_repeated = rules.parameter_not_repeated(Path::Authorization, form, &[]);
    rules.form_is_well_formed(Path::Authorization, form).map_err(shown)?;
    if form.count("client_id") > 1 || form.count("redirect_uri") > 1 {
        not_repeated.clone().map_err(shown)?;
    }
    let client_id = form.required("client_id").map_err(shown)?;
    let client = server.store.client(client_id).await?.ok_or_else(|| shown(Refusal::unknown_client()))?;
    let return_address =
        ReturnAddress::new(&**rules, &client, form.optional("redirect_uri"), openid, form.optional("state"))
            .map_err(shown)?;

    let response_type = form.optional("response_type").and_then(ResponseType::parse);
    let path = response_type.map_or(Path::Authorization, Path::of_response_type);
    rules.response_mode_is_supported(path, form.optional("response_mode")).map_err(shown)?;
    let default_mode = response_type.map_or(ResponseMode::Query, ResponseType::default_mode);
    let mode = form.optional("response_mode").and_then(ResponseMode::parse).unwrap_or(default_mode);
    rules.response_mode_fits(path, response_type, mode).map_err(shown)?;

    let return_address = return_address.in_mode(mode);
    let travels = |refusal: Refusal| AuthorizeError::MayBeRedirected(Box::new(return_address.clone()), refusal);
    not_repeated.map_err(travels)?;
    rules.request_object_is_absent(path, form.optional("request"), form.optional("request_uri")).map_err(travels)?;
    rules.response_type_is_present(path, form.optional("response_type")).map_err(travels)?;
    rules.response_type_is_supported(path, response_type, &server.offer.response_types).map_err(travels)?;
    let response_type = response_type.ok_or_else(|| travels(unsupported_response_type()))?;
    rules.browser_token_is_allowed(path, &client, response_type).map_err(travels)?;
    rules.client_may_use_response_type(path, &client, response_type).map_err(travels)?;

    let challenge = judge_challenge(server, form, path, &client, response_type).map_err(travels)?;
    let scope = judge_parameters(server, form, path, &client, response_type, requested.as_ref()).map_err(travels)?;
    let hinted_user = match form.optional("id_token_hint") {
        Some(hint) => Some(hinted_user(server, path, hint).await?.map_err(travels)?),
        None => None,
    };

    let asked = AuthorizationRequest {
        client_id: client.client_id.clone(),
        response_type,
        redirect_uri: form.optional("redirect_uri").map(str::to_owned),
        scope,
        nonce: form.optional("nonce").map(str::to_owned),
        challenge,
        prompt: Prompt::parse(form.optional("prompt")),
        max_age: form.optional("max_age").and_then(|seconds| seconds.parse().ok()).or(client.default_max_age),
        hinted_user,
        return_address,
    };
    Ok((client, asked))
}

/// OpenID Connect Core §3.1.2.2: the user of an ID token that this server issued, however old it is.
async fn hinted_user(server: &Server, path: Path, hint: &str) -> Result<Result<String, Refusal>, AuthorizeError> {
    let claims = server.keys.read_id_token(hint);
    if let Err(refusal) = server.rules.id_token_hint_is_own(path, claims.as_ref(), &server.config.issuer) {
        return Ok(Err(refusal));
    }
    let sub = claims.as_ref().and_then(|claims| claims.get("sub")).and_then(Value::as_str);
    let user = server.store.user_by_sub(sub.unwrap_or_default()).await?;
    Ok(user.map(|user| user.sub.clone()).ok_or_else(|| {
        Refusal::new(ErrorCode::LoginRequired, "The id_token_hint names no user of this server.").by(Rule::UserIsHinted)
    }))
}

/// RFC 7636 §4.3, §4.4: what the verifier will have to prove. Where no code is issued there is nothing to prove.
fn judge_challenge(
    server: &Server,
    form: &Form,
    path: Path,
    client: &Client,
    response_type: ResponseType,
) -> Result<Option<Challenge>, Refusal> {
    if !response_type.has_code() {
        return Ok(None);
    }
    let (challenge, method) = (form.optional("code_challenge"), form.optional("code_challenge_method"));
    server.rules.challenge_is_present(path, client, challenge)?;
    server.rules.challenge_method_is_supported(path, client, challenge, method)?;
    server.rules.challenge_is_well_formed(path, challenge, method)?;
    Ok(challenge.map(|challenge| Challenge::new(challenge, method)))
}

/// What is asked for, once it is known who asks: the scope that it comes to.
fn judge_parameters(
    server: &Server,
    form: &Form,
    path: Path,
    client: &Client,
    response_type: ResponseType,
    requested: Option<&Scope>,
) -> Result<Scope, Refusal> {
    let rules = &server.rules;
    rules.scope_is_well_formed(path, form.optional("scope"))?;
    let scope = match requested {
        Some(requested) => rules.known_of(path, requested, server.known_scopes()),
        None => rules.default_scope(path, client),
    };
    rules.scope_within_client(path, &scope, client)?;
    rules.openid_is_requested(path, response_type, &scope)?;
    rules.nonce_is_present(path, response_type, form.optional("nonce"))?;

    rules.prompt_is_consistent(path, Prompt::parse(form.optional("prompt")))?;
    rules.max_age_is_a_number(path, form.optional("max_age"))?;
    Ok(scope)
}

fn unsupported_response_type() -> Refusal {
    Refusal::new(ErrorCode::UnsupportedResponseType, "This server does not answer this response type.")
}

/// RFC 6749 §4.1.2, §4.2.2: send the user back with what the response type asks for.
pub async fn grant(
    server: &Server,
    client: &Client,
    asked: &AuthorizationRequest,
    user: Authentication,
) -> Result<Reply, AuthorizeError> {
    let response = match asked.response_type.grant_type() {
        GrantType::Implicit => implicit::respond(server, client, asked, user).await?,
        GrantType::Hybrid => hybrid::respond(server, client, asked, user).await?,
        _ => authorization_code::respond(server, client, asked, user).await?,
    };
    let mut fields = response.into_fields();
    server.claims.authorization_response(Path::of_response_type(asked.response_type), &mut fields);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(reply::authorization_response(asked.return_address.with(&server.config.issuer, &fields)))
}

/// RFC 6749 §4.1.2.1: shown to the user, or sent to the client.
pub fn failed(server: &Server, error: &AuthorizeError) -> Reply {
    let issuer = &server.config.issuer;
    match error {
        AuthorizeError::MustBeShown(refusal) => reply::page(StatusCode::BAD_REQUEST, pages::error(refusal)),
        AuthorizeError::MayBeRedirected(return_address, refusal) => {
            let rule_page = refusal.rule.map(|rule| format!("{issuer}/rules/{}", rule.name()));
            let mut response = vec![("error", refusal.code.as_str()), ("error_description", refusal.says.as_ref())];
            response.extend(rule_page.as_deref().map(|page| ("error_uri", page)));
            reply::authorization_response(return_address.with(issuer, &response))
        }
        AuthorizeError::Server => {
            let refusal = Refusal::new(ErrorCode::ServerError, "The server failed.");
            reply::page(StatusCode::INTERNAL_SERVER_ERROR, pages::error(&refusal))
        }
    }
}
