//! What a client is registered for, and what it is then served: RFC 6749 §4.1.2.1, §4.2.2.1.

use crate::cell::{Cell, Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::landing::Granted;
use crate::lab::{Authorize, Lab, Registered, RegistrationRequest};

pub const RESPONSE_TYPES: Check = Check {
    id: "registration/response-types-held",
    title: "a client is not served a response type of its grant that it is not registered for",
    why: "Who registers for ID tokens alone wants no access token in any browser; whoever writes the link would ask for one all the same.",
    clauses: &["rfc6749/4.2.2.1/unauthorized-client"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(response_types(lab))),
};

pub const SCOPE: Check = Check {
    id: "registration/scope-held-by-id-token",
    title: "an ID token tells a client nothing of a scope that it is not registered for",
    why: "Where nothing but an ID token comes, no token and no answer shows how far the client reaches: what it learns does.",
    clauses: &["rfc7591/2/registered-scope-only"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(scope(lab))),
};

/// That a client which is registered for it learns the address of the user is the control.
async fn scope(lab: &Lab) -> Answer {
    const NARROW: &str = "openid";
    const WIDE: &str = "openid email";
    let request = |scope: &str| -> Result<RegistrationRequest, Stop> {
        Ok(lab.registration()?.for_grants(&["implicit"], &[ResponseType::IdToken.name()]).with("scope", scope))
    };
    let asks = |registered: &Registered| lab.acting_in(Cell::of(ResponseType::IdToken), &registered.client);
    let told = |granted: Granted| granted.id_claims().is_some_and(|jwt| jwt.claims.contains_key("email"));

    let wide = lab.register(&request(WIDE)?).await?;
    if !told(asks(&wide).authorize(Authorize::valid().with("scope", WIDE)).await?.granted()?) {
        return Err(Stop::not_applicable(Reason::Policy, "an ID token that comes alone tells no email"));
    }
    let narrow = lab.register(&request(NARROW)?).await?;
    if narrow.text("scope") != Some(NARROW) {
        return Err(Stop::not_applicable(Reason::Policy, "the server registers another scope than openid alone"));
    }
    let acting = asks(&narrow);
    if told(acting.authorize(Authorize::valid().with("scope", NARROW)).await?.granted()?) {
        return Err(Stop::not_applicable(Reason::Policy, "the email comes by the scope openid"));
    }
    let clause = SCOPE.clauses[0];
    let asked = acting.authorize(Authorize::valid().with("scope", WIDE)).await?;
    let Ok(granted) = asked.granted() else {
        return asked.refused(clause).map(drop);
    };
    if told(granted) {
        return Err(Stop::finding(clause, "a refusal, or no email", "the email of the user"));
    }
    Ok(())
}

/// RFC 7591 §3.2.1: what counts is what the server says that it registered.
async fn response_types(lab: &Lab) -> Answer {
    let request = lab.registration()?.for_grants(&["implicit"], &[ResponseType::IdToken.name()]);
    let registered = lab.register(&request).await?;
    if registered.list("response_types") != [ResponseType::IdToken.name()] {
        let says = "the server does not say that it registered the response type id_token, and no other";
        return Err(Stop::not_applicable(Reason::Policy, says));
    }
    let acting = |response_type| lab.acting_in(Cell::of(response_type), &registered.client);
    acting(ResponseType::IdToken).authorize(Authorize::valid()).await?.granted()?;
    let clause = RESPONSE_TYPES.clauses[0];
    acting(ResponseType::IdTokenToken)
        .authorize(Authorize::valid())
        .await?
        .refused(clause)?
        .with_error(clause, &["unauthorized_client", "unsupported_response_type", "invalid_request"])
}
