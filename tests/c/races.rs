//! No two threads touch the same memory unordered, as the thread sanitizer sees it.
//!
//! Valgrind's helgrind and drd would not do: they know neither futexes, which std's locks are, nor
//! atomics, which Arc and the channels are, and a suppression for that would have to cover whatever
//! these guard. So the library is compiled with the sanitizer, its dependencies too. Only std comes
//! as it is; `races/edges.c` tells the sanitizer what its locks do, and `races.supp` the rest.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use cos_emulator::{BUCKET, Emulator, REGION, SECRET_ID, SECRET_KEY};

use super::SCENARIOS;
use super::tools::{at_home, root, scratch, succeed};

const FLAGS: &[&str] = &[
    "-Zsanitizer=thread",
    // Std comes without it.
    "-Cunsafe-allow-abi-mismatch=sanitizer",
];

/// Functions of std that `races/edges.c` stands in front of: its name for each, and what the
/// mangled name has in it and ends with.
const EDGES: &[(&str, &str, &str)] = &[
    (
        "MUTEX_LOCK",
        "3sys4sync5mutex5futex",
        "5Mutex14lock_contended",
    ),
    (
        "RWLOCK_READ",
        "3sys4sync6rwlock5futex",
        "6RwLock14read_contended",
    ),
    (
        "RWLOCK_WRITE",
        "3sys4sync6rwlock5futex",
        "6RwLock15write_contended",
    ),
    ("CONDVAR_WAIT", "3sys4sync7condvar5futex", "7Condvar4wait"),
    (
        "CONDVAR_WAIT_TIMEOUT",
        "3sys4sync7condvar5futex",
        "7Condvar12wait_timeout",
    ),
    ("ONCE_CALL", "3sys4sync4once5futex", "4Once4call"),
];

/// What the sanitizer makes a program end with.
const RACE: i32 = 66;

/// The compiler's parts for the sanitizer.
struct Sanitizer {
    host: String,
    runtime: PathBuf,
    /// Each of `EDGES` with its symbol.
    edges: Vec<(&'static str, String)>,
}

impl Sanitizer {
    /// Or what is missing here.
    fn find() -> Result<Self, String> {
        if !cfg!(all(
            target_os = "linux",
            target_arch = "x86_64",
            target_env = "gnu"
        )) {
            return Err("only on Linux with x86-64 and glibc".to_owned());
        }
        let libraries = PathBuf::from(answer("rustc", &["--print", "target-libdir"])?);
        let file = |begin: &str, end: &str| {
            let entries = fs::read_dir(&libraries).map_err(|e| e.to_string())?;
            entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .find(|name| name.starts_with(begin) && name.ends_with(end))
                .map(|name| libraries.join(name))
                .ok_or(format!("the toolchain has no {begin}*{end}"))
        };
        let runtime = file("librustc", "_rt.tsan.a")?;
        // The shared std has the names, too; in the other one nm may find nothing but bitcode.
        let std = file("libstd-", ".so")?;
        let symbols = answer("nm", &["-D", &std.display().to_string()])?;
        let mut edges = Vec::new();
        for &(edge, path, function) in EDGES {
            let symbol = symbols
                .split_whitespace()
                .find(|name| name.contains(path) && name.ends_with(function))
                .ok_or(format!("std has no {path} {function}"))?;
            edges.push((edge, symbol.to_owned()));
        }
        let found = Self {
            host: answer("rustc", &["--print", "host-tuple"])?,
            runtime,
            edges,
        };
        if !found.works() {
            return Err("a program with the sanitizer does not run".to_owned());
        }
        Ok(found)
    }

    /// Whether both compilers know the sanitizer and a program with it runs.
    fn works(&self) -> bool {
        let directory = scratch("races-probe");
        let source = directory.join("probe.c");
        fs::write(&source, "int main(void) { return 0; }\n").expect("the probe can be written");
        let mut rustc = Command::new("rustc");
        rustc.env("RUSTC_BOOTSTRAP", "1").args(FLAGS);
        rustc.args([
            "--crate-name=probe",
            "--crate-type=lib",
            "--emit=metadata",
            "-",
        ]);
        rustc.arg("--out-dir").arg(&directory).stdin(Stdio::null());
        let compiles = |command: &mut Command| {
            let output = command.stderr(Stdio::null()).output();
            output.is_ok_and(|output| output.status.success())
        };
        let binary = directory.join("probe");
        compiles(&mut rustc)
            && compiles(&mut compiler(&source, &directory))
            && compiles(&mut self.linker(&binary))
            && compiles(&mut Command::new(&binary))
    }

