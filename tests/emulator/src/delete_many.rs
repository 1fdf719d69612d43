//! DELETE Multiple Objects.

use crate::bucket::require_md5;
use crate::fault::Denial;
use crate::reply::{Document, Refusal, Reply, no_such_bucket};
use crate::request::check_key;
use crate::serve::Call;
use crate::versions::Removal;
use crate::xml::{children, content, fields, malformed, parse, root};

const MOST: usize = 1000;
/// 1000 keys of 850 bytes with each byte as a character reference.
const LARGEST: u64 = 8 * 1024 * 1024;

struct Wanted {
    key: String,
    version: Option<String>,
}

pub(crate) async fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let request = call.request;
    let body = call.body.text(LARGEST).await?;
    require_md5(request, &body)?;
    let (quiet, wanted) = read(&body)?;
    let mut xml = Document::new();
    xml.open("DeleteResult");
    for one in &wanted {
        let denial = call
            .shared
            .faults
            .deny("DeleteMultipleObjects", &one.key)
            .map_or(Ok(()), Err);
        let outcome = match denial {
            Ok(()) => remove(call, one)?.map_err(|refusal| Denial {
                code: refusal.code.to_owned(),
                message: refusal.message,
            }),
            Err(denial) => Err(denial),
        };
        match outcome {
            Ok(removal) if !quiet => deleted(&mut xml, one, &removal),
            Ok(_) => {}
            Err(denial) => failed(&mut xml, one, &denial),
        }
    }
    xml.close("DeleteResult");
    Ok(Reply::xml(200, xml.finish()))
}

/// The outer error is one of the whole request.
fn remove(call: &Call<'_>, one: &Wanted) -> Result<Result<Removal, Refusal>, Refusal> {
    if let Err(refusal) = check_key(&one.key) {
        return Ok(Err(refusal));
    }
    let mut buckets = call.shared.store.lock();
    let bucket = buckets
        .get_mut(call.request.bucket())
        .ok_or_else(no_such_bucket)?;
    Ok(bucket.remove(&one.key, one.version.as_deref(), call.shared))
}

fn deleted(xml: &mut Document, one: &Wanted, removal: &Removal) {
    xml.open("Deleted");
    xml.leaf("Key", &one.key);
    if removal.marker {
        xml.leaf("DeleteMarker", "true");
        xml.leaf(
            "DeleteMarkerVersionId",
            removal.version.as_deref().unwrap_or(""),
        );
    }
    if let Some(version) = &one.version {
        xml.leaf("VersionId", version);
    }
    xml.close("Deleted");
}

fn failed(xml: &mut Document, one: &Wanted, denial: &Denial) {
    xml.open("Error");
    xml.leaf("Key", &one.key);
    if let Some(version) = &one.version {
        xml.leaf("VersionId", version);
    }
    xml.leaf("Code", &denial.code);
    xml.leaf("Message", &denial.message);
    xml.close("Error");
}

fn read(body: &[u8]) -> Result<(bool, Vec<Wanted>), Refusal> {
    let document = parse(body)?;
    let (mut quiet, mut wanted) = (None, Vec::new());
    for child in children(root(&document, "Delete")?) {
        match child.tag_name().name() {
            "Quiet" if quiet.is_none() => {
                quiet = Some(match content(child)?.trim() {
                    "true" => true,
                    "false" => false,
                    _ => return Err(malformed()),
                });
            }
            "Object" => {
                let [key, version] = fields(child, ["Key", "VersionId"])?;
                let key = content(key.ok_or_else(malformed)?)?;
                let version = version.map(content).transpose()?;
                if key.is_empty() {
                    return Err(malformed());
                }
                wanted.push(Wanted {
                    key,
                    version: version.filter(|id| !id.is_empty()),
                });
            }
            _ => return Err(malformed()),
        }
    }
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(malformed());
    }
    Ok((quiet.unwrap_or(false), wanted))
}
