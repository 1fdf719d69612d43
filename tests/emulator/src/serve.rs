//! One request from its head to its answer.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::{Response, Version};

use crate::auth::{Failure, Wire, verify};
use crate::damage::Damage;
use crate::fault::{Ending, Instead, Plan};
use crate::faulty::{apply, error_reply, refusal_reply};
use crate::inbound::{Inbound, announced_md5};
use crate::journal::{Peer, Recorded};
use crate::play::{Manner, Play};
use crate::reply::{Ids, Payload, Refusal, Reply, iso_date, no_such_bucket, refuse};
use crate::request::{Framing, Place, Request};
use crate::route::{Body, Handler, Route, find};
use crate::state::{Shared, seconds};
use crate::{
    acl, bucket, copy, cors, delete_many, multipart, object, post, restore, tagging, versioning,
};

/// What a handler works on.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) request: &'a Request,
    pub(crate) body: &'a mut Inbound,
    /// What a fault does to bytes.
    pub(crate) damage: &'a Damage,
}

/// Where a request leaves its answer; the connection writes it then.
pub(crate) type Slot = Arc<Mutex<Option<Play>>>;

/// Ends the HTTP stack's part, which is to read one request.
#[derive(Debug)]
pub(crate) struct TakenOver;

impl fmt::Display for TakenOver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the answer is written by hand")
    }
}

impl std::error::Error for TakenOver {}

/// Serves one request. The error is the rule: the answer lies in the slot.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    peer: Peer,
    slot: Slot,
    incoming: hyper::Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, TakenOver> {
    let play = play(&shared, peer, incoming).await;
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(play);
    Err(TakenOver)
}

async fn play(shared: &Shared, peer: Peer, incoming: hyper::Request<Incoming>) -> Play {
    let (head, body) = incoming.into_parts();
    let target = head
        .uri
        .path_and_query()
        .map_or("", |target| target.as_str());
    let headers: Vec<(String, Vec<u8>)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    let (mut request, readable) = Request::read(
        head.method.as_str(),
        target,
        headers,
        peer.secure,
        &shared.hosts,
    );
    let route = find(&request);
    let ongoing = shared.journal.begin(record(&request, route, peer));
    let mut inbound = Inbound::new(body, &request, Arc::clone(&ongoing.entry));
    let part = request.parameter("partNumber");
    let plan = shared
        .faults
        .strike(route.name, &request.key, part)
        .unwrap_or_default();
    let ids = shared.ids();

    if let Some(limit) = plan.upload {
        inbound.skip(limit).await;
    }
    let reply = match &plan.instead {
        Some(Instead::End(ending)) => return Play::silent(*ending, ongoing),
        Some(Instead::Raw(bytes)) => return Play::raw(bytes.clone(), plan.slow_head, ongoing),
        Some(Instead::Early(status, _)) => error_reply(*status, &plan, &request, &ids),
        Some(instead) => {
            inbound.skip(u64::MAX).await;
            instead_of_answer(instead, &plan, &request, &ids)
        }
        None => {
            let outcome = match readable {
                Ok(()) => run(shared, &plan, &mut request, route, &mut inbound).await,
                Err(refusal) => Err(refusal),
            };
            let reply = outcome.unwrap_or_else(|refusal| refusal_reply(&refusal, &request, &ids));
            if !plan.drop_answer {
                inbound.drain().await;
            }
            reply
        }
    };
    if let Some(delay) = plan.delay {
        tokio::time::sleep(delay).await;
    }
    if plan.drop_answer {
        return Play::silent(Ending::Close, ongoing);
    }
    let (reply, flip) = apply(reply, &plan, &request, &ids, seconds(shared.time()));
    ongoing.answered(reply.status);
    let old = head.version != Version::HTTP_11 || reply.http_10;
    let ending = match (&plan.ending, &plan.instead) {
        (Some((_, ending)), _) | (None, Some(Instead::Early(_, ending))) => *ending,
        _ if old || !inbound.is_finished() || asks_to_close(&request) => Ending::Close,
        _ => Ending::Keep,
    };
    // Only an orderly end is announced.
    let says_close = ending == Ending::Close && plan.ending.is_none();
    let limit = plan.ending.map(|(limit, _)| limit);
    let manner = Manner {
        flip,
        limit,
        rate: plan.rate,
        slow_head: plan.slow_head,
        ending,
        says_close,
        may_chunk: !old,
    };
    Play::answer(&reply, manner, ongoing)
}

