//! The scope of a token in a scenario: what was asked for, what was granted at first, and what the answer tells.

use super::play::{Came, Play};
use super::{Expect, Extent, Step, Verb};
use crate::check::{Answer, Reason, Stop};
use crate::exchange::Tokens;
use crate::lab::granted::{Scope, granted_scope, narrowed, scope, text};

impl Play<'_> {
    /// What of a usual request stays when all is left out that can be.
    pub(super) fn narrow(&self) -> Result<String, Stop> {
        let whole = self.lab.target().authorization_scope().unwrap_or_default();
        let narrow = narrowed(whole);
        if narrow.is_empty() || narrow == whole {
            return Err(Stop::not_applicable(
                Reason::Policy,
                "there is no scope to leave out: the target file asks for none beside openid and offline_access",
            ));
        }
        Ok(narrow)
    }

    /// The scope that came with the code, in reverse order.
    pub(super) fn granted_reversed(&self) -> Result<String, Stop> {
        let granted = self.granted.as_ref().ok_or_else(unsaid)?;
        if granted.len() < 2 {
            return Err(Stop::not_applicable(Reason::Policy, "one scope has no order"));
        }
        // A set is in order already: turned round it is in no server's.
        Ok(granted.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" "))
    }

    /// Holds the scope of what came against what the step expects, and remembers what a code brought.
    pub(super) async fn judge_scope(&mut self, step: &Step, came: &Came, clause: &'static str) -> Answer {
        let Came::Reply(reply) = came else {
            return Ok(());
        };
        let Some(tokens) = reply.tokens() else {
            return Ok(());
        };
        match &step.expect {
            Some(Expect::Scope(Extent::Asked)) => {
                let asked = self.asked.as_deref().map(scope).ok_or_else(unsaid)?;
                self.within(&tokens, &asked, &asked, "asked for", clause).await?;
            }
            Some(Expect::Scope(Extent::Granted)) => {
                let granted = self.granted.clone().ok_or_else(unsaid)?;
                let shown = self.shown.iter().flatten().chain(&granted).cloned().collect();
                self.within(&tokens, &granted, &shown, "granted", clause).await?;
            }
            Some(Expect::Scope(Extent::Told)) => self.told(&tokens, clause).await?,
            _ => {}
        }
        if step.verb == Verb::Redeem {
            self.granted = granted_scope(&tokens, self.asked.as_deref());
            self.shown = self.lab.scope_of_token(&tokens).await?;
        }
        Ok(())
    }

    /// The answer has no more than `bound`, and the token no more than `shown`.
    async fn within(&self, tokens: &Tokens, bound: &Scope, shown: &Scope, what: &str, clause: &'static str) -> Answer {
        let has = self.lab.scope_of_token(tokens).await?;
        let told = tokens.scope.as_deref().map(scope);
        for (held, bound, by) in [(&told, bound, "an answer"), (&has, shown, "a token")] {
            let more: Vec<&str> =
                held.iter().flatten().filter(|value| !bound.contains(*value)).map(String::as_str).collect();
            if !more.is_empty() {
                return Err(Stop::finding(
                    clause,
                    format!("no scope beyond {}, which was {what}", text(bound)),
                    format!("{by} with {} beside it", more.join(" ")),
                ));
            }
        }
        Ok(())
    }

    /// The answer tells the scope of the token, or leaves it out where it is the one that was asked for. Introspection may
    /// tell less than the token has (RFC 7662 §2.2), so that less is held against the answer only where it is just what was
    /// asked for.
    async fn told(&self, tokens: &Tokens, clause: &'static str) -> Answer {
        let asked = self.asked.as_deref().map(scope).ok_or_else(unsaid)?;
        let told = tokens.scope.as_deref().map_or_else(|| asked.clone(), scope);
        let has = self.lab.scope_of_token(tokens).await?.ok_or_else(unsaid)?;
        if has == told || (has.is_subset(&told) && has != asked) {
            return Ok(());
        }
        let said =
            if tokens.scope.is_some() { "an answer that tells" } else { "an answer without scope, which stands for" };
        Err(Stop::finding(
            clause,
            format!("an answer that tells the scope {}, which the token has", text(&has)),
            format!("{said} {}", text(&told)),
        ))
    }
}

fn unsaid() -> Stop {
    Stop::not_applicable(Reason::Policy, "nothing says which scope was granted")
}
