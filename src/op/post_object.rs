//! POST Object.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use serde::Deserialize;

use super::object_headers::{guess_content_type, object_headers};
use crate::error::{Error, Result};
use crate::op::{Operation, Param};
use crate::wire::{Body, Method, Pairs, Reply, Request, names, xml};

/// Puts a whole object, of at most 5 GiB, as the form of a web page does.
///
/// [`PutObject`](crate::PutObject) does the same with less. For a page that uploads by itself, see
/// [`Bucket::sign_form`](crate::Bucket::sign_form).
///
/// Source: <https://cloud.tencent.com/document/product/436/14690>
#[derive(Clone, Debug)]
pub struct PostObject<'a> {
    key: String,
    body: Body<'a>,
    file_name: String,
    /// Separates the fields; not to be guessed by whoever wrote the content.
    boundary: String,
    query: Pairs,
    headers: Pairs,
}

impl<'a> PostObject<'a> {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OBJECT_HEADERS, Self::OWN];

    /// The object's key, in which `${filename}` stands for the file's name, and its content.
    pub fn new(key: impl Into<String>, body: impl Into<Body<'a>>) -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self {
            key: key.into(),
            body: body.into(),
            file_name: "file".to_owned(),
            boundary: format!("coslink-{:016x}{:016x}", random(), random()),
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    /// The name of the file, for `${filename}`; `file` when unset.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = name.into();
        self
    }

    object_headers!();

    crate::op::params! {
        const OWN;
        /// Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
        content_md5(&str) => header "Content-MD5";
        /// The status of success: 200, 201 (with a document) or 204 (the default).
        success_action_status(u32) => header "success_action_status" in 200..=204;
        /// Where to send the browser after success: the answer is 303 with this address.
        success_action_redirect(&str) => header "success_action_redirect";
        /// Image processing while storing, as JSON.
        pic_operations(&str) => header "Pic-Operations";
    }

    crate::op::free_pairs!();

    /// Everything before the content: a field for each header, the key first and the file last.
    fn head(&self) -> Result<String> {
        let mut head = String::new();
        let mut field = |name: &str, value: &str| {
            head.push_str(&format!(
                "--{}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n",
                self.boundary
            ));
        };
        field("key", &self.key);
        let mut headers = self.headers.clone();
        if let Some(path) = self.body.path() {
            guess_content_type(&mut headers, path);
        }
        for (name, value) in headers.iter() {
            // The form has its own name for this one alone.
            let name = if name.eq_ignore_ascii_case("x-cos-acl") {
                "acl"
            } else {
                name
            };
            field(name, value);
        }
        let bad = |c: char| c.is_control() || c == '"';
        if self.file_name.is_empty() || self.file_name.contains(bad) {
            let why = format!(
                "{:?} is empty or has a quote or a control character",
                self.file_name
            );
            return Err(Error::invalid("file_name", why));
        }
        head.push_str(&format!(
            "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            self.boundary, self.file_name
        ));
        Ok(head)
    }
}

/// What COS says of a stored object.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PostObjectOutput {
    /// The ETag, with its quotes.
    pub etag: String,
    /// CRC64 of the object, as COS computed it.
    pub crc64: Option<u64>,
    /// CRC64 of the content that was sent.
    pub sent_crc64: u64,
    /// Whether `crc64` was compared with the bytes that were sent, and was the same.
    pub verified: bool,
    /// The object's address, or that of the redirect.
    pub location: Option<String>,
    /// The key, with the file's name in it; none unless the status is 201.
    pub key: Option<String>,
    /// The bucket, as `name-appid`; none unless the status is 201.
    pub bucket: Option<String>,
    /// The version, in a bucket with versioning.
    pub version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    location: Option<String>,
    bucket: Option<String>,
    key: Option<String>,
    #[serde(default, rename = "ETag")]
    etag: String,
}

impl Operation for PostObject<'_> {
    const NAME: &'static str = "PostObject";
    type Output = PostObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        super::check(Self::PARAMS, &self.query, &self.headers)?;
        names::check_key(&self.key)?;
        names::check_headers(&self.headers)?;
        let after = format!("\r\n--{}--\r\n", self.boundary).into_bytes();
        let body = self
            .body
            .reborrow()
            .framed(self.head()?.into_bytes(), after);
        let mut request = Request::bucket(Method::Post).with_query(self.query.clone());
        let content_type = format!("multipart/form-data; boundary={}", self.boundary);
        request.headers.set("Content-Type", content_type);
        Ok(request.with_body(body))
    }

    /// After a first call that was carried out, a second one answers `FileAlreadyExists`.
    fn is_idempotent(&self) -> bool {
        self.headers.get("x-cos-forbid-overwrite") != Some("true")
    }

    /// A redirect that was asked for is a success.
    fn accepts(status: u16) -> bool {
        status == 303 || status / 100 == 2
    }

    fn read(&self, reply: Reply) -> Result<PostObjectOutput> {
        let mut output = PostObjectOutput {
            etag: reply.text("ETag").unwrap_or_default(),
            crc64: reply.crc64(),
            sent_crc64: reply.sent_crc64,
            verified: reply.verify_sent()?,
            location: reply.text("Location"),
            version_id: reply.text("x-cos-version-id"),
            ..PostObjectOutput::default()
        };
        let status = reply.status;
        let document = reply.into_document()?;
        if status == 201 {
            let said: Document = xml::read(&document, "PostResponse", status)?;
            output.location = said.location.or(output.location);
            (output.bucket, output.key) = (said.bucket, said.key);
            if output.etag.is_empty() {
                output.etag = said.etag;
            }
        }
        Ok(output)
    }
}
