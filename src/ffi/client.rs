//! The client and its buckets.

use libc::c_char;
use std::time::Duration;

use super::choices::resume;
use super::convert::{Options, Out, path, read_sized, required, text};
use super::credentials::{given, pair};
use super::log::level;
use super::network::network;
use super::status::{coslink_error, coslink_status};
use super::{guard, quietly};
use crate::client::{Bucket, Client, ClientBuilder};
use crate::error::{Error, Result};
use crate::retry::RetryPolicy;

/// Connections, credentials and settings for any number of buckets.
///
/// Make one and keep it: its connections are kept open and used again. It may be used from many
/// threads at once. Its own threads never call your code: those that move parts exist only once
/// something has moved in parts, and are joined when it and all of its buckets are freed, in any
/// order; those that move many files are joined by their call; one that looks up a name or makes a
/// connection is joined by the call that needs it, unless that is given up, when the thread ends by
/// itself.
///
/// 1. Fill a `coslink_client_options`.
/// 2. `coslink_client_new` makes the client; nothing is sent.
/// 3. `coslink_bucket_new` makes what all operations take.
/// 4. `coslink_client_set_credentials` replaces temporary credentials before they end.
/// 5. `coslink_client_free` ends it.
pub struct coslink_client(pub(super) Client);

/// A bucket of a client, where all operations happen.
///
/// It may be used from many threads at once, and keeps its client alive.
pub struct coslink_bucket(pub(super) Bucket);

