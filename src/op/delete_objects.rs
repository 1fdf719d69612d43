//! DELETE Multiple Objects.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::op::{Operation, Param};
use crate::wire::xml::Cursor;
use crate::wire::{Method, Pairs, Reply, Request, names, xml};

/// Deletes up to 1000 objects in one request. Objects that do not exist count as deleted.
///
/// Success says that COS tried: look at [`errors`](DeleteObjectsOutput::errors) for the objects that
/// it could not delete. [`Bucket::delete_objects`](crate::Bucket::delete_objects) takes any number.
///
/// Source: <https://cloud.tencent.com/document/product/436/8289>
#[derive(Clone, Debug)]
pub struct DeleteObjects {
    objects: Vec<ObjectVersion>,
    quiet: bool,
    query: Pairs,
    headers: Pairs,
}

/// An object, or one version of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ObjectVersion {
    /// The key.
    pub key: String,
    /// The version; none for the object itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}

impl ObjectVersion {
    /// One version of an object.
    pub fn new(key: impl Into<String>, version_id: impl Into<String>) -> Self {
        let version_id = Some(version_id.into()).filter(|id| !id.is_empty());
        Self {
            key: key.into(),
            version_id,
        }
    }
}

impl<T: Into<String>> From<T> for ObjectVersion {
    fn from(key: T) -> Self {
        Self {
            key: key.into(),
            version_id: None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename = "Delete", rename_all = "PascalCase")]
struct Document<'a> {
    quiet: bool,
    object: &'a [ObjectVersion],
}

/// How many objects one request takes (API page 8289).
pub(crate) const MAX_OBJECTS: usize = 1000;

impl DeleteObjects {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[];

    /// The objects: keys, or [`ObjectVersion`]s.
    pub fn new<T: Into<ObjectVersion>>(objects: impl IntoIterator<Item = T>) -> Self {
        Self {
            objects: objects.into_iter().map(Into::into).collect(),
            quiet: false,
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    /// True: COS answers with the objects that it could not delete only, and what it deleted is not
    /// checked one by one.
    #[must_use]
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    crate::op::free_pairs!();

    fn check(&self) -> Result<()> {
        if self.objects.is_empty() || self.objects.len() > MAX_OBJECTS {
            let why = format!("{} are not 1 to {MAX_OBJECTS}", self.objects.len());
            return Err(Error::invalid("objects", why));
        }
        for object in &self.objects {
            names::check_key(&object.key)?;
            if !is_xml(&object.key) {
                let why = "has a character that XML cannot carry; use DeleteObject";
                return Err(Error::invalid("key", format!("{:?} {why}", object.key)));
            }
        }
        Ok(())
    }
}

/// Whether XML can carry the text. Of the control characters it has only the tab (and line breaks,
/// which no key has).
pub(crate) fn is_xml(text: &str) -> bool {
    !text
        .chars()
        .any(|c| (c < ' ' && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// What became of each object.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DeleteObjectsOutput {
    /// The objects that are gone; empty when `quiet` was set.
    pub deleted: Vec<DeletedObject>,
    /// The objects that could not be deleted.
    pub errors: Vec<DeleteFailure>,
}

/// An object that is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletedObject {
    /// The key.
    pub key: String,
    /// The version that was asked for.
    pub version_id: Option<String>,
    /// Whether a delete marker was made, or deleted.
    pub delete_marker: bool,
    /// The version of the delete marker.
    pub delete_marker_version_id: Option<String>,
}

/// An object that could not be deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeleteFailure {
    /// The key.
    pub key: String,
    /// The version that was asked for.
    pub version_id: Option<String>,
    /// COS's code, such as `AccessDenied`.
    pub code: String,
    /// The reason in words.
    pub message: String,
}

impl Operation for DeleteObjects {
    const NAME: &'static str = "DeleteObjects";
    type Output = DeleteObjectsOutput;

    fn request(&self) -> Result<Request<'_>> {
        self.check()?;
        let document = Document {
            quiet: self.quiet,
            object: &self.objects,
        };
        let mut query = Pairs::new();
        query.set("delete", "");
        query.extend(&self.query);
        Ok(Request::bucket(Method::Post)
            .with_query(query)
            .with_headers(self.headers.clone())
            .with_xml(xml::write(&document)?))
    }

    fn read(&self, reply: Reply) -> Result<DeleteObjectsOutput> {
        let status = reply.status;
        let document = reply.into_document()?;
        let mut xml = Cursor::open(&document, "DeleteResult", status)?;
        let mut output = DeleteObjectsOutput::default();
        while let Some(name) = xml.child()? {
            match name {
                "Deleted" => output.deleted.push(DeletedObject::read(&mut xml)?),
                "Error" => output.errors.push(DeleteFailure::read(&mut xml)?),
                _ => xml.skip()?,
            }
        }
        if !self.quiet {
            self.check_complete(&output)?;
        }
        Ok(output)
    }
}

impl DeleteObjects {
    /// Every object must have been answered for.
    fn check_complete(&self, output: &DeleteObjectsOutput) -> Result<()> {
        let deleted = output.deleted.iter().map(|object| object.key.as_str());
        let failed = output.errors.iter().map(|error| error.key.as_str());
        let answered: BTreeSet<&str> = deleted.chain(failed).collect();
        let missing = |object: &&ObjectVersion| !answered.contains(object.key.as_str());
        match self.objects.iter().find(missing) {
            None => Ok(()),
            Some(object) => {
                let message = format!("the answer does not say what became of {:?}", object.key);
                Err(Error::new(ErrorKind::Protocol, message))
            }
        }
    }
}

impl DeletedObject {
    fn read(xml: &mut Cursor<'_>) -> Result<Self> {
        let mut object = Self::default();
        while let Some(name) = xml.child()? {
            match name {
                "Key" => object.key = xml.text()?,
                "VersionId" => object.version_id = Some(xml.text()?),
                "DeleteMarker" => object.delete_marker = xml.boolean()?,
                "DeleteMarkerVersionId" => object.delete_marker_version_id = Some(xml.text()?),
                _ => xml.skip()?,
            }
        }
        Ok(object)
    }
}

impl DeleteFailure {
    fn read(xml: &mut Cursor<'_>) -> Result<Self> {
        let mut failure = Self::default();
        while let Some(name) = xml.child()? {
            match name {
                "Key" => failure.key = xml.text()?,
                "VersionId" => failure.version_id = Some(xml.text()?),
                "Code" => failure.code = xml.text()?,
                "Message" => failure.message = xml.text()?,
                _ => xml.skip()?,
            }
        }
        Ok(failure)
    }
}
