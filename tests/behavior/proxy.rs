//! Through a proxy, around it, and what is said when it does not let through.

use std::time::{Duration, Instant};

use cos_emulator::{Answer, BUCKET, Emulator, Proxy, REGION};
use coslink::{
    Bucket, ClientBuilder, DownloadFile, ErrorKind, GetObject, HeadObject, PutObject, RetryPolicy,
    UploadFile,
};

use crate::support::{World, builder, failed, noise, refused};

const USER: &str = "u@ser";
const PASSWORD: &str = "pass:WORD/%";
const LOGIN: &str = "u%40ser:pass:WORD%2F%25@";

fn emulator(tls: bool) -> Emulator {
    Emulator::builder().tls(tls).start()
}

/// A client's settings that trust whoever speaks TLS here.
fn settings(cos: &Emulator, proxy: &Proxy) -> ClientBuilder {
    let pem = cos.ca_pem() + &proxy.ca_pem();
    let builder = builder(cos);
    if pem.is_empty() {
        builder
    } else {
        builder.ca_pem(pem)
    }
}

fn bucket(settings: ClientBuilder) -> Bucket {
    settings.build().unwrap().bucket(BUCKET, REGION).unwrap()
}

/// Files there and back, in parts, with many connections.
fn round_trip(cos: Emulator, proxy: &Proxy, login: &str) {
    let authority = cos.url().split_once("://").unwrap().1.to_owned();
    let settings = settings(&cos, proxy).proxy(proxy.url_of(login));
    let world = World::on(cos, |builder| {
        drop(builder);
        settings
    });
    let content = noise(5 << 20);
    let upload = UploadFile::new("k", world.file("f", &content)).part_size(1 << 20);
    world.bucket.upload(&upload).unwrap();
    let download = DownloadFile::new("k", world.path("g")).part_size(1 << 20);
    world.bucket.download(&download).unwrap();
    assert!(std::fs::read(world.path("g")).unwrap() == content);
    let seen = proxy.seen();
    assert!(!seen.is_empty());
    assert!(
        seen.iter()
            .all(|tunnel| tunnel.target == authority && tunnel.made)
    );
    // Everything came through the proxy, and connections were kept.
    assert_eq!(world.cos.connections(), seen.len());
    assert!(seen.len() <= 9, "{}", seen.len());
}

#[test]
fn files_go_through_http_and_https_proxies_to_http_and_https_servers() {
    for (cos_tls, proxy_tls) in [(false, false), (true, false), (false, true), (true, true)] {
        if !cfg!(feature = "tls") && (cos_tls || proxy_tls) {
            continue;
        }
        for login in ["", LOGIN] {
            let mut proxy = Proxy::builder();
            if proxy_tls {
                proxy = proxy.tls();
            }
            if !login.is_empty() {
                proxy = proxy.login(USER, PASSWORD);
            }
            round_trip(emulator(cos_tls), &proxy.start(), login);
        }
    }
}

#[test]
#[cfg_attr(not(feature = "tls"), ignore = "needs TLS")]
fn a_proxy_hears_its_password_and_nothing_of_the_service() {
    let (cos, proxy) = (
        emulator(true),
        Proxy::builder().login(USER, PASSWORD).start(),
    );
    let bucket = bucket(
        settings(&cos, &proxy)
            .proxy(proxy.url_of(LOGIN))
            .user_agent("me/1"),
    );
    bucket.send(PutObject::new("k", "x")).unwrap();
    let tunnel = proxy.seen().remove(0);
    let names: Vec<_> = tunnel
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["host", "user-agent", "proxy-authorization"]);
    assert_eq!(tunnel.headers[0].1, tunnel.target);
    assert_eq!(tunnel.headers[1].1, "me/1");
    let request = cos.requests().remove(0);
    assert!(request.header("proxy-authorization").is_none());
    assert!(request.header("authorization").is_some());
}

