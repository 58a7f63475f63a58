//! What users are shown of a client that registered itself: RFC 7591 §2, §2.2, §5.

use std::collections::BTreeSet;

use scraper::{Html, Selector};

use crate::cell::{AuthMethod, Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::granted::scope;
use crate::lab::{Authorize, Browser, Connect, Lab, Landing, Registered, random};

pub const NAME_SHOWN: Check = Check {
    id: "registration/name-shown-as-is",
    title: "the name of a client is shown as it was sent, and no part of it is made part of the page",
    why: "The name is a stranger's word on the page where users decide. Markup in it runs in the name of the server.",
    clauses: &["rfc7591/2.2/shown-as-is", "oidc-registration/2.1/shown-as-is"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(name_shown(lab))),
};

pub const ADDRESSES_SHOWN: Check = Check {
    id: "registration/addresses-shown",
    title: "the user who is asked is shown the pages of the client: home, terms of service and privacy policy",
    why: "It is all that users can go by, who never heard of the client before.",
    clauses: &["rfc7591/2/client-uri-shown", "rfc7591/2/tos-shown", "rfc7591/2/policy-shown"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(addresses_shown(lab))),
};

pub const LOGO_SHOWN: Check = Check {
    id: "registration/logo-shown",
    title: "the user who is asked is shown the logo of the client",
    why: "Users know the applications that they use by their pictures.",
    clauses: &["rfc7591/2/logo-shown", "oidc-registration/2/logo-shown"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(logo_shown(lab))),
};

pub const LONG_TERM: Check = Check {
    id: "authorize/long-term-shown",
    title: "a user who is asked for a grant that outlives their visit is told so",
    why: "Once, now, is what users think they say yes to. A refresh token for offline access is yes until further notice.",
    clauses: &["oidc-core/16.18/long-term-identified"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(long_term(lab))),
};

pub const TOLD: Check = Check {
    id: "authorize/user-told",
    title: "a user who is asked is told which client asks, and how much it asks for",
    why: "A yes to a question that names neither is a yes to anybody and to everything.",
    clauses: &["rfc6749/10.2/explicit-authentication"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(told(lab))),
};

/// The page on which the user is asked whether this client may.
async fn consent_page(lab: &Lab, registered: &Registered) -> Result<String, Stop> {
    page_for(lab, registered, Authorize::valid()).await
}

/// The same for a request of its own.
async fn page_for(lab: &Lab, registered: &Registered, asked: Authorize) -> Result<String, Stop> {
    let browser = Browser::default();
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let landing = acting.authorize_in(&browser, asked.undecided()).await?.landing;
    match landing {
        Landing::Page { reply, .. } if browser.pending_consent().is_some() => Ok(reply.body.clone()),
        _ => Err(Stop::not_applicable(Reason::Policy, "the user is not asked whether a client may")),
    }
}

async fn name_shown(lab: &Lab) -> Answer {
    const NAME: &str = "Gräntspec <b class=\"grantspec\">&amp; co</b> גרנט";
    let registered = lab.register(&lab.registration()?.with("client_name", NAME)).await?;
    if registered.text("client_name").is_some_and(|told| told != NAME) {
        return Err(Stop::not_applicable(Reason::Policy, "the server registers another name"));
    }
    shows(&consent_page(lab, &registered).await?, NAME)?;
    for page in other_pages(lab, &registered, NAME).await? {
        is_no_part(&Html::parse_document(&page), NAME)?;
    }
    Ok(())
}

fn shown_otherwise(name: &str, actual: &str) -> Answer {
    Err(Stop::finding("rfc7591/2.2/shown-as-is", format!("a page that says {name}"), actual))
}

/// The markup in the name is none on this page.
fn is_no_part(page: &Html, name: &str) -> Answer {
    let injected = Selector::parse("b.grantspec").expect("a fixed selector is well formed");
    if page.select(&injected).next().is_some() {
        return shown_otherwise(name, "a page of which the markup in the name is a part");
    }
    Ok(())
}

/// The page on which users decide says the name as it is.
fn shows(page: &str, name: &str) -> Answer {
    let page = Html::parse_document(page);
    is_no_part(&page, name)?;
    let text: String = page.root_element().text().collect();
    if !text.contains("Gräntspec") && !text.contains("גרנט") {
        return Err(Stop::not_applicable(Reason::Policy, "the page on which users decide does not name the client"));
    }
    if text.contains(name) { Ok(()) } else { shown_otherwise(name, "a page on which the name stands otherwise") }
}

/// The pages at which a user meets the name on the way in, at the way out, and in front of a device: as far as the server has them.
async fn other_pages(lab: &Lab, registered: &Registered, name: &str) -> Result<Vec<String>, Stop> {
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let mut landings = vec![acting.authorize_in(&Browser::default(), Authorize::valid().untouched()).await?.landing];
    if lab.target().metadata.end_session_endpoint.is_some() {
        let browser = Browser::default();
        acting.authorize_in(&browser, Authorize::valid()).await?;
        let request = acting.logout_request("")?.without("id_token_hint").param("client_id", &registered.client.id);
        landings.push(acting.log_out(&browser, &request, None).await?);
    }
    let request = lab.registration()?.for_grants(&[Grant::DeviceCode.name()], &[]).authenticating(AuthMethod::None);
    let request = request.with("client_name", name);
    let reply = lab.send_registration(&request).await?;
    if let Some(device) = lab.registered(&request, &reply).filter(|one| one.client.may(Grant::DeviceCode)) {
        let acting = lab.acting_in(Cell::DEVICE_CODE.public(), &device.client);
        landings.push(acting.connect(&acting.device().await?, Connect::undecided()).await?);
    }
    let pages = landings.into_iter().filter_map(|landing| match landing {
        Landing::Page { reply, .. } => Some(reply.body.clone()),
        Landing::Client { .. } => None,
    });
    Ok(pages.collect())
}

async fn addresses_shown(lab: &Lab) -> Answer {
    const PAGES: [(&str, &str, &str); 3] = [
        ("client_uri", "https://client.example/home", "rfc7591/2/client-uri-shown"),
        ("tos_uri", "https://client.example/terms", "rfc7591/2/tos-shown"),
        ("policy_uri", "https://client.example/privacy", "rfc7591/2/policy-shown"),
    ];
    let request = PAGES.iter().fold(lab.registration()?, |request, (member, uri, _)| request.with(member, *uri));
    let registered = lab.register(&request).await?;
    let page = Html::parse_document(&consent_page(lab, &registered).await?);
    let links = Selector::parse("a[href]").expect("a fixed selector is well formed");
    let links: Vec<&str> = page.select(&links).filter_map(|link| link.attr("href")).collect();
    for (member, uri, clause) in PAGES {
        // What the server did not register is not the client's any more.
        if registered.text(member).is_some() && !links.contains(&uri) {
            return Err(Stop::finding(clause, format!("a link to the {member}"), format!("the links {links:?}")));
        }
    }
    Ok(())
}

async fn logo_shown(lab: &Lab) -> Answer {
    const LOGO: &str = "https://client.example/logo.png";
    let registered = lab.register(&lab.registration()?.with("logo_uri", LOGO)).await?;
    if registered.text("logo_uri").is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the server keeps no logo_uri"));
    }
    let page = consent_page(lab, &registered).await?;
    // It may be fetched by the server, and shown under an address of its own.
    let images = Selector::parse("img[src], image[href], [style*=\"url(\"]").expect("a fixed selector is well formed");
    if page.contains(LOGO) || Html::parse_document(&page).select(&images).next().is_some() {
        return Ok(());
    }
    Err(Stop::finding("rfc7591/2/logo-shown", "a page with the logo", "a page without any picture"))
}

