//! Where a registration is managed: RFC 7592 §3, Appendix B; OpenID Connect Registration §3.2, §4.1.

use url::Url;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Stop};
use crate::lab::{Configuration, Lab};
use crate::target::is_loopback;

pub const BOTH: Check = Check {
    id: "management/both-or-neither",
    title: "who registers is told both where the registration is managed and with what, or neither",
    why: "One without the other is of no use to the client, and a registration that nobody can end.",
    clauses: &[
        "rfc7592/3/configuration-endpoint",
        "rfc7592/3/registration-access-token",
        "oidc-registration/3.2/both-or-neither",
        "rfc7592/7/uri-given",
    ],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(both(lab))),
};

pub const WORKS: Check = Check {
    id: "management/address-works",
    title: "the address of a registration works as it was given, with the token that came along",
    why: "A client that has to know what to add to the address knows one server only.",
    clauses: &["rfc7592/7/uri-complete", "oidc-registration/4.1/uri-complete"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(works(lab))),
};

pub const HTTPS: Check = Check {
    id: "management/address-https",
    title: "the address of a registration is an https one",
    why: "A server behind a proxy knows itself by a plain address; the token goes there in the open.",
    clauses: &["oidc-registration/3.2/configuration-https"],
    cells: Cells::SERVER,
    needs: &[Need::Management, Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(https(lab))),
};

pub const FORM: Check = Check {
    id: "management/address-form",
    title: "the address of a registration is that of the endpoint with the client_id in it",
    why: "Addresses made of internal numbers tell how many clients there are, and invite to count on.",
    clauses: &["rfc7592/7/uri-form", "oidc-registration/4.1/uri-form"],
    cells: Cells::SERVER,
    needs: &[Need::Management],
    ask: Ask::Code(|lab| Box::pin(form(lab))),
};

async fn both(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    let has = |name: &str| registered.text(name).is_some();
    let clause = match (has("registration_client_uri"), has("registration_access_token")) {
        (true, false) => "rfc7592/3/registration-access-token",
        (false, true) => "rfc7592/3/configuration-endpoint",
        (true, true) | (false, false) => return Ok(()),
    };
    let expected = "registration_client_uri with registration_access_token, or neither";
    Err(Stop::finding(clause, expected, registered.reply.actual()))
}

async fn works(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7592/7/uri-complete";
    let registered = lab.register(&lab.registration()?).await?;
    let Configuration { uri, .. } = registered.configuration()?;
    if Url::parse(uri).is_err() {
        return Err(Stop::finding(CLAUSE, "an absolute URL", uri.as_str()));
    }
    let reply = lab.send_registration(&lab.reading(&registered)?).await?;
    reply.judgeable()?;
    // A server may have no reads, or not allow them (RFC 7592 §2, §2.1).
    if reply.is_success() || matches!(reply.status, 403 | 405) {
        return Ok(());
    }
    Err(Stop::finding(CLAUSE, format!("the registration at {uri}"), reply.actual()))
}

/// On this machine a server may be run without TLS, and says so.
async fn https(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    let Configuration { uri, .. } = registered.configuration()?;
    let issuer = &lab.target().issuer;
    let without_tls = issuer.starts_with("http://") && is_loopback(issuer);
    if uri.starts_with("https://") || (without_tls && is_loopback(uri)) {
        return Ok(());
    }
    Err(Stop::finding("oidc-registration/3.2/configuration-https", "an https URL", uri.as_str()))
}

async fn form(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    let Configuration { uri, .. } = registered.configuration()?;
    let endpoint = lab.registration()?.url;
    let id: String = form_urlencoded::byte_serialize(registered.client.id.as_bytes()).collect();
    let rest = uri.strip_prefix(&endpoint);
    if rest.is_some_and(|rest| rest.contains(&registered.client.id) || rest.contains(&id)) {
        return Ok(());
    }
    Err(Stop::finding(
        "rfc7592/7/uri-form",
        format!("{endpoint} with the client_id in its path or query"),
        uri.as_str(),
    ))
}
