//! One request for each way in which an endpoint uses the store, and what has to happen before it.

use bytes::Bytes;
use grantspec_reference::Server;
use grantspec_reference::store::BoxFuture;
use http::{Method, Request};
use serde_json::json;

use crate::support::{
    ASSERTION_TYPE, Browser, CALLBACK, JWT_BEARER, VERIFIER, asking, basic, client_assertion, device, encode,
    form_request, hidden, issuer_assertion, post, redeem, refresh, secret_of, send, token, tokens,
};

/// The shape in which an endpoint says that the server failed.
pub enum Shape {
    /// RFC 6749 §5.2.
    Json,
    /// A page, since there may be nobody else to tell.
    Page,
    /// A sentence, for whoever tests.
    Plain,
}

/// What has to happen, and then one more request.
pub struct Story {
    pub name: &'static str,
    pub shape: Shape,
    pub prepare: for<'a> fn(&'a Server) -> BoxFuture<'a, Request<Bytes>>,
}

/// Writes the list: `Shape, "name", |server| request;`
macro_rules! stories {
    ($( $shape:ident, $name:literal, |$server:ident| $request:expr; )*) => {
        &[$( Story { name: $name, shape: Shape::$shape, prepare: |$server| Box::pin(async move { $request }) }, )*]
    };
}

