//! A choice that was made twice, and not the same both times.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::Value;

use super::{Asked, Reply, before, set_param};
use crate::error::{ErrorCode, Refusal};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{Client, Code, Path, RefreshToken};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::server::Server;
use crate::store::{BoxFuture, Rotated, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;
use crate::transport::Wire;
use crate::transport::reply;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "rotates-once",
        says: "The first refresh replaces the refresh token, and no later one does.",
        clause: "rfc6749/6/rotates-alike",
        caught_by: &["policy/rotation"],
        seams: &[Seam::Wire(|inner| Arc::new(RotatesOnce { inner, current: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "grace-for-later-tokens",
        says: "A replaced refresh token still works, unless it is the first of its family.",
        clause: "rfc6749/6/replaced-alike",
        caught_by: &["policy/replaced-token"],
        seams: &[Seam::Store(|inner| Arc::new(LaterGrace { inner, successors: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "code-burnt-in-one-response-type",
        says: "A wrong code_verifier burns the code of code token, and of no other response type.",
        clause: "rfc6749/4.1.3/failed-attempt-alike",
        caught_by: &["policy/code-after-failed-attempt"],
        seams: &[Seam::Rules(|inner| Arc::new(BurnsOne { inner, burnt: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "plain-refused-in-one-response-type",
        says: "The method plain is refused for code token, and for no other response type.",
        clause: "rfc7636/4.2/plain-alike",
        caught_by: &["policy/plain-challenge"],
        seams: &[Seam::Rules(|inner| Arc::new(PlainElsewhere { inner }))],
        ..OIDC
    },
    Fault {
        id: "repeated-parameter-shown-in-one-response-type",
        says: "Of a repeated parameter the user learns if the client asks for id_token token, and else the client.",
        clause: "rfc6749/4.1.2.1/error-place-alike",
        caught_by: &["policy/error-of-repeated-parameter"],
        seams: &[Seam::Wire(|inner| before(inner, &["/authorize"], show_repetition))],
        ..OIDC
    },
];

/// By the token that a client keeps, the one that it stands for by now.
struct RotatesOnce {
    inner: Arc<dyn Wire>,
    current: Mutex<HashMap<String, String>>,
}

impl Wire for RotatesOnce {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if asked.path != "/token" || !asked.is_refresh() {
                return self.inner.around(server, request).await;
            }
            let kept = asked.param("refresh_token").unwrap_or_default().to_owned();
            let current = locked(&self.current).get(&kept).cloned();
            if let Some(current) = &current {
                set_param(&mut request, "refresh_token", current);
            }
            let mut reply = self.inner.around(server, request).await;
            let mut body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
            let Some(new) = body.get("refresh_token").and_then(Value::as_str).map(str::to_owned) else { return reply };
            if current.is_none() {
                locked(&self.current).insert(new.clone(), new);
                return reply;
            }
            body["refresh_token"] = kept.as_str().into();
            *reply.body_mut() = body.to_string().into();
            locked(&self.current).insert(kept, new);
            reply
        })
    }
}

struct LaterGrace {
    inner: Arc<dyn Store>,
    successors: Mutex<HashSet<Digest>>,
}

impl StoreOver for LaterGrace {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        let is_later = {
            let mut successors = locked(&self.successors);
            successors.insert(successor.digest);
            successors.contains(&old.digest)
        };
        Box::pin(async move {
            let rotated = self.inner.rotate(&old, successor.clone()).await?;
            if is_later && matches!(rotated, Rotated::Before) {
                self.inner.put_refresh_token(successor).await?;
                return Ok(Rotated::Now);
            }
            Ok(rotated)
        })
    }
}

struct BurnsOne {
    inner: Arc<dyn Rules>,
    burnt: Mutex<HashSet<Digest>>,
}

impl RulesOver for BurnsOne {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        if path != Path::CodeToken {
            return self.inner.verifier_matches(path, code, verifier);
        }
        if locked(&self.burnt).contains(&code.digest) {
            return Err(Refusal::new(ErrorCode::InvalidGrant, "The code was tried before."));
        }
        self.inner.verifier_matches(path, code, verifier).inspect_err(|_| {
            locked(&self.burnt).insert(code.digest);
        })
    }
}

struct PlainElsewhere {
    inner: Arc<dyn Rules>,
}

impl RulesOver for PlainElsewhere {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn challenge_method_is_supported(
        &self,
        path: Path,
        client: &Client,
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Ruling {
        if path != Path::CodeToken {
            return Ok(());
        }
        self.inner.challenge_method_is_supported(path, client, challenge, method)
    }
}

fn show_repetition(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let asked = Asked::of(request);
    let is_repeated = asked.params().filter(|(name, _)| name == "state").count() > 1;
    if !is_repeated || asked.param("response_type") != Some("id_token token") {
        return None;
    }
    let refusal = Refusal::new(ErrorCode::InvalidRequest, "A parameter was sent twice.");
    Some(reply::refused_page(StatusCode::BAD_REQUEST, &refusal))
}
