//! Arbitrary requests are answered, and never with a failure of the server.

use bytes::Bytes;
use http::Request;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{basic, secret_of, send, strict};

const PATHS: &[&str] = &[
    "/",
    "/authorize",
    "/token",
    "/userinfo",
    "/introspect",
    "/revoke",
    "/login",
    "/consent",
    "/device",
    "/device_authorization",
    "/jwks",
    "/rules",
    "/rules/x",
    "/_/clock",
    "/_/clients",
    "/_/users/alice",
    "/_/requests",
    "/.well-known/openid-configuration",
    "/nowhere",
];

const NAMES: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "code",
    "code_verifier",
    "refresh_token",
    "token",
    "response_type",
    "prompt",
    "max_age",
    "interaction",
    "csrf",
    "decision",
    "user_code",
    "device_code",
    "subject_token",
    "subject_token_type",
    "resource",
    "username",
    "access_token",
    "request",
];

const VALUES: &[&str] = &[
    "",
    "web",
    "spa",
    "authorization_code",
    "client_credentials",
    "refresh_token",
    "code",
    "openid",
    "http://127.0.0.1:8765/cb",
    "http://127.0.0.1:",
    "none",
    "999999999999999999999999",
    "%",
    "%C3%28",
    "\u{0}",
    "é☃",
    "a b",
    "{\"advance_seconds\":1e400}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![select(VALUES).prop_map(str::to_owned), ".{0,40}", "[ -~]{0,40}"]
}

fn parameters() -> impl Strategy<Value = String> {
    let name = prop_oneof![select(NAMES).prop_map(str::to_owned), "[a-z_%&=]{0,12}"];
    let pair = (name, text(), any::<bool>()).prop_map(|(name, value, encoded)| {
        let value = if encoded { form_urlencoded::byte_serialize(value.as_bytes()).collect() } else { value };
        format!("{name}={value}")
    });
    vec(pair, 0..8).prop_map(|pairs| pairs.join("&"))
}

fn authorization() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        Just(Some(basic("web", &secret_of("web")))),
        "(Basic|Bearer|Digest) [A-Za-z0-9+/=]{0,24}".prop_map(Some),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_the_server(
        method in select(&["GET", "POST", "HEAD", "PUT", "OPTIONS", "BREW"][..]),
        path in select(PATHS),
        query in parameters(),
        body in parameters(),
        content_type in select(&["application/x-www-form-urlencoded", "application/json", "text/plain", ""][..]),
        authorization in authorization(),
        cookie in "(grantspec_(browser|session)=[A-Za-z0-9]{0,5}; ?){0,3}",
    ) {
        thread_local! {
            static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            static SERVER: grantspec_reference::Server = strict();
        }
        let query: String = query.chars().filter(char::is_ascii_graphic).filter(|c| !"\"<>\\^`{|}#".contains(*c)).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{path}?{query}"))
            .header("content-type", content_type)
            .header("cookie", cookie);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        let answer = SERVER.with(|server| RUNTIME.with(|runtime| runtime.block_on(send(server, request))));
        prop_assert!(!answer.status.is_server_error(), "{:?}", answer);
    }
}
