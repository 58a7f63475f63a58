//! The checks that are written as data, and the clauses of the standards; this crate only embeds them.

/// What the documents are: `spec/documents.toml`.
pub const DOCUMENTS: &str = include_str!("../spec/documents.toml");

/// Embeds the clause file of each document.
macro_rules! clauses {
    ($($document:literal),* $(,)?) => {
        &[$(($document, include_str!(concat!("../spec/", $document, ".toml")))),*]
    };
}

/// Embeds each scenario file.
macro_rules! scenarios {
    ($($file:literal),* $(,)?) => {
        &[$((concat!("scenarios/", $file), include_str!(concat!("../", $file)))),*]
    };
}

/// The clauses by document, in the order of `documents.toml`.
pub const CLAUSES: &[(&str, &str)] = clauses![
    "rfc6749",
    "rfc6750",
    "rfc7009",
    "rfc7521",
    "rfc7523",
    "rfc7591",
    "rfc7592",
    "rfc7636",
    "rfc7662",
    "rfc8252",
    "rfc8414",
    "rfc8628",
    "rfc8693",
    "rfc8707",
    "rfc8725",
    "rfc9068",
    "rfc9101",
    "rfc9126",
    "rfc9207",
    "rfc9700",
    "multiple-response-types",
    "form-post",
    "oidc-core",
    "oidc-discovery",
    "oidc-registration",
    "oidc-rp-initiated-logout",
    "identityserver-grant-types",
];

/// The scenario files in reading order: path and text.
pub const SCENARIOS: &[(&str, &str)] = scenarios![
    "metadata/metadata.toml",
    "metadata/open.toml",
    "client_authentication/secret.toml",
    "client_authentication/presentation.toml",
    "client_authentication/assertion.toml",
    "client_authentication/endpoints.toml",
    "client_authentication/around.toml",
    "client_authentication/nothing_shown.toml",
    "token_endpoint/grant_type.toml",
    "token_endpoint/request.toml",
    "token_endpoint/spelling.toml",
    "token_endpoint/response.toml",
    "client_credentials/grant.toml",
    "authorization_code/redirect_uri.toml",
    "authorization_code/request.toml",
    "authorization_code/optional.toml",
    "authorization_code/redeem.toml",
    "authorization_code/altered.toml",
    "pushed_requests/push.toml",
    "pushed_requests/by_reference.toml",
    "pushed_requests/parameters.toml",
    "pushed_requests/object.toml",
    "request_objects/object.toml",
    "front_channel/response.toml",
    "front_channel/id_token.toml",
    "front_channel/form_post.toml",
    "front_channel/dead_tokens.toml",
    "hybrid/hybrid.toml",
    "password/password.toml",
    "device_code/authorization.toml",
    "device_code/token.toml",
    "pkce/challenge.toml",
    "pkce/verifier.toml",
    "id_token/id_token.toml",
    "access_token/claims.toml",
    "userinfo/userinfo.toml",
    "userinfo/tokens.toml",
    "userinfo/dead_tokens.toml",
    "refresh_token/refresh.toml",
    "refresh_token/altered.toml",
    "refresh_token/generations.toml",
    "jwt_bearer/assertion.toml",
    "jwt_bearer/request.toml",
    "token_exchange/request.toml",
    "token_exchange/signatures.toml",
    "token_exchange/types.toml",
    "introspection/introspection.toml",
    "introspection/members.toml",
    "introspection/kinds.toml",
    "introspection/altered.toml",
    "revocation/revocation.toml",
    "revocation/stranger.toml",
    "registration/request.toml",
    "registration/native.toml",
    "registration/strangers.toml",
    "registration/redirect_uris.toml",
    "registration/algorithms.toml",
    "management/protected.toml",
    "management/life.toml",
    "management/secret.toml",
];
