//! Software statements of somebody whom the server trusts: RFC 7591 §2.3, §3.1.1, §3.2.1.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const COUNTS: Check = Check {
    id: "registration/statement-counts",
    title: "what a trusted software statement says counts over the rest of the request, and is told together with it",
    why: "Somebody vouches for the statement. Whoever can write what stands beside it must not change what was vouched for.",
    clauses: &[
        PRECEDENCE,
        "rfc7591/2/statement-precedence",
        "rfc7591/5/statement-precedence",
        "rfc7591/3.2.1/statement-returned",
        "rfc7591/3.2.1/statement-elements-returned",
    ],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(counts(lab))),
};

const PRECEDENCE: &str = "rfc7591/3.1.1/statement-precedence";

/// That the statement counts for anything is learned without a name beside it.
async fn counts(lab: &Lab) -> Answer {
    let Some(statement) = lab.target().registration.software_statement.clone() else {
        let says = "the target file has no software statement: [registration] software_statement = { file = \"…\" }";
        return Err(Stop::not_applicable(Reason::NoAbility, says));
    };
    let claims = Jwt::read(&statement).map(|jwt| jwt.claims).unwrap_or_default();
    let Some(name) = claims.get("client_name").and_then(Value::as_str) else {
        return Err(Stop::not_applicable(Reason::NoAbility, "the software statement names no client_name"));
    };
    lab.register(&lab.registration()?).await?;
    let silent = lab.registration()?.without("client_name").with("software_statement", statement.as_str());
    let reply = lab.send_registration(&silent).await?;
    reply.judgeable()?;
    let Some(registered) = lab.registered(&silent, &reply) else {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not take the software statement"));
    };
    match registered.text("client_name") {
        Some(told) if told == name => {}
        None if registered.text("software_statement").is_some() => {
            let expected = format!("the client_name {name} of the statement");
            return Err(Stop::finding("rfc7591/3.2.1/statement-elements-returned", expected, "no client_name"));
        }
        _ => return Err(Stop::not_applicable(Reason::Policy, "the server passes over software statements")),
    }
    if registered.text("software_statement") != Some(&statement) {
        let actual = if registered.text("software_statement").is_some() { "another one" } else { "no statement" };
        return Err(Stop::finding("rfc7591/3.2.1/statement-returned", "the software_statement that was sent", actual));
    }
    let both = lab.registration()?.with("client_name", "grantspec beside").with("software_statement", statement);
    let told = lab.register(&both).await?.text("client_name").map(str::to_owned);
    if told.as_deref() == Some(name) {
        return Ok(());
    }
    let told = told.map_or_else(|| "no client_name".to_owned(), |told| format!("the client_name {told}"));
    Err(Stop::finding(PRECEDENCE, format!("the client_name {name} of the statement"), told))
}
