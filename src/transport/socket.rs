//! A TCP socket whose waits are short, so that every one of them can look around.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::stop::Exchange;

/// How long one read waits. `stop` wakes a blocked read by itself; this is for systems where it
/// does not.
const READ_TICK: Duration = Duration::from_millis(100);
/// How long one write waits. An answer that comes while the server takes no more is seen after
/// this time.
const WRITE_TICK: Duration = Duration::from_millis(25);

/// What came of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// This many bytes.
    Bytes(usize),
    /// Nothing in the time that was given.
    Blocked,
    /// Nothing, now or ever.
    End,
}

/// How long a read may wait for its first byte.
#[derive(Clone, Copy)]
pub(super) enum Wait<'a> {
    /// Not at all.
    No,
    /// This long, or until the exchange is stopped.
    For(Duration, &'a Exchange),
}

/// A connected socket. Its time-outs are set once; how long a wait may last is counted here.
pub(super) struct Socket(Arc<TcpStream>);

impl Socket {
    /// The socket of a connection that was just made.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READ_TICK))?;
        stream.set_write_timeout(Some(WRITE_TICK))?;
        Ok(Self(Arc::new(stream)))
    }

    /// The socket itself, for the control.
    pub(super) fn stream(&self) -> &Arc<TcpStream> {
        &self.0
    }

    /// Reads what is there into `buffer`, which is not empty.
    pub(super) fn read(&self, buffer: &mut [u8], wait: Wait<'_>) -> io::Result<Got> {
        let Wait::For(limit, exchange) = wait else {
            return self.at_once(|mut stream| got(stream.read(buffer)))?;
        };
        let start = Instant::now();
        loop {
            match got((&*self.0).read(buffer))? {
                Got::Blocked => {}
                ended => return Ok(ended),
            }
            if exchange.is_stopped() {
                return Err(exchange.reason().into());
            }
            if start.elapsed() >= limit {
                return Ok(Got::Blocked);
            }
        }
    }

    /// Whether nothing, not even an end, waits to be read.
    pub(super) fn is_quiet(&self) -> bool {
        let peeked = self.at_once(|stream| got(stream.peek(&mut [0])));
        matches!(peeked, Ok(Ok(Got::Blocked)))
    }

    /// Writes some of `bytes`; 0 when the socket took none for a short while.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        // Never `write_vectored`: it is writev(2), which raises SIGPIPE where the host of the C
        // library has not turned it off.
        match (&*self.0).write(bytes) {
            Ok(0) => Err(ErrorKind::WriteZero.into()),
            Err(error) if is_pause(&error) => Ok(0),
            done => done,
        }
    }

    fn at_once<T>(&self, work: impl FnOnce(&TcpStream) -> T) -> io::Result<T> {
        self.0.set_nonblocking(true)?;
        let done = work(&self.0);
        self.0.set_nonblocking(false)?;
        Ok(done)
    }
}

/// Whether the call failed only for now. A tick that passed is `TimedOut` on Windows, where on
/// Unix the same kind is a dead connection.
fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
        || cfg!(windows) && error.kind() == ErrorKind::TimedOut
}

fn got(read: io::Result<usize>) -> io::Result<Got> {
    match read {
        Ok(0) => Ok(Got::End),
        Ok(bytes) => Ok(Got::Bytes(bytes)),
        Err(error) if is_pause(&error) => Ok(Got::Blocked),
        Err(error) => Err(error),
    }
}
