//! Tokens that are exchanged in a scenario, and the time that it takes until one has expired.

use super::Verb;
use super::play::{Came, Play, before};
use crate::check::{Reason, Stop};
use crate::exchange::{Exchange, Jwt, SKEW};
use crate::lab::{ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE, JWT_TYPE, REFRESH_TOKEN_TYPE};

impl Play<'_> {
    /// The exchange of a token that is there: RFC 8693 §2.1.
    pub(super) fn exchange(&self, verb: Verb) -> Result<Exchange, Stop> {
        let (token, token_type) = match verb {
            Verb::ExchangeIdToken => (&self.id_token, ID_TOKEN_TYPE),
            Verb::ExchangeJwt => (&self.access_token, JWT_TYPE),
            Verb::ExchangeRefresh => (&self.refresh_token, REFRESH_TOKEN_TYPE),
            _ => (&self.access_token, ACCESS_TOKEN_TYPE),
        };
        let token = token.as_ref().ok_or_else(|| before(verb.name(), "redeem"))?;
        if verb == Verb::ExchangeJwt && Jwt::read(token).is_none() {
            return Err(Stop::not_applicable(Reason::Policy, "the access token is no JWT"));
        }
        self.lab.exchange_request_of(token, token_type)
    }

    /// So much time passes that the newest token has expired, by the word of whoever brought it or by its own.
    pub(super) async fn pass(&self, verb: Verb) -> Result<Came, Stop> {
        let lifetime = if verb == Verb::ExpireIdToken { self.lifetime_of_id_token() } else { self.lifetime };
        let lifetime = lifetime
            .ok_or_else(|| Stop::not_applicable(Reason::Policy, "nothing says how long the newest token lives"))?;
        self.lab.advance(lifetime + SKEW).await?;
        Ok(Came::Time)
    }

    /// By its `exp` and `iat`: the clock of the server need not be ours.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds between two times")]
    fn lifetime_of_id_token(&self) -> Option<u64> {
        let jwt = Jwt::read(self.id_token.as_deref()?)?;
        Some((jwt.number("exp")? - jwt.number("iat")?).max(0.0) as u64)
    }
}
