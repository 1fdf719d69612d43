//! What `tests/c/parameters.c` must have sent: every parameter under its own name.

use cos_emulator::{Emulator, Recorded};

/// Operation, key, then names and values; a name that begins with `?` is one of the query.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static [(&'static str, &'static str)]],
);

const MORE: &[(&str, &str)] = &[("x-cos-other", "other"), ("?more", "a%26b")];

const OBJECT: &[(&str, &str)] = &[
    ("content-type", "content/type"),
    ("cache-control", "cache control"),
    ("content-disposition", "content disposition"),
    ("content-encoding", "content encoding"),
    ("content-language", "content language"),
    ("expires", "expires"),
    ("x-cos-acl", "public-read"),
    ("x-cos-grant-read", "id=\"1\""),
    ("x-cos-grant-read-acp", "id=\"2\""),
    ("x-cos-grant-write-acp", "id=\"3\""),
    ("x-cos-grant-full-control", "id=\"4\""),
    ("x-cos-storage-class", "STANDARD_IA"),
    ("x-cos-tagging", "k=v"),
    ("x-cos-traffic-limit", "819200"),
    ("x-cos-server-side-encryption", "cos/kms"),
    ("x-cos-server-side-encryption-cos-kms-key-id", "kms key"),
    ("x-cos-server-side-encryption-context", "e30="),
    ("x-cos-meta-color", "blue"),
];

/// In parts, it goes with the completion.
const FORBID: &[(&str, &str)] = &[("x-cos-forbid-overwrite", "true")];

const BODY: &[(&str, &str)] = &[
    ("content-md5", "nd0OkypxLcWFmBdsdd8IoQ=="),
    ("expect", "100-continue"),
];

const READ: &[(&str, &str)] = &[
    ("?versionId", "version%20id"),
    ("if-match", "\"match\""),
    ("if-none-match", "\"none\""),
    ("if-modified-since", "Sun, 09 Sep 2001 01:46:40 GMT"),
    ("if-unmodified-since", "Sun, 09 Sep 2001 01:46:41 GMT"),
];

const SOURCE: (&str, &str) = (
    "x-cos-copy-source",
    "source-1250000000.cos.ap-source.myqcloud.com/a%20key?versionId=version%20id",
);

