//! A rule book over another rule book: what is not overridden is asked of the inner one.

use super::{Rule, Rules, Ruling};
use crate::config::{AccessTokenFormat, Bound, ClientConfig, Registration};
use crate::forward::forwarding;
use crate::grants::extension::Parameter;
use crate::model::client::Offer;
use crate::model::grant::AuthorizationRequest;
use crate::model::{
    AccessToken, Client, ClientMetadata, Code, DeviceRequest, Grant, GrantType, Interaction, Path, Prompt,
    RefreshToken, ResponseMode, ResponseType, Scope, Session, User,
};
use crate::tokens::Map;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

forwarding! {
    /// Rules over other rules: overriding one of them is one method. The inner book keeps its own gate.
    pub trait RulesOver for Rules {
        fn hold(&self, rule: Rule, path: Path, strict: &dyn Fn() -> Ruling) -> Ruling;
        fn request_is_post(&self, path: Path, method: &http::Method) -> Ruling;
        fn body_is_form(&self, path: Path, content_type: Option<&str>) -> Ruling;
        fn form_is_well_formed(&self, path: Path, form: &Form) -> Ruling;
        fn parameter_not_repeated(&self, path: Path, form: &Form, of_extension: &[Parameter]) -> Ruling;
        fn credentials_not_in_query(&self, path: Path, query: &Form) -> Ruling;
        fn credentials_are_well_formed(&self, path: Path, presented: &Presented<'_>) -> Ruling;
        fn one_authentication_method(&self, path: Path, presented: &Presented<'_>) -> Ruling;
        fn client_id_agrees(&self, path: Path, presented: &Presented<'_>) -> Ruling;
        fn confidential_client_authenticates(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling;
        fn client_uses_its_method(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling;
        fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling;
        fn grant_type_is_present(&self, path: Path, grant_type: Option<&str>) -> Ruling;
        fn grant_type_is_supported(&self, path: Path, grant_type: Option<GrantType>) -> Ruling;
        fn client_may_use_grant(&self, path: Path, client: &Client, grant_type: GrantType) -> Ruling;
        fn client_is_confidential(&self, path: Path, client: &Client) -> Ruling;
        fn scope_is_well_formed(&self, path: Path, scope: Option<&str>) -> Ruling;
        fn scope_is_known(&self, path: Path, requested: &Scope, known: &Scope) -> Ruling;
        fn scope_within_client(&self, path: Path, requested: &Scope, client: &Client) -> Ruling;
        fn scope_fits_grant(&self, path: Path, requested: &Scope) -> Ruling;
        fn default_scope(&self, path: Path, client: &Client) -> Scope;
        fn known_of(&self, path: Path, requested: &Scope, known: &Scope) -> Scope;
        fn redirect_uri_is_given(&self, path: Path, client: &Client, redirect_uri: Option<&str>, openid: bool) -> Ruling;
        fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling;
        fn response_type_is_present(&self, path: Path, response_type: Option<&str>) -> Ruling;
        fn response_type_is_supported(&self, path: Path, response_type: Option<ResponseType>, served: &[ResponseType]) -> Ruling;
        fn browser_token_is_allowed(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling;
        fn client_may_use_response_type(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling;
        fn response_mode_is_supported(&self, path: Path, response_mode: Option<&str>) -> Ruling;
        fn response_mode_fits(&self, path: Path, response_type: Option<ResponseType>, mode: ResponseMode) -> Ruling;
        fn request_object_is_absent(&self, path: Path, request: Option<&str>, request_uri: Option<&str>) -> Ruling;
        fn challenge_is_present(&self, path: Path, client: &Client, challenge: Option<&str>) -> Ruling;
        fn challenge_method_is_supported(&self, path: Path, client: &Client, challenge: Option<&str>, method: Option<&str>) -> Ruling;
        fn challenge_is_well_formed(&self, path: Path, challenge: Option<&str>, method: Option<&str>) -> Ruling;
        fn nonce_is_present(&self, path: Path, response_type: ResponseType, nonce: Option<&str>) -> Ruling;
        fn openid_is_requested(&self, path: Path, response_type: ResponseType, scope: &Scope) -> Ruling;
        fn prompt_is_consistent(&self, path: Path, prompt: Prompt) -> Ruling;
        fn max_age_is_a_number(&self, path: Path, max_age: Option<&str>) -> Ruling;
        fn id_token_hint_is_own(&self, path: Path, claims: Option<&Map>, issuer: &str) -> Ruling;
        fn user_is_hinted(&self, path: Path, request: &AuthorizationRequest, sub: &str) -> Ruling;
        fn login_is_needed(&self, path: Path, request: &AuthorizationRequest, session: Option<&Session>, now: u64) -> bool;
        fn consent_is_needed(&self, path: Path, client: &Client, request: &AuthorizationRequest, remembered: &Scope) -> bool;
        fn login_may_be_prompted(&self, path: Path, prompt: Prompt) -> Ruling;
        fn consent_may_be_prompted(&self, path: Path, prompt: Prompt) -> Ruling;
        fn interaction_belongs_to_browser(&self, path: Path, interaction: &Interaction, cookie: Option<&str>) -> Ruling;
        fn interaction_is_fresh(&self, path: Path, interaction: &Interaction, now: u64) -> Ruling;
        fn csrf_token_matches(&self, path: Path, interaction: &Interaction, csrf: Option<&str>) -> Ruling;
        fn guesses_are_bounded(&self, path: Path, earlier: u64, bound: Bound) -> Ruling;
        fn password_matches(&self, path: Path, user: &User, password: &str) -> Ruling;
        fn user_may_log_in(&self, path: Path, user: &User) -> Ruling;
        fn user_allows(&self, path: Path, decision: Option<&str>) -> Ruling;
        fn user_is_active(&self, path: Path, user: Option<&User>) -> Ruling;
        fn code_belongs_to(&self, path: Path, code: &Code, client: &Client) -> Ruling;
        fn code_is_fresh(&self, path: Path, code: &Code, now: u64) -> Ruling;
        fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling;
        fn verifier_is_well_formed(&self, path: Path, verifier: Option<&str>) -> Ruling;
        fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling;
        fn login_is_needed_for_device(&self, path: Path, session: Option<&Session>, now: u64) -> bool;
        fn user_code_is_open(&self, path: Path, device: Option<&DeviceRequest>, now: u64) -> Ruling;
        fn device_code_belongs_to(&self, path: Path, device: &DeviceRequest, client: &Client) -> Ruling;
        fn device_code_is_fresh(&self, path: Path, device: &DeviceRequest, now: u64) -> Ruling;
        fn device_code_is_allowed(&self, path: Path, device: &DeviceRequest) -> Ruling;
        fn device_polls_slowly(&self, path: Path, device: &DeviceRequest, now: u64) -> Ruling;
        fn device_code_is_decided(&self, path: Path, device: &DeviceRequest) -> Ruling;
        fn refresh_token_is_issued(&self, path: Path, client: &Client, grant: &Grant) -> bool;
        fn refresh_token_rotates(&self, path: Path, client: &Client) -> bool;
        fn id_token_is_issued(&self, path: Path, grant: &Grant) -> bool;
        fn refresh_token_belongs_to(&self, path: Path, token: &RefreshToken, client: &Client) -> Ruling;
        fn refresh_token_is_live(&self, path: Path, token: &RefreshToken) -> Ruling;
        fn refresh_token_is_fresh(&self, path: Path, token: &RefreshToken, now: u64) -> Ruling;
        fn refresh_scope_within_grant(&self, path: Path, requested: &Scope, token: &RefreshToken) -> Ruling;
        fn access_token_format(&self, path: Path, client: &Client) -> AccessTokenFormat;
        fn initial_access_token_matches(&self, path: Path, registration: &Registration, presented: &str) -> Ruling;
        fn registration_access_token_matches(&self, path: Path, client: Option<&Client>, presented: &str) -> Ruling;
        fn registration_is_json(&self, path: Path, content_type: Option<&str>, members: Option<&Map>) -> Ruling;
        fn metadata_is_well_formed(&self, path: Path, members: &Map) -> Ruling;
        fn software_statement_is_absent(&self, path: Path, metadata: &ClientMetadata) -> Ruling;
        fn metadata_is_supported(&self, path: Path, metadata: &ClientMetadata) -> Ruling;
        fn response_types_fit_grant_types(&self, path: Path, metadata: &ClientMetadata) -> Ruling;
        fn grant_types_can_be_held(&self, path: Path, names: &[&str], served: &[GrantType]) -> Ruling;
        fn redirect_uris_are_given(&self, path: Path, metadata: &ClientMetadata) -> Ruling;
        fn redirect_uris_are_safe(&self, path: Path, metadata: &ClientMetadata) -> Ruling;
        fn redirect_uris_fit_application(&self, path: Path, metadata: &ClientMetadata) -> Ruling;
        fn scope_can_be_registered(&self, path: Path, metadata: &ClientMetadata, registration: &Registration) -> Ruling;
        fn registered_scope(&self, path: Path, metadata: &ClientMetadata, registration: &Registration) -> Scope;
        fn client_can_be_registered(&self, path: Path, config: &ClientConfig, offer: &Offer) -> Ruling;
        fn update_names_its_client(&self, path: Path, client: &Client, members: &Map) -> Ruling;
        fn update_keeps_secret(&self, path: Path, client: &Client, members: &Map) -> Ruling;
        fn update_is_metadata_only(&self, path: Path, members: &Map) -> Ruling;
        fn bearer_token_in_header(&self, path: Path, in_header: bool, query: &Form, body: &Form) -> Ruling;
        fn bearer_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling;
        fn bearer_token_speaks_for_user(&self, path: Path, token: &AccessToken) -> Ruling;
        fn userinfo_needs_openid(&self, path: Path, token: &AccessToken) -> Ruling;
        fn client_may_introspect(&self, path: Path, client: &Client) -> Ruling;
        fn token_may_be_introspected_by(&self, path: Path, grant: &Grant, is_refresh_token: bool, client: &Client) -> Ruling;
        fn access_token_is_live(&self, path: Path, token: &AccessToken, now: u64) -> Ruling;
        fn refresh_token_is_active(&self, path: Path, token: &RefreshToken, now: u64) -> Ruling;
        fn revocation_belongs_to(&self, path: Path, grant: &Grant, client: &Client) -> Ruling;
    }
}
