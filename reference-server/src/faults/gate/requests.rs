//! Rules on the form of requests that are not asked.

use super::super::{BCP, Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "repeated-parameter-with-code",
        says: "Where a code is redeemed, a repeated parameter is no error: the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        precedent: Some("keycloak/keycloak#7544"),
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::AuthorizationCode))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-with-client-credentials",
        says: "In the client credentials grant a repeated parameter is no error: the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        precedent: Some("cloudflare/workers-oauth-provider#196"),
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::ClientCredentials))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-with-refresh",
        says: "Where a refresh token is used, a repeated parameter is no error: the first one counts.",
        clause: "rfc6749/3.2/not-repeated",
        caught_by: &["token/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::RefreshToken))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-at-authorize",
        says: "A repeated parameter of an authorization request is no error: the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        precedent: Some("leodip/goiabada#228"),
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Gate(Rule::ParameterNotRepeated, Some(Path::Authorization))],
        ..OIDC
    },
    Fault {
        id: "any-redirect-uri",
        says: "Any redirect_uri is accepted.",
        clause: "rfc6749/3.1.2.4/no-redirect-to-invalid-uri",
        precedent: Some("CVE-2025-4143"),
        caught_by: &["redirect-uri/unregistered", "redirect-uri/exact"],
        seams: &[Seam::Gate(Rule::RedirectUriIsRegistered, None)],
        ..OIDC
    },
    Fault {
        id: "any-response-type",
        says: "A client of the code flow is served whatever response_type it asks for.",
        clause: "rfc6749/4.2.2.1/unauthorized-client",
        precedent: Some("CVE-2026-7571"),
        caught_by: &["authorize/response-type-not-registered"],
        seams: &[Seam::Gate(Rule::ResponseTypeIsSupported, None), Seam::Gate(Rule::ClientMayUseResponseType, None)],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-guessed",
        says: "An authentication request without redirect_uri is answered at the first one that is registered.",
        clause: "oidc-core/3.1.2.2/required-parameters",
        caught_by: &["redirect-uri/missing"],
        seams: &[Seam::Gate(Rule::RedirectUriIsGiven, None)],
        ..OIDC
    },
    Fault {
        id: "response-mode-ignored",
        says: "A response_mode that the server does not know is answered in the query.",
        clause: "oidc-core/3.1.2.6/unsupported-response-mode",
        caught_by: &["authorize/response-mode-unknown"],
        seams: &[Seam::Gate(Rule::ResponseModeIsSupported, None)],
        ..OIDC
    },
    Fault {
        id: "unknown-challenge-method",
        says: "A code_challenge_method that the server does not know is accepted.",
        clause: "rfc7636/4.4.1/unsupported-transform",
        caught_by: &["pkce/unknown-method"],
        seams: &[Seam::Gate(Rule::ChallengeMethodIsSupported, None)],
        ..OIDC
    },
    Fault {
        id: "pkce-not-required",
        says: "A public client may leave out the code_challenge.",
        clause: "rfc8252/8.1/pkce-required",
        precedent: Some("go-gitea/gitea#25048"),
        caught_by: &["pkce/public-client-without-challenge"],
        seams: &[Seam::Gate(Rule::ChallengeIsPresent, None)],
        ..BCP
    },
    Fault {
        id: "signing-not-asked-of-clients",
        says: "A client that is registered for signed requests is served without a signature.",
        clause: "rfc9101/10.5/required-of-client",
        caught_by: &["request-object/required-of-client"],
        seams: &[Seam::Gate(Rule::RequestIsSigned, None)],
        ..OIDC
    },
];
