//! Single requests of a transfer, on the client's threads like its parts.
//!
//! So the calling thread can go on looking: a stop ends the request in any phase, and all requests
//! of all transfers together are no more than the pool has threads.

use std::sync::Arc;

use super::run::{Order, run};
use crate::client::execute::{execute_by, unwatched};
use crate::client::{Bucket, Response};
use crate::error::Result;
use crate::op::Operation;
use crate::retry::RetryPolicy;
use crate::watch::Meter;

/// How a request is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As the client's policy says.
    Patient,
    /// Not again.
    Once,
    /// As the client's policy says, and its body counts as what the transfer moves.
    Counted,
}

/// Carries an operation out, while the watch may stop it.
pub(super) fn ask<O>(
    bucket: &Bucket,
    operation: O,
    way: Way,
    meter: &mut Meter<'_>,
) -> Result<Response<O::Output>>
where
    O: Operation + Send + Sync + 'static,
    O::Output: Send + 'static,
{
    let (core, place) = (Arc::clone(bucket.core()), Arc::clone(bucket.place()));
    let policy = match way {
        Way::Once => RetryPolicy::new(1),
        Way::Patient | Way::Counted => core.retry.clone(),
    };
    let order = Order {
        pool: bucket.pool(),
        parts: vec![0],
        limit: 1,
        skipped: meter.loaded(),
        meter,
    };
    let mut answer = None;
    let asked = run(
        order,
        move |_, moving| {
            let mut counted = |loaded| moving.reach(loaded);
            let moved: &mut dyn FnMut(u64) -> _ = match way {
                Way::Counted => &mut counted,
                Way::Patient | Way::Once => &mut unwatched,
            };
            execute_by(&policy, &core, &place, &operation, moving.control, moved)
        },
        |_, response| {
            answer = Some(response);
            Ok(())
        },
    );
    // What was answered before the watch said stop is answered all the same.
    match (answer, asked) {
        (Some(response), _) => Ok(response),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(crate::Error::new(
            crate::ErrorKind::Internal,
            "a request has neither an answer nor an error",
        )),
    }
}
