//! Canned answers × verdicts: what the harness makes of a server whose every answer is chosen here.

#[path = "verdicts/again.rs"]
mod again;
#[path = "verdicts/busy.rs"]
mod busy;
#[path = "verdicts/crude.rs"]
mod crude;
#[path = "verdicts/each.rs"]
mod each;
#[path = "verdicts/early.rs"]
mod early;
#[path = "verdicts/odd.rs"]
mod odd;
#[path = "verdicts/redaction.rs"]
mod redaction;
#[path = "verdicts/server.rs"]
mod server;
