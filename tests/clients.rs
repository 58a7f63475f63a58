//! Real clients: libraries that others wrote drive the reference server through every grant that they know.

#[path = "clients/browser.rs"]
mod browser;
#[path = "clients/oauth.rs"]
mod oauth;
#[path = "clients/openid_connect.rs"]
mod openid_connect;
#[path = "clients/other_languages.rs"]
mod other_languages;
#[path = "clients/pages.rs"]
mod pages;
#[path = "clients/registration.rs"]
mod registration;
#[path = "clients/server.rs"]
mod server;
