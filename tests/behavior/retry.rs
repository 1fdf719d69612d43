//! How often, when and where a request is sent again, and when it is over.

use std::time::{Duration, Instant};

use cos_emulator::BUCKET;
use coslink::{
    DownloadFile, Error, ErrorKind, GetObject, ListObjects, PutObject, RetryPolicy, UploadFile,
};

use crate::support::{World, failed, noise};

fn policy(attempts: u32) -> RetryPolicy {
    let wait = Duration::from_millis(1);
    RetryPolicy::new(attempts).waits(wait, wait)
}

fn hosts(world: &World) -> Vec<String> {
    let requests = world.cos.requests();
    let host = |request: &cos_emulator::Recorded| request.header("host").unwrap().to_owned();
    requests.iter().map(host).collect()
}

const MAIN: &str = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com";
const BACKUP: &str = "examplebucket-1250000000.cos.ap-guangzhou.tencentcos.cn";

/// Where no service seems to be, the last attempt goes to the other domain, signed for it.
#[test]
fn the_other_domain_is_tried_when_nobody_seems_to_answer() {
    let rows: [(&str, &[&str]); 6] = [
        ("times=2 reset", &[MAIN, MAIN, BACKUP]),
        ("times=2 status=502 no-request-id", &[MAIN, MAIN, BACKUP]),
        ("status=307 no-request-id", &[MAIN, BACKUP]),
        // The service has answered.
        ("times=2 status=502", &[MAIN, MAIN, MAIN]),
        (
            "times=2 status=503 code=SlowDown no-request-id",
            &[MAIN, MAIN, MAIN],
        ),
        ("reset", &[MAIN, MAIN]),
    ];
    for (fault, expected) in rows {
        let world = World::with(|builder| builder.retry(policy(3)));
        world.fault(&format!("PutObject {fault}"));
        let response = world.bucket.send(PutObject::new("k", "x")).unwrap();
        assert_eq!(hosts(&world), expected, "{fault}");
        assert_eq!(response.attempts as usize, expected.len());
        assert_eq!(world.stored("k").unwrap(), b"x");
    }
}

#[test]
fn the_other_domain_is_not_tried_where_there_is_none_or_it_is_not_wanted() {
    let refused = |world: World, host: &str| {
        world.fault("PutObject times=2 status=307 no-request-id");
        failed(
            world.bucket.send(PutObject::new("k", "x")),
            ErrorKind::Protocol,
        );
        assert_eq!(hosts(&world), [host]);
    };
    refused(World::with(|builder| builder.backup_domain(false)), MAIN);
    let cos = cos_emulator::Emulator::builder().domain("files.example.com", BUCKET);
    let domain = World::on(cos.start(), |builder| builder.domain("files.example.com"));
    refused(domain, "files.example.com");
    // A redirect back and forth ends.
    let world = World::new();
    world.fault("PutObject times=forever status=302 no-request-id");
    failed(
        world.bucket.send(PutObject::new("k", "x")),
        ErrorKind::Protocol,
    );
    assert_eq!(hosts(&world), [MAIN, BACKUP]);
}

/// A budget that is spent leaves each request its first attempt.
#[test]
fn all_requests_share_a_budget_of_retries() {
    let world = World::with(|builder| builder.retry(policy(3).budget(3)));
    world.fault("GetObject times=forever status=503");
    for attempts in [3, 2, 1, 1] {
        let error = failed(world.bucket.send(GetObject::new("k")), ErrorKind::Throttled);
        assert_eq!(error.attempts(), attempts);
    }
}

#[test]
fn retry_after_is_waited_and_not_longer_than_the_policy_allows() {
    let wait = Duration::from_secs(1);
    let world = World::with(|builder| builder.retry(RetryPolicy::new(3).waits(wait, wait)));
    world.fault("PutObject status=503 code=SlowDown retry-after=1");
    let begun = Instant::now();
    world.bucket.send(PutObject::new("k", "x")).unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    world.fault("GetObject times=forever status=503 retry-after=2");
    let error = failed(world.bucket.send(GetObject::new("k")), ErrorKind::Throttled);
    assert_eq!(error.attempts(), 1);
}

