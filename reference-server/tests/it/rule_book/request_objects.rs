//! Request objects.

use grantspec_reference::Server;
use serde_json::{Value, json};

use super::Shows::Returned;
use super::{Case, authorize, cases};
use crate::request_object::request_object;
use crate::support::{Answer, Browser, CALLBACK, ISSUER, encode, pass, tell};

const INVALID: super::Shows = Returned("invalid_request_object");

pub const CASES: &[Case] = cases! {
    OneRequestParameter, Returned("invalid_request"), |server, side| async {
        let reference = side.of("", "urn:ietf:params:oauth:request_uri:x");
        open(server, &request_object(server, json!({}), json!({})), &[("request_uri", reference)]).await
    };

    RequestObjectIsAJwt, INVALID, |server, side| async {
        let object = request_object(server, json!({}), json!({}));
        open(server, side.of(&object, "a.b"), &[]).await
    };

    RequestObjectIsSecured, INVALID, |server, side| async {
        let object = request_object(server, json!({}), json!({}));
        let unsigned = format!("{}.", object.rsplit_once('.').unwrap().0);
        open(server, side.of(&object, &unsigned), &[]).await
    };

    RequestObjectIsTyped, INVALID, |server, side|
        with(server, json!({ "typ": side.of("oauth-authz-req+jwt", "at+jwt") }), json!({}));

    RequestObjectNamesClient, INVALID, |server, side|
        with(server, json!({}), json!({ "client_id": side.of("web-key", "web") }));

    RequestObjectIsForServer, INVALID, |server, side|
        with(server, json!({}), json!({ "aud": side.of(ISSUER, "https://another.example") }));

    RequestObjectIsCurrent, INVALID, |server, side| async {
        let object = request_object(server, json!({}), json!({ "exp": server.clock.now() + 60 }));
        pass(server, side.of(30, 60));
        open(server, &object, &[]).await
    };

    RequestObjectHoldsParameters, INVALID, |server, side|
        with(server, json!({}), side.of(json!({ "more": "a.b.c" }), json!({ "request": "a.b.c" })));

    RequestObjectAgrees, INVALID, |server, side|
        with(server, json!({}), json!({ "response_type": side.of("code", "code id_token") }));

    RequestIsSigned, Returned("invalid_request"), |server, side| async {
        let client = r#"{ "client_id": "signer", "secret": "secret-of-signer", "grant_types": ["authorization_code"],
                          "redirect_uris": ["http://127.0.0.1:8765/cb"], "scopes": ["openid"],
                          "require_signed_request_object": true }"#;
        tell(server, "/_/clients", client).await;
        authorize(server, side.of("web", "signer"), &[("scope", "openid")]).await
    };
};

async fn with(server: &Server, header: Value, claims: Value) -> Answer {
    open(server, &request_object(server, header, claims), &[]).await
}

/// Ask with this object and log in.
async fn open(server: &Server, object: &str, more: &[(&str, &str)]) -> Answer {
    let beside = [("client_id", "web-key"), ("response_type", "code"), ("scope", "openid"), ("redirect_uri", CALLBACK)];
    let query = encode(&[&[("request", object)], &beside[..], more].concat());
    let mut browser = Browser::new(server);
    let first = browser.get(&format!("/authorize?{query}")).await;
    browser.follow(first).await
}