pub const STORIES: &[Story] = stories! {
    Page, "an authorization request", |server| browser(server).with_cookies(ask("web", &[]));
    Page, "an authorization request, logged in", |server| logged_in(server).await.with_cookies(ask("web", &[]));
    Page, "an authorization request by another client, logged in", |server|
        logged_in(server).await.with_cookies(ask("web-post", &[("prompt", "consent")]));
    Page, "an authorization request for tokens, logged in", |server| {
        let mut browser = logged_in(server).await;
        browser.authorize("hybrid", &[]).await;
        browser.with_cookies(ask("hybrid", &[("response_type", "code id_token token")]))
    };
    Page, "an authorization request with a hint", |server| {
        let hint = tokens(server, "web").await.member("id_token");
        logged_in(server).await.with_cookies(ask("web", &[("id_token_hint", &hint)]))
    };
    Page, "the login page", |server| {
        let (browser, page) = at_login(server).await;
        browser.with_cookies(get(&page))
    };
    Page, "a login", |server| {
        let (mut browser, page) = at_login(server).await;
        answering(&mut browser, &page, &[("username", "alice"), ("password", "alice-pw")]).await
    };
    Page, "a login that fails", |server| {
        let (mut browser, page) = at_login(server).await;
        answering(&mut browser, &page, &[("username", "alice"), ("password", "bob-pw")]).await
    };
    Page, "a login after which nothing is left to ask", |server| {
        let mut browser = logged_in(server).await;
        let page = browser.open("web", &[("prompt", "login")]).await.location().to_owned();
        answering(&mut browser, &page, &[("username", "alice"), ("password", "alice-pw")]).await
    };
    Page, "the consent page", |server| {
        let (browser, page) = at_consent(server).await;
        browser.with_cookies(get(&page))
    };
    Page, "a consent", |server| {
        let (mut browser, page) = at_consent(server).await;
        answering(&mut browser, &page, &[("decision", "allow")]).await
    };
    Page, "a logout", |server| {
        let mut browser = logged_in(server).await;
        let csrf = hidden(&browser.get("/end_session").await.body, "csrf");
        browser.with_cookies(form("/end_session", &[("csrf", &csrf), ("decision", "logout")]))
    };
    Page, "a logout that names its client", |server|
        logged_in(server).await.with_cookies(get("/end_session?client_id=web"));

    Page, "the page of devices", |server| logged_in(server).await.with_cookies(get("/device"));
    Page, "a user code", |server| {
        let user_code = device(server, "tv", "openid").await.member("user_code");
        let mut browser = logged_in(server).await;
        let page = browser.get("/device").await.location().to_owned();
        answering(&mut browser, &page, &[("user_code", &user_code)]).await
    };
    Page, "the question about a device", |server| {
        let user_code = device(server, "tv", "openid").await.member("user_code");
        let mut browser = logged_in(server).await;
        let page = browser.find_device(&user_code).await.location().to_owned();
        browser.with_cookies(get(&page))
    };
    Page, "a decision about a device", |server| {
        let user_code = device(server, "tv", "openid").await.member("user_code");
        let mut browser = logged_in(server).await;
        let page = browser.find_device(&user_code).await.location().to_owned();
        answering(&mut browser, &page, &[("user_code", &user_code), ("decision", "allow")]).await
    };
    Json, "a device authorization request", |_server|
        form("/device_authorization", &[("client_id", "tv"), ("scope", "openid")]);
    Json, "a poll that comes too early", |server| polling(&device(server, "tv", "openid").await.member("device_code"));
    Json, "a poll that comes too soon", |server| {
        let device_code = device(server, "tv", "openid").await.member("device_code");
        send(server, polling(&device_code)).await;
        polling(&device_code)
    };
    Json, "a poll that is answered", |server| {
        let asked = device(server, "tv", "openid").await;
        Browser::new(server).connect(&asked.member("user_code"), "allow").await;
        polling(&asked.member("device_code"))
    };

    Json, "a pushed request", |_server| {
        let parameters = asking("web", &[]);
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
        of_web("/par", &parameters)
    };
    Page, "an authorization request that was pushed", |server| {
        let request_uri = pushed(server).await;
        let query = encode(&[("client_id", "web"), ("request_uri", &request_uri)]);
        logged_in(server).await.with_cookies(get(&format!("/authorize?{query}")))
    };

    Json, "a code", |server| {
        let code = browser(server).code("web", &[]).await;
        redemption(&code)
    };
    Json, "a code that was used", |server| {
        let code = browser(server).code("web", &[]).await;
        redeem(server, "web", &code, &[]).await;
        redemption(&code)
    };
    Json, "a refresh token", |server| {
        let refresh_token = tokens(server, "web").await.member("refresh_token");
        of_web("/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)])
    };
    Json, "a refresh token that was used", |server| {
        let refresh_token = tokens(server, "web").await.member("refresh_token");
        refresh(server, "web", &refresh_token, &[]).await;
        of_web("/token", &[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)])
    };
    Json, "client credentials", |_server| of_web("/token", &[("grant_type", "client_credentials")]);
    Json, "client credentials with an assertion", |server| {
        let assertion = client_assertion(server, "web-jwt", json!({}), json!({}));
        let assertion = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.as_str())];
        form("/token", &[&[("grant_type", "client_credentials")][..], &assertion].concat())
    };
    Json, "a password", |_server| {
        let user = [("grant_type", "password"), ("username", "alice"), ("password", "alice-pw")];
        let client = [("client_id", "legacy-post"), ("client_secret", &*secret_of("legacy-post"))];
        form("/token", &[&user[..], &client].concat())
    };

    Json, "an assertion of an issuer", |server| {
        let assertion = issuer_assertion(server, json!({}), json!({}));
        let mut request = form("/token", &[("grant_type", JWT_BEARER), ("assertion", &assertion)]);
        request.headers_mut().insert("authorization", basic("bearer", &secret_of("bearer")).parse().unwrap());
        request
    };
    Json, "an exchange of tokens", |server| {
        let subject_token = tokens(server, "web").await.member("access_token");
        let actor_token = token(server, "exchange", &[("grant_type", "client_credentials")]).await.member("access_token");
        let of_access_token = "urn:ietf:params:oauth:token-type:access_token";
        let mut request = form("/token", &[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", &subject_token),
            ("subject_token_type", of_access_token),
            ("actor_token", &actor_token),
            ("actor_token_type", of_access_token),
        ]);
        request.headers_mut().insert("authorization", basic("exchange", &secret_of("exchange")).parse().unwrap());
        request
    };

    Json, "userinfo", |server| {
        let access_token = tokens(server, "web").await.member("access_token");
        bearing(get("/userinfo"), &access_token)
    };
    Json, "introspection of an access token", |server|
        of_web("/introspect", &[("token", &tokens(server, "web").await.member("access_token"))]);
    Json, "introspection of a refresh token", |server|
        of_web("/introspect", &[("token", &tokens(server, "web").await.member("refresh_token"))]);
    Json, "revocation of an access token", |server|
        of_web("/revoke", &[("token", &tokens(server, "web").await.member("access_token"))]);
    Json, "revocation of a refresh token", |server|
        of_web("/revoke", &[("token", &tokens(server, "web").await.member("refresh_token"))]);

    Json, "a registration", |_server| registration();
    Json, "reading a registration", |server| managing(server, Method::GET).await;
    Json, "changing a registration", |server| managing(server, Method::PUT).await;
    Json, "deleting a registration", |server| managing(server, Method::DELETE).await;

    Page, "the start page", |_server| get("/");
    Plain, "the clients under control", |_server| get("/_/clients");
    Plain, "a client under control", |_server|
        json_request(Method::POST, "/_/clients", r#"{"client_id": "new", "secret": "a-secret-of-sixteen", "grant_types": ["client_credentials"]}"#);
    Plain, "the users under control", |_server| get("/_/users");
    Plain, "a user under control", |_server| json_request(Method::POST, "/_/users/alice", r#"{"disabled": true}"#);
};

fn browser(server: &Server) -> Browser<'_> {
    Browser::new(server)
}

