//! A request on which the server hangs up: its crash, or an accident on the way?

use super::Lab;
use super::http::TransportError;
use crate::check::Stop;
use crate::exchange::{Exchange, Reply, Wire};

/// The clause on what a request that cannot be served is answered with.
const ERROR_RESPONSE: &str = "rfc6749/5.2/error-response";

impl Lab {
    /// What came of a request. One at the token endpoint that ends without an answer, twice, while the server answers
    /// another one in between, is the server's fault: anything else without an answer may be that of the network.
    pub(super) async fn answered(&self, wire: &Wire, came: Result<Reply, TransportError>) -> Result<Reply, Stop> {
        let Err(TransportError::Broken(_)) = came else {
            return self.setting().heard(came);
        };
        let token_endpoint = self.target().metadata.token_endpoint.as_ref();
        if wire.method != "POST" || Some(&wire.url) != token_endpoint {
            return self.setting().heard(came);
        }
        let nonsense = Exchange::post(&wire.url).param("grant_type", "urn:grantspec:no-such-grant");
        let control = self.setting().http.send(&nonsense).await;
        let again = self.setting().http.send_wire(wire).await;
        self.transcript.record(wire, &again);
        match (control, again) {
            (Ok(_), Err(TransportError::Broken(_))) => Err(Stop::finding(
                ERROR_RESPONSE,
                "an answer",
                format!(
                    "{} {}: the connection ends without one, twice, and others are answered",
                    wire.method, wire.url
                ),
            )),
            _ => self.setting().heard(came),
        }
    }
}
