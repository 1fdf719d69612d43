//! The C library as C programs see it: every scenario of `tests/c` and every example, compiled
//! strictly and run against the emulator, also under valgrind and the sanitizers.
#![cfg(all(unix, feature = "capi"))]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use cos_emulator::{Answer, BUCKET, CorsRule, Emulator, Proxy, REGION, SECRET_ID, SECRET_KEY};

#[path = "c/coverage.rs"]
mod coverage;
#[path = "c/cpp.rs"]
mod cpp;
#[path = "c/ctypes.rs"]
mod ctypes;
#[path = "c/examples.rs"]
mod examples;
#[path = "matrix/faults.rs"]
mod faults;
#[path = "c/network.rs"]
mod network;
#[path = "c/parameters.rs"]
mod parameters_sent;
#[path = "c/races.rs"]
mod races;
#[path = "c/readme.rs"]
mod readme;
#[path = "c/tools.rs"]
mod tools;

use tools::{
    Link, SANITIZER, at_home, compile, is_there, root, sanitizer_works, scratch, succeed, under,
    valgrind,
};

/// A scenario: a program of `tests/c`, an emulator as it needs it, and what the emulator saw.
struct Scenario {
    name: &'static str,
    start: fn() -> Emulator,
    /// Valgrind takes what ring's assembly writes for uninitialised.
    tls: bool,
    /// What else there must be: files in its directory, and proxies.
    stage: fn(&Emulator, &Path) -> Vec<Proxy>,
    prepare: fn(&Emulator),
    check: fn(&Emulator),
}

/// What most scenarios need.
const PLAIN: Scenario = Scenario {
    name: "",
    start: Emulator::start,
    tls: false,
    stage: |_, _| Vec::new(),
    prepare: nothing,
    check: nothing,
};

impl Scenario {
    fn play(&self, kind: &str, link: Link, flags: &[&str], runner: Option<Command>) {
        if self.tls && !cfg!(feature = "tls") {
            return;
        }
        let directory = scratch(&format!("{}-{kind}", self.name));
        let source = root().join("tests/c").join(format!("{}.c", self.name));
        let binary = compile(&source, &directory, link, flags);
        self.run(under(runner, &binary), &directory);
    }

    fn run(&self, mut program: Command, directory: &Path) {
        let cos = (self.start)();
        (self.prepare)(&cos);
        let proxies = (self.stage)(&cos, directory);
        program
            .args([&cos.url(), BUCKET, REGION, SECRET_ID, SECRET_KEY])
            .arg(directory);
        succeed(at_home(&mut program, directory));
        drop(proxies);
        (self.check)(&cos);
    }

    fn play_shared(&self) {
        self.play("shared", Link::Shared, &[], None);
    }

    fn play_in_valgrind(&self) {
        if is_there("valgrind") {
            let mut valgrind = valgrind();
            if self.tls {
                valgrind.arg("--undef-value-errors=no");
            }
            self.play("valgrind", Link::Shared, &[], Some(valgrind));
        }
    }
}

fn nothing(_: &Emulator) {}

#[test]
fn the_static_library_does_the_same() {
    for scenario in [&put_object::SCENARIO, &transfer::SCENARIO] {
        scenario.play("static", Link::Static, &[], None);
    }
}

/// The sanitizers see the scenario's own code, and every allocation, leak and copy of the library.
#[test]
fn address_sanitizer() {
    if !sanitizer_works() {
        return;
    }
    for scenario in SCENARIOS {
        scenario.play("sanitizer", Link::Shared, SANITIZER, None);
    }
}

/// One module for each scenario, so that they run side by side and fail by name.
macro_rules! scenarios {
    ($($name:ident $({ $($field:ident: $value:expr),* })?;)*) => {
        const SCENARIOS: &[&Scenario] = &[$(&$name::SCENARIO),*];
        $(mod $name {
            use super::*;

            pub(super) const SCENARIO: Scenario = Scenario {
                $($($field: $value,)*)?
                name: stringify!($name),
                ..PLAIN
            };

            #[test]
            fn shared() {
                SCENARIO.play_shared();
            }

            #[test]
            fn valgrind() {
                SCENARIO.play_in_valgrind();
            }
        })*
    };
}

