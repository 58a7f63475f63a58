//! How a token request is read: RFC 6749 §3.2.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check};
use crate::lab::Lab;

pub const EMPTY_PARAMETER_OMITTED: Check = Check {
    id: "token/empty-parameter-omitted",
    title: "an optional parameter with an empty value counts as not sent",
    why: "Forms and libraries send empty fields; a server that reads them as values refuses good requests.",
    clauses: &["rfc6749/3.2/empty-omitted"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(empty_parameter_omitted(lab))),
};

async fn empty_parameter_omitted(lab: &Lab) -> Answer {
    // `scope` means something in every grant but the code, whose redemption has no such parameter.
    let name = if lab.cell().grant == Some(Grant::AuthorizationCode) { "refresh_token" } else { "scope" };
    let without = lab.grant_request().await?.without(name);
    lab.send(&without).await?.is_token()?;
    let empty = lab.grant_request().await?.with(name, "");
    lab.send(&empty).await?.served("rfc6749/3.2/empty-omitted").map(drop)
}
