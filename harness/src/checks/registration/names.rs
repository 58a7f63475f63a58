//! How names and values of metadata are compared: RFC 7591 §1.1, OpenID Connect Registration §6.

use serde_json::{Value, json};

use super::unless_nobody_is_served;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::registration::{OTHER_REDIRECT_URI, REDIRECT_URI};
use crate::lab::{Authorize, Lab, Registered};

pub const CASE: Check = Check {
    id: "registration/case-sensitive",
    title: "the names of metadata are compared with attention to case",
    why: "A filter in front of the server looks at redirect_uris; a reader that takes Redirect_URIs for the same registers what nobody looked at.",
    clauses: &["rfc7591/1.1/case-sensitive"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(async { unless_nobody_is_served(lab, case(lab).await).await })),
};

pub const COMPARED: Check = Check {
    id: "registration/strings-compared",
    title: "strings count as they are once the escapes of JSON are undone, and are not normalized",
    why: "Two readers that disagree about what a string is let one thing be looked at and another be registered.",
    clauses: &["oidc-registration/6/strings-compared"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(compared(lab))),
};

async fn case(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7591/1.1/case-sensitive";
    lab.register(&lab.registration()?).await?;
    for name in ["Redirect_URIs", "REDIRECT_URIS"] {
        let request = lab.registration()?.with(name, json!([OTHER_REDIRECT_URI]));
        let reply = lab.send_registration(&request).await?;
        reply.judgeable()?;
        let Some(registered) = lab.registered(&request, &reply) else { continue };
        let acting = lab.acting_as(&registered.client);
        let asked = |uri: &str| acting.authorize_in(lab.browser(), Authorize::valid().with("redirect_uri", uri));
        if registered.list("redirect_uris").contains(&OTHER_REDIRECT_URI) {
            let actual = format!("{OTHER_REDIRECT_URI}, by {name}");
            return Err(Stop::finding(CLAUSE, format!("redirect_uris [{REDIRECT_URI}]"), actual));
        }
        asked(REDIRECT_URI).await?.issues_code(CLAUSE)?;
        asked(OTHER_REDIRECT_URI).await?.stays(CLAUSE)?;
    }
    Ok(())
}

/// The same letter by one code point and by two; and a member whose name is written with an escape.
async fn compared(lab: &Lab) -> Answer {
    const CLAUSE: &str = "oidc-registration/6/strings-compared";
    const ONE: &str = "grantsp\u{e9}c";
    const TWO: &str = "grantspe\u{301}c";
    for name in [ONE, TWO] {
        let registered = lab.register(&lab.registration()?.with("client_name", name)).await?;
        match registered.members.get("client_name") {
            None => return Err(Stop::not_applicable(Reason::Policy, "the answer does not tell the client_name")),
            Some(told) if told == name => {}
            Some(told) => {
                let written = |text: &str| text.escape_unicode().to_string();
                let told = told.as_str().map_or_else(|| told.to_string(), written);
                return Err(Stop::finding(CLAUSE, format!("the client_name {}", written(name)), told));
            }
        }
    }
    let request = lab.registration()?;
    let mut wire = request.wire();
    wire.body = wire.body.map(|body| {
        body.replacen("\"redirect_uris\"", "\"redirect\\u005furis\"", 1).replacen(
            "https://client",
            "https:\\/\\/client",
            1,
        )
    });
    let reply = lab.send_registration_wire(&wire).await?;
    reply.judgeable()?;
    let told = Registered::read(&request, &reply).map(|registered| registered.members.get("redirect_uris").cloned());
    match told {
        Some(None) => Ok(()),
        Some(Some(Value::Array(uris))) if uris == [REDIRECT_URI] => Ok(()),
        _ => {
            Err(Stop::finding(CLAUSE, format!("redirect_uris [{REDIRECT_URI}], written with escapes"), reply.actual()))
        }
    }
}
