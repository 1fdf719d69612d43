//! How many requests at once a limit on memory has room for.

use crate::error::{Error, Result};
use crate::transport::proxy::Proxies;
use crate::{file, pool, transport};

/// What one request of a transfer takes at most, in bytes: the buffers of its connection, the block
/// between a download and its file, and the stack of its thread.
pub(super) fn of_one(is_secure: bool, proxies: &Proxies) -> u64 {
    let connection = transport::most_memory(is_secure, proxies);
    (connection + file::BLOCK + pool::STACK) as u64
}

/// How many of the wanted requests at once have room.
pub(super) fn room(limit: u64, one: u64, wanted: usize) -> Result<usize> {
    match usize::try_from(limit / one).unwrap_or(usize::MAX) {
        0 => {
            let why = format!("{limit} bytes are less than the {one} that one request takes");
            Err(Error::invalid("memory_limit", why))
        }
        room => Ok(wanted.min(room)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::proxy::Proxy;

    /// These figures stand in the documentation of `memory_limit`, in Rust and in C.
    #[test]
    fn one_request_takes_what_is_written() {
        let none = Proxies::default();
        let proxy = |url| Proxies::all(Proxy::parse(url).unwrap());
        assert_eq!(of_one(false, &none), 1152 << 10);
        assert_eq!(of_one(false, &proxy("http://h")), 1152 << 10);
        if !cfg!(feature = "tls") {
            return;
        }
        let of_tls = of_one(true, &none) - of_one(false, &none);
        assert!((224 << 10..226 << 10).contains(&of_tls), "{of_tls}");
        let of_proxy = of_one(true, &proxy("https://h")) - of_one(true, &none);
        assert_eq!(of_proxy, of_tls);
    }

    #[test]
    fn a_limit_makes_as_few_as_have_room_and_never_more() {
        let rows = [(10, 1), (19, 1), (20, 2), (79, 7), (80, 8), (u64::MAX, 8)];
        for (limit, expected) in rows {
            assert_eq!(room(limit, 10, 8).unwrap(), expected, "{limit}");
        }
        let error = room(9, 10, 8).unwrap_err().to_string();
        assert!(
            error.contains("memory_limit: 9 bytes are less than the 10"),
            "{error}"
        );
    }
}
