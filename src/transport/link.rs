//! One connection, as ureq drives it: plain or TLS, for one exchange after another.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::Timeout;
use ureq::unversioned::transport::{NextTimeout, Transport};

use super::buffers::Buffers;
use super::errors::{self, carry};
use super::line::Line;
use super::socket::{Got, Wait};
use super::stop::{self, Exchange};
use super::tls::{self, Session};
use crate::error::{Error, ErrorKind, Result};

/// How often an upload that flows looks whether the answer has come already. A look costs three
/// system calls; at this pace they are less than 0.1 % of the time.
const LOOK: Duration = Duration::from_millis(5);

/// How long nothing may move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// No byte arrived.
    pub(super) read: Duration,
    /// No byte left.
    pub(super) write: Duration,
}

/// A connection. It is bound to an exchange from the moment it is made or taken from the pool
/// until it is given back.
pub(super) struct Link {
    line: Line,
    session: Option<Box<Session>>,
    buffers: Buffers,
    patience: Patience,
    host: Box<str>,
    exchange: Option<Arc<Exchange>>,
    looked: Option<Instant>,
    /// The first failure of a write. It is told only where no answer explains it.
    unsent: Option<Error>,
    /// Never to be used for another exchange.
    spent: bool,
}

impl Link {
    /// A new connection to `host`, for its first exchange.
    pub(super) fn new(
        line: Line,
        host: &str,
        patience: Patience,
        exchange: Arc<Exchange>,
    ) -> Result<Self> {
        exchange.bind(line.stream(), false)?;
        let mut buffers = Buffers::new();
        buffers.plan(exchange.head_room, exchange.chunk);
        Ok(Self {
            line,
            session: None,
            buffers,
            patience,
            host: host.into(),
            exchange: Some(exchange),
            looked: None,
            unsent: None,
            spent: false,
        })
    }

    /// The line, for what comes before the first request.
    pub(super) fn line(&mut self) -> &mut Line {
        &mut self.line
    }

    /// The same connection with TLS from here on.
    pub(super) fn secured(mut self, session: Session) -> Self {
        self.session = Some(Box::new(session));
        self
    }

    fn exchange(&self) -> Result<Arc<Exchange>> {
        let lost = || Error::new(ErrorKind::Internal, "a connection without an exchange");
        self.exchange.clone().ok_or_else(lost)
    }

    /// Sends what is held. It ends early, and well, where the answer makes the rest pointless or
    /// the server takes no more: the answer, or the lack of one, then says why.
    fn flush(&mut self) -> Result<()> {
        let amount = self.buffers.take_held();
        let exchange = self.exchange()?;
        if amount == 0 || exchange.has_given_up() {
            return Ok(());
        }
        if self.is_time_to_look() && self.look(&exchange) {
            return Ok(());
        }
        let piece = match self.session {
            Some(_) => tls::AT_ONCE,
            None => amount,
        };
        let mut done = 0;
        while done < amount && !exchange.has_given_up() {
            let end = amount.min(done + piece);
            self.send(done..end, &exchange)?;
            done = end;
        }
        Ok(())
    }

