//! What should be refused is registered, by the word of the answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use url::Url;

use super::{Asked, before, set_members, texts, told};
use crate::faults::wire::{Reply, responses};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::rules::Rule;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::transport::Wire;

/// Something to register in place of what nobody would.
const HARMLESS: &str = "https://client.example/harmless";

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-redirect-uri-registered",
        says: "Redirection URIs are registered as they come, whatever their scheme.",
        clause: "rfc7591/5/redirect-uri-kinds",
        caught_by: &["registration/redirect-uri-kinds"],
        seams: &[Seam::Wire(|inner| believed(inner, |asked, body| asked.is_new() && no_uri_is_odd(body, |_| true)))],
        ..OIDC
    },
    Fault {
        id: "script-as-redirect-uri",
        says: "A javascript: URI is registered like any other.",
        clause: "rfc7591/5/redirect-uri-kinds",
        caught_by: &["registration/redirect-uri-kinds"],
        seams: &[Seam::Wire(|inner| believed(inner, |asked, body| asked.is_new() && no_uri_is_odd(body, |uri| uri.starts_with("javascript:"))))],
        ..OIDC
    },
    Fault {
        id: "first-redirect-uri-judged",
        says: "Of several redirection URIs the first one is looked at, and all of them are registered.",
        clause: "rfc7591/5/redirect-uri-kinds",
        caught_by: &["registration/bad-among-good-redirect-uris"],
        seams: &[Seam::Wire(|inner| believed(inner, |asked, body| {
            let uris: Vec<String> = texts(body, "redirect_uris").into_iter().map(str::to_owned).collect();
            let first = uris.first().filter(|first| asked.is_new() && uris.len() > 1 && !is_odd(first));
            first.map(|first| body.insert("redirect_uris".to_owned(), json!([first]))).is_some()
        }))],
        ..OIDC
    },
    Fault {
        id: "localhost-by-its-beginning",
        says: "A host that begins with localhost is taken for the machine itself.",
        clause: "rfc7591/5/redirect-uri-kinds",
        caught_by: &["registration/redirect-uri-kinds"],
        precedent: Some("ory/fosite#765"),
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| is_in_place(body, "http://localhost.")))],
        ..OIDC
    },
    Fault {
        id: "file-as-redirect-uri",
        says: "Every scheme but http counts as one of an application's own.",
        clause: "rfc7591/5/redirect-uri-kinds",
        caught_by: &["registration/redirect-uri-kinds"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| is_in_place(body, "file:")))],
        ..OIDC
    },
    Fault {
        id: "update-without-a-look",
        says: "What is refused when a client registers is taken when it changes its registration.",
        clause: "rfc7592/2.2/invalid-metadata",
        caught_by: &["management/update-validated"],
        seams: &[Seam::Wire(|inner| believed(inner, |asked, body| asked.method == Method::PUT && no_uri_is_odd(body, |_| true)))],
        ..OIDC
    },
    Fault {
        id: "application-type-not-looked-at",
        says: "Web and native applications register the same redirection URIs.",
        clause: "oidc-registration/2/web-https",
        caught_by: &["registration/web-https", "registration/web-no-localhost", "registration/application-type-default"],
        seams: &[Seam::Gate(Rule::RedirectUrisFitApplication, None)],
        ..OIDC
    },
    Fault {
        id: "plain-http-for-native-clients",
        says: "A native client registers an http URI of any host.",
        clause: "oidc-registration/2/native-no-plain-http",
        caught_by: &["registration/native-no-plain-http"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let is_odd = body.get("application_type") == Some(&json!("native"))
                && texts(body, "redirect_uris").iter().any(|uri| uri.starts_with("http://client.example"));
            if is_odd {
                body.insert("redirect_uris".to_owned(), json!(["http://127.0.0.1:8765/harmless"]));
            }
            is_odd
        }))],
        ..OIDC
    },
    Fault {
        id: "https-for-native-clients",
        says: "A native client registers an https URI of any host.",
        clause: "oidc-registration/2/native-no-https",
        caught_by: &["registration/native-no-https"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let is_odd = body.get("application_type") == Some(&json!("native"))
                && texts(body, "redirect_uris").iter().any(|uri| uri.starts_with("https://client.example"));
            if is_odd {
                body.insert("redirect_uris".to_owned(), json!(["http://127.0.0.1:8765/harmless"]));
            }
            is_odd
        }))],
        ..OIDC
    },
    Fault {
        id: "sector-identifier-unseen",
        says: "A sector_identifier_uri is believed; nobody reads the file.",
        clause: "oidc-registration/5/redirect-uris-listed",
        caught_by: &["registration/sector-identifier-unseen"],
        seams: &[Seam::Gate(Rule::MetadataIsSupported, None)],
        ..OIDC
    },
    Fault {
        id: "sector-identifier-by-http",
        says: "A sector_identifier_uri may be a plain http one.",
        clause: "oidc-registration/5/https",
        caught_by: &["registration/sector-identifier-https"],
        seams: &[Seam::Gate(Rule::MetadataIsSupported, None), Seam::Gate(Rule::MetadataIsWellFormed, None)],
        ..OIDC
    },
    Fault {
        id: "unsigned-id-tokens-by-registration",
        says: "A client registers the algorithm none for ID tokens, whichever way they come.",
        clause: "oidc-registration/2/id-token-none",
        caught_by: &["registration/id-token-none"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| is_left_out(body, "id_token_signed_response_alg", "none")))],
        ..OIDC
    },
    Fault {
        id: "unsigned-assertions-by-registration",
        says: "A client registers the algorithm none for its assertions.",
        clause: "oidc-registration/2/auth-no-none",
        caught_by: &["registration/auth-no-none"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| is_left_out(body, "token_endpoint_auth_signing_alg", "none")))],
        ..OIDC
    },
    Fault {
        id: "redirect-uris-not-required",
        says: "A client is registered for codes and says nothing of where they go.",
        clause: "rfc7591/5/redirect-uris-required",
        caught_by: &["registration/redirect-uris-required"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let is_odd = texts(body, "redirect_uris").is_empty();
            if is_odd {
                body.insert("redirect_uris".to_owned(), json!([HARMLESS]));
            }
            is_odd
        }))],
        ..OIDC
    },
    Fault {
        id: "contradictions-registered",
        says: "Grant types and response types are stored as they come, whether they go together or not.",
        clause: "rfc7591/2.1/consistent",
        caught_by: &["registration/consistent"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let (grants, response_types) = (texts(body, "grant_types"), texts(body, "response_types"));
            let needs = |word: &str| response_types.iter().any(|one| one.split(' ').any(|part| part == word));
            let is_odd = (needs("code") && !grants.contains(&"authorization_code")) || (needs("id_token") && !grants.contains(&"implicit"));
            if is_odd && !grants.is_empty() {
                body.insert("grant_types".to_owned(), json!(["authorization_code"]));
                body.insert("response_types".to_owned(), json!(["code"]));
            }
            is_odd
        }))],
        ..OIDC
    },
    Fault {
        id: "keys-in-two-places",
        says: "A client registers its keys by value and by reference at once.",
        clause: "rfc7591/2/keys-returned-once",
        caught_by: &["registration/keys-once"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| body.contains_key("jwks") && body.remove("jwks_uri").is_some()))],
        ..OIDC
    },
    Fault {
        id: "bad-redirect-uris-dropped",
        says: "Of several redirection URIs those that are not well are dropped, and the rest is registered.",
        clause: "oidc-registration/3.2/redirect-uris-kept",
        caught_by: &["registration/redirect-uris-kept"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            let kept: Vec<&str> = texts(&asked.body, "redirect_uris").into_iter().filter(|uri| !is_odd(uri)).collect();
            if asked.is_new() && !kept.is_empty() {
                let mut body = asked.body.clone();
                body.insert("redirect_uris".to_owned(), json!(kept));
                set_members(request, body);
            }
            None
        }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uris-rewritten",
        says: "Redirection URIs are registered as a URL library writes them.",
        clause: "oidc-registration/3.2/redirect-uris-kept",
        caught_by: &["registration/redirect-uris-kept"],
        seams: &[Seam::Wire(|inner| told(inner, |_, body| {
            let written: Vec<String> = texts(body, "redirect_uris").into_iter().filter_map(|uri| Some(Url::parse(uri).ok()?.to_string())).collect();
            if body.contains_key("redirect_uris") {
                body.insert("redirect_uris".to_owned(), json!(written));
            }
        }))],
        ..OIDC
    },
    Fault {
        id: "registered-by-word-only",
        says: "A client asks for client credentials, is told that it has them, and does not.",
        clause: "rfc7591/3.2.1/provisioned-returned",
        caught_by: &["registration/answer-is-true"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let grants: Vec<String> = texts(body, "grant_types").into_iter().map(str::to_owned).collect();
            let is_odd = grants.len() > 1 && grants.iter().any(|grant| grant == "client_credentials");
            if is_odd {
                let others: Vec<&String> = grants.iter().filter(|grant| *grant != "client_credentials").collect();
                body.insert("grant_types".to_owned(), json!(others));
            }
            is_odd
        }))],
        ..OIDC
    },
    Fault {
        id: "any-scheme-registered",
        says: "A native application registers any word as its scheme.",
        clause: "rfc8252/8.4/scheme-without-period",
        caught_by: &["registration/scheme-without-period"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            let is_word = |scheme: &str| !scheme.contains('.') && !scheme.starts_with("http");
            let is_odd = texts(body, "redirect_uris").iter().any(|uri| Url::parse(uri).is_ok_and(|uri| is_word(uri.scheme())));
            if is_odd {
                body.insert("redirect_uris".to_owned(), json!(["com.example.harmless:/cb"]));
            }
            is_odd
        }))],
        ..BCP
    },
    Fault {
        id: "secret-for-native-clients",
        says: "An application on the user's machine is given a secret, and has to authenticate with it.",
        clause: "rfc8252/8.5/no-shared-secret",
        caught_by: &["registration/native-without-secret"],
        seams: &[Seam::Wire(|inner| before(inner, |asked, request| {
            if asked.body.get("application_type") == Some(&json!("native")) {
                let mut body = asked.body.clone();
                body.remove("token_endpoint_auth_method");
                set_members(request, body);
            }
            None
        }))],
        ..BCP
    },
    Fault {
        id: "secret-as-asked-for",
        says: "A client that brings a secret along keeps it.",
        clause: "rfc8725/3.5/no-password-as-key",
        caught_by: &["registration/secret-not-chosen"],
        seams: &[Seam::Wire(|inner| told(inner, |asked, body| {
            if let Some(chosen) = asked.body.get("client_secret") {
                body.insert("client_secret".to_owned(), chosen.clone());
            }
        }))],
        ..BCP
    },
    Fault {
        id: "values-of-no-meaning-registered",
        says: "An algorithm, a method or a kind of subject that does not exist is registered, by the word of the answer.",
        clause: "rfc7591/2/values-refused-or-replaced",
        caught_by: &["registration/unknown-values"],
        seams: &[Seam::Wire(|inner| believed(inner, |_, body| {
            const KINDS: [&str; 3] = ["token_endpoint_auth_method", "id_token_signed_response_alg", "subject_type"];
            let known = body.len();
            body.retain(|name, value| !KINDS.contains(&name.as_str()) || value != "nobody-knows");
            body.len() < known
        }))],
        ..OIDC
    },
    Fault {
        id: "pages-of-other-sites",
        says: "A client registers the logo and the pages of somebody else as its own.",
        clause: "rfc7591/5/addresses-of-the-client",
        caught_by: &[
            "registration/logo-elsewhere", "registration/policy-elsewhere", "registration/pages-elsewhere",
            "management/logo-elsewhere", "management/policy-elsewhere", "management/pages-elsewhere",
        ],
        seams: &[Seam::Gate(Rule::PagesBelongToClient, None)],
        ..OIDC
    },
];

