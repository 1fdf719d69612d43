//! The one way of every request: check, sign, send, read, and again where that may help.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::again::Again;
use super::lines::Teller;
use super::source::{Moved, Source};
use super::{Core, Response};
use crate::credentials::Credentials;
use crate::endpoint::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::limit::Limiter;
use crate::op::Operation;
use crate::retry::{Attempt, RetryPolicy};
use crate::transport::stop::Control;
use crate::transport::{Outgoing, Transport};
use crate::wire::body::Kind;
use crate::wire::sign::{self, Secret, Signature, Subject, Window};
use crate::wire::{Pairs, Reply, Request, fault, names};

/// How long before now a signature begins to be valid, so that a clock that is a little ahead does
/// no harm, and how long it lasts. In seconds.
const CLOCK_SLACK: u64 = 60;
const SIGNATURE_LIFE: u64 = 900;

/// Where a request goes.
#[derive(Clone, Copy)]
pub(crate) enum Address<'a> {
    /// To a bucket or the service, signed.
    Of(&'a Place),
    /// To a URL that carries its own signature.
    Given(&'a str),
}

impl<'a> From<&'a Arc<Place>> for Address<'a> {
    fn from(place: &'a Arc<Place>) -> Self {
        Self::Of(place)
    }
}

/// Looks away from the bytes that move.
pub(crate) fn unwatched(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Carries an operation out. `moved` sees the bytes of the body being taken, from zero again with
/// each attempt.
pub(crate) fn execute<'a, O: Operation>(
    core: &Core,
    address: impl Into<Address<'a>>,
    operation: &O,
    control: &Control,
    moved: Moved<'_>,
) -> Result<Response<O::Output>> {
    execute_by(&core.retry, core, address, operation, control, moved)
}

/// The same by another policy.
pub(crate) fn execute_by<'a, O: Operation>(
    policy: &RetryPolicy,
    core: &Core,
    address: impl Into<Address<'a>>,
    operation: &O,
    control: &Control,
    moved: Moved<'_>,
) -> Result<Response<O::Output>> {
    let request = operation
        .request()
        .map_err(|error| error.with_operation(O::NAME))?;
    let mut output = None;
    let call = Call {
        name: O::NAME,
        request: &request,
        idempotent: operation.is_idempotent(),
        accepts: O::accepts,
        policy,
        core,
        address: address.into(),
        control,
    };
    let mut read = |reply| {
        output = Some(operation.read(reply)?);
        Ok(())
    };
    let done = call.carry_out(moved, &mut read);
    let done = done.map_err(|error| error.with_operation(O::NAME))?;
    let nothing = || Error::new(ErrorKind::Internal, "a success without an output");
    Ok(Response {
        status: done.status,
        headers: done.headers,
        output: output.ok_or_else(nothing)?,
        attempts: done.attempts,
    })
}

/// Makes sense of an answer.
type Reading<'r> = &'r mut dyn FnMut(Reply) -> Result<()>;

/// A request, whatever its operation: so there is this once in a program, and not for each of them.
struct Call<'c> {
    name: &'static str,
    request: &'c Request<'c>,
    idempotent: bool,
    accepts: fn(u16) -> bool,
    policy: &'c RetryPolicy,
    core: &'c Core,
    address: Address<'c>,
    control: &'c Control,
}

