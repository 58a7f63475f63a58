//! What userinfo says of a person: of the right one, in the right types, and no more than was asked for.

use serde_json::{Map, Value};

use super::claims::claims_of;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::granted::{Scope, granted_scope};
use crate::lab::{Authorize, Browser, Code, Lab};
use crate::target::User;

pub const CLAIM_TYPES: Check = Check {
    id: "userinfo/claim-types",
    title: "the standard claims of userinfo have their types",
    why: "A client that asks whether email_verified is true finds the text false just as good.",
    clauses: &["oidc-core/5.1/types"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(claim_types(lab))),
};

pub const CLAIMS_BY_SCOPE: Check = Check {
    id: "userinfo/claims-by-scope",
    title: "userinfo tells no claims of a scope that was not granted",
    why: "The user was asked whether the client may know that they are the same as last time, not who they are; or their name, and not where they live.",
    clauses: &["oidc-core/5.4/scope-limits-claims"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(claims_by_scope(lab))),
};

pub const ANOTHER_USER: Check = Check {
    id: "userinfo/another-user",
    title: "each of two users of one client sees their own claims",
    why: "What is remembered per client, and not per user, shows everybody the profile of whoever came first.",
    clauses: &["oidc-core/5.3/about-the-user"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId, Need::SecondUser, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(another_user(lab))),
};

/// OpenID Connect Core §5.4: the claims that a scope asks for.
#[rustfmt::skip]
const BY_SCOPE: &[(&str, &[&str])] = &[
    ("profile", &["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
                  "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"]),
    ("email",   &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone",   &["phone_number", "phone_number_verified"]),
];

/// The claims of userinfo, whichever form it has; a control.
async fn claims(lab: &Lab, access_token: &str) -> Result<Map<String, Value>, Stop> {
    let reply = lab.userinfo(access_token).await?;
    reply.is_ok()?;
    claims_of(&reply)?.ok_or_else(|| reply.not_the_control("claims that can be read"))
}

async fn claim_types(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let claims = claims(lab, &tokens.access_token).await?;
    for (name, value) in &claims {
        let (is, kind) = match name.as_str() {
            "email_verified" | "phone_number_verified" => (value.is_boolean(), "true or false"),
            "updated_at" => (value.is_number(), "a number of seconds"),
            "address" => (value.is_object(), "an object"),
            name if name == "sub" || BY_SCOPE.iter().any(|(_, names)| names.contains(&name)) => {
                (value.is_string(), "a string")
            }
            _ => continue,
        };
        // A claim without a value is another matter: §5.3.2 only would rather not see it.
        if !is && !value.is_null() && value.as_str() != Some("") {
            let actual = if value.is_string() { format!("{name}, a string") } else { format!("{name} {value}") };
            return Err(Stop::finding("oidc-core/5.1/types", format!("{name}, {kind}"), actual));
        }
    }
    Ok(())
}

/// A scope that the server or the client does not have opens nothing.
async fn claims_by_scope(lab: &Lab) -> Answer {
    let by = |scope: &str| lab.authorize(Authorize::valid().with("scope", scope));
    opens(lab, &by("openid").await?.code()?, "openid").await?;
    for (scope, _) in BY_SCOPE {
        let asked = format!("openid {scope}");
        if let Ok(code) = by(&asked).await?.code() {
            opens(lab, &code, &asked).await?;
        }
    }
    Ok(())
}

async fn opens(lab: &Lab, code: &Code, asked: &str) -> Answer {
    let tokens = lab.redeem(code).await?.is_token()?;
    let granted = granted_scope(&tokens, Some(asked)).unwrap_or_default();
    within(&claims(lab, &tokens.access_token).await?, &granted, asked)
}

/// No claims beyond what was granted.
pub(in crate::checks) fn within(claims: &Map<String, Value>, granted: &Scope, asked: &str) -> Answer {
    for (scope, names) in BY_SCOPE {
        let shown: Vec<&str> = names.iter().copied().filter(|name| claims.contains_key(*name)).collect();
        if !shown.is_empty() && !granted.contains(*scope) {
            return Err(Stop::finding(
                "oidc-core/5.4/scope-limits-claims",
                format!("no claims of the scope {scope}"),
                format!("{} by the scope {asked}", shown.join(", ")),
            ));
        }
    }
    Ok(())
}

async fn another_user(lab: &Lab) -> Answer {
    let other = lab.second_user()?;
    let one = &lab.target().users[0];
    for (user, stranger) in [(one, other), (other, one), (one, other)] {
        let code = lab.authorize_in(&Browser::default(), Authorize::valid().user(user)).await?.code()?;
        let tokens = lab.redeem(&code).await?.is_token()?;
        let claims = claims(lab, &tokens.access_token).await?;
        let differs = tokens.subject().is_some_and(|sub| claims.get("sub").and_then(Value::as_str) != Some(&sub));
        let strange = ["preferred_username", "email"].into_iter().find(|name| names(&claims, name, stranger));
        if differs || strange.is_some_and(|name| !names(&claims, name, user)) {
            return Err(Stop::finding(
                "oidc-core/5.3/about-the-user",
                format!("the claims of {}, who logged in", user.name),
                format!("the {} of somebody else", strange.filter(|_| !differs).unwrap_or("sub")),
            ));
        }
    }
    Ok(())
}

/// Is the claim the login name of this user, with a domain or without?
fn names(claims: &Map<String, Value>, claim: &str, user: &User) -> bool {
    let local = |text: &str| text.split('@').next().unwrap_or_default().to_lowercase();
    let whole = user.name.contains('@');
    claims.get(claim).and_then(Value::as_str).is_some_and(|value| {
        if whole && value.contains('@') {
            value.eq_ignore_ascii_case(&user.name)
        } else {
            local(value) == local(&user.name)
        }
    })
}
