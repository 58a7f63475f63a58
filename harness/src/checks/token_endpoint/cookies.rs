//! Tokens in cookies: RFC 6750 §5.3.

use crate::cell::{Cell, Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Stop};
use crate::exchange::Reply;
use crate::lab::{Authorize, Lab};

pub const NO_CLEAR_COOKIE: Check = Check {
    id: "token/no-clear-cookie",
    title: "no cookie holds a token and may travel in the clear",
    why: "One link to http:// of the same host, which any page can contain, and whoever listens on the way has the token.",
    clauses: &["rfc6750/5.3/no-token-in-clear-cookie"],
    cells: BOTH_WAYS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_clear_cookie(lab))),
};

const BOTH_WAYS: Cells = Cells {
    name: "token-both-ways",
    says: "tokens of a code, and a token through the browser",
    list: &[Cell::CODE.confidential(), Cell::of(ResponseType::IdTokenToken)],
};

/// The cookies that an answer sets.
fn set_by(reply: &Reply) -> impl Iterator<Item = String> {
    let cookies = reply.headers.get_all("set-cookie").iter();
    cookies.map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned())
}

async fn no_clear_cookie(lab: &Lab) -> Answer {
    let granted = lab.authorize(Authorize::valid()).await?.granted()?;
    let mut tokens: Vec<String> = granted.access_token.iter().cloned().collect();
    let mut cookies = Vec::new();
    if let Some(code) = &granted.code {
        let issued = lab.redeem(code).await?.is_token()?;
        cookies.extend(set_by(&issued.reply));
        tokens.push(issued.access_token);
        tokens.extend(issued.refresh_token);
    }
    if let Some(token) = tokens.first().filter(|_| lab.target().metadata.userinfo_endpoint.is_some()) {
        cookies.extend(set_by(&lab.userinfo(token).await?));
    }
    cookies.extend(lab.browser().cookies_set());
    for cookie in cookies {
        let secure = cookie.split(';').skip(1).any(|attribute| attribute.trim().eq_ignore_ascii_case("secure"));
        if !secure && tokens.iter().any(|token| cookie.contains(token.as_str())) {
            let name = cookie.split('=').next().unwrap_or_default().to_owned();
            return Err(Stop::finding(
                NO_CLEAR_COOKIE.clauses[0],
                "a cookie with Secure, or none",
                format!("the cookie {name} with a token in it, and without Secure"),
            ));
        }
    }
    Ok(())
}
