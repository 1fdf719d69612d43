//! `coslink-bench-measure FILE PROGRAM ARGUMENT...` writes what a run costs to FILE, as JSON.

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(file), Some(program)) = (words.next(), words.next()) else {
        return Err(std::io::Error::other("FILE PROGRAM ARGUMENT..."));
    };
    let cost = coslink_bench::measure::measure(&program, &words.collect::<Vec<_>>())?;
    std::fs::write(file, serde_json::to_string(&cost)?)
}

#[cfg(not(unix))]
fn main() {}
