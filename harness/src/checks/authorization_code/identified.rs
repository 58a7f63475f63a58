//! Whom the answer to an authorization request speaks of: OpenID Connect Core §2, §3.1.3.3, §3.2.2.5, §3.3.2.5.

use crate::check::Stop;
use crate::exchange::Jwt;
use crate::lab::{Authorize, Authorized, Lab};

/// An ID token, as it came and as it reads.
pub(super) struct Identified {
    pub(super) id_token: String,
    pub(super) claims: Jwt,
}

impl Identified {
    pub(super) fn subject(&self) -> &str {
        self.claims.text("sub").unwrap_or_default()
    }
}

/// The first ID token of a valid request: the control.
pub(super) async fn identified(lab: &Lab) -> Result<Identified, Stop> {
    let authorized = lab.authorize(Authorize::valid()).await?;
    authorized.granted()?;
    let first = id_tokens(lab, &authorized).await?.into_iter().next();
    first.ok_or_else(|| Stop::Inconclusive("no ID token came that can be read".to_owned()))
}

/// The ID tokens that came of a request: through the browser, and for its code. None where it was refused.
pub(super) async fn id_tokens(lab: &Lab, authorized: &Authorized) -> Result<Vec<Identified>, Stop> {
    let mut came: Vec<String> = authorized.landing.param("id_token").map(str::to_owned).into_iter().collect();
    if let Ok(code) = authorized.code() {
        came.extend(lab.redeem(&code).await?.is_token()?.id_token);
    }
    let read = |id_token: String| Jwt::read(&id_token).map(|claims| Identified { id_token, claims });
    Ok(came.into_iter().filter_map(read).filter(|one| !one.subject().is_empty()).collect())
}
