//! What is fetched from clients: key sets and request objects. OpenID Connect Core §6.2, §10.1.1.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use grantspec_reference::config::Fetching;
use grantspec_reference::rules::Rule;
use grantspec_reference::store::BoxFuture;
use grantspec_reference::transport::{Limits, Listening, Tls, Wire};
use grantspec_reference::{Config, Server};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::listen::Open;
use crate::registration::{register, registered, valid};
use crate::request_object::request_object;
use crate::signer::{EC, RSA};
use crate::support::{
    ASSERTION_TYPE, Answer, Browser, CALLBACK, KEYS, bare, client_assertion, config, encode, get, signer_of, strict,
};

/// What clients keep, by path: a status, and what is there; and how often something was fetched.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<HashMap<&'static str, (u16, String)>>>, Arc<AtomicUsize>);

impl Kept {
    fn put(&self, path: &'static str, status: u16, body: impl Into<String>) {
        self.0.lock().unwrap().insert(path, (status, body.into()));
    }

    fn fetched(&self) -> usize {
        self.1.load(Ordering::Relaxed)
    }
}

impl Wire for Kept {
    fn around<'a>(&'a self, _: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let path = request.uri().path_and_query().unwrap().as_str();
        let (status, body) = self.0.lock().unwrap().get(path).cloned().unwrap_or((404, String::new()));
        let reply = Response::builder().status(status).header("location", "/object").body(body.into()).unwrap();
        Box::pin(async { reply })
    }
}

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls").join(name)
}

fn certificate() -> String {
    std::fs::read_to_string(file("certificate.pem")).unwrap()
}

/// Where clients keep things, and a server that fetches them there; `web-key` keeps its keys and its request objects there.
async fn fetching() -> (Open, Kept, Server) {
    let kept = Kept::default();
    let tls = Tls::read(&file("certificate.pem"), &file("key.pem")).unwrap();
    let wire = Arc::new(kept.clone());
    let elsewhere =
        Open::new(Listening { limits: Limits::default(), tls: Some(tls) }, |server| server.wire = wire).await;
    let origin = format!("https://{}", elsewhere.address);
    let mut config = Config {
        fetching: Fetching { from: vec![origin.clone()], certificates: certificate() },
        unsecured_request_objects: true,
        ..config()
    };
    let web_key = config.clients.iter_mut().find(|client| client.client_id == "web-key").unwrap();
    kept.put("/jwks?of=web-key", 200, web_key.jwks.take().unwrap().to_string());
    web_key.jwks_uri = Some(format!("{origin}/jwks?of=web-key"));
    web_key.request_uris = ["object#1", "moved", "gone", "big"].map(|path| format!("{origin}/{path}")).to_vec();
    let server = Server::new(config, Arc::clone(&KEYS)).unwrap();
    (elsewhere, kept, server)
}

async fn with_assertion(server: &Server, assertion: &str) -> Answer {
    let asked = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    bare(server, "/token", &asked).await
}

#[tokio::test]
async fn a_key_counts_as_long_as_it_is_published() {
    let (elsewhere, kept, server) = fetching().await;
    let old = || client_assertion(&server, "web-key", json!({}), json!({}));
    let new = || {
        let claims: Value = crate::support::claims(&old());
        EC.sign(&json!({ "alg": "ES256" }), &claims)
    };
    with_assertion(&server, &old()).await.is_token();
    with_assertion(&server, &new()).await.is_refused("invalid_client", Rule::ClientAssertionIsSigned);

    kept.put("/jwks?of=web-key", 200, json!({ "keys": [EC.jwk(&[]), RSA.jwk(&[])] }).to_string());
    with_assertion(&server, &new()).await.is_token();
    with_assertion(&server, &old()).await.is_refused("invalid_client", Rule::ClientAssertionIsSigned);

    for (status, body) in [(404, ""), (302, ""), (200, "no JSON"), (200, "{}")] {
        kept.put("/jwks?of=web-key", status, body);
        with_assertion(&server, &new()).await.is_refused("invalid_client", Rule::ClientAssertionIsSigned);
    }
    elsewhere.stop().await;
}

#[tokio::test]
async fn nothing_is_fetched_for_what_is_bad_without_a_key() {
    let (elsewhere, kept, server) = fetching().await;
    let now = server.clock.now();
    for claims in [json!({ "iss": "web" }), json!({ "aud": "https://other.example" }), json!({ "exp": now })] {
        let assertion = client_assertion(&server, "web-key", json!({}), claims);
        assert_eq!(with_assertion(&server, &assertion).await.member("error"), "invalid_client");
    }
    for (header, claims) in [
        (json!({ "typ": "at+jwt" }), json!({})),
        (json!({}), json!({ "client_id": "web" })),
        (json!({}), json!({ "aud": "https://other.example" })),
        (json!({}), json!({ "exp": now })),
    ] {
        let object = request_object(&server, header, claims);
        let asked = [("client_id", "web-key"), ("redirect_uri", CALLBACK), ("response_type", "code")];
        let asked = [&asked[..], &[("request", object.as_str())]].concat();
        let answer = get(&server, &format!("/authorize?{}", encode(&asked))).await;
        assert_eq!(answer.returned("error").as_deref(), Some("invalid_request_object"), "{answer:?}");
    }
    assert_eq!(kept.fetched(), 0);
    with_assertion(&server, &client_assertion(&server, "web-key", json!({}), json!({}))).await.is_token();
    assert_eq!(kept.fetched(), 1);
    elsewhere.stop().await;
}

