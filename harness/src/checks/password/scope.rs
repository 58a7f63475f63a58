//! What a password buys: RFC 6749 §3.3, §6.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check};
use crate::lab::Lab;
use crate::lab::granted::unknown_scope;

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "password/scope-beyond-client",
    title: "a client gets no scope that it may not have",
    why: "No page shows the user what is asked for in their name: what the client may have only the server knows.",
    clauses: &[
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.1/scope-reported",
        "rfc6749/5.2/error-response",
        "rfc6749/10.3/scope-by-client",
    ],
    cells: Cells::PASSWORD,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

pub const SCOPE_REDUCTION_REPORTED: Check = Check {
    id: "password/scope-reduction-reported",
    title: "a scope that is left out of the grant is left out of the answer",
    why: "A client that believes it has a scope fails later, far from the cause.",
    clauses: &["rfc6749/5.1/scope-reported", "rfc6749/5.2/error-response"],
    cells: Cells::PASSWORD,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_reduction_reported(lab))),
};

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc6749/5.2/invalid-scope")).await
}

async fn scope_reduction_reported(lab: &Lab) -> Answer {
    lab.asks_for_more(&unknown_scope(), None).await
}
