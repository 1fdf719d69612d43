//! POST Object restore.

use serde::Serialize;

use super::types::Tier;
use crate::error::{Error, Result};
use crate::op::{Operation, Param};
use crate::wire::{Method, Pairs, Reply, Request, xml};

/// Makes an archived object readable for some days.
///
/// COS works on it for minutes to hours, by the tier; [`HeadObject`](crate::HeadObject) tells the
/// state in `restore`. While it works, another call is 409 `RestoreAlreadyInProgress`; an object
/// that is not archived is 405 `RestoreNonArchiveObject`.
///
/// Source: <https://cloud.tencent.com/document/product/436/12633>
#[derive(Clone, Debug)]
pub struct RestoreObject {
    key: String,
    days: Option<u32>,
    tier: Tier,
    query: Pairs,
    headers: Pairs,
}

#[derive(Serialize)]
#[serde(rename = "RestoreRequest", rename_all = "PascalCase")]
struct Document {
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(rename = "CASJobParameters")]
    parameters: Parameters,
}

#[derive(Serialize)]
struct Parameters {
    #[serde(rename = "Tier")]
    tier: String,
}

impl RestoreObject {
    pub(crate) const PARAMS: &'static [&'static [Param]] = &[Self::OWN];

    /// The object's key, for how many days the copy stays readable, and how fast it must be there.
    pub fn new(key: impl Into<String>, days: u32, tier: Tier) -> Self {
        Self {
            key: key.into(),
            days: Some(days),
            tier,
            query: Pairs::new(),
            headers: Pairs::new(),
        }
    }

    /// The same for an object of intelligent tiering, which is moved back and takes no days.
    pub fn from_tiering(key: impl Into<String>, tier: Tier) -> Self {
        Self {
            days: None,
            ..Self::new(key, 0, tier)
        }
    }

    crate::op::params! {
        const OWN;
        /// The version to restore.
        version_id(&str) => query "versionId";
    }

    crate::op::free_pairs!();
}

/// What COS began.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RestoreObjectOutput {
    /// True when the restore was begun (202); false when a readable copy only lasts longer now
    /// (200).
    pub begun: bool,
}

impl Operation for RestoreObject {
    const NAME: &'static str = "RestoreObject";
    type Output = RestoreObjectOutput;

    fn request(&self) -> Result<Request<'_>> {
        if self.days == Some(0) {
            return Err(Error::invalid("days", "0 is no number of days"));
        }
        if let Tier::Other(name) = &self.tier {
            let why = format!("{name:?} is none of Standard, Expedited, Bulk");
            return Err(Error::invalid("tier", why));
        }
        let document = Document {
            days: self.days,
            parameters: Parameters {
                tier: self.tier.as_str().to_owned(),
            },
        };
        let mut query = Pairs::new();
        query.set("restore", "");
        query.extend(&self.query);
        Ok(Request::object(Method::Post, &self.key)
            .with_query(query)
            .with_headers(self.headers.clone())
            .with_xml(xml::write(&document)?))
    }

    /// After a first call that was carried out, a second one answers `RestoreAlreadyInProgress`.
    fn is_idempotent(&self) -> bool {
        false
    }

    fn read(&self, reply: Reply) -> Result<RestoreObjectOutput> {
        let begun = reply.status == 202;
        reply.into_document()?;
        Ok(RestoreObjectOutput { begun })
    }
}
