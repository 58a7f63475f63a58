//! Who has to say where answers go, and what goes together: RFC 7591 §2.1, §5.

use serde_json::{Value, json};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::{Lab, RegistrationRequest};

pub const REQUIRED: Check = Check {
    id: "registration/redirect-uris-required",
    title: "a client whose answers go through the browser is not registered without redirection URIs",
    why: "A client without any is one whose answers go wherever the request says.",
    clauses: &["rfc7591/5/redirect-uris-required", "oidc-registration/2/redirect-uris-required"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(required(lab))),
};

pub const BAD_AMONG_GOOD: Check = Check {
    id: "registration/bad-among-good-redirect-uris",
    title: "a redirection URI on which a stranger listens is not registered among good ones either",
    why: "A server that looks at the first URI of the list sends codes to the second.",
    clauses: &["rfc7591/5/redirect-uri-kinds"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(bad_among_good(lab))),
};

pub const CONSISTENT: Check = Check {
    id: "registration/consistent",
    title: "grant types and response types that contradict each other are not registered as they are",
    why: "A client that is registered for tokens by one list and not by the other gets them or not by whichever the server happens to ask.",
    clauses: &["rfc7591/2.1/consistent", "oidc-registration/2/grant-types-fit"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(consistent(lab))),
};

/// What a registration came to, by the answer.
async fn told(lab: &Lab, request: &RegistrationRequest) -> Result<Option<Told>, Stop> {
    let reply = lab.send_registration(request).await?;
    reply.judgeable()?;
    let Some(registered) = lab.registered(request, &reply) else {
        return Ok(None);
    };
    let list = |name: &str| -> Vec<String> {
        // RFC 7591 §3.2.1: all that is registered is told. Grant types that are not told are taken for those that were asked for.
        let asked = || request.members.as_ref()?.get(name).filter(|_| name == "grant_types");
        let told = registered.members.get(name).or_else(asked);
        told.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Ok(Some(Told {
        grants: list("grant_types"),
        response_types: list("response_types"),
        redirect_uris: registered.list("redirect_uris").iter().map(|&uri| uri.to_owned()).collect(),
    }))
}

struct Told {
    grants: Vec<String>,
    response_types: Vec<String>,
    redirect_uris: Vec<String>,
}

impl Told {
    fn has_grant(&self, name: &str) -> bool {
        self.grants.iter().any(|grant| grant == name)
    }
}

async fn required(lab: &Lab) -> Answer {
    let of = |grant: &str, response_type: &str| -> Result<RegistrationRequest, Stop> {
        Ok(lab.registration()?.for_grants(&[grant], &[response_type]))
    };
    for (grant, response_type) in [("authorization_code", "code"), ("implicit", "id_token")] {
        let valid = of(grant, response_type)?;
        // The control; a server need not have the implicit grant.
        match told(lab, &valid).await? {
            Some(told) if told.has_grant(grant) => {}
            _ if grant == "implicit" => continue,
            _ => return Err(Stop::Inconclusive(format!("expected a client with the grant {grant}; there was none"))),
        }
        for request in [valid.clone().without("redirect_uris"), valid.with("redirect_uris", json!([]))] {
            let Some(told) = told(lab, &request).await? else { continue };
            // The grant may have been left out, or the URIs be those of the server's own making.
            if told.has_grant(grant) && told.redirect_uris.is_empty() {
                let expected = format!("a refusal, or a client without {grant}");
                let actual = format!("a client with {grant} and no redirect_uris");
                return Err(Stop::finding("rfc7591/5/redirect-uris-required", expected, actual));
            }
        }
    }
    Ok(())
}

/// RFC 7591 §3.2.1: a server may drop the one and register the others; what it registers it tells.
async fn bad_among_good(lab: &Lab) -> Answer {
    let valid = lab.registration()?;
    lab.register(&valid).await?;
    let good = valid.members.as_ref().and_then(|members| members.get("redirect_uris")).and_then(Value::as_array);
    let good: Vec<Value> = good.cloned().unwrap_or_default();
    for bad in ["http://client.example/cb", "javascript:alert(1)"] {
        let mut uris = good.clone();
        uris.push(bad.into());
        let request = valid.clone().with("redirect_uris", uris);
        let Some(told) = told(lab, &request).await? else { continue };
        if told.redirect_uris.iter().any(|uri| uri == bad) {
            return Err(Stop::finding(
                BAD_AMONG_GOOD.clauses[0],
                format!("a refusal, or a client without {bad}"),
                format!("a client with the redirect_uris {:?}", told.redirect_uris),
            ));
        }
    }
    Ok(())
}

/// RFC 7591 §2.1: a code needs authorization_code, and a token through the browser needs implicit.
async fn consistent(lab: &Lab) -> Answer {
    lab.register(&lab.registration()?).await?;
    for (grants, response_types) in
        [(["authorization_code"], ["id_token"]), (["authorization_code"], ["code id_token"]), (["implicit"], ["code"])]
    {
        let request = lab.registration()?.for_grants(&grants, &response_types);
        let Some(told) = told(lab, &request).await? else { continue };
        for response_type in &told.response_types {
            let needs = |word: &str| response_type.split(' ').any(|part| part == word);
            let lacks = (needs("code") && !told.has_grant("authorization_code"))
                || ((needs("token") || needs("id_token")) && !told.has_grant("implicit"));
            if lacks {
                return Err(Stop::finding(
                    "rfc7591/2.1/consistent",
                    "a refusal, or lists that go together",
                    format!("response_types {:?} with grant_types {:?}", told.response_types, told.grants),
                ));
            }
        }
    }
    Ok(())
}