const ROWS: &[Row] = &[
    (
        "PutObject",
        "k",
        &[OBJECT, FORBID, MORE, BODY, &[("pic-operations", "{}")]],
    ),
    ("HeadObject", "k", &[READ, MORE]),
    (
        "GetObject",
        "k",
        &[
            READ,
            MORE,
            &[
                ("?response-content-type", "content%2Ftype"),
                ("?response-content-language", "content%20language"),
                ("?response-expires", "expires"),
                ("?response-cache-control", "cache%20control"),
                ("?response-content-disposition", "content%20disposition"),
                ("?response-content-encoding", "content%20encoding"),
                ("x-cos-traffic-limit", "819200"),
                ("range", "bytes=3-6"),
            ],
        ],
    ),
    (
        "DeleteObject",
        "k",
        &[MORE, &[("?versionId", "version%20id")]],
    ),
    (
        "CopyObject",
        "k",
        &[
            OBJECT,
            FORBID,
            MORE,
            &[
                SOURCE,
                ("x-cos-copy-source-if-match", "\"match\""),
                (
                    "x-cos-copy-source-if-unmodified-since",
                    "Sun, 09 Sep 2001 01:46:40 GMT",
                ),
                ("x-cos-grant-write", "id=\"5\""),
                ("x-cos-metadata-directive", "Replaced"),
                ("x-cos-tagging-directive", "Replaced"),
            ],
        ],
    ),
    (
        "UploadPartCopy",
        "k",
        &[
            MORE,
            &[
                SOURCE,
                ("x-cos-copy-source-if-none-match", "\"none\""),
                (
                    "x-cos-copy-source-if-modified-since",
                    "Sun, 09 Sep 2001 01:46:40 GMT",
                ),
                ("x-cos-copy-source-range", "bytes=3-6"),
                ("?partNumber", "7"),
                ("?uploadId", "id"),
            ],
        ],
    ),
    ("InitiateMultipartUpload", "k", &[OBJECT, FORBID, MORE]),
    (
        "UploadPart",
        "k",
        &[
            BODY,
            MORE,
            &[
                ("x-cos-traffic-limit", "819200"),
                ("?partNumber", "7"),
                ("?uploadId", "id"),
            ],
        ],
    ),
    (
        "ListParts",
        "k",
        &[
            MORE,
            &[
                ("?uploadId", "id"),
                ("?encoding-type", "url"),
                ("?max-parts", "5"),
                ("?part-number-marker", "6"),
            ],
        ],
    ),
    (
        "CompleteMultipartUpload",
        "k",
        &[
            MORE,
            &[
                ("?uploadId", "id"),
                ("pic-operations", "{}"),
                ("x-cos-forbid-overwrite", "true"),
            ],
        ],
    ),
    ("AbortMultipartUpload", "k", &[MORE, &[("?uploadId", "id")]]),
    (
        "ListObjects",
        "",
        &[
            MORE,
            &[
                ("?prefix", "prefix"),
                ("?delimiter", "%2F"),
                ("?marker", "marker"),
                ("?max-keys", "5"),
                ("?encoding-type", "url"),
            ],
        ],
    ),
    (
        "ListMultipartUploads",
        "",
        &[
            MORE,
            &[
                ("?prefix", "prefix"),
                ("?delimiter", "%2F"),
                ("?encoding-type", "url"),
                ("?max-uploads", "5"),
                ("?key-marker", "key%20marker"),
                ("?upload-id-marker", "upload%20id%20marker"),
            ],
        ],
    ),
    ("DeleteMultipleObjects", "", &[MORE]),
    (
        "RestoreObject",
        "k",
        &[MORE, &[("?versionId", "version%20id")]],
    ),
    (
        "PutObjectAcl",
        "k",
        &[
            MORE,
            &[
                ("?versionId", "version%20id"),
                ("x-cos-acl", "public-read"),
                ("x-cos-grant-read", "id=\"1\""),
                ("x-cos-grant-read-acp", "id=\"2\""),
                ("x-cos-grant-write-acp", "id=\"3\""),
                ("x-cos-grant-full-control", "id=\"4\""),
            ],
        ],
    ),
    (
        "GetObjectAcl",
        "k",
        &[MORE, &[("?versionId", "version%20id")]],
    ),
    (
        "OptionsObject",
        "k",
        &[
            MORE,
            &[
                ("origin", "https://example.com"),
                ("access-control-request-method", "PUT"),
                ("access-control-request-headers", "x-cos-meta-a"),
            ],
        ],
    ),
    (
        "PutObject",
        "file",
        &[
            OBJECT,
            FORBID,
            &[
                ("x-cos-other", "other"),
                ("content-md5", "ndTkYSaMgDT1yFZOFVxnpg=="),
            ],
        ],
    ),
    ("InitiateMultipartUpload", "file in parts", &[OBJECT]),
    (
        "UploadPart",
        "file in parts",
        &[&[
            ("?partNumber", "1"),
            ("content-md5", "PkQQcXClIFgq3lIvpzwdFQ=="),
        ]],
    ),
    ("CompleteMultipartUpload", "file in parts", &[FORBID]),
    (
        "PutObject",
        "stream",
        &[OBJECT, FORBID, &[("x-cos-other", "other")]],
    ),
    ("PutObject", "source", &[]),
    (
        "HeadObject",
        "source",
        &[&[
            ("if-none-match", "\"none\""),
            ("if-modified-since", "Sun, 09 Sep 2001 01:46:40 GMT"),
        ]],
    ),
    (
        "CopyObject",
        "copied file",
        &[
            OBJECT,
            FORBID,
            &[
                ("x-cos-other", "other"),
                ("x-cos-metadata-directive", "Replaced"),
                ("x-cos-tagging-directive", "Replaced"),
                (
                    "x-cos-copy-source",
                    "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/source",
                ),
                ("x-cos-copy-source-if-match", XY),
            ],
        ],
    ),
    ("PutObject", "source of parts", &[]),
    (
        "HeadObject",
        "source of parts",
        &[&[("if-unmodified-since", "Tue, 02 Oct 2096 07:06:40 GMT")]],
    ),
    ("InitiateMultipartUpload", "copied in parts", &[OBJECT]),
    (
        "UploadPartCopy",
        "copied in parts",
        &[&[
            ("?partNumber", "1"),
            (
                "x-cos-copy-source",
                "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/source%20of%20parts",
            ),
            ("x-cos-copy-source-range", "bytes=0-1"),
            ("x-cos-copy-source-if-match", XY),
        ]],
    ),
    ("CompleteMultipartUpload", "copied in parts", &[FORBID]),
];

/// The ETag of the bytes `xy`.
const XY: &str = "\"3e44107170a520582ade522fa73c1d15\"";

fn value<'a>(request: &'a Recorded, name: &str) -> Option<&'a str> {
    let Some(name) = name.strip_prefix('?') else {
        return request.header(name);
    };
    let (_, query) = request.target.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

pub(crate) fn check(cos: &Emulator) {
    let requests = cos.requests();
    for (operation, key, tables) in ROWS {
        let request = requests
            .iter()
            .find(|r| r.operation == *operation && r.key == *key);
        let seen: Vec<_> = requests.iter().map(|r| (&r.operation, &r.key)).collect();
        let request = request.unwrap_or_else(|| panic!("no {operation} of {key:?} in {seen:?}"));
        for (name, expected) in tables.concat() {
            assert_eq!(
                value(request, name),
                Some(expected),
                "{operation} {key:?}: {name}"
            );
        }
    }
    assert_eq!(requests.len(), ROWS.len());
}
