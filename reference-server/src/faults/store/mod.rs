//! A memory that does something else than it was asked to.

pub(super) mod access_tokens;
pub(super) mod assertions;
mod clients;
mod codes;
pub(super) mod devices;
pub(super) mod generations;
mod kinds;
pub(super) mod lives;
pub(super) mod meanwhile;
pub(super) mod open_pages;
pub(super) mod origins;
mod passwords;
pub(super) mod pushed;
mod refresh_tokens;

use std::sync::Arc;

use self::access_tokens::{LineageForgotten, Lives, OncePerClient, RevokesNothing, UserOfMachines};
use self::clients::{AnyCase, SharesRedirectUris, TrustsStrangers, trusted};
use self::codes::{CrashesOnUnknown, ForgetsUse, KeepsCodes, KeepsHybridCodes, OneCodeEver, ScopeHeard, ScopeTaken};
use self::kinds::{OneShelf, nothing_bound};
use self::passwords::MakesUpUsers;
use self::refresh_tokens::{KeepsOld, LastReplayOnly, NarrowingSticks, OneFamilyEver, ScopeLost, SparesReplayed};
use super::{BCP, Fault, OIDC, Seam, wire};
use crate::grants::token_exchange;
use crate::model::{GrantType, Path};
use crate::rules::Rule;
use crate::store::{Store, StoreError};

