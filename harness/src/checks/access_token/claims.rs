//! The signature, the lifetime and the identifier of a JWT access token: RFC 9068 §2.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::checks::metadata::keys::keys;
use crate::exchange::{Jwt, SKEW, Tokens};
use crate::lab::Lab;

pub const SIGNED: Check = Check {
    id: "access-token/signed",
    title: "a JWT access token is signed with a published key",
    why: "A resource server that cannot verify it must refuse it, or believes what anybody writes.",
    clauses: &[
        "rfc9068/2.1/signed",
        "rfc9068/2.1/no-none",
        "rfc9068/4/keys-published",
        "rfc9068/2.1/asymmetric",
        "rfc9068/4/asymmetric",
    ],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(signed(lab))),
};

pub const LIFETIME: Check = Check {
    id: "access-token/lifetime",
    title: "the exp of a JWT access token is where expires_in says it is",
    why: "The client throws a good token away, or goes on with a dead one; a token that lives longer than it says is nobody's choice.",
    clauses: &["rfc6749/5.1/lifetime"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(lifetime(lab))),
};

pub const JTI_UNIQUE: Check = Check {
    id: "access-token/jti-unique",
    title: "two JWT access tokens have two jti values, and no random value of their signatures in common",
    why: "A resource server that keeps a list of used or revoked tokens keeps it by jti: one value for all blocks everybody, or nobody.",
    clauses: &["rfc9068/2.2/jti-unique", "rfc8725/3.2/ecdsa-random"],
    cells: Cells::EVERY_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(jti_unique(lab))),
};

/// A token of the cell's grant that declares itself to be of RFC 9068.
async fn access_token(lab: &Lab) -> Result<(Tokens, Jwt), Stop> {
    let tokens = lab.send(&lab.grant_request().await?).await?.is_token()?;
    let jwt = Jwt::access_token(&tokens.access_token).ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the access token does not declare itself a JWT of RFC 9068 (typ at+jwt)")
    })?;
    Ok((tokens, jwt))
}

async fn signed(lab: &Lab) -> Answer {
    let (_, jwt) = access_token(lab).await?;
    let algorithm = jwt.head("alg").unwrap_or_default();
    if algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        return Err(Stop::finding("rfc9068/2.1/no-none", "a signature", format!("alg {algorithm:?}")));
    }
    if algorithm.starts_with("HS") {
        let expected = "an algorithm whose signatures can be verified without the key that makes them";
        return Err(Stop::finding("rfc9068/2.1/asymmetric", expected, format!("alg {algorithm}")));
    }
    if !jwt.can_be_verified() {
        return Err(Stop::not_applicable(Reason::Policy, format!("{algorithm} is unknown to this program")));
    }
    let keys = keys(&lab.jwks().await?)?;
    // A kid is a hint (RFC 7515 §4.1.4): under a key of another name the token is signed all the same.
    if keys.iter().any(|key| jwt.holds_under(key)) {
        return Ok(());
    }
    // Where the keys are published is advice; that the key which the token names verifies it is not.
    let clause = if jwt.names_one_of(&keys) { "rfc9068/2.1/signed" } else { "rfc9068/4/keys-published" };
    Err(Stop::finding(clause, "a signature that holds under a published key", "one that holds under none of them"))
}

async fn lifetime(lab: &Lab) -> Answer {
    let (tokens, jwt) = access_token(lab).await?;
    let number = |name: &str| jwt.claims.get(name).and_then(Value::as_f64);
    let Some(expires) = number("exp") else {
        return Err(Stop::Inconclusive("the access token has no exp".to_owned()));
    };
    agrees(&tokens, number("iat"), expires, "the access token")
}

/// RFC 6749 §5.1: what another document tells of the end of an access token is what `expires_in` tells, within a minute. It
/// counts from the answer, for a token that lives already may be handed out again. By `issued` it counts only where that is
/// as good a clock: close to the Date of the answer, or after it, since a server may have a clock of its own behind another.
#[expect(clippy::cast_precision_loss, reason = "seconds")]
pub fn agrees(tokens: &Tokens, issued: Option<f64>, expires: f64, by: &str) -> Answer {
    let said = tokens.expires_in().ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the token response does not say how long the access token lives")
    })?;
    let answered = tokens.reply.date();
    let issued = issued.filter(|issued| answered.is_none_or(|answered| *issued > answered - SKEW as f64));
    let left: Vec<f64> = answered.into_iter().chain(issued).map(|from| expires - from).collect();
    let Some(seconds) = left.first() else {
        return Err(Stop::not_applicable(Reason::Policy, "the token response has no Date to count from"));
    };
    if left.iter().any(|left| (left - said as f64).abs() <= 60.0) {
        return Ok(());
    }
    let actual = format!("{seconds} seconds after the answer, by the exp of {by}");
    Err(Stop::finding("rfc6749/5.1/lifetime", format!("the {said} seconds of expires_in"), actual))
}

async fn jti_unique(lab: &Lab) -> Answer {
    let (first, one) = access_token(lab).await?;
    let (second, other) = access_token(lab).await?;
    if first.access_token == second.access_token {
        return Err(Stop::not_applicable(Reason::Policy, "the server hands the same access token out again"));
    }
    if one.shares_random_value_with(&other) {
        let expected = "another random value in the ECDSA signature of each token";
        return Err(Stop::finding("rfc8725/3.2/ecdsa-random", expected, "two tokens signed with the same one"));
    }
    match (one.text("jti"), other.text("jti")) {
        (Some(one), Some(other)) if one == other => {
            Err(Stop::finding("rfc9068/2.2/jti-unique", "another jti in each token", "the same jti twice"))
        }
        (Some(_), Some(other)) => jti_of_refresh_unique(lab, &second, other).await,
        _ => Err(Stop::Inconclusive("the access token has no jti".to_owned())),
    }
}

/// The token that comes of a refresh is another one.
async fn jti_of_refresh_unique(lab: &Lab, tokens: &Tokens, jti: &str) -> Answer {
    let Some(refresh_token) = &tokens.refresh_token else { return Ok(()) };
    let refreshed = lab.refresh(refresh_token).await?.is_token()?;
    let again = Jwt::access_token(&refreshed.access_token).is_some_and(|jwt| jwt.text("jti") == Some(jti));
    if again && refreshed.access_token != tokens.access_token {
        return Err(Stop::finding("rfc9068/2.2/jti-unique", "another jti after a refresh", "the same jti"));
    }
    Ok(())
}
