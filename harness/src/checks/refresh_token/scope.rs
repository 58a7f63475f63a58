//! What a refresh may ask for, and what it gets: RFC 6749 §6.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::ErrorCode::InvalidScope;
use crate::exchange::Tokens;
use crate::lab::granted::{Scope, granted_scope, narrowed, scope, text};
use crate::lab::{First, Lab, renewable};

pub const SCOPE_NOT_WIDENED: Check = Check {
    id: "refresh/scope-not-widened",
    title: "a refresh yields no scope that the user did not grant",
    why: "The user said yes to one thing; whoever has the refresh token helps itself to another.",
    clauses: &[
        "rfc6749/6/scope-not-widened",
        "rfc6749/5.1/scope-reported",
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.2/error-response",
        "rfc9700/4.14.2/scope-bound",
    ],
    cells: Cells::EVERY_REFRESH,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_not_widened(lab))),
};

pub const SCOPE_DEFAULTS: Check = Check {
    id: "refresh/scope-defaults-to-original",
    title: "a refresh without scope asks for the scope that was granted, and the client is told if it gets less",
    why: "A client that silently loses a scope fails later; one that silently gains one was never allowed to have it.",
    clauses: &["rfc6749/6/scope-defaults-to-original", "rfc6749/6/scope-not-widened", "rfc6749/5.1/scope-reported"],
    cells: Cells::EVERY_REFRESH,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_defaults(lab))),
};

pub const NARROWING_KEEPS_ORIGINAL: Check = Check {
    id: "refresh/narrowing-keeps-original",
    title: "a refresh for less does not narrow the refresh token",
    why: "A client that asks for a weak token for one call must not lose the rest of the grant for ever.",
    clauses: &["rfc6749/6/new-token-same-scope"],
    cells: Cells::REFRESH,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(narrowing_keeps_original(lab))),
};

async fn scope_not_widened(lab: &Lab) -> Answer {
    let (_, refresh_token) = lab.refreshable().await?;
    lab.refresh(&refresh_token).await?.is_token()?;

    let whole = lab.target().scope_in(lab.cell()).unwrap_or_default();
    let narrow = narrowed(whole);
    let mut beyond: Vec<String> = scope(whole).difference(&scope(&narrow)).cloned().collect();
    if !beyond.is_empty() && !narrow.is_empty() {
        let tokens = lab.first_tokens_as(First { scope: Some(&narrow), ..First::default() }).await?;
        if tokens.refresh_token.is_some() {
            let granted = granted_scope(&tokens, Some(&narrow)).unwrap_or_default();
            beyond.retain(|value| !granted.contains(value));
            if !beyond.is_empty() {
                widened(lab, &tokens, &granted, &beyond).await?;
            }
        }
    }
    let Some(foreign) = lab.target().scopes.beyond_client.clone() else {
        return Ok(());
    };
    let (tokens, _) = lab.refreshable().await?;
    let granted = granted_scope(&tokens, lab.target().scope_in(lab.cell())).unwrap_or_default();
    widened(lab, &tokens, &granted, &[foreign]).await
}

/// Asks for more than was granted; it may be refused, or left out.
async fn widened(lab: &Lab, tokens: &Tokens, granted: &Scope, beyond: &[String]) -> Answer {
    let asked = text(&granted.iter().chain(beyond).cloned().collect());
    let request = lab.refreshing(&renewable(tokens)?)?.with("scope", &asked);
    let reply = lab.send(&request).await?;
    let Some(tokens) = reply.tokens() else {
        return reply.refused("rfc6749/6/scope-not-widened")?.with_error(&[InvalidScope]);
    };
    let gained = |has: &Scope| beyond.iter().any(|value| has.contains(value));
    let has = lab.scope_of_token(&tokens).await?;
    match (&tokens.scope, &has) {
        (_, Some(has)) if gained(has) => Err(more(beyond, "a token that has it")),
        (Some(said), _) if gained(&scope(said)) => Err(more(beyond, "an answer that grants it")),
        (Some(_), _) => Ok(()),
        // The scope was left out of the answer, which says that all of it was granted.
        (None, Some(_)) => Err(Stop::finding(
            "rfc6749/5.1/scope-reported",
            "the scope that was granted, since it is not the one that was asked for",
            "no scope in the answer",
        )),
        (None, None) => Err(more(beyond, "an answer that says nothing else")),
    }
}

