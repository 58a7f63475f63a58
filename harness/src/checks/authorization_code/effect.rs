//! What a parameter of an authorization request does, told in a few words, so that two requests can be held against each other.

use scraper::{Html, Selector};

use crate::check::Stop;
use crate::lab::{Authorize, Authorized, Browser, Code, Lab, Landing};

/// What there is to see where nothing was given: an error, or a page.
pub(super) const NOTHING: &str = "nothing given";

/// Where the effect of a parameter shows.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    /// Whether a code comes without a page.
    Given,
    /// In a parameter of the response, of the same name.
    Returned,
    /// Where the response goes.
    Address,
    /// In a field of the page that whoever is not logged in is shown.
    InField,
    /// In a claim of the ID token.
    Claim(&'static str),
    /// In the scope of the access token.
    Scope,
    /// In the resources that the access token is for.
    Audience,
    /// In whether the code is redeemed with the first verifier.
    Verifier,
}

/// Where to look, what for, and the verifier to redeem with.
pub(super) struct Effect {
    pub(super) seen: Seen,
    pub(super) values: Vec<String>,
    pub(super) verifier: &'static str,
}

impl Effect {
    /// Of this request.
    pub(super) async fn of(&self, lab: &Lab, request: Authorize) -> Result<String, Stop> {
        match self.seen {
            Seen::Given => {
                let authorized = lab.authorize(request.untouched()).await?;
                Ok(if authorized.landing.gives() { "a code without a page" } else { NOTHING }.to_owned())
            }
            Seen::InField => {
                let landing = lab.authorize_in(&Browser::default(), request.untouched()).await?.landing;
                let Landing::Page { reply, asks: true, .. } = landing else { return Ok(NOTHING.to_owned()) };
                let filled = self.values.iter().find(|value| is_filled_in(&reply.body, value));
                Ok(filled.map_or_else(
                    || "a page with fields to fill in".to_owned(),
                    |value| format!("a page filled in with {value}"),
                ))
            }
            _ => {
                let authorized = lab.authorize(request).await?;
                match authorized.landing.param("code") {
                    Some(_) => self.of_response(lab, &authorized).await,
                    None => Ok(NOTHING.to_owned()),
                }
            }
        }
    }

    /// Is it another one than was expected? RFC 6749 §3.3: of a scope a server may grant less, here as there.
    pub(super) fn differs(&self, came: &str, expected: &str) -> bool {
        match self.seen {
            Seen::Scope => came.split(' ').any(|one| expected.split(' ').all(|other| one != other)),
            _ => came != expected,
        }
    }

    async fn of_response(&self, lab: &Lab, authorized: &Authorized) -> Result<String, Stop> {
        let told = |what: &str, value: Option<&str>| {
            value.map_or_else(|| format!("no {what}"), |value| format!("{what} {value}"))
        };
        let Landing::Client { uri, .. } = &authorized.landing else { return Ok(NOTHING.to_owned()) };
        match self.seen {
            Seen::Returned => return Ok(told("state", authorized.landing.param("state"))),
            Seen::Address => return Ok(told("a response at", Some(uri))),
            _ => {}
        }
        let code = authorized.code()?;
        if let Seen::Verifier = self.seen {
            let redeemed = lab.redeem(&Code { verifier: self.verifier.to_owned(), ..code }).await?;
            redeemed.judgeable()?;
            let fits = if redeemed.tokens().is_some() { "fits" } else { "does not fit" };
            return Ok(format!("a code that the first verifier {fits}"));
        }
        let tokens = lab.redeem(&code).await?.is_token()?;
        Ok(match self.seen {
            Seen::Claim(name) => {
                let claims = tokens.id_claims();
                told(name, claims.as_ref().and_then(|claims| claims.text(name)))
            }
            Seen::Scope => {
                let scope = lab.scope_of_token(&tokens).await?;
                let scope = scope.map(|scope| scope.into_iter().collect::<Vec<_>>().join(" ")).or(tokens.scope);
                told("scope", scope.as_deref())
            }
            _ => match lab.audience_of(&tokens).await {
                Ok(audience) => format!("audience {audience:?}"),
                Err(Stop::NotApplicable { .. }) => "an audience that nobody tells".to_owned(),
                Err(stop) => return Err(stop),
            },
        })
    }
}

/// A field that a person can see: the address of the request stands on many a page, hidden, with all that is in it.
fn is_filled_in(page: &str, value: &str) -> bool {
    let fields = Selector::parse("input:not([type=hidden])").expect("a fixed selector is well formed");
    Html::parse_document(page).select(&fields).any(|field| field.attr("value") == Some(value))
}
