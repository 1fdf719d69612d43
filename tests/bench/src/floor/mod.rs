//! The least that a client can do: plain sockets, files and threads, and one buffer per connection.
//!
//! It signs nothing, checks nothing, and tries nothing again.

mod connection;

use std::fs::File;
use std::io::{Error, Result, Write};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use crate::words::Words;
use connection::Connection;

struct Job {
    host: String,
    key: String,
    file: String,
    prefix: String,
    /// In bytes.
    part_size: u64,
    connections: usize,
    count: usize,
    /// In bytes.
    size: usize,
}

/// Carries out one workload.
pub fn run(words: &Words) -> Result<()> {
    let endpoint = words.text("--endpoint", "http://127.0.0.1:9100");
    let job = Job {
        host: endpoint.trim_start_matches("http://").to_owned(),
        key: words.text("--key", "big").to_owned(),
        file: words.text("--file", "").to_owned(),
        prefix: words.text("--prefix", "small/").to_owned(),
        part_size: words.number("--part-size", 8 << 20)?,
        connections: words.number("--concurrency", 8)?,
        count: words.number("--count", 2000)?,
        size: words.number("--size", 4096)?,
    };
    match words.op.as_str() {
        "put" => put(&job),
        "get" => get(&job),
        "put1" => put_one(&job),
        "small-put" => small_put(&job),
        "small-get" => small_get(&job),
        "list" => list(&job),
        other => Err(Error::other(format!("{other} is no workload"))),
    }
}

impl Job {
    /// Does it for so many numbers, each thread with a connection of its own.
    fn each<T: Send>(
        &self,
        count: usize,
        work: impl Fn(&mut Connection, usize) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let next = AtomicUsize::new(0);
        let run = || -> Result<Vec<(usize, T)>> {
            let (mut connection, mut done) = (Connection::open(&self.host)?, Vec::new());
            loop {
                match next.fetch_add(1, Relaxed) {
                    number if number < count => {
                        done.push((number, work(&mut connection, number)?));
                    }
                    _ => return Ok(done),
                }
            }
        };
        let threads = self.connections.min(count);
        let mut done = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, Result<Vec<(usize, T)>>>| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Error::other("a panic")))
            };
            let all: Result<Vec<_>> = threads.into_iter().map(join).collect();
            all.map(|lists| lists.into_iter().flatten().collect::<Vec<_>>())
        })?;
        done.sort_unstable_by_key(|(number, _)| *number);
        Ok(done.into_iter().map(|(_, value)| value).collect())
    }

    /// Where a part begins and how long it is, in bytes.
    fn part(&self, number: usize, size: u64) -> (u64, u64) {
        let offset = number as u64 * self.part_size;
        (offset, self.part_size.min(size - offset))
    }

    fn parts(&self, size: u64) -> usize {
        size.div_ceil(self.part_size) as usize
    }
}

fn between<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let rest = text.split_once(&format!("<{name}>"))?.1;
    Some(rest.split_once('<')?.0)
}

fn put(job: &Job) -> Result<()> {
    let file = File::open(&job.file)?;
    let size = file.metadata()?.len();
    let mut main = Connection::open(&job.host)?;
    let length = main
        .ask("POST", &format!("/{}?uploads", job.key), "", b"")?
        .length;
    let answer = main.text(length)?;
    let id = between(&answer, "UploadId").ok_or_else(|| Error::other("no upload id"))?;
    let etags = job.each(job.parts(size), |connection, number| {
        let (offset, length) = job.part(number, size);
        let target = format!("/{}?partNumber={}&uploadId={id}", job.key, number + 1);
        connection.send_file("PUT", &target, &file, offset, length)
    })?;
    let mut document = String::from("<CompleteMultipartUpload>");
    for (index, etag) in etags.iter().enumerate() {
        let number = index + 1;
        document += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    document += "</CompleteMultipartUpload>";
    let target = format!("/{}?uploadId={id}", job.key);
    main.ask("POST", &target, "", document.as_bytes())
        .map(|_| ())
}

fn get(job: &Job) -> Result<()> {
    let target = format!("/{}", job.key);
    let size = Connection::open(&job.host)?
        .ask("HEAD", &target, "", b"")?
        .length;
    let file = File::create(&job.file)?;
    job.each(job.parts(size), |connection, number| {
        let (offset, length) = job.part(number, size);
        let range = format!("Range: bytes={offset}-{}\r\n", offset + length - 1);
        if connection.ask("GET", &target, &range, b"")?.length != length {
            return Err(Error::other("another length"));
        }
        let mut at = offset;
        connection.body(length, |piece| {
            at += piece.len() as u64;
            file.write_all_at(piece, at - piece.len() as u64)
        })
    })?;
    Ok(())
}

fn put_one(job: &Job) -> Result<()> {
    let content = std::fs::read(&job.file)?;
    let mut connection = Connection::open(&job.host)?;
    connection
        .ask("PUT", &format!("/{}", job.key), "", &content)
        .map(|_| ())
}

fn small_put(job: &Job) -> Result<()> {
    let content = vec![b'x'; job.size];
    let put = |connection: &mut Connection, number| {
        let target = format!("/{}{number:06}", job.prefix);
        connection.ask("PUT", &target, "", &content).map(|_| ())
    };
    job.each(job.count, put).map(|_| ())
}

fn small_get(job: &Job) -> Result<()> {
    let get = |connection: &mut Connection, number| {
        let target = format!("/{}{number:06}", job.prefix);
        let length = connection.ask("GET", &target, "", b"")?.length;
        if length != job.size as u64 {
            return Err(Error::other(format!("{length} bytes")));
        }
        connection.body(length, |_| Ok(()))
    };
    job.each(job.count, get).map(|_| ())
}

fn list(job: &Job) -> Result<()> {
    let mut connection = Connection::open(&job.host)?;
    let (mut marker, mut count) = (String::new(), 0);
    loop {
        let target = format!("/?prefix={}&max-keys=1000&marker={marker}", job.prefix);
        let length = connection.ask("GET", &target, "", b"")?.length;
        let page = connection.text(length)?;
        count += page.matches("<Key>").count();
        match between(&page, "NextMarker") {
            Some(next) => marker = next.to_owned(),
            None => return writeln!(std::io::stdout(), "{count}"),
        }
    }
}
