//! What is asked of the server, and which signatures each answer holds.

use std::sync::Arc;

use grantspec_reference::model::{Authentication, Challenge, Client, Code, Grant, Path, Scope};
use grantspec_reference::store::BoxFuture;
use grantspec_reference::tokens::mint::new_lineage;
use grantspec_reference::tokens::secret::{Digest, random_string};

use super::load::{CONNECTIONS, Connection, Script, member, post};
use super::parts::Signature::{self, Es256, Rs256};
use super::stage::{Stage, secret};

/// How many codes are put on the shelf for one measurement: more than are redeemed in a second.
const CODES: usize = 30_000;

/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// One kind of request.
pub struct Case {
    /// What it is.
    pub what: &'static str,
    /// The signatures of one answer.
    pub signs: &'static [Signature],
    /// What each connection asks.
    pub scripts: for<'a> fn(&'a Stage) -> BoxFuture<'a, Vec<Script>>,
}

/// In the order of the table.
#[rustfmt::skip]
pub const CASES: &[Case] = &[
    Case { what: "client credentials, opaque",             signs: &[],             scripts: |stage| Box::pin(client_credentials(stage, "opaque")) },
    Case { what: "client credentials, ES256",              signs: &[Es256],        scripts: |stage| Box::pin(client_credentials(stage, "es256")) },
    Case { what: "client credentials, RS256",              signs: &[Rs256],        scripts: |stage| Box::pin(client_credentials(stage, "rs256")) },
    Case { what: "code redemption, ES256",                 signs: &[Es256],        scripts: |stage| Box::pin(codes(stage, "api:read")) },
    Case { what: "code redemption, ES256 and an ID token", signs: &[Es256, Rs256], scripts: |stage| Box::pin(codes(stage, "openid api:read")) },
    Case { what: "refresh, ES256",                         signs: &[Es256],        scripts: |stage| Box::pin(refresh(stage, "api:read")) },
    Case { what: "refresh, ES256 and an ID token",         signs: &[Es256, Rs256], scripts: |stage| Box::pin(refresh(stage, "openid api:read")) },
    Case { what: "introspection",                          signs: &[],             scripts: |stage| Box::pin(introspection(stage)) },
];

/// The body of a request of this client.
fn form(client_id: &str, rest: &str) -> String {
    format!("client_id={client_id}&client_secret={}&{rest}", secret(client_id))
}

/// A client acts for itself.
pub async fn client_credentials(_: &Stage, client_id: &str) -> Vec<Script> {
    let request = post("/token", &form(client_id, "grant_type=client_credentials"));
    (0..CONNECTIONS).map(|_| Script::Same(request.clone())).collect()
}

/// Codes as the authorization endpoint issues them, each with the request that redeems it.
async fn codes(stage: &Stage, scope: &str) -> Vec<Script> {
    let client = client(stage).await;
    let mut scripts = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut requests = Vec::new();
        for _ in 0..CODES / CONNECTIONS {
            let value = random_string();
            let code = Code {
                digest: Digest::of(&value),
                path: Path::AuthorizationCode,
                grant: granted(stage, &client, scope),
                redirect_uri: None,
                challenge: Some(Challenge::new(CHALLENGE, Some("S256"))),
                expires_at: stage.server.clock.now() + 60,
                remembered_until: stage.server.clock.now() + 60,
                spent: false,
            };
            stage.server.store.put_code(code).await.expect("the store is in memory");
            let rest = format!("grant_type=authorization_code&code={value}&code_verifier={VERIFIER}");
            requests.push(post("/token", &form("es256", &rest)));
        }
        scripts.push(Script::Each(requests));
    }
    scripts
}

/// Families of refresh tokens, one for each connection: each answer holds the token of the next request.
pub async fn refresh(stage: &Stage, scope: &str) -> Vec<Script> {
    let client = client(stage).await;
    let mut scripts = Vec::new();
    for _ in 0..CONNECTIONS {
        let (value, record) = stage.server.new_refresh_token(&client, &granted(stage, &client, scope), None);
        stage.server.store.put_refresh_token(record).await.expect("the store is in memory");
        scripts.push(Script::Chain(exchange(&value), |body| exchange(&member(body, "refresh_token"))));
    }
    scripts
}

fn exchange(refresh_token: &str) -> Vec<u8> {
    post("/token", &form("es256", &format!("grant_type=refresh_token&refresh_token={refresh_token}")))
}

/// A living access token for each connection, asked about again and again.
async fn introspection(stage: &Stage) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut connection = Connection::open(stage.address).await;
    for _ in 0..CONNECTIONS {
        let issued = connection.ask(&post("/token", &form("es256", "grant_type=client_credentials"))).await;
        let rest = format!("token={}", member(issued, "access_token"));
        scripts.push(Script::Same(post("/introspect", &form("es256", &rest))));
    }
    scripts
}

async fn client(stage: &Stage) -> Client {
    let found = stage.server.store.client("es256").await.expect("the store is in memory");
    (*found.expect("the client is configured")).clone()
}

/// What alice grants.
fn granted(stage: &Stage, client: &Client, scope: &str) -> Arc<Grant> {
    let alice = Authentication { sub: "user-alice".to_owned(), auth_time: stage.server.clock.now() };
    let grant = Grant::by_user(new_lineage(), client, alice, Scope::parse(scope));
    Arc::new(Grant { id_token: true, ..grant })
}
