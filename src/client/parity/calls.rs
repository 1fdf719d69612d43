//! The calls that were recorded, as coslink's operations.

use std::io::Cursor;
use std::time::{Duration, SystemTime};

use super::{BUCKET, REGION, Seen, World};
use crate::error::Result;
use crate::op::copy_source::CopySource;
use crate::op::types::{
    Acl, ByteRange, Directive, Grant, Grantee, Owner, Permission, StorageClass, Tier,
};
use crate::op::*;
use crate::wire::Body;

const KEY: &str = "exampleobject";
const EXPIRES: &str = "Wed, 21 Oct 2015 07:28:00 GMT";
const DISPOSITION: &str = "attachment; filename=\"a b.txt\"";
const ONE: &str = "id=\"100000000001\"";
const TWO: &str = "id=\"100000000001\",id=\"100000000002\"";

/// Fri, 10 Apr 2020 18:17:25 GMT
fn time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_586_542_645)
}

fn source(key: &str) -> CopySource {
    CopySource::new("sourcebucket-1250000001", "ap-shanghai", key)
}

/// What coslink makes of a recorded call. The recordings of the SDKs do not always have the same
/// arguments.
pub(super) fn call(operation: &str, sdk: &str, world: &World) -> Result<Seen> {
    let (node, python, go) = (sdk == "node", sdk == "python", sdk == "go");
    if let Some(rest) = operation.strip_prefix("key_") {
        return on_key(rest, world);
    }
    if operation.starts_with("putObject_") || operation.ends_with("_put") {
        return put(operation, sdk, world);
    }
    match operation {
        "getBucket" => world.see(ListObjects::new()),
        "getBucket_all" => world.see(
            ListObjects::new()
                .prefix("目录/a b+c")
                .delimiter("/")
                .marker("m!'()*~")
                .max_keys(10)
                .encoding_type("url"),
        ),
        "headObject" => world.see(HeadObject::new(KEY)),
        "headObject_cond" => world.see(
            HeadObject::new(KEY)
                .version_id("MTg0")
                .if_modified_since(time()),
        ),
        "getObject" => world.see(GetObject::new(KEY)),
        "getObject_range" => world.see(GetObject::new(KEY).range(ByteRange::new(1, 3))),
        "getObject_all" => {
            let get = GetObject::new(KEY)
                .version_id("MTg0")
                .response_content_type("text/html")
                .response_expires(EXPIRES)
                .response_content_disposition(DISPOSITION)
                .if_modified_since(time());
            world.see(match go {
                true => get,
                false => get
                    .response_content_language("zh-CN")
                    .response_cache_control("no-cache")
                    .response_content_encoding("gzip")
                    .if_unmodified_since(time())
                    .if_match("\"abc\"")
                    .if_none_match("\"def\""),
            })
        }
        "optionsObject" => {
            let headers = if go {
                "origin"
            } else {
                "origin,accept,content-type"
            };
            world.see(
                OptionsObject::new(KEY, "https://www.qq.com", "PUT")
                    .access_control_request_headers(headers),
            )
        }
        "deleteObject" => world.see(DeleteObject::new(KEY)),
        "deleteObject_version" => world.see(DeleteObject::new(KEY).version_id("MTg0")),
        "deleteMultipleObject" => {
            let objects = [
                ObjectVersion::from("a&b<c>\"'.txt"),
                ObjectVersion::new("中文 1.txt", "MTg0"),
            ];
            world.see(DeleteObjects::new(objects).quiet(go))
        }
        "deleteMultipleObject_quiet_single" => world.see(DeleteObjects::new(["a"]).quiet(true)),
        "putObjectCopy" => {
            let key = if go { "源/a b+c%" } else { "sourceObject" };
            world.see(CopyObject::new(KEY, source(key)))
        }
        "putObjectCopy_version" => {
            world.see(CopyObject::new(KEY, source("源/a b+c%").version_id("MTg0")))
        }
        "putObjectCopy_all" => {
            let key = if node { "源/a b" } else { "源/a b+c%" };
            // All four conditions, as in the recordings, are refused.
            let copy = CopyObject::new(KEY, source(key).version_id("MTg0"))
                .metadata_directive(Directive::Replaced)
                .copy_source_if_match("\"a\"")
                .copy_source_if_unmodified_since(time())
                .content_type("text/plain")
                .acl(Acl::Private)
                .storage_class(StorageClass::Archive)
                .meta("a", "b");
            let both = copy.clone().copy_source_if_none_match("\"b\"");
            assert!(world.see(both).is_err());
            world.see(copy)
        }
        "changeStorageClass" => world.see(
            CopyObject::new(KEY, CopySource::new(BUCKET, REGION, KEY))
                .metadata_directive(Directive::Replaced)
                .storage_class(StorageClass::StandardIa),
        ),
        "uploadPartCopy" => {
            let key = if go { "源/a b+c%" } else { "sourceObject" };
            let range = ByteRange::new(0, 9);
            world.see(UploadPartCopy::new(KEY, "u1", 2, source(key)).copy_source_range(range))
        }
        "restoreObject" => {
            let restore = RestoreObject::new(KEY, 1, Tier::Expedited);
            world.see(match node {
                true => restore.version_id("MTg0"),
                false => restore,
            })
        }
        "getObjectAcl" => world.see(GetObjectAcl::new(KEY)),
        "putObjectAcl_header" => world.see(
            PutObjectAcl::new(KEY)
                .acl(Acl::PublicRead)
                .grant_read("id=\"1\",id=\"2\""),
        ),
        "putObjectAcl_body" => {
            let [owner, reader] = match go {
                true => ["qcs::cam::uin/1:uin/1", "qcs::cam::uin/2:uin/2"],
                false => [
                    "qcs::cam::uin/100000000001:uin/100000000001",
                    "qcs::cam::uin/100000000011:uin/100000000011",
                ],
            };
            let grant = Grant::new(Grantee::user(reader), Permission::Read);
            world.see(PutObjectAcl::new(KEY).policy(Owner::new(owner), [grant]))
        }
        "multipartInit" => world.see(InitiateMultipartUpload::new(KEY)),
        "multipartInit_all" => world.see(
            InitiateMultipartUpload::new(KEY)
                .cache_control("max-age=1")
                .content_type("video/mp4")
                .acl(Acl::Private)
                .storage_class(StorageClass::Standard)
                .meta("a", "b"),
        ),
        "multipartUpload" => {
            let upload = if go { "u1" } else { "1585130821cbb7df" };
            world.see(UploadPart::new(KEY, upload, 1, "part data"))
        }
        "multipartUpload_md5" => {
            let md5 = if python {
                "xjHW1v5k/PdiR14tqomWKw=="
            } else {
                "abc=="
            };
            let part = UploadPart::new(KEY, "1585130821cbb7df", 1, "part data");
            world.see(part.content_md5(md5))
        }
        "multipartList" => {
            let list = ListMultipartUploads::new()
                .prefix(KEY)
                .encoding_type("url")
                .max_uploads(10);
            world.see(match go {
                true => list,
                false => list.delimiter("/").key_marker("k").upload_id_marker("u"),
            })
        }
        "multipartList_default" => world.see(ListMultipartUploads::new()),
        "multipartListPart" => {
            let list = ListParts::new(KEY, "u1");
            world.see(match go {
                true => list,
                false => list
                    .encoding_type("url")
                    .max_parts(10)
                    .part_number_marker(3),
            })
        }
        "multipartListPart_default" => world.see(ListParts::new(KEY, "u1")),
        "multipartComplete" => {
            // Node was given the first ETag without quotes too, and added them.
            let quote = if node { "\"" } else { "" };
            let first = format!("{quote}39270a968a357d24207e9911162507eb{quote}");
            let parts = [
                CompletedPart::new(1, first),
                CompletedPart::new(2, "\"d899fbd1e06109ea2e4550f5751c88d6\""),
            ];
            world.see(CompleteMultipartUpload::new(KEY, "u1", parts))
        }
        "multipartAbort" => world.see(AbortMultipartUpload::new(KEY, "u1")),
        other => panic!("{other} was recorded, but is no call here"),
    }
}

