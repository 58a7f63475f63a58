//! A challenge belongs to one code, and so does its absence: RFC 7636 §4.4, RFC 9700 §4.8.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::exchange::ErrorCode::InvalidGrant;
use crate::lab::{Authorize, Lab, Landing, random};

pub const SUPPORTED: Check = Check {
    id: "pkce/supported",
    title: "the server verifies the code_verifier of a code that was asked for with a challenge",
    why: "Without PKCE a code that is stolen on its way back through the browser is worth a token to the thief.",
    clauses: &["rfc9700/2.1.1/pkce-supported", "rfc7636/4.2/s256-supported", "rfc8252/6/pkce-supported"],
    cells: Cells::CODE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(supported(lab))),
};

pub const EVERY_LEGAL_VERIFIER: Check = Check {
    id: "pkce/every-legal-verifier",
    title: "every code_verifier of 43 to 128 unreserved characters redeems its code",
    why: "A server that knows only the characters or lengths that its own library makes fails the clients of others.",
    clauses: &["rfc7636/4.6/correct-verifier-accepted"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(every_legal_verifier(lab))),
};

pub const PLAIN_BY_DEFAULT: Check = Check {
    id: "pkce/plain-by-default",
    title: "a code_challenge without a method is a plain one, or refused; and a plain one is compared",
    why: "A server and a client that fill in different methods take a string for its own hash, or refuse each other.",
    clauses: &["rfc7636/4.3/plain-by-default", "rfc7636/4.6/verifier-compared", "rfc6749/5.2/error-response"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(plain_by_default(lab))),
};

pub const VERIFIER_OF_ANOTHER_REQUEST: Check = Check {
    id: "pkce/verifier-of-another-request",
    title: "a code is not redeemed with the verifier of another request",
    why: "An attacker who injects a stolen code into its own session brings its own, perfectly valid verifier.",
    clauses: &[
        "rfc7636/4.6/verifier-compared",
        "rfc7636/4.6/invalid-grant",
        "rfc6749/5.2/error-response",
        "rfc7636/4.4/challenge-bound",
    ],
    cells: Cells::CODE_BEARING,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(verifier_of_another_request(lab))),
};

pub const DOWNGRADE: Check = Check {
    id: "pkce/downgrade",
    title: "a verifier for a code without a challenge is refused",
    why: "An attacker takes the challenge out of the request. The client, which sends its verifier all the same, must not be served.",
    clauses: &["rfc9700/4.8.2/no-downgrade", "rfc6749/5.2/error-response", "rfc9700/4.8.2/challenge-bound"],
    cells: Cells::CODE_BEARING,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(downgrade(lab))),
};

pub const OUTSIDE_GRAMMAR: Check = Check {
    id: "pkce/verifier-outside-grammar",
    title: "a verifier that is too long, or has other characters, is refused, even if it matches",
    why: "What the grammar does not allow was not made by a client that follows it; a database may cut it, or a log may run it.",
    clauses: &[GRAMMAR, "rfc6749/5.2/error-response"],
    cells: Cells::CODE,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(outside_grammar(lab))),
};

const GRAMMAR: &str = "rfc7636/4.1/verifier-grammar";

/// The challenge of each is a good one, so that the request for the code is.
async fn outside_grammar(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let good = random();
    let long = good.repeat(4);
    for verifier in [long[..129].to_owned(), format!("{good}+"), format!("{good} "), format!("{good}\u{e9}")] {
        let code = lab.authorize(Authorize::valid().verifier(&verifier)).await?.code()?;
        lab.redeem(&code).await?.refused(GRAMMAR).map_err(|stop| {
            stop.in_case(format!(
                "for {} characters that end with {:?}",
                verifier.chars().count(),
                verifier.chars().last()
            ))
        })?;
    }
    Ok(())
}

