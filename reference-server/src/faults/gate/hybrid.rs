//! Rules on codes and requests that are not asked where tokens come through the browser.

use super::super::{BCP, Fault, OIDC, Seam};
use crate::model::Path;
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-verifier-beside-an-id-token",
        says: "The code_verifier of a code that came beside an ID token is not compared with the code_challenge.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/verifier-mismatch", "pkce/verifier-missing", "pkce/challenge-as-verifier"],
        seams: &[Seam::Gate(Rule::VerifierMatches, Some(Path::CodeIdToken))],
        ..OIDC
    },
    Fault {
        id: "pkce-not-required-beside-tokens",
        says: "A public client of the hybrid flow may leave out the code_challenge.",
        clause: "rfc8252/8.1/pkce-required",
        caught_by: &["pkce/public-client-without-challenge"],
        seams: &[
            Seam::Gate(Rule::ChallengeIsPresent, Some(Path::CodeIdToken)),
            Seam::Gate(Rule::ChallengeIsPresent, Some(Path::CodeToken)),
            Seam::Gate(Rule::ChallengeIsPresent, Some(Path::CodeIdTokenToken)),
        ],
        ..BCP
    },
    Fault {
        id: "any-verifier-beside-a-token",
        says: "The code_verifier of a code that came beside an access token is not compared with the code_challenge.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/verifier-mismatch", "pkce/verifier-missing"],
        seams: &[Seam::Gate(Rule::VerifierMatches, Some(Path::CodeToken))],
        ..OIDC
    },
    Fault {
        id: "challenge-dropped-beside-tokens",
        says: "The code_challenge of a request for a code and both tokens is not looked at, and so no verifier is compared.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/verifier-mismatch"],
        seams: &[Seam::Gate(Rule::VerifierMatches, Some(Path::CodeIdTokenToken))],
        ..OIDC
    },
    Fault {
        id: "hybrid-code-of-another-client",
        says: "A client redeems a code of the hybrid flow that was issued to another.",
        clause: "rfc6749/4.1.3/code-bound-to-client",
        caught_by: &["code/other-client", "code/other-kind-of-client"],
        seams: &[
            Seam::Gate(Rule::CodeBelongsTo, Some(Path::CodeIdToken)),
            Seam::Gate(Rule::CodeBelongsTo, Some(Path::CodeToken)),
            Seam::Gate(Rule::CodeBelongsTo, Some(Path::CodeIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "hybrid-redirect-uri-not-repeated",
        says: "The redirect_uri of the request for a hybrid code is not compared when the code is redeemed.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-differs", "code/redirect-uri-foreign", "code/redirect-uri-missing"],
        seams: &[
            Seam::Gate(Rule::RedirectUriRepeats, Some(Path::CodeIdToken)),
            Seam::Gate(Rule::RedirectUriRepeats, Some(Path::CodeToken)),
            Seam::Gate(Rule::RedirectUriRepeats, Some(Path::CodeIdTokenToken)),
        ],
        ..OIDC
    },
    Fault {
        id: "hybrid-code-never-expires",
        says: "A code that came beside both tokens is redeemed however old it is.",
        clause: "rfc6749/4.1.2/code-expires",
        caught_by: &["code/expired"],
        seams: &[Seam::Gate(Rule::CodeIsFresh, Some(Path::CodeIdTokenToken))],
        ..OIDC
    },
    Fault {
        id: "implicit-without-nonce",
        says: "An ID token is issued by the implicit flow for a request without nonce.",
        clause: "oidc-core/3.2.2.1/nonce-required",
        caught_by: &["front-channel/nonce-required"],
        seams: &[Seam::Gate(Rule::NonceIsPresent, Some(Path::ImplicitIdToken))],
        ..OIDC
    },
    Fault {
        id: "hybrid-without-nonce",
        says: "An ID token is issued beside a code for a request without nonce.",
        clause: "oidc-core/3.3.2.1/nonce-required",
        caught_by: &["front-channel/nonce-required"],
        seams: &[Seam::Gate(Rule::NonceIsPresent, Some(Path::CodeIdToken))],
        ..OIDC
    },
    Fault {
        id: "tokens-in-a-query-on-request",
        says: "With response_mode=query tokens come in the query.",
        clause: "multiple-response-types/7/no-tokens-in-query",
        caught_by: &["front-channel/not-in-query"],
        seams: &[Seam::Gate(Rule::ResponseModeFits, None)],
        ..OIDC
    },
    Fault {
        id: "hybrid-tokens-in-a-query-on-request",
        says: "With response_mode=query the ID token beside a code comes in the query, as the code does.",
        clause: "multiple-response-types/7/no-tokens-in-query",
        caught_by: &["front-channel/not-in-query"],
        seams: &[Seam::Gate(Rule::ResponseModeFits, Some(Path::CodeIdToken))],
        ..OIDC
    },
    Fault {
        id: "code-client-asks-for-hybrid",
        says: "A client of the code flow is served a code and an ID token through the browser.",
        clause: "rfc6749/4.1.2.1/unauthorized-client",
        caught_by: &["authorize/response-type-not-registered"],
        seams: &[Seam::Gate(Rule::ClientMayUseResponseType, Some(Path::CodeIdToken))],
        ..OIDC
    },
    Fault {
        id: "hybrid-client-asks-for-code",
        says: "A client of the hybrid flow is served a code without the ID token that vouches for it.",
        clause: "rfc6749/4.1.2.1/unauthorized-client",
        caught_by: &["authorize/response-type-not-registered"],
        seams: &[Seam::Gate(Rule::ClientMayUseResponseType, Some(Path::AuthorizationCode))],
        ..OIDC
    },
];
