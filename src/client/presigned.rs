//! Requests by a URL that carries its own signature, without any secret in the process.

use std::fmt;
use std::path::Path;

use super::execute::{Address, execute, unwatched};
use super::source;
use super::{Client, Response};
use crate::error::Result;
use crate::op::{GetObject, Operation, PutObject, PutObjectOutput};
use crate::transport::stop::Control;
use crate::transport::tls;
use crate::watch::{Meter, Watch};
use crate::wire::Body;

/// A URL that somebody signed, to be used. Made by [`Client::presigned`].
///
/// Such a URL is as good as a password for as long as it lasts: neither `Debug` nor an error shows
/// it.
#[derive(Clone)]
pub struct Presigned {
    client: Client,
    url: String,
}

impl Client {
    /// A URL that carries its own signature. Nothing is sent, and the client's credentials are not
    /// used: [`Credentials::anonymous`](crate::Credentials::anonymous) are enough.
    ///
    /// # Errors
    /// `InvalidArgument` when it is no URL.
    pub fn presigned(&self, url: impl Into<String>) -> Result<Presigned> {
        let url = url.into();
        let (to, _) = self.core.endpoint.given_url(&url)?;
        if to.starts_with("https:") {
            tls::needed_by("url")?;
        }
        Ok(Presigned {
            client: self.clone(),
            url,
        })
    }
}

impl Presigned {
    /// Carries an operation out by the URL. It must be the one that was signed, with the headers that
    /// were signed; its key and query are those of the URL, whatever it says itself.
    pub fn send<O: Operation>(&self, operation: O) -> Result<Response<O::Output>> {
        let address = Address::Given(&self.url);
        execute(
            &self.client.core,
            address,
            &operation,
            &Control::new(),
            &mut unwatched,
        )
    }

    /// The same, while `watch` looks on as the request's body is sent.
    pub fn send_with<O: Operation>(
        &self,
        operation: O,
        mut watch: impl Watch,
    ) -> Result<Response<O::Output>> {
        let mut meter = Meter::new(&mut watch, source::length(&operation.request()?.body)?);
        meter.reach_or_stop(0)?;
        let moved = &mut |loaded| meter.reach(loaded);
        let address = Address::Given(&self.url);
        let response = execute(
            &self.client.core,
            address,
            &operation,
            &Control::new(),
            moved,
        )?;
        let _ = meter.finish();
        Ok(response)
    }

    /// Sends a file to a URL that was signed for [`PutObject`] without headers.
    pub fn upload(&self, path: impl AsRef<Path>) -> Result<PutObjectOutput> {
        Ok(self
            .send(PutObject::new(UNUSED_KEY, Body::file(path)))?
            .output)
    }

    /// Gets the object of a URL that was signed for [`GetObject`] into a file, which is replaced only
    /// when all of it has arrived, and returns how many bytes it was.
    pub fn download(&self, path: impl AsRef<Path>) -> Result<u64> {
        self.send(GetObject::new(UNUSED_KEY))?
            .output
            .body
            .save(path)
    }
}

/// Stands where an operation wants a key; the one that counts is in the URL.
const UNUSED_KEY: &str = "presigned";

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigned").finish_non_exhaustive()
    }
}
