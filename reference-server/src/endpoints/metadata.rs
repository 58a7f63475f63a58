//! What the server says about itself: RFC 8414 §2, OpenID Connect Discovery §3. Nothing is listed that does not work.

use http::StatusCode;
use serde_json::{Value, json};

use crate::config::RegistrationAccess;
use crate::grants::device_code;
use crate::model::{AuthMethod, GrantType, ResponseMode};
use crate::server::Server;
use crate::tokens::{Algorithm, person};
use crate::transport::reply::{self, Reply};

/// OpenID Connect Core §2: the claims of an ID token that are not about the person.
const OF_TOKENS: [&str; 10] = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "at_hash", "c_hash"];

/// Answer the same document at both addresses.
pub fn answer(server: &Server) -> Reply {
    let issuer = &server.config.issuer;
    let offer = &server.offer;
    // `hybrid` is a word of registrations alone; OpenID Connect Registration §2 says code and implicit for it.
    let grant_types: Vec<&str> =
        offer.grant_types.iter().filter(|known| **known != GrantType::Hybrid).map(|known| known.as_str()).collect();
    let response_types: Vec<&str> = offer.response_types.iter().map(|known| known.as_str()).collect();
    let response_modes = ResponseMode::ALL.map(ResponseMode::as_str);
    let all_methods = AuthMethod::ALL.map(AuthMethod::as_str);
    let with_proof: Vec<&str> =
        AuthMethod::ALL.into_iter().filter(|method| *method != AuthMethod::None).map(AuthMethod::as_str).collect();

    let claims: Vec<&str> = OF_TOKENS.into_iter().chain(person::names()).collect();

    let unsecured = server.config.unsecured_request_objects.then_some("none");
    let of_objects: Vec<&str> = Algorithm::ASYMMETRIC.into_iter().map(Algorithm::as_str).chain(unsecured).collect();

    let fetches = !server.config.fetching.from.is_empty();

    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "end_session_endpoint": format!("{issuer}/end_session"),
        "jwks_uri": format!("{issuer}/jwks"),
        "service_documentation": format!("{issuer}/"),
        "scopes_supported": server.config.scopes,
        "response_types_supported": response_types,
        "response_modes_supported": response_modes,
        "grant_types_supported": grant_types,
        "token_endpoint_auth_methods_supported": all_methods,
        "token_endpoint_auth_signing_alg_values_supported": Algorithm::ALL,
        "introspection_endpoint_auth_methods_supported": with_proof,
        "introspection_endpoint_auth_signing_alg_values_supported": Algorithm::ALL,
        "revocation_endpoint_auth_methods_supported": all_methods,
        "revocation_endpoint_auth_signing_alg_values_supported": Algorithm::ALL,
        "code_challenge_methods_supported": challenge_methods(server),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": server.config.signing_algs,
        "userinfo_signing_alg_values_supported": server.config.signing_algs,
        "claims_supported": claims,
        "acr_values_supported": [server.config.acr()],
        "claim_types_supported": ["normal"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_object_signing_alg_values_supported": of_objects,
        "request_uri_parameter_supported": fetches,
        "require_signed_request_object": false,
        "require_pushed_authorization_requests": server.config.require_pushed_authorization_requests,
        "authorization_response_iss_parameter_supported": true,
    });
    let Value::Object(mut document) = document else {
        return reply::not_found();
    };
    if server.config.registration.allow != RegistrationAccess::Off {
        document.insert("registration_endpoint".to_owned(), json!(format!("{issuer}/register")));
    }
    if fetches {
        document.insert("require_request_uri_registration".to_owned(), json!(true));
    }
    if server.grant_type(device_code::NAME).is_some() {
        document.insert("device_authorization_endpoint".to_owned(), json!(format!("{issuer}/device_authorization")));
    }
    server.claims.metadata(&mut document);
    reply::json(StatusCode::OK, &document)
}

/// RFC 7636 §7.2: `plain` only where some client may use it.
fn challenge_methods(server: &Server) -> &'static [&'static str] {
    let config = &server.config;
    let registered = config.registration.allow != RegistrationAccess::Off && config.registration.allow_plain_pkce;
    if registered || config.clients.iter().any(|client| client.allow_plain_pkce) {
        return &["S256", "plain"];
    }
    &["S256"]
}
