//! The fields of the structs, as the header declares them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A field: its name, its type as C spells it, and where it stands.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) offset: usize,
}

/// A struct: its fields and its size.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) fields: Vec<Field>,
    pub(super) size: usize,
}

/// The struct of this name.
pub(super) fn shape(name: &str) -> &'static Shape {
    static SHAPES: OnceLock<BTreeMap<&'static str, Shape>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| read(include_str!("../../../include/coslink.h")));
    shapes
        .get(name)
        .unwrap_or_else(|| panic!("the header has no {name}"))
}

fn read(header: &'static str) -> BTreeMap<&'static str, Shape> {
    let mut shapes = BTreeMap::new();
    let mut shape: Option<Shape> = None;
    for line in header.lines().map(str::trim) {
        if line.starts_with("typedef struct coslink_") && line.ends_with('{') {
            shape = Some(Shape::default());
        } else if let Some(name) = line.strip_prefix("} ") {
            if let Some(mut made) = shape.take() {
                made.size = made.size.next_multiple_of(align_of::<u64>());
                shapes.insert(name.trim_end_matches(';'), made);
            }
        } else if let Some(shape) = &mut shape
            && let Some(line) = line.strip_suffix(';')
            && !line.starts_with(['*', '/'])
        {
            let at = line.rfind([' ', '*']).map_or(0, |at| at + 1);
            let (kind, name) = line.split_at(at);
            let kind = kind.trim();
            let size = if matches!(kind, "int32_t" | "uint32_t") {
                4
            } else {
                size_of::<u64>()
            };
            let offset = shape.size.next_multiple_of(size);
            shape.fields.push(Field { name, kind, offset });
            shape.size = offset + size;
        }
    }
    shapes
}
