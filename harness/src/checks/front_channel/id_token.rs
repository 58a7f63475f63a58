//! Who signed an ID token that came through the browser, and for whom it is: OpenID Connect Core §2, §3.2.2.10, §3.3.2.11.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::checks::id_token::claims::{is_for_client, times_fit, types_fit};
use crate::checks::id_token::signature::signed_by_server;
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab};

pub const SIGNED: Check = Check {
    id: "front-channel/id-token-signed",
    title: "an ID token through the browser is signed with a published key",
    why: "No TLS connection to the server vouches for it: whoever can send a browser to the client writes it themselves, but for the signature.",
    clauses: &[
        "oidc-core/2/signed",
        "oidc-core/2/none-by-registration-only",
        "oidc-core/2/no-header-keys",
        "oidc-discovery/3/none-token-endpoint-only",
    ],
    cells: Cells::FRONT_CHANNEL_ID_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(signed(lab))),
};

pub const AUDIENCE: Check = Check {
    id: "front-channel/audience",
    title: "the aud of an ID token through the browser contains the client, and azp is no other",
    why: "An ID token for one client that another accepts logs its user in there; through the browser anybody can bring it along.",
    clauses: &["oidc-core/2/audience", "oidc-core/2/azp", "multiple-response-types/3/audience"],
    cells: Cells::FRONT_CHANNEL_ID_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(audience(lab))),
};

pub const TYPES: Check = Check {
    id: "front-channel/id-token-types",
    title: "the claims of an ID token through the browser have their types",
    why: "What is written for one way often stays as it was on the other; a client that compares a string with its clock accepts tokens for ever.",
    clauses: &["oidc-core/2/times-are-numbers", "oidc-core/2/claim-types", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::FRONT_CHANNEL_ID_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(types(lab))),
};

async fn types(lab: &Lab) -> Answer {
    let jwt = id_token(lab).await?;
    types_fit(&jwt)?;
    times_fit(&jwt)
}

async fn signed(lab: &Lab) -> Answer {
    signed_by_server(lab, &id_token(lab).await?).await
}

async fn audience(lab: &Lab) -> Answer {
    is_for_client(lab, &id_token(lab).await?)
}

/// The ID token of a response; a control.
async fn id_token(lab: &Lab) -> Result<Jwt, Stop> {
    let granted = lab.authorize(Authorize::valid()).await?.granted()?;
    let unread = || Stop::not_applicable(Reason::Policy, "the ID token is encrypted, or no JSON Web Token");
    granted.id_claims().ok_or_else(unread)
}
