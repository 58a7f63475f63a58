//! Client authentication, shown at the token endpoint.

use super::Shows::Refused;
use super::Side::{Control, Deviation};
use super::{Case, cases};
use crate::support::{Answer, bare, basic, encode, form_request, secret_of, send, token};
use grantspec_reference::Server;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

pub const CASES: &[Case] = cases! {
    CredentialsAreWellFormed, Refused("invalid_client"), |server, side|
        with_header(server, &side.of(basic("web", &secret_of("web")), "Basic no-base64!".to_owned()));

    OneAuthenticationMethod, Refused("invalid_request"), |server, side| async {
        let secret = secret_of("web");
        token(server, "web", &[GRANT, ("client_secret", side.of("", &secret))]).await
    };

    ClientIdAgrees, Refused("invalid_request"), |server, side|
        token(server, "web", &[GRANT, ("client_id", side.of("web", "service"))]);

    ClientIsKnown, Refused("invalid_client"), |server, side|
        with_header(server, &basic(side.of("web", "nobody"), &secret_of("web")));

    ConfidentialClientAuthenticates, Refused("invalid_client"), |server, side| async {
        let secret = secret_of("web-post");
        bare(server, "/token", &[GRANT, ("client_id", "web-post"), ("client_secret", side.of(&secret, ""))]).await
    };

    ClientUsesItsMethod, Refused("invalid_client"), |server, side| async {
        let secret = secret_of("web-post");
        let in_body = [GRANT, ("client_id", "web-post"), ("client_secret", &secret)];
        match side {
            Control => bare(server, "/token", &in_body).await,
            Deviation => with_header(server, &basic("web-post", &secret)).await,
        }
    };

    ClientSecretMatches, Refused("invalid_client"), |server, side|
        with_header(server, &basic("web", &side.of(secret_of("web"), "guessed".to_owned())));
};

/// A token request with this Authorization header.
async fn with_header(server: &Server, authorization: &str) -> Answer {
    send(server, form_request("/token").header("authorization", authorization).body(encode(&[GRANT]).into()).unwrap())
        .await
}
