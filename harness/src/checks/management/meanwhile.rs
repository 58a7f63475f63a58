//! What an update takes back, and who still has it: RFC 7592 §2.2.

use serde_json::{Value, json};

use super::accepted;
use crate::cell::{AuthMethod, Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::authorization_code::interaction::{consenting, unasked};
use crate::exchange::{SigningKey, Wire};
use crate::lab::granted::{granted_scope, scope};
use crate::lab::registration::{OTHER_REDIRECT_URI, REDIRECT_URI};
use crate::lab::{Authorized, Browser, Lab, Registered};
use crate::target::Client;

pub const KEYS_REPLACED: Check = Check {
    id: "management/keys-replaced",
    title: "a key that an update replaces authenticates its client no longer",
    why: "A key is replaced because it leaked. If updates add to key sets, whoever has it is the client for good.",
    clauses: &[REPLACED],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(keys_replaced(lab))),
};

pub const GRANT_TAKEN_BACK: Check = Check {
    id: "management/grant-taken-back",
    title: "a refresh token buys nothing once an update took the grant from its client",
    why: "A grant is taken back because it is too much. What was handed out before would go on for as long as refresh tokens live.",
    clauses: &[TYPES, "rfc6749/5.2/error-response"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(grant_taken_back(lab))),
};

pub const WHILE_ASKED: Check = Check {
    id: "management/updated-while-asked",
    title: "what an update takes back is not given for a question that was asked before it",
    why: "An address is taken back because a stranger has it. Every page that is still open would send one more code there.",
    clauses: &[MEANWHILE, SCOPE, TYPES],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(while_asked(lab))),
};

const REPLACED: &str = "rfc7592/2.2/replaced";
const MEANWHILE: &str = "rfc7592/2.2/replaced-meanwhile";
const SCOPE: &str = "rfc7591/2/registered-scope-only";
const TYPES: &str = "rfc7591/2/registered-types-only";

/// The algorithm of the keys that are registered, if the server takes client assertions by it.
const ALGORITHM: &str = "ES256";

async fn keys_replaced(lab: &Lab) -> Answer {
    let metadata = &lab.target().metadata;
    let listed = |list: &str, name: &str| metadata.list(list).contains(&name);
    if !listed("token_endpoint_auth_methods_supported", AuthMethod::KeyJwt.name())
        || !listed("token_endpoint_auth_signing_alg_values_supported", ALGORITHM)
    {
        let says = format!("the metadata does not list client assertions by {ALGORITHM}");
        return Err(Stop::not_applicable(Reason::NotAdvertised, says));
    }
    let fresh = || SigningKey::fresh(ALGORITHM).map_err(Stop::Error);
    let (old, new) = (fresh()?, fresh()?);
    let request = lab.registration()?.for_grants(&["authorization_code", "client_credentials"], &["code"]);
    let request = request.authenticating(AuthMethod::KeyJwt).signing(old.clone());
    let registered = lab.register(&request.with("token_endpoint_auth_signing_alg", ALGORITHM)).await?;
    let by = |key: &SigningKey| Client { key: Some(key.clone()), ..registered.client.clone() };
    lab.registered_token(&by(&old)).await?.is_token()?;

    let updated = accepted(lab, &registered, &lab.updating(&registered)?.signing(new.clone())).await?;
    // RFC 7592 §2.2: a server may keep what it does not let a client change, and tells.
    let point = |key: &Value| key.get("x").cloned();
    let told = updated.members.get("jwks").and_then(|jwks| jwks.get("keys")).and_then(Value::as_array);
    let fresh = new.public_jwk().as_ref().and_then(point);
    if fresh.is_none() || !told.into_iter().flatten().any(|key| point(key) == fresh) {
        return Err(Stop::not_applicable(Reason::Policy, "the answer does not tell the new key"));
    }
    lab.registered_token(&by(&new)).await?.served(REPLACED)?;
    lab.registered_token(&by(&old)).await?.refused(REPLACED).map(drop)
}

