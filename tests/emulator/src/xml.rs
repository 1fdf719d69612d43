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
    let document = parse(body)?;
    let root = root(&document, "CompleteMultipartUpload")?;
    let parts = children(root)
        .map(read_part)
        .collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        Err(malformed())
    } else {
        Ok(parts)
    }
}

/// A document; refused when it is not well-formed.
pub(crate) fn parse(body: &[u8]) -> Result<Document<'_>, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    Document::parse(text).map_err(|_| malformed())
}

/// The root, which must have that name.
pub(crate) fn root<'a, 'input>(
    document: &'a Document<'input>,
    name: &str,
) -> Result<Node<'a, 'input>, Refusal> {
    Some(document.root_element())
        .filter(|root| root.tag_name().name() == name)
        .ok_or_else(malformed)
}

/// The text of an element that holds nothing but text.
pub(crate) fn content(node: Node<'_, '_>) -> Result<String, Refusal> {
    if children(node).next().is_some() {
        return Err(malformed());
    }
    Ok(node.children().filter_map(|child| child.text()).collect())
}

/// The children that may each be there once, in the order of `names`; anything else is refused.
pub(crate) fn fields<'a, 'input, const N: usize>(
    node: Node<'a, 'input>,
    names: [&str; N],
) -> Result<[Option<Node<'a, 'input>>; N], Refusal> {
    let mut found = [None; N];
    for child in children(node) {
        let at = names
            .iter()
            .position(|name| *name == child.tag_name().name())
            .ok_or_else(malformed)?;
        if found[at].replace(child).is_some() {
            return Err(malformed());
        }
    }
    Ok(found)
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

pub(crate) fn children<'a, 'input>(
    node: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

pub(crate) fn malformed() -> Refusal {
    refuse(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema.",
    )
}
