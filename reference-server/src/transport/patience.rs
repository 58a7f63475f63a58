//! A stream that waits only so long: for something to arrive, and for the other side to accept what it is sent.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream with two deadlines. Each starts when its wait starts; that of a delivery ends only when everything has been accepted,
/// so that a client who takes one byte at a time gains nothing by it.
pub(super) struct Patient<T> {
    stream: T,
    silence: Deadline,
    delivery: Deadline,
}

/// A wait that begins and ends with every request moves no timer: the one there is goes off now and then, and sees how long the wait has lasted.
struct Deadline {
    patience: Duration,
    began: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
}

impl Deadline {
    fn new(patience: Duration) -> Deadline {
        Deadline { patience, began: None, sleep: Box::pin(sleep(patience)) }
    }

    /// The wait goes on: an error once it has taken too long.
    fn check(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let ends = *self.began.get_or_insert_with(Instant::now) + self.patience;
        while self.sleep.as_mut().poll(cx).is_ready() {
            if ends <= Instant::now() {
                return Poll::Ready(ErrorKind::TimedOut.into());
            }
            self.sleep.as_mut().reset(ends);
        }
        Poll::Pending
    }

    fn runs(&self) -> bool {
        self.began.is_some()
    }

    fn stop(&mut self) {
        self.began = None;
    }
}

impl<T> Patient<T> {
    /// Wait so long for something to arrive, and so long for a delivery to be accepted.
    pub(super) fn new(stream: T, silence: Duration, delivery: Duration) -> Patient<T> {
        Patient { stream, silence: Deadline::new(silence), delivery: Deadline::new(delivery) }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match Pin::new(&mut this.stream).poll_read(cx, buffer) {
            Poll::Pending => Poll::Ready(Err(ready!(this.silence.check(cx)))),
            done @ Poll::Ready(_) => {
                this.silence.stop();
                done
            }
        }
    }
}

impl<T: AsyncWrite + Unpin> Patient<T> {
    /// One step of a delivery. The wait begins when the other side does not take what it is given; accepting a part of it is not yet its end.
    fn deliver<R>(
        &mut self,
        cx: &mut Context<'_>,
        ends: bool,
        step: impl FnOnce(Pin<&mut T>, &mut Context<'_>) -> Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        let stepped = step(Pin::new(&mut self.stream), cx);
        if ends && stepped.is_ready() {
            self.delivery.stop();
            return stepped;
        }
        if stepped.is_ready() && !self.delivery.runs() {
            return stepped;
        }
        match self.delivery.check(cx) {
            Poll::Ready(error) => Poll::Ready(Err(error)),
            Poll::Pending => stepped,
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Patient<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.deliver(cx, false, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.deliver(cx, true, AsyncWrite::poll_flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.deliver(cx, true, AsyncWrite::poll_shutdown)
    }
}
