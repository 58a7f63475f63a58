//! Where an access token is to be used: RFC 8707.

use crate::error::Refusal;
use crate::model::Path;
use crate::server::Server;
use crate::transport::form::Form;

/// RFC 8707 §2: the resources that a request names, each once, if this server issues tokens for them; none, for the default one.
///
/// # Errors
/// When one of them is unknown.
pub fn asked(server: &Server, path: Path, form: &Form) -> Result<Vec<String>, Refusal> {
    let named: Vec<&str> = form.all("resource").collect();
    server.rules.targets_are_known(path, &named, &server.config.all_resources())?;
    let mut resources: Vec<String> = Vec::new();
    for resource in named {
        if !resources.iter().any(|known| known == resource) {
            resources.push(resource.to_owned());
        }
    }
    Ok(resources)
}

/// RFC 8707 §2.2: the resources of one access token out of a grant: those that the token request names, or all that were granted.
///
/// # Errors
/// When one of them is unknown, or was not granted.
pub fn of_grant(server: &Server, path: Path, form: &Form, granted: &[String]) -> Result<Vec<String>, Refusal> {
    let resources = asked(server, path, form)?;
    server.rules.resource_within_grant(path, &resources, granted)?;
    Ok(if resources.is_empty() { granted.to_vec() } else { resources })
}
