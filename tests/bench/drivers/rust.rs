//! The workloads by coslink in Rust; `c.c` is the same by the C library.
//!
//! `OP --endpoint URL --bucket B --key K --file F --part-size BYTES --concurrency N --count N
//! --size BYTES --prefix P`, where OP is put, get, resume, put1, small-put, small-get or list. Checksums
//! are always on. `COSLINK_BENCH_CA` is the certificate that an https server is trusted by.

use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use coslink::{
    Bucket, Client, Credentials, DownloadFile, GetObject, ListObjects, PutObject, UploadFile,
};

type Done = Result<(), Box<dyn Error + Send + Sync>>;

struct Arguments(HashMap<String, String>);

impl Arguments {
    fn text(&self, name: &str, other: &str) -> String {
        self.0.get(name).map_or(other, String::as_str).to_owned()
    }

    fn number(&self, name: &str, other: usize) -> Result<usize, std::num::ParseIntError> {
        self.0.get(name).map_or(Ok(other), |text| text.parse())
    }
}

fn main() -> Done {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((op, rest)) = words.split_first() else {
        return Err("which workload?".into());
    };
    let pairs = rest.chunks_exact(2);
    let arguments = Arguments(
        pairs
            .map(|pair| (pair[0].trim_start_matches("--").to_owned(), pair[1].clone()))
            .collect(),
    );
    let parallel = arguments.number("concurrency", 8)?;
    let bucket = bucket(&arguments, parallel)?;
    let key = arguments.text("key", "big");
    let file = arguments.text("file", "");
    let part_size = arguments.number("part-size", 8 << 20)? as u64;
    match op.as_str() {
        "put" | "resume" => {
            let upload = UploadFile::new(key, file).part_size(part_size);
            bucket.upload(&upload)?;
        }
        "get" => {
            let download = DownloadFile::new(key, file).part_size(part_size);
            bucket.download(&download)?;
        }
        "put1" => {
            bucket.send(PutObject::new(key, std::fs::read(file)?))?;
        }
        "small-put" => {
            let content = vec![b'x'; arguments.number("size", 4096)?];
            each(&arguments, parallel, |key| {
                bucket.send(PutObject::new(key, &content[..]))?;
                Ok(())
            })?;
        }
        "small-get" => {
            let size = arguments.number("size", 4096)?;
            each(&arguments, parallel, |key| {
                match bucket
                    .send(GetObject::new(key))?
                    .output
                    .body
                    .into_bytes()?
                    .len()
                {
                    length if length == size => Ok(()),
                    length => Err(format!("{length} bytes").into()),
                }
            })?;
        }
        "list" => {
            let prefix = arguments.text("prefix", "small/");
            let mut count = 0;
            for object in bucket.objects(ListObjects::new().prefix(&prefix)) {
                object?;
                count += 1;
            }
            println!("{count}");
        }
        other => return Err(format!("{other} is no workload").into()),
    }
    Ok(())
}

fn bucket(arguments: &Arguments, parallel: usize) -> Result<Bucket, Box<dyn Error + Send + Sync>> {
    let mut builder = Client::builder(Credentials::new("AKIDbench", "secretbench"))
        .endpoint(arguments.text("endpoint", "http://cos.test:9100"))
        .parallel_requests(parallel);
    if let Some(file) = std::env::var_os("COSLINK_BENCH_CA") {
        builder = builder.ca_file(file);
    }
    let name = arguments.text("bucket", "bench-1250000000");
    Ok(builder.build()?.bucket(&name, "ap-guangzhou")?)
}

/// Does it for so many keys, on so many threads.
fn each(arguments: &Arguments, parallel: usize, work: impl Fn(String) -> Done + Sync) -> Done {
    let count = arguments.number("count", 2000)?;
    let prefix = arguments.text("prefix", "small/");
    let next = AtomicUsize::new(0);
    let run = || -> Done {
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                number if number < count => work(format!("{prefix}{number:06}"))?,
                _ => return Ok(()),
            }
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..parallel).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a panic".into())))
    })
}
