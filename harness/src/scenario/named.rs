//! The values that a scenario can name: one table, and what each name means in a lab.

use serde_json::Value;
use url::Url;

use super::ScenarioError;
use super::play::Play;
use super::reader::{Source, leak};
use crate::cell::{ClientKind, Grant};
use crate::check::{Reason, Stop};
use crate::exchange::{Assertion, Jwt};
use crate::lab::{challenge, random};
use crate::suggest;
use crate::target::Client;

/// A name in a scenario file, and what it stands for.
type Named = (&'static str, &'static str);

/// Every value that can be named, and what it stands for.
#[rustfmt::skip]
pub const NAMED_VALUES: &[Named] = &[
    ("@access_token",       "the newest access token"),
    ("@access_token_for_others", "the newest access token, unless it is a JWT for the very client that asks"),
    ("@altered",            "the same value with one character changed in its middle"),
    ("@altered-signature",  "the same JWT with one character of its signature changed"),
    ("@altered-tail",       "the same value with its last character changed"),
    ("@a-quarter-ago",      "of a claim: the time a quarter of an hour ago"),
    ("@an-hour-ago",        "of a claim: the time an hour ago"),
    ("@another",            "a fresh value of the same form"),
    ("@audience",           "the aud of the newest access token, where it is a JWT that names one"),
    ("@beyond-client",      "the scope of the request and one that no client of the target may have"),
    ("@challenge",          "the code_challenge of the newest authorization request"),
    ("@challenge-of-short", "the code_challenge that belongs to @short-verifier"),
    ("@client_id",          "the client_id of the client that asks"),
    ("@code",               "the newest code"),
    ("@critical",           "the same assertion with an extension in its header that nobody knows, and that has to be understood"),
    ("@foreign",            "a redirect URI that belongs to nobody here"),
    ("@grant_type",         "the grant of the cell"),
    ("@granted-reversed",   "the scope that came with the code, in reverse order"),
    ("@id_token",           "the newest ID token"),
    ("@id_token_issuer",    "the iss of the newest ID token"),
    ("@in-a-quarter",       "of a claim: the time a quarter of an hour ahead"),
    ("@in-an-hour",         "of a claim: the time an hour ahead"),
    ("@issuer",             "the issuer of the metadata"),
    ("@longer",             "the same value with two characters more"),
    ("@narrow",             "openid and offline_access, and nothing else of what is usually asked for"),
    ("@nobody",             "a client identifier that does not exist"),
    ("@nonce",              "the nonce of the newest authorization request"),
    ("@other_client_id",    "the client_id of another client that may use the grant"),
    ("@other-redirect-uri", "another registered redirect URI of the same client"),
    ("@redirect-uri-of-another", "a redirect URI that another client registered, and this one did not"),
    ("@padded",             "the same value with a space before and behind it"),
    ("@public-subject",     "the sub of the newest ID token, where it is the same for all clients"),
    ("@refresh_token",      "the newest refresh token"),
    ("@reversed",           "the words of the same value in reverse order"),
    ("@registration_access_token", "the registration access token of the newest registered client"),
    ("@request_uri",        "the newest one that came of a pushed request"),
    ("@same",               "the same value once more"),
    ("@scope",              "the scope of the newest access token"),
    ("@secret-of-another",  "the secret of another client of the target"),
    ("@short-verifier",     "a verifier of 42 characters, one too few"),
    ("@signed-by-another",  "a JWT with the same claims, signed for the same algorithm by a key that nobody knows"),
    ("@spaced",             "the same value with a space behind it"),
    ("@strangers",          "of a claim: a list of two servers, neither of which is this one"),
    ("@subject",            "the sub of the newest ID token"),
    ("@typed-as-access-token", "of request: the same, with the typ of an access token in its header"),
    ("@unsigned",           "the same JWT with alg none and without its signature"),
    ("@shorter",            "the same value without its last character"),
    ("@upper-case",         "the same value in capital letters"),
    ("@user",               "the name of the user who logs in"),
    ("@wrong-secret",       "a secret that is not the client's"),
];

