//! A login page that is a script: its requests are made in its place, as far as the person goes.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use url::Url;

use super::browser::{Landing, MOST_LOGINS, Scene};
use super::http::{Http, TransportError};
use super::transcript::Transcript;
use super::walk::{Step, Way, visit};
use super::{Browser, Person};
use crate::exchange::{Reply, Wire, with_query};
use crate::login::{Decision, Denial, Request, Requests, UserCode, Values, filled_url};

impl Person<'_> {
    /// Is the code of a device still to be typed?
    pub(super) fn is_to_type(&self, way: &Way) -> bool {
        matches!(self.user_code, Some(UserCode::Typed(_))) && !way.entered
    }
}

impl Browser {
    /// What the person does on the page of this script. Nobody who does not log in gets past it, and a question that the user
    /// leaves open stays so.
    pub(super) async fn played(
        &self,
        http: &Http,
        transcript: &Transcript,
        script: &Requests,
        asked: &Wire,
        scene: &Scene<'_>,
        way: &mut Way,
    ) -> Result<Step, TransportError> {
        way.sent_on = 0;
        let waits = |reply: &Reply, refused| Ok(Step::End(Landing::page(reply.clone(), true, refused)));
        let Some(user) = scene.person.user.filter(|_| way.logins < MOST_LOGINS) else {
            return waits(scene.reply, false);
        };
        let typed = match scene.person.user_code {
            Some(UserCode::Typed(code)) => Some(code),
            _ => None,
        };
        let request = as_url(asked)?;
        let values = Values { user, user_code: typed, request: &request, page: scene.here };
        way.logins += 1;
        if let Some(refused) = self.made(http, transcript, &script.enter, &values).await? {
            return waits(&refused, true);
        }
        self.entered.store(true, Ordering::Relaxed);

        let next = match (&script.device, typed) {
            (Some(device), Some(_)) if !way.entered => {
                way.entered = true;
                device
            }
            _ => {
                let said = match scene.person.decision {
                    Some(Decision::Allow) => &script.allow,
                    Some(Decision::Deny) if !script.deny.is_empty() => {
                        *self.denial.lock().unwrap_or_else(PoisonError::into_inner) = Some(Denial::Button);
                        &script.deny
                    }
                    Some(Decision::Deny) | None => return waits(scene.reply, false),
                };
                way.decided = true;
                if let Some(refused) = self.made(http, transcript, said, &values).await? {
                    return waits(&refused, false);
                }
                &script.next
            }
        };
        let next = filled_url(next, &values).unwrap_or_default();
        match Url::parse(&next) {
            Ok(url) if !scene.bounds.are_left(&next, scene.here) => Ok(Step::On(visit(&url))),
            Ok(_) => Ok(Step::End(Landing::client(&next, scene.reply, false))),
            Err(error) => Err(TransportError::Broken(format!("the login page leads to {next:?}: {error}"))),
        }
    }

    /// Makes the requests in their order; the first that is not met with success, if any.
    async fn made(
        &self,
        http: &Http,
        transcript: &Transcript,
        requests: &[Request],
        values: &Values<'_>,
    ) -> Result<Option<Reply>, TransportError> {
        for request in requests {
            let wire = request.wire(values).ok_or_else(|| {
                TransportError::Broken(format!("{} lacks what the requests of the login are filled with", values.page))
            })?;
            let reply = self.send(http, transcript, &wire).await?;
            if !reply.is_success() {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }
}

/// What was asked for, as a URL: the parameters of a POST stand in its query.
fn as_url(asked: &Wire) -> Result<Url, TransportError> {
    let fields = asked.body.as_deref().unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(fields.as_bytes()).into_owned().collect();
    let url = if fields.is_empty() { asked.url.clone() } else { with_query(&asked.url, &fields) };
    Url::parse(&url).map_err(|error| TransportError::Broken(format!("{url}: {error}")))
}
