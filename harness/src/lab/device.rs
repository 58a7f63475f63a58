//! The device authorization grant as verbs: a device asks, its user decides in a browser, the device polls. RFC 8628 §3.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::walk::visit;
use super::{Browser, Lab, Landing, Person};
use crate::cell::{AuthMethod, Grant};
use crate::check::{Answer, Reason, Stop};
use crate::exchange::{Exchange, Reply};
use crate::login::{Decision, UserCode};
use crate::target::User;

/// RFC 8628 §3.2: how many seconds lie between two polls where the server names none.
const INTERVAL: u64 = 5;

/// RFC 8628 §3.5: by how many seconds the interval grows with each `slow_down`.
const SLOWER: u64 = 5;

/// Longer waits are not for a run, in seconds.
const LONGEST: u64 = 10;

/// What a device was given: RFC 8628 §3.2.
#[derive(Clone, Debug)]
pub struct Device {
    /// `device_code`
    pub device_code: String,
    /// `user_code`
    pub user_code: String,
    /// `verification_uri`
    pub verification_uri: String,
    /// `verification_uri_complete`
    pub verification_uri_complete: Option<String>,
    /// `expires_in`, in seconds.
    pub expires_in: Option<u64>,
    /// How many seconds lie between two polls: `interval`, and what each `slow_down` added to it.
    pub interval: u64,
}

/// What the user of a device does: types the code and says yes, unless something is changed.
#[derive(Clone, Debug)]
pub struct Connect {
    user: Option<User>,
    decision: Option<Decision>,
    typed: Option<String>,
    by_link: bool,
}

impl Connect {
    /// The user logs in, types the code and allows what the device asks for.
    pub const fn allowing() -> Self {
        Self { user: None, decision: Some(Decision::Allow), typed: None, by_link: false }
    }

    /// The user says no in the end.
    pub fn denying() -> Self {
        Self { decision: Some(Decision::Deny), ..Self::allowing() }
    }

    /// The user leaves the question as it is.
    pub fn undecided() -> Self {
        Self { decision: None, ..Self::allowing() }
    }

    /// By `verification_uri_complete`, so that nothing is typed: RFC 8628 §3.3.1.
    pub fn by_link(self) -> Self {
        Self { by_link: true, ..self }
    }

    /// With this in place of the user code.
    pub fn typing(self, code: impl Into<String>) -> Self {
        Self { typed: Some(code.into()), ..self }
    }

    /// As another user than the first.
    pub fn user(self, user: &User) -> Self {
        Self { user: Some(user.clone()), ..self }
    }
}

impl Device {
    /// The codes in this answer, if it has them.
    pub fn read(reply: &Reply) -> Option<Self> {
        let json = reply.json().filter(|_| reply.is_success())?;
        let text =
            |name: &str| json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self {
            device_code: text("device_code")?,
            user_code: text("user_code")?,
            verification_uri: text("verification_uri")?,
            verification_uri_complete: text("verification_uri_complete"),
            expires_in: json.get("expires_in").and_then(Value::as_u64),
            interval: json.get("interval").and_then(Value::as_u64).unwrap_or(INTERVAL),
        })
    }

    /// RFC 8628 §3.5: is it to go on polling, by this answer? `slow_down` is a variant of `authorization_pending`.
    pub fn goes_on(&mut self, reply: &Reply) -> bool {
        match reply.text("error").as_deref() {
            Some("authorization_pending") => true,
            Some("slow_down") => {
                self.interval = self.interval.saturating_add(SLOWER);
                true
            }
            _ => false,
        }
    }
}

impl Lab {
    /// The valid device authorization request: RFC 8628 §3.1.
    pub fn device_authorization(&self) -> Result<Exchange, Stop> {
        let url = self.target().metadata.device_authorization_endpoint.as_ref();
        let url = self.endpoint("device_authorization_endpoint", url)?;
        let named_twice = self.setting.devices_name_themselves.load(Ordering::Relaxed);
        let scope = self.client().within(self.target().authorization_scope());
        let request = Exchange::post(url).maybe("scope", scope).by(self.client());
        Ok(Exchange { named_twice, ..request })
    }

    /// The codes of a device in the plainest form that the server understands: RFC 8628 §3.1 lets a client that authenticates go unnamed in the
    /// body. If a server wants the name all the same, all devices of the run say it.
    pub async fn device_naming_itself(&self) -> Result<(Option<Device>, Reply), Stop> {
        let request = self.device_authorization()?;
        let reply = self.send(&request).await?;
        if Device::read(&reply).is_some() || self.client().auth != AuthMethod::Basic {
            return Ok((Device::read(&reply), reply));
        }
        let named = self.send(&Exchange { named_twice: true, ..request }).await?;
        match Device::read(&named) {
            Some(device) => {
                self.setting.devices_name_themselves.store(true, Ordering::Relaxed);
                Ok((Some(device), named))
            }
            None => Ok((None, reply)),
        }
    }

    /// The codes of a device; a control.
    pub async fn device(&self) -> Result<Device, Stop> {
        let reply = self.send(&self.device_authorization()?).await?;
        Device::read(&reply).ok_or_else(|| reply.not_the_control("a device authorization response"))
    }

