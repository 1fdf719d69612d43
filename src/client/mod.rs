//! The client, its buckets, and what they do with operations.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use crate::credentials::{Credentials, CredentialsSource, Keyring};
use crate::endpoint::{Endpoint, Place};
use crate::error::{Error, Result};
use crate::limit::{Limiter, Width};
use crate::op::copy_source::CopySource;
use crate::op::{ListMultipartUploads, ListObjects, Operation};
use crate::pool::Pool;
use crate::retry::{Budget, RetryPolicy};
use crate::transport::Http;
use crate::transport::stop::Control;
use crate::watch::{Meter, Watch};
use crate::wire::Pairs;

mod again;
mod builder;
mod clock;
mod delete;
pub(crate) mod execute;
mod form;
pub(crate) mod lines;
mod memory;
mod network;
mod objects;
#[cfg(test)]
mod parity;
mod presigned;
pub(crate) mod settings;
pub(crate) mod source;
#[cfg(test)]
mod vectors;

pub use builder::ClientBuilder;
pub use form::PostForm;
pub use objects::{Objects, Uploads};
pub use presigned::Presigned;
pub use settings::{Resume, Verify};

use clock::Clock;
use execute::{execute, unwatched};
use lines::Lines;
use settings::JournalPlace;

/// Connections, credentials and settings for any number of buckets.
///
/// Make one and keep it: its connections are kept open and used again. Clones share everything.
/// All methods may be called from many threads at once. When the last clone (and the last
/// [`Bucket`]) is dropped, connections are closed and threads are joined.
#[derive(Clone)]
pub struct Client {
    core: Arc<Core>,
    pool: Arc<Pool>,
    parallel_files: usize,
}

/// What carries a request out; shared with the threads that move parts.
pub(crate) struct Core {
    pub(crate) transport: Http,
    pub(crate) endpoint: Endpoint,
    pub(crate) retry: RetryPolicy,
    pub(crate) keyring: Keyring,
    pub(crate) clock: Clock,
    /// Whether the clock may learn.
    pub(crate) correct_clock: bool,
    /// What retries may still be spent.
    pub(crate) budget: Budget,
    pub(crate) width: Arc<Width>,
    pub(crate) lines: Lines,
    /// Whether requests that fail may go to the other domain of the service.
    pub(crate) backup_domain: bool,
    /// How long a request may take in all.
    pub(crate) deadline: Option<Duration>,
    pub(crate) journal: Option<JournalPlace>,
    pub(crate) resume: Resume,
    /// Of all bodies that are sent, and of all that are received.
    pub(crate) upload_limit: Arc<Limiter>,
    pub(crate) download_limit: Arc<Limiter>,
}

impl Core {
    /// The credentials to sign with now.
    pub(crate) fn credentials(&self) -> Result<Credentials> {
        self.keyring.get(self.clock.now())
    }
}

impl Client {
    /// Begins a client that signs with these [`Credentials`], or with those of a
    /// [provider](CredentialsSource::provider).
    pub fn builder(credentials: impl Into<CredentialsSource>) -> ClientBuilder {
        ClientBuilder::new(credentials.into())
    }

    /// A bucket by its name with APPID (`examplebucket-1250000000`) and its region
    /// (`ap-guangzhou`). Nothing is sent.
    ///
    /// # Errors
    /// `InvalidArgument`, naming `bucket` or `region`.
    pub fn bucket(&self, name: &str, region: &str) -> Result<Bucket> {
        Ok(self.place(Place::new(&self.core.endpoint, name, region)?))
    }

    #[cfg(feature = "capi")]
    pub(crate) fn lines(&self) -> &Lines {
        &self.core.lines
    }

    pub(crate) fn parallel_files(&self) -> usize {
        self.parallel_files
    }

    /// A place as a bucket of this client.
    pub(crate) fn place(&self, place: Place) -> Bucket {
        Bucket {
            client: self.clone(),
            place: Arc::new(place),
        }
    }

    /// The service itself, for operations of your own that are on no bucket: of one region, or of
    /// all. Nothing is sent.
    pub fn service(&self, region: Option<&str>) -> Result<Bucket> {
        Ok(self.place(Place::service(&self.core.endpoint, region)?))
    }

    /// Limits all bodies that this client sends together to so many bytes per second; 0 for no
    /// limit, as at the beginning. May be changed at any moment, also while bytes move.
    pub fn set_upload_limit(&self, bytes_per_second: u64) {
        self.core.upload_limit.set(bytes_per_second);
    }

    /// The same for all bodies that it receives.
    pub fn set_download_limit(&self, bytes_per_second: u64) {
        self.core.download_limit.set(bytes_per_second);
    }

