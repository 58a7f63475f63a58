//! Authorization requests that do not come in the open: pushed ones, and request objects.

use super::play::{Came, Play, before};
use super::{Change, Step};
use crate::cell::AuthMethod;
use crate::check::Stop;
use crate::exchange::{Deviation, Exchange};
use crate::lab::{Authorize, RequestObject, random};

impl Play<'_> {
    /// RFC 9126 §2.1, with the changes of the step; another client pushes a request of its own.
    pub(super) async fn push(&self, step: &Step) -> Result<Came, Stop> {
        let lab = &self.lab;
        let mut client = lab.client().clone();
        for change in step.changes {
            if let Change::As(name) = change {
                client = self.client(name)?;
            }
        }
        let verifier = random();
        let valid = lab.pushing(&client, &verifier)?;
        let changed = step.changes.iter().filter(|change| !matches!(change, Change::As(_)));
        let sent = changed.map(|change| self.deviation(change, &valid)).try_fold(valid.clone(), deviating)?;
        let sent = naming_client_once(sent);
        let reply = lab.send(&sent).await?;
        let pushed = lab.pushed(&client, &sent, &verifier, &reply);
        Ok(Came::Pushed(reply, pushed.map(Box::new)))
    }

    /// RFC 9126 §3: `claims` are those of the object.
    pub(super) async fn push_object(&self, step: &Step) -> Result<Came, Stop> {
        let lab = &self.lab;
        let object = self.object(step)?;
        let valid = lab.pushing_object(&object)?;
        let sent = beside(step).map(|change| self.deviation(change, &valid)).try_fold(valid.clone(), deviating)?;
        let reply = lab.send(&sent).await?;
        let pushed = lab.pushed_object(&object, &reply);
        Ok(Came::Pushed(reply, pushed.map(Box::new)))
    }

    /// RFC 9126 §4: what is changed stands beside the reference, or in its place.
    pub(super) async fn authorize_pushed(&self, step: &Step) -> Result<Came, Stop> {
        let lab = &self.lab;
        let pushed = self.pushed.as_ref().ok_or_else(|| before("authorize-pushed", "push"))?;
        let mut authorize = lab.by_reference(pushed)?;
        let carried = pushed.request().clone().with("request_uri", pushed.request_uri.as_str());
        for change in step.changes {
            authorize = match change {
                Change::As(name) => {
                    let client = self.client(name)?;
                    authorize.with("client_id", &client.id).by(&client)
                }
                change => authorize.deviating(self.deviation(change, &carried)?),
            };
        }
        self.authorized(authorize).await
    }

    /// RFC 9101 §5.1: `claims` are those of the object, the other changes stand beside it.
    pub(super) async fn authorize_object(&self, step: &Step) -> Result<Came, Stop> {
        let mut object = self.object(step)?;
        if step.changes.iter().any(|change| matches!(change, Change::Set("request", "@typed-as-access-token"))) {
            object.object = object.object.headed("typ", "at+jwt");
        }
        let mut authorize = self.lab.by_object(&object)?;
        let carried = object.request().clone().param("request", object.object.signed());
        for change in beside(step) {
            authorize = authorize.deviating(self.deviation(change, &carried)?);
        }
        self.authorized(authorize).await
    }

    async fn authorized(&self, authorize: Authorize) -> Result<Came, Stop> {
        Ok(Came::Authorized(Box::new(self.lab.authorize(authorize).await?)))
    }

    /// The valid object with the claims of the step.
    fn object(&self, step: &Step) -> Result<RequestObject, Stop> {
        step.changes.iter().try_fold(self.lab.request_object()?, |object, change| {
            Ok(match change {
                Change::Claim(name, value) => {
                    let value = self.claim(value, object.object.claim(name))?;
                    object.with(name, value)
                }
                Change::DropClaim(name) => object.without(name),
                _ => object,
            })
        })
    }
}

/// What is changed outside of the object.
fn beside(step: &Step) -> impl Iterator<Item = &'static Change> {
    let within = |change: &&Change| {
        matches!(change, Change::Claim(..) | Change::DropClaim(_) | Change::Set("request", "@typed-as-access-token"))
    };
    step.changes.iter().filter(move |change| !within(change))
}

fn deviating(exchange: Exchange, deviation: Result<Deviation, Stop>) -> Result<Exchange, Stop> {
    Ok(exchange.deviating(&deviation?))
}

/// Without a secret the `client_id` is sent in its place, where it stands already.
fn naming_client_once(sent: Exchange) -> Exchange {
    let bare = sent.credentials.as_ref().is_some_and(|who| who.method == AuthMethod::Basic && who.secret.is_none());
    let params = sent.params.into_iter().filter(|(name, _)| !bare || name != "client_id").collect();
    Exchange { params, ..sent }
}