    /// The token request of a device: RFC 8628 §3.4.
    pub fn polling(&self, device: &Device) -> Result<Exchange, Stop> {
        Ok(self.token_request(Grant::DeviceCode.name())?.param("device_code", &device.device_code))
    }

    /// The device asks for its token.
    pub async fn poll(&self, device: &Device) -> Result<Reply, Stop> {
        self.send(&self.polling(device)?).await
    }

    /// A device whose user has said yes.
    pub async fn connected(&self) -> Result<Device, Stop> {
        let device = self.device().await?;
        self.connect(&device, Connect::allowing()).await?;
        Ok(device)
    }

    /// A device gets a token once its user has said yes; a control.
    pub async fn device_works(&self) -> Answer {
        self.poll_patiently(self.connected().await?).await?.is_token().map(drop)
    }

    /// A device whose user has said yes asks for its token, and once more if it is told to wait: a server may count the interval from
    /// when it gave the codes, and users are slower than we are. If that helps, all devices of the run wait.
    pub async fn poll_patiently(&self, device: Device) -> Result<Reply, Stop> {
        let mut device = device;
        let first = self.poll(&device).await?;
        if !device.goes_on(&first) || device.interval > LONGEST {
            return Ok(first);
        }
        tokio::time::sleep(Duration::from_secs(device.interval)).await;
        let second = self.poll(&device).await?;
        if second.tokens().is_some() {
            self.setting.devices_wait.store(true, Ordering::Relaxed);
        }
        Ok(second)
    }

    /// The user of a device does their part in the lab's browser: RFC 8628 §3.3. Only the device learns what came of it.
    pub async fn connect(&self, device: &Device, connect: Connect) -> Result<Landing, Stop> {
        self.connect_in(&self.browser, device, connect).await
    }

    /// The same in this browser. Where a device has to wait before it polls, whatever its user said, it waits.
    pub async fn connect_in(&self, browser: &Browser, device: &Device, connect: Connect) -> Result<Landing, Stop> {
        let landing = self.decide(browser, device, connect).await?;
        if self.setting.devices_wait.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_secs(device.interval.min(LONGEST))).await;
        }
        Ok(landing)
    }

    async fn decide(&self, browser: &Browser, device: &Device, connect: Connect) -> Result<Landing, Stop> {
        let user = match &connect.user {
            Some(user) => user,
            None => self.resource_owner()?,
        };
        let complete = device.verification_uri_complete.as_ref().filter(|_| connect.by_link);
        let (uri, code) = match (complete, &connect.typed) {
            (Some(uri), _) => (uri, UserCode::Carried(&device.user_code)),
            (None, _) if connect.by_link => return Err(no_link()),
            (None, typed) => (&device.verification_uri, UserCode::Typed(typed.as_deref().unwrap_or(&device.user_code))),
        };
        let url = Url::parse(uri).map_err(|error| {
            Stop::Inconclusive(format!("the user of the device is sent to {uri:?}, which is no URL: {error}"))
        })?;
        // RFC 8628 §3.2: the page is the server's own, wherever it is.
        let mut home = self.setting.home.clone();
        home.push(url.origin().ascii_serialization());
        let script = self.target().login_requests.as_ref();
        let person =
            Person { user: Some(user), decision: connect.decision, user_code: Some(code), script, ..Person::default() };
        let landing = browser.follow(&self.setting.http, &self.transcript, visit(&url), &home, None, &person).await;
        let landing = self.setting.heard(landing)?;
        // Whoever guesses codes may well be throttled.
        if connect.typed.is_none() {
            landing.judgeable()?;
        }
        if let Landing::Page { login_refused: true, .. } = landing {
            return Err(Stop::Inconclusive(format!("the login failed: {}", landing.summary())));
        }
        Ok(landing)
    }

    /// RFC 8628 §3.5: so much time passes as a device has to wait between two polls, on the clock of the server where that
    /// can be advanced, else in truth. A check that waits names [`Need::Interval`](crate::check::Need).
    pub async fn wait_between_polls(&self, device: &Device) -> Answer {
        if self.target().abilities.advance_time.is_some() {
            return self.advance(device.interval).await;
        }
        if device.interval > LONGEST {
            return Err(Stop::not_applicable(
                Reason::NoAbility,
                format!("a device has to wait {} seconds between two polls here", device.interval),
            ));
        }
        tokio::time::sleep(Duration::from_secs(device.interval)).await;
        Ok(())
    }
}

fn no_link() -> Stop {
    Stop::not_applicable(Reason::Policy, "the server gives no verification_uri_complete")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { asked: "POST /device".to_owned(), status, headers: HeaderMap::new(), body: body.to_owned() }
    }

    #[test]
    fn a_device_without_an_interval_waits_for_five_seconds() {
        let codes = r#"{"device_code":"d","user_code":"u","verification_uri":"https://as.example/device"}"#;
        let device = Device::read(&reply(200, codes)).unwrap();
        assert_eq!((device.interval, device.expires_in, device.verification_uri_complete), (5, None, None));
    }

    #[test]
    fn what_lacks_a_code_or_is_no_success_is_no_device() {
        assert!(Device::read(&reply(200, r#"{"device_code":"d","verification_uri":"https://as.example"}"#)).is_none());
        let codes = r#"{"device_code":"d","user_code":"u","verification_uri":"https://as.example/device"}"#;
        assert!(Device::read(&reply(400, codes)).is_none());
    }
}
