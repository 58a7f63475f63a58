//! Raw bytes over TCP: requests that were right before something happened to them.

use std::time::Duration;

use grantspec_reference::transport::{Limits, Listening};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::times;
use crate::listen::Open;

const WHOLE: &[&str] = &[
    "GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /authorize?client_id=web&response_type=code HTTP/1.1\r\nhost: x\r\ncookie: a=b\r\n\r\n",
    "POST /token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 12\r\n\r\ngrant_type=x",
    "POST /token HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nc\r\ngrant_type=x\r\n0\r\n\r\n",
    "POST /revoke HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 7\r\n\r\ntoken=x",
    "POST /token HTTP/1.0\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
    "POST /token HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
    "GET /jwks HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    "CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET http://elsewhere.example/ HTTP/1.1\r\nhost: x\r\n\r\n",
    "\x16\x03\x01\x02\0\x01\0",
];

/// What happens to the bytes.
#[derive(Clone, Debug)]
enum Mishap {
    Changed(Index, u8),
    Lost(Index),
    Inserted(Index, Vec<u8>),
    CutOff(Index),
    Twice,
}

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mishap::Changed(at, byte)),
        any::<Index>().prop_map(Mishap::Lost),
        (any::<Index>(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Mishap::Inserted(at, bytes)),
        any::<Index>().prop_map(Mishap::CutOff),
        Just(Mishap::Twice),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let mangled = (select(WHOLE), vec(mishap(), 0..4)).prop_map(|(whole, mishaps)| {
        let mut bytes = whole.as_bytes().to_vec();
        for mishap in &mishaps {
            if bytes.is_empty() {
                break;
            }
            match mishap {
                Mishap::Changed(at, byte) => *at.get_mut(&mut bytes) = *byte,
                Mishap::Lost(at) => drop(bytes.remove(at.index(bytes.len()))),
                Mishap::Inserted(at, more) => {
                    let at = at.index(bytes.len());
                    bytes.splice(at..at, more.iter().copied());
                }
                Mishap::CutOff(at) => bytes.truncate(at.index(bytes.len())),
                Mishap::Twice => bytes.extend_from_within(..),
            }
        }
        bytes
    });
    prop_oneof![6 => mangled, 1 => vec(any::<u8>(), 0..300)]
}

/// The statuses of an answer in HTTP/1; what is none is HTTP/2, or nothing.
fn statuses(answer: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answer);
    let lines = text.match_indices("HTTP/1.").filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'));
    lines.filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok()).collect()
}

#[tokio::test]
async fn raw_bytes_neither_break_nor_hold_the_server() {
    const SOON: Duration = Duration::from_secs(1);
    const LONG: Duration = Duration::from_secs(20);
    // One connection that were not given back would be one of four.
    let limits = Limits { connections: 4, head_time: SOON, body_time: SOON, silence: SOON, ..Limits::default() };
    let server = Open::new(Listening { limits, tls: None }, |_| {}).await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..times(400) {
        let sent = bytes().new_tree(&mut runner).unwrap().current();
        let mut stream = server.connect().await;
        stream.write_all(&sent).await.ok();
        stream.shutdown().await.ok();
        let mut answer = Vec::new();
        timeout(LONG, stream.read_to_end(&mut answer)).await.expect("the server hangs up").ok();
        let failed: Vec<u16> = statuses(&answer).into_iter().filter(|status| *status >= 500).collect();
        assert!(failed.is_empty(), "{failed:?} for {:?}", String::from_utf8_lossy(&sent));
    }
    let mut stream = server.connect().await;
    stream.write_all(b"GET /jwks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert_eq!(statuses(&answer), [200]);
    drop(stream);
    server.stop().await;
}
