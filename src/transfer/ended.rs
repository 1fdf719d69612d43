//! What came to its end, whatever it is: so that coordinators and their channels are there once in a
//! program, and not for each kind of part.

use std::any::Any;

use crate::error::{Error, ErrorKind, Result};

/// What a part came to.
pub(super) type Done = Box<dyn Any + Send>;

/// The number of a part, and how it ended.
pub(super) type Ended = (u32, Result<Done>);

/// Puts away what a part came to.
pub(super) fn close<T: Send + 'static>(result: Result<T>) -> Result<Done> {
    result.map(|done| Box::new(done) as Done)
}

/// The same again, of the type that it had.
pub(super) fn open<T: 'static>(done: Done) -> Result<T> {
    let wrong = |_| Error::new(ErrorKind::Internal, "a part came to something else");
    done.downcast().map(|done| *done).map_err(wrong)
}