impl Call<'_> {
    fn carry_out(&self, moved: Moved<'_>, read: Reading<'_>) -> Result<Response<()>> {
        let Self {
            core,
            control,
            request,
            ..
        } = *self;
        check(request)?;
        check_secrets_stay_secret(core, request)?;
        control.begin(core.deadline);
        let (mut again, mut sent) = (Again::new(core, self.policy, control), 0);
        for number in 1.. {
            let backup = again.backup.clone();
            let to = backup.as_deref().map_or(self.address, Address::Of);
            let teller = Teller {
                lines: &core.lines,
                operation: self.name,
                address: to,
                key: request.key.as_deref(),
                begun: Instant::now(),
            };
            let (id, error) = match self.attempt(to, moved, read, &mut sent) {
                Ok(response) => {
                    core.budget.earn(again.spent);
                    core.width.widen();
                    teller.answered(number, response.status, response.request_id());
                    return Ok(Response {
                        attempts: sent,
                        ..response
                    });
                }
                Err(failed) => failed,
            };
            let failed = Attempt {
                number,
                error: &error,
                replayable: request.body.is_replayable(),
                idempotent: self.idempotent,
                random: random(),
            };
            let wait = again.decide(&failed, &id, self.address);
            let wait = wait.filter(|wait| control.has(*wait));
            teller.failed(number, &error, wait);
            match wait {
                Some(wait) => control.sleep(wait)?,
                None => return Err(error.with_attempts(sent)),
            }
        }
        let why = "more attempts than can be counted";
        Err(Error::new(ErrorKind::Internal, why))
    }

    /// Sends once, and counts when it does. A failure comes with the id that signed.
    fn attempt(
        &self,
        address: Address<'_>,
        moved: Moved<'_>,
        read: Reading<'_>,
        sent: &mut u32,
    ) -> std::result::Result<Response<()>, (String, Error)> {
        let Self {
            core,
            control,
            request,
            ..
        } = *self;
        let unsigned = |error| (String::new(), error);
        let mut pass = |bytes: u64| core.upload_limit.take(bytes, || control.is_stopped());
        let mut source = Source::open(&request.body, moved, &mut pass).map_err(unsigned)?;
        let has_body = source.length() > 0 || request.method.sends_length();
        let mut headers = Pairs::with_capacity(request.headers.len() + 4);
        let (url, host) = match address {
            Address::Of(place) => {
                let url = place.url(request.key.as_deref(), &request.query);
                (Cow::Owned(url), place.host().to_owned())
            }
            Address::Given(url) => core.endpoint.given_url(url).map_err(unsigned)?,
        };
        headers.set("Host", host);
        headers.extend(&request.headers);
        if has_body {
            headers.set("Content-Length", source.length().to_string());
        }
        let mut id = String::new();
        if let Address::Of(place) = address {
            let credentials = core.credentials().map_err(unsigned)?;
            let window = window(core.clock.unix(), SIGNATURE_LIFE);
            if let Some(signature) = sign(&credentials, place, request, &mut headers, window) {
                headers.set("Authorization", signature.authorization());
            }
            id = credentials.id().to_owned();
        }
        let length = source.length();
        let outgoing = Outgoing {
            method: request.method,
            url: &url,
            headers: &headers,
            body: if has_body {
                Some((&mut source, length))
            } else {
                None
            },
        };
        *sent += 1;
        let answered = core.transport.send(outgoing, control).map(|mut reply| {
            reply.body = Box::new(Slowed {
                body: reply.body,
                limiter: Arc::clone(&core.download_limit),
                control: control.clone(),
            });
            reply
        });
        let read = |reply| self.read(reply, &source, read);
        answered.and_then(read).map_err(|error| (id, error))
    }

    fn read(
        &self,
        mut reply: Reply,
        source: &Source<'_, '_>,
        read: Reading<'_>,
    ) -> Result<Response<()>> {
        if !(self.accepts)(reply.status) {
            return Err(fault::of_reply(reply));
        }
        reply.sent_crc64 = source.crc64().ok_or_else(|| {
            let why = "the service answered with success before it had the whole body";
            Error::new(ErrorKind::Protocol, why)
        })?;
        let (status, headers) = (reply.status, Arc::clone(&reply.headers));
        read(reply).map_err(|error| {
            let request_id = headers.get("x-cos-request-id");
            error
                .with_request(status, request_id)
                .with_headers(headers.to_vec())
        })?;
        Ok(Response {
            status,
            // The answer was read, so nothing else has them any more, unless its output keeps them.
            headers: Arc::unwrap_or_clone(headers),
            output: (),
            attempts: 1,
        })
    }
}

