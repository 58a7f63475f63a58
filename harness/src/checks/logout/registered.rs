//! Where the users of a client go after a logout that registered itself: RP-Initiated Logout §3, §3.1.

use super::{Asking, is_at, session};
use crate::cell::{Cell, Cells};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Lab, Registered};

pub const ADDRESSES_HELD: Check = Check {
    id: "registration/logout-addresses-held",
    title: "after a logout the browser goes where the client registered that it may, and not where another client did",
    why: "Of what a client registers, what is needed last is forgotten first: its users end on a page that leads nowhere, or at somebody else's.",
    clauses: &["oidc-rp-initiated-logout/3/redirected", "oidc-rp-initiated-logout/3/registered-only"],
    cells: Cells::SERVER,
    needs: &[Need::Logout, Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(addresses_held(lab))),
};

const OWN: &str = "https://client.example/bye";
const OF_ANOTHER: &str = "https://client.example/bye/another";

async fn with_address(lab: &Lab, address: &'static str) -> Result<Registered, Stop> {
    const MEMBER: &str = "post_logout_redirect_uris";
    let registered = lab.register(&lab.registration()?.with(MEMBER, &[address][..])).await?;
    if registered.list(MEMBER).contains(&address) {
        return Ok(registered);
    }
    Err(Stop::not_applicable(Reason::Policy, format!("the server registers no {MEMBER}")))
}

async fn addresses_held(lab: &Lab) -> Answer {
    let (own, other) = (with_address(lab, OWN).await?, with_address(lab, OF_ANOTHER).await?);
    let acting = lab.acting_in(Cell::CODE, &own.client);
    session(&acting).await?;
    let asking = Asking::tried(&acting)
        .await?
        .map_err(|came| Stop::finding(ADDRESSES_HELD.clauses[0], format!("the browser at {OWN}"), came))?;
    let redirect_uri = own.client.redirect_uris.first().map(String::as_str);
    for address in other.client.post_logout_redirect_uris.iter().map(String::as_str).chain(redirect_uri) {
        let (browser, id_token) = session(&acting).await?;
        let request = asking.request(&acting, &id_token, address)?;
        let landing = acting.log_out(&browser, &request, Some(true)).await?;
        if is_at(&landing, address) {
            let expected = "no redirect to an address that another client registered, or for something else";
            return Err(Stop::finding(ADDRESSES_HELD.clauses[1], expected, landing.summary()).in_case(address));
        }
    }
    Ok(())
}
