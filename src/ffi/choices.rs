//! What a caller chooses for transfers.

use crate::client::{Resume, Verify};
use crate::error::{Error, Result};

/// How a transfer in parts that did not come to its end is continued when it is asked for again. It
/// is passed as `int32_t`.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum coslink_resume {
    /// As the client says; in the client's own options: by a journal.
    COSLINK_RESUME_DEFAULT = 0,
    /// By a journal of what has been moved: for uploads and copies in the client's `journal`, for
    /// downloads beside the target.
    ///
    /// What was moved stays where it is when the transfer fails for a reason that may pass, or when
    /// the process dies; the same call finds it. A file that has changed is sent from the beginning.
    COSLINK_RESUME_JOURNAL = 1,
    /// By what COS has: an upload lists the key's uploads and takes the one whose parts have the
    /// sizes and the MD5s of this file. That reads the file twice, needs the permission to list
    /// uploads, and finds nothing under SSE-KMS and SSE-C. Of a copy or a download, nothing is
    /// continued.
    COSLINK_RESUME_SERVER = 2,
    /// Not at all: whatever a failed transfer has moved is removed at once.
    COSLINK_RESUME_OFF = 3,
}

/// Whether the CRC64 of the whole object must be known and right at the end. It is passed as
/// `int32_t`. The bytes of each request are compared with what COS says of them in any case.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum coslink_verify {
    /// It is compared where COS states it, which it does for every object that is not very old.
    COSLINK_VERIFY_PREFER = 0,
    /// It must: where COS states none, the transfer fails with `COSLINK_ERROR_INTEGRITY`.
    COSLINK_VERIFY_REQUIRE = 1,
    /// It is not compared.
    COSLINK_VERIFY_OFF = 2,
}

/// What a field `resume` says; None leaves it to the client.
pub(super) fn resume(number: i32) -> Result<Option<Resume>> {
    use coslink_resume::*;
    let known = [
        (COSLINK_RESUME_DEFAULT as i32, None),
        (COSLINK_RESUME_JOURNAL as i32, Some(Resume::Journal)),
        (COSLINK_RESUME_SERVER as i32, Some(Resume::Server)),
        (COSLINK_RESUME_OFF as i32, Some(Resume::Off)),
    ];
    let found = known.into_iter().find(|(known, _)| *known == number);
    let found = found.map(|(_, resume)| resume);
    found.ok_or_else(|| Error::invalid("resume", format!("{number} is no coslink_resume")))
}

/// What a field `verify` says.
pub(super) fn verify(number: i32) -> Result<Verify> {
    use coslink_verify::*;
    let known = [
        (COSLINK_VERIFY_PREFER as i32, Verify::Prefer),
        (COSLINK_VERIFY_REQUIRE as i32, Verify::Require),
        (COSLINK_VERIFY_OFF as i32, Verify::Off),
    ];
    let found = known.into_iter().find(|(known, _)| *known == number);
    let found = found.map(|(_, verify)| verify);
    found.ok_or_else(|| Error::invalid("verify", format!("{number} is no coslink_verify")))
}

/// How a transfer of a file is continued and checked, which those of all kinds share.
macro_rules! apply_choices {
    ($transfer:ident, $options:ident) => {
        if let Some(resume) = $crate::ffi::choices::resume($options.resume)? {
            $transfer = $transfer.resume(resume);
        }
        $transfer = $transfer.verify($crate::ffi::choices::verify($options.verify)?);
        $crate::ffi::convert::apply!($transfer, $options: keep_cancelled);
        $transfer = $transfer.parallel($options.parallel as usize);
    };
}
pub(super) use apply_choices;
