//! Userinfo, introspection and revocation.

use bytes::Bytes;
use grantspec_reference::Server;
use http::Request;

use super::Shows::{Inactive, Refused};
use super::{Case, cases};
use crate::support::{Answer, ISSUER, pass, post, refresh, send, token, tokens};

const EXCHANGE: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const OF_SUBJECT: (&str, &str) = ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");

pub const CASES: &[Case] = cases! {
    BearerTokenInHeader, Refused("invalid_request"), |server, side| async {
        let value = tokens(server, "web").await.member("access_token");
        userinfo(server, side.of("/userinfo", "/userinfo?access_token=leaked"), &value).await
    };

    BearerTokenIsLive, Refused("invalid_token"), |server, side| async {
        let value = tokens(server, "web").await.member("access_token");
        pass(server, side.of(3500, 3600));
        userinfo(server, "/userinfo", &value).await
    };

    BearerTokenIsForUserinfo, Refused("invalid_token"), |server, side| async {
        let subject = tokens(server, "web").await.member("access_token");
        let resource = format!("{ISSUER}{}", side.of("/api", "/backend"));
        let asked = [EXCHANGE, ("subject_token", &subject), OF_SUBJECT, ("resource", &resource)];
        let value = token(server, "exchange", &asked).await.is_token().member("access_token");
        userinfo(server, "/userinfo", &value).await
    };

    BearerTokenSpeaksForUser, Refused("insufficient_scope"), |server, side| async {
        let by_user = tokens(server, "web").await.member("access_token");
        let by_client = token(server, "web", &[("grant_type", "client_credentials")]).await.member("access_token");
        userinfo(server, "/userinfo", side.of(&by_user, &by_client)).await
    };

    UserinfoNeedsOpenid, Refused("insufficient_scope"), |server, side| async {
        let refresh_token = tokens(server, "web").await.member("refresh_token");
        let narrowed = [("scope", side.of("openid profile", "profile"))];
        let value = refresh(server, "web", &refresh_token, &narrowed).await.member("access_token");
        userinfo(server, "/userinfo", &value).await
    };

    ClientMayIntrospect, Refused("invalid_client"), |server, side|
        post(server, "/introspect", side.of("web", "spa"), &[("token", "unknown")]);

    TokenMayBeIntrospectedBy, Inactive, |server, side| async {
        let value = tokens(server, "web").await.member("refresh_token");
        post(server, "/introspect", side.of("web", "web-post"), &[("token", &value)]).await
    };

    TokenIsLive, Inactive, |server, side| async {
        let value = tokens(server, "web").await.member("access_token");
        pass(server, side.of(3500, 3600));
        post(server, "/introspect", "web", &[("token", &value)]).await
    };

    RevocationBelongsTo, Refused("invalid_request"), |server, side| async {
        let value = tokens(server, "web").await.member("access_token");
        post(server, "/revoke", side.of("web", "web-post"), &[("token", &value)]).await
    };
};

/// Ask for the claims of a user with this access token.
async fn userinfo(server: &Server, url: &str, access_token: &str) -> Answer {
    let request = Request::get(url).header("authorization", format!("Bearer {access_token}"));
    send(server, request.body(Bytes::new()).unwrap()).await
}
