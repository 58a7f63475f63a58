//! What scripts of other sites may ask and read.

use grantspec_reference::Server;
use http::{Request, StatusCode};

use crate::support::{Answer, KEYS, config, encode, form_request, send, strict, tokens};

const OURS: &str = "http://127.0.0.1:8765";
const FOREIGN: &str = "https://evil.example";

const PUBLIC: [&str; 3] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/jwks"];
const FOR_REGISTERED: [&str; 4] = ["/token", "/par", "/userinfo", "/revoke"];
const FOR_NOBODY: [&str; 10] = [
    "/authorize",
    "/login",
    "/consent",
    "/device",
    "/end_session",
    "/introspect",
    "/",
    "/rules",
    "/_/clients",
    "/nothing",
];

async fn ask(server: &Server, method: &str, path: &str, origin: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("origin", origin);
    send(server, request.body(bytes::Bytes::new()).unwrap()).await
}

async fn preflight(server: &Server, path: &str, origin: &str) -> Answer {
    let request = Request::options(path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization");
    send(server, request.body(bytes::Bytes::new()).unwrap()).await
}

fn opened_to(answer: &Answer) -> &str {
    assert!(answer.headers.get("access-control-allow-credentials").is_none(), "cookies are never part of it");
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn metadata_and_keys_are_open_to_all() {
    let server = strict();
    for path in PUBLIC {
        assert_eq!(opened_to(&ask(&server, "GET", path, FOREIGN).await), "*");
        let answer = preflight(&server, path, FOREIGN).await;
        assert_eq!((answer.status, opened_to(&answer)), (StatusCode::NO_CONTENT, "*"));
    }
}

#[tokio::test]
async fn what_clients_call_themselves_is_open_to_registered_origins_alone() {
    let server = strict();
    for path in FOR_REGISTERED {
        let method = if path == "/userinfo" { "GET" } else { "POST" };
        let answer = ask(&server, method, path, OURS).await;
        assert_eq!(opened_to(&answer), OURS, "{path}");
        assert_eq!(answer.header("vary"), "Origin");
        for stranger in [FOREIGN, "null", "http://127.0.0.1:8766", "http://127.0.0.1:8765/", "HTTP://127.0.0.1:8765"] {
            let answer = ask(&server, method, path, stranger).await;
            assert_eq!(opened_to(&answer), "", "{path} {stranger}");
            assert_eq!(answer.header("vary"), "Origin", "a cache must not give this answer to another origin");
        }
    }
}

#[tokio::test]
async fn a_script_may_ask_first() {
    let server = strict();
    for path in FOR_REGISTERED {
        let answer = preflight(&server, path, OURS).await;
        assert_eq!((answer.status, opened_to(&answer)), (StatusCode::NO_CONTENT, OURS));
        assert!(answer.header("access-control-allow-methods").contains("POST"));
        assert!(answer.header("access-control-allow-headers").contains("authorization"));
        let answer = preflight(&server, path, FOREIGN).await;
        assert_eq!((answer.status, opened_to(&answer)), (StatusCode::METHOD_NOT_ALLOWED, ""));
    }
    // OPTIONS of somebody who is no browser is a method like any other.
    assert_eq!(ask(&server, "OPTIONS", "/token", OURS).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn where_browsers_are_sent_nothing_is_open_to_scripts() {
    let server = strict();
    for path in FOR_NOBODY {
        for method in ["GET", "POST", "OPTIONS"] {
            assert_eq!(opened_to(&ask(&server, method, path, OURS).await), "", "{method} {path}");
        }
        assert_eq!(opened_to(&preflight(&server, path, OURS).await), "", "{path}");
    }
}

#[tokio::test]
async fn a_script_reads_answers_and_refusals() {
    let server = strict();
    let access_token = tokens(&server, "spa").await.member("access_token");
    let userinfo =
        Request::get("/userinfo").header("origin", OURS).header("authorization", format!("Bearer {access_token}"));
    let answer = send(&server, userinfo.body(bytes::Bytes::new()).unwrap()).await;
    assert_eq!((answer.status, opened_to(&answer)), (StatusCode::OK, OURS));

    let body = encode(&[("grant_type", "authorization_code"), ("code", "x"), ("client_id", "spa")]);
    let refused = send(&server, form_request("/token").header("origin", OURS).body(body.into()).unwrap()).await;
    assert_eq!((refused.status, opened_to(&refused)), (StatusCode::BAD_REQUEST, OURS));
    let unauthorized = ask(&server, "GET", "/userinfo", OURS).await;
    assert_eq!(unauthorized.header("access-control-expose-headers"), "www-authenticate");
}

#[tokio::test]
async fn nothing_is_derived_from_redirect_uris() {
    let mut config = config();
    for client in &mut config.clients {
        client.origins.clear();
    }
    let server = Server::new(config, KEYS.clone()).unwrap();
    assert_eq!(opened_to(&ask(&server, "POST", "/token", OURS).await), "");
}

#[test]
fn an_origin_is_written_as_browsers_write_it() {
    let with = |origin: &str| {
        let mut config = config();
        config.clients[0].origins = vec![origin.to_owned()];
        Server::new(config, KEYS.clone()).map(drop)
    };
    assert!(with("https://app.example:8443").is_ok());
    for bad in ["*", "null", "https://app.example/", "https://app.example:443", "https://App.example", "app.example"] {
        assert!(with(bad).unwrap_err().to_string().contains(&format!("origin {bad} ")), "{bad}");
    }
}
