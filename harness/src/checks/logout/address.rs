//! Where the browser goes after a logout: RP-Initiated Logout §3.

use url::Url;

use super::{Asking, after_logout, is_at, session};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::{Lab, Landing, random};

pub const RETURNED: Check = Check {
    id: "logout/returned",
    title: "after a logout the browser is back at the registered address, with the state as it was",
    why: "A client that gets its user back without the state cannot tell its own logout from one that somebody else began.",
    clauses: &["oidc-rp-initiated-logout/3/redirected", "oidc-rp-initiated-logout/2/state-returned"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(returned(lab))),
};

pub const REGISTERED_ONLY: Check = Check {
    id: "logout/unregistered-address",
    title: "after a logout nobody is sent to an address that is not, to the letter, a registered one",
    why: "A logout page is trusted: one that sends its visitors anywhere sends them to a copy of the login page.",
    clauses: &["oidc-rp-initiated-logout/3/registered-only"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(registered_only(lab))),
};

pub const NO_HINT: Check = Check {
    id: "logout/address-without-hint",
    title: "where nothing says which client asks, nobody is sent anywhere after a logout",
    why: "An address that belongs to some client would do for everybody: any page on the web could choose one.",
    clauses: &["oidc-rp-initiated-logout/3/hint-needed"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Logout, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(no_hint(lab))),
};

const REDIRECTED: &str = "oidc-rp-initiated-logout/3/redirected";
const REGISTERED: &str = "oidc-rp-initiated-logout/3/registered-only";

/// Where nobody can be told from a registered client: the name is reserved for examples (RFC 2606).
const FOREIGN: &str = "https://attacker.example/bye";

async fn returned(lab: &Lab) -> Answer {
    let address = after_logout(lab)?;
    let (browser, id_token) = session(lab).await?;
    let state = format!("{} a&b=c#d é\"'><i>", &random()[..8]);
    let request = lab.logout_request(&id_token)?.param("post_logout_redirect_uri", address).param("state", &state);
    let landing = lab.log_out(&browser, &request, Some(true)).await?;
    if lab.is_logged_in(&browser).await? {
        return Err(Stop::Inconclusive(format!("the logout did not come to its end: {}", landing.summary())));
    }
    if !is_at(&landing, address) {
        return Err(Stop::finding(REDIRECTED, format!("the browser at {address}"), landing.summary()));
    }
    if landing.param("state") != Some(&state) {
        return Err(Stop::finding(
            "oidc-rp-initiated-logout/2/state-returned",
            format!("the state {state:?}"),
            format!("{:?}", landing.param("state")),
        ));
    }
    Ok(())
}

async fn registered_only(lab: &Lab) -> Answer {
    let asking = Asking::returns(lab).await?;
    let own = lab.client();
    for address in near(after_logout(lab)?).into_iter().chain(own.redirect_uris.first().cloned()) {
        if own.post_logout_redirect_uris.contains(&address) {
            continue;
        }
        let (browser, id_token) = session(lab).await?;
        let request = asking.request(lab, &id_token, &address)?;
        let landing = lab.log_out(&browser, &request, Some(true)).await?;
        if is_sent_to(&landing, &address) {
            let stop = Stop::finding(REGISTERED, "no redirect to an address that is not registered", landing.summary());
            return Err(stop.in_case(format!("for {address}")));
        }
    }
    Ok(())
}

/// Was the browser sent there, the query included? A server may choose the registered address instead.
fn is_sent_to(landing: &Landing, address: &str) -> bool {
    let Landing::Client { location, .. } = landing else { return false };
    location.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&', '#']))
}

/// An address of nobody, and some that are nearly the registered one.
fn near(registered: &str) -> Vec<String> {
    let mut near = vec![FOREIGN.to_owned(), format!("{registered}/more"), format!("{registered}?next=1")];
    if let Ok(url) = Url::parse(registered) {
        let mut path = url.clone();
        path.set_path(&url.path().to_uppercase());
        near.extend((path != url).then(|| path.to_string()));
        let host = url.host_str().unwrap_or_default();
        near.push(registered.replacen(host, &format!("{host}.attacker.example"), 1));
    }
    near
}

/// The edition of 2022 lets the client_id stand for the ID token, so that neither is sent.
async fn no_hint(lab: &Lab) -> Answer {
    Asking::returns(lab).await?;
    let address = after_logout(lab)?;
    let (browser, id_token) = session(lab).await?;
    let request = lab.logout_request(&id_token)?.without("id_token_hint").param("post_logout_redirect_uri", address);
    let landing = lab.log_out(&browser, &request, Some(true)).await?;
    if is_at(&landing, address) {
        return Err(Stop::finding("oidc-rp-initiated-logout/3/hint-needed", "a page of the server", landing.summary()));
    }
    Ok(())
}