/// Every client that can be named, and what it stands for.
pub const NAMED_CLIENTS: &[Named] = &[
    ("@other", "another client that may use the grant, with its own credentials"),
    (
        "@other-kind",
        "a public client that may use the grant where the cell has a confidential one, or the other way round",
    ),
    ("@unregistered", "a client that is not registered for the grant, with its own credentials"),
];

/// The error codes that the documents define, and those that are registered beside them. A server may have others of its own
/// (RFC 6749 §8.5), so that another one is a mistake only where it is close to one of these.
#[rustfmt::skip]
pub const ERROR_CODES: &[&str] = &[
    // RFC 6749
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
    "access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable",
    // RFC 6750, RFC 7009, RFC 7591
    "invalid_token", "insufficient_scope", "unsupported_token_type", "invalid_redirect_uri", "invalid_client_metadata",
    "invalid_software_statement", "unapproved_software_statement",
    // OpenID Connect Core, RFC 9101
    "interaction_required", "login_required", "account_selection_required", "consent_required", "invalid_request_uri",
    "invalid_request_object", "request_not_supported", "request_uri_not_supported", "registration_not_supported",
    // RFC 8628, RFC 8693 and RFC 8707, RFC 9449, RFC 9470
    "authorization_pending", "slow_down", "expired_token", "invalid_target", "invalid_dpop_proof", "use_dpop_nonce",
    "insufficient_user_authentication",
];

/// A redirect URI that belongs to nobody: the name is reserved for examples (RFC 2606).
const FOREIGN: &str = "https://attacker.example/cb";

