//! How userinfo words its refusals, and what it makes of a token that comes in an unusual way: RFC 6750 §2.3, §3.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::token_endpoint::response::stray_character;
use crate::exchange::{Challenge, Deviation, Jwt, Reply};
use crate::lab::{Lab, random};

pub const CHALLENGE_FORM: Check = Check {
    id: "userinfo/challenge-form",
    title: "a challenge has each attribute once, in the characters that it may have, and says what was wrong with a token",
    why: "A client reads from it whether to fetch a new token or to give up; what two readers read in two ways is no answer.",
    clauses: &[
        "rfc6750/3/attributes-not-repeated",
        "rfc6750/3/attribute-characters",
        "rfc6750/3/error-attribute",
        "rfc9068/4/invalid-token",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(challenge_form(lab))),
};

pub const TWO_TOKENS: Check = Check {
    id: "userinfo/two-tokens",
    title: "a request that is refused for bringing its token twice is refused with 400",
    why: "With 401 the client throws a good token away, and asks for the next one in vain.",
    clauses: &["rfc6750/3.1/invalid-request"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(two_tokens(lab))),
};

pub const QUERY_TOKEN_PRIVATE: Check = Check {
    id: "userinfo/token-in-query-not-shared",
    title: "where a token in the URL is taken, shared caches may not keep the answer",
    why: "A cache goes by the URL: with the token in it the claims of one user are served to whoever sends it again.",
    clauses: &["rfc6750/2.3/cache-private"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(query_token_private(lab))),
};

/// An access token that userinfo takes; a control.
async fn good_token(lab: &Lab) -> Result<String, Stop> {
    let (_, tokens) = lab.user_tokens().await?;
    lab.userinfo(&tokens.access_token).await?.is_ok()?;
    Ok(tokens.access_token)
}

async fn challenge_form(lab: &Lab) -> Answer {
    let good = good_token(lab).await?;
    let forged = Jwt::access_token(&good).and_then(|_| Jwt::with_altered_signature(&good));
    let without = lab.send(&lab.userinfo_request(&good)?.without("token")).await?;
    well_formed(&without)?;
    let unknown = lab.userinfo(&random()).await?;
    let challenge = well_formed(&unknown)?;
    if challenge.is_some_and(|challenge| challenge.attribute("error").is_none()) {
        let clause = "rfc6750/3/error-attribute";
        return Err(Stop::finding(clause, "an error in the challenge to a made-up token", shown(&unknown)));
    }
    let Some(forged) = forged else {
        return Ok(());
    };
    let refused = lab.userinfo(&forged).await?;
    match well_formed(&refused)? {
        Some(challenge) if challenge.attribute("error").is_some_and(|error| error != "invalid_token") => {
            let expected = "the error invalid_token for a JWT whose signature does not hold";
            Err(Stop::finding("rfc9068/4/invalid-token", expected, shown(&refused)))
        }
        _ => Ok(()),
    }
}

/// The Bearer challenge of a refusal; that there is one is the question of other checks.
fn well_formed(reply: &Reply) -> Result<Option<Challenge>, Stop> {
    reply.judgeable()?;
    if !(400..500).contains(&reply.status) {
        return Err(reply.not_the_control("a refusal"));
    }
    let Some(challenge) = reply.challenges("Bearer").into_iter().next() else {
        return Ok(None);
    };
    for (at, (name, value)) in challenge.attributes.iter().enumerate() {
        if challenge.attributes[..at].iter().any(|(known, _)| known == name) {
            return Err(Stop::finding(
                "rfc6750/3/attributes-not-repeated",
                "each attribute once",
                format!("{name} twice in {}", shown(reply)),
            ));
        }
        let restricted = ["error", "error_description", "error_uri", "scope"].contains(&name.as_str());
        if restricted && let Some(stray) = stray_character(name, value) {
            return Err(Stop::finding(
                "rfc6750/3/attribute-characters",
                format!("{name} of the characters that are allowed in it"),
                format!("{name} with the character U+{:04X}", u32::from(stray)),
            ));
        }
    }
    Ok(Some(challenge))
}

fn shown(reply: &Reply) -> String {
    format!("{}: {} with {}", reply.asked, reply.status, reply.header_list("www-authenticate"))
}

/// Who presents a token in one way only is the client's duty; how a refusal is said is not.
async fn two_tokens(lab: &Lab) -> Answer {
    let good = good_token(lab).await?;
    let twice = lab.userinfo_request(&good)?.deviating(&Deviation::Method("POST")).param("access_token", &good);
    let reply = lab.send(&twice).await?;
    reply.judgeable()?;
    if reply.is_success() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server takes one of two tokens, and leaves the other aside",
        ));
    }
    if reply.status == 400 {
        return Ok(());
    }
    Err(Stop::finding("rfc6750/3.1/invalid-request", "status 400", reply.actual()))
}

/// A server that takes no token from the URL has nothing to keep from caches.
async fn query_token_private(lab: &Lab) -> Answer {
    let good = good_token(lab).await?;
    let request = lab.userinfo_request(&good)?.without("token").param("access_token", &good);
    let reply = lab.send(&request).await?;
    reply.judgeable()?;
    let keeps_it_private = |name: &&str| reply.has_header("rfc6750/2.3/cache-private", "cache-control", name).is_ok();
    if !reply.is_success() || ["private", "no-store"].iter().any(keeps_it_private) {
        return Ok(());
    }
    let control = reply.header_list("cache-control");
    let actual = if control.is_empty() { "no Cache-Control".to_owned() } else { format!("Cache-Control: {control}") };
    Err(Stop::finding("rfc6750/2.3/cache-private", "Cache-Control: private", actual))
}
