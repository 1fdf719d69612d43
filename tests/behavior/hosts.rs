//! The hosts by which buckets are reached.

use cos_emulator::{BUCKET, REGION};
use coslink::{ClientBuilder, HeadObject, Method, Operation, PutObject, Reply, Request, Result};

use crate::support::{World, builder, refused};

/// The Host header and target of a PUT of `a/b` with these settings.
fn asked(settings: impl Fn(ClientBuilder) -> ClientBuilder) -> (String, String) {
    let world = World::with(&settings);
    // What the emulator says of a host that it does not know does not matter here.
    let _ = world.bucket.send(PutObject::new("a/b", "x"));
    let request = world.cos.requests().remove(0);
    (request.header("host").unwrap().to_owned(), request.target)
}

#[test]
fn each_kind_of_host_is_spelled_as_the_service_does() {
    let authority = |world: &World| world.cos.authority();
    let standard = format!("{BUCKET}.cos.{REGION}.myqcloud.com");
    assert_eq!(asked(|b| b), (standard, "/a/b".into()));
    assert_eq!(
        asked(|b| b.accelerate()),
        (
            format!("{BUCKET}.cos.accelerate.myqcloud.com"),
            "/a/b".into()
        )
    );
    assert_eq!(
        asked(|b| b.internal()),
        (
            format!("{BUCKET}.cos-internal.{REGION}.tencentcos.cn"),
            "/a/b".into()
        )
    );
    assert_eq!(
        asked(|b| b.domain("Files.example.com")),
        ("files.example.com".into(), "/a/b".into())
    );
    assert_eq!(
        asked(|b| b.domain("{bucket}.{region}.example.com")),
        (format!("{BUCKET}.{REGION}.example.com"), "/a/b".into())
    );
    let world = World::with(|b| b.path_style());
    world.bucket.send(PutObject::new("a/b", "x")).unwrap();
    let request = world.request();
    assert_eq!(request.header("host"), Some(authority(&world).as_str()));
    assert_eq!(request.target, format!("/{BUCKET}/a/b"));
    assert_eq!(world.stored("a/b").unwrap(), b"x");
}

#[test]
fn a_domain_that_is_none_is_refused() {
    let world = World::new();
    for domain in ["", "https://files.example.com", "a/b", "a b", "{bucket"] {
        refused(builder(&world.cos).domain(domain).build(), "domain");
    }
}

/// GET Service, which coslink has no operation for.
struct ListBuckets;

impl Operation for ListBuckets {
    const NAME: &'static str = "ListBuckets";
    type Output = String;

    fn request(&self) -> Result<Request<'_>> {
        Ok(Request::bucket(Method::Get))
    }

    fn read(&self, reply: Reply) -> Result<String> {
        Ok(String::from_utf8_lossy(&reply.into_document()?).into_owned())
    }
}

#[test]
fn an_operation_of_the_users_own_is_sent_like_any_other() {
    let world = World::new();
    let client = world.bucket.client();
    for (region, host) in [
        (None, "service.cos.myqcloud.com".to_owned()),
        (Some(REGION), format!("cos.{REGION}.myqcloud.com")),
    ] {
        world.cos.clear_requests();
        let buckets = client.service(region).unwrap().send(ListBuckets).unwrap();
        assert!(buckets.contains(BUCKET));
        assert_eq!(world.request().header("host"), Some(host.as_str()));
    }
    refused(client.service(Some("a.b")), "region");
    assert!(world.bucket.send(HeadObject::new("absent")).is_err());
}

#[test]
fn the_acceleration_host_works_where_it_is_switched_on() {
    use cos_emulator::Emulator;
    for enabled in [true, false] {
        let cos = Emulator::builder().accelerate(BUCKET, enabled).start();
        let world = World::on(cos, |builder| builder.accelerate());
        let put = world.bucket.send(PutObject::new("k", "x"));
        let code = put.as_ref().err().and_then(|error| error.code());
        assert_eq!(code, (!enabled).then_some("BucketAccelerateNotEnabled"));
    }
}
