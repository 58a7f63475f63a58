//! The authorization endpoint: RFC 6749 §3.1, OpenID Connect Core §3.1.2.

pub mod judge;
pub mod parameters;
pub mod request_object;

use bytes::Bytes;
use http::{Request, StatusCode};

use super::{front_channel_form, interaction};
use crate::error::{AuthorizeError, ErrorCode, Refusal};
use crate::grants::{authorization_code, hybrid, implicit};
use crate::model::{Authentication, AuthorizationRequest, Client, GrantType, Path, Prompt, RefusedRequest};
use crate::server::Server;
use crate::transport::reply::{self, Reply};

/// Answer an authorization request: a page, or a redirect back to the client.
pub async fn answer(server: &Server, request: &Request<Bytes>) -> Reply {
    match begin(server, request).await {
        Ok(reply) => reply,
        Err(error) => failed(server, &error),
    }
}

async fn begin(server: &Server, request: &Request<Bytes>) -> Result<Reply, AuthorizeError> {
    let form = front_channel_form(server, Path::Authorization, request).map_err(AuthorizeError::MustBeShown)?;
    let client = judge::client(server, &form).await?;
    let parameters = parameters::assemble(server, &client, form).await?;
    match judge::judge(server, &client, &parameters) {
        Ok(asked) => interaction::begin(server, request.headers(), &client, asked).await,
        Err(AuthorizeError::MayBeRedirected(return_address, refusal)) => {
            let client_id = client.client_id.clone();
            let refused = RefusedRequest { client_id, return_address: *return_address, refusal };
            let prompt = Prompt::parse(parameters.form.optional("prompt"));
            interaction::login_first(server, request.headers(), prompt, refused).await
        }
        Err(error) => Err(error),
    }
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
        AuthorizeError::MustBeShown(refusal) => reply::refused_page(StatusCode::BAD_REQUEST, refusal),
        AuthorizeError::MayBeRedirected(return_address, refusal) => {
            let rule_page = refusal.rule.map(|rule| format!("{issuer}/rules/{}", rule.name()));
            let mut response = vec![("error", refusal.code.as_str()), ("error_description", refusal.says.as_ref())];
            response.extend(rule_page.as_deref().map(|page| ("error_uri", page)));
            reply::because(refusal, reply::authorization_response(return_address.with(issuer, &response)))
        }
        AuthorizeError::Server => {
            let refusal = Refusal::new(ErrorCode::ServerError, "The server failed.");
            reply::refused_page(StatusCode::INTERNAL_SERVER_ERROR, &refusal)
        }
    }
}
