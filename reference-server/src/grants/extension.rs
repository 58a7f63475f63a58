//! Extension grants: RFC 6749 §4.5. An extension says in whose name something is granted; all else is done here, so that none can forget it.

use std::fmt;
use std::sync::Arc;

use crate::error::TokenError;
use crate::grants::resource;
use crate::model::{Authentication, Client, Grant, GrantType, Lineage, Path, Scope};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::tokens::mint::new_lineage;
use crate::transport::form::Form;

/// A grant type of its own: an absolute URI, its parameters, and what it takes to be approved.
pub trait ExtensionGrant: Send + Sync {
    /// RFC 6749 §4.5: the absolute URI in `grant_type`.
    fn name(&self) -> &'static str;

    /// RFC 6749 §8.2: the parameters that it defines. Of those, one that may not repeat is refused when it does.
    fn parameters(&self) -> &'static [Parameter];

    /// RFC 6749 §3.3: where its scope comes from.
    fn scope_from(&self) -> ScopeFrom {
        ScopeFrom::Request
    }

    /// Look at the request, and say in whose name it may be granted.
    ///
    /// # Errors
    /// An error of RFC 6749 §5.2, or one that the extension defines.
    fn approve<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Approved, TokenError>>;
}

/// RFC 6749 §3.3: where the scope of an extension grant comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeFrom {
    /// `scope`, or the default of the client.
    Request,
    /// `scope`, or what was granted before, which the extension knows: [`Asked::scope`] is empty then.
    RequestOrEarlier,
    /// What was granted before. The extension defines no `scope`, so the parameter is ignored, and [`Asked::scope`] is empty.
    Earlier,
}

/// A parameter of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it may be sent more than once, as `resource` (RFC 8707 §2) and `audience` (RFC 8693 §2.1) may.
    pub repeats: bool,
}

/// A parameter that is sent once.
pub const fn once(name: &'static str) -> Parameter {
    Parameter { name, repeats: false }
}

/// A parameter that may repeat.
pub const fn repeatable(name: &'static str) -> Parameter {
    Parameter { name, repeats: true }
}

/// What an extension is asked. The client has been authenticated, and is registered for the extension.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The server.
    pub server: &'a Server,
    /// The path, for the rules.
    pub path: Path,
    /// Who asks.
    pub client: &'a Client,
    /// The parameters.
    pub form: &'a Form,
    /// RFC 6749 §3.3: the scope that was asked for, or the default, as [`ScopeFrom`] says; within what the client is registered for.
    pub scope: &'a Scope,
}

/// What an extension grants.
#[derive(Clone, Debug)]
pub struct Approved {
    /// In whose name.
    pub subject: Subject,
    /// RFC 8693 §4.1: who acts for the subject.
    pub actor: Option<Map>,
    /// How far; never beyond what was asked.
    pub scope: Scope,
    /// RFC 8693 §2.1: for whom; empty for the resources that were asked for (RFC 8707 §2), or the default one.
    pub audience: Vec<String>,
    /// RFC 8693 §2.2.1.
    pub issued_token_type: Option<&'static str>,
    /// The decision that it comes from: a new one, unless it goes back to an earlier one.
    pub lineage: Lineage,
    /// Whether a refresh token may come along, for a client that is registered to refresh.
    pub refresh: Refresh,
    /// Whether an ID token comes along, given `openid`: whether the user logged in for this.
    pub id_token: bool,
    /// When the access token dies at the latest (RFC 7521 §4.1), in seconds since 1970.
    pub not_after: Option<u64>,
    /// Further members of the token response (RFC 6749 §8.2).
    pub members: Map,
}

/// In whose name an extension grants.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A user.
    User(Authentication),
    /// The client itself.
    Client,
    /// RFC 8693 §1.1: another client, in whose name this one acts.
    AnotherClient(String),
}

/// Whether a refresh token may come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// If the client is registered for `refresh_token`.
    Allowed,
    /// Not even then: RFC 7521 §4.1 and RFC 8693 §2.2.1 find it unusual.
    Never,
}