#[test]
fn a_proxy_that_does_not_know_the_user_says_so_once() {
    let (cos, proxy) = (
        emulator(false),
        Proxy::builder().login("u", "right").start(),
    );
    for (login, expected) in [
        ("", "proxy authentication is required by "),
        ("u:WRONGpassword@", "proxy authentication failed: "),
    ] {
        let before = proxy.seen().len();
        let settings = settings(&cos, &proxy).proxy(proxy.url_of(login));
        assert!(!format!("{settings:?}").contains("WRONGpassword"));
        let bucket = bucket(settings);
        let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
        assert!(error.message().starts_with(expected), "{error}");
        assert!(error.message().contains("(407)"), "{error}");
        assert!(!error.is_retryable() && error.status().is_none());
        let shown = format!("{error} {error:?} {bucket:?}");
        assert!(!shown.contains("WRONGpassword") && !shown.contains("dTpXUk9OR3Bhc3N3b3Jk"));
        assert_eq!(proxy.seen().len(), before + 1);
    }
    assert!(cos.requests().is_empty());
}

#[test]
fn a_refusal_of_the_proxy_is_told_from_one_of_the_service() {
    for (status, tried) in [(403, 1), (502, 3), (503, 3), (302, 1)] {
        let (cos, proxy) = (
            emulator(false),
            Proxy::builder().answer(Answer::Status(status)).start(),
        );
        let bucket = bucket(settings(&cos, &proxy).proxy(proxy.url()));
        let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
        let expected = format!("refused to connect: it answered with {status}");
        assert!(error.message().contains(&expected), "{error}");
        assert_eq!(error.is_retryable(), status >= 500, "{error}");
        assert_eq!((error.status(), error.attempts()), (None, tried));
        assert_eq!(proxy.seen().len(), tried as usize);
        assert!(cos.requests().is_empty());
    }
}

#[test]
fn an_answer_that_is_none_is_an_error() {
    let long = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "a".repeat(20 << 10));
    let rows = [
        ("", "closed the connection without an answer", true),
        ("HTTP/1.1 200 OK\r\n", "closed the connection", true),
        ("SSH-2.0-OpenSSH_9\r\n", "is not HTTP/1.1", false),
        ("HTTP/1.1 abc\r\n\r\n", "has no status", false),
        (
            "HTTP/1.1 200 OK\r\n\r\nmore",
            "goes on after its head",
            false,
        ),
        (&long, "is not HTTP/1.1", false),
    ];
    for (answer, expected, retryable) in rows {
        let raw = Answer::Raw(answer.as_bytes().to_vec());
        let (cos, proxy) = (emulator(false), Proxy::builder().answer(raw).start());
        let once = settings(&cos, &proxy).retry(RetryPolicy::new(1));
        let bucket = bucket(once.proxy(proxy.url()));
        let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
        assert!(error.message().contains(expected), "{answer:.20}: {error}");
        assert!(error.message().contains("the proxy"), "{error}");
        assert_eq!(error.is_retryable(), retryable, "{error}");
    }
}

#[test]
fn a_dead_proxy_is_named() {
    let (cos, proxy) = (emulator(false), Proxy::start());
    let url = proxy.url();
    drop(proxy);
    let bucket = bucket(builder(&cos).proxy(&url));
    let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
    let address = url.trim_start_matches("http://");
    let expected = format!("cannot connect to the proxy {address}: ");
    assert!(error.message().starts_with(&expected), "{error}");
    assert!(error.is_retryable());
    assert_eq!(error.attempts(), 3);
    assert!(cos.requests().is_empty());
}

