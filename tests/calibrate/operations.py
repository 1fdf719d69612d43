"""The rest of the operations of the specification with the official Python SDK: each call is a line."""

import os
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from qcloud_cos.cos_exception import CosServiceError

MIB = 1024 * 1024
OWNER = "qcs::cam::uin/100000000001:uin/100000000001"
OLD = "Sun, 01 Jan 2006 00:00:00 GMT"
FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT"


class Refused(CosServiceError):
    """A plain request that was answered with an error."""

    def __init__(self, status, body):
        super().__init__("GET", {"code": "plain", "message": body, "resource": "", "requestid": "", "traceid": ""}, status)


def fetch(address, url, method, headers=None, body=None):
    """Fetches a URL by plain HTTP from the emulator, with the URL's own host."""
    parts = urlsplit(url)
    target = "http://%s:%d%s?%s" % (address.hostname, address.port, parts.path, parts.query)
    request = urllib.request.Request(target, data=body, method=method, headers={"Host": parts.netloc, **(headers or {})})
    # urllib adds a type to bodies, which no signature here covers.
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read().decode()) from None


def run(session):
    client, step, call, check, body_of = (session[name] for name in ("client", "step", "call", "check", "body_of"))
    bucket, host = session["bucket"], session["bucket"] + ".cos.ap-guangzhou.myqcloud.com"
    key = "ops/源 a+b"
    source = {"Bucket": bucket, "Key": key, "Region": "ap-guangzhou"}
    body = b"0123456789"

    def fails(name, method, status, code, **parameters):
        def attempt():
            try:
                getattr(client, method)(Bucket=bucket, **parameters)
            except CosServiceError as error:
                if session["refused"]:
                    raise
                check(error.get_status_code() == status, "status %s" % error.get_status_code())
                check(code is None or error.get_error_code() == code, "code %s" % error.get_error_code())
                return
            raise AssertionError("succeeded")

        step(name, attempt)

    put = step(
        "op put, all parameters",
        call("put_object", Key=key, Body=body, ContentType="text/plain", CacheControl="no-cache",
             ContentLanguage="zh", ContentDisposition="attachment", ContentEncoding="identity", Expires="never",
             StorageClass="STANDARD_IA", ACL="private", GrantRead='id="100000000002"',
             ServerSideEncryption="AES256", Metadata={"x-cos-meta-a": "b"}),
    )
    etag = put["ETag"] if put else '"none"'
    step(
        "op list, all parameters",
        call("list_objects", Prefix="ops/", Delimiter="/", Marker="ops/a", MaxKeys=2, EncodingType="url"),
        lambda data: check(len(data["Contents"]) == 1, "contents"),
    )
    step("op head If-Match", call("head_object", Key=key, IfMatch=etag),
         lambda data: check(data["x-cos-meta-a"] == "b", "metadata"))
    overrides = dict(ResponseContentType="a/b", ResponseContentLanguage="en", ResponseExpires="now",
                     ResponseCacheControl="max-age=1", ResponseContentDisposition='inline; filename="a b"',
                     ResponseContentEncoding="x")
    step(
        "op get, all response-*",
        call("get_object", Key=key, **overrides),
        lambda data: check(
            [data[n] for n in ("Content-Type", "Content-Language", "Expires", "Cache-Control",
                               "Content-Disposition", "Content-Encoding")]
            == ["a/b", "en", "now", "max-age=1", 'inline; filename="a b"', "x"], "headers"),
    )
    for wanted, text in (("bytes=0-2", b"012"), ("bytes=8-", b"89"), ("bytes=5-99", b"56789")):
        step("op get " + wanted, call("get_object", Key=key, Range=wanted),
             lambda data, text=text: check(body_of(data) == text, "body"))
    step("op get, conditions that hold",
         call("get_object", Key=key, IfMatch=etag, IfNoneMatch='"other"', IfModifiedSince=OLD),
         lambda data: check(body_of(data) == body, "body"))
    fails("op get If-Match of another", "get_object", 412, "PreconditionFailed", Key=key, IfMatch='"x"')
    fails("op get If-Unmodified-Since", "get_object", 412, "PreconditionFailed", Key=key, IfUnmodifiedSince=OLD)
    fails("op get behind the end", "get_object", 416, "InvalidRange", Key=key, Range="bytes=10-")
    fails("op get of nothing", "get_object", 404, "NoSuchKey", Key="none")

    rules = {"CORSRule": [{"ID": "r", "AllowedOrigin": ["https://*.qq.com"], "AllowedMethod": ["PUT", "GET"],
                           "AllowedHeader": ["*"], "ExposeHeader": ["ETag"], "MaxAgeSeconds": 5}]}
    step("op cors", call("put_bucket_cors", CORSConfiguration=rules))
    step("op cors get", call("get_bucket_cors"), lambda data: check(data["CORSRule"][0]["ID"] == "r", "rule"))
    step("op cors delete", call("delete_bucket_cors"))

    step("op copy", call("copy_object", Key="ops/copy", CopySource=source),
         lambda data: check(data["ETag"] == etag, "ETag"))

    def check_copy(_):
        head = client.head_object(Bucket=bucket, Key="ops/copy")
        check(head["Content-Type"] == "x/y" and head["x-cos-meta-c"] == "d", "headers")
        check("x-cos-meta-a" not in head, "metadata")

    step(
        "op copy, replaced, conditions",
        call("copy_object", Key="ops/copy", CopySource=source, CopyStatus="Replaced", ContentType="x/y",
             ACL="public-read", CopySourceIfMatch=etag, CopySourceIfUnmodifiedSince=FUTURE,
             StorageClass="STANDARD", Metadata={"x-cos-meta-c": "d"}),
        check_copy,
    )
    fails("op copy, condition that fails", "copy_object", 412, "PreconditionFailed", Key="ops/copy",
          CopySource=source, CopySourceIfNoneMatch=etag)
    fails("op copy onto itself", "copy_object", 400, "InvalidRequest", Key=key, CopySource=source)
    fails("op copy of nothing", "copy_object", 404, "NoSuchCopySource", Key="ops/copy",
          CopySource={**source, "Key": "none"})

    big = os.urandom(2 * MIB + 5)
    step("op put of 2 MiB", call("put_object", Key="ops/big", Body=big))
    upload = step("op initiate", call("create_multipart_upload", Key="ops/parts", ContentType="x/y",
                                      StorageClass="STANDARD_IA", Metadata={"x-cos-meta-a": "b"}))
    address = {"Key": "ops/parts", "UploadId": upload["UploadId"] if upload else "none"}
    parts = []
    for number, wanted in ((1, "bytes=0-%d" % (MIB - 1)), (2, "")):
        copied = step("op copy part %d" % number,
                      call("upload_part_copy", PartNumber=number, CopySource={**source, "Key": "ops/big"},
                           CopySourceRange=wanted, **address))
        parts.append({"PartNumber": number, "ETag": copied["ETag"] if copied else "none"})
    step("op list parts, all parameters",
         call("list_parts", EncodingType="url", MaxParts=1, PartNumberMarker=1, **address),
         lambda data: check([part["PartNumber"] for part in data["Part"]] == ["2"], "parts"))
    step("op list uploads, all parameters",
         call("list_multipart_uploads", Prefix="ops/", Delimiter="/", MaxUploads=5, KeyMarker="ops/a",
              UploadIdMarker="0", EncodingType="url"),
         lambda data: check([one["UploadId"] for one in data["Upload"]] == [address["UploadId"]], "uploads"))
    step("op complete", call("complete_multipart_upload", MultipartUpload={"Part": parts}, **address),
         lambda _: check(body_of(client.get_object(Bucket=bucket, Key="ops/parts")) == big[:MIB] + big, "body"))
    left = step("op initiate another", call("create_multipart_upload", Key="ops/left"))
    left = {"Key": "ops/left", "UploadId": left["UploadId"] if left else "none"}
    step("op abort", call("abort_multipart_upload", **left))
    fails("op abort again", "abort_multipart_upload", 404, "NoSuchUpload", **left)

    step("op put archived", call("put_object", Key="ops/cold", Body=b"x", StorageClass="ARCHIVE"))
    fails("op get archived", "get_object", 403, "InvalidObjectState", Key="ops/cold")
    order = {"Days": 1, "CASJobParameters": {"Tier": "Expedited"}}
    step("op restore", call("restore_object", Key="ops/cold", RestoreRequest=order),
         lambda _: check(client.head_object(Bucket=bucket, Key="ops/cold")["x-cos-restore"]
                         == 'ongoing-request="true"', "state"))
    fails("op restore again", "restore_object", 409, "RestoreAlreadyInProgress", Key="ops/cold", RestoreRequest=order)
    fails("op restore what is not archived", "restore_object", 405, "RestoreNonArchiveObject", Key=key,
          RestoreRequest=order)

    def acl(name, verify, **parameters):
        step(name, call("put_object_acl", Key=key, **parameters),
             lambda _: check(verify(client.get_object_acl(Bucket=bucket, Key=key)), "answer"))

    def grants(data):
        return data["AccessControlList"]["Grant"]

    acl("op acl canned", lambda data: data["CannedACL"] == "public-read", ACL="public-read")
    acl("op acl grants", lambda data: len(grants(data)) == 4,
        GrantRead='id="100000000002",id="100000000003"', GrantFullControl='id="100000000004"')
    policy = {"Owner": {"ID": OWNER}, "AccessControlList": {"Grant": [
        {"Grantee": {"Type": "CanonicalUser", "ID": "qcs::cam::uin/5:uin/5"}, "Permission": "WRITE"}]}}
    acl("op acl policy", lambda data: grants(data)[0]["Permission"] == "WRITE", AccessControlPolicy=policy)
    acl("op acl default", lambda data: data["Owner"]["ID"] == OWNER, ACL="default")
    step("op acl get", call("get_object_acl", Key=key))

    tags = {"TagSet": {"Tag": [{"Key": "k", "Value": "v"}]}}
    step("op tagging", call("put_object_tagging", Key=key, Tagging=tags))
    step("op tagging get", call("get_object_tagging", Key=key),
         lambda data: check(data["TagSet"]["Tag"][0]["Value"] == "v", "tags"))
    step("op tagging delete", call("delete_object_tagging", Key=key))
    # Its HEAD of the source takes no notice of the address, so it goes through the proxy.
    step("op copy by the high-level call",
         lambda: session["through_proxy"].copy(bucket, "ops/big copy", {**source, "Key": "ops/big"}, PartSize=1, MAXThread=2),
         lambda _: check(body_of(client.get_object(Bucket=bucket, Key="ops/big copy")) == big, "body"))

    urls(session, step, check, host)
    versions(client, bucket, step, call, check, body_of)
    step("op delete many",
         call("delete_objects", Delete={"Object": [{"Key": key}, {"Key": "ops/copy"}, {"Key": "no <such> &"}]}),
         lambda data: check(len(data["Deleted"]) == 3 and "Error" not in data, "deleted"))
    step("op delete many, quietly",
         call("delete_objects", Delete={"Quiet": "true", "Object": [{"Key": "ops/big"}]}),
         lambda data: check(not data or "Deleted" not in data, "deleted"))


