//! Scope and resources, shown at the token endpoint.

use super::Shows::Refused;
use super::{Case, cases};
use crate::support::{Browser, ISSUER, redeem, token};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

pub const CASES: &[Case] = cases! {
    ScopeIsWellFormed, Refused("invalid_scope"), |server, side|
        token(server, "web", &[GRANT, ("scope", side.of("api:read", " api:read"))]);

    ScopeIsKnown, Refused("invalid_scope"), |server, side|
        token(server, "web", &[GRANT, ("scope", side.of("api:read", "bogus"))]);

    ScopeWithinClient, Refused("invalid_scope"), |server, side|
        token(server, "web", &[GRANT, ("scope", side.of("api:read", "api:write"))]);

    ScopeFitsGrant, Refused("invalid_scope"), |server, side|
        token(server, "web", &[GRANT, ("scope", side.of("api:read", "openid"))]);

    ResourceWithinGrant, Refused("invalid_target"), |server, side| async {
        let (api, backend) = (format!("{ISSUER}/api"), format!("{ISSUER}/backend"));
        let code = Browser::new(server).code("web", &[("resource", &backend)]).await;
        redeem(server, "web", &code, &[("resource", side.of(&backend, &api))]).await
    };
};
