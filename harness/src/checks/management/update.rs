//! What an update changes, and what it cannot change: RFC 7592 §2.2.

use serde_json::{Value, json};

use super::{accepted, metadata, read, succeeds, updated};
use crate::cell::Cells;
use crate::cell::Grant;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Reply;
use crate::lab::registration::{OTHER_REDIRECT_URI, REDIRECT_URI};
use crate::lab::{Authorize, Lab, Registered, RegistrationRequest, random};
use crate::target::Client;

pub const SECRET_NOT_CHOSEN: Check = Check {
    id: "management/secret-not-chosen",
    title: "an update does not put a secret of the client's own choice in place of the one that it has",
    why: "Whoever holds the registration token for a moment would set a secret that they keep; and people choose secrets that can be guessed.",
    clauses: &["rfc7592/2.2/secret-not-chosen"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(secret_not_chosen(lab))),
};

pub const REPLACED: Check = Check {
    id: "management/replaced",
    title: "a redirection URI that an update leaves out is no longer one of the client",
    why: "A URI is taken back because it is not the client's any more. If updates add to lists, codes go on being sent there.",
    clauses: &["rfc7592/2.2/replaced"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(replaced(lab))),
};

pub const OMITTED_IS_NULL: Check = Check {
    id: "management/omitted-is-null",
    title: "a member that an update leaves out counts as one that is null",
    why: "A client that takes something back leaves it out; where that is read as no change it stays for good.",
    clauses: &["rfc7592/2.2/omitted-is-null"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(omitted_is_null(lab))),
};

pub const CLIENT_ID_CONSTANT: Check = Check {
    id: "management/client-id-constant",
    title: "no update gives a client another name",
    why: "A client that takes the name of another gets its answers, and its users' trust.",
    clauses: &["rfc7592/2.2/client-id-constant"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(client_id_constant(lab))),
};

pub const VALIDATED: Check = Check {
    id: "management/update-validated",
    title: "an update is looked at as closely as a registration",
    why: "It is the second door to the same room: what is refused at the first is registered by an update of something harmless.",
    clauses: &[
        "rfc7592/2.2/invalid-metadata",
        "rfc7592/2.2/refused-changes-nothing",
        "rfc7592/2.2/replacements-returned",
    ],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(validated(lab))),
};

/// A client that may ask for a token of its own.
async fn with_a_token(lab: &Lab) -> Result<Registered, Stop> {
    let request = lab.registration()?.for_grants(&["authorization_code", "client_credentials"], &["code"]);
    let registered = lab.register(&request).await?;
    registered.may(Grant::ClientCredentials)?;
    lab.acting_as(&registered.client).client_credentials().await?.is_token()?;
    Ok(registered)
}

async fn secret_not_chosen(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7592/2.2/secret-not-chosen";
    let registered = with_a_token(lab).await?;
    if registered.client.secret.is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the server registered a client without a secret"));
    }
    let registered = updated(lab, &registered).await?;
    let chosen = random();
    let request = lab.updating(&registered)?.with("client_secret", chosen.as_str());
    let reply = lab.send_registration(&request).await?;
    reply.judgeable()?;

    let now = registered.renewed(&request, &reply).unwrap_or_else(|| registered.clone());
    if now.client.secret.as_deref() == Some(&chosen) {
        return Err(Stop::finding(
            CLAUSE,
            "the secret that the server made up",
            "the one that the update brought along",
        ));
    }
    let thief = Client { secret: Some(chosen), ..registered.client.clone() };
    lab.acting_as(&thief).client_credentials().await?.refused(CLAUSE)?;
    lab.acting_as(&now.client).client_credentials().await?.served(CLAUSE).map(drop)
}

async fn replaced(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?.with("redirect_uris", &[REDIRECT_URI][..])).await?;
    let client = Client { redirect_uris: vec![REDIRECT_URI.to_owned()], ..registered.client.clone() };
    lab.acting_as(&client).authorize_in(lab.browser(), Authorize::valid()).await?.code()?;

    let request = lab.updating(&registered)?.with("redirect_uris", &[OTHER_REDIRECT_URI][..]);
    succeeds(lab, &request).await?;
    let moved = Client { redirect_uris: vec![OTHER_REDIRECT_URI.to_owned()], ..registered.client.clone() };
    let moved = lab.acting_as(&moved);
    moved.authorize_in(lab.browser(), Authorize::valid()).await?.issues_code("rfc7592/2.2/replaced")?;
    let old = Authorize::valid().with("redirect_uri", REDIRECT_URI);
    moved.authorize_in(lab.browser(), old).await?.stays("rfc7592/2.2/replaced")
}