/// A browser in which alice has logged in, and has allowed `web` what it asks for.
async fn logged_in(server: &Server) -> Browser<'_> {
    let mut browser = Browser::new(server);
    browser.code("web", &[]).await;
    browser
}

async fn at_login(server: &Server) -> (Browser<'_>, String) {
    let mut browser = Browser::new(server);
    let page = browser.open("web", &[]).await.location().to_owned();
    (browser, page)
}

async fn at_consent(server: &Server) -> (Browser<'_>, String) {
    let (mut browser, login) = at_login(server).await;
    let answer = browser.answer(&login, &[("username", "alice"), ("password", "alice-pw")]).await;
    let page = answer.location().to_owned();
    (browser, page)
}

/// The answer to a page, not yet sent.
async fn answering(browser: &mut Browser<'_>, page: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    let html = browser.get(page).await.body;
    let (interaction, csrf) = (hidden(&html, "interaction"), hidden(&html, "csrf"));
    let path = ["/login", "/device"].into_iter().find(|path| page.contains(path)).unwrap_or("/consent");
    let own = [("interaction", interaction.as_str()), ("csrf", csrf.as_str())];
    browser.with_cookies(form(path, &[&own[..], fields].concat()))
}

fn get(address: &str) -> Request<Bytes> {
    let path = address.strip_prefix(crate::support::ISSUER).unwrap_or(address);
    Request::get(path).body(Bytes::new()).unwrap()
}

fn form(path: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    form_request(path).body(encode(fields).into()).unwrap()
}

fn ask(client_id: &str, deviations: &[(&str, &str)]) -> Request<Bytes> {
    let parameters = asking(client_id, deviations);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
    get(&format!("/authorize?{query}"))
}

fn of_web(path: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
    let request = form_request(path).header("authorization", basic("web", &secret_of("web")));
    request.body(encode(fields).into()).unwrap()
}

fn redemption(code: &str) -> Request<Bytes> {
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    of_web("/token", &fields)
}

fn polling(device_code: &str) -> Request<Bytes> {
    let grant_type = "urn:ietf:params:oauth:grant-type:device_code";
    form("/token", &[("grant_type", grant_type), ("device_code", device_code), ("client_id", "tv")])
}

async fn pushed(server: &Server) -> String {
    let parameters = asking("web", &[]);
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (&**name, &**value)).collect();
    post(server, "/par", "web", &parameters).await.member("request_uri")
}

fn bearing(mut request: Request<Bytes>, token: &str) -> Request<Bytes> {
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

fn json_request(method: Method, path: &str, body: &'static str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    request.body(Bytes::from_static(body.as_bytes())).unwrap()
}

const METADATA: &str = r#"{"redirect_uris": ["http://127.0.0.1:8765/cb"]}"#;

fn registration() -> Request<Bytes> {
    json_request(Method::POST, "/register", METADATA)
}

async fn managing(server: &Server, method: Method) -> Request<Bytes> {
    let registered = send(server, registration()).await;
    let address = registered.member("registration_client_uri");
    let path = address.strip_prefix(crate::support::ISSUER).unwrap();
    let client_id = registered.member("client_id");
    let body = json!({ "client_id": client_id, "redirect_uris": [CALLBACK] }).to_string();
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    bearing(request.body(body.into()).unwrap(), &registered.member("registration_access_token"))
}