/// What the metadata says is another matter: each kind of client is asked with a wrong verifier of its own.
async fn supported(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    let wrong = lab.send(&lab.redemption(&code)?.with("code_verifier", random())).await?;
    wrong.judgeable()?;
    if wrong.tokens().is_some() {
        let expected = "a refusal of a wrong code_verifier";
        return Err(Stop::finding("rfc9700/2.1.1/pkce-supported", expected, wrong.actual()));
    }
    Ok(())
}

/// RFC 7636 §4.1: letters, digits and four marks.
async fn every_legal_verifier(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let alphabet: String = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain("-._~".chars()).collect();
    let shortest: String = random().chars().take(39).chain("-._~".chars()).collect();
    let longest: String = alphabet.chars().chain(random().chars()).chain(random().chars()).take(128).collect();
    for verifier in [shortest, longest] {
        let length = verifier.len();
        let code = lab.authorize(Authorize::valid().verifier(verifier)).await?.issues_code(ACCEPTED)?;
        let reply = lab.redeem(&code).await?;
        if reply.tokens().is_none() {
            reply.judgeable()?;
            return Err(Stop::finding(
                ACCEPTED,
                format!("a token for a verifier of {length} characters"),
                reply.actual(),
            ));
        }
    }
    Ok(())
}

const ACCEPTED: &str = "rfc7636/4.6/correct-verifier-accepted";

/// Taken as plain, the challenge is its own verifier, so that the verifier whose hash it is does not match.
async fn plain_by_default(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let authorized = lab.authorize(Authorize::valid().without("code_challenge_method")).await?;
    match authorized.code() {
        Ok(code) => lab.redeem(&code).await?.refused("rfc7636/4.3/plain-by-default").map(drop)?,
        // A server without the plain method says no at once.
        Err(_) if !matches!(authorized.landing, Landing::Page { asks: true, .. }) => {}
        Err(stop) => return Err(stop),
    }
    plain_compared(lab).await
}

/// A server that takes a challenge as it is compares it all the same: RFC 7636 §4.6.
async fn plain_compared(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7636/4.6/verifier-compared";
    let verifier = random();
    let plain = || {
        let request = Authorize::valid().verifier(&verifier).with("code_challenge", &verifier);
        request.with("code_challenge_method", "plain")
    };
    let authorized = lab.authorize(plain()).await?;
    let Ok(code) = authorized.code() else { return Ok(()) };
    lab.redeem(&code).await?.is_token()?;
    let code = lab.authorize(plain()).await?.code()?;
    let wrong = lab.redemption(&code)?.with("code_verifier", random());
    lab.send(&wrong).await?.refused(CLAUSE).map(drop).map_err(|stop| stop.in_case("code_challenge_method=plain"))
}

async fn verifier_of_another_request(lab: &Lab) -> Answer {
    let first = lab.authorize(Authorize::valid()).await?.code()?;
    let second = lab.authorize(Authorize::valid()).await?.code()?;
    lab.redeem(&second).await?.is_token()?;
    let crossed = lab.redemption(&first)?.with("code_verifier", &second.verifier);
    lab.send(&crossed)
        .await?
        .refused("rfc7636/4.6/verifier-compared")?
        .with_error_or("rfc7636/4.6/invalid-grant", &[InvalidGrant.name()])
}

async fn downgrade(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let bare = || Authorize::valid().without("code_challenge").without("code_challenge_method");
    let authorized = lab.authorize(bare()).await?;
    let code = match authorized.code() {
        Ok(code) => code,
        // A server that issues no code without a challenge cannot be downgraded.
        Err(_) if !matches!(authorized.landing, Landing::Page { asks: true, .. }) => return Ok(()),
        Err(stop) => return Err(stop),
    };
    let plain = lab.redemption(&code)?.without("code_verifier");
    if lab.send(&plain).await?.tokens().is_none() {
        return Err(Stop::Inconclusive(
            "a code without a challenge is not redeemed even without a verifier".to_owned(),
        ));
    }
    let code = lab.authorize(bare()).await?.code()?;
    let request = lab.redemption(&code)?.with("code_verifier", random());
    lab.send(&request).await?.refused("rfc9700/4.8.2/no-downgrade").map(drop)
}
