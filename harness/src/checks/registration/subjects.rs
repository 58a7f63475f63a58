//! By which names clients know their users: OpenID Connect Core §8.1.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::user_tokens;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::Lab;

pub const PAIRWISE: Check = Check {
    id: "registration/pairwise-subjects",
    title: "clients of two sites know one user by two names, and neither name tells who it is",
    why: "Two sites that know a user by one name can put together what each of them knows.",
    clauses: &["oidc-core/8.1/pairwise-distinct", "oidc-core/8.1/not-reversible"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(pairwise(lab))),
};

async fn pairwise(lab: &Lab) -> Answer {
    if !lab.target().metadata.list("subject_types_supported").contains(&"pairwise") {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata lists no pairwise subjects"));
    }
    let mut subjects = Vec::new();
    for redirect_uri in ["https://client.example/cb", "https://other.example/cb"] {
        let request = lab.registration()?.with("subject_type", "pairwise").with("redirect_uris", vec![redirect_uri]);
        let registered = lab.register(&request).await?;
        if registered.text("subject_type") != Some("pairwise") {
            return Err(Stop::not_applicable(
                Reason::Policy,
                "the server does not say that it registered the subject type",
            ));
        }
        let subject = user_tokens(lab, &registered).await?.subject();
        subjects.push(subject.ok_or_else(|| Stop::Inconclusive("no ID token came that can be read".to_owned()))?);
    }
    if subjects[0] == subjects[1] {
        let actual = format!("the sub {} for both", subjects[0]);
        return Err(Stop::finding(PAIRWISE.clauses[0], "another sub for a client of another site", actual));
    }
    let user = lab.resource_owner()?.name.to_lowercase();
    match subjects.iter().find(|subject| user.len() > 2 && tells(subject, &user)) {
        None => Ok(()),
        Some(subject) => {
            let expected = "a sub that tells nobody who the user is";
            Err(Stop::finding(PAIRWISE.clauses[1], expected, format!("the sub {subject}, in which {user} is written")))
        }
    }
}

/// Is the name written there, openly or in Base64?
fn tells(subject: &str, user: &str) -> bool {
    let plain = subject.trim_end_matches('=');
    let decoded = URL_SAFE_NO_PAD.decode(plain).or_else(|_| STANDARD_NO_PAD.decode(plain)).unwrap_or_default();
    [subject.to_lowercase(), String::from_utf8_lossy(&decoded).to_lowercase()].iter().any(|text| text.contains(user))
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_hides_nothing() {
        assert!(super::tells("user-Alice", "alice") && super::tells("c2l0ZTphbGljZQ==", "alice"));
        assert!(!super::tells("RdVfBoBBZ0WPFBYgkvkq", "alice"));
    }
}
