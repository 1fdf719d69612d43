//! The one table that says which request is which operation.
//!
//! A new operation is a row here and a handler behind [`Handler`].

use crate::reply::{Refusal, refuse};
use crate::request::{Place, Request};

/// What serves an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handler {
    GetService,
    PutBucket,
    HeadBucket,
    DeleteBucket,
    ListObjects,
    ListUploads,
    PutObject,
    HeadObject,
    GetObject,
    DeleteObject,
    Initiate,
    UploadPart,
    ListParts,
    Complete,
    Abort,
    CopyObject,
    CopyPart,
    DeleteMany,
    GetAcl,
    PutAcl,
    Restore,
    Options,
    PostObject,
    GetCors,
    PutCors,
    DeleteCors,
    GetTagging,
    PutTagging,
    DeleteTagging,
    GetVersioning,
    PutVersioning,
    ListVersions,
    Missing,
}

/// Where an operation works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Service,
    Bucket,
    Object,
}

/// How a request carries a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// A body is refused.
    None,
    /// Content-Length is required.
    Sized,
    /// Content-Length or chunked.
    Stream,
    /// May be absent.
    Optional,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) name: &'static str,
    method: &'static str,
    on: On,
    /// Query names that must be there; they tell operations apart.
    needs: &'static [&'static str],
    /// Query names that may be there.
    takes: &'static [&'static str],
    /// `x-cos-*` headers that may be there, besides those that every request may have. A name that
    /// ends with "-" stands for all names that begin so.
    headers: &'static [&'static str],
    pub(crate) body: Body,
    pub(crate) handler: Handler,
}

/// Parameters and headers that any request may have.
const ANYWHERE: &[&str] = &["x-cos-security-token"];
const ANY_HEADER: &[&str] = &["x-cos-security-token", "x-cos-sdk-retry"];
const COPY_SOURCE: &str = "x-cos-copy-source";

const LISTING: &[&str] = &["prefix", "delimiter", "marker", "max-keys", "encoding-type"];
const UPLOADS: &[&str] = &[
    "prefix",
    "delimiter",
    "encoding-type",
    "max-uploads",
    "key-marker",
    "upload-id-marker",
];
const READ_PARAMETERS: &[&str] = &[
    "versionId",
    "response-content-type",
    "response-content-language",
    "response-expires",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "x-cos-traffic-limit",
];
const CUSTOMER: &str = "x-cos-server-side-encryption-customer-";
const CREATE: &[&str] = &[
    "x-cos-acl",
    "x-cos-grant-",
    "x-cos-storage-class",
    "x-cos-tagging",
    "x-cos-meta-",
    "x-cos-server-side-encryption",
    "x-cos-server-side-encryption-",
    "x-cos-traffic-limit",
    "x-cos-forbid-overwrite",
    "x-cos-content-sha1",
    "x-cos-mime-limit",
];
const PART: &[&str] = &[
    CUSTOMER,
    "x-cos-traffic-limit",
    "x-cos-content-sha1",
    "x-cos-mime-limit",
];
const SOURCE_CUSTOMER: &str = "x-cos-copy-source-server-side-encryption-customer-";
const COPY_HEADERS: &[&str] = &[
    COPY_SOURCE,
    "x-cos-copy-source-if-",
    SOURCE_CUSTOMER,
    "x-cos-metadata-directive",
    "x-cos-tagging-directive",
    "x-cos-acl",
    "x-cos-grant-",
    "x-cos-storage-class",
    "x-cos-tagging",
    "x-cos-meta-",
    "x-cos-server-side-encryption",
    "x-cos-server-side-encryption-",
    "x-cos-traffic-limit",
    "x-cos-forbid-overwrite",
];
const PART_COPY_HEADERS: &[&str] = &[
    COPY_SOURCE,
    "x-cos-copy-source-range",
    "x-cos-copy-source-if-",
    SOURCE_CUSTOMER,
    CUSTOMER,
    "x-cos-traffic-limit",
];
const ACL: &[&str] = &["x-cos-acl", "x-cos-grant-"];
const VERSION: &[&str] = &["versionId"];
const VERSIONS: &[&str] = &[
    "prefix",
    "delimiter",
    "encoding-type",
    "max-keys",
    "key-marker",
    "version-id-marker",
];
const COMPLETE: &[&str] = &[CUSTOMER, "x-cos-forbid-overwrite", "x-cos-meta-"];
const READ: &[&str] = &[CUSTOMER, "x-cos-traffic-limit"];
const PUT_BUCKET: &[&str] = &["x-cos-acl", "x-cos-grant-", "x-cos-tagging"];
const SERVICE: &[&str] = &[
    "region",
    "marker",
    "max-keys",
    "create-time",
    "range",
    "tagkey",
    "tagvalue",
];