/// A redirection URI that no server should register.
fn is_odd(uri: &str) -> bool {
    ["javascript:", "data:", "http://client.example"].iter().any(|start| uri.starts_with(start))
}

/// Puts something harmless in the place of odd redirection URIs that are believed; whether there were any.
fn no_uri_is_odd(body: &mut Map, believes: fn(&str) -> bool) -> bool {
    let there = texts(body, "redirect_uris").iter().any(|uri| is_odd(uri) && believes(uri));
    if there {
        body.insert("redirect_uris".to_owned(), json!([HARMLESS]));
    }
    there
}

/// Puts something harmless in the place of redirection URIs that begin so; whether there were any.
fn is_in_place(body: &mut Map, start: &str) -> bool {
    let there = texts(body, "redirect_uris").iter().any(|uri| uri.starts_with(start));
    if there {
        body.insert("redirect_uris".to_owned(), json!([HARMLESS]));
    }
    there
}

/// Leaves a member out that has this value; whether it had.
fn is_left_out(body: &mut Map, name: &str, value: &str) -> bool {
    let there = body.get(name).is_some_and(|given| given == value);
    if there {
        body.remove(name);
    }
    there
}

/// What a request says is put in order, the rest of the server sees that, and the answer repeats the request.
struct Believed {
    inner: Arc<dyn Wire>,
    in_order: fn(&Asked, &mut Map) -> bool,
}

pub(super) fn believed(inner: Arc<dyn Wire>, in_order: fn(&Asked, &mut Map) -> bool) -> Arc<dyn Wire> {
    Arc::new(Believed { inner, in_order })
}

/// What the answer says of its own accord.
const OWN: [&str; 2] = ["client_id", "client_secret"];

impl Wire for Believed {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let Some(asked) = Asked::of(&request).filter(|asked| !asked.body.is_empty()) else {
                return self.inner.around(server, request).await;
            };
            let mut body = asked.body.clone();
            if !(self.in_order)(&asked, &mut body) {
                return self.inner.around(server, request).await;
            }
            set_members(&mut request, body.clone());
            let mut reply = self.inner.around(server, request).await;
            if reply.status().is_success() {
                responses::edit_json(&mut reply, |answer| {
                    for name in body.keys().filter(|name| !asked.body.contains_key(*name)) {
                        answer.remove(name);
                    }
                    let said = asked.body.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
                    answer.extend(said.map(|(name, value)| (name.clone(), value.clone())));
                });
            }
            reply
        })
    }
}
