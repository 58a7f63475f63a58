//! Codes and tokens that are found by something that only looks like them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Request;

use super::values::replace;
use super::{Reply, issued};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "ends-not-read",
        says: "What stands behind a code, a refresh token or an access token is not read.",
        clause: "rfc6749/4.1.3/code-verified",
        caught_by: &["code/longer", "refresh/longer", "introspection/longer-token-inactive"],
        seams: &[Seam::Wire(|inner| alike(inner, |issued, sent| sent.starts_with(issued)))],
        ..OIDC
    },
    Fault {
        id: "last-character-not-compared",
        says: "The last character of a code, a refresh token or an access token is cut off before they are compared.",
        clause: "rfc6749/4.1.3/code-verified",
        caught_by: &[
            "code/shorter",
            "code/altered-tail",
            "refresh/shorter",
            "refresh/altered-tail",
            "introspection/shorter-token-inactive",
            "introspection/altered-tail-inactive",
        ],
        seams: &[Seam::Wire(|inner| alike(inner, but_for_the_last))],
        ..OIDC
    },
    Fault {
        id: "only-ends-compared",
        says: "Of a code, a refresh token or an access token only the first and the last sixteen characters are compared.",
        clause: "rfc8693/2.1/tokens-validated",
        caught_by: &["token-exchange/subject-token-altered"],
        seams: &[Seam::Wire(|inner| alike(inner, but_for_the_middle))],
        ..OIDC
    },
    Fault {
        id: "tokens-in-any-case",
        says: "Upper and lower case of codes, refresh tokens and access tokens make no difference.",
        clause: "rfc6749/1.9/case-sensitive",
        caught_by: &["code/in-capitals", "refresh/in-capitals", "introspection/token-in-capitals-inactive"],
        seams: &[Seam::Wire(|inner| alike(inner, str::eq_ignore_ascii_case))],
        ..OIDC
    },
];

/// Does what was sent (second) pass for what was issued (first)?
type Same = fn(&str, &str) -> bool;

/// Whatever is like something that was issued is taken for it.
struct Alike {
    inner: Arc<dyn Wire>,
    same: Same,
    issued: Mutex<HashSet<String>>,
}

fn alike(inner: Arc<dyn Wire>, same: Same) -> Arc<dyn Wire> {
    Arc::new(Alike { inner, same, issued: Mutex::default() })
}

fn but_for_the_last(issued: &str, sent: &str) -> bool {
    let cut = &issued[..issued.len() - 1];
    sent.starts_with(cut) && sent.len() <= issued.len()
}

fn but_for_the_middle(issued: &str, sent: &str) -> bool {
    const COMPARED: usize = 16;
    let ends = |text: &str| Some((text.get(..COMPARED)?.to_owned(), text.get(text.len() - COMPARED..)?.to_owned()));
    issued.len() == sent.len() && ends(issued).is_some() && ends(issued) == ends(sent)
}

impl Wire for Alike {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            replace(&mut request, &["code", "refresh_token", "token", "subject_token"], |sent| {
                let issued = locked(&self.issued);
                if issued.contains(sent) {
                    return None;
                }
                issued.iter().find(|issued| (self.same)(issued, sent)).cloned()
            });
            let mut reply = self.inner.around(server, request).await;
            let came = issued(&mut reply);
            locked(&self.issued).extend(came);
            reply
        })
    }
}
