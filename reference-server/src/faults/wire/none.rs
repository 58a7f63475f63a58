//! The response type none, offered and served wrongly.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{Asked, Reply, after, before, edit_response, set_param};
use crate::faults::claims::changed;
use crate::faults::{Fault, OIDC, Seam};

/// The metadata lists it.
const LISTED: Seam = changed!(Metadata, |body| {
    if let Some(values) = body.get_mut("response_types_supported").and_then(Value::as_array_mut) {
        values.push(json!("none"));
    }
});

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "none-with-a-code",
        says: "Whoever asks for the response type none gets a code.",
        clause: "multiple-response-types/4/none",
        caught_by: &["authorize/none"],
        seams: &[LISTED, Seam::Wire(|inner| before(inner, &["/authorize"], |_, request| as_code(request, "")))],
        ..OIDC
    },
    Fault {
        id: "none-without-state",
        says: "The answer to the response type none comes without the state.",
        clause: "multiple-response-types/4/none-state-returned",
        caught_by: &["authorize/none"],
        seams: &[
            LISTED,
            Seam::Wire(|inner| before(inner, &["/authorize"], |_, request| as_code(request, MARK))),
            Seam::Wire(|inner| {
                after(inner, &["/authorize", "/login", "/consent"], |_, reply| {
                    edit_response(reply, |params| {
                        if params.iter().any(|(name, value)| name == "state" && value.starts_with(MARK)) {
                            params.retain(|(name, _)| name != "state" && name != "code");
                        }
                    });
                })
            }),
        ],
        ..OIDC
    },
];

/// What tells the answer to such a request from others.
const MARK: &str = "none.";

/// The request is served as one for a code.
fn as_code(request: &mut Request<Bytes>, mark: &str) -> Option<Reply> {
    let asked = Asked::of(request);
    if asked.param("response_type") == Some("none") {
        let state = format!("{mark}{}", asked.param("state").unwrap_or_default());
        set_param(request, "response_type", "code");
        set_param(request, "state", &state);
    }
    None
}
