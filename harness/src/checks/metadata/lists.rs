//! What the metadata lists, held against what the server does: RFC 8414 §2, §3.2.

use serde_json::Value;

use super::document::of;
use crate::cell::{AuthMethod, Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab, Landing, random};

pub const LISTS_ARE_ARRAYS: Check = Check {
    id: "metadata/lists-are-arrays",
    title: "the lists of the metadata are arrays of strings",
    why: "A client that looks for a value in a list finds it in no string, or finds half a word in one.",
    clauses: &["rfc8414/3.2/lists-are-arrays", "oidc-discovery/4.2/lists-are-arrays"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(lists_are_arrays(lab))),
};

pub const PKCE_LISTED: Check = Check {
    id: "metadata/pkce-listed",
    title: "the methods of PKCE that work are listed, and those that are listed work",
    why: "Without the list a client must believe that there is no PKCE, and many then send none; a method that does not work leaves it without a code.",
    clauses: &[
        "rfc8414/2/code-challenge-methods",
        "rfc8414/2/code-challenge-methods-served",
        "rfc9700/2.1.1/pkce-advertised",
        "rfc9700/4.7.1/pkce-advertised",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(pkce_listed(lab))),
};

pub const AUTH_METHOD_LISTED: Check = Check {
    id: "metadata/auth-method-listed",
    title: "an authentication method that works is listed",
    why: "A client chooses its method from the list; what is not there it does not try.",
    clauses: &["rfc8414/2/token-endpoint-auth-methods", "rfc8414/2/token-endpoint-auth-method-default"],
    cells: Cells::CLIENT_METHODS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(auth_method_listed(lab))),
};

pub const OPENID_LISTED: Check = Check {
    id: "metadata/openid-listed",
    title: "the scopes of an OpenID provider that are listed include openid",
    why: "A client that looks whether the server speaks OpenID Connect looks there, and goes without a login.",
    clauses: &["oidc-discovery/3/defined-scopes-listed"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(openid_listed(lab))),
};

pub const RESPONSE_MODES_WORK: Check = Check {
    id: "metadata/response-modes-work",
    title: "a response_mode that is listed is served",
    why: "A client that asks for what the server says it can do must not end on an error page.",
    clauses: &["rfc6749/4.1.1/valid-request-served", "rfc8414/2/response-modes"],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(response_modes_work(lab))),
};

/// The members that hold several values: RFC 8414 §2, OpenID Connect Discovery §3.
const LISTS: &[&str] = &[
    "acr_values_supported",
    "claim_types_supported",
    "claims_locales_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "display_values_supported",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "response_modes_supported",
    "response_types_supported",
    "revocation_endpoint_auth_methods_supported",
    "scopes_supported",
    "subject_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "ui_locales_supported",
    "userinfo_signing_alg_values_supported",
];

async fn lists_are_arrays(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    let is_list = |value: &Value| value.as_array().is_some_and(|values| values.iter().all(Value::is_string));
    for name in LISTS {
        if let Some(value) = document.get(*name).filter(|value| !is_list(value)) {
            return Err(Stop::finding(
                of(lab, "rfc8414/3.2/lists-are-arrays", "oidc-discovery/4.2/lists-are-arrays"),
                format!("{name}, an array of strings"),
                format!("{name}: {value}"),
            ));
        }
    }
    Ok(())
}

async fn pkce_listed(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    let wrong = lab.redemption(&code)?.with("code_verifier", random());
    if lab.send(&wrong).await?.tokens().is_some() {
        return Err(Stop::Inconclusive("the server does not verify the code_verifier".to_owned()));
    }
    let clause = "rfc8414/2/code-challenge-methods";
    listed(lab, "code_challenge_methods_supported", "S256", &[], clause)?;
    if lab.target().metadata.list("code_challenge_methods_supported").contains(&"plain") {
        let verifier = random();
        let plain = Authorize::valid().verifier(&verifier).with("code_challenge", &verifier);
        // A server may hold one client to more than it says of all.
        let clause = "rfc8414/2/code-challenge-methods-served";
        let code = lab.authorize(plain.with("code_challenge_method", "plain")).await?.issues_code(clause)?;
        lab.redeem(&code).await?.served(clause)?;
    }
    Ok(())
}

async fn auth_method_listed(lab: &Lab) -> Answer {
    const LIST: &str = "token_endpoint_auth_methods_supported";
    lab.client_credentials().await?.is_token()?;
    let method = lab.client().auth.name();
    let default = [AuthMethod::Basic.name()];
    let is_listed = lab.target().metadata.document.contains_key(LIST);
    let clause = if is_listed {
        "rfc8414/2/token-endpoint-auth-methods"
    } else {
        "rfc8414/2/token-endpoint-auth-method-default"
    };
    listed(lab, LIST, method, &default, clause)
}

async fn openid_listed(lab: &Lab) -> Answer {
    lab.metadata().await?.is_json()?;
    if !lab.target().metadata.document.contains_key("scopes_supported") {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata has no scopes_supported"));
    }
    listed(lab, "scopes_supported", "openid", &[], "oidc-discovery/3/defined-scopes-listed")
}

/// Nobody touches the pages: a login, a consent and a form that posts itself to the client are all ways of being served.
async fn response_modes_work(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let metadata = &lab.target().metadata;
    if metadata.url.is_empty() {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the server publishes no metadata"));
    }
    // RFC 8414 §2: without the list it is query and fragment. Tokens never travel in a query.
    let list = "response_modes_supported";
    let values = if metadata.document.contains_key(list) { metadata.list(list) } else { vec!["query", "fragment"] };
    let plain = match lab.cell().response_type() {
        ResponseType::Code => ("query", "rfc6749/4.1.1/valid-request-served"),
        _ => ("fragment", "rfc8414/2/response-modes"),
    };
    for (mode, clause) in [plain, ("form_post", "rfc8414/2/response-modes")] {
        if values.contains(&mode) {
            let landing = lab.authorize(Authorize::valid().with("response_mode", mode).untouched()).await?.landing;
            let refused = match &landing {
                Landing::Client { .. } => landing.param("error").is_some(),
                Landing::Page { reply, asks, .. } => !asks && reply.status >= 400,
            };
            if refused {
                return Err(Stop::finding(clause, format!("an answer by response_mode={mode}"), landing.summary()));
            }
        }
    }
    Ok(())
}

/// Does the list have the value? Without the list its `default` counts.
fn listed(lab: &Lab, list: &str, value: &str, default: &[&str], clause: &'static str) -> Answer {
    let metadata = &lab.target().metadata;
    if metadata.url.is_empty() {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the server publishes no metadata"));
    }
    let values = if metadata.document.contains_key(list) { metadata.list(list) } else { default.to_vec() };
    if values.contains(&value) {
        return Ok(());
    }
    Err(Stop::finding(clause, format!("{value} in {list}"), format!("{list}: {}", values.join(", "))))
}
