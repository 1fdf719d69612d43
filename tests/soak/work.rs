//! The calls: each thread has keys of its own and knows what must be under them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use cos_emulator::{BUCKET, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    Bucket, Client, Credentials, DeleteObject, DownloadFile, ErrorKind, GetObject, HeadObject,
    ListObjects, PutObject, RetryPolicy, UploadFile,
};

use crate::chance::Chance;
use crate::process::{held, held_after, memory};

const THREADS: u64 = 8;
const KEYS: u64 = 12;
const PART: u64 = 1 << 20;
/// How often the memory is looked at.
const LOOKS: u64 = 10;
/// How far the memory of the last looks may be above that of the first ones, in KiB. A leak of 200
/// bytes a call would be 16 MiB in the long run; parts that happen to be under way are some.
const GROWTH: u64 = 12 << 10;

/// Makes so many calls and checks what is left of them.
pub(crate) fn run(url: &str, calls: u64, seed: u64) {
    let directory = PathBuf::from(env::var("COSLINK_SOAK_DIRECTORY").unwrap());
    let before = held();
    let begun = Instant::now();
    let (made, requests) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut looks = Vec::new();
    let waits = Duration::from_millis(1);
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(url)
        .journal(directory.join("journals"))
        .stall_timeout(Duration::from_secs(20))
        // All eight attempts of a call fail once in many billions.
        .retry(RetryPolicy::new(8).waits(waits, waits * 20).budget(0))
        .build()
        .unwrap();
    let bucket = client.bucket(BUCKET, REGION).unwrap();
    thread::scope(|scope| {
        let (bucket, made, requests) = (&bucket, &made, &requests);
        for number in 0..THREADS {
            let own = directory.join(number.to_string());
            fs::create_dir(&own).unwrap();
            scope.spawn(move || {
                let mut caller = Caller::new(bucket, number, &own, seed);
                while made.fetch_add(1, Ordering::Relaxed) < calls {
                    requests.fetch_add(caller.call(), Ordering::Relaxed);
                }
            });
        }
        for look in 1..=LOOKS {
            // A thread that panicked has counted its call, so that this ends all the same.
            while made.load(Ordering::Relaxed) < calls * look / LOOKS {
                thread::sleep(Duration::from_millis(5));
            }
            looks.push(memory());
        }
    });
    let took = begun.elapsed();
    drop((bucket, client));
    let after = held_after(before);
    let per_second = calls as f64 / took.as_secs_f64();
    println!("{calls} calls in {took:?}, {per_second:.0} a second");
    println!(
        "{} requests of single calls sent again",
        requests.into_inner()
    );
    println!("memory in KiB at each tenth: {looks:?}");
    println!("threads and descriptors: {before:?} before, {after:?} after");
    assert!(after.0 <= before.0 && after.1 <= before.1, "left over");
    // The first tenths fill pools and caches.
    let early = looks[2..5].iter().max().unwrap();
    let late = looks[7..].iter().min().unwrap();
    assert!(
        late.saturating_sub(*early) < GROWTH,
        "memory grows: {looks:?}"
    );
}

/// One thread: what it has stored is under its keys, and nothing else.
struct Caller<'a> {
    bucket: &'a Bucket,
    prefix: String,
    directory: &'a Path,
    chance: Chance,
    stored: BTreeMap<String, Vec<u8>>,
}

impl<'a> Caller<'a> {
    fn new(bucket: &'a Bucket, number: u64, directory: &'a Path, seed: u64) -> Self {
        Self {
            bucket,
            prefix: format!("{number}/"),
            directory,
            chance: Chance::new(seed ^ (number + 1) << 32),
            stored: BTreeMap::new(),
        }
    }

    /// One call of a kind that chance picks, and how often its request was sent again.
    fn call(&mut self) -> u64 {
        let key = format!("{}{}", self.prefix, self.chance.below(KEYS));
        let attempts = match self.chance.below(100) {
            0..25 => self.put(key),
            25..50 => self.get(&key),
            50..65 => self.head(&key),
            65..78 => self.list(),
            78..90 => self.delete(&key),
            90..95 => self.upload(key),
            _ => self.download(&key),
        };
        u64::from(attempts.saturating_sub(1))
    }

    fn put(&mut self, key: String) -> u32 {
        let length = self.chance.below(30_000) as usize;
        let content = self.chance.bytes(length);
        let put = self
            .bucket
            .send(PutObject::new(&key, &content[..]))
            .unwrap();
        assert!(put.verified);
        self.stored.insert(key, content);
        put.attempts
    }

    fn get(&self, key: &str) -> u32 {
        match (self.bucket.send(GetObject::new(key)), self.stored.get(key)) {
            (Ok(got), Some(content)) => {
                let attempts = got.attempts;
                assert!(got.output.body.into_bytes().unwrap() == *content, "{key}");
                attempts
            }
            (Err(error), None) if error.kind() == ErrorKind::NotFound => error.attempts(),
            (got, stored) => panic!("{key}: {got:?}, stored {:?}", stored.map(Vec::len)),
        }
    }

    fn head(&self, key: &str) -> u32 {
        match (self.bucket.send(HeadObject::new(key)), self.stored.get(key)) {
            (Ok(head), Some(content)) => {
                assert_eq!(head.content_length, content.len() as u64, "{key}");
                head.attempts
            }
            (Err(error), None) if error.kind() == ErrorKind::NotFound => error.attempts(),
            (head, stored) => panic!("{key}: {head:?}, stored {:?}", stored.map(Vec::len)),
        }
    }

    fn list(&self) -> u32 {
        let list = self
            .bucket
            .send(ListObjects::new().prefix(&self.prefix))
            .unwrap();
        let listed = list
            .contents
            .iter()
            .map(|object| (object.key.clone(), object.size));
        let stored = self
            .stored
            .iter()
            .map(|(key, content)| (key.clone(), content.len() as u64));
        assert_eq!(listed.collect::<BTreeMap<_, _>>(), stored.collect());
        list.attempts
    }

    fn delete(&mut self, key: &str) -> u32 {
        let deleted = self.bucket.send(DeleteObject::new(key)).unwrap();
        self.stored.remove(key);
        deleted.attempts
    }

    /// A file in one request, and now and then one of two parts.
    fn upload(&mut self, key: String) -> u32 {
        let length = match self.chance.below(4) {
            0 => PART + self.chance.below(1000),
            _ => self.chance.below(30_000),
        };
        let content = self.chance.bytes(length as usize);
        let path = self.directory.join("from");
        fs::write(&path, &content).unwrap();
        let upload = UploadFile::new(&key, &path)
            .part_size(PART)
            .slice_above(PART);
        assert!(self.bucket.upload(&upload).unwrap().verified);
        self.stored.insert(key, content);
        1
    }

    fn download(&self, key: &str) -> u32 {
        let path = self.directory.join("to");
        let download = DownloadFile::new(key, &path).part_size(PART);
        match (self.bucket.download(&download), self.stored.get(key)) {
            (Ok(downloaded), Some(content)) => {
                assert!(downloaded.verified);
                assert!(fs::read(&path).unwrap() == *content, "{key}");
            }
            (Err(error), None) if error.kind() == ErrorKind::NotFound => {}
            (done, stored) => panic!("{key}: {done:?}, stored {:?}", stored.map(Vec::len)),
        }
        1
    }
}
