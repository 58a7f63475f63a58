//! What came of a step, held against what it expects.

use super::document::response;
use super::play::{Came, Play};
use super::{Expect, Step, Verb, registration, statuses};
use crate::check::{Answer, Reason, Stop};
use crate::exchange::Reply;
use crate::lab::Authorized;
use crate::lab::error_clause::{authorization_error_clause, token_error_clause};

/// Holds what came of a step against what it expects.
pub(super) fn judge(play: &Play<'_>, step: &Step, came: &Came, clause: &'static str) -> Answer {
    match came {
        Came::Authorized(authorized) => authorization(play, step, authorized, clause),
        Came::Reply(reply) | Came::Pushed(reply, _) => answer(play, step, reply, clause),
        Came::Time => match &step.expect {
            Some(expect) => Err(misplaced(expect, step.verb.name())),
            None => Ok(()),
        },
    }
}

/// What must come of an authorization request.
fn authorization(play: &Play<'_>, step: &Step, authorized: &Authorized, clause: &'static str) -> Answer {
    match &step.expect {
        None => authorized.granted().map(drop),
        Some(Expect::Code) => authorized.issues_code(clause).map(drop),
        Some(Expect::Granted) => authorized.grants(clause).map(drop),
        Some(Expect::Posted) => authorized.posts(clause).map(drop),
        Some(Expect::Header(name, value)) => authorized.posts_with(clause, name, value),
        Some(Expect::Absent(name)) => authorized.comes_without(clause, name),
        Some(Expect::Present(names)) => authorized.comes_with(clause, names),
        Some(Expect::Member(name, relation, value)) => {
            play.stands_to(&response(authorized)?, clause, name, *relation, value)
        }
        Some(Expect::Stays) => authorized.stays(clause),
        Some(Expect::Shown) => authorized.tells(clause),
        Some(Expect::Status(fitting)) => authorized.stays_with(clause, fitting),
        Some(Expect::Refused) => authorized.refused(clause).map(drop),
        Some(Expect::Error(codes, demanded)) => {
            let refused = authorized.refused(clause)?;
            let defined = codes.first().and_then(|code| authorization_error_clause(code));
            refused.with_error(demanded.or(defined).unwrap_or(clause), codes)
        }
        Some(other) => Err(misplaced(other, step.verb.name())),
    }
}

/// What must come of a direct request.
fn answer(play: &Play<'_>, step: &Step, reply: &Reply, clause: &'static str) -> Answer {
    let Some(expect) = &step.expect else {
        return succeeded(step.verb, reply);
    };
    if step.verb.is_registration() {
        match expect {
            Expect::NotRegistered => return play.is_not_registered(step, reply, clause),
            Expect::Refused => return reply.withheld(clause),
            Expect::Error(codes, demanded) => return registration::refused_with(reply, clause, codes, *demanded),
            _ => {}
        }
    }
    match expect {
        Expect::Anything => reply.judgeable(),
        Expect::Token => reply.served(clause).map(drop),
        // What its scope must be is judged beside: that a token came is the control.
        Expect::Scope(_) => reply.is_token().map(drop),
        Expect::Status(fitting) => has_status(reply, fitting, clause),
        Expect::Ok => reply.ok(clause).and_then(|_| is_document(step.verb, reply, clause)),
        Expect::Active => reply.active(clause, true).map(drop),
        Expect::Inactive => reply.active(clause, false).map(drop),
        Expect::Header(..)
        | Expect::HeaderLacks(..)
        | Expect::Absent(_)
        | Expect::Present(_)
        | Expect::Member(..)
        | Expect::NoEmptyMembers
        | Expect::NoNulls
        | Expect::Value(..) => {
            if step.verb.is_registration() {
                reply.is_ok()?;
            } else {
                succeeded(step.verb, reply)?;
            }
            success(play, expect, reply, clause)
        }
        Expect::BasicChallenge => {
            withheld(step.verb, reply, clause)?;
            basic_challenge(reply, clause)
        }
        Expect::BearerChallenge => {
            withheld(step.verb, reply, clause)?;
            bearer_challenge(reply, clause)
        }
        Expect::Refused if step.is_no_token_request() => nothing_given(step.verb, reply, clause),
        Expect::Refused => withheld(step.verb, reply, clause),
        Expect::Error(codes, demanded) => {
            let defined = codes.first().and_then(|code| token_error_clause(code));
            withheld(step.verb, reply, clause)?;
            reply.refused(clause)?.with_error_or(demanded.or(defined).unwrap_or(clause), codes)
        }
        Expect::Code | Expect::Granted | Expect::NotRegistered | Expect::Posted | Expect::Shown | Expect::Stays => {
            Err(misplaced(expect, step.verb.name()))
        }
    }
}

