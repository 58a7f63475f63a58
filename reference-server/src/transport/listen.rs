//! The accept loop: bounded in connections, sizes and waits, and it ends in bounded time.

use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use http::header::DATE;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::limits::Limits;
use super::patience::Patient;
use super::reply::{self, Reply};
use super::tls::Tls;
use crate::server::Server;

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// How to listen: within which limits, and whether in the clear.
#[derive(Clone, Debug, Default)]
pub struct Listening {
    /// How much a stranger may take.
    pub limits: Limits,
    /// What to show to whoever connects; without it, everything is in the clear.
    pub tls: Option<Tls>,
}

/// Serve in the clear, within the usual limits, until `shutdown` is ready; requests under way get a few seconds to finish.
///
/// # Errors
/// When the listener cannot be used at all.
pub async fn serve(listener: TcpListener, server: Arc<Server>, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    Listening::default().serve(listener, server, shutdown).await
}

impl Listening {
    /// Serve until `shutdown` is ready; requests under way get a bounded time to finish.
    ///
    /// # Errors
    /// When the listener cannot be used at all.
    pub async fn serve(
        self,
        listener: TcpListener,
        server: Arc<Server>,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        listener.local_addr()?;
        let (limits, slots) = (self.limits, Arc::new(Semaphore::new(self.limits.connections)));
        let (stop, stopped) = watch::channel(());
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                accepted = accept(&listener, &slots) => accepted,
            };
            match accepted {
                Ok((stream, peer, slot)) => {
                    let (listening, server, stopped) = (self.clone(), Arc::clone(&server), stopped.clone());
                    tokio::spawn(async move {
                        listening.meet(stream, peer, server, stopped).await;
                        drop(slot);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(listener);
        drop(stop);
        let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
        if timeout(limits.drain_time, slots.acquire_many(all)).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        Ok(())
    }

    /// One connection, from the handshake on.
    async fn meet(self, stream: TcpStream, peer: SocketAddr, server: Arc<Server>, stopped: watch::Receiver<()>) {
        stream.set_nodelay(true).ok();
        let Some(tls) = &self.tls else {
            return converse(stream, peer, server, self.limits, stopped).await;
        };
        match tls.accept(stream, self.limits.handshake_time).await {
            Ok(stream) => converse(stream, peer, server, self.limits, stopped).await,
            Err(error) => tracing::debug!(%error, "a handshake failed"),
        }
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, slot))
}

/// Answer what comes, until either side has had enough.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    server: Arc<Server>,
    limits: Limits,
    mut stopped: watch::Receiver<()>,
) {
    let asked = AtomicBool::new(false);
    let service = service_fn(|request| {
        asked.store(true, Ordering::Relaxed);
        let server = Arc::clone(&server);
        async move { Ok::<_, Infallible>(answer(&server, peer, request, &limits).await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head)
        .max_headers(limits.headers);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX));
    let stream = Patient::new(stream, limits.silence, limits.delivery_time);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));

    // The protocol is told from the first bytes, and nothing else limits how long those may take.
    let never_asked = async {
        sleep(limits.head_time).await;
        if asked.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = never_asked => return,
        () = async { tokio::select! { _ = stopped.changed() => {}, () = sleep(limits.connection_time) => {} } } => {
            connection.as_mut().graceful_shutdown();
            match timeout(limits.drain_time, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

async fn answer(
    server: &Server,
    peer: SocketAddr,
    request: Request<Incoming>,
    limits: &Limits,
) -> Response<Full<Bytes>> {
    let (mut parts, body) = request.into_parts();
    let reply = match within(limits.body_time, read(body, limits)).await {
        Some(Ok(Some(body))) => {
            parts.extensions.insert(Peer(peer));
            let answer = server.answer(Request::from_parts(parts, body));
            let too_long = || reply::plain(StatusCode::SERVICE_UNAVAILABLE, "The answer took too long.\n");
            within(limits.answer_time, answer).await.unwrap_or_else(too_long)
        }
        Some(Ok(None)) => reply::plain(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.\n"),
        Some(Err(_)) => reply::plain(StatusCode::BAD_REQUEST, "The body cannot be read.\n"),
        None => reply::plain(StatusCode::REQUEST_TIMEOUT, "The body took too long.\n"),
    };
    dated(server, reply).map(Full::new)
}

/// What comes of it, if it does in time. What is done at once, as most of it is, needs no clock.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    if let Poll::Ready(done) = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
        return Some(done);
    }
    timeout(time, work).await.ok()
}

/// The whole body, or none if it is too large.
async fn read(mut body: Incoming, limits: &Limits) -> Result<Option<Bytes>, hyper::Error> {
    let mut whole = BytesMut::new();
    let mut size = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        size = size.saturating_add(data.len());
        if size > limits.body.saturating_add(limits.excess) {
            return Ok(None);
        }
        if size <= limits.body {
            whole.extend_from_slice(&data);
        }
    }
    Ok((size <= limits.body).then(|| whole.freeze()))
}

/// RFC 9110 §6.6.1: an answer says when it was made, by the clock that its tokens go by. While that is the machine's, hyper says it.
fn dated(server: &Server, mut reply: Reply) -> Reply {
    if server.clock.is_the_machines() {
        return reply;
    }
    let now = UNIX_EPOCH + Duration::from_secs(server.clock.now());
    reply::insert(&mut reply, DATE, &httpdate::fmt_http_date(now));
    reply
}
