use cos_emulator::BUCKET;
use coslink::{
    CompleteMultipartUpload, CompletedPart, ErrorKind, InitiateMultipartUpload, UploadPart,
};

use crate::support::{World, failed, noise, refused};

/// An upload of two parts, ready to be completed.
fn begun(world: &World, content: &[u8]) -> (String, Vec<CompletedPart>) {
    let id = world
        .bucket
        .send(InitiateMultipartUpload::new("k"))
        .unwrap()
        .upload_id
        .clone();
    let parts = content.chunks(1 << 20).enumerate().map(|(index, chunk)| {
        let number = index as u32 + 1;
        let part = world
            .bucket
            .send(UploadPart::new("k", &id, number, chunk))
            .unwrap();
        CompletedPart::new(number, &part.etag)
    });
    (id.clone(), parts.collect())
}

#[test]
fn the_object_is_made_of_its_parts() {
    let world = World::new();
    let content = noise((1 << 20) + 5);
    let (id, parts) = begun(&world, &content);
    let made = world
        .bucket
        .send(CompleteMultipartUpload::new("k", id, parts))
        .unwrap();
    assert!(made.etag.ends_with("-2\""), "{}", made.etag);
    assert_eq!((made.bucket.as_str(), made.key.as_str()), (BUCKET, "k"));
    assert!(made.location.contains(BUCKET));
    assert_eq!(world.stored("k").unwrap(), content);
    assert_eq!(
        made.crc64,
        Some(world.cos.object(BUCKET, "k").unwrap().crc64)
    );
}

#[test]
fn blanks_before_the_answer_are_waited_for() {
    let world = World::new();
    let (id, parts) = begun(&world, &noise(10));
    world.fault("CompleteMultipartUpload blanks=5");
    let made = world
        .bucket
        .send(CompleteMultipartUpload::new("k", id, parts))
        .unwrap();
    assert!(made.etag.ends_with("-1\""));
}

#[test]
fn an_error_or_nothing_under_status_200_is_no_success() {
    let world = World::new();
    let (id, parts) = begun(&world, &noise(10));
    let complete = CompleteMultipartUpload::new("k", id, parts);
    for (fault, kind, code) in [
        (
            "error-200=InternalError",
            ErrorKind::Service,
            Some("InternalError"),
        ),
        (
            "error-200=InvalidPart",
            ErrorKind::Service,
            Some("InvalidPart"),
        ),
        ("empty-200", ErrorKind::Protocol, None),
    ] {
        world.fault(&format!("CompleteMultipartUpload {fault}"));
        world.cos.clear_requests();
        let error = failed(world.bucket.send(complete.clone()), kind);
        assert_eq!((error.code(), error.status()), (code, Some(200)), "{fault}");
        assert!(error.request_id().is_some(), "{fault}");
        assert!(code.is_none() || world.stored("k").is_none(), "{fault}");
        // Whether it was carried out is not known, so it must not be sent again blindly.
        assert_eq!(world.cos.requests().len(), 1, "{fault}");
    }
}

#[test]
fn part_lists_that_cannot_be_are_refused() {
    let world = World::new();
    let part = |number, etag: &str| CompletedPart::new(number, etag);
    for parts in [
        vec![],
        vec![part(2, "a"), part(1, "b")],
        vec![part(1, "a"), part(1, "b")],
        vec![part(1, "")],
    ] {
        refused(
            world
                .bucket
                .send(CompleteMultipartUpload::new("k", "id", parts)),
            "parts",
        );
    }
    let parts = [part(10_001, "a")];
    refused(
        world
            .bucket
            .send(CompleteMultipartUpload::new("k", "id", parts)),
        "part_number",
    );
    let parts = [part(1, "a")];
    refused(
        world
            .bucket
            .send(CompleteMultipartUpload::new("k", "", parts)),
        "upload_id",
    );
    assert_eq!(world.operations(), [""; 0]);
}

#[test]
fn the_service_says_what_is_wrong_with_a_part() {
    let world = World::new();
    let (id, mut parts) = begun(&world, &noise((1 << 20) + 5));
    parts[1] = CompletedPart::new(2, "\"00000000000000000000000000000000\"");
    let complete = CompleteMultipartUpload::new("k", &id, parts.clone());
    let error = failed(world.bucket.send(complete), ErrorKind::Service);
    assert_eq!(error.code(), Some("InvalidPart"));
    let small = world
        .bucket
        .send(UploadPart::new("k", &id, 1, "small"))
        .unwrap();
    parts[0] = CompletedPart::new(1, &small.etag);
    let second = world
        .bucket
        .send(UploadPart::new("k", &id, 2, "small"))
        .unwrap();
    parts[1] = CompletedPart::new(2, &second.etag);
    let error = failed(
        world
            .bucket
            .send(CompleteMultipartUpload::new("k", &id, parts)),
        ErrorKind::Service,
    );
    assert_eq!(error.code(), Some("EntityTooSmall"));
}
