//! Listings of objects, uploads, parts and buckets.
#![allow(clippy::unwrap_used)]

mod common;

use common::{call, get, put};
use cos_emulator::{BUCKET, Emulator};

fn filled(keys: &[&str]) -> Emulator {
    let cos = Emulator::start();
    for key in keys {
        assert!(cos.put(BUCKET, key, b"x"));
    }
    cos
}

fn keys(cos: &Emulator, query: &str) -> (Vec<String>, Vec<String>, Option<String>) {
    let answer = get(cos, &format!("/?{query}"), &[]).expect(200);
    let truncated = answer.element("IsTruncated").unwrap() == "true";
    let next = answer.element("NextMarker");
    assert_eq!(truncated, next.is_some());
    let prefixes = answer.elements("Prefix");
    (answer.elements("Key"), prefixes[1..].to_vec(), next)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_empty_bucket() {
    let answer = get(&filled(&[]), "/", &[]).expect(200);
    assert_eq!(answer.element("Name").as_deref(), Some(BUCKET));
    assert_eq!(answer.element("MaxKeys").as_deref(), Some("1000"));
    assert_eq!(answer.element("IsTruncated").as_deref(), Some("false"));
    assert_eq!(answer.element("Contents"), None);
    assert_eq!(answer.header("x-cos-bucket-region"), Some("ap-guangzhou"));
}

#[test]
fn the_order_is_that_of_the_bytes() {
    let sorted = [
        "!", "A", "Z", "_", "a", "a!", "a/", "a/b", "aa", "~", "é", "中", "\u{fffd}", "😀",
    ];
    let mut shuffled = sorted;
    shuffled.reverse();
    let cos = filled(&shuffled);
    assert_eq!(keys(&cos, "").0, names(&sorted));
    let mut marker = String::new();
    let mut seen = Vec::new();
    loop {
        let marker_text = cos_emulator::encode::encode(marker.as_bytes());
        let (page, _, next) = keys(&cos, &format!("max-keys=1&marker={marker_text}"));
        seen.extend(page);
        let Some(next) = next else { break };
        marker = next;
    }
    assert_eq!(seen, names(&sorted));
}

#[test]
fn prefixes_roll_up() {
    let cos = filled(&["a", "b/", "b/1", "b/2/x", "b/3", "c/1", "c/2", "d"]);
    assert_eq!(
        keys(&cos, "delimiter=/"),
        (names(&["a", "d"]), names(&["b/", "c/"]), None)
    );
    // The folder object itself is listed under its own prefix.
    assert_eq!(
        keys(&cos, "delimiter=/&prefix=b/"),
        (names(&["b/", "b/1", "b/3"]), names(&["b/2/"]), None)
    );
    assert_eq!(keys(&cos, "prefix=b/&max-keys=2").2.as_deref(), Some("b/1"));
    assert_eq!(keys(&cos, "prefix=zzz"), (vec![], vec![], None));
    assert_eq!(keys(&cos, "delimiter=/2").1, names(&["b/2", "c/2"]));
}

#[test]
fn a_page_counts_prefixes_and_goes_on_after_them() {
    let cos = filled(&["a", "b/1", "b/2", "c/1", "d"]);
    let page = keys(&cos, "delimiter=/&max-keys=2");
    assert_eq!(page, (names(&["a"]), names(&["b/"]), Some("b/".to_owned())));
    let page = keys(&cos, "delimiter=/&max-keys=2&marker=b/");
    assert_eq!(page, (names(&["d"]), names(&["c/"]), None));
    // Nothing but the last prefix is left: exactly full is not truncated.
    assert_eq!(keys(&cos, "delimiter=/&max-keys=4").2, None);
    // A marker inside of a prefix does not hide the rest of it.
    assert_eq!(keys(&cos, "delimiter=/&marker=b/1").1, names(&["b/", "c/"]));
    assert_eq!(keys(&cos, "marker=b/1").0, names(&["b/2", "c/1", "d"]));
    assert_eq!(keys(&cos, "marker=bb&prefix=b/"), (vec![], vec![], None));
    assert_eq!(keys(&cos, "marker=a&prefix=b/").0, names(&["b/1", "b/2"]));
}

#[test]
fn a_prefix_full_of_the_last_character_is_listed_once() {
    let odd = [
        "p/\u{10ffff}",
        "p/\u{10ffff}\u{10ffff}",
        "p/\u{10ffff}a",
        "q",
    ];
    let cos = filled(&odd);
    assert_eq!(
        keys(&cos, "delimiter=/"),
        (names(&["q"]), names(&["p/"]), None)
    );
}

#[test]
fn names_are_encoded_on_request() {
    let cos = filled(&["照/a+b %.jpg", "照/x y/1", "照/bad\u{1}"]);
    let answer = get(
        &cos,
        "/?encoding-type=url&prefix=%E7%85%A7/&delimiter=/&max-keys=2",
        &[],
    );
    assert_eq!(answer.element("EncodingType").as_deref(), Some("url"));
    assert_eq!(answer.element("Delimiter").as_deref(), Some("/"));
    assert_eq!(
        answer.elements("Key"),
        ["%E7%85%A7/a%2Bb%20%25.jpg", "%E7%85%A7/bad%01"]
    );
    assert_eq!(
        answer.element("NextMarker").as_deref(),
        Some("%E7%85%A7/bad%01")
    );
    assert_eq!(answer.element("Prefix").as_deref(), Some("%E7%85%A7/"));
    // Without it the answer is no XML 1.0, as the service's would not be.
    let plain = get(&cos, "/", &[]);
    assert!(plain.text().contains("bad\u{1}"));
    assert!(roxmltree::Document::parse(&plain.text()).is_err());
}

#[test]
fn markup_in_keys_is_escaped() {
    let odd = ["<a>&\"'", " lead", "nl\ntab\t", "trail "];
    let cos = filled(&odd);
    let mut sorted = odd;
    sorted.sort_unstable();
    assert_eq!(keys(&cos, "").0, names(&sorted));
}

#[test]
fn parameters_are_checked() {
    let cos = filled(&[]);
    for query in [
        "max-keys=0",
        "max-keys=-1",
        "max-keys=ten",
        "encoding-type=base64",
    ] {
        get(&cos, &format!("/?{query}"), &[]).refused(400, "InvalidArgument");
    }
    let answer = get(&cos, "/?max-keys=5000", &[]).expect(200);
    assert_eq!(answer.element("MaxKeys").as_deref(), Some("1000"));
    get(
        &cos,
        "/?prefix=&delimiter=&marker=&max-keys=&encoding-type=",
        &[],
    )
    .expect(200);
    get(&cos, "/?prefx=a", &[]).refused(501, "NotImplemented");
    // A name that is signed twice is no good signature.
    get(&cos, "/?prefix=a&prefix=b", &[]).refused(403, "AccessDenied");
    get(&cos, "/?list-type=2", &[]).refused(501, "NotImplemented");
}

#[test]
fn more_than_a_page() {
    let cos = Emulator::start();
    for number in 0..1001 {
        cos.put(BUCKET, &format!("{number:04}"), b"");
    }
    let (page, _, next) = keys(&cos, "");
    assert_eq!((page.len(), next.as_deref()), (1000, Some("0999")));
    assert_eq!(keys(&cos, "marker=0999").0, names(&["1000"]));
}

#[test]
fn uploads() {
    let cos = Emulator::start();
    let mut ids = Vec::new();
    for key in ["b", "a", "b", "dir/x", "dir/y"] {
        let answer = call(&cos, "POST", &format!("/{key}?uploads"), &[], b"").expect(200);
        ids.push((key.to_owned(), answer.element("UploadId").unwrap()));
    }
    ids.sort();
    assert_eq!(cos.uploads(BUCKET), ids);
    let answer = get(&cos, "/?uploads", &[]).expect(200);
    assert_eq!(
        answer.elements("UploadId"),
        ids.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>()
    );
    assert_eq!(answer.element("StorageClass").as_deref(), Some("Standard"));

    let mut seen = Vec::new();
    let mut markers = String::new();
    loop {
        let answer = get(&cos, &format!("/?uploads&max-uploads=1{markers}"), &[]).expect(200);
        seen.extend(
            answer
                .elements("Key")
                .into_iter()
                .zip(answer.elements("UploadId")),
        );
        if answer.element("IsTruncated").unwrap() == "false" {
            break;
        }
        let next = |name: &str| answer.element(name).unwrap();
        markers = format!(
            "&key-marker={}&upload-id-marker={}",
            next("NextKeyMarker"),
            next("NextUploadIdMarker")
        );
    }
    assert_eq!(seen, ids);
    let keys = |query: &str| {
        get(&cos, &format!("/?uploads&{query}"), &[])
            .expect(200)
            .elements("Key")
    };
    assert_eq!(keys("key-marker=b"), ["dir/x", "dir/y"]);
    assert_eq!(keys(&format!("upload-id-marker={}", ids[4].1)).len(), 5);
    assert_eq!(keys("prefix=dir/"), ["dir/x", "dir/y"]);
    let answer = get(&cos, "/?uploads&delimiter=/", &[]);
    assert_eq!(answer.elements("Key"), ["a", "b", "b"]);
    assert_eq!(answer.elements("Prefix").last().unwrap(), "dir/");
}

#[test]
fn uploads_in_groups_page_by_page() {
    let cos = Emulator::start();
    for key in [
        "a", "a", "a", "dir/1", "dir/2", "dir/2", "e", "z%20z", "z%20z",
    ] {
        call(&cos, "POST", &format!("/{key}?uploads"), &[], b"").expect(200);
    }
    let whole = get(&cos, "/?uploads&delimiter=/", &[]).expect(200);
    let ids = whole.elements("UploadId");
    assert_eq!(ids.len(), 6);
    assert_eq!(whole.elements("Prefix"), ["", "dir/"]);
    for size in 1..=7 {
        let (mut seen, mut groups, mut markers) = (Vec::new(), Vec::new(), String::new());
        loop {
            let target =
                format!("/?uploads&delimiter=/&encoding-type=url&max-uploads={size}{markers}");
            let page = get(&cos, &target, &[]).expect(200);
            let (found, rolled) = (page.elements("UploadId"), page.elements("Prefix"));
            assert!(found.len() + rolled.len() - 1 <= size);
            seen.extend(found);
            groups.extend(rolled.into_iter().skip(1));
            if page.element("IsTruncated").as_deref() == Some("false") {
                assert_eq!(page.element("NextKeyMarker"), None);
                break;
            }
            markers = format!(
                "&key-marker={}&upload-id-marker={}",
                page.element("NextKeyMarker").unwrap(),
                page.element("NextUploadIdMarker").unwrap()
            );
        }
        assert_eq!((&seen, groups), (&ids, names(&["dir/"])), "{size}");
    }
    let prefixed = get(&cos, "/?uploads&delimiter=/&prefix=dir/", &[]).expect(200);
    assert_eq!(prefixed.elements("UploadId").len(), 3);
    let encoded = get(&cos, "/?uploads&encoding-type=url&prefix=z%20", &[]).expect(200);
    assert_eq!(encoded.elements("Key"), ["z%20z", "z%20z"]);
    assert_eq!(encoded.element("Prefix").as_deref(), Some("z%20"));
    assert_eq!(encoded.element("EncodingType").as_deref(), Some("url"));
}

#[test]
fn buckets_of_the_service() {
    let cos = Emulator::builder()
        .bucket("a-1250000000", "ap-beijing")
        .bucket("b-1250000000", "ap-guangzhou")
        .start();
    let list = |host: &str, target: &str| {
        let authorization = common::authorize("GET", target, host, cos_emulator::SECRET_KEY);
        let head = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n\r\n"
        );
        common::raw(&cos, head).unwrap().expect(200)
    };
    assert_eq!(
        list("service.cos.myqcloud.com", "/").elements("Name").len(),
        2
    );
    assert_eq!(
        list("cos.ap-beijing.myqcloud.com", "/").elements("Name"),
        ["a-1250000000"]
    );
    let page = list("service.cos.myqcloud.com", "/?max-keys=1");
    assert_eq!(page.element("NextMarker").as_deref(), Some("a-1250000000"));
    let page = list(&cos.authority(), "/?marker=a-1250000000&max-keys=1");
    assert_eq!(page.elements("Name"), ["b-1250000000"]);
    assert_eq!(page.element("IsTruncated").as_deref(), Some("false"));
}

