//! Which grant type, and for whom.

use grantspec_reference::model::{AuthMethod, Client};

use super::Shows::Refused;
use super::{Case, cases};
use crate::support::{bare, secret_of, token};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const VOUCHER: (&str, &str) = ("grant_type", "urn:example:grant-type:voucher");

pub const CASES: &[Case] = cases! {
    GrantTypeIsPresent, Refused("invalid_request"), |server, side|
        token(server, "web", &[("grant_type", side.of("client_credentials", ""))]);

    GrantTypeIsSupported, Refused("unsupported_grant_type"), |server, side|
        token(server, "web", &[("grant_type", side.of("client_credentials", "client_credential"))]);

    ClientMayUseGrant, Refused("unauthorized_client"), |server, side|
        token(server, side.of("web", "code-only"), &[GRANT]);

    ExtensionApproves, Refused("invalid_grant"), |server, side|
        token(server, "example", &[VOUCHER, ("voucher", side.of("one-coffee", "two-coffees"))]);

    // No door lets such a client in; the rule holds should one come to be public later, when its secret is taken from it.
    ClientIsConfidential, Refused("unauthorized_client"), |server, side| async {
        let client = server.store.client("web-post").await.unwrap().unwrap();
        let public = Client { auth_method: AuthMethod::None, secret: None, ..(*client).clone() };
        server.store.put_client(side.of((*client).clone(), public)).await.unwrap();
        let secret = side.of(secret_of("web-post"), String::new());
        bare(server, "/token", &[GRANT, ("client_id", "web-post"), ("client_secret", &secret)]).await
    };
};
