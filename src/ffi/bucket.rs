//! The buckets of a client.

use libc::c_char;

use super::client::{coslink_bucket, coslink_client};
use super::convert::{Out, required, required_text, text};
use super::status::{coslink_error, coslink_status};
use super::{guard, quietly};

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

/// Makes what stands for the service itself in `coslink_request`, for operations that are on no
/// bucket: of one region, or of all (`region` NULL). Nothing is sent.
///
/// Never blocks. Any thread. Free `*bucket` with `coslink_bucket_free`; the client may be freed
/// before. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names `region`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_bucket_new_service(
    client: *const coslink_client,
    region: *const c_char,
    bucket: *mut *mut coslink_bucket,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(bucket).required("bucket")?;
            let client = required(client, "client")?;
            let region = text(region, "region")?;
            slot.give(coslink_bucket(client.0.service(region)?));
            Ok(())
        })
    }
}

/// Tells where an object is: host and path, percent-encoded, without scheme.
///
/// Never blocks; nothing is sent. Any thread. Free `*location` with `coslink_string_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_bucket_location(
    bucket: *const coslink_bucket,
    key: *const c_char,
    location: *mut *mut c_char,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(location).required("location")?;
            let bucket = required(bucket, "bucket")?;
            slot.give_text(bucket.0.location(required_text(key, "key")?))
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
