"""The official Python SDK reads the objects that another client wrote: each has its key as content.

usage: read_back.py EMULATOR_URL KEYS.json
"""

import json
import logging
import sys
from urllib.parse import urlsplit

from qcloud_cos import CosConfig, CosS3Client

logging.disable(logging.CRITICAL)
address, keys = urlsplit(sys.argv[1]), json.load(open(sys.argv[2], encoding="utf-8"))
bucket = "examplebucket-1250000000"
client = CosS3Client(
    CosConfig(
        Region="ap-guangzhou",
        Scheme="http",
        SecretId="AKIDcoslinkVectorId0123456789abcdef",
        SecretKey="coslinkVectorKey/+=0123456789ABCDEF",
        IP=address.hostname,
        Port=address.port,
    ),
    retry=0,
)

wrong = 0
for key in keys:
    # The SDK's HTTP stack removes relative segments at the end of a path, and so cannot ask.
    if key.endswith("/.."):
        print("left out", repr(key))
        continue
    # The SDK takes one leading slash away.
    asked = "/" + key if key.startswith("/") else key
    answer = client.get_object(Bucket=bucket, Key=asked, KeySimplifyCheck=False)
    if answer["Body"].get_raw_stream().read() != key.encode():
        wrong += 1
        print("WRONG", repr(key))

listed, marker = [], ""
while True:
    page = client.list_objects(Bucket=bucket, Marker=marker, MaxKeys=7)
    listed += [entry["Key"] for entry in page.get("Contents", [])]
    if page["IsTruncated"] == "false":
        break
    marker = page["NextMarker"]
if sorted(listed) != sorted(keys):
    wrong += 1
    print("WRONG listing", sorted(set(keys) ^ set(listed)))
print("%d keys read back, %d wrong" % (len(keys), wrong))
sys.exit(wrong > 0)