fn asks_to_close(request: &Request) -> bool {
    let header = request.header("connection").unwrap_or_default();
    header
        .to_ascii_lowercase()
        .split(|&byte| byte == b',')
        .any(|o| o.trim_ascii() == b"close")
}

fn record(request: &Request, route: &Route, peer: Peer) -> Recorded {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    Recorded {
        operation: route.name.to_owned(),
        bucket: request.bucket().to_owned(),
        key: request.key.clone(),
        method: request.method.clone(),
        target: request.target.clone(),
        headers: request
            .headers
            .iter()
            .map(|(n, v)| (n.clone(), text(v)))
            .collect(),
        body_length: 0,
        status: 0,
        connection: peer.connection,
        remote_port: peer.address.port(),
        started: Instant::now(),
        ended: None,
    }
}

fn instead_of_answer(instead: &Instead, plan: &Plan, request: &Request, ids: &Ids) -> Reply {
    match instead {
        Instead::ErrorIn200(code) => {
            let plan = Plan {
                code: Some(code.clone()),
                ..plan.clone()
            };
            let mut reply = error_reply(500, &plan, request, ids);
            reply.status = 200;
            if let Payload::Text(text) = reply.body {
                reply.body = Payload::Trickle { blanks: 3, text };
            }
            reply
        }
        Instead::Status(status) => error_reply(*status, plan, request, ids),
        _ => Reply::new(200),
    }
}

async fn run(
    shared: &Shared,
    plan: &Plan,
    request: &mut Request,
    route: &Route,
    body: &mut Inbound,
) -> Result<Reply, Refusal> {
    admit(shared, request, route.handler)?;
    // Not before: a range may be signed.
    if plan.ignore_range {
        request.headers.retain(|(name, _)| name != "range");
    }
    if route.handler != Handler::PutBucket {
        check_place(shared, request)?;
    }
    check_accelerated(shared, request, route)?;
    route.check(request)?;
    check_framing(request, route)?;
    let mut call = Call {
        shared,
        request,
        body,
        damage: &plan.damage,
    };
    match route.handler {
        Handler::GetService => bucket::service(&call),
        Handler::PutBucket => bucket::put(&mut call).await,
        Handler::HeadBucket => bucket::head(&call),
        Handler::DeleteBucket => bucket::delete(&call),
        Handler::ListObjects => bucket::list(&call),
        Handler::ListUploads => bucket::list_uploads(&call),
        Handler::PutObject => object::put(&mut call).await,
        Handler::HeadObject => object::head(&call),
        Handler::GetObject => object::get(&call),
        Handler::DeleteObject => object::delete(&call),
        Handler::Initiate => multipart::initiate(&mut call).await,
        Handler::UploadPart => multipart::upload_part(&mut call).await,
        Handler::ListParts => multipart::list_parts(&call),
        Handler::Complete => multipart::complete(&mut call).await,
        Handler::Abort => multipart::abort(&call),
        Handler::CopyObject => copy::object(&mut call).await,
        Handler::CopyPart => copy::part(&mut call).await,
        Handler::DeleteMany => delete_many::delete(&mut call).await,
        Handler::GetAcl => acl::get(&call),
        Handler::PutAcl => acl::put(&mut call).await,
        Handler::Restore => restore::restore(&mut call).await,
        Handler::Options => cors::options(&call),
        Handler::GetCors => cors::get(&call),
        Handler::PutCors => cors::put(&mut call).await,
        Handler::DeleteCors => cors::delete(&call),
        Handler::GetTagging => tagging::get(&call),
        Handler::PutTagging => tagging::put(&mut call).await,
        Handler::DeleteTagging => tagging::delete(&call),
        Handler::GetVersioning => versioning::get(&call),
        Handler::PutVersioning => versioning::put(&mut call).await,
        Handler::ListVersions => versioning::list(&call),
        Handler::PostObject => post::post(&mut call).await,
        Handler::Missing => Err(refuse(501, "NotImplemented", "There is no handler.")),
    }
}

