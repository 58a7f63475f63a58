//! Pushed authorization requests.

use grantspec_reference::Server;
use http::StatusCode;

use super::Shows::{Refused, Returned, Shown};
use super::{Case, authorize, cases};
use crate::support::{Browser, asking, encode, pass, post, tell};

const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;

pub const CASES: &[Case] = cases! {
    RequestUriIsNotPushed, Refused("invalid_request"), |server, side|
        push(server, &[("request_uri", side.of("", "urn:ietf:params:oauth:request_uri:x"))]);

    RequestUriIsOwn, Returned("request_uri_not_supported"), |server, side| async {
        let request_uri = reference(server).await;
        authorize(server, "web", &[("request_uri", side.of(&request_uri, "https://client.example/request"))]).await
    };

    RequestUriIsKnown, Returned("invalid_request_uri"), |server, side| async {
        let request_uri = reference(server).await;
        authorize(server, "web", &[("request_uri", side.of(&request_uri, &request_uri[..70]))]).await
    };

    RequestUriBelongsTo, Shown(BAD_REQUEST), |server, side| async {
        let request_uri = reference(server).await;
        let client_id = side.of("web", "web-post");
        let query = encode(&[("client_id", client_id), ("request_uri", &request_uri)]);
        Browser::new(server).get(&format!("/authorize?{query}")).await
    };

    RequestUriIsFresh, Returned("invalid_request_uri"), |server, side| async {
        let request_uri = reference(server).await;
        pass(server, side.of(49, 50));
        authorize(server, "web", &[("request_uri", &request_uri)]).await
    };

    RequestUriIsUnspent, Returned("invalid_request_uri"), |server, side| async {
        let (first, second) = (reference(server).await, reference(server).await);
        authorize(server, "web", &[("request_uri", &first)]).await;
        authorize(server, "web", &[("request_uri", side.of(&second, &first))]).await
    };

    RequestIsPushed, Returned("invalid_request"), |server, side| async {
        let client = r#"{ "client_id": "pusher", "secret": "secret-of-pusher", "grant_types": ["authorization_code"],
                          "redirect_uris": ["http://127.0.0.1:8765/cb"], "scopes": ["openid"],
                          "require_pushed_authorization_requests": true }"#;
        tell(server, "/_/clients", client).await;
        authorize(server, side.of("web", "pusher"), &[("scope", "openid")]).await
    };
};

async fn push(server: &Server, deviations: &[(&str, &str)]) -> crate::support::Answer {
    let pairs = asking("web", deviations);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    post(server, "/par", "web", &pairs).await
}

async fn reference(server: &Server) -> String {
    push(server, &[]).await.member("request_uri")
}
