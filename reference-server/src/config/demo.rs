//! The demonstration: two users, and a client for each way to use the seven grants.

use serde_json::{Value, json};

use super::{
    AccessTokenFormat, AssertionIssuerConfig, ClientConfig, Config, Fetching, Guessing, Lifetimes, Registration,
    RegistrationAccess, SpeaksFor, UserConfig, demo_keys, every_response_type, every_signing_alg, five_seconds,
};
use crate::grants::{device_code, example, jwt_bearer, token_exchange};
use crate::model::AuthMethod;
use crate::model::addresses::is_safe_for_tokens;
use crate::pages::CALLBACKS;
use crate::tokens::{Algorithm, Map};

/// Where the clients of the demonstration listen.
const CALLBACK: &str = "http://127.0.0.1:8765/cb";
const OTHER_CALLBACK: &str = "http://127.0.0.1:8765/other";
const CALLBACK_WITH_QUERY: &str = "http://127.0.0.1:8765/query?tenant=a%20b&lang=en";
/// Where the scripts of those come from that run in a browser.
const ORIGIN: &str = "http://127.0.0.1:8765";
/// Where they take back a user who has logged out.
const AFTER_LOGOUT: &str = "http://127.0.0.1:8765/bye";
/// The one of a client that shares none with the others.
const CALLBACK_OF_ONE: &str = "http://127.0.0.1:8765/code-only";

/// What users know the clients by that they are most likely to meet.
#[rustfmt::skip]
const INTRODUCED: &[(&str, &str)] = &[
    ("web",     "The web shop"),
    ("browser", "The picture viewer"),
    ("hybrid",  "The music player"),
];

/// Whose ID tokens are signed with RS256.
const SIGNED_BY_DEFAULT: &[&str] = &["web", "browser", "hybrid-post"];

const CODE: &str = "authorization_code";
const IMPLICIT: &str = "implicit";
const HYBRID: &str = "hybrid";
const CLIENT: &str = "client_credentials";
const PASSWORD: &str = "password";
const REFRESH: &str = "refresh_token";

impl Config {
    /// The demonstration: two users, and a client of each kind.
    #[rustfmt::skip]
    pub fn demo(issuer: impl Into<String>) -> Config {
        use AuthMethod::{ClientSecretBasic as Basic, ClientSecretJwt as Jwt, ClientSecretPost as Post, None as Public, PrivateKeyJwt as Key};

        let issuer = issuer.into();
        let user_scopes: &[&str] = &["openid", "profile", "email", "address", "phone", "offline_access", "api:read"];
        let api: &[&str] = &["api:read"];
        Config {
            audience: String::new(),
            resources: vec![format!("{issuer}/backend")],
            assertion_issuers: vec![AssertionIssuerConfig {
                issuer: demo_keys::ISSUER.to_owned(),
                jwks: demo_keys::issuer_jwks(),
                speaks_for: SpeaksFor::Everybody,
            }],
            scopes: owned(&["openid", "profile", "email", "address", "phone", "offline_access", "api:read", "api:write"]),
            without_grant_types: Vec::new(),
            response_types: every_response_type(),
            signing_algs: every_signing_alg(),
            require_pushed_authorization_requests: false,
            unsecured_request_objects: false,
            login_before_errors: false,
            confirm_logout: true,
            lifetimes: Lifetimes::default(),
            // Whoever studies or judges the grants registers clients for them, all seven of them.
            registration: Registration { allow: RegistrationAccess::Open, scopes: owned(user_scopes), browser_tokens: true,
                                         ..Registration::default() },
            fetching: Fetching::default(),
            device_interval: five_seconds(),
            guessing: Guessing::default(),
            control: false,
            journal: true,
            demo: true,
            users: vec![
                demo_user("alice", "Alice", "Adams", "female"),
                demo_user("bob", "Bob", "Brown", "male"),
            ],
            clients: vec![
                client("web",          Basic,  "web-secret-4f1c0d8e7b2a95636d3e",        &[CODE, REFRESH, CLIENT], user_scopes),
                client("portal",       Basic,  "portal-secret-7c15e08b3fd946a2",         &[CODE, REFRESH, CLIENT], user_scopes),
                client("web-post",     Post,   "web-post-secret-9b7d2c51e8f04a63",       &[CODE, REFRESH, CLIENT], user_scopes),
                client("web-jwt",      Jwt,    "web-jwt-secret-8d3f5a17c2e94b60a1f7",    &[CODE, REFRESH, CLIENT], user_scopes),
                ClientConfig { jwks: Some(demo_keys::web_key_jwks()),
                               ..client("web-key", Key, "",                              &[CODE, REFRESH, CLIENT], user_scopes) },
                ClientConfig { access_token: AccessTokenFormat::Opaque, origins: owned(&[ORIGIN]),
                               ..client("spa", Public, "",                               &[CODE, REFRESH],         user_scopes) },
                client("service",      Basic,  "service-secret-c86e13fa7d5b4092",        &[CLIENT],                api),
                ClientConfig { redirect_uris: owned(&[CALLBACK_OF_ONE]),
                               ..client("code-only", Basic, "code-only-secret-27ad90c4be6135f8", &[CODE],        user_scopes) },
                client("odd+client",   Basic,  "p%+ s:&=?/\"#~odd-secret-51b8e0fd73",    &[CLIENT],                api),
                ClientConfig { origins: owned(&[ORIGIN]),
                               ..client("browser", Public, "",                           &[IMPLICIT],              user_scopes) },
                client("hybrid",       Basic,  "hybrid-secret-d0a8f2573c91b46e",         &[HYBRID, REFRESH],       user_scopes),
                client("hybrid-post",  Post,   "hybrid-post-secret-71e5c3096bd8af24",    &[HYBRID, REFRESH],       user_scopes),
                client("hybrid-app",   Public, "",                                       &[HYBRID, REFRESH],       user_scopes),
                client("legacy",       Basic,  "legacy-secret-3b96e4d217fa805c",         &[PASSWORD, REFRESH],     user_scopes),
                client("legacy-post",  Post,   "legacy-post-secret-a52f7c90e1d8b364",    &[PASSWORD, REFRESH],     user_scopes),
                client("legacy-app",   Public, "",                                       &[PASSWORD, REFRESH],     user_scopes),
                client("tv",           Public, "",                                       &[device_code::NAME, REFRESH], user_scopes),
                client("tv-box",       Basic,  "tv-box-secret-8e2f60b9c7d4a135",         &[device_code::NAME, REFRESH], user_scopes),
                ClientConfig { jwks: Some(demo_keys::web_key_jwks()),
                               ..client("tv-key", Key, "",                               &[device_code::NAME, REFRESH], user_scopes) },
                client("bearer",       Basic,  "bearer-secret-6e2f9a40d7c5138b",         &[jwt_bearer::NAME],      &["profile", "email", "api:read"]),
                ClientConfig { resources: vec![format!("{issuer}/api")],
                               ..client("exchange", Basic, "exchange-secret-f4a1c7069e5d28b3",   &[token_exchange::NAME, CLIENT, CODE, REFRESH], user_scopes) },
                client("exchange-post", Post,  "exchange-post-secret-40b7e9d1c65a832f",  &[token_exchange::NAME, CODE, REFRESH], user_scopes),
                client("example",      Basic,  "example-secret-10f8d5b7a6c3e942",        &[example::NAME],         api),
            ],
            issuer: String::new(),
        }
        .at(&issuer)
        .introduced()
        .signing()
    }

