//! What the pages of the server repeat of a request: RFC 6749 §10.14.

use scraper::{Html, Selector};
use url::Url;

use super::interaction::consenting;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop};
use crate::exchange::Reply;
use crate::lab::{Authorize, Browser, Lab, Landing, random};
use crate::target::User;

pub const ERROR_PAGE_ESCAPED: Check = Check {
    id: "authorize/error-page-escaped",
    title: "what a request says is not made part of a page",
    why: "The link comes from anybody. A script that the login page or the error page takes from it runs in the server's name, and reads passwords.",
    clauses: &["rfc6749/10.14/input-validated"],
    cells: Cells::CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(error_page_escaped(lab))),
};

pub const NO_THIRD_PARTIES: Check = Check {
    id: "authorize/no-third-party-content",
    title: "login and consent pages load nothing from other sites and do not link to them",
    why: "Their addresses hold what belongs to the request, and a browser tells them to every site that a page loads from or leads to.",
    clauses: &["rfc9700/4.2.4/no-third-party-resources"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_third_parties(lab))),
};

/// Each ends what it may stand in, and then begins something that a browser would run.
pub(in crate::checks) const MARKUP: &[&str] =
    &["\"'><script>grantspec()</script>", "\" onmouseover=grantspec() ' onmouseover=grantspec() \""];

#[rustfmt::skip]
const PARAMETERS: &[&str] = &[
    "redirect_uri", "client_id", "state", "scope", "response_type", "prompt",
    "max_age", "request", "request_uri", "resource", "response_mode",
    "acr_values", "claims", "display", "id_token_hint", "login_hint", "nonce", "ui_locales",
];

async fn error_page_escaped(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    for name in PARAMETERS {
        for markup in MARKUP {
            let asked = lab.authorization_request(lab.client(), "")?;
            let value = format!("{}{markup}", asked.value(name).unwrap_or_default());
            // What a request is refused for shows without a login; what it is served with may stand on the consent page.
            let fresh = Browser::default();
            let shown = if ["state", "scope"].contains(name) { vec![&fresh, lab.browser()] } else { vec![&fresh] };
            for browser in shown {
                let asked = Authorize::valid().with(name, &value).untouched();
                let landing = lab.authorize_in(browser, asked).await?.landing;
                if let Landing::Page { reply, .. } = landing {
                    harmless(&reply, name)?;
                }
            }
        }
    }
    name_escaped(lab).await
}

/// The login page that comes after a wrong password may show the name that was typed. Nobody has this one.
async fn name_escaped(lab: &Lab) -> Answer {
    let Some(user) = lab.target().disposable_user() else {
        return Ok(());
    };
    for markup in MARKUP {
        let nobody = User { name: (*markup).to_owned(), ..user.clone() };
        let mistyped = Authorize::valid().user(&nobody).with_wrong_password(random());
        let landing = lab.authorize_in(&Browser::default(), mistyped).await?.landing;
        if let Landing::Page { reply, .. } = landing {
            harmless(&reply, "the name of the user")?;
        }
    }
    Ok(())
}

async fn no_third_parties(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let login = lab.authorize_in(&Browser::default(), Authorize::valid().untouched()).await?;
    let consent = lab.authorize(consenting(lab).undecided()).await?;
    for landing in [login.landing, consent.landing] {
        let Landing::Page { reply, asks: true, .. } = landing else { continue };
        // RFC 7591 §2: the pages and the logo of the client should be shown.
        let of_client = lab.client().redirect_uris.iter().cloned();
        let expected: Vec<String> = lab.setting().home.iter().cloned().chain(of_client).collect();
        if let Some(address) = leads_away(&reply.body, &expected) {
            return Err(Stop::finding(
                NO_THIRD_PARTIES.clauses[0],
                "a page of the server alone",
                format!("{}: a page that loads from, or leads to, {address}", reply.asked),
            ));
        }
    }
    Ok(())
}

/// An address on the page that is not of the server's own site: the last two labels of its hosts.
fn leads_away(page: &str, home: &[String]) -> Option<String> {
    let site = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        if url.domain().is_none() {
            return host;
        }
        host.rsplit('.').take(2).collect::<Vec<_>>().join(".")
    };
    let own: Vec<String> = home.iter().filter_map(|origin| Url::parse(origin).ok()).map(|url| site(&url)).collect();
    let here = Url::parse(home.first()?).ok()?;
    let page = Html::parse_document(page);
    let linked = Selector::parse("[src], [href]").expect("a fixed selector is well formed");
    let addresses = page.select(&linked).filter_map(|one| one.attr("src").or(one.attr("href")));
    let mut away = addresses
        .filter_map(|address| here.join(address).ok())
        .filter(|url| ["http", "https"].contains(&url.scheme()) && !own.contains(&site(url)));
    away.next().map(Into::into)
}

/// A page on which what came as `name` is text.
pub(in crate::checks) fn harmless(reply: &Reply, name: &str) -> Answer {
    let runs = ["text/html", "application/xhtml+xml", ""].contains(&reply.media_type().as_str());
    if runs && ran(&reply.body) {
        return Err(Stop::finding(
            "rfc6749/10.14/input-validated",
            format!("a page in which {name} is text"),
            format!("{}: {}, a page in which a script of {name} runs", reply.asked, reply.status),
        ));
    }
    Ok(())
}

/// Read as a browser reads it: is there a script, or an attribute, that came with the request?
fn ran(page: &str) -> bool {
    let page = Html::parse_document(page);
    let select = |selector: &str| Selector::parse(selector).expect("a fixed selector is well formed");
    let script = page.select(&select("script")).any(|script| script.text().any(|text| text.starts_with("grantspec()")));
    let ours = |value: &str| value.starts_with("grantspec()");
    script || page.select(&select("[onmouseover]")).any(|one| one.attr("onmouseover").is_some_and(ours))
}

#[cfg(test)]
mod tests {
    use super::{MARKUP, leads_away, ran};

    #[test]
    fn a_page_of_the_same_site_is_no_third_party() {
        let home = ["https://login.example.com".to_owned()];
        for own in [
            "<a href='/help'>",
            "<img src='logo.png'>",
            "<link href='https://static.example.com/a.css'>",
            "<a href='mailto:a@b.c'>",
        ] {
            assert_eq!(leads_away(own, &home), None, "{own}");
        }
        assert_eq!(leads_away("<img src='//cdn.example.net/a.png'>", &home).unwrap(), "https://cdn.example.net/a.png");
        assert_eq!(
            leads_away("<a href='http://10.0.0.2/'>", &["http://10.0.0.1".to_owned()]).unwrap(),
            "http://10.0.0.2/"
        );
    }

    #[test]
    fn markup_is_seen_where_it_is_not_text() {
        for markup in MARKUP {
            assert!(ran(&format!("<p>{markup}</p><input value=\"{markup}\"><input value='{markup}'>")), "{markup}");
            let escaped = markup.replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;");
            assert!(!ran(&format!("<p>{escaped}</p><input value=\"{escaped}\">")), "{markup}");
        }
        assert!(!ran("<p>\" onmouseover=grantspec() '</p>"));
    }
}
