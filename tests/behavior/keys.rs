//! Any key survives the way there and back.

use std::process::Command;

use cos_emulator::BUCKET;
use coslink::{DeleteObject, GetObject, HeadObject, ListObjects, PutObject};

use crate::support::World;

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/keys.json");

fn keys() -> Vec<String> {
    let keys: Vec<String> = serde_json::from_slice(&std::fs::read(KEYS).unwrap()).unwrap();
    assert!(keys.iter().any(|key| key.len() == 850));
    keys
}

#[test]
fn tricky_keys_go_round() {
    let world = World::new();
    for key in &keys() {
        world
            .bucket
            .send(PutObject::new(key, key.as_str()))
            .unwrap();
        assert_eq!(
            world.stored(key).as_deref(),
            Some(key.as_bytes()),
            "{key:?}"
        );
        let head = world.bucket.send(HeadObject::new(key)).unwrap();
        assert_eq!(head.content_length, key.len() as u64, "{key:?}");
        let got = world.bucket.send(GetObject::new(key)).unwrap().output;
        assert_eq!(got.body.into_bytes().unwrap(), key.as_bytes(), "{key:?}");
        let mut listed = world.bucket.objects(ListObjects::new().prefix(key));
        assert_eq!(&listed.next().unwrap().unwrap().key, key);
        world.bucket.send(DeleteObject::new(key)).unwrap();
        assert!(world.stored(key).is_none(), "{key:?}");
    }
    assert_eq!(world.cos.keys(BUCKET), [""; 0]);
}

/// Runs where `COSLINK_PYTHON` names a Python that has the official SDK, as `tests/calibrate/run.sh`
/// installs it.
#[test]
fn the_official_python_sdk_reads_what_coslink_wrote() {
    let Some(python) = std::env::var_os("COSLINK_PYTHON") else {
        eprintln!("SKIP: COSLINK_PYTHON is not set");
        return;
    };
    let world = World::new();
    for key in &keys() {
        world
            .bucket
            .send(PutObject::new(key, key.as_str()))
            .unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calibrate/read_back.py");
    let status = Command::new(python)
        .arg(script)
        .arg(world.cos.url())
        .arg(KEYS)
        .status()
        .unwrap();
    assert!(status.success());
}
