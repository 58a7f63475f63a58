//! Sets of grant types that no client should have, and grants beside the set that it has.

use http::StatusCode;
use serde_json::json;

use super::believed::believed;
use super::{before, texts};
use crate::error::{ErrorCode, Refusal};
use crate::faults::{Fault, OIDC, Seam, wire};
use crate::grants::jwt_bearer;
use crate::model::{Client, GrantType, Path};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::Map;
use std::sync::Arc;

const BAN: Fault = Fault { profile: "identityserver", ..OIDC };

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "implicit-beside-code",
        says: "A client may have the implicit and the authorization code grant.",
        clause: "identityserver-grant-types/grant-types/implicit-and-code",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| pair_is_split(body, |set| set.code && set.implicit && !set.hybrid)))],
        ..BAN
    },
    Fault {
        id: "implicit-beside-hybrid",
        says: "A client may have the implicit and the hybrid grant.",
        clause: "identityserver-grant-types/grant-types/implicit-and-hybrid",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| pair_is_split(body, |set| set.implicit && set.hybrid && !set.code)))],
        ..BAN
    },
    Fault {
        id: "code-beside-hybrid",
        says: "A client may have the authorization code and the hybrid grant.",
        clause: "identityserver-grant-types/grant-types/code-and-hybrid",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| pair_is_split(body, |set| set.code && set.hybrid && !set.implicit)))],
        ..BAN
    },
    Fault {
        id: "extension-lifts-the-ban",
        says: "Beside an extension grant a client may have any two.",
        clause: "identityserver-grant-types/grant-types/extensions-lift-no-ban",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| pair_is_split(body, |set| set.extension)))],
        ..BAN
    },
    Fault {
        id: "client-without-grants",
        says: "A client may have no grant type at all.",
        clause: "identityserver-grant-types/grant-types/not-empty",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let is_empty = body.get("grant_types") == Some(&json!([]));
            if is_empty {
                body.insert("grant_types".to_owned(), json!(["client_credentials"]));
            }
            is_empty
        }))],
        ..BAN
    },
    Fault {
        id: "grant-type-twice",
        says: "A grant type that is named twice is kept twice.",
        clause: "identityserver-grant-types/grant-types/no-duplicates",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let mut names: Vec<String> = texts(body, "grant_types").into_iter().map(str::to_owned).collect();
            let before = names.len();
            names.dedup();
            let twice = names.len() < before;
            if twice {
                body.insert("grant_types".to_owned(), json!(names));
            }
            twice
        }))],
        ..BAN
    },
    Fault {
        id: "grant-type-with-a-space",
        says: "A grant type with a space in its name is kept.",
        clause: "identityserver-grant-types/grant-types/no-spaces",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let names: Vec<String> = texts(body, "grant_types").into_iter().map(str::to_owned).collect();
            let (spaced, others): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.contains(' '));
            if !spaced.is_empty() {
                body.insert("grant_types".to_owned(), json!(others));
            }
            !spaced.is_empty()
        }))],
        ..BAN
    },
    Fault {
        id: "one-machine-grant-per-client",
        says: "A client that has client credentials is refused a refresh token beside them.",
        clause: "identityserver-grant-types/grant-types/others-combine",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            let grants = texts(&asked.body, "grant_types");
            let both = ["client_credentials", "refresh_token"].iter().all(|name| grants.contains(name));
            both.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_client_metadata"))
        }))],
        ..BAN
    },
    Fault {
        id: "extension-stands-alone",
        says: "A client that has an extension grant is refused any other.",
        clause: "identityserver-grant-types/grant-types/extensions-combine",
        caught_by: &["grant-sets/forbidden-combinations"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, _| {
            let grants = texts(&asked.body, "grant_types");
            let beside = grants.contains(&jwt_bearer::NAME) && grants.len() > 1;
            beside.then(|| wire::refuse(StatusCode::BAD_REQUEST, "invalid_client_metadata"))
        }))],
        ..BAN
    },
    Fault {
        id: "password-beside-the-set",
        says: "The password grant is served to whoever registered itself, for whatever it did.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "client-credentials-beside-the-set",
        says: "Client credentials are served to whoever registered itself, for whatever it did.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(Path::ClientCredentials))],
        ..OIDC
    },
    Fault {
        id: "extension-beside-the-set",
        says: "An extension grant is served to whoever registered itself, for whatever it did.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Gate(Rule::ClientMayUseGrant, Some(Path::Extension(jwt_bearer::NAME)))],
        ..OIDC
    },
    Fault {
        id: "code-beside-the-set",
        says: "A code is issued to whoever registered itself, for whatever it did.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Gate(Rule::ClientMayUseResponseType, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "implicit-beside-the-set",
        says: "An ID token comes through the browser to whoever registered itself, for whatever it did.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Gate(Rule::ClientMayUseResponseType, Some(Path::ImplicitIdToken))],
        ..OIDC
    },
    Fault {
        id: "hybrid-beside-the-set",
        says: "The hybrid grant is served to whoever registered itself, for whatever it did.",
        clause: "rfc7591/2/registered-types-only",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Gate(Rule::ClientMayUseResponseType, Some(Path::CodeIdToken))],
        ..OIDC
    },
    Fault {
        id: "first-grant-of-the-set-only",
        says: "Of the grants that a client registered for, client credentials are served only to those that have nothing else.",
        clause: "identityserver-grant-types/grant-types/several",
        caught_by: &["grant-sets/only-registered-grants-served"],
        seams: &[Seam::Rules(|inner| Arc::new(OnlyAlone { inner }))],
        ..BAN
    },
];

/// What a registration asks for at the authorization endpoint.
#[expect(clippy::struct_excessive_bools, reason = "each is a grant of its own")]
struct Fronts {
    code: bool,
    implicit: bool,
    hybrid: bool,
    extension: bool,
}

/// Leaves one of a forbidden pair, if it is one that is believed; whether there was one.
fn pair_is_split(body: &mut Map, believes: fn(&Fronts) -> bool) -> bool {
    let response_types = texts(body, "response_types");
    let is_hybrid = |one: &&str| one.contains("code ");
    let fronts = Fronts {
        code: response_types.contains(&"code"),
        hybrid: response_types.iter().any(is_hybrid),
        implicit: response_types.iter().any(|one| !one.contains("code")),
        extension: texts(body, "grant_types").contains(&jwt_bearer::NAME),
    };
    let forbidden = [fronts.code, fronts.implicit, fronts.hybrid].iter().filter(|has| **has).count() > 1;
    if !forbidden || !believes(&fronts) {
        return false;
    }
    body.insert("response_types".to_owned(), json!(["code"]));
    let grants: Vec<String> = texts(body, "grant_types").into_iter().map(str::to_owned).collect();
    let others = grants.iter().map(String::as_str).filter(|name| !["implicit", "authorization_code"].contains(name));
    let grants: Vec<&str> = std::iter::once("authorization_code").chain(others).collect();
    let grants = json!(grants);
    body.insert("grant_types".to_owned(), grants);
    true
}

/// Client credentials are for clients that have nothing else.
struct OnlyAlone {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OnlyAlone {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_may_use_grant(&self, path: Path, client: &Client, grant_type: GrantType) -> Ruling {
        let registered = client.registered.is_some();
        if registered && grant_type == GrantType::ClientCredentials && client.grant_types.iter().count() > 1 {
            return Err(Refusal::new(ErrorCode::UnauthorizedClient, "The client is not registered for it."));
        }
        self.inner.client_may_use_grant(path, client, grant_type)
    }
}
