//! What a client is registered for, and what it is then served: RFC 6749 §4.1.2.1, §4.2.2.1.

use crate::cell::{Cell, Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab};

pub const RESPONSE_TYPES: Check = Check {
    id: "registration/response-types-held",
    title: "a client is not served a response type of its grant that it is not registered for",
    why: "Who registers for ID tokens alone wants no access token in any browser; whoever writes the link would ask for one all the same.",
    clauses: &["rfc6749/4.2.2.1/unauthorized-client"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(response_types(lab))),
};

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
