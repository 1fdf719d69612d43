//! Tags of objects.

use crate::inbound::check_md5;
use crate::reply::{Document, Refusal, Reply, no_such_bucket, refuse};
use crate::serve::Call;
use crate::xml::{children, content, fields, malformed, parse, root};

type Tags = [(String, String)];

/// Refuses tags that the service does not take.
pub(crate) fn check_tags(tags: &Tags) -> Result<(), Refusal> {
    let invalid = |what: &str| Err(refuse(400, "InvalidTag", format!("Tags: {what}.")));
    for (at, (key, value)) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return invalid("keys have 1 to 128 and values up to 256 characters");
        }
        let allowed = |c: char| c.is_alphanumeric() || " +-_=.:/".contains(c);
        if !key.chars().chain(value.chars()).all(allowed) {
            return invalid("a character is not allowed");
        }
        if tags[..at].iter().any(|(other, _)| other == key) {
            return invalid("a key is repeated");
        }
    }
    if tags.len() > 10 {
        return invalid("more than 10 tags");
    }
    Ok(())
}

pub(crate) async fn put(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body.text(64 * 1024).await?;
    check_md5(call.request, &md5::compute(&body).0)?;
    let document = parse(&body)?;
    let [set] = fields(root(&document, "Tagging")?, ["TagSet"])?;
    let mut tags = Vec::new();
    for tag in children(set.ok_or_else(malformed)?) {
        if tag.tag_name().name() != "Tag" {
            return Err(malformed());
        }
        let [key, value] = fields(tag, ["Key", "Value"])?;
        tags.push((
            content(key.ok_or_else(malformed)?)?,
            content(value.ok_or_else(malformed)?)?,
        ));
    }
    check_tags(&tags)?;
    replace(call, tags)?;
    Ok(Reply::new(200))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Reply, Refusal> {
    replace(call, Vec::new())?;
    Ok(Reply::new(204))
}

fn replace(call: &Call<'_>, tags: Vec<(String, String)>) -> Result<(), Refusal> {
    let request = call.request;
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(request.bucket())
        .ok_or_else(no_such_bucket)?;
    bucket.change(&request.key, request.filled("versionId"), |object| {
        object.description.tags = tags;
        Ok(())
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let buckets = call.shared.store.lock();
    let bucket = buckets.get(request.bucket()).ok_or_else(no_such_bucket)?;
    let (_, object) = bucket.find(&request.key, request.filled("versionId"))?;
    let mut xml = Document::new();
    xml.open("Tagging");
    xml.open("TagSet");
    for (key, value) in &object.description.tags {
        xml.open("Tag");
        xml.leaf("Key", key);
        xml.leaf("Value", value);
        xml.close("Tag");
    }
    xml.close("TagSet");
    xml.close("Tagging");
    Ok(Reply::xml(200, xml.finish()))
}
