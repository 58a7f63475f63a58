//! Requests of devices that are read in another way, and answers to them that say something else.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::responses::edit_json;
use super::{Asked, Reply, after, before, names_client, refuse, set_body, set_param, set_query};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::grants::device_code::NAME;
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

const ENDPOINT: &[&str] = &["/device_authorization"];
const PAGE: &[&str] = &["/device"];
const TOKEN: &[&str] = &["/token"];

/// Who gets what nobody asked for.
const SOMEBODY: &str = "tv";

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "device-codes-as-text",
        says: "A device is given JSON of the type text/plain.",
        clause: "rfc8628/3.2/json",
        caught_by: &["device/codes-in-json"],
        seams: &[Seam::Wire(|inner| {
            after(inner, ENDPOINT, |_, reply| {
                reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            })
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-may-be-stored",
        says: "The answer with the codes of a device does not forbid caching.",
        clause: "rfc8628/3.2/no-store",
        caught_by: &["device/codes-not-stored"],
        seams: &[Seam::Wire(|inner| {
            after(inner, ENDPOINT, |_, reply| drop(reply.headers_mut().remove(CACHE_CONTROL)))
        })],
        ..OIDC
    },
    Fault {
        id: "device-named-twice",
        says: "A device that authenticates in the header gets no codes unless its client_id stands in the body as well.",
        clause: "rfc8628/3.1/client-id-once",
        precedent: Some("django-oauth-toolkit 3.4.1, DeviceAuthorizationView"),
        caught_by: &["device/client-id-once"],
        seams: &[Seam::Wire(|inner| {
            before(inner, ENDPOINT, |_, request| {
                let asked = Asked::of(request);
                let named = asked.body.iter().any(|(name, _)| name == "client_id" || name == "client_assertion");
                (!named).then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-parameter-of-a-device-refused",
        says: "A device that sends a parameter which the server does not know gets no codes.",
        clause: "rfc8628/3.1/unknown-ignored",
        caught_by: &["device/unknown-parameter-ignored"],
        seams: &[Seam::Wire(|inner| {
            before(inner, ENDPOINT, |_, request| {
                let known = |name: &str| {
                    ["client_id", "client_secret", "scope"].contains(&name) || name.starts_with("client_assertion")
                };
                let strange = Asked::of(request).body.iter().any(|(name, _)| !known(name));
                strange.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "empty-scope-of-a-device-refused",
        says: "A device that sends an empty scope gets no codes.",
        clause: "rfc8628/3.1/empty-omitted",
        caught_by: &["device/empty-parameter-omitted"],
        seams: &[Seam::Wire(|inner| {
            before(inner, ENDPOINT, |_, request| {
                let empty = Asked::of(request).param("scope") == Some("");
                empty.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_scope"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-by-get",
        says: "A device gets its codes by GET.",
        clause: "rfc8628/3.1/post",
        caught_by: &["device/get-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, ENDPOINT, |_, request| {
                if request.method() == Method::GET {
                    let query = Asked::of(request).query;
                    set_body(request, &query);
                    set_query(request, &[]);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-for-nobody",
        says: "A request for codes that names no client is served.",
        clause: "rfc8628/3.1/client-named",
        caught_by: &["device/no-client"],
        seams: &[Seam::Wire(|inner| {
            before(inner, ENDPOINT, |_, request| {
                if !names_client(&Asked::of(request)) {
                    set_param(request, "client_id", SOMEBODY);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-for-strangers",
        says: "A client that nobody registered gets codes for a device.",
        clause: "rfc8628/3.2/unknown-client",
        caught_by: &["device/unknown-client"],
        seams: &[Seam::Wire(|inner| {
            before(inner, ENDPOINT, |server, request| {
                let form = Form::parse(request.body());
                let named = Presented::new(request.headers(), &form).client_id().map(str::to_owned);
                let known = |id: &String| server.config.clients.iter().any(|client| client.client_id == *id);
                if named.is_some_and(|id| !known(&id)) {
                    request.headers_mut().remove(AUTHORIZATION);
                    set_param(request, "client_id", SOMEBODY);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "link-asks-for-the-code",
        says: "Whoever opens the link that has the user code in it is asked to type it.",
        clause: "rfc8628/3.3.1/interaction-followed",
        caught_by: &["device/link"],
        seams: &[Seam::Wire(|inner| {
            before(inner, PAGE, |_, request| {
                if request.method() == Method::GET && Asked::of(request).param("user_code").is_some() {
                    set_query(request, &[]);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "link-hides-the-code",
        says: "Whoever opens the link of a device is not shown its code.",
        clause: "rfc8628/3.3.1/code-shown",
        caught_by: &["device/link-shows-code"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PAGE, |_, reply| {
                let page = String::from_utf8_lossy(reply.body()).into_owned();
                if let Some((head, code)) = page.split_once("<p class=\"code\">")
                    && let Some((_, tail)) = code.split_once("</p>")
                {
                    *reply.body_mut() = format!("{head}{tail}").into();
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-device-code-waits",
        says: "A device with a code that was never issued is told to go on polling.",
        clause: "rfc6749/5.2/invalid-grant",
        precedent: Some("idenplane#858"),
        caught_by: &["device/code-unknown", "device/code-altered"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| answers(asked, reply, "invalid_grant", "authorization_pending"))
        })],
        ..OIDC
    },
    Fault {
        id: "denied-device-waits",
        says: "A device whose user said no is told to go on polling.",
        clause: "rfc8628/3.5/access-denied",
        caught_by: &["device/denied"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| answers(asked, reply, "access_denied", "authorization_pending"))
        })],
        ..OIDC
    },
    Fault {
        id: "expired-device-waits",
        says: "A device whose time is over is told to go on polling.",
        clause: "rfc8628/3.5/expired-token",
        caught_by: &["device/expired"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| answers(asked, reply, "expired_token", "authorization_pending"))
        })],
        ..OIDC
    },
    Fault {
        id: "hurried-device-is-denied",
        says: "A device that polls too often is told that its user said no.",
        clause: "rfc8628/3.5/slow-down",
        caught_by: &["device/polls-too-often"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| answers(asked, reply, "slow_down", "access_denied"))
        })],
        ..OIDC
    },
    Fault {
        id: "device-code-left-out",
        says: "A poll without a device_code is one of the client's newest device.",
        clause: "rfc8628/3.5/only-if-approved",
        caught_by: &["device/code-missing"],
        seams: &[Seam::Wire(|inner| {
            recalled(inner, |sent, own| sent.is_none().then(|| own.last().cloned()).flatten())
        })],
        ..OIDC
    },
    Fault {
        id: "any-device-code",
        says: "Any device_code stands for the client's newest device.",
        clause: "rfc8628/3.5/only-if-approved",
        // Beside other questions the newest device may be one of theirs, which was denied.
        caught_by: &["device/code-unknown"],
        seams: &[Seam::Wire(|inner| {
            recalled(inner, |sent, own| sent.filter(|sent| !own.contains(sent)).and(own.last().cloned()))
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-compared-in-part",
        says: "Of a device code only the first characters are compared.",
        clause: "rfc8628/3.5/only-if-approved",
        caught_by: &["device/code-altered"],
        seams: &[Seam::Wire(|inner| {
            recalled(inner, |sent, own| {
                let begins = sent?.get(..COMPARED)?.to_owned();
                own.iter().find(|code| code.starts_with(&begins)).cloned()
            })
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-are-short",
        says: "Device codes have six random characters.",
        clause: "rfc8628/5.2/device-code-entropy",
        caught_by: &["device/code-unguessable"],
        seams: &[Seam::Wire(|inner| {
            let taken_for = |sent: Option<&String>, own: &[String]| {
                own.iter().find(|code| sent.is_some_and(|sent| shortened(code) == *sent)).cloned()
            };
            Arc::new(Recalled { inner, issued: Mutex::default(), shown: shortened, taken_for })
        })],
        ..OIDC
    },
    Fault {
        id: "device-codes-given-again",
        says: "A client that asks for the codes of a second device is given those of the first.",
        clause: "rfc8628/3.2/unique",
        caught_by: &["device/codes-of-its-own"],
        seams: &[Seam::Wire(|inner| Arc::new(GivenAgain { inner, given: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "device-without-a-name",
        says: "The page on which a device is allowed says that it is a device, and not which.",
        clause: "rfc8628/5.4/device-information",
        caught_by: &["device/client-shown"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PAGE, |_, reply| {
                let page = String::from_utf8_lossy(reply.body()).into_owned();
                let page = without(&page, "A device with <strong>", "</strong>");
                *reply.body_mut() = without(&page, "registered here as <code>", "</code>").into();
            })
        })],
        ..OIDC
    },
];

/// How many characters of a device code are compared.
const COMPARED: usize = 16;

/// A poll that is refused with one code is refused with another.
pub(in super::super) fn answers(asked: &Asked, reply: &mut Reply, code: &str, other: &str) {
    if asked.param("grant_type") == Some(NAME) {
        edit_json(reply, |body| {
            if body.get("error") == Some(&json!(code)) {
                body.insert("error".to_owned(), json!(other));
            }
        });
    }
}

fn shortened(code: &str) -> String {
    format!("{}{}", &code[..6], "0".repeat(37))
}

/// The device code that a sent one is taken for, given those of the client; the sent one itself if there is none.
type TakenFor = fn(Option<&String>, &[String]) -> Option<String>;

/// Device codes leave as they are shown, and come back as what they are taken for.
struct Recalled {
    inner: Arc<dyn Wire>,
    /// Who asked, and the code.
    issued: Mutex<Vec<(String, String)>>,
    shown: fn(&str) -> String,
    taken_for: TakenFor,
}

fn recalled(inner: Arc<dyn Wire>, taken_for: TakenFor) -> Arc<dyn Wire> {
    Arc::new(Recalled { inner, issued: Mutex::default(), shown: str::to_owned, taken_for })
}

/// Who asks, whichever way it says so.
fn asking(asked: &Asked) -> String {
    let header = asked.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.or(asked.param("client_id")).unwrap_or_default().to_owned()
}

impl Wire for Recalled {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let by = asking(&asked);
            if TOKEN.contains(&asked.path.as_str()) && asked.param("grant_type") == Some(NAME) {
                let mine = |(client, code): &(String, String)| (*client == by).then(|| code.clone());
                let own: Vec<String> = locked(&self.issued).iter().filter_map(mine).collect();
                let sent = asked.param("device_code").map(str::to_owned);
                if let Some(code) = (self.taken_for)(sent.as_ref(), &own) {
                    set_param(&mut request, "device_code", &code);
                }
            }
            let mut reply = self.inner.around(server, request).await;
            if ENDPOINT.contains(&asked.path.as_str()) {
                edit_json(&mut reply, |body| {
                    if let Some(Value::String(code)) = body.get_mut("device_code") {
                        let shown = (self.shown)(code);
                        locked(&self.issued).push((by, std::mem::replace(code, shown)));
                    }
                });
            }
            reply
        })
    }
}

/// What a client was given once it is given again.
struct GivenAgain {
    inner: Arc<dyn Wire>,
    given: Mutex<Vec<(String, Bytes)>>,
}

impl Wire for GivenAgain {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            let mut reply = self.inner.around(server, request).await;
            if ENDPOINT.contains(&asked.path.as_str()) && reply.status() == StatusCode::OK {
                let by = asking(&asked);
                let mut given = locked(&self.given);
                match given.iter().find(|(client, _)| *client == by) {
                    Some((_, body)) => *reply.body_mut() = body.clone(),
                    None => given.push((by, reply.body().clone())),
                }
            }
            reply
        })
    }
}

/// A page without what stands between two of its parts.
fn without(page: &str, from: &str, to: &str) -> String {
    let Some((before, after)) = page.split_once(from) else { return page.to_owned() };
    let rest = after.split_once(to).map_or(after, |(_, rest)| rest);
    format!("{before}{from}{to}{rest}")
}
