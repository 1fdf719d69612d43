//! The one way of every request: check, sign, send, read, and again where that may help.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Core;
use super::source::{Moved, Source};
use crate::endpoint::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::op::Operation;
use crate::retry::{self, Attempt};
use crate::transport::stop::Control;
use crate::transport::{Outgoing, Transport};
use crate::wire::sign::{self, Secret, Signature, Subject, Window};
use crate::wire::{Pairs, Reply, Request, fault, names};

use super::Response;

/// How long before now a signature begins to be valid, so that a clock that is a little ahead does
/// no harm, and how long it lasts. In seconds.
const CLOCK_SLACK: u64 = 60;
const SIGNATURE_LIFE: u64 = 900;

/// Looks away from the bytes that move.
pub(crate) fn unwatched(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Carries an operation out. `moved` sees the bytes of the body being taken, from zero again with
/// each attempt.
pub(crate) fn execute<O: Operation>(
    core: &Core,
    place: &Place,
    operation: &O,
    control: &Control,
    moved: Moved<'_>,
) -> Result<Response<O::Output>> {
    let named = |error: Error| error.with_operation(O::NAME);
    let request = operation.request().map_err(named)?;
    check(&request).map_err(named)?;
    check_secrets_stay_secret(core, &request).map_err(named)?;
    let replayable = request.body.is_replayable();
    let mut met_stale = false;
    for number in 1.. {
        let error = match attempt(core, place, operation, &request, control, moved) {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        let idempotent = operation.is_idempotent();
        let failed = Attempt {
            number,
            error: &error,
            replayable,
            idempotent,
        };
        let wait = retry::decide(&core.retry, &failed, random());
        // The server had closed a kept connection: nothing is wrong, so there is nothing to wait for.
        let is_stale = wait.is_some() && !met_stale && control.facts().is_stale();
        met_stale |= is_stale;
        let wait = wait.map(|wait| if is_stale { Duration::ZERO } else { wait });
        let sent = matches!(
            error.kind(),
            ErrorKind::InvalidArgument | ErrorKind::Credentials
        );
        let error = named(error.with_attempts(if sent { number - 1 } else { number }));
        match wait {
            Some(wait) => control.sleep(wait).map_err(named)?,
            None => return Err(error),
        }
    }
    Err(named(Error::new(
        ErrorKind::Internal,
        "more attempts than can be counted",
    )))
}

fn check(request: &Request<'_>) -> Result<()> {
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

fn attempt<O: Operation>(
    core: &Core,
    place: &Place,
    operation: &O,
    request: &Request<'_>,
    control: &Control,
    moved: Moved<'_>,
) -> Result<Response<O::Output>> {
    let mut source = Source::open(&request.body, moved)?;
    let has_body = source.length() > 0 || request.method.sends_length();
    let mut headers = Pairs::new();
    headers.set("Host", place.host());
    headers.extend(&request.headers);
    if has_body {
        headers.set("Content-Length", source.length().to_string());
    }
    let signature = sign_now(core, request, &mut headers)?;
    headers.set("Authorization", signature.authorization());
    let length = source.length();
    let outgoing = Outgoing {
        method: request.method,
        url: &place.url(request.key.as_deref(), &request.query),
        headers: &headers,
        body: if has_body {
            Some((&mut source, length))
        } else {
            None
        },
    };
    let mut reply = core.transport.send(outgoing, control)?;
    if !O::accepts(reply.status) {
        return Err(fault::of_reply(reply));
    }
    reply.sent_crc64 = source.crc64().ok_or_else(|| {
        let why = "the service answered with success before it had the whole body";
        Error::new(ErrorKind::Protocol, why)
    })?;
    read(operation, reply)
}

fn read<O: Operation>(operation: &O, reply: Reply) -> Result<Response<O::Output>> {
    let (status, headers) = (reply.status, reply.headers.clone());
    let output = operation.read(reply).map_err(|error| {
        let request_id = headers.get("x-cos-request-id");
        error.with_request(status, request_id)
    })?;
    Ok(Response {
        status,
        headers,
        output,
    })
}

fn sign_now(core: &Core, request: &Request<'_>, headers: &mut Pairs) -> Result<Signature> {
    let credentials = core.credentials();
    credentials.check()?;
    if let Some(token) = credentials.security_token() {
        headers.set("x-cos-security-token", token);
    }
    let now = unix_now();
    let window = Window {
        start: now.saturating_sub(CLOCK_SLACK),
        end: now + SIGNATURE_LIFE,
    };
    let path = signed_path(request);
    let subject = Subject {
        method: request.method,
        path: &path,
        query: &request.query,
        headers,
    };
    let secret = Secret {
        id: credentials.id(),
        key: credentials.key(),
    };
    Ok(sign::sign(subject, secret, window))
}

fn signed_path(request: &Request<'_>) -> String {
    format!("/{}", request.key.as_deref().unwrap_or_default())
}

fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
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
    let credentials = core.credentials();
    credentials.check().map_err(named)?;
    let now = unix_now();
    let window = Window {
        start: now.saturating_sub(CLOCK_SLACK),
        end: now + valid_for,
    };
    let secret = Secret {
        id: credentials.id(),
        key: credentials.key(),
    };
    Ok(presigned_url(
        place,
        &request,
        secret,
        credentials.security_token(),
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
    let path = signed_path(request);
    let method = request.method;
    let subject = Subject {
        method,
        path: &path,
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
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    bits as f64 / u64::MAX as f64
}
