//! The verifier against the signature vectors, directly and over a socket; CRC-64 vectors.
#![allow(clippy::unwrap_used)]

mod common;

use cos_emulator::auth::{Account, Failure, Wire, verify};
use cos_emulator::encode::{decode, encode, encode_path};
use cos_emulator::{Emulator, crc64};
use serde_json::Value;

fn load(name: &str) -> Value {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let pair = |p: &Value| {
        (
            p[0].as_str().unwrap().to_owned(),
            p[1].as_str().unwrap().to_owned(),
        )
    };
    value.as_array().unwrap().iter().map(pair).collect()
}

struct Vector {
    id: String,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    account: Account,
    start: i64,
    end: i64,
}

impl Vector {
    fn of(value: &Value) -> Self {
        let query: Vec<String> = pairs(&value["query"])
            .iter()
            .map(|(n, v)| format!("{}={}", encode(n.as_bytes()), encode(v.as_bytes())))
            .collect();
        let mut headers: Vec<(String, Vec<u8>)> = pairs(&value["headers"])
            .into_iter()
            .map(|(n, v)| (n, v.into_bytes()))
            .collect();
        let authorization = text(value, "expected_authorization").as_bytes().to_vec();
        headers.push(("Authorization".to_owned(), authorization));
        Self {
            id: text(value, "id").to_owned(),
            method: text(value, "method").to_owned(),
            path: encode_path(text(value, "path").as_bytes()),
            query: query.join("&"),
            headers,
            account: Account {
                secret_id: text(value, "secret_id").to_owned(),
                secret_key: text(value, "secret_key").to_owned(),
                token: None,
            },
            start: value["start"].as_i64().unwrap(),
            end: value["end"].as_i64().unwrap(),
        }
    }

    fn verify(&self, now: i64) -> Result<(), Failure> {
        // A token in a vector is that of its account.
        let token = self
            .headers
            .iter()
            .find(|(name, _)| name == "x-cos-security-token");
        let token = token.map(|(_, value)| String::from_utf8(value.clone()).unwrap());
        let account = Account {
            token,
            ..self.account.clone()
        };
        let wire = Wire {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
        };
        verify(&wire, &account, now).map(|_| ())
    }
}

fn vectors(kind: &str) -> Vec<Vector> {
    let all = load("sign.json");
    let of_kind = all["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|v| text(v, "kind") == kind);
    of_kind.map(Vector::of).collect()
}

#[test]
fn core_and_select_vectors_verify() {
    for kind in ["core", "select"] {
        let vectors = vectors(kind);
        assert!(vectors.len() >= 5);
        for vector in vectors {
            assert_eq!(vector.verify(vector.start), Ok(()), "{}", vector.id);
            assert_eq!(vector.verify(vector.end), Ok(()), "{}", vector.id);
        }
    }
}

#[test]
fn the_window_is_kept() {
    for vector in vectors("core") {
        assert_eq!(
            vector.verify(vector.start - 1),
            Err(Failure::NotYet),
            "{}",
            vector.id
        );
        assert_eq!(
            vector.verify(vector.end + 1),
            Err(Failure::Expired),
            "{}",
            vector.id
        );
    }
}

#[test]
fn any_change_is_noticed() {
    for vector in vectors("core") {
        let mismatch = |changed: &Vector| {
            let outcome = changed.verify(vector.start);
            assert!(
                matches!(outcome, Err(Failure::Mismatch { .. })),
                "{} {outcome:?}",
                vector.id
            );
        };
        mismatch(&Vector {
            method: "PATCH".to_owned(),
            ..copy(&vector)
        });
        mismatch(&Vector {
            path: format!("{}x", vector.path),
            ..copy(&vector)
        });
        let mut other = copy(&vector);
        other.account.secret_key.push('x');
        mismatch(&other);
        if let Some(at) = vector.headers.iter().position(|(name, _)| name == "Host") {
            let mut other = copy(&vector);
            other.headers[at].1.push(b'x');
            mismatch(&other);
        }
        let mut other = copy(&vector);
        other.account.secret_id.push('x');
        assert_eq!(other.verify(vector.start), Err(Failure::UnknownId));
    }
}

fn copy(vector: &Vector) -> Vector {
    Vector {
        id: vector.id.clone(),
        method: vector.method.clone(),
        path: vector.path.clone(),
        query: vector.query.clone(),
        headers: vector.headers.clone(),
        account: vector.account.clone(),
        ..*vector
    }
}

#[test]
fn the_sdks_own_vectors_verify() {
    let all = load("sign.json");
    let published = all["published_by_sdks"].as_array().unwrap();
    assert_eq!(published.len(), 5);
    for value in published.iter().filter(|v| v["reproduced"] == true) {
        let vector = Vector::of(value);
        assert_eq!(
            vector.verify(vector.start),
            Ok(()),
            "{}",
            text(value, "source")
        );
    }
}

#[test]
fn recorded_requests_of_four_sdks_verify() {
    let account = Account {
        secret_id: cos_emulator::SECRET_ID.to_owned(),
        secret_key: cos_emulator::SECRET_KEY.to_owned(),
        token: None,
    };
    let recorded = load("recorded.json");
    let (mut good, mut bad) = (0, Vec::new());
    for request in recorded.as_array().unwrap() {
        // Header bytes were recorded as one character each.
        let headers: Vec<(String, Vec<u8>)> = pairs(&request["headers"])
            .into_iter()
            .map(|(n, v)| {
                (
                    n,
                    v.chars()
                        .map(|c| u8::try_from(u32::from(c)).unwrap())
                        .collect(),
                )
            })
            .collect();
        let token = headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case("x-cos-security-token"));
        let token = token.map(|(_, value)| String::from_utf8(value.clone()).unwrap());
        let account = Account {
            token,
            ..account.clone()
        };
        let (path, query) = text(request, "target")
            .split_once('?')
            .unwrap_or((text(request, "target"), ""));
        let wire = Wire {
            method: text(request, "method"),
            path,
            query,
            headers: &headers,
        };
        let start = headers
            .iter()
            .find(|(n, _)| n == "Authorization")
            .and_then(|(_, v)| {
                let text = std::str::from_utf8(v).unwrap();
                let time = text.split("q-sign-time=").nth(1)?.split(';').next()?;
                time.parse::<i64>().ok()
            })
            .unwrap_or(0);
        match verify(&wire, &account, start) {
            Ok(_) => {
                assert_ne!(
                    request["ok"],
                    false,
                    "{} must not verify",
                    text(request, "from")
                );
                good += 1;
            }
            // OPTIONS goes unsigned in some SDKs.
            Err(Failure::Anonymous) => {}
            Err(failure) => {
                assert_ne!(
                    request["ok"],
                    true,
                    "{}: {failure:?}",
                    text(request, "from")
                );
                bad.push(text(request, "from").to_owned());
            }
        }
    }
    assert!(good > 600, "{good}");
    // A host signed without its port, and paths that were collapsed after signing.
    assert_eq!(bad.len(), 6, "{bad:?}");
}

