//! The server, for as long as its standard input is open.
//!
//! `[--listen ADDRESS] [--tls-listen ADDRESS] [--ca FILE] [--bucket NAME] [--seed KEY=FILE]
//! [--keys N]`

#[cfg(unix)]
fn main() -> Result<(), lexopt::Error> {
    use coslink_bench::server::{Options, run};
    use lexopt::prelude::*;

    let mut options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        tls_listen: ([127, 0, 0, 1], 0).into(),
        ca: "coslink-bench-ca.pem".into(),
        bucket: "bench-1250000000".to_owned(),
        seeds: Vec::new(),
        keys: 100_000,
    };
    let mut words = lexopt::Parser::from_env();
    while let Some(word) = words.next()? {
        match word {
            Long("listen") => options.listen = words.value()?.parse()?,
            Long("tls-listen") => options.tls_listen = words.value()?.parse()?,
            Long("ca") => options.ca = words.value()?.into(),
            Long("bucket") => options.bucket = words.value()?.string()?,
            Long("keys") => options.keys = words.value()?.parse()?,
            Long("seed") => {
                let pair = words.value()?.string()?;
                let (key, file) = pair.split_once('=').ok_or("--seed KEY=FILE")?;
                options.seeds.push((key.to_owned(), file.into()));
            }
            other => return Err(other.unexpected()),
        }
    }
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    run(options).map_err(|error| lexopt::Error::Custom(error.into()))
}

#[cfg(not(unix))]
fn main() {}
