//! A request for a new login is heard however it comes: pushed (RFC 9126 §2.1), or in an object (RFC 9101 §6.3).

use super::session::grants_nothing;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab};

pub const PUSHED: Check = Check {
    id: "pushed/login-renewed",
    title: "who asks for a new login in a pushed request is not answered from an old session",
    why: "A parameter that is lost where requests are stored is missed by nobody, until the wrong person sits at an open browser.",
    clauses: &["rfc9126/2/parameters-accepted"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::PushedRequests],
    ask: Ask::Code(|lab| Box::pin(pushed(lab))),
};

pub const IN_OBJECT: Check = Check {
    id: "request-object/login-renewed",
    title: "who asks for a new login in a request object is not answered from an old session",
    why: "A parameter that is lost on the way out of the object is missed by nobody, until the wrong person sits at an open browser.",
    clauses: &["rfc9101/6.3/validated"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(in_object(lab))),
};

/// By whose word nobody who is logged in already will do.
const RENEWING: [(&str, &str); 2] = [("prompt", "login"), ("max_age", "0")];

const EXPECTED: &str = "the login page, or an error";

/// The same request without such a parameter is answered from the session: the control.
async fn is_silent(lab: &Lab, request: Authorize) -> Answer {
    match lab.authorize(request.without_login()).await?.code() {
        Ok(_) => Ok(()),
        Err(_) => Err(Stop::not_applicable(Reason::Policy, "the server asks for a login each time")),
    }
}

async fn pushed(lab: &Lab) -> Answer {
    let (first, second) = (lab.is_pushed().await?, lab.is_pushed().await?);
    lab.authorize(lab.by_reference(&first)?).await?.code()?;
    is_silent(lab, lab.by_reference(&second)?).await?;
    let mut asked = false;
    for (name, value) in RENEWING {
        let (reply, pushed) = lab.push(&[(name, value)]).await?;
        reply.judgeable()?;
        let Some(pushed) = pushed else { continue };
        let authorized = lab.authorize(lab.by_reference(&pushed)?.without_login()).await?;
        grants_nothing(&authorized, PUSHED.clauses[0], EXPECTED)
            .map_err(|stop| stop.in_case(format!("{name}={value}")))?;
        asked = true;
    }
    if asked { Ok(()) } else { Err(Stop::Inconclusive("no pushed request for a new login was accepted".to_owned())) }
}

async fn in_object(lab: &Lab) -> Answer {
    let object = lab.request_object()?;
    lab.authorize(lab.by_object(&object)?).await?.code()?;
    is_silent(lab, lab.by_object(&lab.request_object()?)?).await?;
    for (name, value) in RENEWING {
        let object = lab.request_object()?;
        let object = match value.parse::<u64>() {
            Ok(number) => object.with(name, number),
            Err(_) => object.with(name, value),
        };
        let authorized = lab.authorize(lab.by_object(&object)?.without_login()).await?;
        grants_nothing(&authorized, IN_OBJECT.clauses[0], EXPECTED)
            .map_err(|stop| stop.in_case(format!("{name}={value}")))?;
    }
    Ok(())
}
