//! An example of an extension grant: a client swaps a voucher for a token in its own name. Start from this file to write another.

use super::extension::{Approved, Asked, ExtensionGrant, Parameter, Subject, once};
use crate::error::{ErrorCode, Refusal, TokenError};
use crate::rules::Rule;
use crate::store::BoxFuture;

/// The name of the grant: an absolute URI that nobody else uses.
pub const NAME: &str = "urn:example:grant-type:voucher";

/// The one voucher that is any good.
pub(crate) const VOUCHER: &str = "one-coffee";

/// A voucher for a token.
#[derive(Clone, Copy, Debug)]
pub struct Example;

impl ExtensionGrant for Example {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parameters(&self) -> &'static [Parameter] {
        const { &[once("voucher")] }
    }

    fn approve<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Approved, TokenError>> {
        Box::pin(async move {
            if asked.form.required("voucher")? != VOUCHER {
                let refusal = Refusal::new(ErrorCode::InvalidGrant, "This voucher is good for nothing.");
                return Err(refusal.by(Rule::ExtensionApproves).into());
            }
            let mut approved = Approved::new(Subject::Client, asked.scope.clone());
            approved.members.insert("voucher".to_owned(), "spent".into());
            Ok(approved)
        })
    }
}
