//! The parts alone: hyper with nothing behind it, and the bare signatures.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::load::{self, CONNECTIONS, Rate, Script, post, processor_time};

/// As long as the response to a token request with an opaque token.
const CONSTANT: &str = r#"{"access_token":"0123456789012345678901234567890123456789012","expires_in":3600,"scope":"api:read","token_type":"Bearer"}"#;

/// How many cores there are.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Hyper alone: it reads the body of the request, and answers a constant.
pub fn constant(time: Duration) -> Rate {
    let runtime = load::runtime();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("loopback has a free port");
    let address = listener.local_addr().expect("a listener has an address");
    runtime.spawn(answer_all(listener));
    let request = post("/token", "grant_type=client_credentials&client_id=opaque&client_secret=a-secret-of-opaque");
    load::rate(address, (0..CONNECTIONS).map(|_| Script::Same(request.clone())).collect(), time)
}

async fn answer_all(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("a TCP socket takes this option");
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    black_box(request.into_body().collect().await.is_ok());
    Ok(Response::new(Full::new(Bytes::from_static(CONSTANT.as_bytes()))))
}

/// What a token is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    Es256,
    Rs256,
}

/// All of them, with their names.
pub const SIGNATURES: &[(&str, Signature)] = &[("ES256", Signature::Es256), ("RS256", Signature::Rs256)];

impl Signature {
    /// The name of the algorithm.
    pub fn name(self) -> &'static str {
        SIGNATURES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| *name)
    }
}

/// What each signature costs while every core signs: cores that share their units are slower together than alone.
pub struct Signatures {
    es256: Rate,
    rs256: Rate,
}

impl Signatures {
    /// Sign with each for this long.
    pub fn measure(time: Duration) -> Signatures {
        let (random, message) = (SystemRandom::new(), [b'x'; 500]);
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("there are random bytes");
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("there are random bytes");
        let es256 = on_all_cores(time, || {
            black_box(ec.sign(&random, &message).expect("a P-256 key signs any message"));
        });
        let rs256 = on_all_cores(time, || {
            let mut signature = [0; 256];
            rsa.sign(&RSA_PKCS1_SHA256, &random, &message, &mut signature).expect("an RSA key signs any message");
            black_box(signature);
        });
        Signatures { es256, rs256 }
    }

    /// t/cores: seconds for each while all cores sign.
    pub fn seconds_on_all_cores(&self, signature: Signature) -> f64 {
        1.0 / self.of(signature).per_second
    }

    /// t: seconds of processor time for each.
    pub fn processor_seconds(&self, signature: Signature) -> f64 {
        self.of(signature).processor.unwrap_or(f64::NAN)
    }

    fn of(&self, signature: Signature) -> Rate {
        match signature {
            Signature::Es256 => self.es256,
            Signature::Rs256 => self.rs256,
        }
    }
}

/// Call on all cores at once.
#[allow(clippy::cast_precision_loss, reason = "no rate comes near 2^52")]
fn on_all_cores(time: Duration, call: impl Fn() + Sync) -> Rate {
    let (began, spent) = (Instant::now(), processor_time());
    let calls: u64 = std::thread::scope(|scope| {
        let counting = || {
            let mut calls = 0;
            while began.elapsed() < time {
                call();
                calls += 1;
            }
            calls
        };
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(counting)).collect();
        threads.into_iter().map(|thread| thread.join().expect("signing does not fail")).sum()
    });
    Rate::of(calls as f64, began, spent)
}
