//! The faults of `tests/matrix.rs`, for the keys of `matrix.c`.

use cos_emulator::{BUCKET, Emulator};

use crate::faults::FAULTS;

/// The content that `check.h` makes.
fn content() -> Vec<u8> {
    (0..5000_usize)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

const CALLS: [(&str, &str); 5] = [
    ("put", "PutObject"),
    ("get", "GetObject"),
    ("upload", "PutObject"),
    ("download", "GetObject"),
    ("queue", "PutObject"),
];

pub(crate) fn prepare(cos: &Emulator) {
    let names: Vec<_> = FAULTS.iter().map(|(name, ..)| *name).collect();
    cos.put(BUCKET, "faults", names.join("\n"));
    for number in 0..3 {
        cos.put(BUCKET, &format!("listed/{number}"), "x");
    }
    let fault = |line: String| cos.fault(&line).expect("a line of the fault script");
    for (row, (_, actions, _)) in FAULTS.iter().enumerate() {
        for (word, times) in [("once", "1"), ("forever", "forever")] {
            for (call, operation) in CALLS {
                let key = format!("{row}/{word}/{call}");
                fault(format!("{operation} key={key} times={times} {actions}"));
                if operation == "GetObject" {
                    cos.put(BUCKET, &key, content());
                }
            }
        }
        // Listings have no key: each meets the next line.
        fault(format!("ListObjects {actions}"));
    }
}

/// Whatever became of a call, there is no object with other bytes.
pub(crate) fn check(cos: &Emulator) {
    for key in cos.keys(BUCKET) {
        if key.contains("/once/") || key.contains("/forever/") {
            let object = cos.object(BUCKET, &key).expect("it is listed");
            assert!(object.bytes().expect("its bytes") == content(), "{key}");
        }
    }
}
