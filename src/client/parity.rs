//! The requests of the official SDKs in `tests/vectors/wire`, each beside the one that coslink makes
//! of the same call. Whatever differs has its row, with a reason, in `differences.md` there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Client;
use super::execute::unwatched;
use super::source::Source;
use crate::credentials::Credentials;
use crate::endpoint::{Endpoint, Place, Site};
use crate::error::{ErrorKind, Result};
use crate::op::{DeleteObject, DeleteObjects, HeadObject, ListObjects, Operation, PutObject};
use crate::wire::encode::unpercent;
use crate::wire::sign::{self, Secret, Subject, Window};
use crate::wire::{Pairs, digest, names};

mod calls;
#[path = "../op/vectors/tree.rs"]
#[allow(clippy::duplicate_mod)]
mod tree;

const BUCKET: &str = "examplebucket-1250000000";
const REGION: &str = "ap-guangzhou";
const SECRET: Secret<'_> = Secret {
    id: "AKIDcoslinkVectorId0123456789abcdef",
    key: "coslinkVectorKey/+=0123456789ABCDEF",
};

/// A request, decoded.
#[derive(Debug)]
struct Seen {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Seen {
    fn new(method: &str, target: &str, headers: BTreeMap<String, String>, body: String) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let text = |text: &str| unpercent(&text.replace('+', " ")).unwrap();
        let mut decoded = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            assert_eq!(decoded.insert(text(name), text(value)), None, "{target}");
        }
        Self {
            method: method.to_owned(),
            path: unpercent(path).unwrap(),
            query: decoded,
            headers,
            body,
        }
    }

    /// What an SDK sent.
    fn recorded(request: &Value) -> Self {
        let text = |name: &str| request[name].as_str().unwrap();
        let headers = request["headers"].as_array().unwrap().iter().map(|pair| {
            let name = pair[0].as_str().unwrap().to_ascii_lowercase();
            // The recordings show each byte of a value as one character.
            let bytes: Vec<u8> = pair[1].as_str().unwrap().chars().map(|c| c as u8).collect();
            (name, String::from_utf8(bytes).unwrap())
        });
        let body = text("body").to_owned();
        assert_eq!(Some(body.len() as u64), request["body_length"].as_u64());
        Self::new(text("method"), text("target"), headers.collect(), body)
    }

    /// What this header says, where it follows from the body.
    fn of_body(&self, name: &str) -> Option<String> {
        match name {
            "content-length" => Some(self.body.len().to_string()),
            "content-md5" => Some(digest::content_md5(self.body.as_bytes())),
            _ => None,
        }
    }
}

/// Where the calls go, and with which credentials.
struct World {
    place: Place,
    token: Option<&'static str>,
    directory: tempfile::TempDir,
}

