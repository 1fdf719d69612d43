//! Versions: ids, delete markers, the switch, the listing.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Answer, HOST, bytes_of, call, get, post, put};
use cos_emulator::{BUCKET, Emulator};

fn id(answer: &Answer) -> String {
    answer.header("x-cos-version-id").unwrap().to_owned()
}

fn switch(cos: &Emulator, status: &str) -> Answer {
    let body =
        format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    put(cos, "/?versioning", &[], body.as_bytes())
}

#[test]
fn the_switch() {
    let cos = Emulator::start();
    assert_eq!(
        get(&cos, "/?versioning", &[]).expect(200).element("Status"),
        None
    );
    for status in ["Enabled", "Suspended", "Enabled"] {
        switch(&cos, status).expect(200);
        let told = get(&cos, "/?versioning", &[]).expect(200);
        assert_eq!(told.element("Status").as_deref(), Some(status));
    }
    switch(&cos, "Off").refused(400, "MalformedXML");
}

#[test]
fn each_put_is_a_version() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    let first = id(&put(&cos, "/k", &[], b"1").expect(200));
    let second = id(&put(&cos, "/k", &[], b"2").expect(200));
    assert_ne!(first, second);
    let now = get(&cos, "/k", &[]).expect(200);
    assert_eq!((now.text().as_str(), id(&now)), ("2", second.clone()));
    let old = get(&cos, &format!("/k?versionId={first}"), &[]).expect(200);
    assert_eq!((old.text().as_str(), id(&old)), ("1", first.clone()));
    let head = call(&cos, "HEAD", &format!("/k?versionId={first}"), &[], b"").expect(200);
    assert_eq!(id(&head), first);
    get(&cos, "/k?versionId=MTg0", &[]).refused(404, "NoSuchVersion");

    // Forbidding to overwrite has no effect where versions are kept.
    put(&cos, "/k", &[("x-cos-forbid-overwrite", "true")], b"3").expect(200);
    assert_eq!(cos.versions(BUCKET, "k").len(), 3);

    let source = format!("{HOST}/k?versionId={first}");
    let copied = put(&cos, "/c", &[("x-cos-copy-source", &source)], b"").expect(200);
    assert_eq!(copied.element("VersionId"), Some(id(&copied)));
    assert_eq!(bytes_of(&cos, "c").unwrap(), b"1");
    // Bringing back an old version is no copy onto itself.
    put(&cos, "/k", &[("x-cos-copy-source", &source)], b"").expect(200);
    assert_eq!(bytes_of(&cos, "k").unwrap(), b"1");

    put(
        &cos,
        &format!("/k?acl&versionId={first}"),
        &[("x-cos-acl", "public-read")],
        b"",
    )
    .expect(200);
    common::anonymous(&cos, "GET", &format!("/k?versionId={first}"), &[]).expect(200);
    common::anonymous(&cos, "GET", "/k", &[]).refused(403, "AccessDenied");
    let acl = get(&cos, &format!("/k?acl&versionId={second}"), &[]).expect(200);
    assert_eq!(acl.header("x-cos-acl"), Some("default"));
    get(&cos, "/k?acl&versionId=MTg0", &[]).refused(404, "NoSuchVersion");

    let upload = call(&cos, "POST", "/m?uploads", &[], b"").expect(200);
    let upload = upload.element("UploadId").unwrap();
    let part = put(
        &cos,
        &format!("/m?partNumber=1&uploadId={upload}"),
        &[],
        b"x",
    )
    .expect(200);
    let body = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part>\
         </CompleteMultipartUpload>",
        part.header("ETag").unwrap()
    );
    let done = call(
        &cos,
        "POST",
        &format!("/m?uploadId={upload}"),
        &[],
        body.as_bytes(),
    );
    assert_eq!(cos.versions(BUCKET, "m"), [(id(&done.expect(200)), true)]);
}