scenarios! {
    list_objects;
    put_object { check: |cos| {
        let put = cos.object(BUCKET, "bytes").expect("it was put");
        assert_eq!(put.bytes().expect("its bytes"), b"hello!");
        assert_eq!(put.content_type, "text/plain");
        assert_eq!(put.storage_class, "STANDARD_IA");
        let metadata: Vec<_> =
            put.metadata.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(metadata, [("color", "blue"), ("shape", "round"), ("third", "3")]);
        for (key, expected) in [("file", &b"0123456789"[..]), ("tail", b"23456789"),
            ("middle", b"234"), ("callback", &[b'x'; 100]), ("empty", b"")] {
            let object = cos.object(BUCKET, key).expect("it was put");
            assert_eq!(object.bytes().expect("its bytes"), expected, "{key}");
        }
    } };
    get_object;
    head_object;
    delete_object;
    initiate_multipart_upload;
    upload_part;
    list_parts;
    complete_multipart_upload;
    abort_multipart_upload;
    post_object { check: |cos| {
        for (key, expected) in [("bytes", &b"hello!"[..]), ("up/hello.txt", b"hello!"),
            ("file", b"23456789"), ("callback", &[b'x'; 1000])] {
            let object = cos.object(BUCKET, key).expect("it was posted");
            assert_eq!(object.bytes().expect("its bytes"), expected, "{key}");
        }
        let posted = cos.object(BUCKET, "up/hello.txt").expect("it was posted");
        assert_eq!(posted.content_type, "text/plain");
        assert_eq!(posted.storage_class, "STANDARD_IA");
    } };
    options_object {
        start: || Emulator::builder().cors(BUCKET, vec![cors_rule()]).start(),
        prepare: |cos| fault(cos, "OptionsObject key=denied status=403 code=AccessDenied")
    };
    copy_object { check: |cos| assert_eq!(cos.keys(BUCKET), ["copy", "yes", "ä key+%"]) };
    upload_part_copy;
    delete_objects {
        prepare: |cos| fault(cos, "DeleteMultipleObjects key=denied deny=AccessDenied"),
        check: |cos| assert!(cos.keys(BUCKET).is_empty())
    };
    list_multipart_uploads;
    restore_object;
    put_object_acl;
    get_object_acl;
    request;
    parameters { check: parameters_sent::check };
    client_options { start: || {
        let hosts = Emulator::builder().domain("files.example.com", BUCKET).path_style(true);
        hosts.accelerate(BUCKET, true).start()
    } };
    proxies {
        start: || Emulator::builder().asks_for_certificate().start(),
        tls: true,
        stage: files_and_proxy,
        check: |cos| assert_eq!(count(cos, "key"), 7)
    };
    upload_stream {
        prepare: |cos| fault(cos, "UploadPart key=stopped times=forever delay=300"),
        check: |cos| assert_eq!(cos.keys(BUCKET), ["big", "empty", "small"])
    };
    presign;
    presigned { check: |cos| assert!(cos.keys(BUCKET).is_empty()) };
    sign_form { check: |cos| assert_eq!(cos.keys(BUCKET), ["up/key"]) };
    bad_input { check: |cos| {
        // Everything else was refused before it was sent.
        assert_eq!(cos.keys(BUCKET), ["k"]);
        let asked = cos.requests();
        assert!(asked.iter().all(|r| matches!(r.operation.as_str(), "PutObject" | "HeadObject")));
        assert_eq!(asked.len(), 4, "{asked:?}");
    } };
    callbacks {
        prepare: |cos| {
            fault(cos, "PutObject key=failing status=503");
            fault(cos, "PutObject key=failing%20too status=503");
        },
        check: |cos| {
            assert_eq!(cos.keys(BUCKET), ["failing too", "file", "key", "read"]);
            assert_eq!(count(cos, "failing"), 1);
            assert_eq!(count(cos, "failing too"), 2);
        }
    };
    log { prepare: |cos| {
        for level in [0, 2, 3, 4] {
            fault(cos, &format!("HeadObject key=passing{level} status=503"));
        }
    } };
    errors {
        prepare: |cos| {
            fault(cos, "HeadObject key=passing times=2 status=503");
            fault(cos, "HeadObject key=lasting times=forever status=503");
            fault(cos, "HeadObject key=late delay=2000");
            fault(cos, "HeadObject key=moved times=2 status=307 no-request-id");
            fault(cos, "HeadObject key=scarce times=forever status=503");
            fault(cos, "GetObject key=corrupt flip=3");
            fault(cos, "GetObject key=short cut=half");
            fault(cos, "ListObjects times=4 status=503");
        },
        check: |cos| {
            assert_eq!(count(cos, "denied"), 2, "a wrong secret is not tried again");
            assert_eq!(count(cos, "lasting"), 5);
        }
    };
    transfer {
        prepare: |cos| {
            fault(cos, "UploadPart key=stopped times=forever delay=300");
            fault(cos, "GetObject key=big after=3 times=forever rate=2000000");
        },
        check: |cos| assert_eq!(cos.keys(BUCKET), ["big", "small"])
    };
    resume {
        prepare: |cos| {
            for key in ["home", "up", "off", "never", "server"] {
                fault(cos, &format!("UploadPart key={key} part=2 times=4 reset"));
            }
            fault(cos, "UploadPartCopy key=copy part=2 times=4 reset");
            fault(cos, "GetObject key=down after=1 times=4 reset");
            // While part 2 waits, there is time to look on.
            for (transfer, key) in [("UploadPart", "kept"), ("UploadPartCopy", "kept%20copy"),
                ("UploadPart", "busy"), ("UploadPartCopy", "busy%20copy")] {
                fault(cos, &format!("{transfer} key={key} part=2 delay=300"));
            }
            fault(cos, "GetObject key=slow times=forever rate=6000000");
        },
        check: |cos| assert!(cos.uploads(BUCKET).is_empty())
    };
    verify { prepare: |cos| {
        fault(cos, "PutObject key=small times=2 no-crc");
        fault(cos, "PutObject key=stream no-crc");
        fault(cos, "CompleteMultipartUpload key=big times=2 no-crc");
        fault(cos, "HeadObject key=big times=forever no-crc");
        fault(cos, "HeadObject key=unsummed times=forever no-crc");
    } };
    copy_file { prepare: |cos| fault(cos, "HeadObject key=big delay=300"), check: |cos| {
        assert_eq!(cos.keys(BUCKET), ["big", "copy", "in parts", "replaced", "shared", "source"]);
        assert!(cos.uploads(BUCKET).is_empty());
    } };
    abort_uploads { check: |cos| assert!(cos.uploads(BUCKET).is_empty()) };
    batch { prepare: |cos| {
        for number in 0..5 {
            fault(cos, &format!("PutObject key=stopped/{number} times=forever delay=200"));
            fault(cos, &format!("GetObject key=file/{number} after=1 times=forever delay=200"));
        }
    } };
    queue {
        prepare: |cos| {
            for key in ["slow", "cancelled", "left", "first"] {
                fault(cos, &format!("UploadPart key={key} times=forever delay=60"));
            }
        },
        check: |cos| {
            assert_eq!(
                cos.keys(BUCKET),
                ["behind", "bytes", "copy", "empty", "first", "in order/1", "in order/2", "in order/3",
                    "left", "limited", "slow", "source", "up", "waited for", "written down"]
            );
            assert!(cos.uploads(BUCKET).is_empty());
        }
    };
    versions { start: || Emulator::builder().versioning(BUCKET, true).start() };
    matrix { prepare: network::prepare, check: network::check };
    threads { check: |cos| assert_eq!(cos.keys(BUCKET).len(), 8) };
}