fn check(request: &Request<'_>) -> Result<()> {
    let is_empty = matches!(&request.body.kind, Kind::Bytes(bytes) if bytes.is_empty());
    if !request.method.sends_length() && !is_empty {
        let why = format!("{} sends none", request.method.as_str());
        return Err(Error::invalid("body", why));
    }
    if let Some(key) = &request.key {
        names::check_key(key)?;
    }
    names::check_headers(&request.headers)?;
    names::check_query(&request.query)
}

/// Refuses to send a customer's own key in the clear, as COS does (API page 7731).
fn check_secrets_stay_secret(core: &Core, request: &Request<'_>) -> Result<()> {
    let is_key = |(name, _): (&str, &str)| name.to_ascii_lowercase().ends_with("customer-key");
    if !core.endpoint.is_https() && request.headers.iter().any(is_key) {
        return Err(Error::invalid(
            "sse_customer_key",
            "is sent over https only",
        ));
    }
    Ok(())
}

/// A body that is received no faster than the client's limit lets it.
struct Slowed {
    body: Box<dyn Read + Send>,
    limiter: Arc<Limiter>,
    control: Control,
}

impl Read for Slowed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.body.read(buffer)?;
        self.limiter
            .take(count as u64, || self.control.is_stopped());
        Ok(count)
    }
}

/// Signs, unless the credentials are nobody's.
fn sign(
    credentials: &Credentials,
    place: &Place,
    request: &Request<'_>,
    headers: &mut Pairs,
    window: Window,
) -> Option<Signature> {
    if credentials.is_anonymous() {
        return None;
    }
    if let Some(token) = credentials.security_token() {
        headers.set("x-cos-security-token", token);
    }
    let subject = Subject {
        method: request.method,
        path: &place.signed_path(request.key.as_deref()),
        query: &request.query,
        headers,
    };
    Some(sign::sign(subject, secret(credentials), window))
}

pub(super) fn secret(credentials: &Credentials) -> Secret<'_> {
    Secret {
        id: credentials.id(),
        key: credentials.key(),
    }
}

/// A signature's life of some seconds from now on.
pub(super) fn window(now: u64, seconds: u64) -> Window {
    Window {
        start: now.saturating_sub(CLOCK_SLACK),
        end: now.saturating_add(seconds),
    }
}

/// Makes the URL that carries its own signature, for the next `valid_for` seconds.
pub(crate) fn presign<O: Operation>(
    core: &Core,
    place: &Place,
    operation: &O,
    valid_for: u64,
) -> Result<String> {
    let named = |error: Error| error.with_operation(O::NAME);
    let request = operation.request().map_err(named)?;
    check(&request).map_err(named)?;
    let credentials = core.credentials().map_err(named)?;
    if credentials.is_anonymous() {
        let query = request.query.iter();
        return Ok(place.public_url(request.key.as_deref(), query));
    }
    let token = credentials.security_token();
    let window = window(core.clock.unix(), valid_for);
    Ok(presigned_url(
        place,
        &request,
        secret(&credentials),
        token,
        window,
    ))
}

pub(crate) fn presigned_url(
    place: &Place,
    request: &Request<'_>,
    secret: Secret<'_>,
    token: Option<&str>,
    window: Window,
) -> String {
    let mut query = request.query.clone();
    if let Some(token) = token {
        query.set("x-cos-security-token", token);
    }
    let mut headers = request.headers.clone();
    headers.set("Host", place.host());
    let subject = Subject {
        method: request.method,
        path: &place.signed_path(request.key.as_deref()),
        query: &query,
        headers: &headers,
    };
    let signature = sign::sign(subject, secret, window);
    place.public_url(
        request.key.as_deref(),
        signature.query().into_iter().chain(query.iter()),
    )
}

/// A number in 0.0 to 1.0 that nobody needs to be unable to guess.
pub(crate) fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    bits as f64 / u64::MAX as f64
}
