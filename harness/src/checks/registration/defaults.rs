//! What a client has that asked for nothing, and whether it has what it was told: RFC 7591 §2, §3.2.1.

use super::unless_nobody_is_served;
use crate::cell::{AuthMethod, Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::{Authorize, Lab, Registered};

pub const DEFAULTS: Check = Check {
    id: "registration/defaults",
    title: "a client that only says where its answers go has the code flow, and authenticates by client_secret_basic",
    why: "Most clients say no more. If the server has defaults of its own and does not tell them, none of them works.",
    clauses: &["rfc7591/2/auth-method-default", "rfc7591/2/grant-types-default", "rfc7591/2/response-types-default"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(async { unless_nobody_is_served(lab, defaults(lab).await).await })),
};

pub const ANSWER_IS_TRUE: Check = Check {
    id: "registration/answer-is-true",
    title: "a client can do what it was told that it is registered for",
    why: "A server that repeats the request and stores something else sends its clients into refusals that nobody can explain.",
    clauses: &["rfc7591/3.2.1/provisioned-returned", "oidc-registration/3.2/replaced-returned"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(answer_is_true(lab))),
};

/// What is told counts; only what is not told is the default of the text. What the target file adds to every registration is left out here.
async fn defaults(lab: &Lab) -> Answer {
    let defaulting = ["token_endpoint_auth_method", "grant_types", "response_types"];
    let request = defaulting.iter().fold(lab.registration()?, |request, name| request.without(name));
    let mut registered = lab.register(&request).await?;
    let told = |name: &str| registered.members.contains_key(name);
    if told("token_endpoint_auth_method") && told("grant_types") && told("response_types") {
        return same_as_told(lab, &registered).await;
    }
    if !told("token_endpoint_auth_method") {
        registered.client.auth = AuthMethod::Basic;
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let authorized = acting.authorize_in(lab.browser(), Authorize::valid()).await?;
    let code = authorized.issues_code("rfc7591/2/response-types-default")?;
    let reply = acting.redeem(&code).await?;
    match reply.text("error").as_deref() {
        Some("invalid_client") => reply.served("rfc7591/2/auth-method-default").map(drop),
        _ => reply.served("rfc7591/2/grant-types-default").map(drop),
    }
}

/// Nothing is left to the defaults, but what is told has to be what the client has.
async fn same_as_told(lab: &Lab, registered: &Registered) -> Answer {
    if !registered.client.may(Grant::AuthorizationCode) {
        return Ok(());
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let authorized = acting.authorize_in(lab.browser(), Authorize::valid()).await?;
    let code = authorized.issues_code("rfc7591/2/response-types-default")?;
    let reply = acting.redeem(&code).await?;
    let clause = match reply.text("error").as_deref() {
        Some("invalid_client") => "rfc7591/2/auth-method-default",
        _ => "rfc7591/2/grant-types-default",
    };
    reply.served(clause).map(drop)
}

async fn answer_is_true(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7591/3.2.1/provisioned-returned";
    let grants = ["authorization_code", "client_credentials", "refresh_token"];
    let registered = lab.register(&lab.registration()?.for_grants(&grants, &["code"])).await?;
    let named = |stop: Stop, grant: &str| stop.in_case(format!("registered for {grant}, by the answer"));
    if registered.client.may(Grant::ClientCredentials) {
        let reply = lab.acting_as(&registered.client).client_credentials().await?;
        // RFC 6749 §3.3: it may be registered for no scope that a client asks for by itself.
        if reply.text("error").as_deref() != Some("invalid_scope") {
            reply.served(CLAUSE).map_err(|stop| named(stop, "client_credentials"))?;
        }
    }
    if registered.client.may(Grant::AuthorizationCode) {
        let acting = lab.acting_in(Cell::CODE, &registered.client);
        let authorized = acting.authorize_in(lab.browser(), Authorize::valid()).await?;
        let code = authorized.issues_code(CLAUSE).map_err(|stop| named(stop, "authorization_code"))?;
        let reply = acting.redeem(&code).await?;
        let tokens = reply.served(CLAUSE).map_err(|stop| named(stop, "authorization_code"))?;
        // RFC 6749 §1.5: whether a refresh token comes is the server's choice.
        if let Some(refresh_token) = tokens.refresh_token.filter(|_| registered.client.may(Grant::RefreshToken)) {
            let reply = acting.refresh(&refresh_token).await?;
            reply.served(CLAUSE).map_err(|stop| named(stop, "refresh_token"))?;
        }
    }
    Ok(())
}
