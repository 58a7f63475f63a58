//! Which grant a request is for, if it holds the parameters of several: RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6.

use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Tokens;
use crate::lab::{Authorize, Device, Lab, random};

pub const DECIDES: Check = Check {
    id: "token/grant-type-decides",
    title: "what grant_type names is what is judged, whatever else is sent along",
    why: "A server that goes by the parameters it finds checks one grant and serves another: limits on a grant type can be walked around.",
    clauses: &[
        "rfc6749/4.1.3/code-verified",
        "rfc6749/4.3.2/password-validated",
        "rfc6749/4.4.2/required-parameters",
        "rfc6749/6/token-validated",
        "rfc8628/3.5/only-if-approved",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::EVERY_OWN_GRANT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(decides(lab))),
};

async fn decides(lab: &Lab) -> Answer {
    match lab.cell().grant {
        Some(Grant::AuthorizationCode | Grant::Hybrid | Grant::Implicit) => code(lab).await,
        Some(Grant::Password) => password(lab).await,
        Some(Grant::RefreshToken) => refresh(lab).await,
        Some(Grant::DeviceCode) => device(lab).await,
        Some(Grant::ClientCredentials | Grant::JwtBearer | Grant::TokenExchange) | None => {
            client_credentials(lab).await
        }
    }
}

/// A code that does not exist, and a refresh token that does.
async fn code(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let refresh_token = tokens.refresh_token.ok_or_else(no_refresh_token)?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    let request = lab.redemption(&code)?.with("code", random()).param("refresh_token", refresh_token);
    lab.send(&request).await?.refused("rfc6749/4.1.3/code-verified").map(drop)
}

/// A refresh token that does not exist, and a code that does.
async fn refresh(lab: &Lab) -> Answer {
    let (_, control) = lab.refreshable().await?;
    lab.refresh(&control).await?.is_token()?;
    let code = lab.authorize(Authorize::valid()).await?.code()?;
    let request = lab
        .refreshing(&random())?
        .param("code", &code.value)
        .maybe("redirect_uri", code.redirect_uri.as_ref())
        .param("code_verifier", &code.verifier);
    lab.send(&request).await?.refused("rfc6749/6/token-validated").map(drop)
}

/// A user who does not exist, and a refresh token that does.
async fn password(lab: &Lab) -> Answer {
    let (_, refresh_token) = lab.refreshable().await?;
    let request = lab.password_request(lab.resource_owner()?)?;
    let request = request.with("username", random()).param("refresh_token", refresh_token);
    lab.send(&request).await?.refused("rfc6749/4.3.2/password-validated").map(drop)
}

/// A device code that does not exist, and a refresh token that does.
async fn device(lab: &Lab) -> Answer {
    let (_, refresh_token) = lab.refreshable().await?;
    let device = Device { device_code: random(), ..lab.device().await? };
    let request = lab.polling(&device)?.param("refresh_token", refresh_token);
    lab.send(&request).await?.refused("rfc8628/3.5/only-if-approved").map(drop)
}

fn no_refresh_token() -> Stop {
    Stop::not_applicable(Reason::NoClient, "the client gets no refresh token that could be sent along")
}

/// A client asks for itself, and sends along the refresh token of a user. To refuse the mixture is no harm.
async fn client_credentials(lab: &Lab) -> Answer {
    let plain = lab.client_credentials().await?.is_token()?;
    if !lab.client().may(Grant::RefreshToken) {
        return Err(no_refresh_token());
    }
    let (_, of_user) = lab.refreshable().await?;
    let request = lab.client_credentials_request()?.param("refresh_token", of_user);
    let reply = lab.send(&request).await?;
    let Some(mixed) = reply.tokens() else {
        return reply.judgeable();
    };
    let of_person = |tokens: &Tokens| tokens.id_token.is_some() || tokens.refresh_token.is_some();
    let stands_for_another = lab.stands_for(&mixed).await? != lab.stands_for(&plain).await?;
    if (of_person(&mixed) && !of_person(&plain)) || stands_for_another {
        return Err(Stop::finding(
            "rfc6749/4.4.2/required-parameters",
            "a token for the client itself, as without the refresh_token, or a refusal",
            reply.actual(),
        ));
    }
    Ok(())
}