const HOUR: u64 = 60 * 60;

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        id: "keeps-codes",
        says: "A code is not used up: it redeems again and again.",
        clause: "rfc6749/4.1.2/code-single-use",
        precedent: Some("InsForge/insforge-mcp#102"),
        caught_by: &["code/redeemed-twice", "code/race"],
        seams: &[Seam::Store(|inner| Arc::new(KeepsCodes { inner }))],
        ..OIDC
    },
    Fault {
        id: "keeps-hybrid-codes",
        says: "A code that came beside a token is not used up.",
        clause: "rfc6749/4.1.2/code-single-use",
        caught_by: &["code/redeemed-twice", "code/race"],
        seams: &[Seam::Store(|inner| Arc::new(KeepsHybridCodes { inner }))],
        ..OIDC
    },
    Fault {
        id: "code-buys-any-scope",
        says: "A scope beside a code is taken for the one that the user allowed.",
        clause: "rfc6749/1.4/as-granted",
        precedent: Some("PostHog/posthog#49163"),
        caught_by: &["code/scope-not-widened"],
        seams: &[
            Seam::Wire(|inner| Arc::new(ScopeHeard { inner })),
            Seam::Store(|inner| Arc::new(ScopeTaken { inner })),
        ],
        ..OIDC
    },
    Fault {
        id: "replay-spares-tokens",
        says: "A second redemption is refused, but the tokens of the first one live on.",
        clause: "rfc6749/4.1.2/replay-revokes-tokens",
        precedent: Some("leodip/goiabada#66"),
        caught_by: &["code/replay-revokes-tokens"],
        seams: &[Seam::Store(|inner| Arc::new(SparesReplayed::codes(inner)))],
        ..OIDC
    },
    Fault {
        id: "late-replay-spares-tokens",
        says: "A code that comes back after its lifetime is refused for its age, and the tokens that it bought live on.",
        clause: "rfc6749/4.1.2/replay-revokes-tokens",
        caught_by: &["code/late-replay-revokes-tokens"],
        seams: &[Seam::Store(|inner| Arc::new(ForgetsUse { inner }))],
        ..OIDC
    },
    Fault {
        id: "tokens-live-a-day",
        says: "An access token lives for a day.",
        clause: "rfc6750/5.3/short-lived",
        caught_by: &["token/short-lived"],
        seams: &[Seam::Config(|config| config.lifetimes.access_token = 24 * HOUR)],
        ..OIDC
    },
    Fault {
        id: "code-lives-an-hour",
        says: "A code is good for an hour.",
        clause: "rfc6749/4.1.2/code-lifetime",
        precedent: Some("concretecms/concretecms#13091"),
        caught_by: &["code/lifetime"],
        seams: &[Seam::Config(|config| config.lifetimes.code = HOUR)],
        ..OIDC
    },
    Fault {
        id: "one-code-ever",
        says: "A user who comes back to a client gets a code that was never stored.",
        clause: "rfc6749/4.1.4/token-response",
        caught_by: &["code/redeemed"],
        seams: &[Seam::Store(|inner| Arc::new(OneCodeEver::new(inner)))],
        ..OIDC
    },
    Fault {
        id: "unknown-code-crashes",
        says: "A code that is not in the database is answered with 500.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["code/unknown", "code/altered", "code/refresh-token-as-code"],
        seams: &[Seam::Store(|inner| Arc::new(CrashesOnUnknown::code(inner)))],
        ..OIDC
    },
    Fault {
        id: "unknown-refresh-token-crashes",
        says: "A refresh token that is not in the database is answered with 500.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["refresh/unknown", "refresh/altered"],
        seams: &[Seam::Store(|inner| Arc::new(CrashesOnUnknown::refresh_token(inner)))],
        ..OIDC
    },
    Fault {
        id: "one-shelf-for-all-tokens",
        says: "Codes, access tokens and refresh tokens are kept together, and nobody looks of which kind one is.",
        clause: "rfc6749/4.1.3/code-verified",
        caught_by: &[
            "code/access-token-as-code",
            "code/refresh-token-as-code",
            "refresh/access-token-as-refresh",
            "refresh/code-as-refresh",
        ],
        seams: &[Seam::Store(|inner| Arc::new(OneShelf { inner })), Seam::Rules(nothing_bound)],
        ..OIDC
    },
    Fault {
        id: "old-refresh-token-works",
        says: "A refresh delivers a new refresh token, and the old one keeps working.",
        clause: "rfc9700/4.14.2/rotation-revokes",
        precedent: Some("DefGuard/defguard#3625"),
        caught_by: &["refresh/old-token-after-rotation"],
        seams: &[Seam::Store(|inner| Arc::new(KeepsOld { inner }))],
        ..BCP
    },
    Fault {
        id: "reuse-spares-family",
        says: "The reuse of a refresh token is refused, but its successor lives on.",
        clause: "rfc9700/4.14.2/reuse-kills-family",
        precedent: Some("django-oauth/django-oauth-toolkit#1007"),
        caught_by: &["refresh/reuse-kills-family"],
        seams: &[Seam::Store(|inner| Arc::new(SparesReplayed::refresh_tokens(inner)))],
        ..BCP
    },
    Fault {
        id: "only-the-last-replay-counts",
        says: "The reuse of the last refresh token kills its family; older ones count as unknown.",
        clause: "rfc9700/4.14.2/reuse-kills-family",
        caught_by: &["refresh/old-reuse-kills-family"],
        seams: &[Seam::Store(|inner| Arc::new(LastReplayOnly::new(inner)))],
        ..BCP
    },
    Fault {
        id: "one-refresh-token-ever",
        says: "A user who comes back to a client gets a refresh token that was never stored.",
        clause: "rfc6749/6/token-response",
        caught_by: &["refresh/token", "password/refreshed", "device/refreshed"],
        seams: &[Seam::Store(|inner| Arc::new(OneFamilyEver::new(inner)))],
        ..OIDC
    },
    Fault {
        id: "scope-lost-on-refresh",
        says: "A refresh that names no scope gets less than the user granted, and the client is not told.",
        clause: "rfc6749/5.1/scope-reported",
        precedent: Some("ory/fosite#696"),
        caught_by: &["refresh/scope-defaults-to-original"],
        seams: &[
            Seam::Store(|inner| Arc::new(ScopeLost { inner })),
            Seam::Wire(|inner| {
                wire::after(inner, &["/token"], |asked, reply| {
                    if asked.is_refresh() {
                        wire::responses::edit_json(reply, |body| drop(body.remove("scope")));
                    }
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "narrowing-sticks",
        says: "Once a refresh asked for less, the refresh token stands for less.",
        clause: "rfc6749/6/new-token-same-scope",
        precedent: Some("mozilla/fxa#2408"),
        caught_by: &["refresh/narrowing-keeps-original"],
        seams: &[Seam::Store(|inner| Arc::new(NarrowingSticks::new(inner)))],
        ..OIDC
    },
    Fault {
        id: "access-token-cannot-be-revoked",
        says: "The revocation of an access token is a success that changes nothing.",
        clause: "rfc7009/2.1/invalidated-at-once",
        precedent: Some("doorkeeper-gem/doorkeeper#1671"),
        caught_by: &["revocation/access-token-dies"],
        seams: &[Seam::Store(|inner| Arc::new(RevokesNothing { inner }))],
        ..OIDC
    },
    Fault {
        id: "revocation-spares-access-tokens",
        says: "A revoked refresh token leaves its access tokens alive.",
        clause: "rfc7009/2.1/access-tokens-of-the-grant",
        precedent: Some("doorkeeper-gem/doorkeeper#1947"),
        caught_by: &["revocation/refresh-kills-access"],
        seams: &[Seam::Store(|inner| Arc::new(LineageForgotten::new(inner)))],
        ..OIDC
    },
    Fault {
        id: "expiry-forgotten",
        says: "An access token is alive long after the expiry that the client was told.",
        clause: "rfc7662/4/expired-inactive",
        caught_by: &["introspection/expired-inactive"],
        seams: &[Seam::Store(|inner| Arc::new(Lives { inner }))],
        ..OIDC
    },
    Fault {
        id: "one-token-per-client",
        says: "While a client has a token of its own, the request for a second one fails.",
        clause: "rfc6749/4.4.3/token-response",
        caught_by: &["client-credentials/token"],
        seams: &[Seam::Store(|inner| Arc::new(OncePerClient::new(inner)))],
        ..OIDC
    },
    Fault {
        id: "users-are-made-up",
        says: "A user whom nobody knows is created on the spot, with the password that came along.",
        clause: "rfc6749/4.3.2/password-validated",
        caught_by: &["password/unknown-user"],
        seams: &[
            Seam::Store(|inner| Arc::new(MakesUpUsers { inner })),
            Seam::Gate(Rule::PasswordMatches, Some(Path::Password)),
        ],
        ..OIDC
    },
    Fault {
        id: "client-credentials-in-the-name-of-a-user",
        says: "A token that a client got for itself speaks for a user.",
        clause: "rfc6750/3.1/insufficient-scope",
        precedent: Some("cdelmonte-zg/nanoidp#239"),
        caught_by: &["userinfo/client-token-refused"],
        seams: &[Seam::Store(|inner| Arc::new(UserOfMachines { inner }))],
        ..OIDC
    },
    Fault {
        id: "unknown-clients-are-trusted",
        says: "A client that nobody registered gets a token, with any secret.",
        clause: "rfc6749/4.4.2/client-authenticated",
        caught_by: &["client-auth/unknown-client", "client-auth/challenge-unknown-client"],
        seams: &[Seam::Store(|inner| Arc::new(TrustsStrangers { inner })), Seam::Rules(trusted)],
        ..OIDC
    },
    Fault {
        id: "client-id-in-any-case",
        says: "A client is found whatever the case of its client_id.",
        clause: "rfc6749/1.9/case-sensitive",
        caught_by: &["client-auth/client-id-case"],
        seams: &[Seam::Store(|inner| Arc::new(AnyCase { inner }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-of-another-client",
        says: "A redirect_uri is accepted if any client registered it.",
        clause: "rfc6749/3.1.2.3/redirect-uri-compared",
        caught_by: &["redirect-uri/of-another-client"],
        seams: &[Seam::Store(|inner| Arc::new(SharesRedirectUris { inner }))],
        ..OIDC
    },
];

/// Does this client exchange tokens? It begins with a grant of its own, so that it comes back before it has done anything else.
async fn exchanges(store: &dyn Store, client_id: &str) -> Result<bool, StoreError> {
    let client = store.client(client_id).await?;
    Ok(client.is_some_and(|client| client.may_use(GrantType::Extension(token_exchange::NAME))))
}