async fn grant_taken_back(lab: &Lab) -> Answer {
    const LEFT: &str = "authorization_code";
    let request = lab.registration()?.for_grants(&[LEFT, Grant::RefreshToken.name()], &["code"]);
    let registered = lab.register(&request).await?;
    registered.may(Grant::RefreshToken)?;
    let acting = lab.acting_in(Cell::REFRESH, &registered.client);
    let (_, first) = acting.refreshable().await?;
    let second = acting.refresh(&first).await?.is_token()?.refresh_token.unwrap_or(first);

    let now = accepted(lab, &registered, &lab.updating(&registered)?.with("grant_types", &[LEFT][..])).await?;
    if now.list("grant_types") != [LEFT] {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server registers a client for codes with more than that",
        ));
    }
    acting.refresh(&second).await?.refused(TYPES).map(drop)
}

/// That the page is answered where nothing was taken back is the control. Where an answer goes that gives nothing is another matter.
async fn while_asked(lab: &Lab) -> Answer {
    let question = Question::asked(lab).await?;
    let code = question.answered().await?.code()?;
    question.acting.redeem(&code).await?.is_token()?;

    let updates: [(&str, &[(&str, Value)]); 3] = [
        (MEANWHILE, &[("redirect_uris", json!([OTHER_REDIRECT_URI]))]),
        (SCOPE, &[("scope", json!(NARROW))]),
        (TYPES, &[("grant_types", json!(["implicit"])), ("response_types", json!(["id_token"]))]),
    ];
    for (clause, members) in updates {
        let question = Question::asked(lab).await?;
        let valid = lab.updating(&question.registered)?;
        let update = members.iter().fold(valid, |update, (name, value)| update.with(name, value.clone()));
        let reply = lab.send_registration(&update).await?;
        reply.judgeable()?;
        let now = question.registered.renewed(&update, &reply);
        // What the server did not replace it may go by.
        if !now.is_some_and(|now| members.iter().all(|(name, value)| now.members.get(*name) == Some(value))) {
            continue;
        }
        let Ok(code) = question.answered().await?.code() else { continue };
        let came = match clause {
            SCOPE => {
                let tokens = question.acting.redeem(&code).await?.tokens();
                let granted = tokens.and_then(|tokens| granted_scope(&tokens, None)).unwrap_or_default();
                granted.difference(&scope(NARROW)).next().map(|beyond| format!("a token with the scope {beyond}"))
            }
            MEANWHILE => Some("a code at a redirect URI that was taken back".to_owned()),
            _ => Some("a code for a response type that was taken back".to_owned()),
        };
        if let Some(came) = came {
            return Err(Stop::finding(clause, "nothing that the client is not registered for any more", came));
        }
    }
    Ok(())
}

/// The scope of a client that has as good as none.
const NARROW: &str = "openid";

/// A client that has just registered, and the page on which its user is asked.
struct Question {
    acting: Lab,
    registered: Registered,
    browser: Browser,
    waiting: Authorized,
    form: Wire,
}

impl Question {
    async fn asked(lab: &Lab) -> Result<Self, Stop> {
        let wide = lab.target().authorization_scope().unwrap_or(NARROW);
        let request = lab.registration()?.with("redirect_uris", &[REDIRECT_URI][..]).with("scope", wide);
        let registered = lab.register(&request).await?;
        let client = Client { redirect_uris: vec![REDIRECT_URI.to_owned()], ..registered.client.clone() };
        let (acting, browser) = (lab.acting_in(Cell::CODE, &client), Browser::default());
        let waiting = acting.authorize_in(&browser, consenting(lab).undecided()).await?;
        let form = browser.pending_consent().ok_or_else(unasked)?;
        Ok(Self { acting, registered, browser, waiting, form })
    }

    /// What comes of a yes.
    async fn answered(&self) -> Result<Authorized, Stop> {
        self.acting.submit_for(&self.browser, self.waiting.clone(), self.form.clone()).await
    }
}
