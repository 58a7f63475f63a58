//! The control API.

use std::sync::Arc;

use bytes::Bytes;
use grantspec_reference::transport::Peer;
use grantspec_reference::{Config, Server};
use http::{Request, StatusCode};

use crate::support::{Browser, ISSUER, KEYS, get, send, strict, tell, token};

#[tokio::test]
async fn it_is_not_there_unless_asked_for_and_only_near() {
    let without = Server::new(Config::demo(ISSUER), Arc::clone(&KEYS)).unwrap();
    assert_eq!(get(&without, "/_/clients").await.status, StatusCode::NOT_FOUND);

    let server = strict();
    for (peer, status) in [("127.0.0.1:5", 200), ("[::1]:5", 200), ("[::ffff:127.0.0.1]:5", 200), ("192.0.2.1:5", 404)]
    {
        let mut request = Request::get("/_/clients").body(Bytes::new()).unwrap();
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        assert_eq!(send(&server, request).await.status, status, "{peer}");
    }
}

#[tokio::test]
async fn no_page_of_another_site_asks() {
    let server =
        Server::new(Config { control: true, ..Config::demo("https://as.example") }, Arc::clone(&KEYS)).unwrap();
    for (name, value, status) in [
        ("host", "as.example", 200),
        ("host", "AS.example:443", 200),
        ("host", "127.0.0.1:9400", 200),
        ("host", "localhost:9400", 200),
        ("host", "[::1]:9400", 200),
        ("host", "rebound.example:9400", 403),
        ("host", "127.0.0.1.rebound.example", 403),
        ("host", "as.example.rebound.example", 403),
        ("host", "192.0.2.1", 403),
        ("host", "", 403),
        ("host", "a b", 403),
        ("origin", "https://as.example", 200),
        ("origin", "http://as.example", 403),
        ("origin", "http://127.0.0.1:9400", 403),
        ("origin", "null", 403),
    ] {
        let request = Request::get("/_/clients").header(name, value).body(Bytes::new());
        assert_eq!(send(&server, request.unwrap()).await.status, status, "{name}: {value}");
        let absolute = Request::get(format!("http://{value}/_/clients")).body(Bytes::new());
        if let (Ok(absolute), "host") = (absolute, name) {
            assert_eq!(send(&server, absolute).await.status, status, "{value}");
        }
    }
}

#[tokio::test]
async fn the_clock_moves_forward() {
    let server = strict();
    let before = server.clock.now();
    let answer = tell(&server, "/_/clock", r#"{"advance_seconds": 500}"#).await;
    assert!(answer.json()["now"].as_u64().unwrap() >= before + 500);
    for bad in [
        r#"{"advance_seconds": -1}"#,
        r#"{"advance_seconds": 99999999999}"#,
        "{}",
        "x",
        r#"{"advance_seconds": 1, "x": 2}"#,
    ] {
        let answer = tell(&server, "/_/clock", bad).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert!(!answer.member("error").is_empty());
    }
    let form = Request::post("/_/clock").body(Bytes::from_static(b"{\"advance_seconds\": 1}")).unwrap();
    assert_eq!(send(&server, form).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_registered_client_works() {
    let server = strict();
    let client = r#"{"client_id": "new", "auth_method": "none", "grant_types": ["authorization_code"],
                     "redirect_uris": ["http://127.0.0.1:8765/cb"], "scopes": ["openid", "profile", "api:read"]}"#;
    assert_eq!(tell(&server, "/_/clients", client).await.status, StatusCode::OK);
    Browser::new(&server).code("new", &[]).await;
    assert!(get(&server, "/_/clients").await.body.contains("\"new\""));
    assert!(!get(&server, "/_/clients").await.body.contains("secret\":"));
}

#[tokio::test]
async fn a_client_that_makes_no_sense_is_refused() {
    let server = strict();
    let cases = [
        (r#""grant_types": ["authorization_code", "implicit"]"#, "together"),
        (r#""grant_types": ["hybrid", "implicit"]"#, "together"),
        (r#""grant_types": ["authorization_code", "hybrid"]"#, "together"),
        (r#""grant_types": ["authorization_code", "authorization_code"]"#, "twice"),
        (r#""grant_types": []"#, "empty"),
        (r#""grant_types": ["authorization code"]"#, "space"),
        (r#""grant_types": ["client_credentials"]"#, "public"),
        (r#""grant_types": ["authorization_code"]"#, "redirect URI"),
        (r#""grant_types": ["authorization_code"], "redirect_uris": ["/cb"]"#, "redirect URI"),
        (r#""grant_types": ["authorization_code"], "redirect_uris": ["https://a.example/#x"]"#, "redirect URI"),
        (r#""grant_types": ["refresh_token"], "secret": "x""#, "no secret"),
    ];
    for (members, says) in cases {
        let body = format!(r#"{{"client_id": "new", "auth_method": "none", "scopes": [], {members}}}"#);
        let answer = tell(&server, "/_/clients", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{members}");
        assert!(answer.member("error").contains(says), "{members}: {}", answer.body);
    }
}

#[tokio::test]
async fn unknown_things_are_not_found() {
    let server = strict();
    assert_eq!(tell(&server, "/_/users/nobody", r#"{"disabled": true}"#).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tell(&server, "/_/nothing", "{}").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&server, "/_/clock").await.status, StatusCode::NOT_FOUND);
    assert!(get(&server, "/_/users").await.body.contains("alice"));
    token(&server, "web", &[("grant_type", "client_credentials")]).await.is_token();
}
