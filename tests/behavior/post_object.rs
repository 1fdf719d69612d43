use std::time::Duration;

use cos_emulator::BUCKET;
use coslink::{Acl, Body, ErrorKind, HeadObject, PostObject, PostPolicy, StorageClass};

use crate::support::{World, failed, noise, refused};

#[test]
fn a_form_uploads_every_kind_of_body() {
    let world = World::new();
    let content = noise(200_000);
    let path = world.file("f.png", &content);
    let rows: [(&str, Body<'_>, &[u8]); 4] = [
        ("text", "hello".into(), b"hello"),
        ("empty", Body::empty(), b""),
        ("file", Body::file(&path), &content),
        (
            "reader",
            Body::reader(std::io::Cursor::new(content.clone()), 1000),
            &content[..1000],
        ),
    ];
    for (key, body, expected) in rows {
        let posted = world.bucket.send(PostObject::new(key, body)).unwrap();
        assert_eq!(posted.status, 204, "{key}");
        assert!(world.stored(key).unwrap() == expected, "{key}");
        assert!(posted.verified && !posted.etag.is_empty(), "{key}");
    }
    let head = world.bucket.send(HeadObject::new("file")).unwrap();
    assert_eq!(head.content_type.as_deref(), Some("image/png"));
}

#[test]
fn the_fields_are_those_of_the_object() {
    let world = World::new();
    let post = PostObject::new("up/${filename}", "hello")
        .file_name("照片 1.jpg")
        .content_type("image/jpeg")
        .acl(Acl::Private)
        .storage_class(StorageClass::StandardIa)
        .meta("a", "b")
        .success_action_status(201);
    let posted = world.bucket.send(post).unwrap();
    assert_eq!(
        (posted.status, posted.key.as_deref()),
        (201, Some("up/照片 1.jpg"))
    );
    assert_eq!(posted.bucket.as_deref(), Some(BUCKET));
    assert!(
        posted
            .location
            .as_ref()
            .is_some_and(|location| location.contains(BUCKET))
    );
    let head = world.bucket.send(HeadObject::new("up/照片 1.jpg")).unwrap();
    assert_eq!(head.content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(head.storage_class, Some(StorageClass::StandardIa));
    assert_eq!(head.metadata, [("a".to_owned(), "b".to_owned())]);

    let redirect = PostObject::new("k", "x").success_action_redirect("https://my.website/done");
    let posted = world.bucket.send(redirect).unwrap();
    assert_eq!(posted.status, 303);
    assert!(
        posted
            .location
            .as_ref()
            .unwrap()
            .starts_with("https://my.website/done?")
    );

    refused(world.bucket.send(PostObject::new("", "x")), "key");
    refused(
        world
            .bucket
            .send(PostObject::new("k", "x").meta("a", "b\r\nc")),
        "header",
    );
    refused(
        world
            .bucket
            .send(PostObject::new("k", "x").file_name("a\"b")),
        "file_name",
    );
    let bad = PostObject::new("k", "x").content_md5("AAAAAAAAAAAAAAAAAAAAAA==");
    failed(world.bucket.send(bad), ErrorKind::Service);
}

/// Sends a form as a browser does, with curl.
fn submit(world: &World, url: &str, fields: &[(&str, &str)], file: &std::path::Path) -> String {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut curl = std::process::Command::new("curl");
    let connect = format!("{host}:80:{}", world.cos.authority());
    curl.args([
        "-sS",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "--connect-to",
        &connect,
    ]);
    for (name, value) in fields {
        curl.arg("--form-string").arg(format!("{name}={value}"));
    }
    curl.arg("-F")
        .arg(format!("file=@{}", file.display()))
        .arg(url);
    let output = curl.output().expect("curl");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_signed_form_lets_a_page_upload_what_the_policy_allows() {
    let world = World::new();
    let policy = PostPolicy::new()
        .starts_with("key", "uploads/")
        .equals("acl", "default")
        .content_length(1, 1000);
    let form = world
        .bucket
        .sign_form(&policy, Duration::from_secs(60))
        .unwrap();
    let signed: Vec<(&str, &str)> = form.fields.iter().collect();
    let (small, big) = (
        world.file("small", b"hello"),
        world.file("big", &noise(1001)),
    );
    let with_key = |key| [&[("key", key)][..], &signed].concat();
    assert_eq!(
        submit(&world, &form.url, &with_key("uploads/a"), &small),
        "204"
    );
    assert_eq!(world.stored("uploads/a").unwrap(), b"hello");
    assert_eq!(
        submit(&world, &form.url, &with_key("elsewhere"), &small),
        "403"
    );
    assert_eq!(
        submit(&world, &form.url, &with_key("uploads/b"), &big),
        "400"
    );
    world.cos.set_clock(3600);
    assert_eq!(
        submit(&world, &form.url, &with_key("uploads/c"), &small),
        "403"
    );
    refused(world.bucket.sign_form(&policy, Duration::ZERO), "valid_for");
}