/// What a success must have, or must not have.
fn success(play: &Play<'_>, expect: &Expect, reply: &Reply, clause: &'static str) -> Answer {
    match expect {
        Expect::Value(member, written) => registration::is_value(reply, clause, member, written),
        Expect::Header(name, value) => reply.has_header(clause, name, value).map(drop),
        Expect::HeaderLacks(name, value) if reply.has_header(clause, name, value).is_ok() => {
            Err(Stop::finding(clause, format!("no {value} in {name}"), reply.header_list(name)))
        }
        Expect::Absent(member) if reply.json().is_some_and(|json| json.contains_key(*member)) => {
            Err(Stop::finding(clause, format!("no {member}"), reply.actual()))
        }
        Expect::Present(members) => reply.has_members(clause, members),
        Expect::NoEmptyMembers => reply.has_no_blanks(clause, true),
        Expect::NoNulls => reply.has_no_blanks(clause, false),
        Expect::Member(member, relation, value) => play.stands_to(reply, clause, member, *relation, value),
        _ => Ok(()),
    }
}

fn has_status(reply: &Reply, fitting: &[u16], clause: &'static str) -> Answer {
    reply.judgeable()?;
    if fitting.contains(&reply.status) {
        return Ok(());
    }
    Err(Stop::finding(clause, statuses(fitting), reply.actual()))
}

/// What is published is JSON, and what was pushed has a reference.
fn is_document(verb: Verb, reply: &Reply, clause: &'static str) -> Answer {
    if matches!(verb, Verb::Push | Verb::PushObject) && reply.text("request_uri").is_none() {
        return Err(Stop::finding(clause, "a request_uri", reply.actual()));
    }
    if matches!(verb, Verb::Jwks | Verb::Metadata) && reply.json().is_none() {
        return Err(Stop::finding(clause, "a JSON document", reply.actual()));
    }
    Ok(())
}

/// The plain success of an exchange.
fn succeeded(verb: Verb, reply: &Reply) -> Answer {
    match verb {
        Verb::ExchangeIdToken | Verb::ExchangeJwt | Verb::ExchangeRefresh | Verb::TokenWithActor => taken(reply),
        verb if verb.asks_for_tokens() => reply.is_token().map(drop),
        Verb::IntrospectRefresh if !reply.is_active()? => {
            Err(Stop::not_applicable(Reason::Policy, "introspection does not speak of refresh tokens, which may be"))
        }
        Verb::Introspect if !reply.is_active()? => Err(reply.not_the_control("an active token")),
        Verb::Userinfo if !reply.is_json()?.contains_key("sub") => Err(reply.not_the_control("a member `sub`")),
        verb if verb.is_registration() => registration::succeeded(verb, reply),
        Verb::Revoke | Verb::RevokeRefresh => reply.is_ok().map(drop),
        Verb::Device if !reply.is_json()?.contains_key("device_code") => {
            Err(reply.not_the_control("a member `device_code`"))
        }
        Verb::Push | Verb::PushObject if !reply.is_json()?.contains_key("request_uri") => {
            Err(reply.not_the_control("a member `request_uri`"))
        }
        Verb::AccessToken
        | Verb::IdToken
        | Verb::Introspect
        | Verb::IntrospectRefresh
        | Verb::Push
        | Verb::PushObject
        | Verb::Userinfo => Ok(()),
        _ => reply.is_json().map(drop),
    }
}