impl Approved {
    /// A grant of this scope with nothing special about it.
    pub fn new(subject: Subject, scope: Scope) -> Approved {
        Approved {
            subject,
            actor: None,
            scope,
            audience: Vec::new(),
            issued_token_type: None,
            lineage: new_lineage(),
            refresh: Refresh::Never,
            id_token: false,
            not_after: None,
            members: Map::new(),
        }
    }
}

/// Ask an extension, and mint what it approves.
pub async fn redeem(
    server: &Server,
    extension: &dyn ExtensionGrant,
    client: &Client,
    form: &Form,
) -> Result<Map, TokenError> {
    let path = Path::Extension(extension.name());

    let scope = asked_scope(server, path, client, form.optional("scope"), extension.scope_from())?;
    let has_its_own = extension.parameters().iter().any(|parameter| parameter.name == "resource");
    let resources = if has_its_own { Vec::new() } else { resource::asked(server, path, form)? };

    let approved = extension.approve(Asked { server, path, client, form, scope: &scope }).await?;
    let grant = match approved.subject {
        Subject::User(user) => Grant::by_user(approved.lineage, client, user, approved.scope),
        Subject::Client => Grant::to_client(approved.lineage, client, approved.scope),
        Subject::AnotherClient(subject) => {
            Grant { subject: Some(subject), ..Grant::to_client(approved.lineage, client, approved.scope) }
        }
    };
    let grant = Arc::new(Grant {
        id_token: approved.id_token,
        audience: if approved.audience.is_empty() { resources } else { approved.audience },
        actor: approved.actor,
        not_after: approved.not_after,
        ..grant
    });
    if grant.user.is_some() {
        server.rules.user_is_active(path, server.user_of(&grant).await?.as_deref())?;
    }

    let mut response = server.mint(path, client, &grant).await?;
    if approved.refresh == Refresh::Allowed {
        response = response.with_refresh_token(server.first_refresh_token(path, client, &grant).await?);
    }
    let mut body = response.into_body();
    if let Some(issued_token_type) = approved.issued_token_type {
        body.insert("issued_token_type".to_owned(), issued_token_type.into());
    }
    body.extend(approved.members);
    Ok(body)
}

/// RFC 6749 §3.3: the scope that the request comes to, judged; empty where the extension knows better.
fn asked_scope(
    server: &Server,
    path: Path,
    client: &Client,
    asked: Option<&str>,
    from: ScopeFrom,
) -> Result<Scope, TokenError> {
    if from == ScopeFrom::Earlier || (from == ScopeFrom::RequestOrEarlier && asked.is_none()) {
        return Ok(Scope::default());
    }
    server.rules.scope_is_well_formed(path, asked)?;
    let scope = asked.map_or_else(|| server.rules.default_scope(path, client), Scope::parse);
    server.rules.scope_is_known(path, &scope, server.known_scopes())?;
    server.rules.scope_within_client(path, &scope, client)?;
    Ok(scope)
}

/// The extension grants of a server.
#[derive(Clone, Default)]
pub struct Extensions(Vec<Arc<dyn ExtensionGrant>>);

impl Extensions {
    /// Those that this crate brings along.
    pub fn standard() -> Extensions {
        Extensions(vec![
            Arc::new(super::jwt_bearer::JwtBearer),
            Arc::new(super::device_code::DeviceCode),
            Arc::new(super::token_exchange::TokenExchange),
            Arc::new(super::example::Example),
        ])
    }

    /// One more.
    #[must_use]
    pub fn with(mut self, extension: Arc<dyn ExtensionGrant>) -> Extensions {
        self.0.push(extension);
        self
    }

    /// The extension of this name.
    pub fn find(&self, name: &str) -> Option<&dyn ExtensionGrant> {
        self.0.iter().map(|extension| &**extension).find(|extension| extension.name() == name)
    }

    /// The parameters that any of them defines.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.0.iter().flat_map(|extension| extension.parameters())
    }

    /// All of them, as grant types.
    pub fn grant_types(&self) -> impl Iterator<Item = GrantType> {
        self.0.iter().map(|extension| GrantType::Extension(extension.name()))
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.grant_types()).finish()
    }
}
