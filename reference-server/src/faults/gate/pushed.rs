//! Rules on pushed requests, and on request objects wherever they come, that are not asked.

use super::super::{Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

const PUSHED: Option<Path> = Some(Path::PushedAuthorization);
const IN_BROWSER: Option<Path> = Some(Path::Authorization);

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "request-uri-pushed",
        says: "A request that refers to another one can be pushed.",
        clause: "rfc9126/2.1/no-request-uri",
        caught_by: &["pushed/request-uri-refused"],
        seams: &[Seam::Gate(Rule::RequestUriIsNotPushed, None)],
        ..OIDC
    },
    Fault {
        id: "pushed-with-any-secret",
        says: "The secret of a client that pushes a request is not compared.",
        clause: "rfc9126/2.1/client-authenticated",
        caught_by: &["pushed/wrong-secret"],
        seams: &[Seam::Gate(Rule::ClientSecretMatches, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushed-with-any-assertion",
        says: "The signature of a client assertion that comes with a pushed request is not verified.",
        clause: "rfc9126/2.1/client-authenticated",
        caught_by: &["pushed/wrong-secret"],
        seams: &[Seam::Gate(Rule::ClientAssertionIsSigned, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushed-without-secret",
        says: "A client pushes requests without its secret.",
        clause: "rfc9126/2.1/client-authenticated",
        caught_by: &["pushed/secret-missing"],
        seams: &[
            Seam::Gate(Rule::ConfidentialClientAuthenticates, PUSHED),
            Seam::Gate(Rule::ClientUsesItsMethod, PUSHED),
            Seam::Gate(Rule::ClientSecretMatches, PUSHED),
        ],
        ..OIDC
    },
    Fault {
        id: "pushed-redirect-uri-of-anybody",
        says: "A public client may push whatever redirect_uri it likes.",
        clause: "rfc9126/7.2/authenticated-only",
        caught_by: &["pushed/validated"],
        seams: &[Seam::Gate(Rule::RedirectUriIsRegistered, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "request-uri-of-another-client",
        says: "A request_uri is good for every client.",
        clause: "rfc9126/2.2/bound-to-client",
        caught_by: &["pushed/other-client"],
        seams: &[Seam::Gate(Rule::RequestUriBelongsTo, None)],
        ..OIDC
    },
    Fault {
        id: "request-uri-never-expires",
        says: "A request_uri works however long ago the request was pushed.",
        clause: "rfc9126/4/expired-refused",
        caught_by: &["pushed/expired"],
        seams: &[Seam::Gate(Rule::RequestUriIsFresh, None)],
        ..OIDC
    },
    Fault {
        id: "pushed-object-not-verified",
        says: "The signature of a request object that is pushed is not verified.",
        clause: "rfc9126/3/signature-validated",
        caught_by: &["pushed/object-signature-altered", "pushed/object-signed-by-another"],
        seams: &[Seam::Gate(Rule::RequestObjectIsSecured, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushed-object-of-any-client",
        says: "A client may push a request object in which another client is named.",
        clause: "rfc9126/3/client-id-matches",
        caught_by: &["pushed/object-of-another-client"],
        seams: &[Seam::Gate(Rule::RequestObjectNamesClient, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushed-object-for-any-server",
        says: "A request object that is meant for another server can be pushed.",
        clause: "rfc9126/3/rules-of-objects",
        caught_by: &["pushed/object-wrong-audience"],
        seams: &[Seam::Gate(Rule::RequestObjectIsForServer, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushed-object-of-any-age",
        says: "An expired request object can be pushed.",
        clause: "rfc9126/3/rules-of-objects",
        caught_by: &["pushed/object-expired"],
        seams: &[Seam::Gate(Rule::RequestObjectIsCurrent, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushed-parameters-repeat",
        says: "A pushed request may have a parameter several times; the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["pushed/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "object-in-pushed-object",
        says: "A request object that is pushed may hold another one, or a reference.",
        clause: "rfc9101/4/not-nested",
        caught_by: &["pushed/object-nested"],
        seams: &[Seam::Gate(Rule::RequestObjectHoldsParameters, PUSHED)],
        ..OIDC
    },
    Fault {
        id: "pushing-not-required-of-client",
        says: "A client that is registered for pushed requests only is served in the open as well.",
        clause: "rfc9126/6/push-required-of-client",
        caught_by: &["pushed/required-of-client"],
        seams: &[Seam::Gate(Rule::RequestIsPushed, None)],
        ..OIDC
    },
    Fault {
        id: "request-object-not-verified",
        says: "A request object is decoded, and its signature is not verified.",
        clause: "rfc9101/6.2/signature-validated",
        caught_by: &[
            "request-object/signature-altered",
            "request-object/signed-by-another",
            "request-object/algorithm-of-the-key",
            "request-object/kid-unknown",
        ],
        seams: &[Seam::Gate(Rule::RequestObjectIsSecured, IN_BROWSER)],
        ..OIDC
    },
    Fault {
        id: "request-object-of-any-client",
        says: "The client_id in a request object may be another one than beside it.",
        clause: "rfc9101/6.3/client-id-identical",
        caught_by: &["request-object/client-id-of-another"],
        seams: &[Seam::Gate(Rule::RequestObjectNamesClient, IN_BROWSER)],
        ..OIDC
    },
    Fault {
        id: "request-object-for-any-server",
        says: "A request object that is meant for another server is served.",
        clause: "rfc9101/4/audience-verified",
        caught_by: &["request-object/wrong-audience"],
        seams: &[Seam::Gate(Rule::RequestObjectIsForServer, IN_BROWSER)],
        ..OIDC
    },
    Fault {
        id: "request-object-of-any-age",
        says: "A request object is served after its exp and before its nbf.",
        clause: "rfc9101/9.1/jwt-claims",
        caught_by: &["request-object/expired", "request-object/not-yet-valid"],
        seams: &[Seam::Gate(Rule::RequestObjectIsCurrent, IN_BROWSER)],
        ..OIDC
    },
    Fault {
        id: "request-object-in-request-object",
        says: "A request object may hold another one, which is passed over.",
        clause: "rfc9101/4/not-nested",
        caught_by: &["request-object/nested"],
        seams: &[Seam::Gate(Rule::RequestObjectHoldsParameters, IN_BROWSER)],
        ..OIDC
    },
];