#[test]
fn a_proxy_that_says_nothing_is_given_up_and_can_be_stopped() {
    let cos = emulator(false);
    let proxy = Proxy::builder().answer(Answer::Silence).start();
    let settings = || {
        let once = settings(&cos, &proxy).retry(RetryPolicy::new(1));
        once.proxy(proxy.url())
    };
    let late = bucket(settings().connect_timeout(Duration::from_millis(100)));
    let error = failed(late.send(HeadObject::new("k")), ErrorKind::Timeout);
    assert!(
        error.message().contains("no way was opened by the proxy"),
        "{error}"
    );
    assert!(
        error.message().contains("100 ms") && error.is_retryable(),
        "{error}"
    );

    let begun = Instant::now();
    let limited = bucket(settings().deadline(Duration::from_millis(100)));
    let error = failed(limited.send(HeadObject::new("k")), ErrorKind::Timeout);
    assert!(error.message().contains("deadline"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(3));

    let world = World::new();
    let begun = Instant::now();
    let stopped = bucket(settings());
    let file = world.file("f", &noise(2 << 20));
    let upload = UploadFile::new("k", file).part_size(1 << 20);
    let stop_after = |_: &coslink::Progress| match begun.elapsed() {
        passed if passed < Duration::from_millis(100) => std::ops::ControlFlow::Continue(()),
        _ => std::ops::ControlFlow::Break(()),
    };
    failed(
        stopped.upload_with(&upload, stop_after),
        ErrorKind::Cancelled,
    );
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert!(cos.requests().is_empty());
}

#[test]
fn who_is_on_the_list_is_reached_without_the_proxy() {
    let cos = emulator(false);
    let proxy = Proxy::builder().answer(Answer::Status(403)).start();
    for (list, direct) in [
        ("x, 127.0.0.1", true),
        ("*", true),
        ("0.0.1,localhost", false),
    ] {
        let bucket = bucket(builder(&cos).proxy(proxy.url()).no_proxy(list));
        let put = bucket.send(PutObject::new("k", "x"));
        assert_eq!(put.is_ok(), direct, "{list}");
    }
    assert_eq!(proxy.seen().len(), 1);
}

#[test]
fn the_proxy_looks_names_up() {
    let cos = emulator(false);
    let to = Answer::TunnelTo(cos.authority());
    let proxy = Proxy::builder().answer(to).start();
    // The host of the bucket itself, which nobody here knows.
    let settings = coslink::Client::builder(coslink::Credentials::new(
        cos_emulator::SECRET_ID,
        cos_emulator::SECRET_KEY,
    ));
    let bucket = bucket(settings.https(false).proxy(proxy.url()));
    bucket.send(PutObject::new("k", "x")).unwrap();
    bucket.send(GetObject::new("k")).unwrap();
    let host = format!("{BUCKET}.cos.{REGION}.myqcloud.com:80");
    assert_eq!(proxy.seen().len(), 1);
    assert_eq!(proxy.seen()[0].target, host);
}

#[test]
fn a_proxy_that_cannot_be_is_refused_without_a_word_of_it() {
    let cos = emulator(false);
    for url in [
        "",
        "ftp://u:SECRET@h:1",
        "http://u:SECRET@",
        "http://u:SECRET@h:99999",
        "http://u:SECRET%zz@h:1",
    ] {
        let error = builder(&cos).proxy(url).build().unwrap_err();
        assert!(!error.to_string().contains("SECRET"), "{error}");
        refused(builder(&cos).proxy(url).build(), "proxy");
    }
    #[cfg(not(feature = "socks"))]
    refused(builder(&cos).proxy("socks5://h:1").build(), "proxy");
}

#[cfg(feature = "socks")]
#[test]
fn files_go_through_socks() {
    for (cos_tls, login) in [(false, ""), (cfg!(feature = "tls"), LOGIN)] {
        let mut proxy = Proxy::builder().socks();
        if !login.is_empty() {
            proxy = proxy.login(USER, PASSWORD);
        }
        round_trip(emulator(cos_tls), &proxy.start(), login);
    }
    let cos = emulator(false);
    let proxy = Proxy::builder().socks().login("u", "right").start();
    for (login, expected) in [
        ("", "proxy authentication is required: "),
        ("u:WRONG@", "proxy authentication failed: "),
    ] {
        let bucket = bucket(settings(&cos, &proxy).proxy(proxy.url_of(login)));
        let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
        assert!(error.message().starts_with(expected), "{error}");
        assert!(!error.is_retryable() && !error.to_string().contains("WRONG"));
    }
    let proxy = Proxy::builder().socks().answer(Answer::Status(403)).start();
    let bucket = bucket(settings(&cos, &proxy).proxy(proxy.url()));
    let error = failed(bucket.send(HeadObject::new("k")), ErrorKind::Transport);
    assert!(error.message().contains("refused to connect"), "{error}");
    assert!(cos.requests().is_empty());
}
