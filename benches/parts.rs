//! What the parts of a request cost on the CPU: `cargo bench --bench parts --features bench`.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use coslink::bench::{Address, authorization, crc64, listing, request};
use coslink::{Method, Pairs};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn signing(criterion: &mut Criterion) {
    let pairs = |list: &[(&'static str, &str)]| {
        let mut pairs = Pairs::new();
        list.iter()
            .for_each(|(name, value)| pairs.set(*name, *value));
        pairs
    };
    let query = pairs(&[("partNumber", "17"), ("uploadId", "1700000000aa5c1d2e3f")]);
    let headers = pairs(&[
        (
            "Host",
            "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com",
        ),
        ("Content-Length", "8388608"),
        ("Content-Type", "application/octet-stream"),
        ("x-cos-meta-origin", "a camera"),
    ]);
    let path = "/videos/2026/a film.mp4";
    criterion.bench_function("sign", |bencher| {
        bencher.iter(|| authorization(Method::Put, black_box(path), &query, &headers));
    });
}

fn sums(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("crc64");
    for (name, size) in [("64 KiB", 64 << 10), ("1 MiB", 1 << 20)] {
        let content: Vec<u8> = (0..size)
            .map(|index: u32| ((index * 31) >> 3) as u8)
            .collect();
        group.throughput(Throughput::Bytes(u64::from(size)));
        group.bench_function(name, |bencher| bencher.iter(|| crc64(black_box(&content))));
    }
    group.finish();
}

fn listings(criterion: &mut Criterion) {
    let entry = |number: u32| {
        format!(
            "<Contents><Key>videos/2026/{number:08}.mp4</Key>\
             <LastModified>2026-01-01T00:00:00.000Z</LastModified>\
             <ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>{number}</Size>\
             <Owner><ID>1250000000</ID><DisplayName>1250000000</DisplayName></Owner>\
             <StorageClass>STANDARD</StorageClass></Contents>"
        )
    };
    let entries: String = (0..1000).map(entry).collect();
    let document = format!(
        "<ListBucketResult><Name>b-1250000000</Name><EncodingType>url</EncodingType>\
         <IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
    );
    assert_eq!(listing(document.as_bytes()).unwrap(), 1000);
    let mut group = criterion.benchmark_group("listing");
    group.throughput(Throughput::Elements(1000));
    group.bench_function("1,000 entries", |bencher| {
        bencher.iter(|| listing(black_box(document.as_bytes())).unwrap());
    });
    group.finish();
}

fn requests(criterion: &mut Criterion) {
    let address = Address::new("examplebucket-1250000000", "ap-guangzhou").unwrap();
    criterion.bench_function("request", |bencher| {
        bencher.iter(|| request(&address, black_box("videos/2026/a film.mp4"), b"x").unwrap());
    });
}

criterion_group!(parts, signing, sums, listings, requests);
criterion_main!(parts);
