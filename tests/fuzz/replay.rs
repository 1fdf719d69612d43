// Replays a corpus, and mutations of it, without cargo-fuzz. It knows nothing of what it tests.

use std::path::Path;
use std::time::{Duration, Instant};

/// The files of `tests/fuzz/corpus/<target>`, in the order of their names.
pub struct Corpus {
    target: String,
    seeds: Vec<Vec<u8>>,
}

impl Corpus {
    pub fn read(root: &str, target: &str) -> Self {
        let directory = Path::new(root).join("tests/fuzz/corpus").join(target);
        let entries = std::fs::read_dir(&directory).expect("the corpus is there");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("read").path()).collect();
        paths.sort();
        let seeds = paths
            .iter()
            .map(|path| std::fs::read(path).expect("read"))
            .collect();
        Self {
            target: target.to_owned(),
            seeds,
        }
    }
}

/// Runs every file, then so many mutations. `COSLINK_FUZZ_SECONDS` says how long it goes on instead,
/// and `COSLINK_FUZZ_SEED` with which numbers.
pub fn replay(corpus: &Corpus, rounds: u64, run: impl Fn(&[u8])) {
    assert!(
        corpus.seeds.len() > 5,
        "the corpus of {} is gone",
        corpus.target
    );
    let number = |name| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let time = number("COSLINK_FUZZ_SECONDS").map(Duration::from_secs);
    let mut random = Random(number("COSLINK_FUZZ_SEED").unwrap_or(0));
    let start = Instant::now();
    let mut executions = 0;
    for seed in &corpus.seeds {
        one(seed, &run);
        executions += 1;
    }
    let mut round = 0;
    while time.map_or(round < rounds, |time| start.elapsed() < time) {
        one(&mutated(&corpus.seeds, &mut random), &run);
        round += 1;
        executions += 1;
    }
    println!(
        "{}: {executions} executions in {:?}",
        corpus.target,
        start.elapsed()
    );
}

/// The longest that anything of a few kilobytes may take, on a machine that does much else.
const LONGEST: Duration = Duration::from_secs(10);

fn one(data: &[u8], run: &impl Fn(&[u8])) {
    let shown = Shown(data);
    let start = Instant::now();
    run(data);
    assert!(
        start.elapsed() < LONGEST,
        "{:?} is too long",
        start.elapsed()
    );
    drop(shown);
}

/// Shows the bytes when what they are for panics.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the bytes are b\"{}\"", self.0.escape_ascii());
        }
    }
}

/// SplitMix64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// The longest input in bytes.
const MOST: usize = 8 << 10;

/// What parsers trip over.
const ODD: &[&str] = &[
    "0",
    "-1",
    "1",
    "18446744073709551615",
    "18446744073709551616",
    "4294967296",
    "9e9",
    " ",
    "\r\n",
    "\0",
    "\t",
    "%",
    "%00",
    "%ff",
    "%2F",
    "&",
    "=",
    ";",
    ":",
    "/",
    "..",
    "<",
    ">",
    "</",
    "<!--",
    "]]>",
    "&amp;",
    "&#0;",
    "&#x10FFFF;",
    "\"",
    "'",
    "\\",
    "é",
    "\u{feff}",
    "\u{ffff}",
    "*",
    "bytes 0-",
];

/// One of the seeds with a few changes.
fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut data = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(5) {
        change(&mut data, seeds, random);
    }
    data.truncate(MOST);
    data
}

fn change(data: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let at = random.below(data.len() + 1);
    let end = (at + 1 + random.below(16)).min(data.len());
    match random.below(8) {
        0 if at < data.len() => data[at] ^= 1 << random.below(8),
        1 if at < data.len() => data[at] = (random.next() & 0xFF) as u8,
        2 => drop(data.drain(at..end)),
        3 => {
            let again = data[at..end].to_vec();
            data.splice(at..at, again);
        }
        4 => {
            let odd = ODD[random.below(ODD.len())].bytes();
            data.splice(at..end, odd);
        }
        5 => {
            let odd = ODD[random.below(ODD.len())].bytes();
            data.splice(at..at, odd);
        }
        6 => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            let to = (from + 1 + random.below(64)).min(other.len());
            data.splice(at..at, other[from..to].iter().copied());
        }
        _ => data.truncate(at),
    }
}
