//! What all connections share.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::auth::Account;
use crate::blob::Shelf;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::reply::Ids;
use crate::request::Hosts;
use crate::store::Store;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) account: Account,
    /// Where new buckets go when the host does not say.
    pub(crate) region: String,
    pub(crate) hosts: Hosts,
    pub(crate) ssec_on_http: bool,
    pub(crate) opaque_etags: bool,
    pub(crate) store: Store,
    pub(crate) shelf: Shelf,
    pub(crate) journal: Arc<Journal>,
    pub(crate) faults: Faults,
    pub(crate) clock_offset: AtomicI64,
    pub(crate) counter: AtomicU64,
}

impl Shared {
    /// The emulator's time in whole seconds, which is all that COS tells.
    pub(crate) fn time(&self) -> SystemTime {
        at(seconds(SystemTime::now()).saturating_add(self.clock_offset.load(Ordering::SeqCst)))
    }

    /// A number that was not given before.
    pub(crate) fn number(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn ids(&self) -> Ids {
        let number = self.number();
        let now = seconds(self.time());
        let encode = |text: String| data_encoding::BASE64.encode(text.as_bytes());
        Ids {
            request: encode(format!("{now:08x}_{number:08x}_emu")),
            trace: encode(format!(
                "{:032x}",
                u128::from(number) << 64 | now.unsigned_abs() as u128
            )),
        }
    }
}

pub(crate) fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    }
}

/// Kept within the years that an HTTP date can write.
pub(crate) fn at(seconds: i64) -> SystemTime {
    let seconds = seconds.clamp(0, 250_000_000_000);
    UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}
