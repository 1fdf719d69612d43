//! A window's worth of transfers in a queue, with a bar for each: some are paused and restarted, one
//! is cancelled, and the bandwidth changes on the way.
//!
//! `cargo run --example queue` uses an emulator of its own; with `COS_SECRET_ID`, `COS_SECRET_KEY`,
//! `COS_BUCKET` and `COS_REGION` set, the service.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use cos_emulator::Emulator;
use coslink::{
    Bucket, Client, Credentials, DownloadFile, Event, Queue, TaskId, TaskState, UploadBytes,
    UploadFile,
};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let (bucket, _emulator) = open_bucket(directory.path())?;
    let client = bucket.client();
    let queue = client
        .queue()
        .directory(directory.path().join("queue"))
        .build()?;
    // So that there is something to see.
    client.set_upload_limit(40 << 20);

    let mut bars = Bars::default();
    for number in 0..5_u64 {
        let path = directory.path().join(format!("file-{number}"));
        File::create(&path)?.set_len((number + 1) * (8 << 20))?;
        let upload = UploadFile::new(format!("queue/{number}"), path).part_size(1 << 20);
        bars.ids
            .push(queue.push(&bucket, upload.slice_above(4 << 20)));
    }
    let note = UploadBytes::new("queue/note.txt", "from memory").content_type("text/plain");
    bars.ids.push(queue.push_with(&bucket, note, 1));

    let (paused, cancelled) = (bars.ids[1], bars.ids[4]);
    let begun = Instant::now();
    let mut script = Script::default();
    while bars.finished.len() < bars.ids.len() {
        // A frame of a sixtieth of a second, as a game or a window has it.
        while let Some(event) = queue.poll(Duration::ZERO)? {
            bars.take(event);
        }
        script.play(&queue, begun.elapsed(), paused, cancelled)?;
        bars.draw(&queue);
        std::thread::sleep(Duration::from_millis(16));
    }
    // What was uploaded comes down again.
    client.set_download_limit(80 << 20);
    let download = DownloadFile::new("queue/3", directory.path().join("back"));
    bars.ids.push(queue.push(&bucket, download));
    while bars.finished.len() < bars.ids.len() {
        if let Some(event) = queue.poll(Duration::from_millis(16))? {
            bars.take(event);
        }
        bars.draw(&queue);
    }
    bars.end(&queue)
}

/// What a user would press.
#[derive(Default)]
struct Script {
    step: usize,
}

impl Script {
    fn play(
        &mut self,
        queue: &Queue,
        time: Duration,
        paused: TaskId,
        cancelled: TaskId,
    ) -> coslink::Result<()> {
        let is_due =
            |step: usize, millis| self.step == step && time > Duration::from_millis(millis);
        if is_due(0, 200) {
            // A task that is done by then is not in a state for it, which is no harm.
            let _ = queue.pause(paused);
            let _ = queue.cancel(cancelled);
        } else if is_due(1, 600) {
            if queue
                .task(paused)
                .is_some_and(|task| task.state == TaskState::Paused)
            {
                queue.restart(paused)?;
                queue.to_front(paused)?;
            }
        } else {
            return Ok(());
        }
        self.step += 1;
        Ok(())
    }
}

/// One bar for each task, drawn over the ones before where there is a terminal.
#[derive(Default)]
struct Bars {
    ids: Vec<TaskId>,
    finished: BTreeMap<TaskId, String>,
    drawn: usize,
}

impl Bars {
    fn take(&mut self, event: Event) {
        if let Event::Finished(id, result) = event {
            let text = result.map_or_else(|error| error.to_string(), |_| "done".to_owned());
            self.finished.insert(id, text);
        }
    }

    fn draw(&mut self, queue: &Queue) {
        let mut out = std::io::stderr();
        if !out.is_terminal() {
            return;
        }
        let up = match self.drawn {
            0 => String::new(),
            lines => format!("\x1b[{lines}A"),
        };
        let lines: String = self.ids.iter().map(|id| line(queue, *id)).collect();
        self.drawn = self.ids.len();
        let _ = write!(out, "{up}{lines}");
    }

    fn end(&self, queue: &Queue) -> Result<(), Box<dyn Error>> {
        for id in &self.ids {
            let task = queue.task(*id).ok_or("a task is gone")?;
            println!("{:16} {:?}", task.key, task.state);
            let is_right = matches!(task.state, TaskState::Succeeded | TaskState::Cancelled);
            if !is_right {
                return Err(self.finished[id].clone().into());
            }
        }
        Ok(())
    }
}

fn line(queue: &Queue, id: TaskId) -> String {
    let Some(task) = queue.task(id) else {
        return "\n".to_owned();
    };
    let full = (task.progress.fraction() * 30.0) as usize;
    let (done, left) = ("#".repeat(full), ".".repeat(30 - full));
    let (state, speed) = (format!("{:?}", task.state), task.progress.speed / 1_000_000);
    format!(
        "{:16} [{done}{left}] {state:10} {speed:4} MB/s\x1b[K\n",
        task.key
    )
}

/// A bucket of the service when the environment names one, else of an emulator, which lives as long
/// as it is held.
fn open_bucket(directory: &Path) -> Result<(Bucket, Option<Emulator>), Box<dyn Error>> {
    if std::env::var_os("COS_SECRET_ID").is_some() {
        let (bucket, region) = (std::env::var("COS_BUCKET")?, std::env::var("COS_REGION")?);
        let client = Client::builder(Credentials::from_env()?).build()?;
        return Ok((client.bucket(&bucket, &region)?, None));
    }
    let emulator = Emulator::builder().directory(directory).try_start()?;
    let credentials = Credentials::new(cos_emulator::SECRET_ID, cos_emulator::SECRET_KEY);
    let client = Client::builder(credentials)
        .endpoint(emulator.url())
        .journal(directory.join("journals"))
        .build()?;
    let bucket = client.bucket(cos_emulator::BUCKET, cos_emulator::REGION)?;
    Ok((bucket, Some(emulator)))
}
