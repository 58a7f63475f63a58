//! Assertions as authorization grants: the same assertion, but for one claim.

use grantspec_reference::Server;
use serde_json::{Value, json};

use super::Shows::Refused;
use super::Side::{self, Control, Deviation};
use super::{Case, cases};
use crate::support::{Answer, ISSUER, bear, issuer_assertion};

pub const CASES: &[Case] = cases! {
    AssertionIsAJwt, Refused("invalid_grant"), |server, side| async {
        let assertion = issuer_assertion(server, json!({}), json!({}));
        bear(server, &side.of(assertion.clone(), format!("{assertion}.")), &[]).await
    };

    AssertionIssuerIsTrusted, Refused("invalid_grant"), |server, side|
        claiming(server, side, "iss", json!("https://another.example"));

    AssertionIsSigned, Refused("invalid_grant"), |server, side|
        bear(server, &issuer_assertion(server, json!({ "kid": side.of("issuer-key-1", "issuer-key-2") }), json!({})), &[]);

    AssertionIssuerSpeaksFor, Refused("invalid_grant"), |server, side|
        claiming(server, side, "sub", Value::Null);

    AssertionIsForServer, Refused("invalid_grant"), |server, side|
        claiming(server, side, "aud", json!(format!("{ISSUER}/")));

    AssertionHasNotExpired, Refused("invalid_grant"), |server, side|
        claiming(server, side, "exp", json!(server.clock.now()));

    AssertionExpiresSoon, Refused("invalid_grant"), |server, side|
        claiming(server, side, "exp", json!(server.clock.now() + 24 * 60 * 60));

    AssertionHasBegun, Refused("invalid_grant"), |server, side|
        claiming(server, side, "nbf", json!(server.clock.now() + 45));

    AssertionIsRecent, Refused("invalid_grant"), |server, side|
        claiming(server, side, "iat", json!(server.clock.now() - 24 * 60 * 60));

    AssertionNamesAUser, Refused("invalid_grant"), |server, side|
        claiming(server, side, "sub", json!("user-nobody"));

    AssertionIsUnused, Refused("invalid_grant"), |server, side| async {
        let assertion = |jti: &str| issuer_assertion(server, json!({}), json!({ "jti": jti }));
        bear(server, &assertion("one"), &[]).await.is_token();
        bear(server, &assertion(side.of("another", "one")), &[]).await
    };
};

/// A valid assertion, or one in which this claim is another.
async fn claiming(server: &Server, side: Side, name: &str, value: Value) -> Answer {
    let claims = match side {
        Control => json!({}),
        Deviation => json!({ name: value }),
    };
    bear(server, &issuer_assertion(server, json!({}), claims), &[]).await
}
