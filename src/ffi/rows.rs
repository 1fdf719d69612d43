//! Fields of option structs that are rows of the tables of operations.
//!
//! The macros stand in an `unsafe` block that promises what `Given` and `pairs` ask.

use libc::c_char;

use super::convert::{Given, coslink_pair, pairs};
use crate::error::Result;
use crate::op::{Rows, Spell};

/// A field that is the row of a table.
pub(super) enum Field {
    Text(*const c_char),
    Number(u64),
    Flag(i32),
    Time(i64),
}

macro_rules! field_from {
    ($($type:ty => $kind:ident),*) => { $(impl From<$type> for Field {
        fn from(value: $type) -> Self {
            Self::$kind(value.into())
        }
    })* };
}
field_from!(*const c_char => Text, u32 => Number, u64 => Number, i32 => Flag, i64 => Time);

/// Sets the rows whose fields are set.
///
/// # Safety
/// As for [`Given`].
pub(super) unsafe fn set_rows(mut rows: Rows<'_>, fields: &[(&str, Field)]) -> Result<()> {
    for (name, field) in fields {
        // SAFETY: as promised by the caller.
        unsafe {
            match *field {
                Field::Text(text) => set_row(&mut rows, name, text),
                Field::Number(number) => set_row(&mut rows, name, number),
                Field::Flag(flag) => set_row(&mut rows, name, flag),
                Field::Time(time) => set_row(&mut rows, name, time),
            }
        }?;
    }
    Ok(())
}

/// # Safety
/// As for [`Given`].
unsafe fn set_row<'a, T>(rows: &mut Rows<'_>, name: &str, field: T) -> Result<()>
where
    T: Given<'a, Value: Spell>,
{
    // SAFETY: as promised by the caller.
    match unsafe { field.given(name) }? {
        Some(value) => rows.set(name, &value),
        None => Ok(()),
    }
}

/// Sets free headers and query parameters.
///
/// # Safety
/// As for [`pairs`].
pub(super) unsafe fn set_free_pairs(
    rows: Rows<'_>,
    headers: (*const coslink_pair, usize),
    query: (*const coslink_pair, usize),
) -> Result<()> {
    // SAFETY: as promised by the caller.
    let (headers, query) = unsafe {
        (
            pairs(headers.0, headers.1, "headers")?,
            pairs(query.0, query.1, "query")?,
        )
    };
    for (name, value) in headers {
        rows.headers.set(name.to_owned(), value);
    }
    if let Some(pairs) = rows.query {
        for (name, value) in query {
            pairs.set(name.to_owned(), value);
        }
    }
    Ok(())
}

/// Sets each row whose field is set: `apply_rows!(operation.rows(), options: prefix max_keys)`. It does
/// what `apply!` does, without a call of a setter for each field of each operation.
macro_rules! apply_rows {
    ($operation:ident.$rows:ident(), $options:ident: $($field:ident)*) => {
        $crate::ffi::rows::set_rows(
            $operation.$rows(),
            &[$((stringify!($field), $options.$field.into())),*],
        )?
    };
}
pub(super) use apply_rows;

/// The object headers, which `coslink_put_object_options` and its relatives share.
macro_rules! apply_object_headers {
    ($operation:ident, $options:ident) => {
        $crate::ffi::rows::apply_rows!($operation.object_rows(), $options:
            content_type cache_control content_disposition content_encoding content_language
            expires acl grant_read grant_read_acp grant_write_acp grant_full_control storage_class
            tagging forbid_overwrite traffic_limit server_side_encryption sse_kms_key_id
            sse_kms_context sse_customer_algorithm sse_customer_key sse_customer_key_md5);
        $crate::ffi::convert::apply_pairs!($operation, $options: meta(metadata, metadata_count));
    };
}
pub(super) use apply_object_headers;

/// The conditions, which `coslink_get_object_options` and its relatives share.
macro_rules! apply_conditions {
    ($operation:ident, $options:ident) => {
        $crate::ffi::rows::apply_rows!($operation.condition_rows(), $options:
            version_id if_match if_none_match if_modified_since if_unmodified_since
            sse_customer_algorithm sse_customer_key sse_customer_key_md5);
    };
}
pub(super) use apply_conditions;

/// Free headers and query parameters.
macro_rules! apply_free_pairs {
    ($operation:ident, $options:ident) => {
        $crate::ffi::rows::set_free_pairs(
            $operation.rows(),
            ($options.headers, $options.header_count),
            ($options.query, $options.query_count),
        )?
    };
}
pub(super) use apply_free_pairs;