const fn row(
    name: &'static str,
    method: &'static str,
    on: On,
    (needs, takes): (&'static [&'static str], &'static [&'static str]),
    headers: &'static [&'static str],
    body: Body,
    handler: Handler,
) -> Route {
    Route {
        name,
        method,
        on,
        needs,
        takes,
        headers,
        body,
        handler,
    }
}

/// A row for an operation that is known by name only.
const fn missing(
    name: &'static str,
    method: &'static str,
    on: On,
    needs: &'static [&'static str],
) -> Route {
    row(
        name,
        method,
        on,
        (needs, &[]),
        &[],
        Body::Optional,
        Handler::Missing,
    )
}

const PART_ADDRESS: &[&str] = &["partNumber", "uploadId"];
const PARTS: &[&str] = &["max-parts", "part-number-marker", "encoding-type"];

#[rustfmt::skip]
const TABLE: &[Route] = &[
    row("GetService", "GET", On::Service, (&[], SERVICE), &[], Body::None, Handler::GetService),
    row("PutBucket", "PUT", On::Bucket, (&[], &[]), PUT_BUCKET, Body::Optional, Handler::PutBucket),
    row("HeadBucket", "HEAD", On::Bucket, (&[], &[]), &[], Body::None, Handler::HeadBucket),
    row("DeleteBucket", "DELETE", On::Bucket, (&[], &[]), &[], Body::None, Handler::DeleteBucket),
    row("ListObjects", "GET", On::Bucket, (&[], LISTING), &[], Body::None, Handler::ListObjects),
    row("ListMultipartUploads", "GET", On::Bucket, (&["uploads"], UPLOADS), &[], Body::None, Handler::ListUploads),
    row("PutObject", "PUT", On::Object, (&[], &["x-cos-traffic-limit"]), CREATE, Body::Stream, Handler::PutObject),
    row("HeadObject", "HEAD", On::Object, (&[], READ_PARAMETERS), READ, Body::None, Handler::HeadObject),
    row("GetObject", "GET", On::Object, (&[], READ_PARAMETERS), READ, Body::None, Handler::GetObject),
    row("DeleteObject", "DELETE", On::Object, (&[], &["versionId"]), &[], Body::None, Handler::DeleteObject),
    row("InitiateMultipartUpload", "POST", On::Object, (&["uploads"], &[]), CREATE, Body::Optional, Handler::Initiate),
    row("UploadPart", "PUT", On::Object, (PART_ADDRESS, &["x-cos-traffic-limit"]), PART, Body::Sized, Handler::UploadPart),
    row("ListParts", "GET", On::Object, (&["uploadId"], PARTS), &[], Body::None, Handler::ListParts),
    row("CompleteMultipartUpload", "POST", On::Object, (&["uploadId"], &[]), COMPLETE, Body::Sized, Handler::Complete),
    row("AbortMultipartUpload", "DELETE", On::Object, (&["uploadId"], &[]), &[], Body::None, Handler::Abort),
    row("PostObject", "POST", On::Bucket, (&[], &[]), &[], Body::Stream, Handler::PostObject),
    row("DeleteMultipleObjects", "POST", On::Bucket, (&["delete"], &[]), &[], Body::Sized, Handler::DeleteMany),
    row("ListObjectVersions", "GET", On::Bucket, (&["versions"], VERSIONS), &[], Body::None, Handler::ListVersions),
    row("GetBucketVersioning", "GET", On::Bucket, (&["versioning"], &[]), &[], Body::None, Handler::GetVersioning),
    row("PutBucketVersioning", "PUT", On::Bucket, (&["versioning"], &[]), &[], Body::Sized, Handler::PutVersioning),
    row("GetBucketCors", "GET", On::Bucket, (&["cors"], &[]), &[], Body::None, Handler::GetCors),
    row("PutBucketCors", "PUT", On::Bucket, (&["cors"], &[]), &[], Body::Sized, Handler::PutCors),
    row("DeleteBucketCors", "DELETE", On::Bucket, (&["cors"], &[]), &[], Body::None, Handler::DeleteCors),
    missing("GetBucketAcl", "GET", On::Bucket, &["acl"]),
    missing("PutBucketAcl", "PUT", On::Bucket, &["acl"]),
    row("GetObjectAcl", "GET", On::Object, (&["acl"], VERSION), &[], Body::None, Handler::GetAcl),
    row("PutObjectAcl", "PUT", On::Object, (&["acl"], VERSION), ACL, Body::Optional, Handler::PutAcl),
    row("RestoreObject", "POST", On::Object, (&["restore"], VERSION), &[], Body::Sized, Handler::Restore),
    row("OptionsObject", "OPTIONS", On::Object, (&[], &[]), &[], Body::None, Handler::Options),
    row("OptionsObject", "OPTIONS", On::Bucket, (&[], &[]), &[], Body::None, Handler::Options),
    missing("AppendObject", "POST", On::Object, &["append"]),
    missing("SelectObject", "POST", On::Object, &["select"]),
    row("GetObjectTagging", "GET", On::Object, (&["tagging"], VERSION), &[], Body::None, Handler::GetTagging),
    row("PutObjectTagging", "PUT", On::Object, (&["tagging"], VERSION), &[], Body::Sized, Handler::PutTagging),
    row("DeleteObjectTagging", "DELETE", On::Object, (&["tagging"], VERSION), &[], Body::None, Handler::DeleteTagging),
];

