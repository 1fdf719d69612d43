//! What a fuzzer calls: one function per way in for bytes that somebody else made.
//!
//! Each says what must hold for any bytes, and panics where it does not. `tests/fuzz` runs them
//! under cargo-fuzz, guided by coverage; the tests below replay its corpora, and mutations of them.

// Public where cargo-fuzz calls it.
#![cfg_attr(not(fuzzing), allow(unreachable_pub))]

mod address;
mod reply;
mod sign;

pub use address::parsers;
pub use reply::{headers, xml_reply};
pub use sign::sign;

/// The record of a transfer or of a queue, as an earlier process, or anybody, left it.
pub fn journal(data: &[u8]) {
    crate::transfer::fuzz::journal(data);
    crate::queue::fuzz::saved(data);
}

/// An options struct of C, of any size and with any content.
#[cfg(feature = "capi")]
pub fn ffi_options(data: &[u8]) {
    crate::ffi::fuzz::options(data);
}

#[cfg(test)]
#[path = "../tests/fuzz/replay.rs"]
mod replay;

#[cfg(test)]
mod tests {
    use super::replay::{Corpus, replay};

    fn corpus(target: &str) -> Corpus {
        Corpus::read(env!("CARGO_MANIFEST_DIR"), target)
    }

    #[test]
    fn xml_replies_are_read_or_refused() {
        replay(&corpus("xml_reply"), 3000, super::xml_reply);
    }

    #[test]
    fn headers_are_read_or_refused() {
        replay(&corpus("headers"), 6000, super::headers);
    }

    #[test]
    fn signatures_mean_what_they_sign() {
        replay(&corpus("sign"), 3000, super::sign);
    }

    #[test]
    fn journals_are_read_as_far_as_they_make_sense() {
        replay(&corpus("journal"), 6000, super::journal);
    }

    #[test]
    fn addresses_times_and_settings_are_read_or_refused() {
        replay(&corpus("parsers"), 6000, super::parsers);
    }

    #[cfg(feature = "capi")]
    #[test]
    fn options_from_c_give_a_status() {
        replay(&corpus("ffi_options"), 2000, super::ffi_options);
    }

    /// Sizes that no corpus has: nothing may take more than linear time, or the stack.
    #[test]
    fn long_documents_are_read_or_refused_in_time() {
        let roots = [
            "CompleteMultipartUploadResult",
            "ListBucketResult",
            "Tagging",
            "Error",
        ];
        for root in roots {
            for piece in [
                "<a>",
                "<ETag>",
                "<a/>",
                "&amp;",
                "<TagSet>",
                "<a b='c'>",
                "<!-- -->",
            ] {
                let document = format!("<{root}>{}", piece.repeat((1 << 15) / piece.len()));
                super::xml_reply(document.as_bytes());
            }
        }
    }
}
