//! The two ID tokens of the hybrid flow, one through the browser and one for the code: OpenID Connect Core §3.3.3.6.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab};

pub const SAME_SUBJECT: Check = Check {
    id: "hybrid/same-subject",
    title: "both ID tokens of a hybrid flow have the same iss and the same sub",
    why: "The client logs the user in by the first and keeps the data of the second: if they differ, it mixes two people up.",
    clauses: &["oidc-core/3.3.3.6/same-issuer-and-subject"],
    cells: Cells::HYBRID_ID_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(same_subject(lab))),
};

pub const SAME_LOGIN: Check = Check {
    id: "hybrid/same-login",
    title: "what one ID token of a hybrid flow says of the login, the other says too",
    why: "A client that looks at one of them only must not judge the login otherwise than one that looks at the other.",
    clauses: &["oidc-core/3.3.3.6/same-authentication-claims"],
    cells: Cells::HYBRID_ID_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(same_login(lab))),
};

pub const SAME_PERSON: Check = Check {
    id: "hybrid/same-person",
    title: "what both ID tokens of a hybrid flow say of the user is the same",
    why: "A name or an address that changes between the two steps of one login is that of somebody else, or of yesterday.",
    clauses: &["oidc-core/3.3.3.6/same-user-claims"],
    cells: Cells::HYBRID_ID_TOKENS,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(same_person(lab))),
};

/// The claims about the login: OpenID Connect Core §2.
const OF_LOGIN: &[&str] = &["auth_time", "acr", "amr"];

/// The claims about a person: OpenID Connect Core §5.1; `sub` has a clause of its own.
#[rustfmt::skip]
const OF_PERSON: &[&str] = &[
    "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "email",
    "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "updated_at",
];

/// OpenID Connect Core §5.5: a wish for what most servers know of a user.
const WISH: &str = r#"{"id_token":{"name":null,"preferred_username":null,"email":null}}"#;

async fn same_subject(lab: &Lab) -> Answer {
    let (front, back) = both(lab, Authorize::valid()).await?;
    for name in ["iss", "sub"] {
        let (first, second) = (front.claims.get(name), back.claims.get(name));
        if first.is_none() || first != second {
            return Err(Stop::finding(
                SAME_SUBJECT.clauses[0],
                format!("one {name} in both ID tokens"),
                format!("{} through the browser, {} for the code", shown(first), shown(second)),
            ));
        }
    }
    Ok(())
}

/// A request with max_age, so that there is something to say.
async fn same_login(lab: &Lab) -> Answer {
    let (front, back) = both(lab, Authorize::valid().with("max_age", "3600")).await?;
    for name in OF_LOGIN {
        let (first, second) = (front.claims.get(*name), back.claims.get(*name));
        if first != second {
            return Err(Stop::finding(
                SAME_LOGIN.clauses[0],
                format!("{name} in both ID tokens alike"),
                format!("{} through the browser, {} for the code", shown(first), shown(second)),
            ));
        }
    }
    Ok(())
}

/// The one through the browser may say less; most servers say nothing of the user in either, unless somebody asks for it.
async fn same_person(lab: &Lab) -> Answer {
    let asked = Authorize::valid();
    let listens = lab.target().metadata.is_true("claims_parameter_supported");
    let (front, back) = both(lab, if listens { asked.with("claims", WISH) } else { asked }).await?;
    let mut compared = false;
    for name in OF_PERSON {
        let (Some(first), Some(second)) = (front.claims.get(*name), back.claims.get(*name)) else {
            continue;
        };
        if first != second {
            return Err(Stop::finding(
                SAME_PERSON.clauses[0],
                format!("one {name} in both ID tokens"),
                format!("{first} through the browser, {second} for the code"),
            ));
        }
        compared = true;
    }
    if compared {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::Policy, "the two ID tokens say nothing of the user that could be compared"))
}

/// The ID token that came through the browser, and the one that the code of the same response bought; a control.
async fn both(lab: &Lab, authorize: Authorize) -> Result<(Jwt, Jwt), Stop> {
    let granted = lab.authorize(authorize).await?.granted()?;
    let unread = || Stop::not_applicable(Reason::Policy, "an ID token is encrypted, or no JSON Web Token");
    let front = granted.id_claims().ok_or_else(unread)?;
    let code = granted.code.ok_or_else(|| Stop::Inconclusive("no code came beside the ID token".to_owned()))?;
    let tokens = lab.redeem(&code).await?.is_token()?;
    Ok((front, tokens.id_claims().ok_or_else(unread)?))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), Value::to_string)
}
