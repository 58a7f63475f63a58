//! Nothing secret is logged: the most talkative log of a session of every grant, searched for every secret that passed.

use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use grantspec_reference::Server;
use grantspec_reference::store::BoxFuture;
use grantspec_reference::transport::{Plain, Wire};
use http::header::{AUTHORIZATION, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, Response};
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;

use crate::support::{
    ASSERTION_TYPE, Browser, asking, bare, bear, client_assertion, device, encode, get, issuer_assertion, poll, post,
    redeem, refresh, send, strict, token, tokens,
};

/// The parameters, members and fields whose values are nobody else's business.
#[rustfmt::skip]
const SECRET: &[&str] = &[
    "access_token", "assertion", "client_assertion", "client_secret", "code", "code_verifier", "csrf", "device_code", "id_token", "id_token_hint",
    "interaction", "nonce", "password", "refresh_token", "registration_access_token", "request_uri", "state", "subject_token", "token", "user_code", "username",
];

/// A log in memory, and every secret that passed by.
#[derive(Clone, Default)]
struct Overheard {
    log: Arc<Mutex<Vec<u8>>>,
    secrets: Arc<Mutex<Vec<(String, String)>>>,
}

impl io::Write for Overheard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.log.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Overheard {
    fn keep(&self, name: &str, value: &str) {
        // What is shorter stands in a log by chance.
        if value.len() >= 5 {
            self.secrets.lock().unwrap().push((name.to_owned(), value.to_owned()));
        }
    }

    fn parameters(&self, encoded: &[u8]) {
        for (name, value) in form_urlencoded::parse(encoded).filter(|(name, _)| SECRET.contains(&&**name)) {
            self.keep(&name, &value);
        }
    }

    fn members(&self, body: &Value) {
        for (name, value) in body.as_object().into_iter().flatten().filter(|(name, _)| SECRET.contains(&name.as_str()))
        {
            self.keep(name, value.as_str().unwrap_or_default());
        }
    }

    fn request(&self, request: &Request<Bytes>) {
        self.parameters(request.uri().query().unwrap_or_default().as_bytes());
        self.parameters(request.body());
        for header in [AUTHORIZATION, COOKIE] {
            for value in request.headers().get_all(&header) {
                let value = value.to_str().unwrap_or_default();
                value.split([' ', ';', '=']).for_each(|word| self.keep(header.as_str(), word));
            }
        }
    }

    fn response(&self, response: &Response<Bytes>) {
        if let Ok(body) = serde_json::from_slice(response.body()) {
            self.members(&body);
        }
        if let Some(location) = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()) {
            location.split(['?', '#']).skip(1).for_each(|pairs| self.parameters(pairs.as_bytes()));
        }
        for cookie in response.headers().get_all(SET_COOKIE) {
            let value = cookie.to_str().unwrap_or_default().split([';', '=']).nth(1);
            self.keep("set-cookie", value.unwrap_or_default());
        }
    }
}

impl Wire for Overheard {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        Box::pin(async move {
            self.request(&request);
            let response = Plain.around(server, request).await;
            self.response(&response);
            response
        })
    }
}

/// What is neither secret nor told apart from what is: names of cookies, of schemes, of clients and users that a path may hold.
const PUBLIC: &[&str] = &["Basic", "Bearer", "grantspec_browser", "grantspec_session", "alice"];

async fn a_session_of_every_grant(server: &Server) {
    let mut browser = Browser::new(server);
    let code = browser.code("web", &[]).await;
    let granted = redeem(server, "web", &code, &[]).await;
    granted.is_token();
    redeem(server, "web", &code, &[]).await;
    let code = browser.code("web-post", &[]).await;
    let granted = redeem(server, "web-post", &code, &[]).await;
    let refreshed = refresh(server, "web-post", &granted.member("refresh_token"), &[]).await;
    refreshed.is_token();
    for path in ["/introspect", "/revoke"] {
        post(server, path, "web-post", &[("token", &refreshed.member("access_token"))]).await;
    }
    let hint = refreshed.member("id_token");
    browser.open("web", &[("id_token_hint", &hint), ("prompt", "none")]).await;
    let userinfo =
        Request::get("/userinfo").header("authorization", format!("Bearer {}", granted.member("access_token")));
    send(server, userinfo.body(Bytes::new()).unwrap()).await;

    for (client, response_type) in [("browser", "id_token token"), ("hybrid", "code id_token token")] {
        for mode in ["fragment", "form_post"] {
            browser.authorize(client, &[("response_type", response_type), ("response_mode", mode)]).await;
        }
    }
    let parameters = asking("web", &[]);
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
    let request_uri = post(server, "/par", "web", &parameters).await.member("request_uri");
    browser.get(&format!("/authorize?{}", encode(&[("client_id", "web"), ("request_uri", &request_uri)]))).await;

    token(server, "service", &[("grant_type", "client_credentials")]).await.is_token();
    let assertion = client_assertion(server, "web-jwt", json!({}), json!({}));
    let assertion = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.as_str())];
    bare(server, "/token", &[&[("grant_type", "client_credentials")][..], &assertion].concat()).await.is_token();
    for password in ["alice-pw", "a-wrong-password"] {
        let user = [("grant_type", "password"), ("username", "alice"), ("password", password)];
        token(server, "legacy", &user).await;
    }
    bear(server, &issuer_assertion(server, json!({}), json!({})), &[]).await.is_token();
    let subject_token = tokens(server, "web").await.member("access_token");
    let exchange = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    let of_access_token = ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
    token(server, "exchange", &[exchange, ("subject_token", &subject_token), of_access_token]).await.is_token();
    let asked = device(server, "tv", "openid").await;
    browser.connect(&asked.member("user_code"), "allow").await;
    poll(server, "tv", &asked.member("device_code")).await.is_token();

    let metadata = r#"{"redirect_uris": ["http://127.0.0.1:8765/cb"]}"#;
    let request = Request::post("/register").header("content-type", "application/json").body(Bytes::from(metadata));
    let registered = send(server, request.unwrap()).await;
    let address = registered.member("registration_client_uri");
    let address = address.strip_prefix(crate::support::ISSUER).unwrap();
    let bearer = format!("Bearer {}", registered.member("registration_access_token"));
    send(server, Request::get(address).header("authorization", bearer).body(Bytes::new()).unwrap()).await;
    get(server, "/end_session").await;
}

#[tokio::test]
async fn nothing_secret_is_logged() {
    let overheard = Overheard::default();
    let writer = overheard.clone();
    let here = std::thread::current().id();
    // For the whole process: a log line that another thread passes first is otherwise not listened for on this one either.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || -> Box<dyn std::io::Write> {
            if std::thread::current().id() == here { Box::new(writer.clone()) } else { Box::new(std::io::sink()) }
        })
        .init();
    let mut server = strict();
    server.wire = Arc::new(overheard.clone());
    a_session_of_every_grant(&server).await;

    let log = String::from_utf8(overheard.log.lock().unwrap().clone()).unwrap();
    assert!(log.contains("answered") && log.contains("/token"), "there is a log: {log}");
    let secrets = overheard.secrets.lock().unwrap();
    for name in SECRET {
        assert!(secrets.iter().any(|(known, _)| known == name), "no {name} passed by");
    }
    for (name, secret) in secrets.iter().filter(|(_, secret)| !PUBLIC.contains(&secret.as_str())) {
        assert!(!log.contains(secret), "the log tells the {name} {secret}");
    }
}
