//! What an authorization request asks for in its scope: RFC 6749 §3.3, OpenID Connect Core §3.1.2.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::granted::{beside, granted_scope, narrowed, scope, text, unknown_scope};
use crate::lab::{Authorize, Lab};

pub const SCOPE_BEYOND_CLIENT: Check = Check {
    id: "code/scope-beyond-client",
    title: "a client gets no scope that it may not have",
    why: "The user sees a list of scopes and says yes; that the client may not have one of them only the server knows.",
    clauses: &[
        "rfc6749/5.2/invalid-scope",
        "rfc6749/5.1/scope-reported",
        "rfc6749/4.1.2.1/invalid-scope",
        "rfc6749/10.3/scope-by-client",
    ],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_beyond_client(lab))),
};

pub const SCOPE_NOT_WIDENED: Check = Check {
    id: "code/scope-not-widened",
    title: "a scope beside the code gives nothing that the user was not asked about",
    why: "The user said yes to little. Whoever redeems the code must not be able to write the rest into the request.",
    clauses: &["rfc6749/1.4/as-granted"],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_not_widened(lab))),
};

pub const SCOPE_REDUCTION_REPORTED: Check = Check {
    id: "code/scope-reduction-reported",
    title: "a scope that is left out of the grant is left out of the answer",
    why: "A client that believes it has a scope fails later, far from the cause.",
    clauses: &["rfc6749/5.1/scope-reported"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_reduction_reported(lab))),
};

pub const SCOPE_ORDER: Check = Check {
    id: "authorize/scope-order",
    title: "the order of the values in scope changes nothing",
    why: "A client that sorts its scopes must not lose its ID token, or a scope, to a server that reads the first one only.",
    clauses: &["rfc6749/3.3/order-irrelevant"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(scope_order(lab))),
};

pub const UNKNOWN_SCOPE_IGNORED: Check = Check {
    id: "authorize/unknown-scope-ignored",
    title: "an OpenID provider ignores a scope that it does not know",
    why: "A client that asks several providers for the same scopes would otherwise fail at those that know fewer.",
    clauses: &["oidc-core/3.1.2.1/unknown-scope-ignored"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(unknown_scope_ignored(lab))),
};

async fn scope_beyond_client(lab: &Lab) -> Answer {
    lab.asks_for_more(lab.scope_beyond_client()?, Some("rfc6749/5.2/invalid-scope")).await
}

async fn scope_not_widened(lab: &Lab) -> Answer {
    let whole = lab.target().authorization_scope().unwrap_or_default().to_owned();
    let narrow = narrowed(&whole);
    if narrow.is_empty() || narrow.len() == whole.len() {
        return Err(Stop::not_applicable(Reason::Policy, "nothing can be left out of the usual scope"));
    }
    let authorize = || lab.authorize(Authorize::valid().with("scope", &narrow));
    let control = lab.redeem(&authorize().await?.code()?).await?.is_token()?;
    let granted = granted_scope(&control, Some(&narrow)).unwrap_or_default();

    let code = authorize().await?.code()?;
    let reply = lab.send(&lab.redemption(&code)?.with("scope", &whole)).await?;
    reply.judgeable()?;
    let Some(tokens) = reply.tokens() else { return Ok(()) };
    let told = tokens.scope.as_deref().map(scope);
    let widened = [told, lab.scope_of_token(&tokens).await?].into_iter().flatten().find(|now| !now.is_subset(&granted));
    match widened {
        None => Ok(()),
        Some(now) => Err(Stop::finding(
            SCOPE_NOT_WIDENED.clauses[0],
            format!("the scope {:?} at most", text(&granted)),
            format!("the scope {:?}", text(&now)),
        )),
    }
}

async fn scope_reduction_reported(lab: &Lab) -> Answer {
    lab.asks_for_more(&unknown_scope(), None).await
}

async fn scope_order(lab: &Lab) -> Answer {
    let clause = "rfc6749/3.3/order-irrelevant";
    let (_, tokens) = lab.user_tokens().await?;
    let asked = lab.target().authorization_scope().unwrap_or_default();
    let turned = asked.split(' ').rev().collect::<Vec<_>>().join(" ");
    if turned == asked {
        return Err(Stop::not_applicable(Reason::Policy, "the target asks for one scope only"));
    }
    let code = lab.authorize(Authorize::valid().with("scope", &turned)).await?.issues_code(clause)?;
    let other = lab.redeem(&code).await?.served(clause)?;
    if tokens.id_token.is_some() != other.id_token.is_some() {
        return Err(Stop::finding(clause, "an ID token whichever scope comes first", other.reply.actual()));
    }
    let (first, second) = (granted_scope(&tokens, Some(asked)), granted_scope(&other, Some(&turned)));
    if first == second {
        return Ok(());
    }
    Err(Stop::finding(
        clause,
        format!("the scope {first:?} in every order"),
        format!("the scope {second:?} for {turned:?}"),
    ))
}

async fn unknown_scope_ignored(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let asked = beside(lab.target().authorization_scope(), &unknown_scope());
    lab.authorize(Authorize::valid().with("scope", asked))
        .await?
        .issues_code("oidc-core/3.1.2.1/unknown-scope-ignored")
        .map(drop)
}