/// A scenario that is not linked with the library.
const PLUGIN: Scenario = Scenario {
    name: "plugin",
    ..PLAIN
};

#[test]
fn plugin_shared() {
    PLUGIN.play("loaded", Link::Loaded, &[], None);
}

/// Certificates, and the URL of a proxy that leads to the emulator, right and wrong.
fn files_and_proxy(cos: &Emulator, directory: &Path) -> Vec<Proxy> {
    let proxy = Proxy::builder()
        .login("user", "hush:word")
        .answer(Answer::TunnelTo(cos.authority()))
        .start();
    let (certificate, key) = cos.client_pem();
    for (name, text) in [
        ("ca.pem", cos.ca_pem()),
        ("client.crt", certificate),
        ("client.key", key),
        ("proxy", proxy.url_of("user:hush%3Aword@")),
        ("stranger", proxy.url_of("user:husher@")),
    ] {
        fs::write(directory.join(name), text).expect("a file can be written");
    }
    vec![proxy]
}

fn cors_rule() -> CorsRule {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    CorsRule {
        id: String::new(),
        origins: list(&["https://www.qq.com"]),
        methods: list(&["PUT", "GET"]),
        headers: list(&["x-cos-meta-*"]),
        expose: list(&["ETag"]),
        max_age_seconds: Some(600),
    }
}

fn fault(cos: &Emulator, line: &str) {
    cos.fault(line).expect("a line of the fault script");
}

/// How many requests were for this key.
fn count(cos: &Emulator, key: &str) -> usize {
    cos.requests()
        .iter()
        .filter(|request| request.key == key)
        .count()
}

#[test]
fn every_scenario_is_run() {
    for entry in fs::read_dir(root().join("tests/c")).expect("tests/c") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .and_then(OsStr::to_str)
            .expect("a plain name");
        let is_program = path.extension() == Some(OsStr::new("c"));
        let is_run = SCENARIOS
            .iter()
            .chain([&&PLUGIN])
            .any(|scenario| scenario.name == name);
        assert!(!is_program || is_run, "{name} is not in tests/c.rs");
    }
}