impl Play<'_> {
    /// The value that `value` stands for in place of `current`; a value without @ stands for itself.
    pub(super) fn value(&self, value: &str, current: Option<&str>) -> Result<String, Stop> {
        let captured = |value: &Option<String>, name: &str| {
            value.clone().ok_or_else(|| Stop::Error(format!("the scenario names {name} before there is one")))
        };
        Ok(match value {
            "@access_token" => captured(&self.access_token, value)?,
            "@access_token_for_others" => self.access_token_for_others()?,
            "@altered" => altered(current.unwrap_or_default()),
            "@altered-tail" => altered_tail(current.unwrap_or_default()),
            "@another" | "@wrong-secret" => random(),
            "@beyond-client" => {
                let beyond = self.lab.target().scopes.beyond_client.clone();
                let beyond =
                    beyond.unwrap_or_else(|| format!("grantspec-no-such-scope-{}", &random()[..8].to_lowercase()));
                [current, Some(&beyond)].into_iter().flatten().collect::<Vec<_>>().join(" ")
            }
            "@challenge" => captured(&self.code.as_ref().map(|code| code.challenge.clone()), value)?,
            "@challenge-of-short" => challenge(&self.short_verifier),
            "@code" => captured(&self.code.as_ref().map(|code| code.value.clone()), value)?,
            "@foreign" => FOREIGN.to_owned(),
            "@grant_type" => self.lab.cell().grant.and_then(Grant::on_wire).unwrap_or_default().to_owned(),
            "@granted-reversed" => self.granted_reversed()?,
            "@longer" => format!("{}xx", current.unwrap_or_default()),
            "@spaced" => format!("{} ", current.unwrap_or_default()),
            "@narrow" => self.narrow()?,
            "@audience" => self.audience()?,
            "@nobody" => format!("grantspec-nobody-{}", &random()[..12]),
            "@nonce" => captured(&self.nonce, value)?,
            "@padded" => format!(" {} ", current.unwrap_or_default()),
            "@other_client_id" => self.lab.other_client()?.id.clone(),
            "@request_uri" => captured(&self.pushed.as_ref().map(|pushed| pushed.request_uri.clone()), value)?,
            "@other-redirect-uri" => self.other_redirect_uri()?,
            "@redirect-uri-of-another" => self.redirect_uri_of_another()?,
            "@refresh_token" => captured(&self.refresh_token, value)?,
            "@registration_access_token" => {
                let registered = self.registered.as_ref().and_then(|registered| registered.configuration.as_ref());
                captured(&registered.map(|configuration| configuration.token.clone()), value)?
            }
            "@altered-signature" => Jwt::with_altered_signature(current.unwrap_or_default()).ok_or_else(no_jwt)?,
            "@client_id" => self.lab.client().id.clone(),
            "@id_token" => self.id_token.clone().ok_or_else(|| unknown("no ID token came"))?,
            "@id_token_issuer" => self.issuer().ok_or_else(|| unknown("no ID token came that names its issuer"))?,
            "@issuer" => self.lab.target().published_issuer().to_owned(),
            "@scope" => self.scope.clone().ok_or_else(|| unknown("nothing says which scope was granted"))?,
            "@public-subject" if !self.lab.target().has_public_subjects() => {
                return Err(unknown("the metadata lists subject types other than public"));
            }
            "@public-subject" | "@subject" => {
                self.subject().ok_or_else(|| unknown("no ID token came that names its subject"))?
            }
            "@signed-by-another" => Assertion::by_a_stranger(current.unwrap_or_default()).ok_or_else(no_jwt)?,
            "@unsigned" => Jwt::unsigned(current.unwrap_or_default()).ok_or_else(no_jwt)?,
            "@reversed" => reversed(current.unwrap_or_default())?,
            "@same" => current.map(str::to_owned).ok_or_else(|| {
                Stop::not_applicable(Reason::Policy, "the request has no such parameter that could be repeated")
            })?,
            "@secret-of-another" => self.secret_of_another()?,
            "@short-verifier" => self.short_verifier.clone(),
            "@shorter" => shorter(current.unwrap_or_default()),
            "@upper-case" => upper_case(current.unwrap_or_default())?,
            "@user" => self.lab.resource_owner()?.name.clone(),
            plain => plain.to_owned(),
        })
    }

    /// Of several audiences nobody says which one is meant.
    fn audience(&self) -> Result<String, Stop> {
        let jwt = self.access_token.as_deref().and_then(Jwt::read);
        let named = jwt.as_ref().and_then(|jwt| jwt.claims.get("aud"));
        let one = match named {
            Some(Value::Array(list)) if list.len() == 1 => list.first(),
            one => one,
        };
        let one = one.and_then(Value::as_str).map(str::to_owned);
        one.ok_or_else(|| unknown("the access token is no JWT that names one audience"))
    }

    /// A JWT that names the client as its audience has all that an ID token has, and may pass for one.
    fn access_token_for_others(&self) -> Result<String, Stop> {
        let token = self.value("@access_token", None)?;
        let id = Value::from(self.lab.client().id.as_str());
        let names = |audience: &Value| *audience == id || audience.as_array().is_some_and(|list| list.contains(&id));
        if Jwt::read(&token).and_then(|jwt| jwt.claims.get("aud").map(names)).unwrap_or(false) {
            return Err(unknown("the access token is a JWT for the client itself"));
        }
        Ok(token)
    }

    /// The client that `name` stands for.
    pub(super) fn client(&self, name: &str) -> Result<Client, Stop> {
        let lab = &self.lab;
        if name == "@other" {
            return lab.other_client().cloned();
        }
        if name == "@other-kind" {
            return self.client_of_other_kind();
        }
        lab.unregistered_client().cloned()
    }

    fn client_of_other_kind(&self) -> Result<Client, Stop> {
        let lab = &self.lab;
        let may = |client: &&Client| client.may_use(lab.cell());
        let other = lab.target().clients.iter().filter(may).find(|client| client.kind() != lab.client().kind());
        other.cloned().ok_or_else(|| {
            let kind = match lab.client().kind() {
                ClientKind::Confidential => ClientKind::Public,
                ClientKind::Public => ClientKind::Confidential,
            };
            Stop::not_applicable(Reason::NoClient, format!("the target has no {} client for this grant", kind.name()))
        })
    }

    /// Two clients may share a secret; that of a third says more.
    fn secret_of_another(&self) -> Result<String, Stop> {
        let own = self.lab.client().secret.as_ref();
        let mut secrets = self.lab.target().clients.iter().filter_map(|client| client.secret.as_ref());
        secrets.find(|secret| Some(*secret) != own).cloned().ok_or_else(|| {
            Stop::not_applicable(Reason::NoClient, "no other client of the target has a secret of its own")
        })
    }

    fn other_redirect_uri(&self) -> Result<String, Stop> {
        self.lab.client().redirect_uris.get(1).cloned().ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoClient,
                format!("{} has no second redirect URI in the target file (redirect_uris)", self.lab.client().id),
            )
        })
    }

    /// On loopback the port is free (RFC 8252 §7.3), so that a URI which differs in no more is this client's own.
    fn redirect_uri_of_another(&self) -> Result<String, Stop> {
        let own: Vec<String> = self.lab.client().redirect_uris.iter().map(|uri| without_port(uri)).collect();
        let all = self.lab.target().clients.iter().flat_map(|client| &client.redirect_uris);
        all.into_iter().find(|uri| !own.contains(&without_port(uri))).cloned().ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoClient,
                format!("no other client has a redirect URI that {} does not have", self.lab.client().id),
            )
        })
    }
}

