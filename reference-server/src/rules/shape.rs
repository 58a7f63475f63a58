//! How the refusal by each rule looks to whoever made the request. The pages of the rules show it; the tests hold each refusal against it.

use http::StatusCode;

use super::Rule;
use crate::error::ErrorCode;

/// How a refusal looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// RFC 6749 §5.2: JSON, from the token endpoint or one of its neighbours.
    Json(ErrorCode),
    /// RFC 6750 §3: JSON and a challenge, from a resource.
    Challenge(ErrorCode),
    /// RFC 6749 §4.1.2.1, §4.2.2.1: parameters of the redirect URI.
    Returned(ErrorCode),
    /// RFC 6749 §3.1.2.4: a page for the user, who is sent nowhere.
    Shown(StatusCode, ErrorCode),
    /// RFC 7662 §2.2: `"active": false`, without a reason.
    Inactive,
    /// Like the refusal by another rule, so that whoever guesses learns nothing by the difference.
    As(Rule),
}

impl Rule {
    /// The shapes that its refusals take.
    pub fn shapes(self) -> &'static [Shape] {
        SHAPES.iter().find(|(rule, _)| *rule == self).map_or(&[], |(_, shapes)| shapes)
    }
}

use ErrorCode::{
    AccessDenied, AuthorizationPending, ConsentRequired, ExpiredToken, InsufficientScope, InvalidClient,
    InvalidClientMetadata, InvalidGrant, InvalidRedirectUri, InvalidRequest, InvalidRequestObject, InvalidRequestUri,
    InvalidScope, InvalidTarget, InvalidToken, LoginRequired, RequestUriNotSupported, SlowDown,
    UnapprovedSoftwareStatement, UnauthorizedClient, UnsupportedGrantType, UnsupportedResponseType,
};
use Shape::{As, Challenge, Inactive, Json, Returned, Shown};

const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