#[test]
fn parts() {
    let cos = Emulator::start();
    let id = call(&cos, "POST", "/k%20x?uploads", &[], b"")
        .element("UploadId")
        .unwrap();
    for number in [3, 1, 10000, 2] {
        put(
            &cos,
            &format!("/k%20x?partNumber={number}&uploadId={id}"),
            &[],
            b"x",
        )
        .expect(200);
    }
    let numbers = |query: &str| {
        let answer = get(&cos, &format!("/k%20x?uploadId={id}{query}"), &[]).expect(200);
        (
            answer.elements("PartNumber"),
            answer.element("NextPartNumberMarker"),
        )
    };
    assert_eq!(numbers(""), (names(&["1", "2", "3", "10000"]), None));
    assert_eq!(
        numbers("&max-parts=2"),
        (names(&["1", "2"]), Some("2".to_owned()))
    );
    assert_eq!(
        numbers("&max-parts=2&part-number-marker=2"),
        (names(&["3", "10000"]), None)
    );
    let answer = get(
        &cos,
        &format!("/k%20x?uploadId={id}&encoding-type=url"),
        &[],
    );
    assert_eq!(answer.element("Key").as_deref(), Some("k%20x"));
    assert_eq!(answer.element("StorageClass").as_deref(), Some("Standard"));
}
