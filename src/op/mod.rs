//! The operations of COS, one file each, and what makes an operation.

use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::wire::{Pairs, Reply, Request};

pub(crate) mod copy_source;
pub(crate) mod object_body;
pub(crate) mod object_headers;
pub(crate) mod types;
#[cfg(test)]
mod vectors;

/// One call of the COS API: how it is asked and how its answer is read.
///
/// Implement it for an operation that coslink does not have, and send it like any other:
///
/// ```
/// use coslink::{Method, Operation, Reply, Request, Result};
///
/// struct GetBucketLocation;
///
/// impl Operation for GetBucketLocation {
///     const NAME: &'static str = "GetBucketLocation";
///     type Output = String;
///     fn request(&self) -> Result<Request<'_>> {
///         let mut request = Request::bucket(Method::Get);
///         request.query.set("location", "");
///         Ok(request)
///     }
///     fn read(&self, reply: Reply) -> Result<String> {
///         Ok(String::from_utf8_lossy(&reply.into_document()?).into_owned())
///     }
/// }
/// ```
pub trait Operation {
    /// The name in COS's documents, such as `PutObject`.
    const NAME: &'static str;

    /// What a successful answer means.
    type Output;

    /// The request by meaning.
    ///
    /// # Errors
    /// `InvalidArgument`, naming the parameter.
    fn request(&self) -> Result<Request<'_>>;

    /// Whether the request may be sent again when it is not known if the first one was carried
    /// out. True by default: nearly all of COS's operations lead to the same state twice.
    fn is_idempotent(&self) -> bool {
        true
    }

    /// Whether an answer with this status goes to [`read`](Self::read); any other is an error.
    fn accepts(status: u16) -> bool {
        status / 100 == 2
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// Whatever makes the answer no success, such as an `<Error>` under status 200.
    fn read(&self, reply: Reply) -> Result<Self::Output>;
}

/// Where a parameter stands in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Place {
    /// In the query.
    Query,
    /// In the headers.
    Header,
}

/// One row of an operation's table.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Param {
    /// The setter's name, which is also the field's in C.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// How COS spells it.
    pub wire: &'static str,
    /// The numbers that COS takes.
    pub range: Option<(u64, u64)>,
}

/// Turns rows `name(type) => query "wire-name" in 1..=1000;` into documented setters, and into the
/// table of that name. Stands inside an `impl` of a struct with the fields `query` and `headers`.
macro_rules! params {
    ($(#[$on_table:meta])* const $table:ident; $($(#[$meta:meta])* $name:ident($type:ty) => $place:ident $wire:literal
        $(in $low:literal ..= $high:literal)?;)*) => {
        $(#[$on_table])*
        pub(crate) const $table: &'static [$crate::op::Param] = &[$($crate::op::Param {
            name: stringify!($name),
            place: $crate::op::params!(@place $place),
            wire: $wire,
            range: $crate::op::params!(@range $($low, $high)?),
        }),*];
        $($(#[$meta])* #[must_use]
        pub fn $name(mut self, value: $type) -> Self {
            let spelled = $crate::op::Spell::spell(&value);
            $crate::op::params!(@pairs self $place).set($wire, spelled);
            self
        })*
    };
    (@place query) => { $crate::op::Place::Query };
    (@place header) => { $crate::op::Place::Header };
    (@pairs $self:ident query) => { $self.query };
    (@pairs $self:ident header) => { $self.headers };
    (@range) => { None };
    (@range $low:literal, $high:literal) => { Some(($low, $high)) };
}
pub(crate) use params;

/// The rows of a value, to be set by their names: where that is all that is known, there need not be
/// a call of a setter for each.
#[cfg_attr(not(feature = "capi"), allow(dead_code))]
pub(crate) struct Rows<'a> {
    pub(crate) tables: &'static [&'static [Param]],
    pub(crate) query: Option<&'a mut Pairs>,
    pub(crate) headers: &'a mut Pairs,
}

#[cfg_attr(not(feature = "capi"), allow(dead_code))]
impl Rows<'_> {
    /// Does what the setter of this name does.
    ///
    /// # Errors
    /// `InvalidArgument` when there is no such row.
    pub(crate) fn set(&mut self, name: &str, value: &dyn Spell) -> Result<()> {
        let mut rows = self.tables.iter().copied().flatten();
        let row = rows.find(|row| row.name == name);
        let pairs = row.and_then(|row| match row.place {
            Place::Query => self.query.as_deref_mut(),
            Place::Header => Some(&mut *self.headers),
        });
        let (Some(row), Some(pairs)) = (row, pairs) else {
            return Err(Error::invalid(name, "is no parameter of this operation"));
        };
        pairs.set(row.wire, value.spell());
        Ok(())
    }
}

