//! XML as a tree, read by other code than the one under test. No attributes.

/// An element. Children with different names are in the order of their names, which has no meaning
/// in COS's documents; those of one name stay in theirs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// The root of a document.
#[track_caller]
pub(crate) fn tree(document: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = document;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        let end = tag.find('>').expect("a tag that ends");
        rest = &tag[end + 1..];
        let tag = &tag[1..end];
        let text = plain(text);
        open.last_mut().unwrap().text.push_str(&text);
        if tag.starts_with('?') {
            continue;
        }
        if !tag.starts_with('/') {
            let name = tag.split([' ', '/']).next().unwrap().to_owned();
            open.push(Element {
                name,
                ..Element::default()
            });
        }
        if tag.starts_with('/') || tag.ends_with('/') {
            let mut closed = open.pop().unwrap();
            assert!(tag.trim_matches('/').starts_with(&closed.name), "{tag}");
            if !closed.children.is_empty() {
                assert_eq!(closed.text.trim(), "", "text beside elements");
                closed.text.clear();
            }
            closed.children.sort_by(|a, b| a.name.cmp(&b.name));
            open.last_mut().unwrap().children.push(closed);
        }
    }
    assert_eq!(open.len(), 1, "{document}");
    assert_eq!(open[0].children.len(), 1, "{document}");
    open[0].children.remove(0)
}

/// The text without references.
fn plain(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').expect("a reference that ends");
        let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
        let found = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        plain.push(found.expect("a known reference"));
        plain.push_str(after);
    }
    plain
}
