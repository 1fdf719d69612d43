//! How the outputs of the Rust API become what C reads.

use libc::c_char;
use std::ptr;
use std::sync::Arc;

use super::arena::Arena;
use super::output::{coslink_head_object_output, coslink_owner};
use crate::op::HeadObjectOutput;
use crate::op::types::{Owner, StorageClass};

/// An output that C can read.
pub(super) trait View {
    /// The struct that C reads, which leads into the arena.
    type C: 'static;

    fn view(self, arena: &mut Arena) -> Self::C;
}

/// The output of an operation that has none.
impl View for () {
    type C = ();

    fn view(self, _: &mut Arena) {}
}

/// Makes the C form of an output. First stand the fields that are one field of the same name on both
/// sides; then, after the semicolon, the others, and how C has them.
macro_rules! view {
    ($output:ident => $c:ident |$arena:ident| $($same:ident)*; $($other:ident)* { $($rest:tt)* }) => {
        impl $crate::ffi::view::View for $output {
            type C = $c;

            fn view(self, $arena: &mut $crate::ffi::arena::Arena) -> $c {
                // All fields are named, so one that C does not have yet does not compile.
                let Self { $($same,)* $($other,)* } = self;
                $c {
                    $($same: $crate::ffi::view::Field::field($same, $arena),)*
                    $($rest)*
                }
            }
        }
    };
}
pub(super) use view;

/// A field that is one field in C, too.
pub(super) trait Field {
    /// Its type in C.
    type C;

    fn field(self, arena: &mut Arena) -> Self::C;
}

macro_rules! fields {
    ($($type:ty => $c:ty: |$value:ident, $arena:ident| $made:expr;)*) => { $(
        impl Field for $type {
            type C = $c;

            fn field(self, $arena: &mut Arena) -> $c {
                let $value = self;
                $made
            }
        }
    )* };
}

fields! {
    u32 => u32: |number, _arena| number;
    u64 => u64: |number, _arena| number;
    i32 => i32: |number, _arena| number;
    f64 => f64: |number, _arena| number;
    bool => i32: |flag, _arena| i32::from(flag);
    String => *const c_char: |text, arena| arena.text(&text);
    Option<String> => *const c_char: |text, arena| arena.optional(text.as_deref());
    Option<StorageClass> => *const c_char: |class, arena| {
        arena.optional(class.as_ref().map(StorageClass::as_str))
    };
    Option<Owner> => *const coslink_owner: |owner, arena| user(owner.as_ref(), arena);
    Option<Arc<Owner>> => *const coslink_owner: |owner, arena| user(owner.as_deref(), arena);
    HeadObjectOutput => *const coslink_head_object_output: |head, arena| {
        let head = head.view(arena);
        arena.keep(head)
    };
}

/// Who owns or began something; NULL for nobody.
fn user(user: Option<&Owner>, arena: &mut Arena) -> *const coslink_owner {
    let user = user.map(|user| user.view(arena));
    user.map_or(ptr::null(), |user| arena.keep(user))
}

/// An array of pointers to what these become.
pub(super) fn pointers<T: View>(items: Vec<T>, arena: &mut Arena) -> *const *const T::C {
    let items = items.into_iter().map(|item| item.view(arena)).collect();
    arena.pointers(items)
}
