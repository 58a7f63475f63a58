//! What comes of pushing a request: RFC 9126 §2.2.

use serde_json::Value;

use crate::cell::{Cell, Cells};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::token_endpoint::unguessable::vary_by;
use crate::exchange::Reply;
use crate::lab::{Authorize, Lab};

pub const RESPONSE: Check = Check {
    id: "pushed/response",
    title: "a pushed request is answered with 201, a request_uri and the seconds that it lives",
    why: "Clients send the user on with what this answer holds; what is not as it is written they cannot read.",
    clauses: &["rfc9126/2.2/created", "rfc9126/2.2/json", "rfc9126/2.2/members", "rfc9126/2.2/expires-in"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(response(lab))),
};

pub const UNGUESSABLE: Check = Check {
    id: "pushed/unguessable",
    title: "a request_uri is long and random",
    why: "Whoever guesses it reads what was pushed off the consent page, or uses it up.",
    clauses: &[UNGUESSABLE_CLAUSE],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(unguessable(lab))),
};

pub const REQUEST_URI_FORM: Check = Check {
    id: "pushed/request-uri-short",
    title: "a request_uri is a name of at most 512 characters",
    why: "What is longer does not fit into every browser and proxy, and often is the whole request, packed into its own reference.",
    clauses: &["rfc9101/5.2/own-uri-length", "rfc9101/5.2/own-urn"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(request_uri_form(lab))),
};

pub const REQUIRED: Check = Check {
    id: "pushed/required",
    title: "a server that says that requests have to be pushed serves no other",
    why: "A client that relies on it leaves out what would protect a request in the open; an attacker does not push.",
    clauses: &["rfc9126/4/push-required", "rfc9126/4/invalid-request"],
    cells: Cells::CODE,
    needs: &[Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(required(lab))),
};

pub const REQUIRED_OF_CLIENT: Check = Check {
    id: "pushed/required-of-client",
    title: "a client that is registered for pushed requests only is not served otherwise",
    why: "An attacker does not push: what the client asked for as its protection has to be demanded of whoever speaks in its name.",
    clauses: &["rfc9126/6/push-required-of-client", "rfc9126/4/push-required", "rfc9126/4/invalid-request"],
    cells: Cells::SERVER,
    needs: &[Need::PushedRequests, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(required_of_client(lab))),
};

/// The clause on guessing.
const UNGUESSABLE_CLAUSE: &str = "rfc9126/2.2/unguessable";

/// RFC 9101 §5.2: for what a server hands out as for what a client publishes.
const MOST_CHARACTERS: usize = 512;

/// So many references are compared.
const REFERENCES: usize = 6;

async fn response(lab: &Lab) -> Answer {
    let (reply, _) = lab.push(&[]).await?;
    reply.is_ok()?;
    if reply.status != 201 {
        return Err(Stop::finding("rfc9126/2.2/created", "the status 201", reply.actual()));
    }
    if reply.media_type() != "application/json" {
        let came = format!("the media type {:?}", reply.media_type());
        return Err(Stop::finding("rfc9126/2.2/json", "the media type application/json", came));
    }
    let json = reply.json().ok_or_else(|| Stop::finding("rfc9126/2.2/json", "a JSON object", reply.actual()))?;
    if !json.get("request_uri").is_some_and(Value::is_string) || !json.contains_key("expires_in") {
        return Err(Stop::finding("rfc9126/2.2/members", "the members request_uri and expires_in", told(&reply)));
    }
    if json.get("expires_in").and_then(Value::as_u64).is_none_or(|seconds| seconds == 0) {
        return Err(Stop::finding("rfc9126/2.2/expires-in", "a positive whole number of seconds", told(&reply)));
    }
    Ok(())
}

/// What the answer has, its values aside but that of `expires_in`.
fn told(reply: &Reply) -> String {
    let json = reply.json().unwrap_or_default();
    let names: Vec<&str> = json.keys().map(String::as_str).collect();
    let lives = json.get("expires_in").map(|value| format!(", expires_in {value}")).unwrap_or_default();
    format!("{}: {} with {}{lives}", reply.asked, reply.status, names.join(", "))
}

async fn unguessable(lab: &Lab) -> Answer {
    let mut references = Vec::new();
    for _ in 0..REFERENCES {
        references.push(lab.is_pushed().await?.request_uri);
    }
    vary_by(UNGUESSABLE_CLAUSE, "references", &references)
}

async fn request_uri_form(lab: &Lab) -> Answer {
    let request_uri = lab.is_pushed().await?.request_uri;
    let length = request_uri.chars().count();
    if length > MOST_CHARACTERS {
        return Err(Stop::finding(
            "rfc9101/5.2/own-uri-length",
            format!("at most {MOST_CHARACTERS} characters"),
            format!("a request_uri of {length}"),
        ));
    }
    if !request_uri.to_ascii_lowercase().starts_with("urn:") {
        return Err(Stop::finding("rfc9101/5.2/own-urn", "a URN", "a request_uri that is none"));
    }
    Ok(())
}

async fn required(lab: &Lab) -> Answer {
    if !lab.target().metadata.is_true("require_pushed_authorization_requests") {
        return Err(Stop::not_applicable(Reason::Policy, "the server also serves requests that were not pushed"));
    }
    let pushed = lab.is_pushed().await?;
    lab.authorize(lab.by_reference(&pushed)?).await?.granted()?;
    let open = lab.authorize(Authorize::valid()).await?;
    open.refused("rfc9126/4/push-required")?.with_error("rfc9126/4/invalid-request", &["invalid_request"])
}

async fn required_of_client(lab: &Lab) -> Answer {
    const MEMBER: &str = "require_pushed_authorization_requests";
    let registered = lab.register(&lab.registration()?.with(MEMBER, true)).await?;
    if registered.members.get(MEMBER) != Some(&true.into()) {
        return Err(Stop::not_applicable(Reason::Policy, format!("the server registers no {MEMBER}")));
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let pushed = acting.is_pushed().await?;
    acting.authorize(acting.by_reference(&pushed)?).await?.granted()?;
    let open = acting.authorize(Authorize::valid()).await?;
    open.refused(REQUIRED_OF_CLIENT.clauses[0])?.with_error("rfc9126/4/invalid-request", &["invalid_request"])
}