/// What the server does not keep, or does not take as null, is not asked about; one of them has to be.
async fn omitted_is_null(lab: &Lab) -> Answer {
    let members: [(&str, Value); 4] = [
        ("client_uri", "https://client.example/".into()),
        ("contacts", json!(["admin@client.example"])),
        ("default_max_age", 3600.into()),
        ("grant_types", json!(["authorization_code", "client_credentials"])),
    ];
    let mut asked = 0;
    for (member, value) in members {
        match omitted(lab, member, &value).await {
            Ok(()) => asked += 1,
            Err(Stop::NotApplicable { .. } | Stop::Inconclusive(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    if asked > 0 {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::Policy, "the server keeps nothing that an update could leave out"))
}

async fn omitted(lab: &Lab, member: &str, value: &Value) -> Answer {
    let registered = lab.register(&lab.registration()?.with(member, value.clone())).await?;
    if registered.members.get(member) != Some(value) {
        return Err(Stop::not_applicable(Reason::Policy, format!("the server keeps no {member}")));
    }
    let without = lab.updating(&registered)?.without(member);
    let omitted = read(lab, &accepted(lab, &registered, &without).await?).await?;
    let null = lab.updating(&omitted)?.with(member, Value::Null);
    let nulled = read(lab, &accepted(lab, &omitted, &null).await?).await?;
    let told = |registered: &Registered| registered.members.get(member).filter(|value| !value.is_null()).cloned();
    if told(&omitted) == told(&nulled) {
        return Ok(());
    }
    let named = |value: Option<Value>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
    Err(Stop::finding(
        "rfc7592/2.2/omitted-is-null",
        format!("{member} {}, as after an update in which it is null", named(told(&nulled))),
        format!("{member} {} after an update without it", named(told(&omitted))),
    ))
}

async fn client_id_constant(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7592/2.2/client-id-constant";
    let (own, other) = (lab.register(&lab.registration()?).await?, lab.register(&lab.registration()?).await?);
    let (mut own, mut other) = (updated(lab, &own).await?, other);
    let unused = format!("grantspec-{}", &random()[..12]);
    for name in [unused, other.client.id.clone()] {
        let request = lab.updating(&own)?.with("client_id", name.as_str());
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        named(&reply, &name, CLAUSE)?;
        own = own.renewed(&request, &reply).unwrap_or(own);
        for registered in [&mut own, &mut other] {
            *registered = still_named(lab, registered, CLAUSE).await?;
        }
    }
    Ok(())
}

/// A read tells the client of the same name.
async fn still_named(lab: &Lab, registered: &Registered, clause: &'static str) -> Result<Registered, Stop> {
    let request = lab.reading(registered)?;
    let reply = lab.send_registration(&request).await?;
    reply.judgeable()?;
    let told = registered.renewed(&request, &reply).filter(|told| told.client.id == registered.client.id);
    told.ok_or_else(|| {
        let expected = format!("the registration of {}", registered.client.id);
        Stop::finding(clause, expected, reply.actual())
    })
}

/// The answer to an update does not say that the client has this name now.
fn named(reply: &Reply, name: &str, clause: &'static str) -> Answer {
    if reply.is_success() && reply.text("client_id").as_deref() == Some(name) {
        return Err(Stop::finding(clause, "the client_id that the client has, or a refusal", reply.actual()));
    }
    Ok(())
}

/// What is asked of an update is what the registration of the same client refuses.
async fn validated(lab: &Lab) -> Answer {
    const BAD: &str = "javascript:alert(1)";
    let bad = |request: RegistrationRequest| request.with("redirect_uris", &[BAD][..]);
    let holds = |reply: &Reply| {
        let uris = reply.json().and_then(|json| json.get("redirect_uris").cloned()).unwrap_or_default();
        uris.as_array().is_some_and(|uris| uris.iter().any(|uri| uri == BAD))
    };
    let first = lab.send_registration(&bad(lab.registration()?)).await?;
    first.judgeable()?;
    if first.is_success() && holds(&first) {
        return Err(Stop::not_applicable(Reason::Policy, format!("the server registers {BAD} anyway")));
    }
    let registered = lab.register(&lab.registration()?).await?;
    let before = read(lab, &updated(lab, &registered).await?).await?;
    let reply = lab.send_registration(&bad(lab.updating(&before)?)).await?;
    reply.judgeable()?;
    if reply.is_success() {
        let after = read(lab, &before).await?;
        return match (holds(&reply), after.list("redirect_uris").contains(&BAD)) {
            (false, false) => Ok(()),
            (false, true) => Err(Stop::finding(
                "rfc7592/2.2/replacements-returned",
                "the redirect_uris as they now are",
                reply.actual(),
            )),
            _ => Err(Stop::finding(
                "rfc7592/2.2/invalid-metadata",
                "a refusal, or other redirect_uris",
                format!("{} with {BAD}", reply.actual()),
            )),
        };
    }
    if reply.status != 400 || reply.text("error").is_none() {
        return Err(Stop::finding(
            "rfc7592/2.2/invalid-metadata",
            "400 and a JSON object with a member `error`",
            reply.actual(),
        ));
    }
    let after = read(lab, &before).await?;
    if metadata(&after) == metadata(&before) {
        return Ok(());
    }
    Err(Stop::finding("rfc7592/2.2/refused-changes-nothing", "the registration as it was", after.reply.actual()))
}