/// How a page tells it is its own affair: it names the client, and says something else where more is asked for.
async fn told(lab: &Lab) -> Answer {
    let wide = lab.target().authorization_scope().unwrap_or_default();
    let narrow = if scope(wide).contains("openid") { "openid" } else { wide.split(' ').next().unwrap_or_default() };
    if narrow == wide {
        return Err(Stop::not_applicable(Reason::Policy, "the target file asks for one scope only"));
    }
    let name = format!("Grantspec {}", &random()[..8]);
    let registered = lab.register(&lab.registration()?.with("client_name", name.as_str()).with("scope", wide)).await?;
    if registered.text("scope").is_some_and(|told| !scope(wide).is_subset(&scope(told))) {
        return Err(Stop::not_applicable(Reason::Policy, "the server registers a smaller scope"));
    }
    let asked = |scope: &str| Authorize::valid().with("scope", scope);
    let less = words(&page_for(lab, &registered, asked(narrow)).await?);
    if less != words(&page_for(lab, &registered, asked(narrow)).await?) {
        return Err(Stop::not_applicable(Reason::Policy, "the page says something else each time"));
    }
    let page = page_for(lab, &registered, asked(wide)).await?;
    let found = |expected: &str, actual: &str| Err(Stop::finding(TOLD.clauses[0], expected, actual));
    // In quotation marks, with a mark behind it, as the name of its picture, or by its identifier.
    if ![name.as_str(), &registered.client.id].iter().any(|known| collapsed(&page).contains(known)) {
        return found("a page that names the client", "a page on which its name does not stand");
    }
    if words(&page) == less {
        return found("a page that says how much is asked for", "the same words for little and for all");
    }
    if told_of_claims(lab, &registered, narrow, &less).await? {
        return Ok(());
    }
    found(
        "a page that says that the email is asked for as a claim",
        "the same words as without, and the email for a yes",
    )
}

