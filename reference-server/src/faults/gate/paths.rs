//! Rules that one path of several forgot.

use super::super::{Fault, OIDC, Seam};
use crate::grants::{device_code, jwt_bearer};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "implicit-scope-beyond-client",
        says: "In the implicit grant a client gets scopes that it is not registered for.",
        clause: "rfc6749/10.3/scope-by-client",
        caught_by: &["front-channel/scope-beyond-client"],
        seams: &[
            Seam::Gate(Rule::ScopeWithinClient, Some(Path::ImplicitToken)),
            Seam::Gate(Rule::ScopeWithinClient, Some(Path::ImplicitIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "hybrid-scope-beyond-client",
        says: "A code that comes beside an ID token buys scopes that the client is not registered for.",
        clause: "rfc6749/5.2/invalid-scope",
        caught_by: &["code/scope-beyond-client"],
        seams: &[Seam::Gate(Rule::ScopeWithinClient, Some(Path::CodeIdToken))],
        ..OIDC
    },
    Fault {
        id: "implicit-hint-of-another-user",
        says: "In the implicit flow a request with an id_token_hint is answered for whoever is logged in.",
        clause: "oidc-core/3.1.2.2/requested-subject",
        caught_by: &["authorize/id-token-hint-of-another"],
        seams: &[
            Seam::Gate(Rule::UserIsHinted, Some(Path::ImplicitIdToken)),
            Seam::Gate(Rule::UserIsHinted, Some(Path::ImplicitIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "implicit-sub-of-claims-ignored",
        says: "In the implicit flow a request for one certain user is answered for whoever is logged in.",
        clause: "oidc-core/5.5.1/sub-mismatch",
        caught_by: &["authorize/sub-requested"],
        seams: &[
            Seam::Gate(Rule::SubjectIsRequested, Some(Path::ImplicitIdToken)),
            Seam::Gate(Rule::SubjectIsRequested, Some(Path::ImplicitIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "hybrid-essential-acr-ignored",
        says: "A hybrid request that cannot do without a certain kind of login is answered for any.",
        clause: "oidc-core/5.5.1.1/essential-acr",
        caught_by: &["authorize/essential-acr"],
        seams: &[
            Seam::Gate(Rule::AcrCanBeMet, Some(Path::CodeIdToken)),
            Seam::Gate(Rule::AcrCanBeMet, Some(Path::CodeToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "implicit-prompt-none-shows-consent",
        says: "In the implicit flow a user who is logged in is asked for consent although the request says prompt=none.",
        clause: "oidc-core/3.1.2.1/prompt-none-no-ui",
        caught_by: &["authorize/prompt-none-with-session"],
        seams: &[
            Seam::Gate(Rule::ConsentMayBePrompted, Some(Path::ImplicitToken)),
            Seam::Gate(Rule::ConsentMayBePrompted, Some(Path::ImplicitIdToken)),
            Seam::Gate(Rule::ConsentMayBePrompted, Some(Path::ImplicitIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "any-resource-by-assertion",
        says: "Whatever is named as a resource beside an assertion, a token is issued for it.",
        clause: "rfc8707/2/absolute-uri",
        caught_by: &["resource/malformed"],
        seams: &[Seam::Gate(Rule::TargetsAreKnown, Some(Path::Extension(jwt_bearer::NAME)))],
        ..OIDC
    },
    Fault {
        id: "any-resource-by-device",
        says: "Whatever is named as a resource beside a device code, a token is issued for it.",
        clause: "rfc8707/2/absolute-uri",
        caught_by: &["resource/malformed"],
        seams: &[Seam::Gate(Rule::TargetsAreKnown, Some(Path::Extension(device_code::NAME)))],
        ..OIDC
    },
    Fault {
        id: "any-resource-by-password",
        says: "Whatever is named as a resource beside a password, a token is issued for it.",
        clause: "rfc8707/2/absolute-uri",
        caught_by: &["resource/malformed"],
        seams: &[Seam::Gate(Rule::TargetsAreKnown, Some(Path::Password))],
        ..OIDC
    },
    Fault {
        id: "any-resource-in-hybrid",
        says: "Whatever is named as a resource in a hybrid request, tokens are issued for it.",
        clause: "rfc8707/2/absolute-uri",
        caught_by: &["resource/malformed"],
        seams: &[
            Seam::Gate(Rule::TargetsAreKnown, Some(Path::CodeIdToken)),
            Seam::Gate(Rule::TargetsAreKnown, Some(Path::CodeToken)),
            Seam::Gate(Rule::TargetsAreKnown, Some(Path::CodeIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "any-resource-in-implicit",
        says: "Whatever is named as a resource in an implicit request, a token is issued for it.",
        clause: "rfc8707/2/absolute-uri",
        caught_by: &["resource/malformed"],
        seams: &[
            Seam::Gate(Rule::TargetsAreKnown, Some(Path::ImplicitToken)),
            Seam::Gate(Rule::TargetsAreKnown, Some(Path::ImplicitIdTokenToken)),
        ],
        ..OIDC
    },
];
