//! The cookies of one browser: which of them are alive, and how far they travel. RFC 6265, and its `SameSite` attribute.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use reqwest::cookie::{CookieStore, Jar};
use url::Url;

/// The cookies of one browser.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    jar: Jar,
    /// For each cookie that is alive, by its name: where it travels.
    same_site: Mutex<BTreeMap<String, SameSite>>,
    /// Every cookie that was ever set, as it was.
    set: Mutex<Vec<String>>,
}

/// Which requests that another site begins a cookie goes along with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SameSite {
    /// All of them; some browsers take a cookie that does not say for `Lax`, others do not.
    None,
    /// Links, and no forms that are posted.
    Lax,
    /// None.
    Strict,
}

impl Cookies {
    /// These cookies, names and values, planted for `url`.
    pub fn planted(cookies: &[(String, String)], url: &Url) -> Self {
        let planted = Self::default();
        for (name, value) in cookies {
            planted.jar.add_cookie_str(&format!("{name}={value}; Path=/"), url);
        }
        planted
    }

    /// Those that belong to `url`: names and values.
    pub fn of(&self, url: &Url) -> Vec<(String, String)> {
        let cookies =
            self.jar.cookies(url).and_then(|value| value.to_str().map(str::to_owned).ok()).unwrap_or_default();
        let pairs = cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Keeps what an answer of `url` sets, and forgets what it deletes.
    pub fn keep<'a>(&self, set: impl Iterator<Item = &'a HeaderValue>, url: &Url) {
        let set: Vec<&HeaderValue> = set.collect();
        let mut same_site = self.same_site.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in &set {
            let text = String::from_utf8_lossy(cookie.as_bytes());
            self.set.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_string());
            let name = text.split('=').next().unwrap_or_default().trim().to_owned();
            if is_alive(&text) {
                same_site.insert(name, SameSite::of(&text));
            } else {
                same_site.remove(&name);
            }
        }
        self.jar.set_cookies(&mut set.into_iter(), url);
    }

    /// Every cookie that was set so far, as it was: with its attributes, dead ones too.
    pub fn set(&self) -> Vec<String> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does this cookie go along with a request that another site begins?
    pub fn travels(&self, name: &str, method: &str) -> bool {
        match self.same_site.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            Some(SameSite::Strict) => false,
            Some(SameSite::Lax) => method == "GET",
            Some(SameSite::None) | None => true,
        }
    }

    /// Does a cookie stay behind when another site frames the server? Which one is the session cannot be seen from outside:
    /// one for the language may travel beside it, so that a single one that stays behind is enough.
    pub fn stay_at_home(&self) -> bool {
        let same_site = self.same_site.lock().unwrap_or_else(PoisonError::into_inner);
        same_site.values().any(|kind| *kind != SameSite::None)
    }
}

impl SameSite {
    fn of(cookie: &str) -> Self {
        let cookie = cookie.to_ascii_lowercase();
        let says = |value: &str| cookie.split(';').any(|attribute| attribute.trim() == format!("samesite={value}"));
        if says("strict") {
            Self::Strict
        } else if says("lax") {
            Self::Lax
        } else {
            Self::None
        }
    }
}

/// Does a browser keep this cookie, or has it ended? A jar of its own decides, told of nothing but how long it lives.
fn is_alive(cookie: &str) -> bool {
    let lifetime = cookie.split(';').skip(1).map(str::trim).filter(|attribute| {
        let name = attribute.split('=').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("max-age") || name.eq_ignore_ascii_case("expires")
    });
    let bare: Vec<&str> = std::iter::once("cookie=alive").chain(lifetime).collect();
    let Ok(anywhere) = Url::parse("https://as.example/") else {
        return true;
    };
    let jar = Jar::default();
    jar.add_cookie_str(&bare.join("; "), &anywhere);
    jar.cookies(&anywhere).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(set: &[&str]) -> Cookies {
        let cookies = Cookies::default();
        let headers: Vec<HeaderValue> = set.iter().map(|text| HeaderValue::from_str(text).unwrap()).collect();
        cookies.keep(headers.iter(), &Url::parse("https://as.example/login").unwrap());
        cookies
    }

    #[test]
    fn a_session_that_stays_behind_is_enough_whatever_lies_beside_it() {
        assert!(after(&["session=a; SameSite=Lax"]).stay_at_home());
        assert!(after(&["session=a; SameSite=Lax", "lang=en; Path=/"]).stay_at_home());
        assert!(after(&["session=a; SameSite=strict", "old=; Max-Age=0; Path=/"]).stay_at_home());
        assert!(!after(&["session=a; SameSite=None; Secure", "lang=en"]).stay_at_home());
        assert!(!after(&[]).stay_at_home());
    }

    #[test]
    fn a_cookie_that_is_deleted_is_forgotten() {
        for end in ["Max-Age=0", "max-age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            let cookies = after(&["csrf=a; SameSite=Lax", &format!("csrf=; SameSite=Lax; {end}"), "session=b"]);
            assert!(!cookies.stay_at_home(), "{end}");
        }
        let renewed = after(&["csrf=; Max-Age=0", "csrf=b; SameSite=Lax; Max-Age=300"]);
        assert!(renewed.stay_at_home() && !renewed.travels("csrf", "POST") && renewed.travels("csrf", "GET"));
    }
}