def urls(session, step, check, host):
    client, address, bucket = session["client"], session["address"], session["bucket"]
    key = "ops/url 源+"

    def sign(method, **more):
        parameters = dict(Bucket=bucket, Key=key, Method=method, Expired=300, **more)
        # This call does take notice of the address, which is not part of the URL that is wanted.
        return session["plain"].get_presigned_url(**parameters)

    def by_url(name, method, headers=None, body=None, verify=lambda answer: None, **more):
        step("op url " + name, lambda: fetch(address, sign(method, **more), method, headers, body), verify)

    by_url("PUT", "PUT", body=b"by url")
    by_url("GET", "GET", verify=lambda answer: check(answer[1] == b"by url", "body"))
    by_url("GET with response-*", "GET", Params={"response-content-type": "a/b"})
    by_url("GET with a signed header", "GET", headers={"Range": "bytes=3-"}, Headers={"Range": "bytes=3-"},
           verify=lambda answer: check(answer == (206, b"url"), "range"))
    by_url("HEAD", "HEAD")
    by_url("POST uploads", "POST", body=b"", Params={"uploads": ""},
           verify=lambda answer: check(b"<UploadId>" in answer[1], "body"))
    by_url("DELETE", "DELETE")


def versions(client, bucket, step, call, check, body_of):
    step("op versioning", call("put_bucket_versioning", Status="Enabled"))
    step("op versioning get", call("get_bucket_versioning"), lambda data: check(data["Status"] == "Enabled", "status"))
    put = step("op put a version", call("put_object", Key="ops/v", Body=b"one"),
               lambda data: check(data["x-cos-version-id"], "version"))
    version = put["x-cos-version-id"] if put else "none"
    step("op delete, a marker", call("delete_object", Key="ops/v"),
         lambda data: check(data["x-cos-delete-marker"] == "true", "marker"))
    step("op list versions", call("list_objects_versions", Prefix="ops/v"),
         lambda data: check(len(data["Version"]) == 1 and len(data["DeleteMarker"]) == 1, "versions"))
    step("op get a version", call("get_object", Key="ops/v", VersionId=version),
         lambda data: check(body_of(data) == b"one", "body"))
    step("op delete a version", call("delete_object", Key="ops/v", VersionId=version))
    step("op versioning off", call("put_bucket_versioning", Status="Suspended"))
