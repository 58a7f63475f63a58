//! Client assertions, shown at the token endpoint: the same assertion, but for one claim.

use serde_json::{Value, json};

use super::Shows::Refused;
use super::Side::{self, Control, Deviation};
use super::{Case, cases};
use crate::support::{ASSERTION_TYPE, Answer, ISSUER, bare, client_assertion};
use grantspec_reference::Server;

const CLIENT: &str = "web-key";

pub const CASES: &[Case] = cases! {
    ClientAssertionTypeIsKnown, Refused("invalid_client"), |server, side| async {
        let assertion = client_assertion(server, CLIENT, json!({}), json!({}));
        let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
        with_assertion(server, side.of(ASSERTION_TYPE, saml), &assertion).await
    };

    ClientAssertionIsAJwt, Refused("invalid_client"), |server, side|
        with_header(server, side.of(json!({}), json!({ "crit": ["exp"] })));

    ClientAssertionIsSigned, Refused("invalid_client"), |server, side|
        with_header(server, side.of(json!({}), json!({ "alg": "RS256" })));

    ClientAssertionNamesClient, Refused("invalid_client"), |server, side|
        claiming(server, side, "iss", json!("web"));

    ClientAssertionIsForServer, Refused("invalid_client"), |server, side|
        claiming(server, side, "aud", json!(format!("{ISSUER}/")));

    ClientAssertionHasNotExpired, Refused("invalid_client"), |server, side|
        claiming(server, side, "exp", json!(server.clock.now()));

    ClientAssertionExpiresSoon, Refused("invalid_client"), |server, side|
        claiming(server, side, "exp", json!(server.clock.now() + 24 * 60 * 60));

    ClientAssertionHasBegun, Refused("invalid_client"), |server, side|
        claiming(server, side, "nbf", json!(server.clock.now() + 45));

    ClientAssertionIsRecent, Refused("invalid_client"), |server, side|
        claiming(server, side, "iat", json!(server.clock.now() - 24 * 60 * 60));

    ClientAssertionHasJti, Refused("invalid_client"), |server, side|
        claiming(server, side, "jti", Value::Null);

    ClientAssertionIsUnused, Refused("invalid_client"), |server, side| async {
        let assertion = |jti: &str| client_assertion(server, CLIENT, json!({}), json!({ "jti": jti }));
        with_assertion(server, ASSERTION_TYPE, &assertion("one")).await.is_token();
        with_assertion(server, ASSERTION_TYPE, &assertion(side.of("another", "one"))).await
    };
};

async fn with_assertion(server: &Server, assertion_type: &str, assertion: &str) -> Answer {
    let grant = ("grant_type", "client_credentials");
    let parameters = [grant, ("client_assertion_type", assertion_type), ("client_assertion", assertion)];
    bare(server, "/token", &parameters).await
}

async fn with_header(server: &Server, header: Value) -> Answer {
    with_assertion(server, ASSERTION_TYPE, &client_assertion(server, CLIENT, header, json!({}))).await
}

/// A valid assertion, or one in which this claim is another.
async fn claiming(server: &Server, side: Side, name: &str, value: Value) -> Answer {
    let claims = match side {
        Control => json!({}),
        Deviation => json!({ name: value }),
    };
    with_assertion(server, ASSERTION_TYPE, &client_assertion(server, CLIENT, json!({}), claims)).await
}
