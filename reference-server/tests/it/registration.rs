//! Dynamic registration, and the client configuration endpoint.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use grantspec_reference::config::{Registration, RegistrationAccess};
use grantspec_reference::rules::Rule;
use grantspec_reference::{Config, Server};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    Answer, Browser, CALLBACK, ISSUER, KEYS, basic, config, encode, form_request, get, pass, send, strict,
};

/// Send JSON, with a bearer token if there is one.
pub async fn json_request(server: &Server, method: Method, path: &str, token: Option<&str>, body: &Value) -> Answer {
    let path = path.strip_prefix(ISSUER).unwrap_or(path);
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    send(server, request.body(Bytes::from(body.to_string())).unwrap()).await
}

pub async fn register(server: &Server, body: &Value) -> Answer {
    json_request(server, Method::POST, "/register", None, body).await
}

/// A registration that nothing is wrong with, with these members in the place of its own.
pub fn valid(members: &Value) -> Value {
    let mut body = json!({ "redirect_uris": [CALLBACK], "client_name": "A client" });
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub async fn registered(server: &Server, members: &Value) -> Value {
    let answer = register(server, &valid(members)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()
}

pub fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned()
}

/// Manage a registration with its own token.
pub async fn manage(server: &Server, method: Method, of: &Value, body: &Value) -> Answer {
    let token = text(of, "registration_access_token");
    json_request(server, method, &text(of, "registration_client_uri"), Some(&token), body).await
}

/// What was registered, as an update sends it back.
pub fn as_update(of: &Value, members: &Value) -> Value {
    let mut body = of.clone();
    for name in
        ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"]
    {
        body.as_object_mut().unwrap().remove(name);
    }
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub async fn token_of(server: &Server, client: &Value, parameters: &[(&str, &str)]) -> Answer {
    let authorization = basic(&text(client, "client_id"), &text(client, "client_secret"));
    let request = form_request("/token").header("authorization", authorization);
    send(server, request.body(encode(parameters).into()).unwrap()).await
}

#[tokio::test]
async fn what_is_left_out_has_the_defaults_of_the_standards() {
    let server = strict();
    let answer = register(&server, &json!({ "redirect_uris": [CALLBACK] })).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.header("cache-control").contains("no-store"));
    let body = answer.json();
    assert_eq!(body["grant_types"], json!(["authorization_code"]));
    assert_eq!(body["response_types"], json!(["code"]));
    assert_eq!(body["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(body["application_type"], "web");
    assert_eq!(body["scope"], config().registration.scopes.join(" "));
    assert_eq!(body["client_secret_expires_at"], 0);
    assert_eq!(body["client_id_issued_at"], server.clock.now());
    assert_eq!(text(&body, "registration_client_uri"), format!("{ISSUER}/register/{}", text(&body, "client_id")));
    assert_eq!(text(&body, "client_secret").len(), 43);
    assert_eq!(text(&body, "registration_access_token").len(), 43);
}

#[tokio::test]
async fn a_client_that_registered_itself_works() {
    let server = strict();
    let client = registered(&server, &json!({ "grant_types": ["authorization_code", "refresh_token"] })).await;
    let code = Browser::new(&server).code(&text(&client, "client_id"), &[]).await;
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let tokens = token_of(&server, &client, &redeem).await;
    assert!(!tokens.is_token().member("refresh_token").is_empty());

    // It is held to the same rules as the others.
    Browser::new(&server)
        .open(&text(&client, "client_id"), &[("code_challenge", "")])
        .await
        .is_returned("invalid_request", Rule::ChallengeIsPresent);
    token_of(&server, &client, &[("grant_type", "client_credentials")])
        .await
        .is_refused("unauthorized_client", Rule::ClientMayUseGrant);
}

#[tokio::test]
async fn no_two_clients_share_a_name_a_secret_or_a_token() {
    let server = strict();
    let mut seen = HashSet::new();
    for _ in 0..20 {
        let client = registered(&server, &json!({})).await;
        for name in ["client_id", "client_secret", "registration_access_token"] {
            assert!(seen.insert(text(&client, name)));
        }
    }
}

#[tokio::test]
async fn a_public_client_gets_no_secret() {
    let server = strict();
    let client = registered(&server, &json!({ "token_endpoint_auth_method": "none" })).await;
    assert!(client.get("client_secret").is_none() && client.get("client_secret_expires_at").is_none());
    Browser::new(&server).code(&text(&client, "client_id"), &[]).await;
}

#[tokio::test]
async fn everything_that_is_kept_is_told_and_the_rest_is_ignored() {
    let server = strict();
    let kept = json!({
        "client_name": "Ein Programm", "client_name#ja": "クライアント", "client_name#fr": "Un programme",
        "client_uri": "https://client.example/", "logo_uri": "https://client.example/logo.png",
        "tos_uri": "https://client.example/tos", "tos_uri#fr": "https://client.example/fr/tos",
        "policy_uri": "https://client.example/policy", "contacts": ["a@client.example"],
        "software_id": "4NRB1", "software_version": "2.1", "initiate_login_uri": "https://client.example/login",
        "default_max_age": 300, "require_auth_time": true, "subject_type": "public",
        "id_token_signed_response_alg": "RS256", "scope": "openid api:read", "application_type": "native",
        "post_logout_redirect_uris": ["https://client.example/bye"], "default_acr_values": ["1"],
    });
    let mut asked = valid(&kept);
    for (name, ignored) in [
        ("example_extension_parameter", json!("x")),
        ("client_id", json!("web")),
        ("client_secret", json!("mine")),
        ("contacts#fr", json!(["x"])),
        ("tos_uri#de", json!(null)),
        ("policy_uri#de", json!("")),
    ] {
        asked[name] = ignored;
    }
    let client = registered(&server, &asked).await;
    for (name, value) in kept.as_object().unwrap() {
        assert_eq!(&client[name], value, "{name}");
    }
    for name in ["example_extension_parameter", "contacts#fr", "tos_uri#de", "policy_uri#de"] {
        assert!(client.get(name).is_none(), "{name}");
    }
    assert_ne!(client["client_id"], "web");
    assert_ne!(client["client_secret"], "mine");
}

#[tokio::test]
async fn metadata_that_makes_no_sense_is_refused_and_the_sentence_says_why() {
    const SITE: &str = "https://client.example/cb";
    let server = strict();
    let hybrid = ["authorization_code", "implicit"];
    let (metadata, uri) = ("invalid_client_metadata", "invalid_redirect_uri");
    #[rustfmt::skip]
    let cases: &[(Value, &str, Rule, &str)] = &[
        (json!({ "grant_types": "authorization_code" }),                   metadata, Rule::MetadataIsWellFormed,       "grant_types has to be an array of strings"),
        (json!({ "grant_types": [1] }),                                    metadata, Rule::MetadataIsWellFormed,       "grant_types has to be an array of strings"),
        (json!({ "client_name#fr": 3 }),                                   metadata, Rule::MetadataIsWellFormed,       "client_name has to be a string"),
        (json!({ "default_max_age": -1 }),                                 metadata, Rule::MetadataIsWellFormed,       "default_max_age has to be a number of seconds"),
        (json!({ "require_auth_time": "true" }),                           metadata, Rule::MetadataIsWellFormed,       "require_auth_time has to be true or false"),
        (json!({ "policy_uri": "javascript:alert(1)" }),                   metadata, Rule::MetadataIsWellFormed,       "policy_uri has to be an http or https address"),
        (json!({ "initiate_login_uri": "http://client.example/login" }),   metadata, Rule::MetadataIsWellFormed,       "initiate_login_uri has to be an https address"),
        (json!({ "jwks": "x" }),                                           metadata, Rule::MetadataIsWellFormed,       "jwks has to be an object"),
        (json!({ "software_statement": "a.b.c" }),       "unapproved_software_statement", Rule::SoftwareStatementIsAbsent, "approves of no software statement"),
        (json!({ "jwks_uri": "https://client.example/jwks" }),             metadata, Rule::MetadataIsSupported,        "fetches nothing from clients"),
        (json!({ "sector_identifier_uri": "https://client.example/s" }),   metadata, Rule::MetadataIsSupported,        "subjects are public"),
        (json!({ "request_uris": ["https://client.example/r"] }),          metadata, Rule::MetadataIsSupported,        "fetches nothing from clients"),
        (json!({ "subject_type": "pairwise" }),                            metadata, Rule::MetadataIsSupported,        "only public"),
        (json!({ "application_type": "browser" }),                         metadata, Rule::MetadataIsSupported,        "only web, native"),
        (json!({ "token_endpoint_auth_method": "tls_client_auth" }),       metadata, Rule::MetadataIsSupported,        "client_secret_basic"),
        (json!({ "id_token_signed_response_alg": "none" }),                metadata, Rule::MetadataIsSupported,        "RS256"),
        (json!({ "id_token_encrypted_response_alg": "RSA-OAEP" }),         metadata, Rule::MetadataIsSupported,        "encrypts no ID tokens"),
        (json!({ "userinfo_signed_response_alg": "HS256" }),               metadata, Rule::MetadataIsSupported,        "only RS256, ES256"),
        (json!({ "userinfo_encrypted_response_alg": "RSA-OAEP" }),         metadata, Rule::MetadataIsSupported,        "encrypts no userinfo"),
        (json!({ "grant_types": [] }),                                     metadata, Rule::GrantTypesCanBeHeld,        "can do nothing"),
        (json!({ "grant_types": ["client_credentials"] }),                 metadata, Rule::ResponseTypesFitGrantTypes, "response type 'code' needs authorization_code"),
        (json!({ "response_types": ["id_token"] }),                        metadata, Rule::ResponseTypesFitGrantTypes, "response type 'id_token' needs implicit"),
        (json!({ "response_types": [] }),                                  metadata, Rule::ResponseTypesFitGrantTypes, "authorization_code is there without a response type"),
        (json!({ "response_types": ["code", "none"] }),                    metadata, Rule::ResponseTypesFitGrantTypes, "number 2"),
        (json!({ "grant_types": hybrid }),                                 metadata, Rule::ResponseTypesFitGrantTypes, "implicit is there without a response type"),
        (json!({ "grant_types": ["hybrid"], "response_types": ["code id_token"] }), metadata, Rule::ResponseTypesFitGrantTypes, "hybrid is no grant type on the wire"),
        (json!({ "grant_types": hybrid, "response_types": ["code", "token"] }),     metadata, Rule::GrantTypesCanBeHeld, "implicit and authorization_code cannot be held together: an authorization request could"),
        (json!({ "grant_types": hybrid, "response_types": ["code", "code token"] }), metadata, Rule::GrantTypesCanBeHeld, "authorization_code and hybrid cannot be held together"),
        (json!({ "grant_types": hybrid, "response_types": ["code token", "token"] }), metadata, Rule::GrantTypesCanBeHeld, "implicit and hybrid cannot be held together"),
        (json!({ "grant_types": ["authorization_code", "refresh_token", "refresh_token"] }), metadata, Rule::GrantTypesCanBeHeld, "twice"),
        (json!({ "grant_types": ["authorization_code", "urn:example:unknown"] }), metadata, Rule::GrantTypesCanBeHeld, "serves"),
        (json!({ "grant_types": ["authorization_code", "refresh token"] }), metadata, Rule::GrantTypesCanBeHeld, "space"),
        (json!({ "redirect_uris": [SITE], "logo_uri": "https://bank.example/logo.png" }), metadata, Rule::PagesBelongToClient, "logo_uri is kept at another site"),
        (json!({ "redirect_uris": [SITE], "tos_uri#de": "http://client.example/agb" }),   metadata, Rule::PagesBelongToClient, "tos_uri#de is kept at another site"),
        (json!({ "redirect_uris": [] }),                                   uri,      Rule::RedirectUrisAreGiven,       "at least one redirect URI"),
        (json!({ "redirect_uris": [CALLBACK, "https://c.example/#f"] }),   uri,      Rule::RedirectUrisAreSafe,        "number 2"),
        (json!({ "redirect_uris": ["/cb"] }),                              uri,      Rule::RedirectUrisAreSafe,        "not an absolute URI"),
        (json!({ "redirect_uris": ["https://c.example/ x"] }),             uri,      Rule::RedirectUrisAreSafe,        "not an absolute URI"),
        (json!({ "redirect_uris": ["http://c.example/cb"] }),              uri,      Rule::RedirectUrisAreSafe,        "plain http on another machine"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }),              uri,      Rule::RedirectUrisAreSafe,        "as its own"),
        (json!({ "redirect_uris": ["myapp:/cb"] }),                        uri,      Rule::RedirectUrisAreSafe,        "without a period"),
        (json!({ "application_type": "native", "redirect_uris": ["https://c.example/cb"] }), uri, Rule::RedirectUrisFitApplication, "web application"),
        (json!({ "grant_types": ["implicit"], "response_types": ["id_token"] }),    uri, Rule::RedirectUrisFitApplication, "native application"),
        (json!({ "grant_types": hybrid, "response_types": ["code token"], "redirect_uris": ["https://localhost/cb"] }), uri, Rule::RedirectUrisFitApplication, "native application"),
        (json!({ "scope": "openid  profile" }),                            metadata, Rule::ScopeCanBeRegistered,       "single spaces"),
        (json!({ "scope": "api:write unheard-of" }),                       metadata, Rule::ScopeCanBeRegistered,       "they may for openid profile email"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }),       metadata, Rule::ClientCanBeRegistered,      "needs a public key in jwks"),
        (json!({ "jwks": { "keys": [{ "kty": "EC", "d": "x" }] } }),       metadata, Rule::ClientCanBeRegistered,      "private member d"),
        (json!({ "jwks": { "keys": [] } }),                                metadata, Rule::ClientCanBeRegistered,      "jwks: it holds no key"),
        (json!({ "post_logout_redirect_uris": ["http://c.example/"] }),    metadata, Rule::ClientCanBeRegistered,      "post-logout redirect URI number 1"),
        (json!({ "require_pushed_authorization_requests": 1 }),            metadata, Rule::MetadataIsWellFormed,       "true or false"),
        (json!({ "grant_types": ["client_credentials"], "response_types": [], "token_endpoint_auth_method": "none" }), metadata, Rule::ClientCanBeRegistered, "public client"),
    ];
    for (members, error, rule, says) in cases {
        let answer = register(&server, &valid(members)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{members}: {}", answer.body);
        answer.is_refused(error, *rule);
        let told = answer.member("error_description").to_lowercase();
        assert!(told.contains(&says.to_lowercase()), "{members}: {}", answer.body);
    }
    assert_eq!(server.store.clients().await.unwrap().len(), config().clients.len(), "nothing of it was registered");
}

