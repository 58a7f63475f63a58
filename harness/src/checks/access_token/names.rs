//! By which names a JWT access token calls things: RFC 9068 §2.1, §2.2.2.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const TYP_SHORT: Check = Check {
    id: "access-token/typ-short",
    title: "a typ that says what a JWT access token is ends in +jwt, and has no application/ before it",
    why: "An API that compares the short form alone refuses the long one.",
    clauses: &["rfc9068/2.1/typ-at-jwt", "rfc8725/3.11/typ-form"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(typ_short(lab))),
};

pub const REGISTERED_NAMES: Check = Check {
    id: "access-token/registered-names",
    title: "what a JWT access token says of a user stands under the registered names",
    why: "An API that looks for email does not find mail, and one that is made for this server works with no other.",
    clauses: &["rfc9068/2.2.2/registered-claim-names"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(registered_names(lab))),
};

/// Names that go around, and the registered ones of the same claims (OpenID Connect Core §5.1).
#[rustfmt::skip]
const NICKNAMES: &[(&str, &str)] = &[
    ("mail",          "email"),
    ("email_address", "email"),
    ("emailAddress",  "email"),
    ("first_name",    "given_name"),
    ("firstName",     "given_name"),
    ("last_name",     "family_name"),
    ("lastName",      "family_name"),
    ("surname",       "family_name"),
    ("full_name",     "name"),
    ("fullName",      "name"),
    ("phone",         "phone_number"),
    ("phoneNumber",   "phone_number"),
    ("birthday",      "birthdate"),
    ("birth_date",    "birthdate"),
];

async fn jwt(lab: &Lab) -> Result<Jwt, Stop> {
    let (_, tokens) = lab.user_tokens().await?;
    Jwt::access_token(&tokens.access_token).ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "the access token does not declare itself a JWT of RFC 9068 (typ at+jwt)")
    })
}

/// RFC 7519 §5.1, RFC 7515 §4.1.9: JWT and JOSE say nothing of the kind.
async fn typ_short(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let jwt = Jwt::read(&tokens.access_token);
    let typ = jwt.as_ref().and_then(|jwt| jwt.head("typ")).unwrap_or_default();
    if ["", "jwt", "jose"].contains(&typ.to_ascii_lowercase().as_str()) {
        return Err(Stop::not_applicable(Reason::Policy, "the access token has no typ that says of what kind it is"));
    }
    if !typ.to_ascii_lowercase().ends_with("+jwt") {
        return Err(Stop::finding("rfc8725/3.11/typ-form", "a typ that ends in +jwt", format!("typ {typ}")));
    }
    if typ.contains('/') {
        return Err(Stop::finding(TYP_SHORT.clauses[0], "typ at+jwt", format!("typ {typ}")));
    }
    Ok(())
}

/// A claim may stand there under both names.
async fn registered_names(lab: &Lab) -> Answer {
    let jwt = jwt(lab).await?;
    let has = |name: &str| jwt.claims.contains_key(name);
    match NICKNAMES.iter().find(|(nickname, registered)| has(nickname) && !has(registered)) {
        Some((nickname, registered)) => {
            Err(Stop::finding(REGISTERED_NAMES.clauses[0], format!("the claim {registered}"), nickname.to_string()))
        }
        None => Ok(()),
    }
}