    /// Compiles the library; what is given is the directory that it is in.
    fn library(&self) -> PathBuf {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("races");
        let source = root().join("tests/c/races/edges.c");
        let text = fs::read(&source).expect("the edges");
        // Cargo links again for another name only, not for other content.
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let edges = scratch("races-edges").join(format!("{:x}.o", hasher.finish()));
        let mut cc = Command::new("cc");
        cc.args([
            "-std=c11", "-g", "-O1", "-fPIC", "-Wall", "-Wextra", "-Werror", "-c", "-o",
        ])
        .arg(&edges)
        .arg(&source);
        let mut wrapped = vec!["__tsan_atomic64_fetch_sub".to_owned()];
        for (edge, symbol) in &self.edges {
            cc.arg(format!("-D{edge}={symbol}"));
            wrapped.push(symbol.clone());
        }
        succeed(&mut cc);
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .current_dir(root())
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", FLAGS.join(" "))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .args([
                "rustc",
                "--frozen",
                "--quiet",
                "--lib",
                "--crate-type=cdylib",
            ])
            .args(["--features=capi", "--target", &self.host, "--target-dir"])
            .arg(&target)
            .arg("--")
            .arg(format!("-Clink-arg={}", edges.display()));
        for symbol in wrapped {
            cargo.arg(format!("-Clink-arg=-Wl,--wrap={symbol}"));
        }
        succeed(&mut cargo);
        target.join(&self.host).join("debug")
    }

    /// Compiles a program with the sanitizer and links it with the library.
    fn program(&self, source: &Path, library: &Path, into: &Path) -> PathBuf {
        succeed(&mut compiler(source, into));
        let binary = into.join(source.file_stem().expect("a name"));
        let mut linker = self.linker(&binary);
        linker.arg("-L").arg(library).arg("-lcoslink");
        linker.arg(format!("-Wl,-rpath,{}", library.display()));
        succeed(&mut linker);
        binary
    }

    /// The runtime is rustc's, also for the C code: a program can have one only.
    fn linker(&self, binary: &Path) -> Command {
        let mut cc = Command::new("cc");
        cc.args(["-pthread", "-rdynamic", "-o"])
            .arg(binary)
            .arg(binary.with_extension("o"))
            .arg("-Wl,--whole-archive")
            .arg(&self.runtime)
            .args(["-Wl,--no-whole-archive", "-lrt", "-lm", "-ldl"]);
        cc
    }
}

fn answer(program: &str, question: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(question)
        .output()
        .map_err(|e| format!("{program}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("{program} cannot tell {question:?}")),
    }
}

fn compiler(source: &Path, into: &Path) -> Command {
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-g", "-pthread", "-fsanitize=thread", "-c"])
        .arg("-I")
        .arg(root().join("include"))
        .arg("-o")
        .arg(
            into.join(source.file_stem().expect("a name"))
                .with_extension("o"),
        )
        .arg(source);
    cc
}

#[test]
fn no_races() {
    let sanitizer = match Sanitizer::find() {
        Ok(sanitizer) => sanitizer,
        Err(missing) => return println!("note: no look for races: {missing}"),
    };
    let begun = Instant::now();
    let library = sanitizer.library();
    println!("the library took {:?}", begun.elapsed());
    races_are_found(&sanitizer, &library);
    let begun = Instant::now();
    for scenario in SCENARIOS {
        let directory = scratch(&format!("{}-races", scenario.name));
        let source = root().join("tests/c").join(format!("{}.c", scenario.name));
        let binary = sanitizer.program(&source, &library, &directory);
        scenario.run(program(&binary), &directory);
    }
    println!("the scenarios took {:?}", begun.elapsed());
}

fn program(binary: &Path) -> Command {
    let mut program = Command::new(binary);
    // With a short history the other half of a race may be forgotten, and nothing is reported.
    let suppressions = root().join("tests/c/races.supp");
    let options = format!(
        "exitcode={RACE}:history_size=7:suppressions='{}'",
        suppressions.display()
    );
    program.env("TSAN_OPTIONS", options);
    program
}

/// A race of the host and one within the library are both reported, and nothing else is.
fn races_are_found(sanitizer: &Sanitizer, library: &Path) {
    let directory = scratch("racing");
    let source = root().join("tests/c/races/racing.c");
    let binary = sanitizer.program(&source, library, &directory);
    let cos = Emulator::start();
    let mut racing = program(&binary);
    racing
        .args([&cos.url(), BUCKET, REGION, SECRET_ID, SECRET_KEY])
        .arg(&directory);
    // As `succeed` does, for the same reason.
    racing.env_remove("LD_LIBRARY_PATH");
    let output = at_home(&mut racing, &directory).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(RACE), "{said}");
    let (mut in_host, mut in_library) = (0, 0);
    for report in said.split("WARNING: ThreadSanitizer: ").skip(1) {
        assert!(report.starts_with("data race"), "{said}");
        match report.contains("host_counts") {
            true => in_host += 1,
            false if report.contains("coslink_objects_next") => in_library += 1,
            false => panic!("neither of both: {said}"),
        }
    }
    assert!(in_host > 0 && in_library > 0, "{said}");
    println!("racing: {in_host} of the host, {in_library} of the library");
}