#[tokio::test]
async fn what_is_almost_refused_is_not() {
    let server = strict();
    #[rustfmt::skip]
    let cases = [
        json!({ "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [] }),
        json!({ "redirect_uris": ["https://c.example/cb?x=%20y", "com.example.app:/cb", "http://localhost:1/cb", "http://[::1]/cb"] }),
        json!({ "application_type": "native", "redirect_uris": ["com.example.app:/cb", "http://localhost/cb", CALLBACK] }),
        json!({ "application_type": "native", "grant_types": ["implicit"], "response_types": ["token", "token id_token"] }),
        json!({ "grant_types": ["implicit"], "response_types": ["id_token"], "redirect_uris": ["https://c.example/cb"] }),
        json!({ "grant_types": ["implicit", "authorization_code"], "response_types": ["token code"], "redirect_uris": ["https://c.example/cb"] }),
        json!({ "scope": "openid unheard-of" }),
        json!({ "scope": "", "client_uri": null }),
    ];
    for members in cases {
        let client = registered(&server, &members).await;
        assert!(!text(&client, "scope").contains("unheard-of"));
    }
}

#[tokio::test]
async fn a_registration_is_a_json_object_that_is_posted() {
    let server = strict();
    for (content_type, body) in
        [("application/x-www-form-urlencoded", "{}"), ("application/json", "[]"), ("application/json", "{"), ("", "{}")]
    {
        let request = Request::post("/register").header("content-type", content_type).body(Bytes::from(body)).unwrap();
        let answer = send(&server, request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        answer.is_refused("invalid_request", Rule::RegistrationIsJson);
    }
    let answer = get(&server, "/register").await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    let request = Request::post("/register").header("content-type", "application/JSON; charset=utf-8");
    let request = request.body(Bytes::from(valid(&json!({})).to_string())).unwrap();
    assert_eq!(send(&server, request).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_may_register_is_a_matter_of_configuration() {
    let with = |registration: Registration| {
        Server::new(Config { registration, ..config() }, Arc::clone(&KEYS)).map_err(|error| error.to_string())
    };
    let off = with(Registration::default()).unwrap();
    assert_eq!(register(&off, &valid(&json!({}))).await.status, StatusCode::NOT_FOUND);
    assert!(get(&off, "/.well-known/openid-configuration").await.json().get("registration_endpoint").is_none());
    let open = get(&strict(), "/.well-known/openid-configuration").await;
    assert_eq!(open.member("registration_endpoint"), format!("{ISSUER}/register"));

    let by_token = Registration {
        allow: RegistrationAccess::Token,
        initial_access_token: Some("let-me-in".to_owned()),
        ..config().registration
    };
    assert!(!format!("{by_token:?}").contains("let-me-in"));
    let server = with(by_token.clone()).unwrap();
    let without = register(&server, &valid(&json!({}))).await;
    assert_eq!((without.status, without.body.as_str()), (StatusCode::UNAUTHORIZED, ""));
    assert_eq!(without.header("www-authenticate"), format!("Bearer realm=\"{ISSUER}\""));
    let body = valid(&json!({}));
    let wrong = json_request(&server, Method::POST, "/register", Some("let-me-out"), &body).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    wrong.is_refused("invalid_token", Rule::InitialAccessTokenMatches);
    assert!(wrong.header("www-authenticate").contains("error=\"invalid_token\""));
    let right = json_request(&server, Method::POST, "/register", Some("let-me-in"), &body).await;
    assert_eq!(right.status, StatusCode::CREATED);

    assert!(
        with(Registration { initial_access_token: None, ..by_token.clone() })
            .err()
            .unwrap()
            .contains("no registration")
    );
    assert!(with(Registration { scopes: vec!["x".to_owned()], ..by_token }).err().unwrap().contains("'x'"));
}

#[tokio::test]
async fn a_registered_age_counts_where_the_request_names_none() {
    let server = strict();
    let client = registered(&server, &json!({ "default_max_age": 100 })).await;
    let mut browser = Browser::new(&server);
    browser.authorize(&text(&client, "client_id"), &[]).await;
    pass(&server, 101);
    let hidden = [("prompt", "none")];
    let answer = browser.open(&text(&client, "client_id"), &hidden).await;
    answer.is_returned("login_required", Rule::LoginMayBePrompted);
    let answer = browser.open(&text(&client, "client_id"), &[hidden[0], ("max_age", "1000")]).await;
    assert!(answer.returned("code").is_some(), "{answer:?}");
}

#[tokio::test]
async fn a_client_that_registers_to_push_its_requests_has_to() {
    let server = strict();
    let client = registered(&server, &json!({ "require_pushed_authorization_requests": true })).await;
    Browser::new(&server)
        .open(&text(&client, "client_id"), &[])
        .await
        .is_returned("invalid_request", Rule::RequestIsPushed);
}

#[tokio::test]
async fn no_more_clients_register_than_there_is_room_for() {
    let registration = Registration { at_most: 2, ..config().registration };
    let server = Server::new(Config { registration, ..config() }, Arc::clone(&KEYS)).unwrap();
    let first = registered(&server, &json!({})).await;
    registered(&server, &json!({})).await;
    let answer = register(&server, &valid(&json!({}))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    answer.is_refused("access_denied", Rule::RegistrationsAreBounded);
    assert_eq!(manage(&server, Method::DELETE, &first, &Value::Null).await.status, StatusCode::NO_CONTENT);
    registered(&server, &json!({})).await;
}