    /// Some have their ID tokens signed with the default of OpenID Connect Registration §2, the others with something faster.
    fn signing(mut self) -> Config {
        for client in &mut self.clients {
            if !SIGNED_BY_DEFAULT.contains(&client.client_id.as_str()) {
                client.id_token_signed_response_alg = Algorithm::Es256;
            }
        }
        self
    }

    /// The clients that the ready links of the start page are for have a name, and a page of the server at their redirect URI.
    fn introduced(mut self) -> Config {
        for client in &mut self.clients {
            let Some((_, name)) = INTRODUCED.iter().find(|(known, _)| *known == client.client_id) else { continue };
            client.name = Some((*name).to_owned());
            // Tokens do not cross the network in the open, not even those of a demonstration.
            if is_safe_for_tokens(&self.issuer) {
                client.redirect_uris.push(format!("{}{CALLBACKS}{}", self.issuer, client.client_id));
            }
        }
        self
    }
}

fn demo_user(name: &str, given_name: &str, family_name: &str, gender: &str) -> UserConfig {
    UserConfig {
        name: name.to_owned(),
        password: format!("{name}-pw"),
        sub: format!("user-{name}"),
        full_name: format!("{given_name} {family_name}"),
        email: format!("{name}@example.com"),
        claims: demo_claims(name, given_name, family_name, gender),
        disabled: false,
        locked: false,
        may_act: None,
    }
}

/// OpenID Connect Core §5.1: something for every claim that a scope asks for, so that whoever asks sees it.
fn demo_claims(name: &str, given_name: &str, family_name: &str, gender: &str) -> Map {
    Map::from_iter([
        ("given_name".to_owned(), json!(given_name)),
        ("middle_name".to_owned(), json!("Q.")),
        ("family_name".to_owned(), json!(family_name)),
        ("nickname".to_owned(), json!(given_name.to_lowercase())),
        ("profile".to_owned(), json!(format!("https://people.example/{name}"))),
        ("picture".to_owned(), json!(format!("https://people.example/{name}.png"))),
        ("website".to_owned(), json!(format!("https://{name}.example/"))),
        ("gender".to_owned(), json!(gender)),
        ("birthdate".to_owned(), json!("1990-04-01")),
        ("zoneinfo".to_owned(), json!("Europe/Vienna")),
        ("locale".to_owned(), json!("en-GB")),
        ("updated_at".to_owned(), json!(1_767_225_600)),
        ("address".to_owned(), demo_address()),
        ("phone_number".to_owned(), json!("+1 (555) 010-0123")),
        ("phone_number_verified".to_owned(), json!(false)),
    ])
}

/// OpenID Connect Core §5.1.1.
fn demo_address() -> Value {
    json!({
        "formatted": "1 Example Street\nExampleton 12345\nExampleland",
        "street_address": "1 Example Street",
        "locality": "Exampleton",
        "region": "Exampleshire",
        "postal_code": "12345",
        "country": "Exampleland",
    })
}

fn client(id: &str, auth_method: AuthMethod, secret: &str, grant_types: &[&str], scopes: &[&str]) -> ClientConfig {
    let interactive = [CODE, IMPLICIT, HYBRID].iter().any(|grant_type| grant_types.contains(grant_type));
    ClientConfig {
        client_id: id.to_owned(),
        secret: (!secret.is_empty()).then(|| secret.to_owned()),
        auth_method,
        grant_types: owned(grant_types),
        redirect_uris: if interactive { owned(&[CALLBACK, OTHER_CALLBACK, CALLBACK_WITH_QUERY]) } else { Vec::new() },
        post_logout_redirect_uris: if interactive { owned(&[AFTER_LOGOUT]) } else { Vec::new() },
        scopes: owned(scopes),
        browser_tokens: [IMPLICIT, HYBRID].iter().any(|grant_type| grant_types.contains(grant_type)),
        ..ClientConfig::default()
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
