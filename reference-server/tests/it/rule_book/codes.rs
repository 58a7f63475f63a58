//! Codes.

use super::Shows::Refused;
use super::{Case, cases};
use crate::support::{Browser, CALLBACK, OTHER_CALLBACK, VERIFIER, pass, redeem};

pub const CASES: &[Case] = cases! {
    CodeIsKnown, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        redeem(server, "web", side.of(&code, &code[1..]), &[]).await
    };

    CodeBelongsTo, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        redeem(server, side.of("web", "web-post"), &code, &[]).await
    };

    CodeIsFresh, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        pass(server, side.of(0, 60));
        redeem(server, "web", &code, &[]).await
    };

    RedirectUriRepeats, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        redeem(server, "web", &code, &[("redirect_uri", side.of(CALLBACK, OTHER_CALLBACK))]).await
    };

    VerifierIsWellFormed, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        redeem(server, "web", &code, &[("code_verifier", side.of(VERIFIER, &VERIFIER[..42]))]).await
    };

    VerifierMatches, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        redeem(server, "web", &code, &[("code_verifier", side.of(VERIFIER, &VERIFIER[..43]))]).await
    };

    CodeIsUnspent, Refused("invalid_grant"), |server, side| async {
        let code = Browser::new(server).code("web", &[]).await;
        for _ in 0..side.of(0, 1) {
            redeem(server, "web", &code, &[]).await.is_token();
        }
        redeem(server, "web", &code, &[]).await
    };
};