/// Lets a signed request in, and an unsigned one where the object is open to everybody.
fn admit(shared: &Shared, request: &mut Request, handler: Handler) -> Result<(), Refusal> {
    let wire = Wire {
        method: &request.method,
        path: &request.path,
        query: &request.raw_query,
        headers: &request.headers,
    };
    let now = seconds(shared.time());
    match verify(&wire, &shared.account, now) {
        Ok(signed) => {
            request.signed_parameters = signed.parameters;
            request.signed = true;
        }
        // A form brings its signature in its fields.
        Err(Failure::Anonymous) if matches!(handler, Handler::Options | Handler::PostObject) => {}
        Err(Failure::Anonymous) if is_public(shared, request, handler) => {}
        Err(failure) => return Err(explain(failure, now)),
    }
    Ok(())
}

fn is_public(shared: &Shared, request: &Request, handler: Handler) -> bool {
    let buckets = shared.store.lock();
    let found = buckets
        .get(request.bucket())
        .and_then(|bucket| bucket.find(&request.key, request.filled("versionId")).ok());
    matches!(handler, Handler::GetObject | Handler::HeadObject)
        && found.is_some_and(|(_, object)| acl::is_public(&object.description))
}

pub(crate) fn explain(failure: Failure, now: i64) -> Refusal {
    let server_time = iso_date(now).replace(".000", "");
    match failure {
        Failure::Anonymous => refuse(403, "AccessDenied", "Access Denied."),
        Failure::Malformed(what) => refuse(403, "AccessDenied", format!("Bad signature: {what}.")),
        Failure::Expired => {
            refuse(403, "AccessDenied", "Request has expired").detail("ServerTime", server_time)
        }
        Failure::NotYet => refuse(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
        .detail("ServerTime", server_time),
        Failure::UnknownId => refuse(
            403,
            "InvalidAccessKeyId",
            "The Access Key Id you provided does not exist in our records.",
        ),
        Failure::Token => refuse(403, "InvalidToken", "The security token is not valid."),
        Failure::Mismatch {
            string_to_sign,
            http_string,
        } => refuse(
            403,
            "SignatureDoesNotMatch",
            "The Signature you specified is invalid.",
        )
        .detail("StringToSign", string_to_sign)
        .detail("FormatString", http_string),
    }
}

/// The bucket must exist, in the region that the host names.
fn check_place(shared: &Shared, request: &Request) -> Result<(), Refusal> {
    let Place::Bucket { name, region, .. } = &request.place else {
        return Ok(());
    };
    let buckets = shared.store.lock();
    let bucket = buckets.get(name).ok_or_else(no_such_bucket)?;
    if region
        .as_ref()
        .is_none_or(|region| *region == bucket.region)
    {
        return Ok(());
    }
    let endpoint = format!("{name}.cos.{}.myqcloud.com", bucket.region);
    Err(refuse(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
    )
    .detail("Endpoint", endpoint))
}

/// The accelerate host serves the objects of buckets that have it switched on.
fn check_accelerated(shared: &Shared, request: &Request, route: &Route) -> Result<(), Refusal> {
    let Place::Bucket {
        name,
        accelerated: true,
        ..
    } = &request.place
    else {
        return Ok(());
    };
    let on = shared.store.lock().get(name).is_some_and(|b| b.accelerated);
    if !on {
        return Err(refuse(
            400,
            "BucketAccelerateNotEnabled",
            "Global acceleration is not enabled on the bucket.",
        ));
    }
    if route.configures_bucket() {
        return Err(refuse(
            400,
            "ActionAccelerateNotSupported",
            "Buckets are not configured through the accelerate host.",
        ));
    }
    Ok(())
}

fn check_framing(request: &Request, route: &Route) -> Result<(), Refusal> {
    announced_md5(request)?;
    let missing = || {
        Err(refuse(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ))
    };
    match (route.body, request.framing()) {
        (Body::None, Framing::Length(1..) | Framing::Chunked) => Err(refuse(
            400,
            "UnexpectedContent",
            "This request does not support content.",
        )),
        (Body::Sized | Body::Stream, Framing::None) => missing(),
        (Body::Sized | Body::Optional, Framing::Chunked) => missing(),
        _ => Ok(()),
    }
}
