//! Rules of login and consent that are not asked.

use super::super::{Fault, OIDC, Seam};
use crate::rules::Rule;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "denied-consent-grants",
        says: "The user says no, and the client gets a code all the same.",
        clause: "rfc6749/4.1.2.1/denial-reported",
        caught_by: &["authorize/consent-denied"],
        seams: &[Seam::Gate(Rule::UserAllows, None)],
        ..OIDC
    },
    Fault {
        id: "consent-by-another-browser",
        says: "The consent form may be sent by a browser that never saw it.",
        clause: "rfc6749/10.12/csrf",
        caught_by: &["authorize/cross-browser-consent", "authorize/forged-consent", "device/forged-approval"],
        seams: &[Seam::Gate(Rule::InteractionBelongsToBrowser, None), Seam::Gate(Rule::CsrfTokenMatches, None)],
        ..OIDC
    },
    Fault {
        id: "hint-of-another-user",
        says: "A request with an id_token_hint is answered for whoever is logged in.",
        clause: "oidc-core/3.1.2.2/requested-subject",
        caught_by: &["authorize/id-token-hint-of-another"],
        seams: &[Seam::Gate(Rule::UserIsHinted, None)],
        ..OIDC
    },
    Fault {
        id: "prompt-none-shows-pages",
        says: "A login page is shown although the request says prompt=none.",
        clause: "oidc-core/3.1.2.1/prompt-none-no-ui",
        caught_by: &["authorize/prompt-none-without-session"],
        seams: &[Seam::Gate(Rule::LoginMayBePrompted, None), Seam::Gate(Rule::ConsentMayBePrompted, None)],
        ..OIDC
    },
    Fault {
        id: "prompt-none-shows-consent",
        says: "A user who is logged in is asked for consent although the request says prompt=none.",
        clause: "oidc-core/3.1.2.1/prompt-none-no-ui",
        caught_by: &["authorize/prompt-none-with-session"],
        seams: &[Seam::Gate(Rule::ConsentMayBePrompted, None)],
        ..OIDC
    },
    Fault {
        id: "prompt-none-with-login",
        says: "In prompt=\"none login\" the word none is not noticed.",
        clause: "oidc-core/3.1.2.1/prompt-none-alone",
        caught_by: &["authorize/prompt-none-with-other"],
        seams: &[
            Seam::Gate(Rule::PromptIsConsistent, None),
            Seam::Gate(Rule::LoginMayBePrompted, None),
            Seam::Gate(Rule::ConsentMayBePrompted, None),
        ],
        ..OIDC
    },
];
