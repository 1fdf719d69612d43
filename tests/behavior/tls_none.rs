//! A build without TLS speaks http, and says of everything else that it cannot.

use coslink::{Client, ClientBuilder, Credentials, ErrorKind};

use crate::support::{World, failed, refused};

#[test]
fn whatever_needs_tls_is_refused_by_its_name() {
    let world = World::new();
    let client = || Client::builder(Credentials::new("id", "key"));
    let plain = || client().endpoint(world.cos.url());
    let rows: [(ClientBuilder, &str); 9] = [
        (client(), "https"),
        (client().domain("files.example.com"), "https"),
        (client().endpoint("https://localhost:1"), "endpoint"),
        (
            plain().https(true).endpoint("https://localhost"),
            "endpoint",
        ),
        (plain().ca_file("absent"), "ca_file"),
        (plain().ca_pem(""), "ca_pem"),
        (
            plain().client_certificate("absent", "absent"),
            "client_certificate",
        ),
        (
            plain().danger_accept_any_certificate(),
            "danger_accept_any_certificate",
        ),
        (plain().proxy("https://localhost"), "proxy"),
    ];
    for (settings, name) in rows {
        let error = failed(settings.build(), ErrorKind::InvalidArgument);
        let expected = format!("{name}: needs TLS, which this build of coslink has not");
        assert!(error.message().starts_with(&expected), "{error}");
    }
    assert!(world.operations().is_empty());
}

#[test]
fn an_https_url_that_is_handed_in_is_refused() {
    let client = Client::builder(Credentials::anonymous()).https(false);
    let client = client.build().unwrap();
    refused(client.presigned("https://localhost:1/k?sign=1"), "url");
    client.presigned("http://localhost:1/k?sign=1").unwrap();
}
