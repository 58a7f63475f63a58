//! Device codes and user codes.

use grantspec_reference::Server;
use http::StatusCode;

use super::Shows::{Refused, Shown};
use super::{Case, Side, cases};
use crate::support::{Browser, device, pass, poll};

pub const CASES: &[Case] = cases! {
    UserCodeIsOpen, Shown(StatusCode::BAD_REQUEST), |server, side| async {
        let user_code = device(server, "tv", "openid").await.member("user_code");
        Browser::new(server).find_device(side.of(&user_code, "BCDF-GHJK")).await
    };

    DeviceCodeIsKnown, Refused("invalid_grant"), |server, side| async {
        let device_code = allowed(server, "tv", "allow").await;
        poll(server, "tv", side.of(&device_code, "not-a-device-code")).await
    };

    DeviceCodeBelongsTo, Refused("invalid_grant"), |server, side| async {
        let device_code = allowed(server, "tv", "allow").await;
        poll(server, side.of("tv", "tv-box"), &device_code).await
    };

    DeviceCodeIsFresh, Refused("expired_token"), |server, side| async {
        let device_code = allowed(server, "tv", "allow").await;
        pass(server, side.of(590, 600));
        poll(server, "tv", &device_code).await
    };

    DeviceCodeIsAllowed, Refused("access_denied"), |server, side| async {
        let device_code = allowed(server, "tv", side.of("allow", "deny")).await;
        poll(server, "tv", &device_code).await
    };

    // While the user has not decided, whoever asks too often is told so, and whoever does not is told to wait on: the control is a user who has.
    DevicePollsSlowly, Refused("slow_down"), |server, side| async {
        let asked = device(server, "tv", "openid").await;
        let device_code = asked.member("device_code");
        poll(server, "tv", &device_code).await;
        if side == Side::Control {
            Browser::new(server).connect(&asked.member("user_code"), "allow").await;
        }
        poll(server, "tv", &device_code).await
    };

    DeviceCodeIsDecided, Refused("authorization_pending"), |server, side| async {
        let asked = device(server, "tv", "openid").await;
        if side == Side::Control {
            Browser::new(server).connect(&asked.member("user_code"), "allow").await;
        }
        poll(server, "tv", &asked.member("device_code")).await
    };

    DeviceCodeIsUnspent, Refused("invalid_grant"), |server, side| async {
        let (first, second) = (allowed(server, "tv", "allow").await, allowed(server, "tv", "allow").await);
        poll(server, "tv", &first).await.is_token();
        poll(server, "tv", side.of(&second, &first)).await
    };
};

/// A device code about which the user has said this.
async fn allowed(server: &Server, client_id: &str, decision: &str) -> String {
    let asked = device(server, client_id, "openid").await;
    Browser::new(server).connect(&asked.member("user_code"), decision).await;
    asked.member("device_code")
}
