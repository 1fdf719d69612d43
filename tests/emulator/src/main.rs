//! The emulator as a program.
#![forbid(unsafe_code)]

use std::io::{Read, Write};
use std::process::ExitCode;

use cos_emulator::Emulator;

const HELP: &str = "\
A strict emulator of Tencent Cloud COS on 127.0.0.1, for tests.

usage: cos-emulator [OPTION]...

  --port N                 listen on port N (default: a free one)
  --bucket NAME[:REGION]   a bucket that exists, may be repeated
                           (default: examplebucket-1250000000:ap-guangzhou)
  --secret-id ID           who may sign, and with what
  --secret-key KEY
  --token TOKEN            requests must carry this security token
  --domain HOST=BUCKET     a custom domain, may be repeated
  --versioning BUCKET      the bucket keeps versions, may be repeated
  --accelerate BUCKET      the accelerate host leads to the bucket, may be repeated
  --path-style             cos.<region> hosts take the bucket from the path
  --directory DIR          keep bytes there (default: a temporary directory)
  --tls                    serve TLS; the authority's certificate is written to a file
  --ssec-on-http           take SSE-C keys without TLS
  --opaque-etags           no ETag is an MD5; uploads cost half as much
  --fault 'LINE'           a line of the fault script, may be repeated
  --clock SECONDS          set the clock off by that much
  --log                    one line per request on standard error
  --stay                   do not end when standard input ends
  --help

Prints one line {\"url\":\"http://127.0.0.1:PORT\"} (with TLS also \"ca\") and serves until
standard input ends or SIGTERM or SIGINT comes.
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "cos-emulator: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut builder = Emulator::builder();
    let (mut id, mut key) = (
        cos_emulator::SECRET_ID.to_owned(),
        cos_emulator::SECRET_KEY.to_owned(),
    );
    let (mut faults, mut clock) = (Vec::new(), 0);
    let (mut stay, mut tls, mut directory) = (false, false, None);
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{option} needs a value"));
        match option.as_str() {
            "--port" => builder = builder.port(number(&value()?)?),
            "--bucket" => {
                let bucket = value()?;
                let (name, region) = bucket
                    .split_once(':')
                    .unwrap_or((&bucket, cos_emulator::REGION));
                builder = builder.bucket(name, region);
            }
            "--secret-id" => id = value()?,
            "--secret-key" => key = value()?,
            "--token" => builder = builder.token(&value()?),
            "--domain" => {
                let domain = value()?;
                let (host, bucket) = domain.split_once('=').ok_or("--domain HOST=BUCKET")?;
                builder = builder.domain(host, bucket);
            }
            "--versioning" => builder = builder.versioning(&value()?, true),
            "--accelerate" => builder = builder.accelerate(&value()?, true),
            "--path-style" => builder = builder.path_style(true),
            "--directory" => directory = Some(std::path::PathBuf::from(value()?)),
            "--fault" => faults.push(value()?),
            "--clock" => clock = number(&value()?)?,
            "--tls" => tls = true,
            "--ssec-on-http" => builder = builder.ssec_on_http(true),
            "--opaque-etags" => builder = builder.opaque_etags(true),
            "--log" => builder = builder.log(true),
            "--stay" => stay = true,
            "--help" => {
                let _ = std::io::stdout().write_all(HELP.as_bytes());
                return Ok(());
            }
            other => return Err(format!("unknown option {other}; see --help")),
        }
    }
    let temporary = tempfile::Builder::new()
        .prefix("cos-emulator-")
        .tempdir()
        .map_err(|error| format!("no temporary directory: {error}"))?;
    let directory = directory.unwrap_or_else(|| temporary.path().to_owned());
    let emulator = builder
        .credentials(&id, &key)
        .directory(directory)
        .tls(tls)
        .try_start()
        .map_err(|error| format!("cannot start: {error}"))?;
    emulator.set_clock(clock);
    for line in faults {
        emulator.fault(&line)?;
    }
    let mut line = format!("{{\"url\":\"{}\"", emulator.url());
    if tls {
        let path = temporary.path().join("ca.pem");
        std::fs::write(&path, emulator.ca_pem()).map_err(|error| error.to_string())?;
        let escaped = path
            .display()
            .to_string()
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        line.push_str(&format!(",\"ca\":\"{escaped}\""));
    }
    let mut output = std::io::stdout();
    let _ = writeln!(output, "{line}}}").and_then(|()| output.flush());
    wait(stay)
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text} is not a fitting number"))
}

/// Returns on a signal, or when standard input ends.
fn wait(stay: bool) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let (ended, mut end) = tokio::sync::mpsc::channel::<()>(1);
    if !stay {
        // Not joined: it may wait in a read for ever, and ends with the process.
        let reading = ended.clone();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink());
            let _ = reading.blocking_send(());
        });
    }
    runtime.block_on(async {
        tokio::select! {
            _ = end.recv() => {}
            () = signal() => {}
        }
    });
    drop(ended);
    Ok(())
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
