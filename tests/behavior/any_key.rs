//! Keys that nobody thought of, from a generator that likes what is easily spelled wrong.
//!
//! `COSLINK_SEED` and `COSLINK_KEYS` make it other keys, and more.

use std::collections::BTreeSet;

use cos_emulator::BUCKET;
use coslink::{CopyObject, GetObject, HeadObject, ListObjects, PutObject};

use crate::support::{World, refused};

/// The longest key in bytes.
const LONGEST: usize = 850;

/// What keys are made of; a key has runs of several of these.
const PIECES: &[&[&str]] = &[
    &["a", "Z", "0", "-", "_", "~", "k"],
    &["/", ".", "..", "/./", "/../", "//"],
    &["%", "%2F", "%2f", "%25", "%00", "%zz", "+", " ", "%20"],
    &[
        "?",
        "#",
        "&",
        "=",
        ";",
        ",",
        "?versionId=1",
        "&uploads",
        ":",
        "@",
        "$",
    ],
    &[
        "\"",
        "'",
        "<",
        ">",
        "&amp;",
        "&#10;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "`",
    ],
    &[
        "!",
        "(",
        ")",
        "*",
        "\\",
        "|",
        "^",
        "{",
        "}",
        "[",
        "]",
        "${filename}",
    ],
    &[
        "\t", "\u{1}", "\u{8}", "\u{b}", "\u{c}", "\u{e}", "\u{17}", "\u{1c}", "\u{1f}", "\u{7f}",
    ],
    &["目", "录", "腾讯云", "ü", "ß", "İ", "א", "ﷺ"],
    &["😀", "👩\u{200d}🚀", "🇨🇳", "\u{10ffff}", "𝄞"],
    &[
        "e\u{301}", "é", "\u{300}", "\u{fe0f}", "\u{202e}", "\u{200b}",
    ],
    &[
        "\u{80}", "\u{85}", "\u{9f}", "\u{a0}", "\u{2028}", "\u{feff}", "\u{fffd}", "\u{fffe}",
        "\u{ffff}",
    ],
];

/// Characters that COS does not take.
const REFUSED: &[&str] = &["\0", "\r", "\n", "\u{18}", "\u{19}", "\u{1a}", "\u{1b}"];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Appends runs of pieces, up to `length` bytes.
    fn extend(&mut self, key: &mut String, length: usize) {
        while key.len() < length {
            let pieces = self.pick(PIECES);
            for _ in 0..=self.below(6) {
                let piece = self.pick(pieces);
                let fits = key.len() + piece.len() <= length;
                key.push_str(if fits { piece } else { "k" });
                if key.len() == length {
                    return;
                }
            }
        }
    }

    fn key(&mut self, before: Option<&String>) -> String {
        // Some keys begin as others do, so that a listing of one finds both.
        let mut key = match self.below(6) {
            0 => before.cloned().unwrap_or_default(),
            _ => String::new(),
        };
        let length = match self.below(12) {
            0 => LONGEST,
            _ => {
                let most = self.pick(&[1, 8, 8, 40, 40, LONGEST]);
                key.len() + 1 + self.below(most)
            }
        };
        let length = length.min(LONGEST);
        self.extend(&mut key, length);
        key
    }
}

fn is_refused(key: &str) -> bool {
    key.len() > LONGEST
        || key.bytes().all(|byte| byte == b'.' || byte == b'/')
        || REFUSED.iter().any(|bad| key.contains(bad))
}

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(default, |text| text.parse().unwrap())
}

fn random() -> Random {
    let seed = number("COSLINK_SEED", 0x5EED_C051);
    println!("COSLINK_SEED={seed}");
    Random(seed.max(1))
}

fn keys() -> BTreeSet<String> {
    let (mut random, mut keys) = (random(), BTreeSet::new());
    let count = number("COSLINK_KEYS", 300) as usize;
    let mut before = None;
    while keys.len() < count {
        let key = random.key(before.as_ref());
        if !is_refused(&key) {
            before = Some(key.clone());
            keys.insert(key);
        }
    }
    keys
}

#[test]
fn any_key_goes_round() {
    let world = World::new();
    let bucket = &world.bucket;
    let keys = keys();
    assert!(keys.iter().any(|key| key.len() == LONGEST));
    assert!(keys.iter().any(|key| key.len() < 4));
    for key in &keys {
        bucket.send(PutObject::new(key, key.as_str())).unwrap();
        assert_eq!(
            world.stored(key).as_deref(),
            Some(key.as_bytes()),
            "{key:?}"
        );
        let head = bucket.send(HeadObject::new(key)).unwrap();
        assert_eq!(head.content_length, key.len() as u64, "{key:?}");
        let got = bucket.send(GetObject::new(key)).unwrap().output;
        assert_eq!(got.body.into_bytes().unwrap(), key.as_bytes(), "{key:?}");
    }
    // From the end on, so that what is copied has not been overwritten yet.
    let ordered: Vec<&String> = keys.iter().collect();
    for pair in ordered.windows(2).rev() {
        let (from, to) = (pair[0], pair[1]);
        let copy = CopyObject::new(to, bucket.source(from));
        bucket.send(copy).unwrap();
        let copied = world.stored(to);
        assert_eq!(copied.as_deref(), Some(from.as_bytes()), "to {to:?}");
    }

    let stored = world.cos.keys(BUCKET);
    assert!(stored.iter().eq(&keys), "what is stored has other keys");
    let mut shared = 0;
    for key in &keys {
        let listed = bucket.objects(ListObjects::new().prefix(key));
        let listed: Vec<String> = listed.map(|object| object.unwrap().key).collect();
        let begins = keys.iter().filter(|other| other.starts_with(key.as_str()));
        assert!(listed.iter().eq(begins), "{listed:?} of {key:?}");
        shared += usize::from(listed.len() > 1);
    }
    assert!(shared > 0, "no key begins as another does");
    world.cos.clear_requests();
    let listed = bucket.objects(ListObjects::new().max_keys(7));
    let listed: Vec<String> = listed.map(|object| object.unwrap().key).collect();
    assert!(listed.iter().eq(&keys), "{listed:?}");
    assert_eq!(world.cos.requests().len(), keys.len().div_ceil(7));

    let deleted = bucket.delete_objects(&keys).unwrap();
    assert!(deleted.errors.is_empty(), "{:?}", deleted.errors);
    let deleted: BTreeSet<String> = deleted.deleted.into_iter().map(|one| one.key).collect();
    assert_eq!(deleted, keys);
    assert_eq!(world.cos.keys(BUCKET), [""; 0]);
    println!("{} keys, {shared} of them begin another", keys.len());
}

#[test]
fn keys_that_cannot_be_are_refused_before_anything_is_sent() {
    let world = World::new();
    let bucket = &world.bucket;
    let mut random = random();
    for round in 0..number("COSLINK_KEYS", 300) {
        let mut key = random.key(None);
        match round % 4 {
            0 => {
                let ends: Vec<usize> = key.char_indices().map(|(at, _)| at).collect();
                key.insert_str(random.pick(&ends), random.pick(REFUSED));
            }
            1 => key.push_str(random.pick(REFUSED)),
            2 => random.extend(&mut key, LONGEST + 1),
            _ => {
                key = (0..random.below(9))
                    .map(|_| random.pick(&['.', '/']))
                    .collect()
            }
        }
        assert!(is_refused(&key), "{key:?}");
        refused(bucket.send(PutObject::new(&key, "x")), "key");
        refused(bucket.send(GetObject::new(&key)), "key");
        refused(bucket.send(HeadObject::new(&key)), "key");
        refused(
            bucket.send(CopyObject::new(&key, bucket.source("a"))),
            "key",
        );
        let copy = CopyObject::new("a", bucket.source(&key));
        refused(bucket.send(copy), "copy_source");
        refused(bucket.delete_objects(["a", &key]), "key");
    }
    assert!(world.cos.requests().is_empty());
}