/// The settings of a client. An option struct; begin with `COSLINK_INIT(coslink_client_options)`.
/// Who signs comes from exactly one of the pair `secret_id` and `secret_key`, `anonymous`,
/// `credentials_from_env` and `credentials_file`. Nothing else is read from the environment, but for
/// the place of the journals and, with `proxy_from_env`, the proxies.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_client_options {
    /// `sizeof(coslink_client_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The pair that the console or the STS service hands out.
    pub secret_id: *const c_char,
    /// The other half of the pair.
    pub secret_key: *const c_char,
    /// The token of temporary credentials. NULL or empty: they are permanent ones.
    pub security_token: *const c_char,
    /// Connects to this server, `http://host:port` or `https://host:port`, instead of the bucket's
    /// own host. Host header and signature stay those of the bucket. NULL: the bucket's host.
    pub endpoint: *const c_char,
    /// Trusts only the certificate authorities in this PEM file. NULL: Mozilla's list.
    pub ca_file: *const c_char,
    /// Non-zero: connect in the clear. 0: TLS. An `endpoint` says it by its scheme. A library that was
    /// built without TLS refuses 0, an `https://` endpoint, and all options that are about TLS.
    pub plain_http: i32,
    /// How long a connection may take to come up, with its proxy and TLS. 0: 10,000 ms.
    pub connect_timeout_ms: u32,
    /// How long a request may go without a byte moving either way; there is no limit on the whole but
    /// `deadline_ms`. 0: 60,000 ms.
    pub stall_timeout_ms: u32,
    /// How often a request is sent at most when it fails for a passing reason; 1 never sends again.
    /// 0: 4.
    pub max_attempts: u32,
    /// The limit of the wait before the second attempt, which doubles with each one. 0: 200 ms.
    pub first_wait_ms: u32,
    /// The limit of all waits. 0: 10,000 ms.
    pub longest_wait_ms: u32,
    /// How many requests of all transfers, parts and others, are under way at the same time, at most
    /// 256; fewer for a while when the service asks for fewer or bytes stop moving. 0: 8.
    pub parallel_requests: u32,
    /// The User-Agent. NULL: `coslink/<version>`.
    pub user_agent: *const c_char,
    /// Reaches buckets by a host of yours: a domain bound to one bucket (`files.example.com`), or
    /// one in which `{bucket}` and `{region}` stand for those. NULL: by the hosts of the service.
    pub domain: *const c_char,
    /// Non-zero: reach buckets by the global acceleration host, which must be switched on for each.
    pub accelerate: i32,
    /// Non-zero: reach buckets by the host for machines of the same region inside Tencent Cloud.
    pub internal: i32,
    /// Non-zero: put the bucket into the path instead of the host, for private deployments. The
    /// service itself refuses it for buckets made since 2024.
    pub path_style: i32,
    /// Non-zero: requests are not signed. For objects that everybody may read, and for URLs that
    /// carry their own signature.
    pub anonymous: i32,
    /// Non-zero: read `COS_SECRET_ID`, `COS_SECRET_KEY` and, when it is set, `COS_SECURITY_TOKEN`;
    /// or, where the first two are not set, `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and
    /// `TENCENTCLOUD_SESSION_TOKEN`. They are read once; no other thread may change the environment
    /// meanwhile.
    pub credentials_from_env: i32,
    /// Reads a configuration file of the official tools, once: `.cos.conf` of COSCMD, or `.cos.yaml`
    /// of COSCLI with its encryption switched off. NULL: none.
    pub credentials_file: *const c_char,
    /// The directory of the journals of uploads and copies; made when it is first needed, and it
    /// must be writable. NULL: `coslink` in the platform's directory for the state of programs
    /// (`$XDG_STATE_HOME` or `~/.local/state`; `~/Library/Application Support`; `%LOCALAPPDATA%`);
    /// where that cannot be written, transfers go without a journal. Journals hold names, sizes and
    /// upload ids, no keys and no content, and are for their owner only.
    pub journal: *const c_char,
    /// How transfers are continued that do not say it themselves: a `coslink_resume`. 0: by a
    /// journal.
    pub resume: i32,
    /// How many files of `coslink_upload_files` and `coslink_download_files` are under way at the
    /// same time, at most 256. 0: 3.
    pub parallel_files: u32,
    /// How long a request may take in all, with its retries and with the reading of its answer; it
    /// fails with `COSLINK_ERROR_TIMEOUT` then. A transfer takes many requests, each of which has this
    /// time. 0: no limit.
    pub deadline_ms: u64,
    /// How many attempts beyond the first all requests of the client together may make in vain. Each
    /// second gives one back, and so do ten requests that succeed. 0: 200.
    pub retry_budget: u32,
    /// Non-zero: never go to `<bucket>.cos.<region>.tencentcos.cn`. 0: a request that no service seems
    /// to answer at `myqcloud.com` is sent there, signed for that host, in its last attempt, or at once
    /// after a redirect. Other hosts have no such other name.
    pub no_backup_domain: i32,
    /// Non-zero: sign by the clock of this machine, whatever the service says. 0: where a signature is
    /// refused for its time, the client reckons with the service's from then on, as long as that is
    /// within a year.
    pub no_clock_correction: i32,
    /// What `coslink_client_log` hands out: a `coslink_log_level`. 0: nothing is kept for it.
    pub log_level: i32,
    /// Goes through this proxy, `http://[user:password@]host:port`, or `https://...` for one that is
    /// itself spoken to over TLS, by the same rules as the service. User and password are
    /// percent-encoded. Without a port it is 1080, or 443 with https. Every connection is a tunnel
    /// (`CONNECT`), those in the clear, too. The way through the proxy is part of `connect_timeout_ms`;
    /// one that cannot be reached or refuses is a `COSLINK_ERROR_TRANSPORT`. NULL: none.
    pub proxy: *const c_char,
    /// Hosts that are reached without a proxy, as curl has it: a list with commas of domains, which
    /// stand for all names below them, too, and of IP addresses; `*` is everything. NULL: none, or with
    /// `proxy_from_env` those of the environment.
    pub no_proxy: *const c_char,
    /// Trusts only these certificate authorities, in PEM; beside those of `ca_file` when both are set.
    /// NULL: Mozilla's list.
    pub ca_pem: *const c_char,
    /// Shows the certificate of this PEM file, with its chain, to servers that ask who connects.
    /// NULL: none.
    pub client_certificate: *const c_char,
    /// The PEM file of the private key of `client_certificate` (PKCS#8, PKCS#1 or SEC1, not
    /// encrypted).
    pub client_key: *const c_char,
    /// Non-zero: take the proxies from the environment, now: `https_proxy` or `HTTPS_PROXY`,
    /// `http_proxy` in lower case only, for both `all_proxy` or `ALL_PROXY`, and `no_proxy` or
    /// `NO_PROXY`. No other thread may change the environment meanwhile. A `proxy` takes the place of
    /// all of it.
    pub proxy_from_env: i32,
    /// DANGER. Non-zero: accept every certificate, of everybody, for every host. Whoever is on the way
    /// can then read and change all that is sent, signatures and tokens included. For tests against a
    /// server of one's own only; a private authority is for `ca_file`.
    pub danger_accept_any_certificate: i32,
    /// The most that the buffers of the requests of all transfers take together, in bytes. It makes
    /// `parallel_requests` smaller where that is needed: to this divided by what one request takes,
    /// 1,152 KiB in the clear and 1,377 KiB over TLS. That is 256 KiB for what arrives, 320 KiB for what
    /// is sent (256 KiB of the body, and a head), 512 KiB between a download and its file, 64 KiB of
    /// stack, and 225 KiB for TLS, once more for a proxy over TLS. On top come the client itself, what
    /// callers hold, the parts that `coslink_upload_stream` keeps, which has limits of its own, a
    /// connection for each thread of yours that is in a single operation, and connections that are
    /// kept open to the hosts of other buckets, as many again at most. Less than one request takes is a
    /// `COSLINK_ERROR_INVALID_ARGUMENT`, which says how much that is. 0: no limit.
    pub memory_limit: u64,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_client_options {}