fn without_port(uri: &str) -> String {
    Url::parse(uri).map_or_else(
        |_| uri.to_owned(),
        |mut url| {
            let _ = url.set_port(None);
            url.into()
        },
    )
}

fn upper_case(value: &str) -> Result<String, Stop> {
    let changed = value.to_uppercase();
    if changed == value {
        return Err(Stop::not_applicable(Reason::NoClient, "the value has no letter whose case could be changed"));
    }
    Ok(changed)
}

fn reversed(value: &str) -> Result<String, Stop> {
    let reversed = value.split(' ').rev().collect::<Vec<_>>().join(" ");
    if reversed == value {
        return Err(Stop::not_applicable(Reason::NoClient, "one word has no order"));
    }
    Ok(reversed)
}

/// The question does not arise where this is not known.
fn unknown(says: &str) -> Stop {
    Stop::not_applicable(Reason::Policy, says)
}

fn no_jwt() -> Stop {
    unknown("the token is no JWT, so that it has no signature")
}

/// One character changed in the middle, where no padding or checksum of an encoding makes the change void.
fn altered(value: &str) -> String {
    let middle = value.chars().count() / 2;
    value
        .chars()
        .enumerate()
        .map(|(at, c)| {
            if at != middle {
                c
            } else if c == 'A' {
                'B'
            } else {
                'A'
            }
        })
        .collect()
}

/// Another last character: of its encoding the first bit is changed, as the last ones may mean nothing. Padding stays.
fn altered_tail(value: &str) -> String {
    const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let end = value.trim_end_matches('=');
    let Some(last) = end.chars().last() else {
        return value.to_owned();
    };
    let known = u8::try_from(last).ok().and_then(|last| BASE64URL.iter().position(|known| *known == last));
    let other = known.map_or('A', |at| char::from(BASE64URL[at ^ 32]));
    format!("{}{other}{}", &end[..end.len() - last.len_utf8()], &value[end.len()..])
}

fn shorter(value: &str) -> String {
    // Without its last slash an address is often still the same one.
    let mut end = value.trim_end_matches(['=', '/']).to_owned();
    end.pop();
    end
}

/// The name is one of those that are known.
pub(super) fn known_name<'k>(
    source: Source<'_>,
    name: &str,
    at: usize,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Result<(), ScenarioError> {
    if known.clone().any(|known| known == name) {
        return Ok(());
    }
    Err(source.error(at, format!("there is no `{}`{}", leak(name), suggest::hint(name, known))))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_end_is_altered_where_it_means_something() {
        assert_eq!(super::altered_tail("abcA"), "abcg");
        assert_eq!(super::altered_tail("abg="), "abA=");
        assert_eq!(super::altered_tail("ab."), "abA");
        assert_eq!(super::shorter("abg="), "ab");
    }

    #[test]
    fn an_altered_value_differs_in_one_place() {
        assert_eq!(super::altered("abcde"), "abAde");
        assert_eq!(super::altered("abAde"), "abBde");
    }

    #[test]
    fn one_word_has_no_order() {
        assert_eq!(super::reversed("code id_token").unwrap(), "id_token code");
        assert!(super::reversed("code").is_err());
    }

    #[test]
    fn a_value_without_small_letters_has_no_other_case() {
        assert_eq!(super::upper_case("web-1").unwrap(), "WEB-1");
        assert!(super::upper_case("0-4711").is_err());
    }
}