fn put(operation: &str, sdk: &str, world: &World) -> Result<Seen> {
    let (python, go) = (sdk == "python", sdk == "go");
    let hello = PutObject::new(KEY, "hello!");
    let one = PutObject::new(KEY, "x");
    let file = "hello file";
    world.see(match operation {
        "putObject_string" | "putObject_buffer" => hello,
        "putObject_empty" => PutObject::new(KEY, ""),
        "putObject_folder" => PutObject::new("a/", ""),
        "putObject_checkmd5" => hello.content_md5("Wo3TrQdWqT3tcrgjsZ3Ydw=="),
        "putObject_expect" => hello.expect("100-continue"),
        "putObject_allheaders" => {
            let put = hello
                .cache_control("max-age=60")
                .content_disposition(DISPOSITION)
                .content_type("text/plain")
                .expires(EXPIRES)
                .acl(Acl::Default)
                .forbid_overwrite(true)
                .grant_read(ONE)
                .storage_class(StorageClass::StandardIa)
                .traffic_limit(819_200)
                .meta("foo", "bar");
            let more = |put: PutObject<'static>| {
                put.content_encoding("identity")
                    .grant_full_control(TWO)
                    .pic_operations("{\"is_pic_info\":1}")
                    .meta("uni", "%E4%BD%9C%E8%80%85")
            };
            match sdk {
                "go" => put,
                "python" => more(put)
                    .content_language("zh-CN")
                    .tagging("k1=v1&k2=v%202")
                    .header("x-cos-callback", "eyJ9")
                    .header("x-cos-callback-var", "eyJ9"),
                _ => more(put).grant_read_acp(ONE).grant_write_acp(ONE),
            }
        }
        "putObject_meta_unicode_raw" => one.meta("uni", "作者"),
        "putObject_ssec" => one
            .sse_customer_algorithm("AES256")
            .sse_customer_key("MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY=")
            .sse_customer_key_md5("U5L61r7jcwdNvT7frmUG8g=="),
        "putObject_ssecos" => one.server_side_encryption("AES256"),
        "putObject_ssekms" => one
            .server_side_encryption("cos/kms")
            .sse_kms_key_id("48ba38aa")
            .sse_kms_context("eyJhIjoiYiJ9"),
        "putObject_stream_noext" => PutObject::new(KEY, Body::file(world.file("file", file))),
        "putObject_stream_txt" | "putObject_stream_with_length" if !python && !go => {
            PutObject::new(KEY, Body::file(world.file("file.txt", file)))
        }
        // Without a name there is no Content-Type to guess; Python guesses none for a file either.
        "putObject_stream_bytesio"
        | "putObject_stream_unsized"
        | "putObject_stream_txt"
        | "putObject_stream_with_length" => {
            PutObject::new(KEY, Body::reader(Cursor::new(file), 10))
        }
        "putObject_token" | "accelerate_put" | "useAccelerate_put" | "internal_put"
        | "tencentcos_put" | "customDomain_put" => one,
        other => panic!("{other} was recorded, but is no call here"),
    })
}