fn milliseconds(count: u32) -> Option<Duration> {
    Some(Duration::from_millis(count.into())).filter(|time| !time.is_zero())
}

fn retry(options: &coslink_client_options) -> RetryPolicy {
    let policy = match options.max_attempts {
        0 => RetryPolicy::default(),
        count => RetryPolicy::new(count),
    };
    let policy = match options.retry_budget {
        0 => policy,
        budget => policy.budget(budget),
    };
    let (first, longest) = policy.limits();
    let first_given = milliseconds(options.first_wait_ms);
    let longest_given = milliseconds(options.longest_wait_ms);
    policy.waits(
        first_given.unwrap_or(first),
        longest_given.unwrap_or(longest),
    )
}

/// How buckets are reached.
///
/// # Safety
/// The texts of the options live during the call.
unsafe fn hosts(
    mut builder: ClientBuilder,
    options: &coslink_client_options,
) -> Result<ClientBuilder> {
    // SAFETY: as promised by the caller.
    let domain = unsafe { text(options.domain, "domain") }?;
    only_one(&[
        ("domain", domain.is_some()),
        ("accelerate", options.accelerate != 0),
        ("internal", options.internal != 0),
    ])?;
    if let Some(domain) = domain {
        builder = builder.domain(domain);
    }
    if options.accelerate != 0 {
        builder = builder.accelerate();
    }
    if options.internal != 0 {
        builder = builder.internal();
    }
    if options.path_style != 0 {
        builder = builder.path_style();
    }
    Ok(builder)
}

/// Refuses options of which more than one is set, by the name of the second.
pub(super) fn only_one(options: &[(&str, bool)]) -> Result<()> {
    let mut set = options.iter().filter(|(_, is_set)| *is_set);
    match (set.next(), set.next()) {
        (Some((first, _)), Some((second, _))) => {
            Err(Error::invalid(second, format!("is set beside {first}")))
        }
        _ => Ok(()),
    }
}

/// How many transfers move at once, and how they are continued.
///
/// # Safety
/// The texts of the options live during the call.
unsafe fn transfers(
    mut builder: ClientBuilder,
    options: &coslink_client_options,
) -> Result<ClientBuilder> {
    if options.parallel_requests != 0 {
        builder = builder.parallel_requests(options.parallel_requests as usize);
    }
    if options.memory_limit != 0 {
        builder = builder.memory_limit(options.memory_limit);
    }
    if options.parallel_files != 0 {
        builder = builder.parallel_files(options.parallel_files as usize);
    }
    // SAFETY: as promised by the caller.
    if let Some(journal) = unsafe { path(options.journal, "journal") }? {
        builder = builder.journal(journal);
    }
    if let Some(resume) = resume(options.resume)? {
        builder = builder.resume(resume);
    }
    Ok(builder)
}

