//! In which languages userinfo speaks: OpenID Connect Core §5.2, §5.5.2.

use serde_json::{Map, Value, json};

use super::claims::claims_of;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab};

pub const LANGUAGES: Check = Check {
    id: "userinfo/languages",
    title: "a claim that is asked for in a language comes in it, or says which language it is in",
    why: "A client that asks how a name is written in Japanese, and is given the Latin letters for it, prints the wrong name on the card.",
    clauses: &[TAGGED, TAGS, "oidc-core/5.2/locales-matched"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::ClaimsParameter, Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(languages(lab))),
};

const TAGGED: &str = "oidc-core/5.5.2/language-tagged";
const TAGS: &str = "oidc-core/5.2/language-tags";

/// Klingon: in it nobody is registered anywhere.
const UNLIKELY: &str = "tlh";

/// The claims of userinfo after such a request; a control.
async fn told(lab: &Lab, asked: Authorize) -> Result<Map<String, Value>, Stop> {
    let code = lab.authorize(asked).await?.code()?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    claims_of(&reply)?.ok_or_else(|| reply.not_the_control("claims that can be read"))
}

fn asking_for(claim: &str) -> Authorize {
    Authorize::valid().with("scope", "openid").with("claims", json!({ "userinfo": { claim: null } }).to_string())
}

async fn languages(lab: &Lab) -> Answer {
    const NAME: &str = "family_name";
    if told(lab, Authorize::valid().with("scope", "openid")).await?.contains_key(NAME)
        || !told(lab, asking_for(NAME)).await?.contains_key(NAME)
    {
        let says = "it makes no difference to userinfo whether the family_name is asked for";
        return Err(Stop::not_applicable(Reason::Policy, says));
    }
    let other = told(lab, asking_for(&format!("{NAME}#{UNLIKELY}"))).await?;
    if other.contains_key(NAME) {
        let actual = format!("a {NAME} that does not say in which language it is");
        return Err(Stop::finding(TAGGED, format!("no {NAME}, or one with a language tag"), actual));
    }
    let all = told(lab, Authorize::valid()).await?;
    for (name, value) in all.iter().chain(&other) {
        if let Some((claim, tag)) = name.split_once('#') {
            if tag != spelled(tag) {
                return Err(Stop::finding(TAGS, format!("the tag {}", spelled(tag)), format!("the claim {name}")));
            }
            matched(lab, claim, tag, value).await?;
        }
    }
    Ok(())
}

/// A claim that is there in a language comes in it, however the tag is spelled in the request.
async fn matched(lab: &Lab, claim: &str, tag: &str, value: &Value) -> Answer {
    for (locale, clause) in [(tag.to_owned(), "oidc-core/5.2/locales-matched"), (tag.to_uppercase(), TAGS)] {
        let told = told(lab, Authorize::valid().with("claims_locales", &locale)).await?;
        let is_there = |(name, found): (&String, &Value)| {
            let (known, tag) = name.split_once('#').unwrap_or((name, &locale));
            known == claim && tag.eq_ignore_ascii_case(&locale) && found == value
        };
        if !told.iter().any(is_there) {
            let expected = format!("the {claim} in {locale}, which the server knows");
            return Err(Stop::finding(clause, expected, format!("no such claim, with claims_locales {locale}")));
        }
    }
    Ok(())
}

/// RFC 5646 §2.1.1, as the registry spells them: a script like Latn, a country like AT, the rest in small letters.
fn spelled(tag: &str) -> String {
    let mut single = false;
    let subtag = |(at, subtag): (usize, &str)| {
        let small = subtag.to_lowercase();
        single |= at > 0 && subtag.len() == 1;
        match subtag.len() {
            2 if at > 0 && !single => small.to_uppercase(),
            4 if at > 0 && !single && small.is_ascii() => small[..1].to_uppercase() + &small[1..],
            _ => small,
        }
    };
    tag.split('-').enumerate().map(subtag).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_tag_is_spelled_as_registered() {
        for (tag, right) in [
            ("DE", "de"),
            ("ja-hani-jp", "ja-Hani-JP"),
            ("en-X-US", "en-x-us"),
            ("de-1996", "de-1996"),
            ("de-äbc", "de-äbc"),
        ] {
            assert_eq!(super::spelled(tag), right);
        }
    }
}
