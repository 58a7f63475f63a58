//! A client secret that is sent and holds nothing: RFC 6749 §3.2.

use crate::cell::{AuthMethod, Cells};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::Lab;

pub const EMPTY_SECRET: Check = Check {
    id: "client-auth/empty-secret-omitted",
    title: "an empty client_secret counts as not sent, and is no second method",
    why: "Libraries fill in every field that they know: a public client, or one that authenticates in the header, sends an empty one.",
    clauses: &["rfc6749/3.2/empty-omitted"],
    cells: Cells::EVERY_CLIENT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(empty_secret(lab))),
};

async fn empty_secret(lab: &Lab) -> Answer {
    if lab.client().auth == AuthMethod::Post {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the client sends its secret in the body, where it is not empty",
        ));
    }
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let request = lab.grant_request().await?.param("client_secret", "");
    lab.send(&request).await?.served("rfc6749/3.2/empty-omitted").map(drop)
}