#[test]
fn delete_markers() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    let first = id(&put(&cos, "/k", &[], b"1").expect(200));
    let answer = call(&cos, "DELETE", "/k", &[], b"").expect(204);
    assert_eq!(answer.header("x-cos-delete-marker"), Some("true"));
    let marker = id(&answer);
    assert!(cos.keys(BUCKET).is_empty());
    assert!(
        !get(&cos, "/", &[])
            .expect(200)
            .text()
            .contains("<Contents>")
    );
    let gone = get(&cos, "/k", &[]).refused(404, "NoSuchKey");
    assert_eq!(gone.header("x-cos-delete-marker"), Some("true"));
    get(&cos, &format!("/k?versionId={first}"), &[]).expect(200);
    let copy = |source: &str| put(&cos, "/c", &[("x-cos-copy-source", source)], b"");
    copy(&format!("{HOST}/k")).refused(404, "NoSuchCopySource");
    copy(&format!("{HOST}/k?versionId={marker}")).refused(400, "InvalidRequest");
    call(&cos, "DELETE", "/", &[], b"").refused(409, "BucketNotEmpty");

    // Without the marker the object is back.
    let answer = call(&cos, "DELETE", &format!("/k?versionId={marker}"), &[], b"").expect(204);
    assert_eq!(answer.header("x-cos-delete-marker"), Some("true"));
    assert_eq!(bytes_of(&cos, "k").unwrap(), b"1");
    let answer = call(&cos, "DELETE", &format!("/k?versionId={first}"), &[], b"").expect(204);
    assert_eq!(answer.header("x-cos-delete-marker"), None);
    assert_eq!(id(&answer), first);
    assert!(cos.versions(BUCKET, "k").is_empty());
    call(&cos, "DELETE", &format!("/k?versionId={first}"), &[], b"").refused(404, "NoSuchVersion");
    call(&cos, "DELETE", "/", &[], b"").expect(204);
}

#[test]
fn deleting_many_versions() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    let first = id(&put(&cos, "/k", &[], b"1").expect(200));
    put(&cos, "/k", &[], b"2").expect(200);
    let body = format!(
        "<Delete><Object><Key>k</Key><VersionId>{first}</VersionId></Object>\
         <Object><Key>k</Key></Object>\
         <Object><Key>k</Key><VersionId>MTg0</VersionId></Object></Delete>"
    );
    let answer = post(&cos, "/?delete", &body).expect(200);
    assert_eq!(answer.elements("Deleted").len(), 2);
    assert_eq!(answer.elements("VersionId"), [first.as_str(), "MTg0"]);
    assert_eq!(answer.elements("DeleteMarker"), ["true"]);
    assert_eq!(answer.elements("Code"), ["NoSuchVersion"]);
    let kept = cos.versions(BUCKET, "k");
    assert_eq!(
        answer.element("DeleteMarkerVersionId"),
        Some(kept[0].0.clone())
    );
    assert_eq!(kept.iter().map(|v| v.1).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn the_null_version() {
    let cos = Emulator::start();
    let before = put(&cos, "/k", &[], b"0").expect(200);
    assert_eq!(before.header("x-cos-version-id"), None);
    assert_eq!(get(&cos, "/k?versionId=null", &[]).expect(200).text(), "0");
    switch(&cos, "Enabled").expect(200);
    let first = id(&put(&cos, "/k", &[], b"1").expect(200));
    switch(&cos, "Suspended").expect(200);
    let suspended = put(&cos, "/k", &[], b"2").expect(200);
    assert_eq!(suspended.header("x-cos-version-id"), None);
    // The null version was replaced, the numbered one was not.
    let ids: Vec<String> = cos.versions(BUCKET, "k").into_iter().map(|v| v.0).collect();
    assert_eq!(ids, ["null", &first]);
    assert_eq!(get(&cos, "/k?versionId=null", &[]).expect(200).text(), "2");
    let answer = call(&cos, "DELETE", "/k", &[], b"").expect(204);
    assert_eq!(id(&answer), "null");
    assert_eq!(cos.versions(BUCKET, "k")[0], ("null".to_owned(), false));
    assert_eq!(cos.versions(BUCKET, "k").len(), 2);
    call(&cos, "DELETE", "/k?versionId=null", &[], b"").expect(204);
    assert_eq!(bytes_of(&cos, "k").unwrap(), b"1");
}

#[test]
fn a_listing_interleaves() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    let a1 = id(&put(&cos, "/a", &[], b"1").expect(200));
    let a2 = id(&call(&cos, "DELETE", "/a", &[], b"").expect(204));
    let a3 = id(&put(&cos, "/a", &[], b"33").expect(200));
    let b1 = id(&put(&cos, "/b", &[], b"1").expect(200));
    let list = get(&cos, "/?versions", &[]).expect(200);
    assert_eq!(
        cos.requests().last().unwrap().operation,
        "ListObjectVersions"
    );
    assert_eq!(list.elements("VersionId"), [&*a3, &*a2, &*a1, &*b1]);
    assert_eq!(
        list.elements("IsLatest"),
        ["true", "false", "false", "true"]
    );
    assert_eq!(list.elements("Size"), ["2", "1", "1"]);
    let text = list.text();
    assert!(text.find("<DeleteMarker>").unwrap() > text.find("<Version>").unwrap());
    assert!(text.find("<DeleteMarker>").unwrap() < text.rfind("<Version>").unwrap());
}