impl World {
    fn new(operation: &str) -> Self {
        let site = match operation {
            "accelerate_put" | "useAccelerate_put" => Site::Accelerate,
            "internal_put" => Site::Internal,
            "tencentcos_put" => Site::Domain("{bucket}.cos.{region}.tencentcos.cn".to_owned()),
            "customDomain_put" => Site::Domain("files.example.com".to_owned()),
            _ => Site::Standard,
        };
        let endpoint = Endpoint::default().site(site).unwrap();
        Self {
            place: Place::new(&endpoint, BUCKET, REGION).unwrap(),
            token: (operation == "putObject_token").then_some("TOKEN/a+b="),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// What coslink sends, as [`what_is_compared_is_what_is_sent`] holds.
    fn see<O: Operation>(&self, operation: O) -> Result<Seen> {
        let request = operation.request()?;
        if let Some(key) = &request.key {
            names::check_key(key)?;
        }
        names::check_headers(&request.headers)?;
        names::check_query(&request.query)?;
        let mut headers = request.headers.clone();
        headers.set("Host", self.place.host());
        if let Some(token) = self.token {
            headers.set("x-cos-security-token", token);
        }
        let mut looker = unwatched;
        let mut body = String::new();
        Source::open(&request.body, &mut looker, &mut |_| ())?
            .read_to_string(&mut body)
            .unwrap();
        if !body.is_empty() || request.method.sends_length() {
            headers.set("Content-Length", body.len().to_string());
        }
        let subject = Subject {
            method: request.method,
            path: &self.place.signed_path(request.key.as_deref()),
            query: &request.query,
            headers: &headers,
        };
        let signature = sign::sign(subject, SECRET, Window { start: 1, end: 2 });
        headers.set("Authorization", signature.authorization());
        headers.set("User-Agent", concat!("coslink/", env!("CARGO_PKG_VERSION")));
        let url = self.place.url(request.key.as_deref(), &request.query);
        let target = url.strip_prefix(&format!("https://{}", self.place.host()));
        Ok(Seen::new(
            request.method.as_str(),
            target.unwrap(),
            lower(&headers),
            body,
        ))
    }
}

fn lower(headers: &Pairs) -> BTreeMap<String, String> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect()
}

/// What differs between a request of coslink and one of an SDK: the thing, and who has it. `sdk`
/// alone has it, or coslink alone (`not sdk`), or both in different ways (`sdk differs`).
fn compare(ours: &Result<Seen>, theirs: Option<&Seen>, sdk: &str) -> Vec<(String, String)> {
    let only = |what: &str| (what.to_owned(), sdk.to_owned());
    let lacks = |what: &str| (what.to_owned(), format!("not {sdk}"));
    let differs = |what: &str| (what.to_owned(), format!("{sdk} differs"));
    let (ours, theirs) = match (ours, theirs) {
        (Ok(ours), Some(theirs)) => (ours, theirs),
        (Ok(_), None) => return vec![lacks("request")],
        (Err(error), theirs) => {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
            return theirs.iter().map(|_| only("request")).collect();
        }
    };
    let mut found = Vec::new();
    if ours.method != theirs.method {
        found.push(differs("method"));
    }
    if ours.path != theirs.path {
        found.push(differs("path"));
    }
    let is_xml = ours.body.starts_with('<') && theirs.body.starts_with('<');
    let same = match is_xml {
        true => tree::tree(&ours.body) == tree::tree(&theirs.body),
        false => ours.body == theirs.body,
    };
    if !same {
        found.push(differs("body"));
    }
    let pairs = [
        ("?", &ours.query, &theirs.query),
        ("", &ours.headers, &theirs.headers),
    ];
    for (mark, our_pairs, their_pairs) in pairs {
        for name in our_pairs
            .keys()
            .chain(their_pairs.keys())
            .collect::<BTreeSet<_>>()
        {
            let shown = format!("{mark}{name}");
            match (our_pairs.get(name), their_pairs.get(name)) {
                (Some(our), Some(their)) if our != their => {
                    let derived = mark.is_empty()
                        && ours.of_body(name).as_ref() == Some(our)
                        && theirs.of_body(name).as_ref() == Some(their);
                    if !derived {
                        found.push(differs(&shown));
                    }
                }
                (Some(_), None) => found.push(lacks(&shown)),
                (None, Some(their)) if their.is_empty() => {
                    found.push(only(&format!("empty {shown}")));
                }
                (None, Some(_)) => found.push(only(&shown)),
                _ => {}
            }
        }
    }
    found
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wire")
}

/// A row of the table for one operation and one `who`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    operation: String,
    what: String,
    who: String,
}

impl Row {
    fn covers(&self, operation: &str, what: &str, who: &str) -> bool {
        let begins = self.operation.strip_suffix('*');
        let named = match begins {
            Some(begin) => operation.starts_with(begin),
            None => operation == self.operation,
        };
        named && who == self.who && what == self.what
    }
}

