//! What a client says of the trust in servers, and in itself.

// Without TLS, all of it is refused before it is looked at.
#![cfg_attr(not(feature = "tls"), allow(dead_code))]

use std::fmt;

use zeroize::Zeroizing;

/// Who is believed, and with which certificate of our own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    /// The authorities in PEM instead of the public ones, each with the setting that it is from.
    pub(crate) authorities: Vec<(&'static str, Vec<u8>)>,
    /// Those that the system trusts instead of the public ones.
    #[cfg(feature = "native-roots")]
    pub(crate) native: bool,
    /// What is shown to servers that ask who we are.
    pub(crate) identity: Option<Identity>,
    /// Believes everybody: TLS without any protection, for tests only.
    pub(crate) anyone: bool,
}

/// A certificate of our own and its key, in PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificates: Vec<u8>,
    pub(crate) key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}
