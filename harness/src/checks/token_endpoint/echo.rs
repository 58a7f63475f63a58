//! What an error repeats of the request that it answers.

use crate::cell::{AuthMethod, Cells};
use crate::check::{Answer, Ask, Check, Stop};
use crate::lab::{Lab, random};

pub const NOTHING_ECHOED: Check = Check {
    id: "token/nothing-echoed",
    title: "an error repeats no code, token, password or secret of the request",
    why: "Errors are logged, shown and sent on to whoever looks after the client; what is secret must not travel with them.",
    clauses: &["rfc6749/5.2/nothing-echoed"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(nothing_echoed(lab))),
};

/// The parameters of a token request that are worth something to whoever reads them.
const SECRETS: &[&str] = &["code", "code_verifier", "device_code", "password", "refresh_token"];

/// Good values in a request that is refused for another reason, and a secret that is wrong.
async fn nothing_echoed(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;

    let request = lab.grant_request().await?;
    let wrong = random();
    let mut secrets: Vec<(&str, String)> =
        SECRETS.iter().filter_map(|name| Some((*name, request.value(name)?.to_owned()))).collect();
    if matches!(lab.client().auth, AuthMethod::Basic | AuthMethod::Post) {
        secrets.push(("client_secret", wrong.clone()));
    }
    for refused in
        [request.clone().with("grant_type", "urn:grantspec:no-such-grant"), request.with("client_secret", wrong)]
    {
        let reply = lab.send(&refused).await?;
        reply.judgeable()?;
        if reply.tokens().is_some() {
            return Err(Stop::Inconclusive("the request was not refused".to_owned()));
        }
        if let Some((name, secret)) = secrets.iter().find(|(_, secret)| reply.body.contains(secret.as_str())) {
            // A password may be a word that every such error has.
            if lab.send(&refused.with(name, random())).await?.body.contains(secret.as_str()) {
                continue;
            }
            return Err(Stop::finding(
                NOTHING_ECHOED.clauses[0],
                "an error that repeats nothing",
                format!("an error with the {name}"),
            ));
        }
    }
    Ok(())
}