#[test]
fn a_listing_page_by_page() {
    let cos = Emulator::builder().versioning(BUCKET, true).start();
    for key in ["a", "dir/1", "dir/2", "z z"] {
        for _ in 0..3 {
            put(&cos, &format!("/{}", key.replace(' ', "%20")), &[], b"x").expect(200);
        }
    }
    let all = get(&cos, "/?versions", &[])
        .expect(200)
        .elements("VersionId");
    assert_eq!(all.len(), 12);
    for size in 1..=5 {
        let (mut seen, mut markers) = (Vec::new(), String::new());
        loop {
            let target = format!("/?versions&max-keys={size}&encoding-type=url{markers}");
            let page = get(&cos, &target, &[]).expect(200);
            let ids = page.elements("VersionId");
            assert!(ids.len() <= size);
            seen.extend(ids);
            if page.element("IsTruncated").as_deref() == Some("false") {
                break;
            }
            markers = format!(
                "&key-marker={}&version-id-marker={}",
                page.element("NextKeyMarker").unwrap(),
                page.element("NextVersionIdMarker").unwrap()
            );
        }
        assert_eq!(seen, all, "{size}");
    }
    let grouped = get(&cos, "/?versions&delimiter=/&max-keys=4", &[]).expect(200);
    assert_eq!(grouped.element("NextKeyMarker").as_deref(), Some("dir/"));
    let rest = get(&cos, "/?versions&delimiter=/&key-marker=dir/", &[]).expect(200);
    assert_eq!(rest.elements("VersionId").len(), 3);
    let prefixed = get(&cos, "/?versions&prefix=dir/&delimiter=/", &[]).expect(200);
    assert_eq!(prefixed.elements("VersionId").len(), 6);
    // A key marker alone passes all versions of its key.
    let later = get(&cos, "/?versions&key-marker=a", &[]).expect(200);
    assert_eq!(later.elements("VersionId").len(), 9);
    get(&cos, "/?versions&key-marker=a&version-id-marker=x", &[]).refused(400, "InvalidArgument");
}

#[test]
fn a_bucket_that_never_had_versions() {
    let cos = Emulator::start();
    cos.put(BUCKET, "k", b"x");
    let list = get(&cos, "/?versions", &[]).expect(200);
    assert_eq!(list.elements("VersionId"), [""]);
    assert_eq!(list.elements("IsLatest"), ["true"]);
    assert_eq!(get(&cos, "/k", &[]).header("x-cos-version-id"), None);
    let answer = call(&cos, "DELETE", "/k", &[], b"").expect(204);
    assert_eq!(answer.header("x-cos-version-id"), None);
}
