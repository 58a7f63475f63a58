//! Each registration is a client of its own: RFC 7591 §2, §3.1, §3.2.1.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use super::unless_nobody_is_served;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::token_endpoint::unguessable::vary_by;
use crate::lab::registration::{OTHER_REDIRECT_URI, REDIRECT_URI};
use crate::lab::{Authorize, Lab, Registered, RegistrationRequest};

pub const CLIENT_ID_UNIQUE: Check = Check {
    id: "registration/client-id-unique",
    title: "no two registrations get the same client_id",
    why: "Two clients of one name read each other's codes; an identifier made from the name of the client is one that anybody can have.",
    clauses: &["rfc7591/3.2.1/client-id-unique", "oidc-registration/3.2/client-id-unique"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(client_id_unique(lab))),
};

pub const SOFTWARE_INSTANCES: Check = Check {
    id: "registration/software-instances",
    title: "two instances of one software get identifiers of their own",
    why: "A software_id is public: whoever repeats it would share the client of everybody who runs the same software.",
    clauses: &["rfc7591/2/client-id-per-instance", "rfc7591/3.2.1/secret-per-instance"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(software_instances(lab))),
};

pub const SECRET_UNIQUE: Check = Check {
    id: "registration/secret-unique",
    title: "no two clients get the same secret",
    why: "One secret for all is known to all.",
    clauses: &["rfc7591/3.2.1/secret-unique", "oidc-registration/3.2/secret-unique", GUESSED],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(secret_unique(lab))),
};

pub const OWN_METADATA: Check = Check {
    id: "registration/own-metadata",
    title: "what a request asked for belongs to the client whose identifier comes back",
    why: "Two registrations at the same moment must not get mixed up: the codes of one would be sent to the other.",
    clauses: &["rfc7591/3.1/metadata-associated", "oidc-registration/3.1/metadata-associated"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(async { unless_nobody_is_served(lab, own_metadata(lab).await).await })),
};

const GUESSED: &str = "rfc6749/10.10/unguessable";

/// So many are registered at once.
const AT_ONCE: usize = 4;

/// Registers the same several times at once.
async fn several(lab: &Lab, request: &RegistrationRequest) -> Result<Vec<Registered>, Stop> {
    try_join_all((0..AT_ONCE).map(|_| lab.register(request))).await
}

fn apart(clause: &'static str, what: &str, values: &[&str]) -> Answer {
    let different: BTreeSet<&&str> = values.iter().collect();
    if different.len() == values.len() {
        return Ok(());
    }
    let actual = format!("{} for {} registrations", different.len(), values.len());
    Err(Stop::finding(clause, format!("as many {what} as registrations"), actual))
}

fn ids(registered: &[Registered]) -> Vec<&str> {
    registered.iter().map(|registered| registered.client.id.as_str()).collect()
}

fn secrets(registered: &[Registered]) -> Vec<&str> {
    registered.iter().filter_map(|registered| registered.client.secret.as_deref()).collect()
}

async fn client_id_unique(lab: &Lab) -> Answer {
    let registered = several(lab, &lab.registration()?).await?;
    apart("rfc7591/3.2.1/client-id-unique", "identifiers", &ids(&registered))
}

async fn software_instances(lab: &Lab) -> Answer {
    let request = lab.registration()?.with("software_id", "grantspec").with("software_version", "1");
    let registered = several(lab, &request).await?;
    apart("rfc7591/2/client-id-per-instance", "identifiers", &ids(&registered))?;
    apart("rfc7591/3.2.1/secret-per-instance", "secrets", &secrets(&registered))
}

async fn secret_unique(lab: &Lab) -> Answer {
    let registered = several(lab, &lab.registration()?).await?;
    let secrets = secrets(&registered);
    if secrets.len() < 2 {
        return Err(Stop::not_applicable(Reason::Policy, "the clients that were registered have no secrets"));
    }
    apart("rfc7591/3.2.1/secret-unique", "secrets", &secrets)?;
    let secrets: Vec<String> = secrets.into_iter().map(str::to_owned).collect();
    if secrets.len() < AT_ONCE { Ok(()) } else { vary_by(GUESSED, "client secrets", &secrets) }
}

async fn own_metadata(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7591/3.1/metadata-associated";
    let named = |name: &str, uri: &str| -> Result<RegistrationRequest, Stop> {
        Ok(lab.registration()?.with("client_name", name).with("redirect_uris", &[uri][..]))
    };
    let requests = [named("grantspec one", REDIRECT_URI)?, named("grantspec two", OTHER_REDIRECT_URI)?];
    let registered = try_join_all(requests.iter().map(|request| lab.register(request))).await?;
    for (registered, (own, strange)) in
        registered.iter().zip([(REDIRECT_URI, OTHER_REDIRECT_URI), (OTHER_REDIRECT_URI, REDIRECT_URI)])
    {
        let told = registered.list("redirect_uris");
        if !told.is_empty() && told != [own] {
            return Err(Stop::finding(CLAUSE, format!("redirect_uris [{own}]"), format!("{told:?}")));
        }
        let acting = lab.acting_as(&registered.client);
        let asked = |uri: &str| acting.authorize_in(lab.browser(), Authorize::valid().with("redirect_uri", uri));
        asked(own).await?.issues_code(CLAUSE)?;
        asked(strange).await?.stays(CLAUSE)?;
    }
    Ok(())
}
