//! The settings of a client.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::lines::Lines;
use super::memory;
use super::network::Network;
use super::settings::{JournalPlace, Resume};
use super::{Client, Core};
use crate::credentials::{CredentialsSource, Keyring};
use crate::endpoint::{Endpoint, Site};
use crate::error::{Error, Result};
use crate::limit::Width;
use crate::pool::Pool;
use crate::retry::{Budget, RetryPolicy};
use crate::transport::{Http, Settings, tls};

/// The settings of a client; everything has a default.
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    /// In a box, since each setter moves them.
    pub(super) set: Box<Set>,
}

/// What is set.
#[derive(Debug)]
pub(super) struct Set {
    credentials: CredentialsSource,
    endpoint: Option<String>,
    site: Site,
    path_style: bool,
    https: bool,
    pub(super) network: Network,
    connect_timeout: Duration,
    stall_timeout: Duration,
    deadline: Option<Duration>,
    retry: RetryPolicy,
    backup_domain: bool,
    correct_clock: bool,
    parallel_requests: usize,
    parallel_files: usize,
    memory_limit: Option<u64>,
    user_agent: Option<String>,
    journal: Option<PathBuf>,
    resume: Resume,
    lines: Option<log::Level>,
}

/// The most requests at the same time that make sense for one client.
const MAX_PARALLEL: usize = 256;

impl ClientBuilder {
    pub(super) fn new(credentials: CredentialsSource) -> Self {
        let set = Set {
            credentials,
            endpoint: None,
            site: Site::Standard,
            path_style: false,
            https: true,
            network: Network::default(),
            connect_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(60),
            deadline: None,
            retry: RetryPolicy::default(),
            backup_domain: true,
            correct_clock: true,
            parallel_requests: 8,
            parallel_files: 3,
            memory_limit: None,
            user_agent: None,
            journal: None,
            resume: Resume::default(),
            lines: None,
        };
        let set = Box::new(set);
        Self { set }
    }

    /// Connects to this server, `http://host:port` or `https://host:port`, instead of the bucket's
    /// own host. Host header and signature stay those of the bucket.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.set.endpoint = Some(url.into());
        self
    }

    /// Reaches buckets by a host of yours: a domain bound to one bucket (`files.example.com`), or one
    /// in which `{bucket}` and `{region}` stand for those.
    pub fn domain(mut self, template: impl Into<String>) -> Self {
        self.set.site = Site::Domain(template.into());
        self
    }

    /// Reaches buckets by the global acceleration host, which must be switched on for each.
    pub fn accelerate(mut self) -> Self {
        self.set.site = Site::Accelerate;
        self
    }

    /// Reaches buckets by the host for machines of the same region inside Tencent Cloud.
    pub fn internal(mut self) -> Self {
        self.set.site = Site::Internal;
        self
    }

    /// Puts the bucket into the path instead of the host, for private deployments. The service
    /// itself refuses it for buckets made since 2024.
    pub fn path_style(mut self) -> Self {
        self.set.path_style = true;
        self
    }

    /// False: connect in the clear. True when unset. An `endpoint` says it by its scheme. Without the
    /// feature `tls`, it must be false.
    pub fn https(mut self, https: bool) -> Self {
        self.set.https = https;
        self
    }

    /// How long a connection may take to come up, with its proxy and TLS, a millisecond to a day. 10
    /// seconds when unset.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.set.connect_timeout = timeout;
        self
    }

    /// How long a request may go without a byte moving either way, a millisecond to a day. 60 seconds
    /// when unset.
    ///
    /// There is no limit on the whole but a [`deadline`](Self::deadline): a big object over a slow line
    /// takes what it takes.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.set.stall_timeout = timeout;
        self
    }

    /// How long a request may take in all, with its retries and with the reading of its answer, a
    /// millisecond to a day; it fails with `Timeout` then. No limit when unset. A transfer takes many
    /// requests, each of which has this time.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.set.deadline = Some(limit);
        self
    }

    /// False: never go to `<bucket>.cos.<region>.tencentcos.cn`. True when unset: a request that no
    /// service seems to answer at `myqcloud.com` is sent there, signed for that host, in its last
    /// attempt, or at once after a redirect. Other hosts have no such other name.
    pub fn backup_domain(mut self, backup: bool) -> Self {
        self.set.backup_domain = backup;
        self
    }

    /// False: sign by the clock of this machine, whatever the service says. True when unset: where a
    /// signature is refused for its time, the client reckons with the service's from then on, as long
    /// as that is within a year.
    pub fn correct_clock(mut self, correct: bool) -> Self {
        self.set.correct_clock = correct;
        self
    }

    /// Whether and when a failed request is sent again. Four attempts when unset.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.set.retry = policy;
        self
    }

    /// How many requests of all transfers, parts and others, are under way at the same time, 1 to 256;
    /// as many connections are kept open. Fewer for a while when the service asks for fewer or bytes stop
    /// moving. 8 when unset.
    pub fn parallel_requests(mut self, count: usize) -> Self {
        self.set.parallel_requests = count;
        self
    }

    /// How many files of [`Client::upload_files`] and [`Client::download_files`] are under way at the
    /// same time, 1 to 256. 3 when unset.
    pub fn parallel_files(mut self, count: usize) -> Self {
        self.set.parallel_files = count;
        self
    }

    /// The most that the buffers of the requests of all transfers take together, in bytes. No limit
    /// when unset.
    ///
    /// It makes [`parallel_requests`](Self::parallel_requests) smaller where that is needed: to this
    /// divided by what one request takes, 1,152 KiB in the clear and 1,377 KiB over TLS. That is 256 KiB
    /// for what arrives, 320 KiB for what is sent (256 KiB of the body, and a head), 512 KiB between a
    /// download and its file, 64 KiB of stack, and 225 KiB for TLS, once more for a proxy over TLS.
    ///
    /// On top come the client itself, what callers hold, the parts that
    /// [`upload_stream`](crate::Bucket::upload_stream) keeps, which has limits of its own, a connection
    /// for each thread of the caller's that is in [`Bucket::send`](crate::Bucket::send), and connections
    /// that are kept open to the hosts of other buckets, as many again at most.
    ///
    /// Less than one request takes is refused with `InvalidArgument` when the client is built, which
    /// says how much that is.
    pub fn memory_limit(mut self, bytes: u64) -> Self {
        self.set.memory_limit = Some(bytes);
        self
    }

    /// The User-Agent. `coslink/<version>` when unset.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.set.user_agent = Some(user_agent.into());
        self
    }

    /// The directory of the journals of uploads and copies; made when it is first needed. Unset:
    /// `coslink` in the platform's directory for the state of programs (`$XDG_STATE_HOME` or
    /// `~/.local/state`; `~/Library/Application Support`; `%LOCALAPPDATA%`). Where that cannot be
    /// written, transfers go without a journal; a directory that was named must be writable.
    ///
    /// Journals hold names, sizes and upload ids, no keys and no content, and are for their owner
    /// only.
    pub fn journal(mut self, directory: impl AsRef<Path>) -> Self {
        self.set.journal = Some(directory.as_ref().to_owned());
        self
    }

    /// How transfers are continued that do not say it themselves. By a journal when unset.
    pub fn resume(mut self, resume: Resume) -> Self {
        self.set.resume = resume;
        self
    }

    /// Keeps what is told of requests up to this level, to be taken from the client.
    #[cfg(feature = "capi")]
    pub(crate) fn lines(mut self, level: log::Level) -> Self {
        self.set.lines = Some(level);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    /// `InvalidArgument`, naming the setting, also when not one request has room in the `memory_limit`,
    /// with what it takes; `Credentials`; `LocalIo` when a file of a certificate or
    /// a key cannot be read.
    pub fn build(self) -> Result<Client> {
        self.set.build()
    }
}