    /// Signs with these credentials from the next request on, also in transfers under way.
    ///
    /// # Errors
    /// `Credentials` when they cannot be used; the old ones stay.
    pub fn set_credentials(&self, credentials: Credentials) -> Result<()> {
        self.core.keyring.replace(credentials)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.core.endpoint)
            .finish_non_exhaustive()
    }
}

/// A bucket of a client. Cheap to clone; may be used from many threads at once.
#[derive(Clone)]
pub struct Bucket {
    client: Client,
    place: Arc<Place>,
}

/// An answer that meant success.
///
/// It is read like its `output`: `page.contents` is `page.output.contents`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The HTTP status.
    pub status: u16,
    /// All headers of the answer.
    pub headers: Pairs,
    /// What the answer means.
    pub output: T,
    /// How many times the request was sent.
    pub attempts: u32,
}

impl<T> Response<T> {
    /// The `x-cos-request-id`, to be named in a support ticket.
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("x-cos-request-id")
    }

    /// The output, and all else.
    #[cfg(feature = "capi")]
    pub(crate) fn split(self) -> (Response<()>, T) {
        let Self {
            status,
            headers,
            output,
            attempts,
        } = self;
        let head = Response {
            status,
            headers,
            output: (),
            attempts,
        };
        (head, output)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.output
    }
}

impl Bucket {
    /// The name, with APPID.
    pub fn name(&self) -> &str {
        self.place.name()
    }

    /// The region; empty for the service of all.
    pub fn region(&self) -> &str {
        self.place.region()
    }

    /// Where an object is: host and path, percent-encoded, without scheme.
    pub fn location(&self, key: &str) -> String {
        self.place.location(key)
    }

    /// An object of this bucket, to copy from.
    pub fn source(&self, key: impl Into<String>) -> CopySource {
        CopySource::new(self.name(), self.region(), key)
    }

    /// The client that this bucket belongs to.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sends an operation and waits for its answer.
    ///
    /// ```no_run
    /// # fn main() -> coslink::Result<()> {
    /// use coslink::{Client, Credentials, PutObject, StorageClass};
    ///
    /// let bucket = Client::builder(Credentials::from_env()?)
    ///     .build()?
    ///     .bucket("examplebucket-1250000000", "ap-guangzhou")?;
    /// let put = PutObject::new("exampleobject", "hello!").storage_class(StorageClass::StandardIa);
    /// println!("{}", bucket.send(put)?.etag);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidArgument` before any byte is sent; else what the network, the service or the check
    /// of the bytes said.
    pub fn send<O: Operation>(&self, operation: O) -> Result<Response<O::Output>> {
        execute(
            self.core(),
            &self.place,
            &operation,
            &Control::new(),
            &mut unwatched,
        )
    }

    /// The same, while `watch` looks on as the request's body is sent.
    ///
    /// To watch a body that is received, see
    /// [`ObjectBody::write_to_with`](crate::ObjectBody::write_to_with).
    pub fn send_with<O: Operation>(
        &self,
        operation: O,
        mut watch: impl Watch,
    ) -> Result<Response<O::Output>> {
        let total = source::length(&operation.request()?.body)?;
        let mut meter = Meter::new(&mut watch, total);
        meter.reach_or_stop(0)?;
        let control = Control::new();
        let moved = &mut |loaded| meter.reach(loaded);
        let response = execute(self.core(), &self.place, &operation, &control, moved)?;
        let _ = meter.finish();
        Ok(response)
    }

    /// Makes a URL that carries an operation out for whoever has it, for as long as `valid_for`,
    /// without any secret. The receiver must send the operation's headers as they are.
    ///
    /// # Errors
    /// `InvalidArgument` when `valid_for` is less than a second.
    pub fn presign<O: Operation>(&self, operation: &O, valid_for: Duration) -> Result<String> {
        match valid_for.as_secs() {
            0 => Err(Error::invalid("valid_for", "is less than a second")),
            seconds => execute::presign(self.core(), &self.place, operation, seconds),
        }
    }

    /// Goes over all objects of a listing, page by page, beginning with the page of `first`.
    ///
    /// ```no_run
    /// # fn list(bucket: coslink::Bucket) -> coslink::Result<()> {
    /// for object in bucket.objects(coslink::ListObjects::new().prefix("photos/")) {
    ///     println!("{}", object?.key);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn objects(&self, first: ListObjects) -> Objects<'_> {
        Objects::new(self, first)
    }

    /// Goes over all uploads that are neither completed nor aborted, page by page.
    pub fn uploads(&self, first: ListMultipartUploads) -> Uploads<'_> {
        Uploads::new(self, first)
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.client.core
    }

    pub(crate) fn place(&self) -> &Arc<Place> {
        &self.place
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.client.pool
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
