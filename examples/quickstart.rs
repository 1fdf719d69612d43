//! The main job: put a file into a bucket, list it, get it back, compare, delete.
//!
//! `cargo run --release --example quickstart [FILE]`
//!
//! Without credentials it starts an emulator of the service inside this process. With
//! `COS_SECRET_ID`, `COS_SECRET_KEY`, `COS_BUCKET` and `COS_REGION` set it uses the service itself.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cos_emulator::Emulator;
use coslink::{
    Bucket, Client, Credentials, DeleteObject, DownloadFile, ListObjects, Progress, UploadFile,
};
use sha2::{Digest, Sha256};

const KEY: &str = "coslink-quickstart/object";
const MIB: u64 = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let (bucket, _emulator) = open_bucket(directory.path())?;
    let file = match std::env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => generate(&directory.path().join("file"), 256 * MIB)?,
    };

    let begin = Instant::now();
    let uploaded = bucket.upload_with(&UploadFile::new(KEY, &file), bar("upload"))?;
    eprintln!();
    println!(
        "uploaded   {} in {} parts, {}; CRC64 {} {}",
        bytes(uploaded.size),
        uploaded.parts,
        speed(uploaded.size, begin),
        uploaded.crc64,
        verdict(uploaded.verified),
    );

    for object in bucket.objects(ListObjects::new().prefix("coslink-quickstart/")) {
        let object = object?;
        println!(
            "listed     {} {} {}",
            object.key,
            bytes(object.size),
            object.etag
        );
    }

    let copy = directory.path().join("copy");
    let begin = Instant::now();
    let downloaded = bucket.download_with(&DownloadFile::new(KEY, &copy), bar("download"))?;
    eprintln!();
    println!(
        "downloaded {} in {} ranges, {}; CRC64 {} {}",
        bytes(downloaded.size),
        downloaded.parts,
        speed(downloaded.size, begin),
        downloaded.crc64,
        verdict(downloaded.verified),
    );

    let (before, after) = (sha256(&file)?, sha256(&copy)?);
    if before != after {
        return Err(format!("SHA-256 differs: {before} before, {after} after").into());
    }
    println!("compared   SHA-256 {before} is the same before and after");

    bucket.send(DeleteObject::new(KEY))?;
    println!("deleted    {KEY}");
    Ok(())
}

/// A bucket of the service when the environment names one, else of an emulator, which lives as long
/// as it is held.
fn open_bucket(directory: &Path) -> Result<(Bucket, Option<Emulator>), Box<dyn Error>> {
    if std::env::var_os("COS_SECRET_ID").is_some() {
        let (bucket, region) = (std::env::var("COS_BUCKET")?, std::env::var("COS_REGION")?);
        let client = Client::builder(Credentials::from_env()?).build()?;
        println!("service    {bucket} in {region}");
        return Ok((client.bucket(&bucket, &region)?, None));
    }
    let emulator = Emulator::builder().directory(directory).try_start()?;
    println!(
        "emulator   {} (set COS_SECRET_ID and so on for the service)",
        emulator.url()
    );
    let credentials = Credentials::new(cos_emulator::SECRET_ID, cos_emulator::SECRET_KEY);
    let client = Client::builder(credentials)
        .endpoint(emulator.url())
        .journal(directory.join("journals"))
        .build()?;
    let bucket = client.bucket(cos_emulator::BUCKET, cos_emulator::REGION)?;
    Ok((bucket, Some(emulator)))
}

/// A bar on standard error, drawn again and again on one line.
fn bar(what: &'static str) -> impl FnMut(&Progress) -> ControlFlow<()> {
    move |progress| {
        let done = (progress.fraction() * 30.0) as usize;
        eprint!(
            "\r{what:10} [{}{}] {:3.0}% {} of {}, {}/s   ",
            "#".repeat(done),
            ".".repeat(30 - done),
            progress.fraction() * 100.0,
            bytes(progress.loaded),
            bytes(progress.total),
            bytes(progress.speed),
        );
        ControlFlow::Continue(())
    }
}

fn generate(path: &Path, size: u64) -> io::Result<PathBuf> {
    let mut file = io::BufWriter::new(File::create(path)?);
    let mut x = 1_u64;
    for _ in 0..size / 8 {
        x = x
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        file.write_all(&x.to_le_bytes())?;
    }
    file.flush()?;
    Ok(path.to_owned())
}

fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut block) = (File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut block)? {
            0 => {
                return Ok(hash
                    .finalize()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect());
            }
            count => hash.update(&block[..count]),
        }
    }
}

fn verdict(verified: bool) -> &'static str {
    if verified {
        "verified by the service"
    } else {
        "not stated by the service"
    }
}

fn speed(size: u64, since: Instant) -> String {
    format!(
        "{}/s",
        bytes((size as f64 / since.elapsed().as_secs_f64().max(1e-9)) as u64)
    )
}

fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..MIB => format!("{:.1} KiB", count as f64 / 1024.0),
        _ => format!("{:.1} MiB", count as f64 / MIB as f64),
    }
}
