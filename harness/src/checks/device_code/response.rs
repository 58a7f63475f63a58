//! What a device is given, and how its request is read: RFC 8628 §3.1, §3.2, §4, §5.2.

use serde_json::Value;

use crate::cell::{AuthMethod, Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::checks::token_endpoint::response::each_member_once;
use crate::checks::token_endpoint::unguessable::vary;
use crate::exchange::Exchange;
use crate::lab::{Device, Lab};

pub const LISTED: Check = Check {
    id: "device/listed",
    title: "a server that publishes a device authorization endpoint lists the grant type",
    why: "Clients decide by the list which way to go; by the default of the list a device could not use the server at all.",
    clauses: &["rfc8628/4/grant-type-listed"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(listed(lab))),
};

pub const UNNAMED: Check = Check {
    id: "device/client-id-once",
    title: "a client that authenticates in the header gets codes without saying its client_id in the body as well",
    why: "A library sends what the standard asks for, and no more: with this server it connects no device.",
    clauses: &["rfc8628/3.1/client-id-once"],
    cells: IN_THE_HEADER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(unnamed(lab))),
};

/// A device that authenticates by HTTP Basic.
const IN_THE_HEADER: Cells = Cells {
    name: "device-code-basic",
    says: "the device authorization grant, client_secret_basic",
    list: &[Cell { auth: Some(AuthMethod::Basic), ..Cell::DEVICE_CODE }],
};

pub const NUMBERS: Check = Check {
    id: "device/codes-times",
    title: "expires_in and interval are numbers",
    why: "A device that reads a number and finds a string does not know when to poll, or when to give up.",
    clauses: &["rfc8628/3.2/numbers"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(numbers(lab))),
};

pub const MEMBERS_ONCE: Check = Check {
    id: "device/members-once",
    title: "no member of the answer with a device's codes occurs twice",
    why: "Two readers of one answer that pick different values poll and show different codes.",
    clauses: &["rfc8628/3.1/response-not-repeated"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(members_once(lab))),
};

pub const EMPTY_PARAMETER_OMITTED: Check = Check {
    id: "device/empty-parameter-omitted",
    title: "a parameter with an empty value counts as not sent",
    why: "Forms and libraries send empty fields; a server that reads them as values refuses good requests.",
    clauses: &["rfc8628/3.1/empty-omitted"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(empty_parameter_omitted(lab))),
};

pub const CODES_OF_ITS_OWN: Check = Check {
    id: "device/codes-of-its-own",
    title: "each device gets a device_code and a user_code of its own",
    why: "Two devices with one code are one device: what the user allows the one, the other gets too.",
    clauses: &["rfc8628/3.2/unique"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(codes_of_its_own(lab))),
};

pub const UNGUESSABLE: Check = Check {
    id: "device/code-unguessable",
    title: "device codes are long and random",
    why: "Whoever guesses the device_code of a device that waits has the token before it does.",
    clauses: &["rfc6749/10.10/unguessable", "rfc8628/5.2/device-code-entropy", "rfc6749/10.10/entropy-160"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(unguessable(lab))),
};

pub const URI_WITHOUT_CODE: Check = Check {
    id: "device/uri-without-code",
    title: "verification_uri does not contain the user_code",
    why: "The user types the address by hand: with the code in it every slip leads to an error that explains nothing.",
    clauses: &["rfc8628/3.3/uri-without-code"],
    cells: Cells::DEVICE_PUBLIC,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(uri_without_code(lab))),
};

/// So many responses are compared.
const RESPONSES: usize = 5;

