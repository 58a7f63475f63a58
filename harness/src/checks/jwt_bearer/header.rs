//! How an assertion is written, and what its header would have the server do: RFC 8725 §3.7, §3.10.

use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Exchange, Reply};
use crate::lab::Lab;
use crate::target::is_loopback;

pub const UTF_8_ONLY: Check = Check {
    id: "jwt-bearer/utf-8-only",
    title: "an assertion that is written in another encoding than UTF-8 buys nothing",
    why: "Two readers that guess the encoding read two names in one JWT: one of them looks at the wrong user.",
    clauses: &["rfc8725/3.7/utf-8-only", "rfc6749/5.2/error-response"],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(utf_8_only(lab))),
};

pub const KEY_URLS: Check = Check {
    id: "jwt-bearer/key-urls-not-followed",
    title: "the server fetches no key from an address that stands in the header of an assertion",
    why: "Whoever may write the address has the server call whatever it can reach, and believe keys of their own.",
    clauses: &["rfc8725/3.10/key-urls-not-followed", VERIFIED, "rfc6749/5.2/error-response"],
    cells: Cells::JWT_BEARER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(key_urls(lab))),
};

const VERIFIED: &str = "rfc7523/3/signature-verified";

/// The same claims in UTF-8 are the control: letters outside ASCII are what the encodings differ in.
async fn utf_8_only(lab: &Lab) -> Answer {
    let written = || lab.assertion().map(|assertion| assertion.with("name", "Zoë Grün"));
    lab.send(&lab.bearer_request(&written()?)?).await?.is_token()?;
    let latin_1 = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<u8>>();
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    for (case, encoding) in [("ISO 8859-1", &latin_1 as &(dyn Fn(&str) -> Vec<u8> + Sync)), ("UTF-16", &utf_16)] {
        let assertion = written()?;
        let request = lab.bearer_request(&assertion)?.with("assertion", assertion.encoded(encoding));
        let reply = lab.send(&request).await?;
        reply.refused(UTF_8_ONLY.clauses[0]).map_err(|stop| stop.in_case(case))?;
    }
    Ok(())
}

/// A server elsewhere could not call this machine, so that silence would say nothing.
async fn key_urls(lab: &Lab) -> Answer {
    if !is_loopback(&lab.target().issuer) {
        return Err(Stop::not_applicable(
            Reason::NoAbility,
            "the server is on another machine, and cannot call this one",
        ));
    }
    lab.send(&lab.bearer_request(&lab.assertion()?)?).await?.is_token()?;
    let heard = |error: std::io::Error| Stop::Error(format!("nothing can listen on this machine: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(heard)?;
    let address = format!("http://127.0.0.1:{}/keys", listener.local_addr().map_err(heard)?.port());
    for header in ["jku", "x5u"] {
        let valid = lab.assertion()?;
        let key = valid.key().stranger();
        let keys = json!({ "keys": key.public_jwk().into_iter().collect::<Vec<_>>() }).to_string();
        let assertion = valid.signed_with(key).headed(header, address.as_str());
        let (reply, called) = asked(lab, &lab.bearer_request(&assertion)?, &listener, &keys).await?;
        reply.refused(VERIFIED).map_err(|stop| stop.in_case(header))?;
        if called {
            let actual = format!("a request to the address in {header}");
            return Err(Stop::finding(KEY_URLS.clauses[0], "no request to an address of the assertion", actual));
        }
    }
    Ok(())
}

/// Sends a request, and answers whoever calls meanwhile; was anybody there?
async fn asked(lab: &Lab, request: &Exchange, listener: &TcpListener, keys: &str) -> Result<(Reply, bool), Stop> {
    /// So long may a call that was made stay unheard.
    const MOMENT: Duration = Duration::from_millis(200);
    let mut called = false;
    let mut answer = Box::pin(lab.send(request));
    loop {
        match select(answer, Box::pin(listener.accept())).await {
            Either::Left((reply, waiting)) => {
                called = called || tokio::time::timeout(MOMENT, waiting).await.is_ok();
                return Ok((reply?, called));
            }
            Either::Right((call, going_on)) => {
                called = true;
                answer = going_on;
                if let Ok((stream, _)) = call {
                    tokio::spawn(tell(stream, keys.to_owned()));
                }
            }
        }
    }
}

/// Whoever calls gets the keys; what goes wrong with it is their matter.
async fn tell(mut stream: TcpStream, keys: String) {
    let mut request = [0_u8; 1024];
    let _ = stream.read(&mut request).await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length";
    let _ = stream.write_all(format!("{head}: {}\r\n\r\n{keys}", keys.len()).as_bytes()).await;
}
