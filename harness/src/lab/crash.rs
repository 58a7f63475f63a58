//! A request on which the server hangs up: its crash, or an accident on the way?

use super::Lab;
use super::http::TransportError;
use crate::check::Stop;
use crate::exchange::{Exchange, Reply, Wire};

impl Lab {
    /// What came of a request. One that ends without an answer, twice, while the server answers another one in between, is
    /// the server's fault: anything else without an answer may be that of the network.
    pub(super) async fn answered(&self, wire: &Wire, came: Result<Reply, TransportError>) -> Result<Reply, Stop> {
        let broken = matches!(came, Err(TransportError::Broken(_)));
        let Some((clause, what)) = self.must_answer(wire).filter(|_| broken) else {
            return self.setting().heard(came);
        };
        let nonsense = Exchange::post(&wire.url).param("grant_type", "urn:grantspec:no-such-grant");
        let control = self.setting().http.send(&nonsense).await;
        let again = self.setting().http.send_wire(wire).await;
        self.transcript.record(wire, &again);
        match (control, again) {
            (Ok(_), Err(TransportError::Broken(_))) => Err(Stop::finding(
                clause,
                "an answer",
                format!("{what}: the connection ends without one, twice, and another request is answered in between"),
            )),
            _ => self.setting().heard(came),
        }
    }

    /// The clause by which a bad request to this address is answered all the same, and a name of the address.
    fn must_answer(&self, wire: &Wire) -> Option<(&'static str, &'static str)> {
        let metadata = &self.target().metadata;
        [
            (&metadata.token_endpoint, "rfc6749/5.2/error-response", "the token endpoint"),
            (&metadata.introspection_endpoint, "rfc7662/2.3/inactive-is-no-error", "introspection"),
            (&metadata.revocation_endpoint, "rfc7009/2.2/unknown-token-ok", "revocation"),
            (&metadata.userinfo_endpoint, "oidc-core/5.3.3/error-response", "userinfo"),
        ]
        .into_iter()
        .find(|(url, ..)| url.as_ref() == Some(&wire.url))
        .map(|(_, clause, what)| (clause, what))
    }
}
