//! How an emulator is set up.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::thread;

use tokio::sync::oneshot;

use crate::auth::Account;
use crate::blob::Shelf;
use crate::cors::CorsRule;
use crate::emulator::Emulator;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::request::Hosts;
use crate::state::Shared;
use crate::store::{Bucket, Store};
use crate::tls::{Certificate, Secure};
use crate::versions::Versioning;
use crate::{BUCKET, REGION, SECRET_ID, SECRET_KEY, server};

/// Settings of an emulator that has not started yet.
#[derive(Debug, Clone)]
pub struct Builder {
    port: u16,
    buckets: Vec<(String, String)>,
    account: Account,
    hosts: Hosts,
    versioned: Vec<String>,
    accelerated: Vec<String>,
    cors: Vec<(String, Vec<CorsRule>)>,
    directory: Option<PathBuf>,
    tls: bool,
    certificate: Certificate,
    asks_for_certificate: bool,
    ssec_on_http: bool,
    opaque_etags: bool,
    log: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            buckets: Vec::new(),
            account: Account {
                secret_id: SECRET_ID.to_owned(),
                secret_key: SECRET_KEY.to_owned(),
                token: None,
            },
            hosts: Hosts::default(),
            versioned: Vec::new(),
            accelerated: Vec::new(),
            cors: Vec::new(),
            directory: None,
            tls: false,
            certificate: Certificate::Good,
            asks_for_certificate: false,
            ssec_on_http: false,
            opaque_etags: false,
            log: false,
        }
    }
}

impl Builder {
    /// The port to listen on; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A bucket that exists from the start; with the first call the default bucket is not made.
    /// The region of the first one is also that of buckets made through a host without a region.
    #[must_use]
    pub fn bucket(mut self, name: &str, region: &str) -> Self {
        self.buckets.push((name.to_owned(), region.to_owned()));
        self
    }

    /// Who may sign, instead of [`SECRET_ID`] and [`SECRET_KEY`].
    #[must_use]
    pub fn credentials(mut self, secret_id: &str, secret_key: &str) -> Self {
        secret_id.clone_into(&mut self.account.secret_id);
        secret_key.clone_into(&mut self.account.secret_key);
        self
    }

    /// Makes the credentials temporary ones: every request must carry this security token.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        self.account.token = Some(token.to_owned());
        self
    }

    /// A custom domain that leads to a bucket.
    #[must_use]
    pub fn domain(mut self, host: &str, bucket: &str) -> Self {
        self.hosts
            .domains
            .insert(host.to_ascii_lowercase(), bucket.to_owned());
        self
    }

    /// Lets hosts `cos.<region>.myqcloud.com` take the bucket from the path, as the service does
    /// for old buckets only.
    #[must_use]
    pub fn path_style(mut self, allowed: bool) -> Self {
        self.hosts.path_style = allowed;
        self
    }

    /// A bucket of [`Builder::bucket`], or the default one, keeps versions from the start.
    #[must_use]
    pub fn versioning(mut self, bucket: &str, enabled: bool) -> Self {
        toggle(&mut self.versioned, bucket, enabled);
        self
    }

    /// A bucket can be reached by the accelerate host.
    #[must_use]
    pub fn accelerate(mut self, bucket: &str, enabled: bool) -> Self {
        toggle(&mut self.accelerated, bucket, enabled);
        self
    }

    /// The cross-origin rules of a bucket.
    #[must_use]
    pub fn cors(mut self, bucket: &str, rules: impl Into<Vec<CorsRule>>) -> Self {
        self.cors.push((bucket.to_owned(), rules.into()));
        self
    }

    /// Keeps bytes in files of this directory, which must exist, instead of in memory. The files
    /// go when the objects do, or the emulator does; what was overwritten last under a key, up to
    /// 64 MiB, when the key does.
    #[must_use]
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// Serves TLS with a certificate for localhost, 127.0.0.1, `*.cos.ap-guangzhou.myqcloud.com`
    /// and the default bucket's host, signed by [`Emulator::ca_pem`].
    #[must_use]
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Serves TLS with this certificate instead.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self.tls(true)
    }

    /// Serves TLS to those only who show a certificate of the authority, such as
    /// [`Emulator::client_pem`].
    #[must_use]
    pub fn asks_for_certificate(mut self) -> Self {
        self.asks_for_certificate = true;
        self.tls(true)
    }

    /// Takes SSE-C keys without TLS, too, which the service never does.
    #[must_use]
    pub fn ssec_on_http(mut self, allowed: bool) -> Self {
        self.ssec_on_http = allowed;
        self
    }

    /// Gives no ETag that is an MD5, as under SSE-KMS. A client must not depend on it; and an
    /// upload costs half as much when it brings no Content-MD5.
    #[must_use]
    pub fn opaque_etags(mut self, opaque: bool) -> Self {
        self.opaque_etags = opaque;
        self
    }

    /// Writes one line per request to standard error.
    #[must_use]
    pub fn log(mut self, log: bool) -> Self {
        self.log = log;
        self
    }

    /// Starts the emulator.
    ///
    /// # Panics
    ///
    /// When the port or the directory cannot be used; see [`Builder::try_start`].
    #[must_use]
    pub fn start(self) -> Emulator {
        match self.try_start() {
            Ok(emulator) => emulator,
            Err(error) => panic!("the emulator cannot start: {error}"),
        }
    }

    /// Starts the emulator, or says why it cannot.
    pub fn try_start(mut self) -> io::Result<Emulator> {
        if self.buckets.is_empty() {
            self.buckets.push((BUCKET.to_owned(), REGION.to_owned()));
        }
        if let Some(directory) = &self.directory
            && !directory.is_dir()
        {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no such directory"));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        let address = listener.local_addr()?;
        let secure = match self.tls {
            true => Some(Secure::new(self.certificate, self.asks_for_certificate)?),
            false => None,
        };
        let acceptor = secure.as_ref().map(|secure| secure.acceptor.clone());
        let shared = Arc::new(Shared {
            account: self.account,
            region: self.buckets[0].1.clone(),
            hosts: self.hosts,
            ssec_on_http: self.ssec_on_http,
            opaque_etags: self.opaque_etags,
            store: Store::default(),
            shelf: Shelf::new(self.directory),
            journal: Arc::new(Journal::new(self.log)),
            faults: Faults::default(),
            clock_offset: AtomicI64::new(0),
            counter: AtomicU64::new(1),
        });
        for (name, region) in &self.buckets {
            let mut bucket = Bucket::new(region, shared.time());
            if self.versioned.contains(name) {
                bucket.versioning = Versioning::Enabled;
            }
            bucket.accelerated = self.accelerated.contains(name);
            let rules = self.cors.iter().filter(|(owner, _)| owner == name);
            bucket.cors = rules.flat_map(|(_, rules)| rules.clone()).collect();
            shared.store.lock().insert(name.clone(), bucket);
        }
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("cos-emulator".to_owned())
            .spawn(move || {
                if let Err(error) = server::run(listener, served, acceptor, stopped) {
                    eprintln!("the emulator stopped: {error}");
                }
            })?;
        Ok(Emulator::new(shared, address, secure, stop, thread))
    }
}

fn toggle(list: &mut Vec<String>, bucket: &str, on: bool) {
    list.retain(|name| name != bucket);
    if on {
        list.push(bucket.to_owned());
    }
}
