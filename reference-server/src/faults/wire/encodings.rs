//! Texts that are read in another encoding than they were written in, keys that are fetched from anywhere, headers of a proxy
//! that anybody may send, and tokens that lie about.

use std::io::Write;
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::{HeaderValue, SET_COOKIE};
use serde_json::{Value, json};
use url::Url;

use super::responses::edit_json;
use super::{Asked, Reply, after, before, set_param};
use crate::faults::claims::{changed, set};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::tokens::Map;
use crate::tokens::secret::{base64url, random_string};
use crate::transport::reply;

const AUTHORIZE: &[&str] = &["/authorize"];
const METADATA: &[&str] = &["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
const TOKEN: &[&str] = &["/token"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "nonce-in-latin-1",
        says: "The nonce of an authorization request is read as ISO 8859-1.",
        clause: "rfc6749/12.2/utf-8",
        caught_by: &["id-token/nonce-in-any-script"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |_, request| {
                let nonce =
                    Asked::of(request).param("nonce").map(|nonce| nonce.bytes().map(char::from).collect::<String>());
                if let Some(nonce) = nonce {
                    set_param(request, "nonce", &nonce);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-in-utf-16",
        says: "The claims of an ID token are written in UTF-16.",
        clause: "rfc8725/3.7/utf-8-issued",
        caught_by: &["id-token/signed"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                edit_json(reply, |body| {
                    let token = body.get("id_token").and_then(Value::as_str).unwrap_or_default();
                    if let Some(wide) = in_utf_16(token) {
                        set(body, "id_token", json!(wide));
                    }
                });
            })
        })],
        ..BCP
    },
    Fault {
        id: "assertion-in-any-encoding",
        says: "An assertion whose claims are not UTF-8 buys a token, whatever it says.",
        clause: "rfc8725/3.7/utf-8-only",
        caught_by: &["jwt-bearer/utf-8-only"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let claims = part(Asked::of(request).param("assertion")?, 1)?;
                serde_json::from_slice::<Value>(&claims).is_err().then(token)
            })
        })],
        ..BCP
    },
    Fault {
        id: "keys-from-the-header",
        says: "The server calls the address that the header of an assertion names for its key.",
        clause: "rfc8725/3.10/key-urls-not-followed",
        caught_by: &["jwt-bearer/key-urls-not-followed"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let header: Value = serde_json::from_slice(&part(Asked::of(request).param("assertion")?, 0)?).ok()?;
                let address = Url::parse(["jku", "x5u"].iter().find_map(|name| header[name].as_str())?).ok()?;
                // It is called and not listened to: that is what the address of a machine inside is good for.
                let place = address.socket_addrs(|| None).ok()?;
                let call = format!("GET {} HTTP/1.0\r\n\r\n", address.path());
                TcpStream::connect(place.as_slice()).and_then(|mut stream| stream.write_all(call.as_bytes())).ok()?;
                None
            })
        })],
        ..BCP
    },
    Fault {
        id: "proxy-headers-believed",
        says: "The server takes its name from the headers of a proxy, whoever sends them.",
        clause: "rfc9700/4.13/headers-cleaned",
        caught_by: &["metadata/proxy-headers-ignored"],
        seams: &[Seam::Wire(|inner| {
            after(inner, METADATA, |asked, reply| {
                let Some(host) = asked.headers.get("x-forwarded-host").and_then(|host| host.to_str().ok()) else {
                    return;
                };
                edit_json(reply, |body| {
                    let issuer = body.get("issuer").and_then(Value::as_str).unwrap_or_default().to_owned();
                    let other = format!("https://{host}");
                    for value in body.values_mut().filter(|value| value.is_string()) {
                        *value = json!(value.as_str().unwrap_or_default().replace(&issuer, &other));
                    }
                });
            })
        })],
        ..BCP
    },
    Fault {
        id: "token-in-a-cookie",
        says: "An answer sets its access token as a cookie too, which may travel in the clear.",
        clause: "rfc6750/5.3/no-token-in-clear-cookie",
        caught_by: &["token/no-clear-cookie"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |_, reply| {
                let body: Map = serde_json::from_slice(reply.body()).unwrap_or_default();
                let token = body.get("access_token").and_then(Value::as_str).unwrap_or_default();
                if let Ok(cookie) = HeaderValue::from_str(&format!("token={token}; Path=/; HttpOnly; SameSite=Lax")) {
                    reply.headers_mut().append(SET_COOKIE, cookie);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-type-of-its-own",
        says: "The token_type of an answer is JWT.",
        clause: "rfc6749/8.1/type-registered",
        caught_by: &["token/type-registered"],
        seams: &[changed!(TokenResponse, |_, body| set(body, "token_type", json!("JWT")))],
        ..OIDC
    },
    // The library signs with no value of ours, so that these signatures do not hold either.
    Fault {
        id: "one-random-value-for-all-signatures",
        says: "Every ECDSA signature of a refreshed access token begins with the same random value.",
        clause: "rfc8725/3.2/ecdsa-random",
        caught_by: &["access-token/jti-unique"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| {
                if !asked.is_refresh() {
                    return;
                }
                edit_json(reply, |body| {
                    let token = body.get("access_token").and_then(Value::as_str).unwrap_or_default();
                    if let Some(same) = with_one_random_value(token) {
                        set(body, "access_token", json!(same));
                    }
                });
            })
        })],
        ..BCP
    },
];

/// A part of a JWT, decoded.
fn part(jwt: &str, at: usize) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(jwt.split('.').nth(at)?).ok()
}

/// What somebody gets who was understood.
fn token() -> Reply {
    let body = json!({ "access_token": random_string(), "token_type": "Bearer", "expires_in": 300 });
    reply::private_json(StatusCode::OK, &body.as_object().cloned().unwrap_or_default())
}

fn with_one_random_value(token: &str) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    let mut signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let half = signature.len() / 2;
    signature[..half].fill(0x42);
    Some(format!("{signed}.{}", base64url(&signature)))
}

fn in_utf_16(token: &str) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, _) = signed.split_once('.')?;
    let claims = String::from_utf8(part(token, 1)?).ok()?;
    let wide: Vec<u8> = claims.encode_utf16().flat_map(u16::to_be_bytes).collect();
    Some(format!("{header}.{}.{signature}", base64url(&wide)))
}
