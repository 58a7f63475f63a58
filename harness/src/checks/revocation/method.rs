//! How a revocation is asked for: RFC 7009 §2, §2.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need};
use crate::exchange::Deviation;
use crate::lab::Lab;

pub const GET_REFUSED: Check = Check {
    id: "revocation/get-refused",
    title: "a GET with the parameters in the query revokes nothing",
    why: "A token in a URL ends up in logs and histories; and a link or an image on any page could end a session.",
    clauses: &["rfc7009/2.1/token-sent"],
    cells: Cells::REFRESH,
    needs: &[Need::Revocation],
    ask: Ask::Code(|lab| Box::pin(get_refused(lab))),
};

/// RFC 7009 §2.3 lets a server answer GET requests with a parameter `callback`; this one has none.
async fn get_refused(lab: &Lab) -> Answer {
    let (_, revoked) = lab.refreshable().await?;
    lab.revoke(&revoked).await?.is_ok()?;
    let (_, refreshed) = lab.refreshable().await?;
    lab.refresh(&refreshed).await?.is_token()?;

    let (_, refresh_token) = lab.refreshable().await?;
    let request = lab.revocation(&refresh_token)?.deviating(&Deviation::Method("GET"));
    lab.send(&request).await?.judgeable()?;
    lab.refresh(&refresh_token).await?.served("rfc7009/2.1/token-sent").map(drop)
}