#[test]
fn vectors_pass_over_a_socket() {
    let mut passed = 0;
    for vector in vectors("core") {
        let host = vector.headers.iter().find(|(name, _)| name == "Host");
        let printable = vector
            .headers
            .iter()
            .all(|(_, v)| v.iter().all(|b| (32..127).contains(b)));
        let chunked = vector
            .headers
            .iter()
            .any(|(name, _)| name == "Transfer-Encoding");
        if host.is_none_or(|(_, h)| h != common::HOST.as_bytes()) || !printable || chunked {
            continue;
        }
        let mut builder = Emulator::builder()
            .ssec_on_http(true)
            .credentials(&vector.account.secret_id, &vector.account.secret_key);
        for (name, value) in &vector.headers {
            if name == "x-cos-security-token" {
                builder = builder.token(std::str::from_utf8(value).unwrap());
            }
        }
        let cos = builder.start();
        cos.set_clock(vector.start - common::now());
        let target = match vector.query.as_str() {
            "" => vector.path.clone(),
            query => format!("{}?{query}", vector.path),
        };
        let mut request = format!("{} {target} HTTP/1.1\r\n", vector.method.to_uppercase());
        for (name, value) in &vector.headers {
            request.push_str(&format!(
                "{name}: {}\r\n",
                std::str::from_utf8(value).unwrap()
            ));
        }
        request.push_str("\r\n");
        let mut stream = common::connect(&cos);
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        std::net::TcpStream::shutdown(&stream, std::net::Shutdown::Write).unwrap();
        let answer = common::read_answer(&stream, vector.method == "HEAD").unwrap();
        // What happens to the request then depends on it; it must have been let in.
        assert_ne!(answer.status, 403, "{}: {}", vector.id, answer.text());
        assert!(answer.header("x-cos-request-id").is_some(), "{}", vector.id);
        passed += 1;
    }
    assert!(passed > 40, "{passed}");
}

fn data(value: &Value) -> Option<Vec<u8>> {
    let repeated = value["repeat"]
        .as_u64()
        .or(value["count"].as_u64())
        .unwrap_or(1);
    let piece = match (value["ascii"].as_str(), value["hex"].as_str()) {
        (Some(ascii), _) => ascii.as_bytes().to_vec(),
        (None, Some(hex)) => {
            let escaped: String = hex
                .as_bytes()
                .chunks(2)
                .map(|c| format!("%{}{}", c[0] as char, c[1] as char))
                .collect();
            decode(escaped.as_bytes())?
        }
        _ => return None,
    };
    Some(piece.repeat(usize::try_from(repeated).ok()?))
}

#[test]
fn crc64_vectors() {
    let all = load("crc64.json");
    let number = |v: &Value| v.as_str().unwrap().parse::<u64>().unwrap();
    let mut checked = 0;
    for vector in all["vectors"].as_array().unwrap() {
        let Some(bytes) = data(&vector["data"]) else {
            continue;
        };
        if bytes.len() as u64 == vector["length"].as_u64().unwrap() {
            assert_eq!(crc64::checksum(&bytes), number(&vector["crc_decimal"]));
            checked += 1;
        }
    }
    assert!(checked > 5, "{checked}");
    let combined = all["combine"].as_array().unwrap();
    assert!(!combined.is_empty());
    for vector in combined {
        let (first, second) = (number(&vector["crc1"]), number(&vector["crc2"]));
        let length = vector["len2"].as_u64().unwrap();
        assert_eq!(
            crc64::combine(first, second, length),
            number(&vector["combined"])
        );
    }
}