/// However a request hangs, in whatever phase, it ends with its deadline, as a time-out that is told.
#[test]
fn a_deadline_ends_every_phase() {
    let late = Duration::from_millis(400);
    let deadline = |world: &World, what: &str, call: &dyn Fn(&World) -> Result<(), Error>| {
        let begun = Instant::now();
        let error = failed(call(world), ErrorKind::Timeout);
        assert!(error.message().contains("deadline"), "{what}: {error}");
        assert!(
            begun.elapsed() >= late && begun.elapsed() < late * 20,
            "{what}"
        );
    };
    let world = || World::with(|builder| builder.deadline(late).retry(policy(3)));
    let put = |world: &World| {
        world
            .bucket
            .send(PutObject::new("k", noise(9 << 20)))
            .map(drop)
    };
    let get = |world: &World| {
        world
            .bucket
            .send(GetObject::new("k"))?
            .output
            .body
            .into_bytes()
            .map(drop)
    };
    let list = |world: &World| world.bucket.send(ListObjects::new()).map(drop);
    let download = |world: &World| {
        let download = DownloadFile::new("k", world.path("f"));
        world.bucket.download(&download).map(drop)
    };
    type Call<'a> = &'a dyn Fn(&World) -> Result<(), Error>;
    let rows: [(&str, Call<'_>); 7] = [
        ("PutObject upload=100000 stall", &put),
        ("PutObject stall", &put),
        ("GetObject stall", &get),
        // A byte now and then is no stall.
        ("GetObject slow-head=50", &get),
        ("GetObject stall=half", &get),
        ("ListObjects stall=10", &list),
        // Bytes come, so that it is the transfer that finds the time to be over.
        ("GetObject rate=2000", &download),
    ];
    for (fault, call) in rows {
        let world = world();
        world.cos.put(BUCKET, "k", noise(1 << 20));
        world.fault(
            &format!("{fault} times=forever")
                .replacen(' ', " times=forever ", 1)
                .replace(" times=forever times=forever", ""),
        );
        deadline(&world, fault, call);
    }
    // A wait between attempts that would end too late is not begun.
    let wait = Duration::from_secs(60);
    let world = World::with(|builder| {
        builder
            .deadline(late)
            .retry(RetryPolicy::new(3).waits(wait, wait))
    });
    world.fault("ListObjects times=forever status=503 retry-after=30");
    failed(list(&world).map(drop), ErrorKind::Throttled);
    // A transfer of many requests may take longer than each of them.
    let world = World::with(|builder| builder.deadline(late).parallel_requests(1));
    world.file("f", &noise(6 << 20));
    world.fault("UploadPart times=forever delay=100");
    let upload = UploadFile::new("k", world.path("f"))
        .part_size(1 << 20)
        .slice_above(0);
    assert!(world.bucket.upload(&upload).unwrap().verified);
}

/// A service that asks for fewer requests gets fewer at once, and then more again.
#[test]
fn fewer_requests_are_sent_at_once_while_the_service_cannot_keep_up() {
    let world = World::with(|builder| builder.parallel_requests(8).retry(policy(9)));
    world.file("f", &noise(48 << 20));
    world.fault("UploadPart times=8 status=503 code=SlowDown");
    world.fault("UploadPart times=forever delay=40");
    let upload = UploadFile::new("k", world.path("f"))
        .part_size(1 << 20)
        .slice_above(0);
    assert!(world.bucket.upload(&upload).unwrap().verified);
    let requests = world.cos.requests();
    let parts: Vec<_> = requests
        .iter()
        .filter(|r| r.operation == "UploadPart")
        .collect();
    let good: Vec<_> = parts.iter().filter(|part| part.status == 200).collect();
    let under_way = |at: Instant| {
        let is_open =
            |part: &&&&cos_emulator::Recorded| part.started <= at && part.ended > Some(at);
        good.iter().filter(is_open).count()
    };
    let at_once: Vec<usize> = good.iter().map(|part| under_way(part.started)).collect();
    // The parts that were turned away are still tried on their own connections.
    assert!(
        at_once[16..20].iter().all(|count| *count <= 6),
        "{at_once:?}"
    );
    assert!(at_once.contains(&8), "{at_once:?}");
}
