//! The accept loop: bounded in connections, sizes and waits, and it ends in bounded time.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::DATE;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::reply;
use crate::server::Server;

const LARGEST_BODY: usize = 64 * 1024;
const MOST_CONNECTIONS: usize = 1024;
const SLOWEST_REQUEST: Duration = Duration::from_secs(10);
const LONGEST_DRAIN: Duration = Duration::from_secs(5);

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serve until `shutdown` is ready; requests under way get a few seconds to finish.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, server: Arc<Server>, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    listener.local_addr()?;
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        match accepted {
            Ok((stream, peer, slot)) => {
                let connection = connection(stream, peer, Arc::clone(&server), graceful.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    if timeout(LONGEST_DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    Ok(())
}

type Slot = tokio::sync::OwnedSemaphorePermit;

async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> io::Result<(TcpStream, SocketAddr, Slot)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, slot))
}

async fn connection(stream: TcpStream, peer: SocketAddr, server: Arc<Server>, watcher: Watcher) {
    // The protocol is told from the first bytes, and nothing else limits how long those may take.
    if !matches!(timeout(SLOWEST_REQUEST, stream.readable()).await, Ok(Ok(()))) {
        return;
    }
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(answer(&server, peer, request).await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(SLOWEST_REQUEST);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(128);
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended badly");
    }
}

async fn answer(server: &Server, peer: SocketAddr, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (mut parts, body) = request.into_parts();
    let reply = match timeout(SLOWEST_REQUEST, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(body)) => {
            parts.extensions.insert(Peer(peer));
            server.answer(Request::from_parts(parts, body.to_bytes())).await
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            reply::with_status(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.\n")
        }
        Ok(Err(_)) => reply::with_status(StatusCode::BAD_REQUEST, "The body cannot be read.\n"),
        Err(_) => reply::with_status(StatusCode::REQUEST_TIMEOUT, "The body took too long.\n"),
    };
    dated(server, reply).map(Full::new)
}

/// RFC 9110 §6.6.1: an answer says when it was made, by the clock that its tokens go by.
fn dated(server: &Server, mut reply: reply::Reply) -> reply::Reply {
    let now = UNIX_EPOCH + Duration::from_secs(server.clock.now());
    reply::insert(&mut reply, DATE, &httpdate::fmt_http_date(now));
    reply
}
