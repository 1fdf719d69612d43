"""The official Python SDK against the emulator.

Its options IP and Port replace the address that is connected to; the Host header stays the bucket's
host, without a port, which is also what the SDK signs.
"""

import base64
import hashlib
import json
import logging
import os
import sys
import tempfile
from urllib.parse import urlsplit

import operations
from qcloud_cos import CosConfig, CosS3Client
from qcloud_cos.cos_exception import CosServiceError

logging.disable(logging.CRITICAL)
REFUSED = os.environ["EXPECT"] == "refusal"
ADDRESS = urlsplit(os.environ["EMULATOR_URL"])
BUCKET = "examplebucket-1250000000"
MIB = 1024 * 1024


def connect(**place):
    account = {"SecretId": "AKIDcoslinkVectorId0123456789abcdef", "SecretKey": os.environ["SECRET_KEY"]}
    return CosS3Client(CosConfig(Region="ap-guangzhou", Scheme="http", **account, **place), retry=0)


client = connect(IP=ADDRESS.hostname, Port=ADDRESS.port)
# The call that lists buckets takes no notice of IP and Port; as a proxy the emulator gets it, too.
through_proxy = connect(Proxies={"http": os.environ["EMULATOR_URL"]})
steps = wrong = 0


def check(condition, what):
    if not condition:
        raise AssertionError("unexpected " + what)


def step(name, call, verify=lambda data: None):
    global steps, wrong
    steps += 1
    try:
        data = call()
        if REFUSED:
            raise AssertionError("succeeded although the secret is wrong")
        verify(data)
        print("ok", name)
        return data
    except CosServiceError as error:
        if REFUSED and error.get_status_code() == 403:
            print("ok %s: refused, %s" % (name, error.get_error_code()))
            return None
        problem = "%s %s" % (error.get_status_code(), error.get_error_msg())
    except Exception as error:  # any other outcome is a mismatch, too
        problem = repr(error)
    wrong += 1
    print("WRONG %s: %s" % (name, problem))
    return None


def call(method, **parameters):
    return lambda: getattr(client, method)(Bucket=BUCKET, **parameters)


def md5(data):
    return hashlib.md5(data).hexdigest()


def body_of(answer):
    return answer["Body"].get_raw_stream().read()


body = b"hello, emulator"
step(
    "put",
    call("put_object", Key="exampleobject", Body=body, EnableMD5=True, ContentType="text/plain",
         CacheControl="max-age=5", StorageClass="STANDARD_IA", Metadata={"x-cos-meta-color": "blue"}),
    lambda data: check(data["ETag"] == '"%s"' % md5(body), "ETag"),
)


def check_get(data):
    check(body_of(data) == body, "body")
    check(data["Cache-Control"] == "max-age=5", "Cache-Control")
    check(data["x-cos-meta-color"] == "blue", "metadata")


step("get", call("get_object", Key="exampleobject"), check_get)
step(
    "range get",
    call("get_object", Key="exampleobject", Range="bytes=7-10"),
    lambda data: check(
        body_of(data) == b"emul" and data["Content-Range"] == "bytes 7-10/%d" % len(body), "range"
    ),
)
step(
    "get with response-* overrides",
    call("get_object", Key="exampleobject", ResponseContentType="image/png",
         ResponseContentDisposition='attachment; filename="报告 1.pdf"'.encode().decode("latin-1")),
    lambda data: check(data["Content-Type"] == "image/png", "Content-Type"),
)
step(
    "head",
    call("head_object", Key="exampleobject"),
    lambda data: check(
        data["Content-Length"] == str(len(body)) and data["x-cos-storage-class"] == "STANDARD_IA",
        "answer",
    ),
)
for key in ["list/a/1", "list/a/2", "list/b c", "list/d+e"]:
    step("put " + key, call("put_object", Key=key, Body=b"x"))


def check_list(data):
    check([o["Key"] for o in data["Contents"]] == ["list/b c", "list/d+e"], "keys")
    check([p["Prefix"] for p in data["CommonPrefixes"]] == ["list/a/"], "prefixes")


step("list with prefix and delimiter", call("list_objects", Prefix="list/", Delimiter="/"), check_list)
step(
    "list with a space and a plus in the prefix",
    call("list_objects", Prefix="list/b c", Delimiter="+"),
    lambda data: check(len(data["Contents"]) == 1, "keys"),
)


