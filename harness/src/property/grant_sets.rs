//! Which sets of the seven grant types a client may have, and whether each set serves its own and no other.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::grant_set::{AUTHORIZATION_CODE, CLIENT_CREDENTIALS, EXTENSION, HYBRID, IMPLICIT, PASSWORD, Set, Words};
use crate::cell::{Cell, Cells, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab, Landing, Registered};

pub const FORBIDDEN_COMBINATIONS: Check = Check {
    id: "grant-sets/forbidden-combinations",
    title: "a client has no two of implicit, authorization code and hybrid; every other set of grant types it may have",
    why: "Whoever writes the authorization request chooses the response type: where two of them are allowed, the weaker one is used.",
    clauses: &[
        "identityserver-grant-types/grant-types/implicit-and-code",
        "identityserver-grant-types/grant-types/implicit-and-hybrid",
        "identityserver-grant-types/grant-types/code-and-hybrid",
        "identityserver-grant-types/grant-types/extensions-lift-no-ban",
        "identityserver-grant-types/grant-types/not-empty",
        "identityserver-grant-types/grant-types/no-duplicates",
        "identityserver-grant-types/grant-types/no-spaces",
        "identityserver-grant-types/grant-types/others-combine",
        "identityserver-grant-types/grant-types/extensions-combine",
    ],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Property(|lab| Box::pin(forbidden_combinations(lab))),
};

pub const REGISTERED_ONLY: Check = Check {
    id: "grant-sets/only-registered-grants-served",
    title: "a client is served each grant of its set, and none beside",
    why: "A set that is stored and not asked for is a note; a client that leaks opens every door of the server, not only its own.",
    clauses: &[
        "rfc7591/2/registered-types-only",
        "identityserver-grant-types/grant-types/registered-only",
        "identityserver-grant-types/grant-types/several",
    ],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Property(|lab| Box::pin(registered_only(lab))),
};

/// So many requests are under way at once.
const AT_ONCE: usize = 4;

/// The clause on each forbidden pair.
#[rustfmt::skip]
const FORBIDDEN: [(Set, &str); 3] = [
    (IMPLICIT.and(AUTHORIZATION_CODE), "identityserver-grant-types/grant-types/implicit-and-code"),
    (IMPLICIT.and(HYBRID),             "identityserver-grant-types/grant-types/implicit-and-hybrid"),
    (AUTHORIZATION_CODE.and(HYBRID),   "identityserver-grant-types/grant-types/code-and-hybrid"),
];

/// The forbidden pair that a set holds.
fn forbidden(set: Set) -> Option<&'static str> {
    FORBIDDEN.iter().find(|(pair, _)| set.holds(*pair)).map(|(_, clause)| *clause)
}

/// Registers a client for a set; `None` unless the answer says that it has just this set.
async fn registered(lab: &Lab, words: &Words, set: Set) -> Result<Option<Registered>, Stop> {
    let (grants, response_types) = words.of(set);
    let request = lab.registration()?.for_grants(&grants, &response_types);
    let reply = lab.send_registration(&request).await?;
    reply.judgeable()?;
    Ok(lab.registered(&request, &reply).filter(|registered| words.told(&registered.client) == set))
}

/// The grants that a client can be registered for at all. A refresh token comes of another grant.
async fn offered(lab: &Lab, words: &Words) -> Result<Set, Stop> {
    let mut offered = Set::EMPTY;
    for grant in Set::singles() {
        let alone = registered(lab, words, grant).await?.is_some();
        if alone {
            offered = offered.and(grant);
        }
    }
    let several = offered.len() > 1;
    several.then_some(offered).ok_or_else(|| {
        Stop::not_applicable(Reason::Policy, "clients can be registered for fewer than two grant types, each alone")
    })
}

/// The sets of these grants, in the order of a Gray code, with the clients that were registered for them.
async fn asked(lab: &Lab, words: &Words, offered: Set) -> Result<Vec<(Set, Option<Registered>)>, Stop> {
    let ask = |set: Set| async move { Ok::<_, Stop>((set, registered(lab, words, set).await?)) };
    let sets = Set::gray().filter(|set| offered.holds(*set));
    stream::iter(sets).map(ask).buffered(AT_ONCE).try_collect().await
}

/// Deletes what was registered, so that the sets of one check do not fill the server for the next.
async fn forget(lab: &Lab, clients: impl Iterator<Item = &Registered>) -> Answer {
    let requests: Vec<_> = clients.filter_map(|client| lab.deleting(client).ok()).collect();
    let delete = |request| async move { lab.send_registration(&request).await.map(drop) };
    stream::iter(requests).map(delete).buffer_unordered(AT_ONCE).try_collect().await
}

async fn forbidden_combinations(lab: &Lab) -> Answer {
    let words = Words::of_target(lab);
    let offered = offered(lab, &words).await?;
    let mut came = asked(lab, &words, offered).await?;
    forget(lab, came.iter().filter_map(|(_, client)| client.as_ref())).await?;
    came.sort_by_key(|(set, _)| set.len());

    let accepted: Vec<Set> = came.iter().filter(|(_, client)| client.is_some()).map(|(set, _)| *set).collect();
    let all = format!("{} of {} sets are accepted: {}", accepted.len(), came.len(), words.list(&accepted));
    for set in &accepted {
        let clause = match forbidden(*set) {
            _ if *set == Set::EMPTY => "identityserver-grant-types/grant-types/not-empty",
            Some(_) if set.holds(EXTENSION) && !accepted.contains(&set.without(EXTENSION)) => {
                "identityserver-grant-types/grant-types/extensions-lift-no-ban"
            }
            Some(clause) => clause,
            None => continue,
        };
        let expected = format!("a refusal of {}", words.name(*set));
        return Err(Stop::finding(clause, expected, format!("a client with that set; {all}")));
    }
    for (set, client) in &came {
        if client.is_none() && forbidden(*set).is_none() && *set != Set::EMPTY {
            let lifted = set.holds(EXTENSION) && accepted.contains(&set.without(EXTENSION));
            let clause = if lifted {
                "identityserver-grant-types/grant-types/extensions-combine"
            } else {
                "identityserver-grant-types/grant-types/others-combine"
            };
            let expected = format!("a client with {}", words.name(*set));
            return Err(Stop::finding(clause, expected, format!("none; {all}")));
        }
    }
    odd_lists(lab, &all).await
}

