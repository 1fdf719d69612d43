//! Names to addresses, remembered for a minute.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::stop::Exchange;
use crate::error::{Error, ErrorKind, Result};

/// How long an answer of the system's resolver is used.
const KEPT: Duration = Duration::from_secs(60);
/// How many names are remembered at most.
const MOST_NAMES: usize = 256;
/// How many addresses of one name are tried.
const MOST_ADDRESSES: usize = 8;
/// How often a wait for another thread looks at the control.
const LOOK: Duration = Duration::from_millis(20);
/// The stack of a helper thread, in bytes: `getaddrinfo` may load plugins.
const STACK: usize = 512 << 10;

/// The addresses found lately. One value serves all threads.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<HashMap<(String, u16), Found>>);

#[derive(Debug)]
struct Found {
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl Names {
    /// The addresses of `host`, of which there is at least one.
    pub(super) fn look_up(
        &self,
        host: &str,
        port: u16,
        limit: Duration,
        exchange: &Exchange,
    ) -> Result<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let name = (host.to_owned(), port);
        if let Some(found) = self
            .lock()
            .get(&name)
            .filter(|found| found.at.elapsed() < KEPT)
        {
            return Ok(found.addresses.clone());
        }
        let asked = name.clone();
        let answer = aside(limit, exchange, move || {
            asked
                .to_socket_addrs()
                .map(|found| found.take(MOST_ADDRESSES).collect::<Vec<_>>())
        })?;
        let Some(answer) = answer else {
            let why = format!(
                "the lookup of {host} took more than {} ms",
                limit.as_millis()
            );
            return Err(Error::new(ErrorKind::Timeout, why).with_retryable(true));
        };
        let addresses = answer.map_err(|error| {
            Error::new(
                ErrorKind::Transport,
                format!("cannot look up {host}: {error}"),
            )
            .with_retryable(true)
            .with_source(error)
        })?;
        if addresses.is_empty() {
            let why = format!("{host} has no address");
            return Err(Error::new(ErrorKind::Transport, why).with_retryable(true));
        }
        let mut names = self.lock();
        if names.len() >= MOST_NAMES {
            names.clear();
        }
        names.insert(
            name,
            Found {
                addresses: addresses.clone(),
                at: Instant::now(),
            },
        );
        Ok(addresses)
    }

    /// Forgets the addresses of `host`, of which none could be reached.
    pub(super) fn forget(&self, host: &str, port: u16) {
        self.lock().remove(&(host.to_owned(), port));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, u16), Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `work`, which cannot be interrupted, on a thread of its own. None when it was not done
/// within `limit`; that thread, as after a stop, then ends by itself.
pub(super) fn aside<T: Send + 'static>(
    limit: Duration,
    exchange: &Exchange,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let task = move || {
        // Nobody may be waiting any more.
        let _ = sender.send(work());
    };
    let thread = thread::Builder::new()
        .name("coslink-connect".into())
        .stack_size(STACK);
    let thread = thread.spawn(task).map_err(|error| {
        let why = format!("cannot start a thread: {error}");
        Error::new(ErrorKind::Transport, why).with_retryable(true)
    })?;
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(LOOK)) {
            Ok(done) => {
                // It is done but for its end, and a library that is unloaded must have no thread.
                let _ = thread.join();
                return Ok(Some(done));
            }
            Err(RecvTimeoutError::Timeout) if left.is_zero() => return Ok(None),
            Err(RecvTimeoutError::Timeout) => exchange.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(ErrorKind::Internal, "a helper thread panicked"));
            }
        }
    }
}

/// ureq asks its resolver before every request, even for a pooled connection. The names are
/// looked up by the connector instead, which runs only for a new connection.
#[derive(Debug)]
pub(super) struct Later;

impl Resolver for Later {
    fn resolve(
        &self,
        _: &ureq::http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}