/// `put_space` and the like.
fn on_key(name: &str, world: &World) -> Result<Seen> {
    let (verb, kind) = name.split_once('_').unwrap();
    let long = |length| "k".repeat(length);
    let key = match kind {
        "long850" => long(850),
        "long1000" => long(1000),
        _ => {
            let rows = KINDS.iter().find(|(name, _)| *name == kind);
            rows.unwrap_or_else(|| panic!("{kind} was recorded, but is no key here"))
                .1
                .to_owned()
        }
    };
    match verb {
        "put" => world.see(PutObject::new(key, "x")),
        "get" => world.see(GetObject::new(key)),
        "delete" => world.see(DeleteObject::new(key)),
        other => panic!("{other}"),
    }
}

const KINDS: &[(&str, &str)] = &[
    ("amp", "a&b=c;d,e.txt"),
    ("backslash", "a\\b"),
    ("colon_at", "a:b@c$.txt"),
    ("control", "a\tb\u{1}c"),
    ("dotdot", "a/../b.txt"),
    ("dotdot_collapses", "a/.."),
    ("dotdot_start", "../b.txt"),
    ("double_slash", "a//b.txt"),
    ("emoji", "e-😀.txt"),
    ("hash", "a#b.txt"),
    ("leading_slash", "/a.txt"),
    ("newline", "a\nb"),
    ("only_dotdot", ".."),
    ("only_slash", "/"),
    ("pctenc", "a%2Fb%20c.txt"),
    ("percent", "100%.txt"),
    ("plus", "a+b.txt"),
    ("quotes", "\"<>\\{}|^`[].txt"),
    ("space", "a b/c d.txt"),
    ("subdelims", "!'()*.txt"),
    ("tilde", "a~b.txt"),
    ("trailing_slash", "a/"),
    ("unicode", "目录/腾讯云.jpg"),
];