/// Adds the way to the rows of a table, by this name.
macro_rules! rows {
    ($name:ident of $tables:expr, headers) => {
        /// The rows, by their names.
        #[allow(dead_code)]
        pub(crate) fn $name(&mut self) -> $crate::op::Rows<'_> {
            let headers = &mut self.headers;
            $crate::op::Rows {
                tables: $tables,
                query: None,
                headers,
            }
        }
    };
    ($name:ident of $tables:expr, query, headers) => {
        /// The rows, by their names.
        #[allow(dead_code)]
        pub(crate) fn $name(&mut self) -> $crate::op::Rows<'_> {
            let (query, headers) = (Some(&mut self.query), &mut self.headers);
            $crate::op::Rows {
                tables: $tables,
                query,
                headers,
            }
        }
    };
}
pub(crate) use rows;

/// Adds the setters for what has no row: pairs that coslink does not know by name.
macro_rules! free_pairs {
    () => {
        /// Any other query parameter, not encoded; it is signed.
        #[must_use]
        pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.query.set(name.into(), value);
            self
        }

        /// Any other header; it is signed when its name begins with `x-cos-`.
        #[must_use]
        pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.headers.set(name.into(), value);
            self
        }

        $crate::op::rows!(rows of Self::PARAMS, query, headers);

        /// The same with all of these headers.
        #[allow(dead_code)]
        pub(crate) fn with_headers(mut self, headers: &$crate::wire::Pairs) -> Self {
            self.headers.extend(headers);
            self
        }
    };
}
pub(crate) use free_pairs;

/// How a value is written in a query or header.
#[doc(hidden)]
pub trait Spell {
    /// The text that goes on the wire.
    fn spell(&self) -> String;
}

impl Spell for &str {
    fn spell(&self) -> String {
        (*self).to_owned()
    }
}

macro_rules! spell_by_display {
    ($($type:ty),*) => { $(impl Spell for $type {
        fn spell(&self) -> String {
            self.to_string()
        }
    })* };
}
spell_by_display!(u32, u64, bool);

impl Spell for SystemTime {
    /// As an HTTP date; times before 1970 become 1970.
    fn spell(&self) -> String {
        let since = self
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        crate::wire::time::http_date(since.as_secs())
    }
}

/// Refuses numbers outside the ranges of the tables.
pub(crate) fn check(tables: &[&[Param]], query: &Pairs, headers: &Pairs) -> Result<()> {
    for param in tables.iter().copied().flatten() {
        let pairs = if param.place == Place::Query {
            query
        } else {
            headers
        };
        let (Some((low, high)), Some(value)) = (param.range, pairs.get(param.wire)) else {
            continue;
        };
        let fits = value
            .parse()
            .is_ok_and(|number: u64| (low..=high).contains(&number));
        if !fits {
            return Err(Error::invalid(
                param.name,
                format!("{value} is not in {low} to {high}"),
            ));
        }
    }
    Ok(())
}

/// One operation as the tests see it.
#[doc(hidden)]
pub struct Described {
    /// COS's name.
    pub name: &'static str,
    /// The C function without its prefix.
    pub c_name: &'static str,
    /// Its parameters.
    pub params: &'static [&'static [Param]],
}

macro_rules! operations {
    ($($module:ident :: $operation:ident;)*) => {
        $(pub(crate) mod $module;)*
        $(pub use $module::*;)*
        /// Every operation, for the test that C has each of them.
        #[doc(hidden)]
        pub const OPERATIONS: &[Described] = &[$(Described {
            name: stringify!($operation),
            c_name: stringify!($module),
            params: $module::$operation::PARAMS,
        }),*];
    };
}

pub use object_body::ObjectBody;

operations! {
    list_objects::ListObjects;
    put_object::PutObject;
    head_object::HeadObject;
    get_object::GetObject;
    delete_object::DeleteObject;
    initiate_multipart_upload::InitiateMultipartUpload;
    upload_part::UploadPart;
    list_parts::ListParts;
    complete_multipart_upload::CompleteMultipartUpload;
    abort_multipart_upload::AbortMultipartUpload;
    post_object::PostObject;
    options_object::OptionsObject;
    copy_object::CopyObject;
    delete_objects::DeleteObjects;
    list_multipart_uploads::ListMultipartUploads;
    upload_part_copy::UploadPartCopy;
    restore_object::RestoreObject;
    put_object_acl::PutObjectAcl;
    get_object_acl::GetObjectAcl;
}