/// The clause on who may ask about tokens.
const INTROSPECTION_AUTHORIZED: &str = "rfc7662/2.1/authorized";

/// RFC 8693 §2.1: which types of tokens are taken in exchange, and whether anybody acts for another, is the server's choice.
fn taken(reply: &Reply) -> Answer {
    reply.judgeable()?;
    if reply.tokens().is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the server takes no such token in exchange, which may be"));
    }
    Ok(())
}

/// The clause on the form of a refusal at userinfo.
pub(super) const USERINFO_ERROR: &str = "oidc-core/5.3.3/error-response";

/// What is sent by another method or in another form is no token request, and section 5.2 of RFC 6749 says nothing of its
/// answer: a page with whatever status, a redirect or 501 will do, if nothing was given. A crash tells neither.
fn nothing_given(verb: Verb, reply: &Reply, clause: &'static str) -> Answer {
    reply.judgeable()?;
    if reply.status >= 500 && reply.status != 501 {
        return Err(reply.not_the_control("a refusal, or a page without a token"));
    }
    // What gives no token may give something else; but a page is for people.
    let gives = if verb.asks_for_tokens() {
        reply.tokens().is_some()
    } else {
        reply.is_success() && reply.media_type() != "text/html"
    };
    if gives { withheld(verb, reply, clause) } else { Ok(()) }
}

/// Nothing was given: no token, no claims, no word on a token.
fn withheld(verb: Verb, reply: &Reply, clause: &'static str) -> Answer {
    match verb {
        Verb::Introspect | Verb::IntrospectRefresh | Verb::Userinfo => {
            reply.judgeable()?;
            if verb == Verb::Userinfo && !reply.is_success() && !(400..500).contains(&reply.status) {
                return Err(Stop::finding(USERINFO_ERROR, "a refusal with a 4xx status", reply.actual()));
            }
            // Who may ask is no question to a server that fails; what it makes of a request is.
            if reply.status >= 500 && clause == INTROSPECTION_AUTHORIZED {
                return Err(Stop::Inconclusive(format!(
                    "a server that fails has neither told nor refused: {}",
                    reply.summary()
                )));
            }
            let denied = reply.json().is_some_and(|json| json.get("active") == Some(&false.into()));
            // Whoever is sent elsewhere is told nothing either.
            if (reply.is_success() && !denied) || reply.status >= 500 {
                return Err(Stop::finding(clause, "a refusal", reply.actual()));
            }
            Ok(())
        }
        verb if verb.is_registration() => reply.withheld(clause),
        Verb::Device | Verb::Push | Verb::PushObject | Verb::Revoke | Verb::RevokeRefresh if reply.is_success() => {
            Err(Stop::finding(clause, "a refusal", reply.actual()))
        }
        _ => reply.refused(clause).map(drop),
    }
}

/// RFC 6749 §5.2: 401, and a challenge of the scheme that the client used.
fn basic_challenge(reply: &Reply, clause: &'static str) -> Answer {
    if reply.status == 401 && !reply.challenges("Basic").is_empty() {
        return Ok(());
    }
    Err(Stop::finding(clause, "401 with WWW-Authenticate: Basic", with_challenge(reply)))
}

/// RFC 6750 §3: a challenge, among those of other schemes, has the scheme Bearer and at least one attribute.
fn bearer_challenge(reply: &Reply, clause: &'static str) -> Answer {
    if reply.challenges("Bearer").iter().any(|challenge| !challenge.attributes.is_empty()) {
        return Ok(());
    }
    Err(Stop::finding(clause, "WWW-Authenticate: Bearer with an attribute", with_challenge(reply)))
}

fn with_challenge(reply: &Reply) -> String {
    let challenge = reply.header_list("www-authenticate");
    let shown = if challenge.is_empty() { "no such header" } else { &challenge };
    format!("{}: {} with {shown}", reply.asked, reply.status)
}

fn misplaced(expect: &Expect, verb: &str) -> Stop {
    Stop::Error(format!("the scenario expects `{}` of `{verb}`", expect.says()))
}
