//! The client and its buckets.

use libc::c_char;
use std::time::Duration;

use super::convert::{Options, Out, path, read_sized, required, required_text, text};
use super::status::{coslink_error, coslink_status};
use super::{guard, quietly};
use crate::client::{Bucket, Client};
use crate::credentials::Credentials;
use crate::error::Result;
use crate::retry::RetryPolicy;

/// Connections, credentials and settings for any number of buckets.
///
/// Make one and keep it: its connections are kept open and used again. It may be used from many
/// threads at once. Its own threads never call your code: those that move parts exist only once a
/// file has moved in parts, and are joined when it and all of its buckets are freed, in any order;
/// those that look up a name or make a connection end by themselves with that.
///
/// 1. Fill a `coslink_client_options`.
/// 2. `coslink_client_new` makes the client; nothing is sent.
/// 3. `coslink_bucket_new` makes what all operations take.
/// 4. `coslink_client_set_credentials` replaces temporary credentials before they end.
/// 5. `coslink_client_free` ends it.
pub struct coslink_client(Client);

/// A bucket of a client, where all operations happen.
///
/// It may be used from many threads at once, and keeps its client alive.
pub struct coslink_bucket(pub(super) Bucket);

/// The settings of a client. An option struct; begin with `COSLINK_INIT(coslink_client_options)`.
/// Nothing is read from the environment.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_client_options {
    /// `sizeof(coslink_client_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Required. The pair that the console or the STS service hands out.
    pub secret_id: *const c_char,
    /// Required.
    pub secret_key: *const c_char,
    /// The token of temporary credentials. NULL or empty: they are permanent ones.
    pub security_token: *const c_char,
    /// Connects to this server, `http://host:port` or `https://host:port`, instead of the bucket's
    /// own host. Host header and signature stay those of the bucket. NULL: the bucket's host.
    pub endpoint: *const c_char,
    /// Trusts only the certificate authorities in this PEM file. NULL: Mozilla's list.
    pub ca_file: *const c_char,
    /// Non-zero: connect in the clear. 0: TLS. An `endpoint` says it by its scheme.
    pub plain_http: i32,
    /// How long a connection, TLS included, may take to come up. 0: 10,000 ms.
    pub connect_timeout_ms: u32,
    /// How long a request may go without a byte moving either way; there is no limit on the whole.
    /// 0: 60,000 ms.
    pub stall_timeout_ms: u32,
    /// How often a request is sent at most when it fails for a passing reason; 1 never sends again.
    /// 0: 4.
    pub max_attempts: u32,
    /// The limit of the wait before the second attempt, which doubles with each one. 0: 200 ms.
    pub first_wait_ms: u32,
    /// The limit of all waits. 0: 10,000 ms.
    pub longest_wait_ms: u32,
    /// How many parts of all transfers are under way at the same time, at most 256. 0: 8.
    pub parallel_requests: u32,
    /// The User-Agent. NULL: `coslink/<version>`.
    pub user_agent: *const c_char,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_client_options {}

/// # Safety
/// The texts are NULL or live during the call.
unsafe fn credentials(
    id: *const c_char,
    key: *const c_char,
    token: *const c_char,
) -> Result<Credentials> {
    // SAFETY: as promised by the caller. A text that is missing is as unusable as an empty one.
    let [id, key, token] = unsafe {
        [
            text(id, "secret_id")?,
            text(key, "secret_key")?,
            text(token, "security_token")?,
        ]
    }
    .map(Option::unwrap_or_default);
    Ok(Credentials::new(id, key).token(token))
}

fn milliseconds(count: u32) -> Option<Duration> {
    Some(Duration::from_millis(count.into())).filter(|time| !time.is_zero())
}

fn retry(options: &coslink_client_options) -> RetryPolicy {
    let policy = match options.max_attempts {
        0 => RetryPolicy::default(),
        count => RetryPolicy::new(count),
    };
    let (first, longest) = policy.limits();
    let first_given = milliseconds(options.first_wait_ms);
    let longest_given = milliseconds(options.longest_wait_ms);
    policy.waits(
        first_given.unwrap_or(first),
        longest_given.unwrap_or(longest),
    )
}

/// # Safety
/// The texts of the options live during the call.
unsafe fn client(options: &coslink_client_options) -> Result<Client> {
    // SAFETY: as promised by the caller.
    let credentials = unsafe {
        credentials(
            options.secret_id,
            options.secret_key,
            options.security_token,
        )
    }?;
    let mut builder = Client::builder(credentials)
        .https(options.plain_http == 0)
        .retry(retry(options));
    // SAFETY: as promised by the caller.
    let (endpoint, user_agent, ca_file) = unsafe {
        let endpoint = text(options.endpoint, "endpoint")?;
        (
            endpoint,
            text(options.user_agent, "user_agent")?,
            path(options.ca_file, "ca_file")?,
        )
    };
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint);
    }
    if let Some(user_agent) = user_agent {
        builder = builder.user_agent(user_agent);
    }
    if let Some(ca_file) = ca_file {
        builder = builder.ca_file(ca_file);
    }
    if let Some(timeout) = milliseconds(options.connect_timeout_ms) {
        builder = builder.connect_timeout(timeout);
    }
    if let Some(timeout) = milliseconds(options.stall_timeout_ms) {
        builder = builder.stall_timeout(timeout);
    }
    if options.parallel_requests != 0 {
        builder = builder.parallel_requests(options.parallel_requests as usize);
    }
    builder.build()
}

/// Makes a client. Nothing is sent.
///
/// Never blocks, but for reading `ca_file`. Any thread. Free `*client` with `coslink_client_free`.
/// Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the option, with
/// `COSLINK_ERROR_CREDENTIALS`, or with `COSLINK_ERROR_LOCAL_IO` when `ca_file` cannot be read.
/// Since 0.1.0.
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
                .set_credentials(credentials(secret_id, secret_key, security_token)?)
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

/// Makes a bucket of a client from its name with APPID (`examplebucket-1250000000`) and its region
/// (`ap-guangzhou`). Nothing is sent.
///
/// Never blocks. Any thread. Free `*bucket` with `coslink_bucket_free`; the client may be freed
/// before. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names `name`, `bucket` or `region`.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_bucket_new(
    client: *const coslink_client,
    name: *const c_char,
    region: *const c_char,
    bucket: *mut *mut coslink_bucket,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(bucket).required("bucket")?;
            let client = required(client, "client")?;
            let (name, region) = (
                required_text(name, "name")?,
                required_text(region, "region")?,
            );
            slot.give(coslink_bucket(client.0.bucket(name, region)?));
            Ok(())
        })
    }
}

/// Frees a bucket. NULL is fine.
///
/// Blocks until the client's threads have ended when it was the last handle of its client. No other
/// thread may be inside a call with this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_bucket_free(bucket: *mut coslink_bucket) {
    quietly((), || {
        if !bucket.is_null() {
            // SAFETY: it came from `coslink_bucket_new` and is freed once, as the header says.
            drop(unsafe { Box::from_raw(bucket) });
        }
    });
}