def check_pages(data):
    check(data["IsTruncated"] == "true" and data["NextMarker"] == "list/b c", "first page")
    rest = client.list_objects(Bucket=BUCKET, Prefix="list/", Marker=data["NextMarker"])
    check(rest["IsTruncated"] == "false" and len(rest["Contents"]) == 1, "second page")


step("list page by page", call("list_objects", Prefix="list/", MaxKeys=3), check_pages)

parts = [os.urandom(MIB), os.urandom(MIB + 1), os.urandom(10)]
whole = b"".join(parts)
upload = step("initiate", call("create_multipart_upload", Key="multi part"))
address = {"Key": "multi part", "UploadId": upload["UploadId"] if upload else "none"}
listed = []
for number, part in enumerate(parts, 1):
    answer = step(
        "part %d" % number,
        call("upload_part", Body=part, PartNumber=number, EnableMD5=True, **address),
        lambda data, part=part: check(data["ETag"] == '"%s"' % md5(part), "ETag"),
    )
    listed.append({"PartNumber": number, "ETag": answer["ETag"] if answer else "none"})
step(
    "list parts",
    call("list_parts", **address),
    lambda data: check([int(p["Size"]) for p in data["Part"]] == [len(p) for p in parts], "sizes"),
)
step(
    "list uploads",
    call("list_multipart_uploads", Prefix="multi"),
    lambda data: check(data["Upload"][0]["UploadId"] == address["UploadId"], "uploads"),
)
step(
    "complete",
    call("complete_multipart_upload", MultipartUpload={"Part": listed}, **address),
    lambda data: check(data["ETag"].endswith('-3"'), "ETag"),
)
step("get what was uploaded", call("get_object", Key="multi part"),
     lambda data: check(body_of(data) == whole, "body"))
aborted = step("initiate another", call("create_multipart_upload", Key="aborted"))
step("abort", call("abort_multipart_upload", Key="aborted",
                   UploadId=aborted["UploadId"] if aborted else "none"))

with tempfile.TemporaryDirectory() as work:
    path = os.path.join(work, "file")
    with open(path, "wb") as file:
        file.write(whole)
    step(
        "upload_file",
        call("upload_file", Key="file", LocalFilePath=path, PartSize=1, MAXThread=3, EnableMD5=True),
        lambda data: check(data["ETag"].endswith('-3"'), "ETag"),
    ) if not REFUSED else None
    back = os.path.join(work, "back")

    def check_file(_):
        with open(back, "rb") as file:
            check(file.read() == whole, "file")

    step("download_file", call("download_file", Key="file", DestFilePath=back, EnableCRC=True), check_file)

KEYS = [
    "目录/腾讯云 😀.jpg", "a b", " lead", "trail ", "a+b", "100%", "a%2Fb", "what?is", "hash#tag",
    "a//b", "a/../b", "./c", "~tilde", "!'()*", "a&b=c;d,e", '"<>\\{}|^`[]', ":@$", "tab\tnl\ncr",
]
for key in KEYS:

    def check_key(_, key=key):
        check(client.head_object(Bucket=BUCKET, Key=key)["ETag"] == '"%s"' % md5(key.encode()), "ETag")
        found = client.list_objects(Bucket=BUCKET, Prefix=key)
        check(key in [o["Key"] for o in found["Contents"]], "listing")
        client.delete_object(Bucket=BUCKET, Key=key)

    step("key " + json.dumps(key, ensure_ascii=False), call("put_object", Key=key, Body=key.encode()), check_key)
operations.run({
    "client": client, "plain": connect(), "through_proxy": through_proxy, "step": step, "call": call, "check": check, "body_of": body_of,
    "bucket": BUCKET, "address": ADDRESS, "refused": REFUSED,
})
step("delete", call("delete_object", Key="exampleobject"))
step(
    "list buckets",
    lambda: through_proxy.list_buckets(),
    lambda data: check(BUCKET in [b["Name"] for b in data["Buckets"]["Bucket"]], "buckets"),
)
step("head bucket", call("head_bucket"))

print("%d passed, %d failed" % (steps - wrong, wrong))
sys.exit(1 if wrong else 0)
