//! How much a stranger may take of this server, and for how long.

use std::time::Duration;

/// What a connection may ask for. Sizes are bytes. Nothing here is for ever, so that nobody can hold a place by doing nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; more of them wait until one ends.
    pub connections: usize,
    /// HTTP/2: requests at a time on one connection.
    pub streams: u32,
    /// The request line and the headers: 431 beyond it (RFC 6585 §5).
    pub head: usize,
    /// The number of headers: 431 beyond it.
    pub headers: usize,
    /// The body: 413 beyond it (RFC 9110 §15.5.14).
    pub body: usize,
    /// What is read of a body beyond that and thrown away, so that whoever sends it gets to read the 413.
    pub excess: usize,
    /// How long a TLS handshake may take.
    pub handshake_time: Duration,
    /// How long it may take until a head is there; also how long a connection may rest between two of them.
    pub head_time: Duration,
    /// How long a body may take: 408 beyond it (RFC 9110 §15.5.9).
    pub body_time: Duration,
    /// How long the answer may be thought about: 503 beyond it. Only a store that hangs takes so long.
    pub answer_time: Duration,
    /// How long the other side may take to accept what is sent to it.
    pub delivery_time: Duration,
    /// How long nothing at all may arrive; more than an answer may take, because its asker waits in silence.
    pub silence: Duration,
    /// How long a connection may last, however busy it is.
    pub connection_time: Duration,
    /// How long requests under way may take to finish when the server stops.
    pub drain_time: Duration,
}

impl Default for Limits {
    #[rustfmt::skip]
    fn default() -> Limits {
        const KIB: usize = 1024;
        Limits {
            connections:     1024,                      // each is a file descriptor, of which a process often has as many
            streams:         128,                       // RFC 9113 §6.5.2 advises no fewer than 100
            head:            32 * KIB,                  // a request object travels in the URL
            headers:         64,                        // a browser behind two proxies sends thirty
            body:            64 * KIB,                  // the largest is a registration with its keys
            excess:          1024 * KIB,
            handshake_time:  Duration::from_secs(10),
            head_time:       Duration::from_secs(10),
            body_time:       Duration::from_secs(10),
            answer_time:     Duration::from_secs(60),
            delivery_time:   Duration::from_secs(20),
            silence:         Duration::from_secs(75),
            connection_time: Duration::from_secs(60 * 60),
            drain_time:      Duration::from_secs(5),
        }
    }
}
