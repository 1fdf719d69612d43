//! Any key survives the way there and back.

use cos_emulator::BUCKET;
use coslink::{DeleteObject, GetObject, HeadObject, ListObjects, PutObject};

use crate::support::World;

#[test]
fn tricky_keys_go_round() {
    let long = format!("{}é", "k".repeat(848));
    let keys = [
        "目录/腾讯云.jpg",
        "😀",
        "a b",
        "trailing space ",
        " leading space",
        "a+b",
        "100%",
        "a%2Fb",
        "what?#frag",
        "&=;,:@$",
        "a//b",
        "/leading",
        "//double",
        "folder/",
        "a/../b",
        "./b",
        "a/..",
        "a/./..",
        "...",
        "~tilde",
        "!'()*",
        "\"<quotes>\"",
        "back\\slash",
        "tab\tand\u{1}control",
        "cos?versionId=1",
        &long,
    ];
    let world = World::new();
    for key in keys {
        if key.bytes().all(|byte| byte == b'.') {
            continue;
        }
        world
            .bucket
            .send(PutObject::new(key, key))
            .unwrap_or_else(|e| panic!("{key:?}: {e}"));
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
        assert_eq!(listed.next().unwrap().unwrap().key, key);
        world.bucket.send(DeleteObject::new(key)).unwrap();
        assert!(world.stored(key).is_none(), "{key:?}");
    }
    assert_eq!(world.cos.keys(BUCKET), [""; 0]);
}
