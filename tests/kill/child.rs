//! The process that transfers, seen from inside and from outside.

use std::env;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cos_emulator::{BUCKET, REGION, SECRET_ID, SECRET_KEY};
use coslink::{
    Bucket, Client, CopyFile, CopySource, Credentials, DownloadFile, Receipt, RetryPolicy,
    UploadFile,
};

use crate::scene::{IN_FLIGHT, Kind, PART, SOURCE};

/// How long a child may take that nobody kills.
const LONGEST: Duration = Duration::from_secs(60);

/// How often a child is looked at.
const LOOK: Duration = Duration::from_micros(200);

/// Begins the line that tells the receipt.
const RECEIPT: &str = "receipt: ";

const SIGKILL: i32 = 9;

/// What a child is to do.
pub(crate) struct Orders {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    pub(crate) key: String,
    /// The source of an upload, the target of a download.
    pub(crate) file: PathBuf,
    pub(crate) journals: PathBuf,
}

/// What a child said at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) resumed: bool,
    pub(crate) recovered: bool,
    pub(crate) skipped: u64,
}

pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
    pub(crate) took: Duration,
}

impl Ended {
    pub(crate) fn was_killed(&self) -> bool {
        self.status.signal() == Some(SIGKILL)
    }

    pub(crate) fn told(&self) -> Option<Told> {
        let (_, line) = self.output.split_once(RECEIPT)?;
        let mut words = line.split_whitespace();
        Some(Told {
            resumed: words.next()?.parse().ok()?,
            recovered: words.next()?.parse().ok()?,
            skipped: words.next()?.parse().ok()?,
        })
    }
}

/// A child that is under way. Dropping it, as a failed check does, ends it.
pub(crate) struct Running {
    child: Child,
    began: Instant,
}

impl Running {
    pub(crate) fn start(orders: &Orders) -> Self {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env("COSLINK_KILL_CHILD", orders.kind.name())
            .env("COSLINK_KILL_URL", &orders.url)
            .env("COSLINK_KILL_KEY", &orders.key)
            .env("COSLINK_KILL_FILE", &orders.file)
            .env("COSLINK_KILL_JOURNALS", &orders.journals)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self {
            child: child.unwrap(),
            began: Instant::now(),
        }
    }

    /// Kills it as soon as that is wanted, unless it ends before.
    pub(crate) fn until(mut self, mut is_wanted: impl FnMut() -> bool) -> Result<Ended, String> {
        while self.child.try_wait().unwrap().is_none() {
            if is_wanted() {
                return Ok(self.end());
            }
            if self.began.elapsed() > LONGEST {
                let output = self.end().output;
                return Err(format!("the child took over {LONGEST:?}: {output}"));
            }
            thread::sleep(LOOK);
        }
        Ok(self.end())
    }

    fn end(&mut self) -> Ended {
        let took = self.began.elapsed();
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        let mut output = String::new();
        let (out, err) = (self.child.stdout.take(), self.child.stderr.take());
        out.unwrap().read_to_string(&mut output).unwrap();
        err.unwrap().read_to_string(&mut output).unwrap();
        Ended {
            status,
            output,
            took,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Does what the environment says, and nothing where it says nothing.
pub(crate) fn obey() {
    let Ok(name) = env::var("COSLINK_KILL_CHILD") else {
        return;
    };
    let order = |name: &str| env::var(format!("COSLINK_KILL_{name}")).unwrap();
    let waits = Duration::from_millis(1);
    let client = Client::builder(Credentials::new(SECRET_ID, SECRET_KEY))
        .endpoint(order("URL"))
        .journal(order("JOURNALS"))
        .parallel_requests(IN_FLIGHT)
        .retry(RetryPolicy::new(3).waits(waits, waits));
    let bucket = client.build().unwrap().bucket(BUCKET, REGION).unwrap();
    let kind = Kind::named(&name);
    let receipt = transfer(kind, &bucket, &order("KEY"), Path::new(&order("FILE")));
    let (resumed, recovered) = (receipt.resumed, receipt.recovered);
    println!("{RECEIPT}{resumed} {recovered} {}", receipt.skipped);
}

fn transfer(kind: Kind, bucket: &Bucket, key: &str, file: &Path) -> Receipt {
    match kind {
        Kind::Upload => {
            let upload = UploadFile::new(key, file).part_size(PART).slice_above(0);
            bucket.upload(&upload).unwrap().receipt
        }
        Kind::Download => {
            let download = DownloadFile::new(SOURCE, file).part_size(PART);
            bucket.download(&download).unwrap().receipt
        }
        Kind::Copy => {
            let source = CopySource::new(BUCKET, REGION, SOURCE);
            let copy = CopyFile::new(key, source).part_size(PART).slice_above(0);
            bucket.copy(&copy).unwrap().receipt
        }
    }
}
