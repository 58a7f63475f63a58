//! What is told of a registration is not what is registered, or not as it should be told.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{answers, texts, told};
use crate::faults::{Fault, OIDC, Seam};

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "registration-answered-200",
        says: "A registration is answered with 200.",
        clause: "rfc7591/3.2/created",
        caught_by: &["registration/created"],
        seams: &[Seam::Wire(|inner| {
            answers(inner, |asked, reply| {
                if asked.is_new() && reply.status() == StatusCode::CREATED {
                    *reply.status_mut() = StatusCode::OK;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-of-another-type",
        says: "The answer to a registration says that it is text.",
        clause: "rfc7591/3.2/json",
        caught_by: &["registration/json"],
        seams: &[Seam::Wire(|inner| {
            answers(inner, |asked, reply| {
                if asked.is_new() {
                    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-kept-by-caches",
        says: "The answer to a registration may be kept by whoever passes it on.",
        clause: "rfc7591/3.2.1/no-store",
        caught_by: &["registration/no-store"],
        seams: &[Seam::Wire(|inner| {
            answers(inner, |asked, reply| {
                if asked.is_new() {
                    reply.headers_mut().remove(CACHE_CONTROL);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-without-client-id",
        says: "The answer to a registration calls the identifier id.",
        clause: "rfc7591/3.2.1/client-id",
        caught_by: &["registration/client-id"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new()
                    && let Some(id) = body.remove("client_id")
                {
                    body.insert("id".to_owned(), id);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-chooses-its-id",
        says: "A client that brings a client_id along is registered under it.",
        clause: "rfc7591/3.1/client-id-assigned",
        caught_by: &["registration/client-id-assigned"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new()
                    && let Some(id) = asked.body.get("client_id")
                {
                    body.insert("client_id".to_owned(), id.clone());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-id-from-the-name",
        says: "The client_id is made from the name of the client.",
        clause: "rfc7591/3.2.1/client-id-unique",
        caught_by: &["registration/client-id-unique"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new()
                    && let Some(name) = asked.body.get("client_name").and_then(Value::as_str)
                {
                    body.insert("client_id".to_owned(), json!(format!("client-{name}")));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "one-client-per-software",
        says: "All instances of one software are one client.",
        clause: "rfc7591/2/client-id-per-instance",
        caught_by: &["registration/software-instances"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new()
                    && let Some(software) = asked.body.get("software_id")
                {
                    body.insert("client_id".to_owned(), software.clone());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "one-secret-per-software",
        says: "All instances of one software have one secret.",
        clause: "rfc7591/3.2.1/secret-per-instance",
        caught_by: &["registration/software-instances"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new()
                    && let Some(software) = asked.body.get("software_id").and_then(Value::as_str)
                {
                    body.insert("client_secret".to_owned(), json!(format!("secret-of-{software}")));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "one-secret-for-all",
        says: "Every client that registers gets the same secret.",
        clause: "rfc7591/3.2.1/secret-unique",
        caught_by: &["registration/secret-unique"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new() && body.contains_key("client_secret") {
                    body.insert("client_secret".to_owned(), json!("the-secret-of-everybody"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-tells-no-addresses",
        says: "The answer to a registration leaves out where the client may have its answers sent.",
        clause: "rfc7591/3.2.1/metadata-returned",
        caught_by: &["registration/metadata-returned"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new() {
                    body.remove("redirect_uris");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-tells-no-grants",
        says: "The answer to a registration leaves out the grants of the client.",
        clause: "rfc7591/3.2.1/metadata-returned",
        caught_by: &["registration/metadata-returned"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |asked, body| {
                if asked.is_new() {
                    body.remove("grant_types");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "lists-of-one-are-strings",
        says: "A list with one entry is told as a string.",
        clause: "rfc7591/2/types",
        caught_by: &["registration/types"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                for value in body.values_mut() {
                    if let Value::Array(list) = value
                        && let [Value::String(one)] = list.as_slice()
                    {
                        *value = json!(one.clone());
                    }
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "scope-told-as-a-list",
        says: "The scope of a client is told as a list.",
        clause: "rfc7591/2/types",
        caught_by: &["registration/types"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                if let Some(Value::String(scope)) = body.get("scope") {
                    let list: Vec<&str> = scope.split(' ').collect();
                    let list = json!(list);
                    body.insert("scope".to_owned(), list);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "grants-told-by-inner-names",
        says: "Grant types are told by the names of an enumeration: AuthorizationCode.",
        clause: "rfc7591/2/names-of-requests",
        caught_by: &["registration/names-of-requests"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                let camel = |name: &str| -> String {
                    let words = name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]));
                    words.collect()
                };
                let names: Vec<String> = texts(body, "grant_types").into_iter().map(camel).collect();
                if body.contains_key("grant_types") {
                    body.insert("grant_types".to_owned(), json!(names));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "secret-without-expiry",
        says: "A client is given a secret, and not told when it expires.",
        clause: "rfc7591/3.2.1/secret-expiry",
        caught_by: &["registration/secret-expiry"],
        seams: &[Seam::Wire(|inner| told(inner, |_, body| drop(body.remove("client_secret_expires_at"))))],
        ..OIDC
    },
    Fault {
        id: "registered-in-milliseconds",
        says: "The time of the registration is told in milliseconds.",
        clause: "rfc7591/3.2.1/times-are-numbers",
        caught_by: &["registration/times"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                if let Some(seconds) = body.get("client_id_issued_at").and_then(Value::as_u64) {
                    body.insert("client_id_issued_at".to_owned(), json!(seconds * 1000));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "secret-expiry-as-a-string",
        says: "The time at which a secret expires is told as a string.",
        clause: "rfc7591/3.2.1/times-are-numbers",
        caught_by: &["registration/times"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                if body.contains_key("client_secret_expires_at") {
                    body.insert("client_secret_expires_at".to_owned(), json!("0"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "secret-outlives-its-expiry",
        says: "A secret is said to expire within the hour, and works for ever.",
        clause: "rfc7591/3.2.1/secret-expires",
        caught_by: &["registration/secret-expires"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                let issued = body.get("client_id_issued_at").and_then(Value::as_u64);
                if let Some(issued) = issued.filter(|_| body.contains_key("client_secret_expires_at")) {
                    body.insert("client_secret_expires_at".to_owned(), json!(issued + 60 * 60));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "tagged-name-displaces",
        says: "A name in another language takes the place of the one without a language.",
        clause: "rfc7591/2.2/untagged-kept",
        caught_by: &["registration/untagged-name-kept"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                let tagged = body.iter().find(|(name, _)| name.starts_with("client_name#"));
                if let Some(name) = tagged.map(|(_, name)| name.clone()) {
                    body.insert("client_name".to_owned(), name);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "names-normalized",
        says: "The name of a client is normalized: a letter of two code points becomes one.",
        clause: "oidc-registration/6/strings-compared",
        caught_by: &["registration/strings-compared"],
        seams: &[Seam::Wire(|inner| {
            told(inner, |_, body| {
                if let Some(name) = body.get("client_name").and_then(Value::as_str) {
                    let normalized = name.replace("e\u{301}", "\u{e9}");
                    body.insert("client_name".to_owned(), json!(normalized));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-refused-with-422",
        says: "A registration that cannot be is refused with 422.",
        clause: "rfc7591/3.2.2/error-response",
        caught_by: &["registration/error-response"],
        seams: &[Seam::Wire(|inner| {
            answers(inner, |asked, reply| {
                if asked.is_new() && reply.status() == StatusCode::BAD_REQUEST {
                    *reply.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-crashes-on-broken-json",
        says: "A body that is no JSON object is answered with 500.",
        clause: "rfc7591/3.2.2/error-response",
        caught_by: &["registration/error-response"],
        seams: &[Seam::Wire(|inner| {
            answers(inner, |asked, reply| {
                if asked.method == Method::POST && asked.body.is_empty() && asked.is_new() {
                    *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                    *reply.body_mut() = Bytes::from_static(b"Internal Server Error");
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "registration-error-without-code",
        says: "A refused registration has a message, and no error.",
        clause: "rfc7591/3.2.2/error",
        caught_by: &["registration/error-response"],
        seams: &[Seam::Wire(|inner| {
            answers(inner, |asked, reply| {
                if asked.is_new() && reply.status() == StatusCode::BAD_REQUEST {
                    *reply.body_mut() = Bytes::from_static(b"{\"message\": \"not valid\"}");
                }
            })
        })],
        ..OIDC
    },
];
