//! The name, the clause and the sentence of every rule.

/// Writes the enum and its table from one list.
macro_rules! rules {
    ($( $variant:ident $name:literal $clause:literal $says:literal )*) => {
        /// Every rule that the server can refuse by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule { $( #[doc = concat!($clause, ": ", $says)] $variant, )* }

        impl Rule {
            /// Every rule, in the order in which a request meets them.
            pub const ALL: &'static [Rule] = &[$( Rule::$variant, )*];

            /// The name in `error_uri`, in kebab case.
            pub fn name(self) -> &'static str { match self { $( Rule::$variant => $name, )* } }

            /// Where the standards say so.
            pub fn clause(self) -> &'static str { match self { $( Rule::$variant => $clause, )* } }

            /// The rule in one sentence.
            pub fn says(self) -> &'static str { match self { $( Rule::$variant => $says, )* } }
        }
    };
}

#[rustfmt::skip]
rules! {
    // Requests
    RequestIsPost                  "request-is-post"                    "RFC 6749 §3.2"             "Requests to this endpoint are sent with POST."
    BodyIsForm                     "body-is-form"                       "RFC 6749 §4.1.3"           "The body is application/x-www-form-urlencoded."
    FormIsWellFormed               "form-is-well-formed"                "RFC 6749 Appendix B"       "Parameters are form-encoded UTF-8."
    ParameterNotRepeated           "parameter-not-repeated"             "RFC 6749 §3.1, §3.2"       "No parameter is sent twice, unless its definition allows it."
    ParameterIsPresent             "parameter-is-present"               "RFC 6749 §4.1.2.1, §5.2"   "Required parameters are sent, with a value."
    CredentialsNotInQuery          "credentials-not-in-query"           "RFC 6749 §2.3.1"           "Client credentials do not travel in the URL."

    // Client authentication
    CredentialsAreWellFormed       "credentials-are-well-formed"        "RFC 6749 §2.3.1, RFC 7617 §2" "The Authorization header holds one Basic credential, id and secret form-encoded."
    OneAuthenticationMethod        "one-authentication-method"          "RFC 6749 §2.3"             "A request authenticates the client by one method only."
    ClientAssertionTypeIsKnown     "client-assertion-type-is-known"     "RFC 7521 §4.2, RFC 7523 §2.2" "A client assertion and its type are sent together, and the type is that of JWTs."
    ClientAssertionIsAJwt          "client-assertion-is-a-jwt"          "RFC 7523 §2.2, §3 (10)"    "A client assertion is one well-formed JWT."
    ClientIdAgrees                 "client-id-agrees"                   "RFC 6749 §3.2.1, RFC 7521 §4.2" "A client_id in the body names the client that authenticates."
    ClientIsKnown                  "client-is-known"                    "RFC 6749 §5.2, §4.1.2.1"   "The client is registered."
    ConfidentialClientAuthenticates "confidential-client-authenticates" "RFC 6749 §3.2.1"           "A confidential client authenticates."
    ClientUsesItsMethod            "client-uses-its-method"             "RFC 7591 §2"               "A client authenticates by the method it is registered for."
    ClientSecretMatches            "client-secret-matches"              "RFC 6749 §2.3.1"           "The client secret is the registered one."
    ClientAssertionIsSigned        "client-assertion-is-signed"         "RFC 7523 §3 (9), RFC 8725 §3.1" "A client assertion is signed with a key and an algorithm that the client is registered for."
    ClientAssertionNamesClient     "client-assertion-names-client"      "RFC 7523 §3 (1, 2), OpenID Connect Core §9" "The iss and the sub of a client assertion are the client_id."
    ClientAssertionIsForServer     "client-assertion-is-for-server"     "RFC 7523 §3 (3)"           "The aud of a client assertion is the issuer or the token endpoint of this server."
    ClientAssertionHasNotExpired   "client-assertion-has-not-expired"   "RFC 7523 §3 (4)"           "A client assertion says when it expires, and has not."
    ClientAssertionExpiresSoon     "client-assertion-expires-soon"      "RFC 7523 §3 (4)"           "A client assertion does not expire unreasonably late."
    ClientAssertionHasBegun        "client-assertion-has-begun"         "RFC 7523 §3 (5)"           "A client assertion is not used before its nbf."
    ClientAssertionIsRecent        "client-assertion-is-recent"         "RFC 7523 §3 (6)"           "A client assertion was not issued unreasonably long ago."
    ClientAssertionHasJti          "client-assertion-has-jti"           "OpenID Connect Core §9"    "A client assertion has a jti."
    ClientAssertionIsUnused        "client-assertion-is-unused"         "OpenID Connect Core §9, RFC 7523 §3 (7)" "A client assertion is used once."

    // Grants
    GrantTypeIsPresent             "grant-type-is-present"              "RFC 6749 §5.2"             "A token request names its grant type."
    GrantTypeIsSupported           "grant-type-is-supported"            "RFC 6749 §5.2"             "The grant type is one that this server answers."
    ClientMayUseGrant              "client-may-use-grant"               "RFC 6749 §5.2"             "The client is registered for the grant type."
    ExtensionApproves              "extension-approves"                 "RFC 6749 §4.5"             "An extension grant is asked for what it approves of."
    AssertionIsAJwt                "assertion-is-a-jwt"                 "RFC 7523 §2.1, §3 (10)"    "An assertion that is an authorization grant is one well-formed JWT."
    AssertionIssuerIsTrusted       "assertion-issuer-is-trusted"        "RFC 7523 §3 (1), RFC 7521 §5.1" "The iss of an assertion is somebody whose word is taken here."
    AssertionIsSigned              "assertion-is-signed"                "RFC 7523 §3 (9), RFC 8725 §3.1, §3.8" "An assertion is signed with a key of its issuer."
    AssertionIssuerSpeaksFor       "assertion-issuer-speaks-for"        "RFC 7523 §3 (2), RFC 8725 §3.8" "An assertion has a sub for whom its issuer may speak."
    AssertionIsForServer           "assertion-is-for-server"            "RFC 7523 §3 (3)"           "The aud of an assertion is the issuer or the token endpoint of this server."
    AssertionHasNotExpired         "assertion-has-not-expired"          "RFC 7523 §3 (4)"           "An assertion says when it expires, and has not."
    AssertionExpiresSoon           "assertion-expires-soon"             "RFC 7523 §3 (4)"           "An assertion does not expire unreasonably late."
    AssertionHasBegun              "assertion-has-begun"                "RFC 7523 §3 (5)"           "An assertion is not used before its nbf."
    AssertionIsRecent              "assertion-is-recent"                "RFC 7523 §3 (6)"           "An assertion was not issued unreasonably long ago."
    AssertionNamesAUser            "assertion-names-a-user"             "RFC 7523 §3 (2), RFC 8725 §3.8" "The sub of an assertion is a user of this server."
    AssertionIsUnused              "assertion-is-unused"                "RFC 7523 §3 (7)"           "An assertion that has a jti is used once."
    ClientIsConfidential           "client-is-confidential"             "RFC 6749 §4.4"             "Client credentials are for confidential clients only."

    // Scope
    ScopeIsWellFormed              "scope-is-well-formed"               "RFC 6749 §3.3"             "Scope is a list of tokens separated by single spaces."
    ScopeIsKnown                   "scope-is-known"                     "RFC 6749 §5.2"             "The scope is one that this server knows."
    ScopeWithinClient              "scope-within-client"                "RFC 6749 §3.3, §5.2"       "The scope stays within what the client is registered for."
    ScopeFitsGrant                 "scope-fits-grant"                   "RFC 6749 §4.4"             "A client that acts for itself asks for nothing that speaks of a user."
    ResourceWithinGrant            "resource-within-grant"              "RFC 8707 §2.2"             "A token request names resources that were granted, where the authorization request named any."

    // The authorization request
    RedirectUriIsGiven             "redirect-uri-is-given"              "RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.1" "The redirect URI is named, unless plain OAuth and a single registered one leave no doubt."
    RedirectUriIsRegistered        "redirect-uri-is-registered"         "RFC 6749 §3.1.2.3, RFC 9700 §2.1" "The redirect URI is, character for character, a registered one; a native client may choose the port on a loopback address."
    ResponseTypeIsPresent          "response-type-is-present"           "RFC 6749 §3.1.1"           "An authorization request names its response type."
    ResponseTypeIsSupported        "response-type-is-supported"         "RFC 6749 §3.1.1"           "The response type is one that this server answers."
    BrowserTokenIsAllowed          "browser-token-is-allowed"           "RFC 9700 §2.1.2"           "An access token passes through the browser only for a client that is allowed to."
    ClientMayUseResponseType       "client-may-use-response-type"       "RFC 6749 §4.1.2.1"         "The client is registered for the grant behind the response type."
    ResponseModeIsSupported        "response-mode-is-supported"         "OpenID Connect Core §3.1.2.6" "The response mode is one that this server answers; otherwise nothing is sent to the client."
    ResponseModeFits               "response-mode-fits"                 "Multiple Response Types §3, §5, §7" "A response that holds a token does not travel in a query."
    OneRequestParameter            "one-request-parameter"              "OpenID Connect Core §6, RFC 9101 §5" "The parameters request and request_uri exclude each other."
    RequestObjectIsAJwt            "request-object-is-a-jwt"            "RFC 9101 §4, RFC 7519 §7.2" "A request object is one well-formed JWT, and not encrypted."
    RequestObjectIsSecured         "request-object-is-secured"          "OpenID Connect Core §6.3.2, RFC 9101 §6.2" "A request object is signed by a key of its client's, as it is registered to be."
    RequestObjectIsTyped           "request-object-is-typed"            "RFC 9101 §10.8, RFC 8725 §3.11" "A JWT of another kind is no request object."
    RequestObjectNamesClient       "request-object-names-client"        "RFC 9101 §5, §6.3, OpenID Connect Core §6.1" "The client_id and iss in a request object are the client that sends it."
    RequestObjectIsForServer       "request-object-is-for-server"       "RFC 7519 §4.1.3, RFC 9101 §4" "The aud of a request object is this server."
    RequestObjectIsCurrent         "request-object-is-current"          "RFC 7519 §4.1.4, §4.1.5" "A request object has not expired, and is not early."
    RequestObjectHoldsParameters   "request-object-holds-parameters"    "RFC 9101 §4, OpenID Connect Core §6.1" "A request object holds parameters of a request, each of its type, and no other object."
    RequestObjectAgrees            "request-object-agrees"              "OpenID Connect Core §6.1"  "The response_type in a request object is the one beside it."
    RequestIsSigned                "request-is-signed"                  "RFC 9101 §10.5"            "Where signing is required, no request comes unsigned."
    RequestUriIsNotPushed          "request-uri-is-not-pushed"          "RFC 9126 §2.1"             "What is pushed is a request, not a reference to one."
    RequestUriIsOwn                "request-uri-is-own"                 "OpenID Connect Core §6.2, RFC 9126 §5" "A request_uri comes from this server, or is one that its client registered where the server fetches such."
    RequestUriIsKnown              "request-uri-is-known"               "OpenID Connect Core §3.1.2.6, RFC 9126 §4" "Behind a request_uri is a request that was pushed here, or an object that can be fetched."
    RequestUriBelongsTo            "request-uri-belongs-to"             "RFC 9126 §2.2"             "The request_uri was issued to the client that uses it."
    RequestUriIsFresh              "request-uri-is-fresh"               "RFC 9126 §4"               "The request_uri has not expired."
    RequestUriIsUnspent            "request-uri-is-unspent"             "RFC 9126 §4, §7.3"         "The request_uri is used once."
    RequestIsPushed                "request-is-pushed"                  "RFC 9126 §4"               "Where pushing is required, no request comes in the open."
    ChallengeIsPresent             "challenge-is-present"               "RFC 7636 §4.4.1"           "The authorization request carries a code_challenge."
    ChallengeMethodIsSupported     "challenge-method-is-supported"      "RFC 7636 §4.4.1, §7.2"     "The code_challenge_method is S256, or plain for a client that is allowed to."
    ChallengeIsWellFormed          "challenge-is-well-formed"           "RFC 7636 §4.2"             "The code_challenge is the base64url form of a SHA-256, or with plain a code_verifier."
    NonceIsPresent                 "nonce-is-present"                   "OpenID Connect Core §3.2.2.1, §3.3.2.1" "A request for an ID token through the browser carries a nonce."
    OpenidIsRequested              "openid-is-requested"                "OpenID Connect Core §3.1.2.1" "An ID token is asked for with the scope openid."
    PromptIsConsistent             "prompt-is-consistent"               "OpenID Connect Core §3.1.2.1" "The prompt value none stands alone."
    MaxAgeIsANumber                "max-age-is-a-number"                "OpenID Connect Core §3.1.2.1" "max_age is a number of seconds."
    IdTokenHintIsOwn               "id-token-hint-is-own"               "OpenID Connect Core §3.1.2.2, RP-Initiated Logout §2" "An id_token_hint is an ID token of this server."
    UserIsHinted                   "user-is-hinted"                     "OpenID Connect Core §3.1.2.1, §3.1.2.2" "A request with an id_token_hint is answered for the user whom it names."
    ClaimsAreWellFormed            "claims-are-well-formed"             "OpenID Connect Core §5.5, §5.5.1" "The parameter claims is a JSON object of claims requests."
    UserinfoClaimsComeWithAToken   "userinfo-claims-come-with-a-token"  "OpenID Connect Core §5.5"  "Claims from the userinfo endpoint are asked for together with an access token."
    SubjectIsRequested             "subject-is-requested"               "OpenID Connect Core §5.5.1, §3.1.2.2" "A request for a particular sub is answered for that user, or not at all."
    AcrCanBeMet                    "acr-can-be-met"                     "OpenID Connect Core §5.5.1.1" "An essential acr that cannot be met is a failed authentication."
    LoginMayBePrompted             "login-may-be-prompted"              "OpenID Connect Core §3.1.2.1, §3.1.2.6" "No login page is shown when the client asked for none."
    ConsentMayBePrompted           "consent-may-be-prompted"            "OpenID Connect Core §3.1.2.1, §3.1.2.6" "No consent page is shown when the client asked for none."

    // Login and consent
    InteractionBelongsToBrowser    "interaction-belongs-to-browser"     "RFC 6749 §10.12"           "A login or consent page is answered by the browser that it was shown to."
    InteractionIsFresh             "interaction-is-fresh"               "RFC 6749 §10.12"           "A login or consent page is answered in time, and once."
    CsrfTokenMatches               "csrf-token-matches"                 "RFC 6749 §10.12"           "A form carries the value that its page was given."
    GuessesAreBounded              "guesses-are-bounded"                "RFC 6749 §4.3.2, §10.10, RFC 8628 §5.1" "After too many guesses not even the right one counts, for a while."
    PasswordMatches                "password-matches"                   "RFC 6749 §3.1, §4.3.2"             "The user proves who they are."
    UserMayLogIn                   "user-may-log-in"                    "RFC 6749 §3.1"             "A locked user does not log in anew."
    UserAllows                     "user-allows"                        "RFC 6749 §4.1.2.1"         "Nothing is granted that the user did not allow."
    UserIsActive                   "user-is-active"                     "RFC 6749 §5.2"             "Nothing is granted in the name of a disabled user."

    // Logout
    LogoutClientAgrees             "logout-client-agrees"               "RP-Initiated Logout §4"    "A client_id beside an id_token_hint names the client that the ID token was issued to."
    PostLogoutRedirectNeedsHint    "post-logout-redirect-needs-hint"    "RP-Initiated Logout §2, §3" "Without an id_token_hint nobody is sent anywhere after a logout."
    PostLogoutRedirectUriIsRegistered "post-logout-redirect-uri-is-registered" "RP-Initiated Logout §3" "The post_logout_redirect_uri is, character for character, a registered one."
    LogoutIsConfirmed              "logout-is-confirmed"                "RP-Initiated Logout §6, RFC 6749 §10.12" "A logout that needs a yes is confirmed from the page that asks for it."

    // Codes
    CodeIsKnown                    "code-is-known"                      "RFC 6749 §4.1.3"           "The code was issued here."
    CodeBelongsTo                  "code-belongs-to"                    "RFC 6749 §4.1.3"           "The code was issued to the client that redeems it."
    CodeIsFresh                    "code-is-fresh"                      "RFC 6749 §4.1.2"           "The code has not expired."
    RedirectUriRepeats             "redirect-uri-repeats"               "RFC 6749 §4.1.3"           "The redirect URI of the authorization request is repeated, character for character."
    VerifierIsWellFormed           "verifier-is-well-formed"            "RFC 7636 §4.1"             "The code_verifier is 43 to 128 unreserved characters."
    VerifierMatches                "verifier-matches"                   "RFC 7636 §4.6, RFC 9700 §2.1.1" "The code_verifier belongs to the code_challenge, and there is none without a challenge."
    CodeIsUnspent                  "code-is-unspent"                    "RFC 6749 §4.1.2"           "The code is used once."

    // Device codes
    UserCodeIsOpen                 "user-code-is-open"                  "RFC 8628 §3.3"             "A device waits with the user code, and nobody has answered it yet."
    DeviceCodeIsKnown              "device-code-is-known"               "RFC 8628 §3.4"             "The device code was issued here."
    DeviceCodeBelongsTo            "device-code-belongs-to"             "RFC 8628 §3.4, RFC 6749 §5.2" "The device code was issued to the client that comes with it."
    DeviceCodeIsFresh              "device-code-is-fresh"               "RFC 8628 §3.5"             "The device code has not expired."
    DeviceCodeIsAllowed            "device-code-is-allowed"             "RFC 8628 §3.5"             "The user allowed it."
    DevicePollsSlowly              "device-polls-slowly"                "RFC 8628 §3.5"             "A device waits between two polls as long as it was told to."
    DeviceCodeIsDecided            "device-code-is-decided"             "RFC 8628 §3.5"             "The user has decided."
    DeviceCodeIsUnspent            "device-code-is-unspent"             "RFC 6749 §5.2"             "The device code is used once."

    // Token exchange
    ClientMayExchange              "client-may-exchange"                "RFC 8693 §2.1"             "Tokens are exchanged by clients that authenticate."
    RequestedTokenTypeIsSupported  "requested-token-type-is-supported"  "RFC 8693 §2.1, §2.2.2"     "The requested token type is one that this server issues."
    ActorTokenHasItsType           "actor-token-has-its-type"           "RFC 8693 §2.1"             "An actor token comes with its type, and none comes without the other."
    ExchangedTokenTypeIsSupported  "exchanged-token-type-is-supported"  "RFC 8693 §2.1, §3"         "A token that is exchanged is of a type that this server can judge."
    ExchangedTokenIsKnown          "exchanged-token-is-known"           "RFC 8693 §2.1, §2.2.2"     "A token that is exchanged was issued here, and is what it is said to be."
    ExchangedTokenIsLive           "exchanged-token-is-live"            "RFC 8693 §2.1, §2.2.2"     "A token that is exchanged has neither expired nor been used up or revoked."
    TokenMayBeExchangedBy          "token-may-be-exchanged-by"          "RFC 8693 §2.1, §2.2.2"     "A token is exchanged by the client that it was issued to, or by one that it is meant for."
    ActorMayAct                    "actor-may-act"                      "RFC 8693 §4.4"             "Whoever acts for a subject is the one whom the subject lets act."
    TargetsAreKnown                "targets-are-known"                  "RFC 8693 §2.2.2, RFC 8707 §2" "The resources and audiences are ones that this server issues tokens for."
    ExchangeScopeWithinSubject     "exchange-scope-within-subject"      "RFC 8693 §5, RFC 6749 §3.3" "An exchanged scope stays within that of the subject token."

    // Refresh tokens
    RefreshTokenIsKnown            "refresh-token-is-known"             "RFC 6749 §6"               "The refresh token was issued here."
    RefreshTokenBelongsTo          "refresh-token-belongs-to"           "RFC 6749 §6, §10.4"        "The refresh token was issued to the client that uses it."
    RefreshTokenIsLive             "refresh-token-is-live"              "RFC 7009 §2.1"             "The refresh token was not revoked."
    RefreshTokenIsFresh            "refresh-token-is-fresh"             "RFC 6749 §6, RFC 9700 §4.14.2" "The refresh token has not expired."
    RefreshScopeWithinGrant        "refresh-scope-within-grant"         "RFC 6749 §6"               "A refreshed scope stays within what the user granted."
    RefreshTokenIsUnused           "refresh-token-is-unused"            "RFC 9700 §4.14.2"          "The refresh token is used once; a second use revokes its family."

    // Registration
    InitialAccessTokenMatches      "initial-access-token-matches"       "RFC 7591 §3"               "Where registration is not open, a client is registered with the initial access token."
    RegistrationsAreBounded        "registrations-are-bounded"          "RFC 7591 §3"               "No more clients register than the server has room for."
    RegistrationAccessTokenMatches "registration-access-token-matches"  "RFC 7592 §2, §2.1"         "A registration is read, changed and deleted with its own registration access token."
    RegistrationIsJson             "registration-is-json"               "RFC 7591 §3.1, RFC 7592 §2.2" "Client metadata is sent as one JSON object."
    MetadataIsWellFormed           "metadata-is-well-formed"            "RFC 7591 §2, OpenID Connect Registration §2" "Each member of client metadata is what its definition says."
    SoftwareStatementIsAbsent      "software-statement-is-absent"       "RFC 7591 §3.1.1, §3.2.2"   "No software statement is approved of here."
    MetadataIsSupported            "metadata-is-supported"              "RFC 7591 §3.2.2"           "Client metadata asks for nothing that this server cannot give."
    ResponseTypesFitGrantTypes     "response-types-fit-grant-types"     "RFC 7591 §2.1, OpenID Connect Registration §2" "The grant types and response types of a registration go together."
    GrantTypesCanBeHeld            "grant-types-can-be-held"            "RFC 7591 §5"               "A client holds at least one grant type that is served, none twice, and no two that would let an authorization request choose between them."
    RedirectUrisAreGiven           "redirect-uris-are-given"            "RFC 7591 §5"               "A client that uses the authorization endpoint registers its redirect URIs."
    RedirectUrisAreSafe            "redirect-uris-are-safe"             "RFC 7591 §5, RFC 8252 §8.4, RFC 9700 §2.6" "A redirect URI has https, http on a loopback address, or a private-use scheme that is a domain name in reverse, and no fragment."
    RedirectUrisFitApplication     "redirect-uris-fit-application"      "OpenID Connect Registration §2" "The redirect URIs are of the kind that web, or native, applications have."
    PagesBelongToClient            "pages-belong-to-client"             "RFC 7591 §5, OpenID Connect Registration §9.1" "Logo, home page, terms and policy of a client are kept at a site of its redirect URIs."
    ScopeCanBeRegistered           "scope-can-be-registered"            "RFC 7591 §2"               "The scope of a registration is well formed, and some of it is open to clients that register."
    ClientCanBeRegistered          "client-can-be-registered"           "RFC 7591 §3.2.2"           "A client that registers itself is one that the configuration could hold."
    UpdateNamesItsClient           "update-names-its-client"            "RFC 7592 §2.2"             "An update carries the client_id of its client."
    UpdateKeepsSecret              "update-keeps-secret"                "RFC 7592 §2.2"             "A client does not choose its own secret."
    UpdateIsMetadataOnly           "update-is-metadata-only"            "RFC 7592 §2.2"             "An update leaves out what the server gave."

    // Userinfo
    BearerTokenInHeader            "bearer-token-in-header"             "RFC 6750 §2"               "The access token is sent once, in the Authorization header."
    BearerTokenIsLive              "bearer-token-is-live"               "RFC 6750 §3.1"             "The access token is known, neither expired nor revoked."
    BearerTokenIsForUserinfo       "bearer-token-is-for-userinfo"       "RFC 9068 §4"               "The access token is for the resources of this server, and not for somebody else."
    BearerTokenSpeaksForUser       "bearer-token-speaks-for-user"       "OpenID Connect Core §5.3"  "The access token was granted by a user."
    UserinfoNeedsOpenid            "userinfo-needs-openid"              "OpenID Connect Core §5.3, RFC 6750 §3.1" "The access token has the scope openid."

    // Introspection and revocation
    ClientMayIntrospect            "client-may-introspect"              "RFC 7662 §2.1"             "Introspection is for clients that authenticate."
    TokenMayBeIntrospectedBy       "token-may-be-introspected-by"       "RFC 7662 §2.2, §4"         "A token is described only to those who may know of it."
    TokenIsLive                    "token-is-live"                      "RFC 7662 §4"               "An expired, used or revoked token is not active."
    RevocationBelongsTo            "revocation-belongs-to"              "RFC 7009 §2.1"             "A token is revoked by the client that it was issued to."
}
