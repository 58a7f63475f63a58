//! Software statements that count for less than they should. Who signed them is not looked at here.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::{Asked, set_members};
use crate::faults::wire::{Reply, responses};
use crate::faults::{Fault, OIDC, Seam};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::tokens::jwt::Jwt;
use crate::transport::Wire;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "statement-counts-for-less",
        says: "What stands beside a software statement counts over what is in it.",
        clause: "rfc7591/3.1.1/statement-precedence",
        caught_by: &["registration/statement-counts"],
        seams: &[Seam::Wire(|inner| Arc::new(Statements { inner, first: false, tells: |_, _| {} }))],
        ..OIDC
    },
    Fault {
        id: "statement-not-returned",
        says: "A software statement is used, and does not come back.",
        clause: "rfc7591/3.2.1/statement-returned",
        caught_by: &["registration/statement-counts"],
        seams: &[Seam::Wire(|inner| Arc::new(Statements { inner, first: true, tells: |body, _| drop(body.remove("software_statement")) }))],
        ..OIDC
    },
    Fault {
        id: "statement-not-told",
        says: "What was taken from a software statement stands in the statement alone.",
        clause: "rfc7591/3.2.1/statement-elements-returned",
        caught_by: &["registration/statement-counts"],
        seams: &[Seam::Wire(|inner| Arc::new(Statements { inner, first: true, tells: |body, name| drop(body.remove(name)) }))],
        ..OIDC
    },
];

/// The name of a client is taken from a statement.
struct Statements {
    inner: Arc<dyn Wire>,
    /// Does the statement count over the member?
    first: bool,
    /// What the answer does with what was taken.
    tells: fn(&mut Map, &str),
}

impl Wire for Statements {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        const NAME: &str = "client_name";
        Box::pin(async move {
            let body = Asked::of(&request).filter(Asked::is_new).map(|asked| asked.body).unwrap_or_default();
            let Some(Value::String(statement)) = body.get("software_statement").cloned() else {
                return self.inner.around(server, request).await;
            };
            let mut plain = body;
            plain.remove("software_statement");
            let jwt = Jwt::parse(&statement).ok();
            if let Some(name) = jwt.as_ref().and_then(|jwt| jwt.claims().get(NAME))
                && (self.first || !plain.contains_key(NAME))
            {
                plain.insert(NAME.to_owned(), name.clone());
            }
            set_members(&mut request, plain);
            let mut reply = self.inner.around(server, request).await;
            responses::edit_json(&mut reply, |body| {
                body.insert("software_statement".to_owned(), statement.into());
                (self.tells)(body, NAME);
            });
            reply
        })
    }
}
