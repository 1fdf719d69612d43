//! POST Object restore: readable copies of archived objects, for a while.

use std::time::{Duration, SystemTime};

use crate::inbound::check_md5;
use crate::reply::{Refusal, Reply, invalid_argument, no_such_bucket, refuse};
use crate::serve::Call;
use crate::store::Object;
use crate::xml::{content, fields, malformed, parse, root};

const DAY: Duration = Duration::from_secs(86_400);
const LONGEST: u64 = 365;

/// A readable copy, or one that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restored {
    pub(crate) tier: Tier,
    pub(crate) asked: SystemTime,
    pub(crate) ready: SystemTime,
    pub(crate) expires: SystemTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    Expedited,
    Standard,
    Bulk,
}

impl Tier {
    fn name(self) -> &'static str {
        match self {
            Self::Expedited => "expedited",
            Self::Standard => "standard",
            Self::Bulk => "bulk",
        }
    }

    /// The longest time that the documents name; none where the class does not have the tier.
    fn takes(self, class: &str) -> Option<Duration> {
        let hours = match (class == "DEEP_ARCHIVE", self) {
            (true, Self::Expedited) => return None,
            (true, Self::Standard) => 24,
            (true, Self::Bulk) => 48,
            (false, Self::Expedited) => return Some(Duration::from_secs(300)),
            (false, Self::Standard) => 5,
            (false, Self::Bulk) => 12,
        };
        Some(Duration::from_secs(hours * 3600))
    }
}

/// Where the copy of an archived object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not archived.
    Plain,
    Archived,
    Ongoing,
    Readable,
}

pub(crate) fn stage(object: &Object, now: SystemTime) -> Stage {
    if !object.description.storage_class.ends_with("ARCHIVE") {
        return Stage::Plain;
    }
    match &object.restored {
        Some(copy) if now < copy.ready => Stage::Ongoing,
        Some(copy) if now < copy.expires => Stage::Readable,
        _ => Stage::Archived,
    }
}

/// Refuses to read an object that is archived.
pub(crate) fn check_readable(object: &Object, now: SystemTime) -> Result<(), Refusal> {
    match stage(object, now) {
        Stage::Plain | Stage::Readable => Ok(()),
        Stage::Archived | Stage::Ongoing => Err(refuse(
            403,
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
        )),
    }
}

/// Adds what HEAD and GET tell about a copy.
pub(crate) fn tell(reply: Reply, object: &Object, now: SystemTime) -> Reply {
    let Some(copy) = &object.restored else {
        return reply;
    };
    let state = match stage(object, now) {
        Stage::Ongoing => "ongoing-request=\"true\"".to_owned(),
        Stage::Readable => format!(
            "ongoing-request=\"false\", expiry-date=\"{}\"",
            httpdate::fmt_http_date(copy.expires)
        ),
        Stage::Plain | Stage::Archived => return reply,
    };
    let status = format!(
        "tier=\"{}\"; request-date=\"{}\"",
        copy.tier.name(),
        httpdate::fmt_http_date(copy.asked)
    );
    reply
        .with("x-cos-restore", state)
        .with("x-cos-restore-status", status)
}

pub(crate) async fn restore(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let body = call.body.text(64 * 1024).await?;
    check_md5(request, &md5::compute(&body).0)?;
    let (days, tier) = read(&body)?;
    let now = call.shared.time();
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    let status = bucket.change(&request.key, request.filled("versionId"), |object| {
        begin(object, days, tier, now)
    })?;
    Ok(Reply::new(status))
}

fn begin(object: &mut Object, days: u64, tier: Tier, now: SystemTime) -> Result<u16, Refusal> {
    let class = &object.description.storage_class;
    let kept = DAY * u32::try_from(days).unwrap_or(u32::MAX);
    match (stage(object, now), &mut object.restored) {
        (Stage::Plain, _) => Err(refuse(
            405,
            "RestoreNonArchiveObject",
            "Restore a non-archive object.",
        )),
        (Stage::Ongoing, _) => Err(refuse(
            409,
            "RestoreAlreadyInProgress",
            "Object restore is already in progress",
        )),
        (Stage::Readable, Some(copy)) => {
            copy.expires = now + kept;
            Ok(200)
        }
        (Stage::Readable | Stage::Archived, restored) => {
            let takes = tier.takes(class).ok_or_else(|| {
                invalid_argument(format!("The class {class} has no tier {}.", tier.name()))
            })?;
            *restored = Some(Restored {
                tier,
                asked: now,
                ready: now + takes,
                expires: now + takes + kept,
            });
            Ok(202)
        }
    }
}

fn read(body: &[u8]) -> Result<(u64, Tier), Refusal> {
    let document = parse(body)?;
    let root = root(&document, "RestoreRequest")?;
    let [days, parameters] = fields(root, ["Days", "CASJobParameters"])?;
    let days = content(days.ok_or_else(malformed)?)?;
    let days: u64 = days.trim().parse().map_err(|_| malformed())?;
    if !(1..=LONGEST).contains(&days) {
        return Err(invalid_argument("Days is 1 to 365."));
    }
    let Some(parameters) = parameters else {
        return Ok((days, Tier::Standard));
    };
    let [tier] = fields(parameters, ["Tier"])?;
    let tier = match content(tier.ok_or_else(malformed)?)?.trim() {
        "Expedited" => Tier::Expedited,
        "Standard" => Tier::Standard,
        "Bulk" => Tier::Bulk,
        _ => return Err(malformed()),
    };
    Ok((days, tier))
}
