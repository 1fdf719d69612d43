//! Reading the bodies of requests.

use roxmltree::{Document, Node};

use crate::reply::{Refusal, refuse};

/// One part as Complete lists it; the ETag without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) number: u32,
    pub(crate) etag: String,
}

/// Reads `<CompleteMultipartUpload>`. The order within a part is free, anything unknown is not.
pub(crate) fn read_complete(body: &[u8]) -> Result<Vec<Listed>, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let document = Document::parse(text).map_err(|_| malformed())?;
    let root = document.root_element();
    if root.tag_name().name() != "CompleteMultipartUpload" {
        return Err(malformed());
    }
    let parts = children(root)
        .map(read_part)
        .collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        Err(malformed())
    } else {
        Ok(parts)
    }
}

fn read_part(part: Node<'_, '_>) -> Result<Listed, Refusal> {
    if part.tag_name().name() != "Part" {
        return Err(malformed());
    }
    let (mut number, mut etag) = (None, None);
    for child in children(part) {
        let text = child.text().unwrap_or_default().trim();
        let once = match child.tag_name().name() {
            "PartNumber" => number.replace(text).is_none(),
            "ETag" => etag.replace(text.trim_matches('"').to_owned()).is_none(),
            _ => false,
        };
        if !once {
            return Err(malformed());
        }
    }
    let number = number.and_then(|text| text.parse().ok());
    match (number, etag) {
        (Some(number), Some(etag)) => Ok(Listed { number, etag }),
        _ => Err(malformed()),
    }
}

fn children<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

fn malformed() -> Refusal {
    refuse(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema.",
    )
}
