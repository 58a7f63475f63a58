//! Presets: what a whole server is for, as a change of its configuration.

use super::{Config, RegistrationAccess};
use crate::tokens::Algorithm;

/// What a server is started for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Everything that the standards define, each part strict.
    #[default]
    SevenGrants,
    /// RFC 9700: no password grant, no access token through the browser, PKCE for everybody, a login before any redirect.
    Bcp,
    /// What outside suites and old clients are run against: open registration, PKCE optional and plain allowed, and nobody has to click to log out.
    OidcCertification,
}

impl Preset {
    /// All of them, with the name on the command line and what they are for.
    #[rustfmt::skip]
    pub const ALL: [(&'static str, Preset, &'static str); 3] = [
        ("seven-grants",       Preset::SevenGrants,      "everything that the standards define, each part strict"),
        ("bcp",                Preset::Bcp,              "RFC 9700: no password grant, no access token through the browser, PKCE for everybody, a login before any redirect"),
        ("oidc-certification", Preset::OidcCertification, "for outside suites and old clients: open registration, PKCE optional and plain allowed, logout without a click"),
    ];

    /// The preset of this name.
    pub fn parse(name: &str) -> Option<Preset> {
        Preset::ALL.iter().find(|(known, ..)| *known == name).map(|(_, preset, _)| *preset)
    }
}

impl Config {
    /// The same server for this purpose.
    #[must_use]
    pub fn preset(mut self, preset: Preset) -> Config {
        match preset {
            Preset::SevenGrants => {}
            Preset::Bcp => {
                const PASSWORD: &str = "password";
                self.without_grant_types.push(PASSWORD.to_owned());
                self.login_before_errors = true;
                self.registration.require_pkce = true;
                self.registration.allow_plain_pkce = false;
                self.registration.browser_tokens = false;
                self.response_types.retain(|response_type| !response_type.has_token());
                self.clients.retain_mut(|client| {
                    client.spell_out_grant_presets();
                    client.grant_types.retain(|grant_type| grant_type != PASSWORD);
                    client.browser_tokens = false;
                    if let Some(response_types) = &mut client.response_types {
                        response_types.retain(|response_type| !response_type.has_token());
                    }
                    client.require_pkce = true;
                    client.allow_plain_pkce = false;
                    client.grant_types.iter().any(|grant_type| grant_type != "refresh_token")
                });
            }
            Preset::OidcCertification => {
                self.confirm_logout = false;
                self.unsecured_request_objects = true;
                // RFC 8037 is younger than they are: keys of the type OKP are none to them.
                self.signing_algs.retain(|algorithm| *algorithm != Algorithm::EdDsa);
                for client in &mut self.clients {
                    client.require_pkce = false;
                    client.allow_plain_pkce = true;
                    // What a client gets that named no algorithm: OpenID Connect Registration §2.
                    client.id_token_signed_response_alg = Algorithm::Rs256;
                }
                self.registration.allow = RegistrationAccess::Open;
                self.registration.require_pkce = false;
                self.registration.allow_plain_pkce = true;
                self.registration.browser_tokens = true;
                self.registration.ignore_request_uris = true;
            }
        }
        self
    }
}
