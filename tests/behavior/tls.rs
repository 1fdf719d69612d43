//! Who is believed, and what is said of those who are not.

use std::time::Duration;

use cos_emulator::{BUCKET, Certificate, Emulator, REGION};
use coslink::{ClientBuilder, ErrorKind, HeadObject, PutObject, RetryPolicy};

use crate::support::{World, builder, failed, refused};

fn put(settings: ClientBuilder) -> coslink::Result<()> {
    let bucket = settings.build()?.bucket(BUCKET, REGION)?;
    bucket.send(PutObject::new("k", "secret")).map(drop)
}

#[test]
fn each_certificate_that_is_refused_is_called_what_it_is() {
    let rows = [
        (Certificate::OtherHost, "it is for another host"),
        (Certificate::Expired, "it has expired"),
        (Certificate::NotYetValid, "it is not valid yet"),
        (
            Certificate::UnknownAuthority,
            "it is signed by an unknown authority",
        ),
        (Certificate::SelfSigned, "it is self-signed, and not one of"),
        (Certificate::SelfSignedAuthority, "and an authority's own"),
    ];
    for (certificate, expected) in rows {
        let cos = Emulator::builder().certificate(certificate).start();
        let trusting = || builder(&cos).ca_pem(cos.ca_pem());
        let error = failed(put(trusting()), ErrorKind::Transport);
        let text = error.to_string();
        let whose = "the certificate of localhost is not accepted: ";
        assert!(text.contains(whose) && text.contains(expected), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!error.is_retryable(), "{text}");
        assert_eq!(error.attempts(), 1, "{text}");
        // Nothing was said to whoever that is.
        assert!(cos.requests().is_empty());
        put(trusting().danger_accept_any_certificate()).unwrap();
        assert_eq!(cos.requests().len(), 1);
    }
}

#[test]
fn the_other_host_of_a_certificate_is_told() {
    let cos = Emulator::builder()
        .certificate(Certificate::OtherHost)
        .start();
    let error = failed(
        put(builder(&cos).ca_pem(cos.ca_pem())),
        ErrorKind::Transport,
    );
    assert!(error.message().contains("other.example"), "{error}");
}

#[test]
fn authorities_come_from_files_from_memory_and_from_both() {
    let (cos, other) = (
        Emulator::builder().tls(true).start(),
        Emulator::builder().tls(true).start(),
    );
    let world = World::new();
    let file = world.file("ca.pem", other.ca_pem().as_bytes());
    let both = |cos: &Emulator| {
        let pem = Emulator::ca_pem(if cos.url() == other.url() {
            &other
        } else {
            cos
        });
        builder(cos).ca_file(&file).ca_pem(pem)
    };
    for cos in [&cos, &other] {
        put(both(cos)).unwrap();
    }
    failed(put(builder(&cos).ca_file(&file)), ErrorKind::Transport);
    refused(builder(&cos).ca_pem("no certificate").build(), "ca_pem");
    refused(builder(&cos).ca_pem("").build(), "ca_pem");
}

#[test]
fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let cos = Emulator::builder().asks_for_certificate().start();
    let other = Emulator::builder().tls(true).start();
    let world = World::new();
    let settings = || {
        builder(&cos)
            .ca_pem(cos.ca_pem())
            .retry(RetryPolicy::new(1))
    };
    let files = |name: &str, (certificate, key): (String, String)| {
        (
            world.file(&format!("{name}.crt"), certificate.as_bytes()),
            world.file(&format!("{name}.key"), key.as_bytes()),
        )
    };
    let (certificate, key) = files("good", cos.client_pem());
    put(settings().client_certificate(&certificate, &key)).unwrap();
    assert_eq!(cos.requests().len(), 1);

    let error = failed(put(settings()), ErrorKind::Transport);
    let expected = "localhost asks for a client certificate";
    assert!(error.message().contains(expected), "{error}");
    assert!(!error.is_retryable());

    let (strange, strange_key) = files("strange", other.client_pem());
    let error = failed(
        put(settings().client_certificate(strange, &strange_key)),
        ErrorKind::Transport,
    );
    let expected = "localhost does not accept the client certificate";
    assert!(error.message().contains(expected), "{error}");
    assert_eq!(cos.requests().len(), 1);

    for (certificate, key) in [
        (&certificate, &strange_key),
        (&certificate, &certificate),
        (&key, &key),
    ] {
        let settings = settings().client_certificate(certificate, key);
        refused(settings.build(), "client_certificate");
    }
    let absent = settings().client_certificate(&certificate, world.path("absent"));
    failed(absent.build(), ErrorKind::LocalIo);
}

#[test]
fn a_certificate_is_asked_for_again_only_when_that_may_help() {
    // A server that says nothing at all is another matter: it may come back.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let world = World::with(|builder| {
        builder
            .endpoint(url)
            .connect_timeout(Duration::from_millis(100))
            .retry(RetryPolicy::new(1))
    });
    let error = failed(world.bucket.send(HeadObject::new("k")), ErrorKind::Timeout);
    assert!(error.message().contains("TLS was not set up"), "{error}");
    assert!(error.is_retryable());
}

#[cfg(feature = "native-roots")]
#[test]
fn the_authorities_of_the_system_do_not_know_the_emulator() {
    let cos = Emulator::builder().tls(true).start();
    match put(builder(&cos).native_roots()) {
        Err(error) if error.kind() == ErrorKind::InvalidArgument => {
            assert!(error.message().contains("no certificate authorities"));
        }
        put => drop(failed(put, ErrorKind::Transport)),
    }
    put(builder(&cos).native_roots().ca_pem(cos.ca_pem())).unwrap();
}