#[tokio::test]
async fn a_registered_request_uri_is_fetched_and_no_other() {
    let (elsewhere, kept, server) = fetching().await;
    let origin = format!("https://{}", elsewhere.address);
    let beside = [("client_id", "web-key"), ("response_type", "code"), ("scope", "openid"), ("redirect_uri", CALLBACK)];
    let ask = async |path: &str| {
        let request_uri = format!("{origin}/{path}");
        let asked = [&beside[..], &[("request_uri", request_uri.as_str()), ("state", "beside")]].concat();
        let mut browser = Browser::new(&server);
        let first = browser.get(&format!("/authorize?{}", encode(&asked))).await;
        if first.location().starts_with(CALLBACK) { first } else { browser.follow(first).await }
    };
    kept.put("/object", 200, format!("{}\n", request_object(&server, json!({}), json!({ "state": "inside" }))));
    let answer = ask("object#1").await;
    assert!(answer.returned("code").is_some(), "{answer:?}");
    assert_eq!(answer.returned("state").as_deref(), Some("inside"));

    let unsigned = signer_of("web-key").sign(&json!({ "alg": "none" }), &json!({ "client_id": "web-key" }));
    kept.put("/object", 200, unsigned);
    ask("object#1").await.is_returned("invalid_request_object", Rule::RequestObjectIsSecured);
    kept.put("/object", 200, "no JWT");
    ask("object#1").await.is_returned("invalid_request_object", Rule::RequestObjectIsAJwt);
    kept.put("/moved", 302, "");
    kept.put("/big", 200, "a".repeat(64 * 1024 + 1));
    for path in ["gone", "moved", "big"] {
        ask(path).await.is_returned("invalid_request_uri", Rule::RequestUriIsKnown);
    }
    for path in ["object", "object#2", "jwks"] {
        ask(path).await.is_returned("request_uri_not_supported", Rule::RequestUriIsOwn);
    }
    elsewhere.stop().await;
}

#[tokio::test]
async fn clients_register_what_is_at_an_origin_that_is_fetched_from() {
    let (elsewhere, _, server) = fetching().await;
    let port = elsewhere.address.port();
    let at = |address: String| json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": address });
    let client = registered(&server, &at(format!("https://127.0.0.1:{port}/keys"))).await;
    assert_eq!(client["jwks_uri"], format!("https://127.0.0.1:{port}/keys"));
    registered(&server, &json!({ "request_uris": [format!("https://127.0.0.1:{port}/r#hash")] })).await;
    for members in [
        at("https://127.0.0.1/keys".to_owned()),
        at(format!("https://localhost:{port}/keys")),
        at(format!("https://somebody@127.0.0.1:{port}/keys")),
        json!({ "request_uris": [format!("http://127.0.0.1:{port}/r")] }),
        json!({ "request_uris": ["file:///etc/passwd"] }),
        json!({ "jwks_uri": format!("https://127.0.0.1:{port}/keys"), "jwks": { "keys": [EC.jwk(&[])] } }),
    ] {
        let answer = register(&server, &valid(&members)).await;
        answer.is_refused("invalid_client_metadata", Rule::ClientCanBeRegistered);
    }
    elsewhere.stop().await;
}

#[tokio::test]
async fn the_metadata_says_whether_anything_is_fetched() {
    const METADATA: &str = "/.well-known/openid-configuration";
    let (elsewhere, _, server) = fetching().await;
    let metadata = get(&server, METADATA).await.json();
    assert_eq!(metadata["request_uri_parameter_supported"], true);
    assert_eq!(metadata["require_request_uri_registration"], true);
    let metadata = get(&strict(), METADATA).await.json();
    assert_eq!(metadata["request_uri_parameter_supported"], false);
    assert!(metadata.get("require_request_uri_registration").is_none());
    elsewhere.stop().await;
}

#[test]
fn settings_that_make_no_sense_are_named() {
    let problem = |from: &str, certificates: &str| {
        let fetching = Fetching { from: vec![from.to_owned()], certificates: certificates.to_owned() };
        Server::new(Config { fetching, ..config() }, Arc::clone(&KEYS)).map(drop).unwrap_err().to_string()
    };
    for origin in
        ["http://a.example", "https://a.example/", "https://a.example/keys", "a.example", "https://*.example?x"]
    {
        assert!(problem(origin, &certificate()).contains(&format!("names '{origin}'")), "{origin}");
    }
    let cut_short = std::fs::read_to_string(file("cut-short.pem")).unwrap();
    for certificates in ["", "no PEM", &cut_short] {
        assert!(problem("https://a.example", certificates).contains("no certificate"), "{certificates}");
    }
    let place = Path::new("server.toml");
    let error = Config::from_toml(place, "scopes = []\n[fetching]\nfrom = [\"x\"]\n").unwrap_err().to_string();
    assert!(error.starts_with("server.toml:3:1: fetching.from names 'x'"), "{error}");
}