fn more(beyond: &[String], actual: &str) -> Stop {
    Stop::finding("rfc6749/6/scope-not-widened", format!("no {} in the scope", beyond.join(", ")), actual)
}

/// A refresh without scope asks for all that was granted, and no more can come of it. Less may: a server may ignore a part of
/// what is asked for (RFC 6749 §3.3), if it says so.
async fn scope_defaults(lab: &Lab) -> Answer {
    let (tokens, refresh_token) = lab.refreshable().await?;
    let shown = lab.scope_of_token(&tokens).await?;
    let original = granted_scope(&tokens, lab.target().scope_in(lab.cell())).or_else(|| shown.clone());
    let fresh = lab.refresh(&refresh_token).await?.is_token()?;
    let Some(original) = original else {
        return Err(Stop::Inconclusive("neither the answer nor the token says which scope was granted".to_owned()));
    };
    let differs = |clause: &'static str, now: &Scope| {
        Stop::finding(clause, format!("the scope {}", text(&original)), format!("the scope {}", text(now)))
    };
    // An answer without scope stands for the original one.
    let told = granted_scope(&fresh, Some(&text(&original))).unwrap_or_default();
    if !told.is_subset(&original) {
        return Err(differs("rfc6749/6/scope-not-widened", &told));
    }
    // By introspection a token may have less than was granted: only what the first token showed can be missed in this one.
    let shown = shown.unwrap_or_default();
    if let Some(has) = lab.scope_of_token(&fresh).await? {
        if has.difference(&original).any(|value| !shown.contains(value)) {
            return Err(differs("rfc6749/6/scope-not-widened", &has));
        }
        let untold: Vec<&str> =
            shown.intersection(&told).filter(|value| !has.contains(*value)).map(String::as_str).collect();
        if !untold.is_empty() {
            return Err(Stop::finding(
                "rfc6749/5.1/scope-reported",
                "an answer that tells which scope the token has",
                format!("a token without {}, which the answer grants", untold.join(" ")),
            ));
        }
    }
    Ok(())
}

/// What a server grants of the original scope anyway shows in a refresh before: it may leave out some of it each time.
async fn narrowing_keeps_original(lab: &Lab) -> Answer {
    let clause = "rfc6749/6/new-token-same-scope";
    let (tokens, refresh_token) = lab.refreshable().await?;
    let original = text(&granted_scope(&tokens, lab.target().scope_in(lab.cell())).unwrap_or_default());
    let narrow = narrowed(&original);
    if narrow.is_empty() || scope(&narrow) == scope(&original) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the grant has no scope to leave out: the target file asks for none beside openid and offline_access",
        ));
    }
    let asking = |refresh_token: &str, asked: &str| Ok(lab.refreshing(refresh_token)?.with("scope", asked));
    let whole = lab.send(&asking(&refresh_token, &original)?).await?.is_token()?;
    let before = granted_scope(&whole, Some(&original)).unwrap_or_default();
    let refresh_token = whole.refresh_token.unwrap_or(refresh_token);

    let less = lab.send(&asking(&refresh_token, &narrow)?).await?.is_token()?;
    let Some(next) = less.refresh_token.filter(|next| *next != refresh_token) else {
        return Err(Stop::not_applicable(Reason::Policy, "the server issues no new refresh token at a refresh"));
    };
    let tokens = lab.send(&asking(&next, &original)?).await?.served(clause)?;
    let now = granted_scope(&tokens, Some(&original)).unwrap_or_default();
    if now == before {
        return Ok(());
    }
    Err(Stop::finding(clause, format!("the scope {}", text(&before)), format!("the scope {}", text(&now))))
}