/// OpenID Connect Core §5.5: what is asked for beside the scope, and given. What is not given need not be told.
async fn told_of_claims(
    lab: &Lab,
    registered: &Registered,
    narrow: &str,
    less: &BTreeSet<String>,
) -> Result<bool, Stop> {
    const EMAIL: &str = r#"{"userinfo":{"email":{"essential":true}}}"#;
    if !lab.target().metadata.is_true("claims_parameter_supported") || narrow != "openid" {
        return Ok(true);
    }
    let asked = || Authorize::valid().with("scope", narrow).with("claims", EMAIL);
    if words(&page_for(lab, registered, asked()).await?) != *less {
        return Ok(true);
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let code = acting.authorize_in(&Browser::default(), asked()).await?.code()?;
    let tokens = acting.redeem(&code).await?.is_token()?;
    Ok(!acting.userinfo(&tokens.access_token).await?.is_json()?.contains_key("email"))
}

/// The page with one blank wherever there are several, or a line ends.
fn collapsed(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a page, and not what stands in its fields, which differs each time.
pub(in crate::checks) fn words(page: &str) -> BTreeSet<String> {
    let page = Html::parse_document(page);
    page.root_element().text().flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// OpenID Connect Core §11: offline access is asked for with a consent. How the page says it is its own affair: it says something that it does
/// not say without.
async fn long_term(lab: &Lab) -> Answer {
    const OFFLINE: &str = "offline_access";
    if !lab.target().metadata.list("scopes_supported").contains(&OFFLINE) {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata does not list offline_access"));
    }
    let grants = ["authorization_code", "refresh_token"];
    let registered = lab.register(&lab.registration()?.for_grants(&grants, &["code"])).await?;
    let asked = |scope: &str| Authorize::valid().with("scope", scope).with("prompt", "consent");
    let long = format!("openid {OFFLINE}");
    let without = words(&page_for(lab, &registered, asked("openid")).await?);
    let with = words(&page_for(lab, &registered, asked(&long)).await?);
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let code = acting.authorize_in(&Browser::default(), asked(&long)).await?.code()?;
    if acting.redeem(&code).await?.is_token()?.refresh_token.is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "offline_access yields no refresh token"));
    }
    if with.difference(&without).next().is_some() {
        return Ok(());
    }
    let expected = "a page that says what it does not say without offline_access";
    Err(Stop::finding(LONG_TERM.clauses[0], expected, "the same words on both"))
}