/// Copies are told from uploads by a header, not by the query.
#[rustfmt::skip]
const COPY: Route = row("CopyObject", "PUT", On::Object, (&[], &["x-cos-traffic-limit"]), COPY_HEADERS, Body::None, Handler::CopyObject);
#[rustfmt::skip]
const PART_COPY: Route = row("UploadPartCopy", "PUT", On::Object, (PART_ADDRESS, &["x-cos-traffic-limit"]), PART_COPY_HEADERS, Body::None, Handler::CopyPart);
const UNKNOWN: Route = missing("Unknown", "", On::Object, &[]);

/// The operation that a request names, `Unknown` at worst. Of several rows whose needs are met the
/// one with the most needs wins.
pub(crate) fn find(request: &Request) -> &'static Route {
    let on = match (&request.place, request.key.is_empty()) {
        (Place::Service { .. }, _) => On::Service,
        (Place::Bucket { .. }, true) => On::Bucket,
        (Place::Bucket { .. }, false) => On::Object,
    };
    let has = |name: &&str| request.query.iter().any(|(n, _)| n == name);
    let fits = |route: &&Route| {
        route.on == on && route.method == request.method && route.needs.iter().all(has)
    };
    let found = TABLE
        .iter()
        .filter(fits)
        .max_by_key(|route| route.needs.len());
    match found.map(|route| route.name) {
        Some("PutObject") if request.header(COPY_SOURCE).is_some() => &COPY,
        Some("UploadPart") if request.header(COPY_SOURCE).is_some() => &PART_COPY,
        _ => found.unwrap_or(&UNKNOWN),
    }
}

impl Route {
    /// Sets up a bucket, rather than working on what is in it.
    pub(crate) fn configures_bucket(&self) -> bool {
        let content = matches!(
            self.handler,
            Handler::HeadBucket
                | Handler::ListObjects
                | Handler::ListUploads
                | Handler::ListVersions
                | Handler::DeleteMany
                | Handler::PostObject
                | Handler::Options
        );
        self.on == On::Bucket && !content
    }

    /// Refuses what the operation does not know: a misspelled name must not pass for nothing.
    pub(crate) fn check(&self, request: &Request) -> Result<(), Refusal> {
        let unknown = |what: &str, name: &str| {
            refuse(
                501,
                "NotImplemented",
                format!("{} does not know the {what} {name}.", self.name),
            )
        };
        if self.handler == Handler::Missing {
            return Err(refuse(
                501,
                "NotImplemented",
                format!("The operation {} is not implemented.", self.name),
            ));
        }
        let mut seen: Vec<&str> = Vec::new();
        for (name, _) in &request.query {
            let known = [self.needs, self.takes, ANYWHERE]
                .iter()
                .any(|l| l.contains(&name.as_str()));
            if !known && !crate::auth::carries_signature(name) {
                return Err(unknown("parameter", name));
            }
            if seen.contains(&name.as_str()) {
                return Err(refuse(
                    400,
                    "InvalidArgument",
                    format!("{name} is given twice."),
                ));
            }
            seen.push(name);
        }
        for (name, value) in &request.headers {
            let listed = self.headers.iter().chain(ANY_HEADER).any(|pattern| {
                name == pattern || (pattern.ends_with('-') && name.starts_with(pattern))
            });
            let meaningful = name.starts_with("x-cos-") || name == "pic-operations";
            if meaningful && !listed && !value.is_empty() {
                return Err(unknown("header", name));
            }
        }
        Ok(())
    }
}