fn table() -> BTreeSet<Row> {
    let text = std::fs::read_to_string(directory().join("differences.md")).unwrap();
    let mut rows = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, operations, what, who, reason, _] = cells[..] else {
            panic!("{line}")
        };
        assert!(!reason.is_empty(), "{line}");
        // Names of headers have no case; those of the query do.
        let what = match what.trim_matches('`') {
            query if query.contains('?') => query.to_owned(),
            header => header.to_ascii_lowercase(),
        };
        for operation in operations.split(", ") {
            for who in who.split(", ") {
                let row = Row {
                    operation: operation.trim_matches('`').to_owned(),
                    what: what.clone(),
                    who: who.to_owned(),
                };
                assert!(rows.insert(row), "twice: {line}");
            }
        }
    }
    rows
}

#[test]
fn every_difference_to_the_official_sdks_has_its_reason() {
    let rows = table();
    let (mut used, mut unknown) = (BTreeSet::new(), Vec::new());
    let (mut compared, mut calls) = (0, 0);
    let files = ["ops", "keys"].map(|name| std::fs::read_dir(directory().join(name)).unwrap());
    for file in files.into_iter().flatten() {
        let text = std::fs::read(file.unwrap().path()).unwrap();
        let recording: Value = serde_json::from_slice(&text).unwrap();
        let operation = recording["operation"].as_str().unwrap();
        for (version, said) in recording["by_sdk"].as_object().unwrap() {
            let sdk = version.split('-').next().unwrap();
            let requests = said["requests"].as_array().unwrap();
            assert!(requests.len() < 2, "{operation} of {version}");
            let theirs = requests.first().map(Seen::recorded);
            let ours = calls::call(operation, sdk, &World::new(operation));
            calls += 1;
            compared += usize::from(theirs.is_some() && ours.is_ok());
            for (what, who) in compare(&ours, theirs.as_ref(), sdk) {
                match rows.iter().find(|row| row.covers(operation, &what, &who)) {
                    Some(row) => _ = used.insert(row),
                    None => unknown.push(format!("{operation} | {what} | {who}")),
                }
            }
        }
    }
    println!("{calls} calls, {compared} pairs of requests compared");
    let unused: Vec<_> = rows.iter().filter(|row| !used.contains(row)).collect();
    assert!(unknown.is_empty(), "without a row: {unknown:#?}");
    assert!(unused.is_empty(), "rows without use: {unused:#?}");
    assert!(compared > 400);
}

/// The headers of the request that a client sends.
fn sent_headers<O: Operation>(operation: O) -> BTreeMap<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        socket
            .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        String::from_utf8(head).unwrap()
    });
    let client = Client::builder(Credentials::new(SECRET.id, SECRET.key))
        .endpoint(format!("http://{address}"))
        .build()
        .unwrap();
    let sent = client.bucket(BUCKET, REGION).unwrap().send(operation);
    assert!(sent.is_err());
    let head = server.join().unwrap();
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

#[test]
fn what_is_compared_is_what_is_sent() {
    fn check<O: Operation + Clone>(operation: O) {
        let mut seen = World::new("").see(operation.clone()).unwrap().headers;
        let mut sent = sent_headers(operation);
        // They were signed at different times.
        for headers in [&mut seen, &mut sent] {
            let signature = headers.get_mut("authorization").unwrap();
            let fields = signature
                .split('&')
                .map(|field| match field.split_once('=') {
                    Some((name @ ("q-header-list" | "q-url-param-list" | "q-ak"), list)) => {
                        (name, list)
                    }
                    Some((name, _)) => (name, ""),
                    None => panic!("{field}"),
                });
            *signature = format!("{:?}", fields.collect::<Vec<_>>());
        }
        assert_eq!(seen, sent, "{}", O::NAME);
    }
    check(
        PutObject::new("k", "x")
            .content_type("text/plain")
            .meta("a", "b"),
    );
    check(PutObject::new("k", ""));
    check(HeadObject::new("k").if_match("e"));
    check(ListObjects::new().prefix("p"));
    check(DeleteObject::new("k").version_id("v"));
    check(DeleteObjects::new(["k"]));
}