impl Set {
    fn build(self) -> Result<Client> {
        let keyring = Keyring::new(self.credentials)?;
        let endpoint = Endpoint::default()
            .https(self.https)
            .path_style(self.path_style);
        let endpoint = endpoint.site(self.site)?;
        let endpoint = match &self.endpoint {
            Some(url) => endpoint.connect_to(url)?,
            None => endpoint,
        };
        if endpoint.is_https() {
            let by_default = self.endpoint.is_none();
            tls::needed_by(if by_default { "https" } else { "endpoint" })?;
        }
        for (name, count) in [
            ("parallel_requests", self.parallel_requests),
            ("parallel_files", self.parallel_files),
        ] {
            if !(1..=MAX_PARALLEL).contains(&count) {
                let why = format!("{count} is not in 1 to {MAX_PARALLEL}");
                return Err(Error::invalid(name, why));
            }
        }
        for (name, timeout) in [
            ("connect_timeout", self.connect_timeout),
            ("stall_timeout", self.stall_timeout),
            ("deadline", self.deadline.unwrap_or(LONGEST)),
        ] {
            if !(SHORTEST..=LONGEST).contains(&timeout) {
                return Err(Error::invalid(name, "is not a millisecond to a day"));
            }
        }
        let user_agent = self
            .user_agent
            .unwrap_or_else(|| concat!("coslink/", env!("CARGO_PKG_VERSION")).into());
        if user_agent
            .bytes()
            .any(|byte| !(b' '..=b'~').contains(&byte))
        {
            return Err(Error::invalid(
                "user_agent",
                "has a control or a non-ASCII character",
            ));
        }
        let proxies = self.network.proxies()?;
        let parallel_requests = match self.memory_limit {
            Some(limit) => {
                let one = memory::of_one(endpoint.is_https(), &proxies);
                memory::room(limit, one, self.parallel_requests)?
            }
            None => self.parallel_requests,
        };
        let transport = Http::new(&Settings {
            connect_timeout: self.connect_timeout,
            read_timeout: self.stall_timeout,
            write_timeout: self.stall_timeout,
            resolve_timeout: self.connect_timeout,
            max_idle: parallel_requests,
            idle_age: IDLE_AGE,
            user_agent,
            trust: self.network.trust()?,
            proxies,
        })?;
        let width = Arc::new(Width::new(parallel_requests));
        let core = Core {
            transport,
            endpoint,
            budget: Budget::new(&self.retry),
            width: Arc::clone(&width),
            lines: Lines::new(self.lines),
            retry: self.retry,
            keyring,
            clock: Clock::default(),
            correct_clock: self.correct_clock,
            backup_domain: self.backup_domain,
            deadline: self.deadline,
            journal: JournalPlace::new(self.journal),
            resume: self.resume,
            upload_limit: Arc::default(),
            download_limit: Arc::default(),
        };
        Ok(Client {
            core: Arc::new(core),
            pool: Arc::new(Pool::new(parallel_requests, width)),
            parallel_files: self.parallel_files,
        })
    }
}

/// The limits of time-outs.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(86_400);

/// How long an unused connection is kept; the service closes its side later.
const IDLE_AGE: Duration = Duration::from_secs(30);