    /// Sends a piece of the output, in the clear or at most as much as is encrypted at once.
    fn send(&mut self, piece: Range<usize>, exchange: &Exchange) -> Result<()> {
        let text = self.buffers.sent(piece.clone());
        let total = match &mut self.session {
            Some(session) => session
                .seal(text)
                .map_err(|error| errors::lost("sending", &self.host, error))?,
            None => text.len(),
        };
        let (mut sent, mut moved) = (0, Instant::now());
        while sent < total {
            let bytes = match &self.session {
                Some(session) => session.sealed(),
                None => self.buffers.sent(piece.clone()),
            };
            match self.line.write(&bytes[sent..]) {
                Ok(0) if moved.elapsed() >= self.patience.write => {
                    let what = "no byte could be sent to";
                    return Err(errors::timeout(what, &self.host, self.patience.write));
                }
                Ok(0) => {}
                Ok(bytes) => {
                    sent += bytes;
                    exchange.count_sent(bytes);
                    moved = Instant::now();
                }
                Err(error) => {
                    self.unsent = Some(errors::lost("sending", &self.host, error));
                    exchange.set_broken();
                    exchange.give_up();
                    return Ok(());
                }
            }
            if sent < total {
                exchange.check()?;
                if self.look(exchange) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn is_time_to_look(&mut self) -> bool {
        let now = Instant::now();
        let last = *self.looked.get_or_insert(now);
        let is_time = now.duration_since(last) >= LOOK;
        if is_time {
            self.looked = Some(now);
        }
        is_time
    }

    /// Whether the rest of the request need not be sent, because its answer or the end of the
    /// connection is here.
    fn look(&mut self, exchange: &Exchange) -> bool {
        let over = match self.fill(exchange, Wait::No) {
            Ok(Got::Bytes(_) | Got::Blocked) => self.buffers.is_refused(),
            Ok(Got::End) => true,
            Err(error) => {
                self.unsent = Some(error);
                true
            }
        };
        if over {
            exchange.give_up();
        }
        over
    }

    /// Reads into the input buffer.
    fn fill(&mut self, exchange: &Exchange, wait: Wait<'_>) -> Result<Got> {
        let free = self.buffers.free();
        if free.is_empty() {
            let why = "the answer has a line that is too long";
            return Err(Error::new(ErrorKind::Protocol, why));
        }
        let doing = match wait {
            Wait::No => "sending",
            Wait::For(..) => "receiving",
        };
        let lost = |error| errors::lost(doing, &self.host, error);
        let got = match &mut self.session {
            Some(session) => {
                let read = |buffer: &mut [u8]| self.line.read(buffer, wait).map_err(lost);
                let got = session.fill(free, &self.host, read);
                if session.is_unclean() {
                    exchange.set_unclean();
                }
                got
            }
            None => {
                let got = self.line.read(free, wait).map_err(lost);
                if self.line.is_unclean() {
                    exchange.set_unclean();
                }
                got
            }
        };
        match got {
            Ok(Got::Bytes(bytes)) => {
                self.buffers.appended(bytes);
                exchange.count_received(bytes);
            }
            Ok(Got::Blocked) => {}
            Ok(Got::End) | Err(_) => {
                self.spent = true;
                exchange.set_broken();
            }
        }
        got
    }

    /// What is to be told where the answer stopped coming: why the request could not be sent, if
    /// that is so and there is no answer at all.
    fn cause(&mut self, exchange: &Exchange) -> Option<Error> {
        self.unsent.take().filter(|_| exchange.received() == 0)
    }

    /// Takes the connection out of the pool for the exchange that this thread is in.
    fn take(&mut self) -> bool {
        let Some(exchange) = stop::current().filter(|_| !self.spent) else {
            return false;
        };
        let is_quiet = match &mut self.session {
            None => self.line.is_quiet(),
            // Tickets may have come in the meantime; only data and ends are signs of trouble.
            Some(session) => {
                let read = |buffer: &mut [u8]| {
                    let lost = |error| errors::lost("idle", &self.host, error);
                    self.line.read(buffer, Wait::No).map_err(lost)
                };
                let got = session.fill(self.buffers.free(), &self.host, read);
                matches!(got, Ok(Got::Blocked))
            }
        };
        if !is_quiet || exchange.bind(self.line.stream(), true).is_err() {
            return false;
        }
        self.buffers.plan(exchange.head_room, exchange.chunk);
        (self.exchange, self.looked) = (Some(exchange), None);
        true
    }
}

impl Transport for Link {
    fn buffers(&mut self) -> &mut dyn ureq::unversioned::transport::Buffers {
        &mut self.buffers
    }

    fn transmit_output(
        &mut self,
        amount: usize,
        _: NextTimeout,
    ) -> std::result::Result<(), ureq::Error> {
        match self.buffers.hold(amount) {
            true => self.flush().map_err(carry),
            false => Ok(()),
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> std::result::Result<bool, ureq::Error> {
        self.flush().map_err(carry)?;
        let exchange = self.exchange().map_err(carry)?;
        let is_interim = timeout.reason == Timeout::Await100;
        if !is_interim && self.buffers.take_unseen() {
            return Ok(true);
        }
        // Bytes that keep coming end no wait, so that nobody else would see that the time is over.
        exchange.check().map_err(carry)?;
        let limit = self.patience.read.min(*timeout.after);
        let wait = match exchange.is_hurried() {
            true => Wait::No,
            false => Wait::For(limit, &exchange),
        };
        match self.fill(&exchange, wait) {
            Ok(Got::Bytes(_)) => {
                if is_interim {
                    self.buffers.defer();
                }
                Ok(true)
            }
            Ok(Got::Blocked) if is_interim => Err(ureq::Error::Timeout(timeout.reason)),
            Ok(Got::Blocked) => {
                let what = match exchange.received() {
                    0 => "no answer came from",
                    _ => "no byte came from",
                };
                Err(carry(errors::timeout(what, &self.host, limit)))
            }
            Ok(Got::End) if exchange.is_stopped() => Err(carry(exchange.reason())),
            Ok(Got::End) => match self.cause(&exchange) {
                Some(error) => Err(carry(error)),
                None if is_interim => {
                    let why = format!("{} closed the connection without an answer", self.host);
                    Err(carry(errors::transport(why)))
                }
                None => Ok(false),
            },
            Err(error) => Err(carry(self.cause(&exchange).unwrap_or(error))),
        }
    }

    /// ureq asks when the connection goes back to the pool and when it is taken out again. What
    /// the server sends in between counts the second time.
    fn is_open(&mut self) -> bool {
        match self.exchange.take() {
            Some(exchange) => {
                let is_whole = exchange.unbind(self.line.stream());
                is_whole && !self.spent && !exchange.has_given_up()
            }
            None => self.take(),
        }
    }

    fn is_tls(&self) -> bool {
        self.session.is_some()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            exchange.unbind(self.line.stream());
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}
