//! User codes that are easy to guess.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::responses::edit_json;
use super::{Asked, Reply, set_param};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "user-code-of-four-digits",
        says: "A user code has four digits.",
        clause: "rfc8628/5.1/user-code-entropy",
        caught_by: &["device/user-code-unguessable"],
        seams: &[Seam::Wire(|inner| short(inner, |at| format!("{:04}", (at * 7919 + 1234) % 10_000)))],
        ..OIDC
    },
    Fault {
        id: "user-codes-that-are-counted",
        says: "User codes are long, and numbered.",
        clause: "rfc8628/5.1/user-code-entropy",
        caught_by: &["device/user-code-unguessable"],
        seams: &[Seam::Wire(|inner| short(inner, |at| format!("WDJB-{:06}", 704_210 + at)))],
        ..OIDC
    },
];

/// Codes that are shown in place of others.
struct Short {
    inner: Arc<dyn Wire>,
    /// What stands behind each code that was shown.
    behind: Mutex<Vec<(String, String)>>,
    /// The code of this number.
    shown: fn(usize) -> String,
}

fn short(inner: Arc<dyn Wire>, shown: fn(usize) -> String) -> Arc<dyn Wire> {
    Arc::new(Short { inner, behind: Mutex::default(), shown })
}

impl Wire for Short {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if let Some(typed) = asked.param("user_code") {
                let of = |(shown, code): &(String, String)| (shown == typed).then(|| code.clone());
                let behind = locked(&self.behind).iter().rev().find_map(of);
                if let Some(code) = behind {
                    set_param(&mut request, "user_code", &code);
                }
            }
            let mut reply = self.inner.around(server, request).await;
            if asked.path == "/device_authorization" {
                edit_json(&mut reply, |body| {
                    if let Some(Value::String(code)) = body.get_mut("user_code") {
                        let mut behind = locked(&self.behind);
                        let shown = (self.shown)(behind.len());
                        behind.push((shown.clone(), std::mem::replace(code, shown)));
                    }
                });
            }
            reply
        })
    }
}