/// What is no set: a name that stands twice, and one with a space in it.
async fn odd_lists(lab: &Lab, all: &str) -> Answer {
    const CODE: &str = "authorization_code";
    const SPACED: &str = "authorization_code refresh_token";
    for (names, clause) in [
        ([CODE, CODE], "identityserver-grant-types/grant-types/no-duplicates"),
        ([CODE, SPACED], "identityserver-grant-types/grant-types/no-spaces"),
    ] {
        let request = lab.registration()?.for_grants(&names, &["code"]);
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        let told = reply.json().and_then(|json| json.get("grant_types").cloned());
        let told = told.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let holds = told.iter().filter(|told| **told == names[1]).count()
            == names.iter().filter(|name| **name == names[1]).count();
        if reply.is_success() && holds {
            let actual = format!("grant_types {}; {all}", json!(told));
            return Err(Stop::finding(clause, format!("a refusal of {}", json!(names)), actual));
        }
    }
    Ok(())
}

async fn registered_only(lab: &Lab) -> Answer {
    let words = Words::of_target(lab);
    let offered = offered(lab, &words).await?;
    // The controls: what is refused to everybody says nothing.
    let mut served = Vec::new();
    for grant in [AUTHORIZATION_CODE, IMPLICIT, HYBRID, CLIENT_CREDENTIALS, PASSWORD, EXTENSION] {
        if offered.holds(grant)
            && let Some(client) = registered(lab, &words, grant).await?
            && serves(lab, &words, &client, grant).await?
        {
            served.push(grant);
        }
    }
    if served.len() < 2 {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "fewer than two grants can be asked for by a registered client",
        ));
    }
    let mut came = asked(lab, &words, offered).await?;
    came.sort_by_key(|(set, _)| set.len());
    let clients: Vec<(Set, &Registered)> =
        came.iter().filter_map(|(set, client)| Some((*set, client.as_ref()?))).collect();
    let hold: Vec<_> = clients.iter().map(|(set, client)| holds_its_own(lab, &words, &served, *set, client)).collect();
    let answer: Answer = stream::iter(hold).buffered(AT_ONCE).try_collect().await;
    forget(lab, clients.into_iter().map(|(_, client)| client)).await?;
    answer
}

/// The set of one client: what is not in it is refused, and of small sets what is in it is served.
async fn holds_its_own(lab: &Lab, words: &Words, served: &[Set], set: Set, client: &Registered) -> Answer {
    for grant in served.iter().copied() {
        let of_its_own = set.holds(grant);
        if of_its_own && (set.len() != 2 || grant.is_through_browser()) {
            continue;
        }
        let got = serves(lab, words, client, grant).await?;
        if got != of_its_own {
            let has = format!("a client with {}", words.name(set));
            return Err(if of_its_own {
                let clause = "identityserver-grant-types/grant-types/several";
                Stop::finding(clause, format!("{} served to {has}", words.name(grant)), "a refusal")
            } else {
                let expected = format!("{} refused to {has}", words.name(grant));
                Stop::finding("rfc7591/2/registered-types-only", expected, "it was served")
            });
        }
    }
    Ok(())
}

/// Is this grant served to the client?
async fn serves(lab: &Lab, words: &Words, client: &Registered, grant: Set) -> Result<bool, Stop> {
    let at = |cell: Cell| lab.acting_in(cell, &client.client);
    let reply = match grant {
        CLIENT_CREDENTIALS => at(Cell::CLIENT_CREDENTIALS).client_credentials().await?,
        PASSWORD => {
            let acting = at(Cell::PASSWORD);
            let Ok(owner) = acting.resource_owner() else { return Ok(false) };
            acting.password(owner).await?
        }
        EXTENSION => {
            let acting = at(Cell::JWT_BEARER);
            match acting.assertion() {
                Ok(assertion) => acting.send(&acting.bearer_request(&assertion)?).await?,
                Err(_) => return Ok(false),
            }
        }
        _ => return through_browser(&at(Cell::of(words.response_type(grant))), lab).await,
    };
    reply.judgeable()?;
    Ok(reply.tokens().is_some())
}

/// Does the authorization endpoint answer the response type of this lab? Who is not asked to log in is answered at once.
async fn through_browser(acting: &Lab, lab: &Lab) -> Result<bool, Stop> {
    let untouched = acting.authorize_in(lab.browser(), Authorize::valid().untouched()).await?;
    let is_asked = matches!(untouched.landing, Landing::Page { asks: true, .. });
    if untouched.granted().is_ok() || !is_asked {
        return Ok(untouched.granted().is_ok());
    }
    Ok(acting.authorize_in(lab.browser(), Authorize::valid()).await?.granted().is_ok())
}

/// The response types that stand for the browser grants of a set.
impl Words {
    fn response_type(&self, grant: Set) -> ResponseType {
        match grant {
            IMPLICIT => self.implicit,
            HYBRID => self.hybrid,
            _ => ResponseType::Code,
        }
    }
}
