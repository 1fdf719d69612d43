//! The programs that a run needs, built by cargo and cc.

use std::env;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The C library's driver.
pub(super) const C_DRIVER: &str = "coslink-driver-c";

/// Where the programs are.
pub(super) struct Tools {
    directory: PathBuf,
}

/// The project's own directory.
pub(super) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_owned()
}

impl Tools {
    /// Builds them beside this program, as it was built.
    pub(super) fn new(build: bool) -> Result<Self> {
        let own = env::current_exe()?;
        let directory = own.parent().unwrap_or(&own).to_owned();
        let tools = Self { directory };
        if build {
            tools.build()?;
            if let Err(error) = tools.build_c() {
                // What an earlier run built is not what is there now.
                let _ = std::fs::remove_file(tools.at(C_DRIVER));
                eprintln!("without the C library: {error}");
            }
        }
        Ok(tools)
    }

    /// The path of a program.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn target(&self) -> &Path {
        self.directory.parent().unwrap_or(&self.directory)
    }

    fn cargo(&self, words: &[&str], target: &Path) -> Result<()> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .current_dir(root())
            .args(words)
            .arg("--target-dir")
            .arg(target);
        run(&mut command)
    }

    fn build(&self) -> Result<()> {
        let mut words = vec!["build", "-p", "coslink-bench", "--bins"];
        if self.directory.ends_with("release") {
            words.push("--release");
        }
        self.cargo(&words, self.target())
    }

    /// As the Makefile builds the C library, in the same place.
    fn build_c(&self) -> Result<()> {
        let root = root();
        let source = root.join("tests/bench/drivers/c.c");
        if !source.exists() {
            return Err(Error::other("there is no driver yet"));
        }
        let target = self.target().join("capi");
        let types = "cdylib,staticlib";
        self.cargo(
            &["rustc", "--release", "--lib", "--crate-type", types],
            &target,
        )?;
        let library = target.join("release");
        let mut command = Command::new("cc");
        command
            .args(["-O2", "-pthread", "-I"])
            .arg(root.join("include"))
            .arg(source);
        command.arg("-L").arg(&library).arg("-lcoslink");
        command.arg(format!("-Wl,-rpath,{}", library.display()));
        run(command.arg("-o").arg(self.at(C_DRIVER)))
    }
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let failed = |why: String| Error::other(format!("{}: {why}", program.display()));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}