/// # Safety
/// The texts of the options live during the call.
unsafe fn client(options: &coslink_client_options) -> Result<Client> {
    // SAFETY: as promised by the caller.
    let credentials = unsafe { given(options) }?;
    let mut builder = Client::builder(credentials)
        .https(options.plain_http == 0)
        .backup_domain(options.no_backup_domain == 0)
        .correct_clock(options.no_clock_correction == 0)
        .retry(retry(options));
    // SAFETY: as promised by the caller.
    let (endpoint, user_agent) = unsafe {
        (
            text(options.endpoint, "endpoint")?,
            text(options.user_agent, "user_agent")?,
        )
    };
    // SAFETY: as promised by the caller.
    builder = unsafe { network(transfers(hosts(builder, options)?, options)?, options) }?;
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint);
    }
    if let Some(user_agent) = user_agent {
        builder = builder.user_agent(user_agent);
    }
    if let Some(timeout) = milliseconds(options.connect_timeout_ms) {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = milliseconds(options.stall_timeout_ms) {
        builder = builder.stall_timeout(timeout);
    }
    if let Some(level) = level(options.log_level)? {
        builder = builder.lines(level);
    }
    if options.deadline_ms != 0 {
        builder = builder.deadline(Duration::from_millis(options.deadline_ms));
    }
    builder.build()
}

/// Makes a client. Nothing is sent.
///
/// Never blocks, but for reading the files that are named. Any thread. Free `*client` with
/// `coslink_client_free`. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the option, with
/// `COSLINK_ERROR_CREDENTIALS`, or with `COSLINK_ERROR_LOCAL_IO` when a file cannot be read. Since
/// 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_client_new(
    options: *const coslink_client_options,
    client: *mut *mut coslink_client,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(client).required("client")?;
            let options = read_sized(required(options, "options")?, "options")?;
            slot.give(coslink_client(self::client(&options)?));
            Ok(())
        })
    }
}

/// Signs with these credentials from the next request on; transfers that are under way go on with
/// them. `security_token` may be NULL.
///
/// Never blocks. Any thread, also while others use the client. The texts are copied. Fails with
/// `COSLINK_ERROR_CREDENTIALS` when they cannot be used; the old ones stay. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_client_set_credentials(
    client: *const coslink_client,
    secret_id: *const c_char,
    secret_key: *const c_char,
    security_token: *const c_char,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let client = required(client, "client")?;
            client
                .0
                .set_credentials(pair(secret_id, secret_key, security_token)?)
        })
    }
}

/// Limits all bodies that the client sends together to so many bytes per second; 0 for no limit, as at
/// the beginning. Requests that are under way hear of it at once.
///
/// Never blocks. Any thread, also while others use the client. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_client_set_upload_limit(
    client: *const coslink_client,
    bytes_per_second: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let client = required(client, "client")?;
            client.0.set_upload_limit(bytes_per_second);
            Ok(())
        })
    }
}

/// Limits all bodies that the client receives together, as `coslink_client_set_upload_limit` does
/// those that it sends.
///
/// Never blocks. Any thread, also while others use the client. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_client_set_download_limit(
    client: *const coslink_client,
    bytes_per_second: u64,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let client = required(client, "client")?;
            client.0.set_download_limit(bytes_per_second);
            Ok(())
        })
    }
}

/// Frees a client. NULL is fine. Its buckets stay usable; when they are freed too, connections are
/// closed and threads are joined.
///
/// Blocks until the threads have ended, which they do at once when no call is under way. No other
/// thread may be inside a call with this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_client_free(client: *mut coslink_client) {
    quietly((), || {
        if !client.is_null() {
            // SAFETY: it came from `coslink_client_new` and is freed once, as the header says.
            drop(unsafe { Box::from_raw(client) });
        }
    });
}