async fn listed(lab: &Lab) -> Answer {
    const ENDPOINT: &str = "device_authorization_endpoint";
    lab.metadata().await?.is_json()?;
    let metadata = &lab.target().metadata;
    if !metadata.document.contains_key(ENDPOINT) {
        return Err(Stop::not_applicable(Reason::NotAdvertised, format!("the metadata has no {ENDPOINT}")));
    }
    let listed = metadata.list("grant_types_supported");
    if listed.contains(&Grant::DeviceCode.name()) {
        return Ok(());
    }
    let listed = if listed.is_empty() { "no such list".to_owned() } else { listed.join(", ") };
    Err(Stop::finding(
        LISTED.clauses[0],
        format!("{} in grant_types_supported", Grant::DeviceCode.name()),
        format!("{ENDPOINT} and {listed}"),
    ))
}

/// Both forms are asked for here, whichever the rest of the run speaks.
async fn unnamed(lab: &Lab) -> Answer {
    let request = lab.device_authorization()?;
    let named = lab.send(&Exchange { named_twice: true, ..request.clone() }).await?;
    let reply = lab.send(&Exchange { named_twice: false, ..request }).await?;
    reply.judgeable()?;
    if Device::read(&reply).is_some() {
        return Ok(());
    }
    if Device::read(&named).is_none() {
        return Err(reply.not_the_control("the codes of a device"));
    }
    Err(Stop::finding(
        UNNAMED.clauses[0],
        "codes for a client that authenticates, and is not named in the body",
        reply.actual(),
    ))
}

async fn numbers(lab: &Lab) -> Answer {
    let reply = lab.send(&lab.device_authorization()?).await?;
    let json = reply.is_json()?;
    for name in ["expires_in", "interval"] {
        if let Some(value) = json.get(name).filter(|value| !value.is_number()) {
            return Err(Stop::finding(NUMBERS.clauses[0], format!("{name}, a number"), value.to_string()));
        }
    }
    if json.get("device_code").and_then(Value::as_str).is_none() {
        return Err(reply.not_the_control("a device_code"));
    }
    Ok(())
}

async fn members_once(lab: &Lab) -> Answer {
    let reply = lab.send(&lab.device_authorization()?).await?;
    if Device::read(&reply).is_none() {
        return Err(reply.not_the_control("the codes of a device"));
    }
    each_member_once(&reply, MEMBERS_ONCE.clauses[0])
}

async fn empty_parameter_omitted(lab: &Lab) -> Answer {
    let without = lab.device_authorization()?.without("scope");
    if Device::read(&lab.send(&without).await?).is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the server wants a scope to be named"));
    }
    let reply = lab.send(&without.with("scope", "")).await?;
    reply.ok(EMPTY_PARAMETER_OMITTED.clauses[0]).map(drop)
}

async fn several(lab: &Lab) -> Result<Vec<Device>, Stop> {
    let mut devices = Vec::new();
    for _ in 0..RESPONSES {
        devices.push(lab.device().await?);
    }
    Ok(devices)
}

async fn codes_of_its_own(lab: &Lab) -> Answer {
    let devices = several(lab).await?;
    for (name, code) in [
        ("device_code", (|device| &device.device_code) as fn(&Device) -> &String),
        ("user_code", |device| &device.user_code),
    ] {
        let mut codes: Vec<&String> = devices.iter().map(code).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.len() < devices.len() {
            return Err(Stop::finding(
                CODES_OF_ITS_OWN.clauses[0],
                format!("another {name} for each device"),
                format!("{} of them for {} devices", codes.len(), devices.len()),
            ));
        }
    }
    Ok(())
}

async fn unguessable(lab: &Lab) -> Answer {
    let mut codes: Vec<String> = several(lab).await?.into_iter().map(|device| device.device_code).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.len() < 3 {
        return Err(Stop::Inconclusive("the devices have the same codes".to_owned()));
    }
    vary("device codes", &codes)
}

async fn uri_without_code(lab: &Lab) -> Answer {
    let device = lab.device().await?;
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    if bare(&device.verification_uri).contains(&bare(&device.user_code)) {
        return Err(Stop::finding(
            URI_WITHOUT_CODE.clauses[0],
            "a verification_uri without the user_code",
            device.verification_uri,
        ));
    }
    Ok(())
}
