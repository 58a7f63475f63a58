//! What a browser is recognized by after a login: RFC 6749 §10.10.

use url::Url;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::token_endpoint::unguessable::vary_by;
use crate::lab::{Authorize, Browser, Lab};

pub const UNGUESSABLE: Check = Check {
    id: "authorize/session-unguessable",
    title: "the cookies that open a session are long and random",
    why: "Whoever guesses the session of another gets codes and tokens in their name, at every client, without a password.",
    clauses: &["rfc6749/10.10/session-unguessable"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(unguessable(lab))),
};

/// So many sessions are compared.
const SESSIONS: usize = 5;

async fn unguessable(lab: &Lab) -> Answer {
    let endpoint = lab.target().metadata.authorization_endpoint.as_deref().and_then(|url| Url::parse(url).ok());
    let endpoint = endpoint.ok_or_else(|| Stop::Inconclusive("the authorization endpoint is no URL".to_owned()))?;
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        let browser = Browser::default();
        lab.authorize_in(&browser, Authorize::valid()).await?.code()?;
        sessions.push(browser.cookies(&endpoint));
    }
    let needed = needed(lab, &sessions[0], &endpoint).await?;
    let mut values: Vec<String> = sessions.iter().map(|cookies| together(cookies, &needed)).collect();
    // A cookie that says who is logged in, and is signed, may be the same for two logins of one second.
    values.sort_unstable();
    values.dedup();
    if values.len() < 3 {
        return Err(Stop::not_applicable(Reason::Policy, "the same login brings the same cookies"));
    }
    vary_by(UNGUESSABLE.clauses[0], "sessions", &values)
}

/// The names of the cookies without which nobody is logged in.
async fn needed(lab: &Lab, cookies: &[(String, String)], endpoint: &Url) -> Result<Vec<String>, Stop> {
    if !lab.is_logged_in(&Browser::with_cookies(cookies, endpoint)).await? {
        return Err(Stop::Inconclusive("the cookies of a login open no session".to_owned()));
    }
    let mut needed = Vec::new();
    for (name, _) in cookies {
        let others: Vec<_> = cookies.iter().filter(|(other, _)| other != name).cloned().collect();
        if !lab.is_logged_in(&Browser::with_cookies(&others, endpoint)).await? {
            needed.push(name.clone());
        }
    }
    if needed.is_empty() {
        return Err(Stop::not_applicable(Reason::Policy, "no cookie alone is what opens a session"));
    }
    Ok(needed)
}

fn together(cookies: &[(String, String)], names: &[String]) -> String {
    let of = |name: &String| cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    names.iter().filter_map(of).collect()
}
