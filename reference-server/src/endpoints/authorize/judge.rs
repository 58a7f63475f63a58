//! The authorization request on trial, in the order of the standards: who asks, where the answer goes, and only then what for.

use std::sync::Arc;

use serde_json::Value;

use super::parameters::Parameters;
use crate::error::{AuthorizeError, ErrorCode, Refusal};
use crate::grants::resource;
use crate::model::{
    AuthorizationRequest, Challenge, ClaimsRequest, Client, Path, Prompt, ResponseMode, ResponseType, ReturnAddress,
    Scope,
};
use crate::server::Server;
use crate::transport::form::Form;

/// RFC 6749 §4.1.2.1: who asks; as long as that is in doubt, nothing is sent anywhere.
pub async fn client(server: &Server, form: &Form) -> Result<Arc<Client>, AuthorizeError> {
    let shown = AuthorizeError::MustBeShown;
    if form.count("client_id") > 1 {
        server.rules.parameter_not_repeated(Path::Authorization, form, &[]).map_err(shown)?;
    }
    let client_id = form.required("client_id").map_err(shown)?;
    server.store.client(client_id).await?.ok_or_else(|| shown(Refusal::unknown_client()))
}

/// RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.2: as soon as it is certain where the answer goes, errors travel.
pub fn judge(server: &Server, client: &Client, asked: &Parameters) -> Result<AuthorizationRequest, AuthorizeError> {
    let path = if asked.pushed { Path::PushedAuthorization } else { Path::Authorization };
    let return_address = return_address(server, path, &asked.form, client).map_err(AuthorizeError::MustBeShown)?;
    judge_parameters(server, asked, client, &return_address)
        .map_err(|refusal| AuthorizeError::MayBeRedirected(Box::new(return_address), refusal))
}

/// RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.6: to a registered URI, in a mode that this server knows and that fits.
pub fn return_address(server: &Server, path: Path, form: &Form, client: &Client) -> Result<ReturnAddress, Refusal> {
    let rules = &server.rules;
    if form.count("redirect_uri") > 1 {
        rules.parameter_not_repeated(path, form, &[])?;
    }
    let openid = form.optional("scope").is_some_and(|scope| Scope::parse(scope).contains("openid"));
    let (redirect_uri, state) = (form.optional("redirect_uri"), form.optional("state"));
    let address = ReturnAddress::new(&**rules, path, client, redirect_uri, openid, state)?;

    let (response_type, path) = response_type(form);
    rules.response_mode_is_supported(path, form.optional("response_mode"))?;
    let default_mode = response_type.map_or(ResponseMode::Query, ResponseType::default_mode);
    let mode = form.optional("response_mode").and_then(ResponseMode::parse).unwrap_or(default_mode);
    rules.response_mode_fits(path, response_type, mode)?;
    Ok(address.in_mode(mode))
}

fn response_type(form: &Form) -> (Option<ResponseType>, Path) {
    let response_type = form.optional("response_type").and_then(ResponseType::parse);
    (response_type, response_type.map_or(Path::Authorization, Path::of_response_type))
}

/// What is asked for, once it is known who asks.
fn judge_parameters(
    server: &Server,
    Parameters { form, pushed, signed }: &Parameters,
    client: &Client,
    return_address: &ReturnAddress,
) -> Result<AuthorizationRequest, Refusal> {
    let rules = &server.rules;
    let (response_type, path) = response_type(form);
    rules.request_is_pushed(path, client, server.config.require_pushed_authorization_requests, *pushed)?;
    rules.request_is_signed(path, client, *signed)?;
    rules.response_type_is_present(path, form.optional("response_type"))?;
    rules.response_type_is_supported(path, response_type, &server.offer.response_types)?;
    let response_type = response_type.ok_or_else(unsupported_response_type)?;
    rules.browser_token_is_allowed(path, client, response_type)?;
    rules.client_may_use_response_type(path, client, response_type)?;

    let challenge = judge_challenge(server, form, path, client, response_type)?;
    let scope = judge_scope(server, form, path, client, response_type)?;
    let resources = resource::asked(server, path, form)?;
    rules.nonce_is_present(path, response_type, form.optional("nonce"))?;
    rules.prompt_is_consistent(path, Prompt::parse(form.optional("prompt")))?;
    rules.max_age_is_a_number(path, form.optional("max_age"))?;

    Ok(AuthorizationRequest {
        client_id: client.client_id.clone(),
        response_type,
        redirect_uri: form.optional("redirect_uri").map(str::to_owned),
        scope,
        resources,
        nonce: form.optional("nonce").map(str::to_owned),
        challenge,
        prompt: Prompt::parse(form.optional("prompt")),
        max_age: form.optional("max_age").and_then(|seconds| seconds.parse().ok()).or(client.default_max_age),
        login_hint: form.optional("login_hint").map(str::to_owned),
        hinted_subject: hinted_subject(server, path, form.optional("id_token_hint"))?,
        claims: judge_claims(server, form, path, client, response_type)?,
        return_address: return_address.clone(),
    })
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

/// RFC 6749 §3.3, OpenID Connect Core §3.1.2.1, §11: what of the scope is known and can be granted this way, and within the client's.
fn judge_scope(
    server: &Server,
    form: &Form,
    path: Path,
    client: &Client,
    response_type: ResponseType,
) -> Result<Scope, Refusal> {
    let rules = &server.rules;
    rules.scope_is_well_formed(path, form.optional("scope"))?;
    let scope = match form.optional("scope") {
        Some(requested) => rules.known_of(path, &Scope::parse(requested), server.known_scopes()),
        None => rules.default_scope(path, client),
    };
    let scope = rules.scope_for_response(path, &scope, response_type);
    rules.scope_within_client(path, &scope, client)?;
    rules.openid_is_requested(path, response_type, &scope)?;
    Ok(scope)
}

/// OpenID Connect Core §5.5: the individual claims, those that the client may be told. `acr_values` asks for one of them, and so do
/// the client's own default values.
fn judge_claims(
    server: &Server,
    form: &Form,
    path: Path,
    client: &Client,
    response_type: ResponseType,
) -> Result<ClaimsRequest, Refusal> {
    server.rules.claims_are_well_formed(path, form.optional("claims"))?;
    let mut claims = form.optional("claims").and_then(ClaimsRequest::parse).unwrap_or_default();
    server.rules.userinfo_claims_come_with_a_token(path, response_type, &claims)?;
    if form.optional("acr_values").is_some() || !client.default_acr_values.is_empty() {
        claims.ask_for_acr();
    }
    Ok(claims.within(&client.scopes))
}

/// OpenID Connect Core §3.1.2.2: the `sub` of an ID token that this server issued, however old it is.
fn hinted_subject(server: &Server, path: Path, hint: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(hint) = hint else { return Ok(None) };
    let claims = server.keys.read_id_token(hint);
    server.rules.id_token_hint_is_own(path, claims.as_ref(), &server.config.issuer)?;
    Ok(claims.as_ref().and_then(|claims| claims.get("sub")).and_then(Value::as_str).map(str::to_owned))
}

fn unsupported_response_type() -> Refusal {
    Refusal::new(ErrorCode::UnsupportedResponseType, "This server does not answer this response type.")
}
