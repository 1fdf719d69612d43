//! A small server that speaks as much of COS as the workloads need, and costs little.
//!
//! It checks no signature and has one bucket. Bodies above 1 MiB are thrown away when they are
//! summed up; downloads come from a file, or are zeros (`zeros/1048576` is 1 MiB of them). Sums are
//! true, but computed once for bodies of the same length and the same first bytes.

mod calls;
mod content;
mod control;
mod http;
mod kernel;
mod listing;
mod pace;
mod store;
mod sums;
mod tls;

use std::fs;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, SystemTime};

use control::Stats;
use http::{Connection, Io};
use store::Store;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen in the clear.
    pub listen: SocketAddr,
    /// Where to listen with TLS.
    pub tls_listen: SocketAddr,
    /// Where the certificate of the authority that clients trust is written, in PEM.
    pub ca: PathBuf,
    /// The bucket, which a request may name in its path.
    pub bucket: String,
    /// Objects that are there from the beginning: key and file.
    pub seeds: Vec<(String, PathBuf)>,
    /// How many keys begin with `list/`.
    pub keys: usize,
}

/// Where a server listens, in one line of JSON on its standard output.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct Addresses {
    /// In the clear.
    pub url: String,
    /// With TLS.
    pub tls_url: String,
}

struct App {
    options: Options,
    stats: Stats,
    store: Store,
    /// When the objects were made, as in `Last-Modified`.
    date: String,
}

impl App {
    /// One way there and back.
    fn latency(&self) {
        match self.stats.latency_ms.load(Relaxed) {
            0 => {}
            latency => thread::sleep(Duration::from_millis(latency)),
        }
    }
}

/// Listens, says where, and answers for ever.
pub fn run(options: Options) -> io::Result<()> {
    let host = format!("{}.cos.ap-guangzhou.myqcloud.com", options.bucket);
    let (config, ca) = tls::certify(vec!["localhost".to_owned(), "127.0.0.1".to_owned(), host])?;
    fs::write(&options.ca, ca)?;
    let plain = TcpListener::bind(options.listen)?;
    let secure = TcpListener::bind(options.tls_listen)?;
    let store = Store::new(&options.seeds)?;
    let date = httpdate::fmt_http_date(SystemTime::now());
    let app = Arc::new(App {
        options,
        stats: Stats::default(),
        store,
        date,
    });
    let addresses = Addresses {
        url: format!("http://{}", plain.local_addr()?),
        tls_url: format!("https://{}", secure.local_addr()?),
    };
    println!("{}", serde_json::to_string(&addresses)?);
    io::stdout().flush()?;
    let other = app.clone();
    thread::spawn(move || {
        serve(&other, &secure, move |stream| tls::accept(&config, stream));
    });
    serve(&app, &plain, |stream| Ok(Io::Plain(stream)));
    Ok(())
}

fn serve(
    app: &Arc<App>,
    listener: &TcpListener,
    wrap: impl Fn(TcpStream) -> io::Result<Io> + Clone + Send + 'static,
) {
    for stream in listener.incoming().flatten() {
        let (app, wrap) = (app.clone(), wrap.clone());
        thread::spawn(move || {
            // A client that goes away is no matter of the server.
            let _ = connection(&app, stream, wrap);
        });
    }
}

fn connection(
    app: &App,
    stream: TcpStream,
    wrap: impl Fn(TcpStream) -> io::Result<Io>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if app.stats.conn_mbps.load(Relaxed) > 0 {
        kernel::limit_buffers(&stream, 256 << 10)?;
    }
    app.latency();
    calls::answer_all(app, Connection::new(wrap(stream)?))
}
