//! Clients of one authentication method that were forgotten. The others are refused as they should be.

use std::sync::Arc;

use super::super::{Fault, OIDC, Seam};
use crate::model::{AuthMethod, Client, Code, Path, RefreshToken};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::transport::credentials::Presented;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "secret-in-the-body-not-compared",
        says: "Introspection and revocation do not compare the secrets of clients that send them in the body.",
        clause: "rfc7009/2.1/client-verified",
        caught_by: &["introspection/wrong-secret", "revocation/wrong-secret"],
        seams: &[Seam::Rules(|inner| Arc::new(HeaderOnly { inner }))],
        ..OIDC
    },
    Fault {
        id: "secret-in-the-body-left-out",
        says: "A client that is registered to send its secret in the body may leave it out.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/secret-missing", "introspection/client-id-only"],
        seams: &[Seam::Rules(|inner| Arc::new(NameIsEnough { inner }))],
        ..OIDC
    },
    Fault {
        id: "secret-in-the-body-binds-nothing",
        says: "A client that sends its secret in the body may use the codes and refresh tokens of all others.",
        clause: "rfc6749/4.1.3/code-bound-to-client",
        caught_by: &["code/other-client", "refresh/other-client"],
        seams: &[Seam::Rules(|inner| Arc::new(BindsNothing { inner }))],
        ..OIDC
    },
];

struct HeaderOnly {
    inner: Arc<dyn Rules>,
}

impl RulesOver for HeaderOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        let elsewhere = matches!(path, Path::Introspection | Path::Revocation);
        if elsewhere && client.auth_method == AuthMethod::ClientSecretPost {
            return Ok(());
        }
        self.inner.client_secret_matches(path, client, presented)
    }
}

struct NameIsEnough {
    inner: Arc<dyn Rules>,
}

fn names_itself(client: &Client, presented: &Presented<'_>) -> bool {
    client.auth_method == AuthMethod::ClientSecretPost && presented.secret().is_none()
}

impl RulesOver for NameIsEnough {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn confidential_client_authenticates(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        if names_itself(client, presented) {
            return Ok(());
        }
        self.inner.confidential_client_authenticates(path, client, presented)
    }

    fn client_uses_its_method(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        if names_itself(client, presented) {
            return Ok(());
        }
        self.inner.client_uses_its_method(path, client, presented)
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        if names_itself(client, presented) {
            return Ok(());
        }
        self.inner.client_secret_matches(path, client, presented)
    }
}

struct BindsNothing {
    inner: Arc<dyn Rules>,
}

impl RulesOver for BindsNothing {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn code_belongs_to(&self, path: Path, code: &Code, client: &Client) -> Ruling {
        if client.auth_method == AuthMethod::ClientSecretPost {
            return Ok(());
        }
        self.inner.code_belongs_to(path, code, client)
    }

    fn refresh_token_belongs_to(&self, path: Path, token: &RefreshToken, client: &Client) -> Ruling {
        if client.auth_method == AuthMethod::ClientSecretPost {
            return Ok(());
        }
        self.inner.refresh_token_belongs_to(path, token, client)
    }
}
