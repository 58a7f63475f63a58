//! Where the picture of a person leads: OpenID Connect Core §5.1.

use serde_json::Value;
use url::Url;

use super::claims::claims_of;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Exchange;
use crate::lab::Lab;

pub const PICTURE: Check = Check {
    id: "userinfo/picture-is-image",
    title: "the picture leads to an image, and not to a page with one",
    why: "Clients put the address into their own pages as it is: a page in place of a picture is a broken picture.",
    clauses: &["oidc-core/5.1/picture-is-image"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(picture(lab))),
};

/// Nobody but the server is asked: what others keep for it is theirs. Pictures that are for some to see only are not judged.
async fn picture(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    let claims = claims_of(&reply)?.ok_or_else(|| reply.not_the_control("claims that can be read"))?;
    let address = claims.get("picture").and_then(Value::as_str).unwrap_or_default();
    let origin = |url: &str| Url::parse(url).map(|url| url.origin()).ok();
    if origin(address).is_none() || origin(address) != origin(&lab.target().issuer) {
        return Err(Stop::not_applicable(Reason::Policy, "userinfo tells no picture that is kept at this server"));
    }
    let reply = lab.send(&Exchange::fetch(address)).await?;
    if !reply.is_success() {
        return Err(Stop::not_applicable(Reason::Policy, "the picture is not for everybody to see"));
    }
    match reply.media_type().as_str() {
        kind if kind.starts_with("image/") => Ok(()),
        "text/html" | "application/xhtml+xml" => {
            Err(Stop::finding(PICTURE.clauses[0], "an image", format!("{}: {}", reply.asked, reply.media_type())))
        }
        kind => Err(Stop::not_applicable(
            Reason::Policy,
            format!("the picture is of the type {kind:?}, which tells nothing"),
        )),
    }
}
