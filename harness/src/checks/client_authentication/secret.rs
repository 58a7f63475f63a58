//! Secrets that are almost right, and secrets that come another way: RFC 6749 §2.3.1, §3.2.1.

use crate::cell::{AuthMethod, Cells};
use crate::check::{Answer, Ask, Check, clause_in};
use crate::lab::{Lab, random};

pub const NEAR_MISSES: Check = Check {
    id: "client-auth/secret-near-misses",
    title: "a client secret that is almost the right one is refused, and so is a wrong one that comes by another method",
    why: "A comparison of a part of the secret, or after clean-up, makes it easier to guess; one method that nobody checks makes it void.",
    clauses: &[
        "rfc6749/4.1.3/client-authenticated",
        "rfc6749/4.3.2/client-authenticated",
        "rfc6749/4.4.2/client-authenticated",
        "rfc6749/6/client-authenticated",
        "rfc8628/3.4/client-authenticated",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::EVERY_METHOD,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(near_misses(lab))),
};

async fn near_misses(lab: &Lab) -> Answer {
    let clause = clause_in(lab.cell(), NEAR_MISSES.clauses);
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;

    let client = lab.client();
    for (says, near) in almost(&client.id, client.secret.as_deref().unwrap_or_default()) {
        let request = lab.grant_request().await?.with("client_secret", near);
        lab.send(&request).await?.refused(clause).map_err(|stop| stop.in_case(format!("with {says}")))?;
    }

    let mut request = lab.grant_request().await?.with("client_secret", random());
    if let Some(credentials) = &mut request.credentials {
        credentials.method = match credentials.method {
            AuthMethod::Basic => AuthMethod::Post,
            AuthMethod::Post | AuthMethod::SecretJwt | AuthMethod::KeyJwt | AuthMethod::None => AuthMethod::Basic,
        };
    }
    lab.send(&request)
        .await?
        .refused(clause)
        .map(drop)
        .map_err(|stop| stop.in_case("with a wrong secret by another method"))
}

/// The mistakes of real comparisons, each as a secret that it lets through.
fn almost(id: &str, secret: &str) -> Vec<(&'static str, String)> {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let mut shorter = secret.to_owned();
    shorter.pop();
    let mut near = vec![
        ("the secret without its last character", shorter),
        ("the secret and one more character", format!("{secret}x")),
        ("the secret after a space", format!(" {secret}")),
        ("the secret before a space", format!("{secret} ")),
        ("the secret in the other case", secret.chars().map(swap).collect()),
        ("the client_id in its place", id.to_owned()),
    ];
    near.retain(|(_, near)| near != secret && !near.is_empty());
    near
}

#[cfg(test)]
mod tests {
    use super::almost;

    #[test]
    fn no_near_miss_is_the_secret_itself() {
        let near: Vec<String> = almost("me", "aB-1").into_iter().map(|(_, near)| near).collect();
        assert_eq!(near, ["aB-", "aB-1x", " aB-1", "aB-1 ", "Ab-1", "me"]);
        assert_eq!(almost("1", "1").len(), 3);
    }
}
