//! Forms with which web pages upload by themselves.

use libc::c_char;
use std::time::Duration;

use super::client::coslink_bucket;
use super::convert::{Options, Out, array, coslink_pair, read_sized, required, required_text};
use super::guard;
use super::result::{coslink_result, output_of};
use super::status::{coslink_error, coslink_status};
use super::view::view;
use crate::client::PostForm;
use crate::error::{Error, Result};
use crate::wire::PostPolicy;

/// What a condition asks of a field. It is passed as `int32_t`.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum coslink_condition {
    /// The field has exactly this value, and becomes one of the form's.
    COSLINK_CONDITION_EQUALS = 1,
    /// The field begins with this; an empty text allows any value.
    COSLINK_CONDITION_STARTS_WITH = 2,
}

/// What a form must keep to. Frozen: it never grows, so that arrays of it are possible.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_form_condition {
    /// A `coslink_condition`.
    pub kind: i32,
    /// The field, such as `key` or `Content-Type`.
    pub field: *const c_char,
    /// What it is, or begins with.
    pub value: *const c_char,
}

/// The parameters of `coslink_sign_form`. An option struct; begin with
/// `COSLINK_INIT(coslink_sign_form_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_sign_form_options {
    /// `sizeof(coslink_sign_form_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// The conditions; each field of the form needs one. With none for `key`, any key is allowed.
    pub conditions: *const coslink_form_condition,
    /// How many `conditions` there are.
    pub condition_count: usize,
    /// The file must have at least so many bytes.
    pub min_length: u64,
    /// The file must have at most so many bytes. 0: 5 GiB, which COS takes at most.
    pub max_length: u64,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_sign_form_options {}

/// What a form needs beside the fields `key` and, as the last, `file`. An output struct.
#[repr(C)]
pub struct coslink_sign_form_output {
    /// The address that the form is sent to, by POST as `multipart/form-data`.
    pub url: *const c_char,
    /// The hidden fields.
    pub fields: *const coslink_pair,
    /// How many `fields` there are.
    pub field_count: usize,
}

view! { PostForm => coslink_sign_form_output |arena| url; fields {
        field_count: fields.len(),
        fields: arena.pairs(fields.iter()),
    }
}

/// The longest file that COS takes from a form, in bytes (API page 14690).
const MAX_LENGTH: u64 = 5 << 30;

/// # Safety
/// The pointers of the options keep what the header asks of them.
unsafe fn policy(options: &coslink_sign_form_options) -> Result<PostPolicy> {
    // SAFETY: as promised by the caller.
    let conditions = unsafe { array(options.conditions, options.condition_count, "conditions") }?;
    let mut policy = PostPolicy::new();
    for (index, condition) in conditions.iter().enumerate() {
        let name = |field| format!("conditions[{index}].{field}");
        // SAFETY: as promised by the caller.
        let (field, value) = unsafe {
            (
                required_text(condition.field, &name("field"))?,
                required_text(condition.value, &name("value"))?,
            )
        };
        const EQUALS: i32 = coslink_condition::COSLINK_CONDITION_EQUALS as i32;
        const STARTS_WITH: i32 = coslink_condition::COSLINK_CONDITION_STARTS_WITH as i32;
        policy = match condition.kind {
            EQUALS => policy.equals(field, value),
            STARTS_WITH => policy.starts_with(field, value),
            number => {
                let why = format!("{number} is no coslink_condition");
                return Err(Error::invalid(&name("kind"), why));
            }
        };
    }
    let (least, most) = (options.min_length, options.max_length);
    if (least, most) == (0, 0) {
        return Ok(policy);
    }
    let most = if most == 0 { MAX_LENGTH } else { most };
    if least > most {
        let why = format!("{least} is more than {most}");
        return Err(Error::invalid("min_length", why));
    }
    Ok(policy.content_length(least, most))
}

/// Signs a form that whoever has it can upload with, as far as `options` (NULL: any key) allow and for
/// as long as `seconds`. The secret key does not leave the process. The result has only its output,
/// which is as good as a password for as long as it lasts.
///
/// Never blocks; nothing is sent. Any thread. Free `*result` with `coslink_result_free`. Fails with
/// `COSLINK_ERROR_INVALID_ARGUMENT`, or `COSLINK_ERROR_CREDENTIALS` when the client is anonymous.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_sign_form(
    bucket: *const coslink_bucket,
    seconds: u32,
    options: *const coslink_sign_form_options,
    result: *mut *mut coslink_result,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let slot = Out::new(result).required("result")?;
            let bucket = required(bucket, "bucket")?;
            if seconds == 0 {
                return Err(Error::invalid("seconds", "is 0"));
            }
            let policy = policy(&read_sized(options, "options")?)?;
            let form = bucket
                .0
                .sign_form(&policy, Duration::from_secs(seconds.into()))?;
            slot.give(coslink_result::of_transfer(form, None));
            Ok(())
        })
    }
}

/// The output of `coslink_sign_form`; NULL for another operation's result.
///
/// Never blocks. Lives as long as the result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_result_sign_form(
    result: *const coslink_result,
) -> *const coslink_sign_form_output {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe { output_of(result) }
}
