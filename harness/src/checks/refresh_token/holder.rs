//! Whose refresh token it is: RFC 6749 §6, OpenID Connect Core §12.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check};
use crate::exchange::Deviation;
use crate::exchange::ErrorCode::InvalidGrant;
use crate::lab::Lab;

pub const OTHER_CLIENT: Check = Check {
    id: "refresh/other-client",
    title: "a refresh token works only for the client that it was issued to",
    why: "A stolen refresh token would be worth as much in the hands of any other client.",
    clauses: &[
        "rfc6749/6/bound-to-client",
        "oidc-core/12.1/bound-to-client",
        "rfc6749/5.2/invalid-grant",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::REFRESH,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(other_client(lab))),
};

/// RFC 6749 wants the tie checked where the client can be authenticated; between public clients it is OpenID Connect that
/// demands it.
async fn other_client(lab: &Lab) -> Answer {
    let other = lab.other_client()?.clone();
    let clause = if other.secret.is_some() { "rfc6749/6/bound-to-client" } else { "oidc-core/12.1/bound-to-client" };
    let (_, refresh_token) = lab.refreshable().await?;
    let request = lab.refreshing(&refresh_token)?;
    let stolen = request.deviating(&Deviation::As(Box::new(other)));
    lab.send(&stolen).await?.refused(clause)?.with_error(&[InvalidGrant])
}
