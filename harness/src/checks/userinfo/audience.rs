//! Tokens that are for somebody else: RFC 9700 §2.3, RFC 9068 §4.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab};

pub const OTHER_RESOURCE: Check = Check {
    id: "userinfo/token-for-another-resource",
    title: "an access token that is for an API alone opens no userinfo",
    why: "The API that is sent the token reads the claims of each of its callers, which nobody meant to show it.",
    clauses: &["rfc9700/2.3/audience-checked", "rfc9068/4/validated"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Resources, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(other_resource(lab))),
};

/// The audience of a token that opens userinfo is the control: a token that has something of it is for userinfo too.
async fn other_resource(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    lab.userinfo(&tokens.access_token).await?.is_ok()?;
    let own = lab.audience_of(&tokens).await?;
    let mut strange = false;
    for resource in &lab.target().resources.known {
        let code = lab.authorize(Authorize::valid().with("resource", resource)).await?.code()?;
        let tokens = lab.redeem(&code).await?.is_token()?;
        let audience = lab.audience_of(&tokens).await?;
        let for_userinfo = |name: &String| {
            own.contains(name) || name.trim_end_matches('/') == lab.target().issuer.trim_end_matches('/')
        };
        if audience
            .iter()
            .any(|name| for_userinfo(name) || Some(name) == lab.target().metadata.userinfo_endpoint.as_ref())
        {
            continue;
        }
        strange = true;
        let clause = OTHER_RESOURCE.clauses[0];
        lab.userinfo(&tokens.access_token).await?.withheld(clause).map_err(|stop| stop.in_case(resource))?;
    }
    if strange {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::Policy, "every token that can be had is for userinfo too"))
}