#[rustfmt::skip]
const SHAPES: &[(Rule, &[Shape])] = &[
    (Rule::RequestIsPost,                   &[Json(InvalidRequest)]),
    (Rule::BodyIsForm,                      &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::FormIsWellFormed,                &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::ParameterNotRepeated,            &[Json(InvalidRequest), Returned(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::ParameterIsPresent,              &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::CredentialsNotInQuery,           &[Json(InvalidRequest)]),

    (Rule::CredentialsAreWellFormed,        &[Json(InvalidClient)]),
    (Rule::OneAuthenticationMethod,         &[Json(InvalidRequest), Json(InvalidClient)]),
    (Rule::ClientAssertionTypeIsKnown,      &[Json(InvalidClient)]),
    (Rule::ClientAssertionIsAJwt,           &[Json(InvalidClient)]),
    (Rule::ClientIdAgrees,                  &[Json(InvalidRequest), Json(InvalidClient)]),
    (Rule::ClientIsKnown,                   &[Json(InvalidClient), Shown(BAD_REQUEST, InvalidClient)]),
    (Rule::ConfidentialClientAuthenticates, &[Json(InvalidClient)]),
    (Rule::ClientUsesItsMethod,             &[Json(InvalidClient)]),
    (Rule::ClientSecretMatches,             &[Json(InvalidClient)]),
    (Rule::ClientAssertionIsSigned,         &[Json(InvalidClient)]),
    (Rule::ClientAssertionNamesClient,      &[Json(InvalidClient)]),
    (Rule::ClientAssertionIsForServer,      &[Json(InvalidClient)]),
    (Rule::ClientAssertionHasNotExpired,    &[Json(InvalidClient)]),
    (Rule::ClientAssertionExpiresSoon,      &[Json(InvalidClient)]),
    (Rule::ClientAssertionHasBegun,         &[Json(InvalidClient)]),
    (Rule::ClientAssertionIsRecent,         &[Json(InvalidClient)]),
    (Rule::ClientAssertionHasJti,           &[Json(InvalidClient)]),
    (Rule::ClientAssertionIsUnused,         &[Json(InvalidClient)]),

    (Rule::GrantTypeIsPresent,              &[Json(InvalidRequest)]),
    (Rule::GrantTypeIsSupported,            &[Json(UnsupportedGrantType)]),
    (Rule::ClientMayUseGrant,               &[Json(UnauthorizedClient)]),
    (Rule::ExtensionApproves,               &[Json(InvalidGrant)]),
    (Rule::AssertionIsAJwt,                 &[Json(InvalidGrant)]),
    (Rule::AssertionIssuerIsTrusted,        &[Json(InvalidGrant)]),
    (Rule::AssertionIsSigned,               &[Json(InvalidGrant)]),
    (Rule::AssertionIssuerSpeaksFor,        &[Json(InvalidGrant)]),
    (Rule::AssertionIsForServer,            &[Json(InvalidGrant)]),
    (Rule::AssertionHasNotExpired,          &[Json(InvalidGrant)]),
    (Rule::AssertionExpiresSoon,            &[Json(InvalidGrant)]),
    (Rule::AssertionHasBegun,               &[Json(InvalidGrant)]),
    (Rule::AssertionIsRecent,               &[Json(InvalidGrant)]),
    (Rule::AssertionNamesAUser,             &[Json(InvalidGrant)]),
    (Rule::AssertionIsUnused,               &[Json(InvalidGrant)]),
    (Rule::ClientIsConfidential,            &[Json(UnauthorizedClient)]),

    (Rule::ScopeIsWellFormed,               &[Json(InvalidScope), Returned(InvalidScope)]),
    (Rule::ScopeIsKnown,                    &[Json(InvalidScope)]),
    (Rule::ScopeWithinClient,               &[Json(InvalidScope), Returned(InvalidScope)]),
    (Rule::ScopeFitsGrant,                  &[Json(InvalidScope)]),
    (Rule::ResourceWithinGrant,             &[Json(InvalidTarget)]),

    (Rule::RedirectUriIsGiven,              &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::RedirectUriIsRegistered,         &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::ResponseTypeIsPresent,           &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::ResponseTypeIsSupported,         &[Json(UnsupportedResponseType), Returned(UnsupportedResponseType)]),
    (Rule::BrowserTokenIsAllowed,           &[Json(UnauthorizedClient), Returned(UnauthorizedClient)]),
    (Rule::ClientMayUseResponseType,        &[Json(UnauthorizedClient), Returned(UnauthorizedClient)]),
    (Rule::ResponseModeIsSupported,         &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::ResponseModeFits,                &[Json(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::OneRequestParameter,             &[Returned(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::RequestObjectIsAJwt,             &[Json(InvalidRequestObject), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectIsSecured,          &[Json(InvalidRequestObject), Json(InvalidRequest), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectIsTyped,            &[Json(InvalidRequestObject), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectNamesClient,        &[Json(InvalidRequestObject), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectIsForServer,        &[Json(InvalidRequestObject), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectIsCurrent,          &[Json(InvalidRequestObject), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectHoldsParameters,    &[Json(InvalidRequestObject), Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestObjectAgrees,             &[Returned(InvalidRequestObject), Shown(BAD_REQUEST, InvalidRequestObject)]),
    (Rule::RequestIsSigned,                 &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::RequestUriIsNotPushed,           &[Json(InvalidRequest)]),
    (Rule::RequestUriIsOwn,                 &[Returned(RequestUriNotSupported), Shown(BAD_REQUEST, RequestUriNotSupported)]),
    (Rule::RequestUriIsKnown,               &[Returned(InvalidRequestUri), Shown(BAD_REQUEST, InvalidRequestUri)]),
    (Rule::RequestUriBelongsTo,             &[Returned(InvalidRequestUri), Shown(BAD_REQUEST, InvalidRequestUri)]),
    (Rule::RequestUriIsFresh,               &[Returned(InvalidRequestUri), Shown(BAD_REQUEST, InvalidRequestUri)]),
    (Rule::RequestUriIsUnspent,             &[Returned(InvalidRequestUri), Shown(BAD_REQUEST, InvalidRequestUri)]),
    (Rule::RequestIsPushed,                 &[Returned(InvalidRequest)]),
    (Rule::ChallengeIsPresent,              &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::ChallengeMethodIsSupported,      &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::ChallengeIsWellFormed,           &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::NonceIsPresent,                  &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::OpenidIsRequested,               &[Json(InvalidScope), Returned(InvalidScope)]),
    (Rule::PromptIsConsistent,              &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::MaxAgeIsANumber,                 &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::IdTokenHintIsOwn,                &[Json(InvalidRequest), Returned(InvalidRequest), Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::UserIsHinted,                    &[Returned(LoginRequired)]),
    (Rule::ClaimsAreWellFormed,             &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::UserinfoClaimsComeWithAToken,    &[Json(InvalidRequest), Returned(InvalidRequest)]),
    (Rule::SubjectIsRequested,              &[Returned(LoginRequired)]),
    (Rule::AcrCanBeMet,                     &[Returned(AccessDenied)]),
    (Rule::LoginMayBePrompted,              &[Returned(LoginRequired)]),
    (Rule::ConsentMayBePrompted,            &[Returned(ConsentRequired)]),

    (Rule::InteractionBelongsToBrowser,     &[Shown(FORBIDDEN, AccessDenied)]),
    (Rule::InteractionIsFresh,              &[Shown(FORBIDDEN, AccessDenied)]),
    (Rule::CsrfTokenMatches,                &[Shown(FORBIDDEN, AccessDenied)]),
    (Rule::PasswordMatches,                 &[Json(InvalidGrant)]),
    (Rule::GuessesAreBounded,               &[As(Rule::PasswordMatches), As(Rule::UserCodeIsOpen)]),
    (Rule::UserMayLogIn,                    &[As(Rule::PasswordMatches)]),
    (Rule::UserAllows,                      &[Returned(AccessDenied)]),
    (Rule::UserIsActive,                    &[Json(InvalidGrant), Json(InvalidRequest), Challenge(InvalidToken), Returned(AccessDenied), Shown(BAD_REQUEST, AccessDenied)]),

    (Rule::LogoutClientAgrees,              &[Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::PostLogoutRedirectNeedsHint,     &[Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::PostLogoutRedirectUriIsRegistered, &[Shown(BAD_REQUEST, InvalidRequest)]),
    (Rule::LogoutIsConfirmed,               &[Shown(BAD_REQUEST, AccessDenied)]),

    (Rule::CodeIsKnown,                     &[Json(InvalidGrant)]),
    (Rule::CodeBelongsTo,                   &[Json(InvalidGrant)]),
    (Rule::CodeIsFresh,                     &[Json(InvalidGrant)]),
    (Rule::RedirectUriRepeats,              &[Json(InvalidGrant)]),
    (Rule::VerifierIsWellFormed,            &[Json(InvalidGrant)]),
    (Rule::VerifierMatches,                 &[Json(InvalidGrant)]),
    (Rule::CodeIsUnspent,                   &[Json(InvalidGrant)]),

    (Rule::UserCodeIsOpen,                  &[Shown(BAD_REQUEST, AccessDenied)]),
    (Rule::DeviceCodeIsKnown,               &[Json(InvalidGrant)]),
    (Rule::DeviceCodeBelongsTo,             &[Json(InvalidGrant)]),
    (Rule::DeviceCodeIsFresh,               &[Json(ExpiredToken)]),
    (Rule::DeviceCodeIsAllowed,             &[Json(AccessDenied)]),
    (Rule::DevicePollsSlowly,               &[Json(SlowDown)]),
    (Rule::DeviceCodeIsDecided,             &[Json(AuthorizationPending)]),
    (Rule::DeviceCodeIsUnspent,             &[Json(InvalidGrant)]),

    (Rule::ClientMayExchange,               &[Json(UnauthorizedClient)]),
    (Rule::RequestedTokenTypeIsSupported,   &[Json(InvalidRequest)]),
    (Rule::ActorTokenHasItsType,            &[Json(InvalidRequest)]),
    (Rule::ExchangedTokenTypeIsSupported,   &[Json(InvalidRequest)]),
    (Rule::ExchangedTokenIsKnown,           &[Json(InvalidRequest)]),
    (Rule::ExchangedTokenIsLive,            &[Json(InvalidRequest)]),
    (Rule::TokenMayBeExchangedBy,           &[Json(InvalidRequest)]),
    (Rule::ActorMayAct,                     &[Json(InvalidRequest)]),
    (Rule::TargetsAreKnown,                 &[Json(InvalidTarget), Returned(InvalidTarget)]),
    (Rule::ExchangeScopeWithinSubject,      &[Json(InvalidScope)]),

    (Rule::RefreshTokenIsKnown,             &[Json(InvalidGrant)]),
    (Rule::RefreshTokenBelongsTo,           &[Json(InvalidGrant)]),
    (Rule::RefreshTokenIsLive,              &[Json(InvalidGrant)]),
    (Rule::RefreshTokenIsFresh,             &[Json(InvalidGrant)]),
    (Rule::RefreshScopeWithinGrant,         &[Json(InvalidScope)]),
    (Rule::RefreshTokenIsUnused,            &[Json(InvalidGrant)]),

    (Rule::InitialAccessTokenMatches,       &[Challenge(InvalidToken)]),
    (Rule::RegistrationsAreBounded,         &[Json(AccessDenied)]),
    (Rule::RegistrationAccessTokenMatches,  &[Challenge(InvalidToken)]),
    (Rule::RegistrationIsJson,              &[Challenge(InvalidRequest)]),
    (Rule::MetadataIsWellFormed,            &[Json(InvalidClientMetadata), Json(InvalidRedirectUri)]),
    (Rule::SoftwareStatementIsAbsent,       &[Json(UnapprovedSoftwareStatement)]),
    (Rule::MetadataIsSupported,             &[Json(InvalidClientMetadata)]),
    (Rule::ResponseTypesFitGrantTypes,      &[Json(InvalidClientMetadata)]),
    (Rule::GrantTypesCanBeHeld,             &[Json(InvalidClientMetadata)]),
    (Rule::RedirectUrisAreGiven,            &[Json(InvalidRedirectUri)]),
    (Rule::RedirectUrisAreSafe,             &[Json(InvalidRedirectUri)]),
    (Rule::RedirectUrisFitApplication,      &[Json(InvalidRedirectUri)]),
    (Rule::PagesBelongToClient,             &[Json(InvalidClientMetadata)]),
    (Rule::ScopeCanBeRegistered,            &[Json(InvalidClientMetadata)]),
    (Rule::ClientCanBeRegistered,           &[Json(InvalidClientMetadata), Json(InvalidRedirectUri)]),
    (Rule::UpdateNamesItsClient,            &[Json(InvalidClientMetadata)]),
    (Rule::UpdateKeepsSecret,               &[Json(InvalidClientMetadata)]),
    (Rule::UpdateIsMetadataOnly,            &[Json(InvalidClientMetadata)]),

    (Rule::BearerTokenInHeader,             &[Challenge(InvalidRequest)]),
    (Rule::BearerTokenIsLive,               &[Challenge(InvalidToken)]),
    (Rule::BearerTokenIsForUserinfo,        &[Challenge(InvalidToken)]),
    (Rule::BearerTokenSpeaksForUser,        &[Challenge(InsufficientScope)]),
    (Rule::UserinfoNeedsOpenid,             &[Challenge(InsufficientScope)]),

    (Rule::ClientMayIntrospect,             &[Json(InvalidClient)]),
    (Rule::TokenMayBeIntrospectedBy,        &[Inactive]),
    (Rule::TokenIsLive,                     &[Inactive]),
    (Rule::RevocationBelongsTo,             &[Json(InvalidRequest)]),
];
