//! Where the response travels: in the fragment, and never in a query. RFC 6749 §4.2.2, Multiple Response Types §5, §7.

use crate::cell::{Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Stop, clause_in};
use crate::checks::authorization_code::response::{each_once, failing};
use crate::lab::{Authorize, Lab, Landing, Place};

pub const IN_FRAGMENT: Check = Check {
    id: "front-channel/in-fragment",
    title: "a response with a token lies in the fragment, each parameter once",
    why: "A fragment stays in the browser; what lies in the query goes to every server, log and referrer on the way.",
    clauses: &[
        OIDC,
        OAUTH,
        "rfc6749/3.1/response-not-repeated",
        "multiple-response-types/3/mode-as-asked",
        "multiple-response-types/5/mode-as-asked",
        ONE_MODE,
    ],
    cells: Cells::FRONT_CHANNEL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(in_fragment(lab))),
};

pub const ERROR_IN_FRAGMENT: Check = Check {
    id: "front-channel/error-in-fragment",
    title: "an error lies in the fragment, where the response would have been",
    why: "A script in the browser looks there: an error that lies elsewhere is never seen, and the user waits.",
    clauses: &[
        "rfc6749/4.2.2.1/error-in-fragment",
        "oidc-core/3.2.2.6/errors-in-fragment",
        "oidc-core/3.3.2.6/errors-in-fragment",
        ONE_MODE,
    ],
    cells: Cells::FRONT_CHANNEL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(error_in_fragment(lab))),
};

pub const NOT_IN_QUERY: Check = Check {
    id: "front-channel/not-in-query",
    title: "response_mode=query brings no token into a query",
    why: "Whoever writes the request chooses the mode: a token in a query is in the history, in the logs and in the referrers of the client.",
    clauses: &[
        "multiple-response-types/7/no-tokens-in-query",
        "multiple-response-types/3/no-query",
        "multiple-response-types/5/no-query",
    ],
    cells: Cells::FRONT_CHANNEL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(not_in_query(lab))),
};

/// OpenID Connect Core §3.3.2.5: it holds for the hybrid flow too.
const OIDC: &str = "oidc-core/3.2.2.5/in-fragment";
const OAUTH: &str = "rfc6749/4.2.2/access-token";
/// What comes beside the error, or beside the tokens.
const ONE_MODE: &str = "multiple-response-types/2.2/one-mode";

async fn in_fragment(lab: &Lab) -> Answer {
    let clause = if lab.cell().response_type() == ResponseType::Token { OAUTH } else { OIDC };
    let authorized = lab.authorize(Authorize::valid()).await?;
    authorized.granted()?;
    for name in ["code", "access_token", "token_type", "expires_in", "scope", "id_token", "state", "iss"] {
        if let Some(place) = authorized.landing.place(name).filter(|place| *place != Place::Fragment) {
            return Err(Stop::finding(
                clause,
                format!("{name} in the fragment"),
                format!("{name} in the {}: {}", place.says(), authorized.landing.summary()),
            ));
        }
    }
    match &authorized.landing {
        Landing::Client { params, .. } => each_once(lab, params),
        Landing::Page { .. } => Ok(()),
    }
}

/// The errors of requests whose response type is good: what the response type is decides where they go.
async fn error_in_fragment(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let clause = clause_in(lab.cell(), ERROR_IN_FRAGMENT.clauses);
    let mut failed = failing(lab, "grantspec").await?;
    failed.retain(|failed| failed.request.value("response_type") == Some(lab.cell().response_type().name()));
    if failed.is_empty() {
        return Err(Stop::Inconclusive("no error travelled to the client".to_owned()));
    }
    for failed in failed {
        for name in ["error", "error_description", "error_uri", "state", "iss"] {
            if let Some(place) = failed.landing.place(name).filter(|place| *place != Place::Fragment) {
                return Err(Stop::finding(
                    if name == "error" { clause } else { ONE_MODE },
                    format!("{name} in the fragment"),
                    format!("{name} in the {}: {}", place.says(), failed.landing.summary()),
                ));
            }
        }
    }
    Ok(())
}

/// The server may refuse, or choose another place; a code in a query is what it always was.
async fn not_in_query(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let landing = lab.authorize(Authorize::valid().with("response_mode", "query")).await?.landing;
    match ["access_token", "id_token"].iter().find(|name| landing.place(name) == Some(Place::Query)) {
        Some(name) => Err(Stop::finding(
            NOT_IN_QUERY.clauses[0],
            "a refusal, or a response that lies elsewhere",
            format!("{name} in the query: {}", landing.summary()),
        )),
        None => Ok(()),
    }
}
