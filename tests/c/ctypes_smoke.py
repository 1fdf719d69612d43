"""Uses the shared library from Python, by nothing but include/coslink-abi.json.

ctypes_smoke.py LIBRARY DESCRIPTION LAYOUT URL BUCKET REGION ID KEY DIRECTORY
"""

import ctypes
import json
import os
import re
import sys

PLAIN = {
    "char": ctypes.c_char,
    "double": ctypes.c_double,
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "size_t": ctypes.c_size_t,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
}


class Library:
    """Structs, constants and functions by their names in C."""

    def __init__(self, path, description):
        self.types = dict(PLAIN)
        self.constants = {c["name"]: c["value"] for c in description["constants"]}
        for enum in description["enums"]:
            self.types[enum["name"]] = PLAIN[enum["type"]]
            self.constants.update((v["name"], v["value"]) for v in enum["values"])
        for name in description["handles"] + [s["name"] for s in description["structs"]]:
            self.types[name] = type(name, (ctypes.Structure,), {})
        for callback in description["callbacks"]:
            kinds = [self.type(p["type"]) for p in callback["parameters"]]
            self.types[callback["name"]] = ctypes.CFUNCTYPE(self.type(callback["returns"]), *kinds)
        for struct in description["structs"]:
            fields = [(f["name"], self.type(f["type"])) for f in struct["fields"]]
            self.types[struct["name"]]._fields_ = fields
        self.functions = {}
        library = ctypes.CDLL(path)
        for function in description["functions"]:
            made = getattr(library, function["name"])
            made.argtypes = [self.type(p["type"]) for p in function["parameters"]]
            made.restype = self.type(function["returns"])
            self.functions[function["name"]] = made

    def type(self, text):
        """The type of ctypes for one of C, such as `const coslink_pair *`."""
        stars = text.count("*")
        base = re.sub(r"\bconst\b|\*", "", text).strip()
        if base == "void":
            kind, stars = (ctypes.c_void_p, stars - 1) if stars else (None, 0)
        elif base == "char" and stars:
            kind, stars = ctypes.c_char_p, stars - 1
        else:
            kind = self.types[base]
        for _ in range(stars):
            kind = ctypes.POINTER(kind)
        return kind

    def options(self, name, **fields):
        """What COSLINK_INIT does."""
        kind = self.types[name]
        return kind(size=ctypes.sizeof(kind), **fields)

    def pointer(self, name):
        return ctypes.POINTER(self.types[name])()

    def call(self, name, *arguments):
        """Calls what ends with an error; returns the status, and what the error says."""
        error = self.pointer("coslink_error")
        status = self.functions[name](*arguments, ctypes.byref(error))
        assert bool(error) == (status != 0), name
        if not error:
            return 0, None
        said = {f: getattr(error.contents, f) for f, _ in error.contents._fields_}
        assert said["status"] == status
        self.functions["coslink_error_free"](error)
        return status, said

    def ok(self, name, *arguments):
        status, said = self.call(name, *arguments)
        assert status == 0, said


def check_layout(library, path):
    """The structs are as a C compiler makes them; only for 64 bits."""
    count = 0
    for line in open(path):
        name, _, rest = line.partition(" ")
        name, _, field = name.partition(".")
        kind = library.types[name]
        numbers = [int(n) for n in re.findall(r"\d+", rest)]
        if field:
            found = [getattr(kind, field).offset, getattr(kind, field).size]
        else:
            found = [ctypes.sizeof(kind)]
        assert found == numbers, (line, found)
        count += 1
    print(f"layout      {count} sizes and offsets")


def main(path, description, layout, url, bucket_name, region, secret_id, secret_key, directory):
    with open(description) as file:
        description = json.load(file)
    library = Library(path, description)
    functions, constants = library.functions, library.constants
    assert functions["coslink_version"]().decode() == description["version"]
    assert functions["coslink_status_name"](constants["COSLINK_ERROR_BUSY"]) == b"COSLINK_ERROR_BUSY"
    assert constants["COSLINK_BACKGROUND"] == -1
    if ctypes.sizeof(ctypes.c_void_p) == 8:
        check_layout(library, layout)

    client, bucket = library.pointer("coslink_client"), library.pointer("coslink_bucket")
    result = library.pointer("coslink_result")
    options = library.options("coslink_client_options", endpoint=url.encode())
    status, said = library.call("coslink_client_new", options, ctypes.byref(client))
    assert status == constants["COSLINK_ERROR_CREDENTIALS"] and not client, said
    options.secret_id, options.secret_key = secret_id.encode(), secret_key.encode()
    library.ok("coslink_client_new", options, ctypes.byref(client))
    names = bucket_name.encode(), region.encode()
    library.ok("coslink_bucket_new", client, *names, ctypes.byref(bucket))
    functions["coslink_client_free"](client)

    # Bytes, and a file in parts that is looked at.
    data = b"hello from Python"
    body = library.options("coslink_body", length=len(data))
    body.data = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)
    library.ok("coslink_put_object", bucket, b"bytes", body, None, ctypes.byref(result))
    put = functions["coslink_result_put_object"](result).contents
    assert put.verified == 1 and put.crc64 == put.sent_crc64
    functions["coslink_result_free"](result)
    source, target = os.path.join(directory, "source"), os.path.join(directory, "target")
    content = os.urandom(3 << 20)
    with open(source, "wb") as file:
        file.write(content)
    seen = []

    @library.types["coslink_progress_fn"]
    def look_on(progress, _):
        seen.append((progress.contents.loaded, progress.contents.total))
        return 0

    upload = library.options("coslink_upload_file_options", part_size=1 << 20, slice_above=1 << 20)
    upload.progress = look_on
    paths = b"file", source.encode()
    library.ok("coslink_upload_file", bucket, *paths, upload, ctypes.byref(result))
    uploaded = functions["coslink_result_upload_file"](result).contents
    assert (uploaded.parts, uploaded.size, uploaded.verified) == (3, len(content), 1)
    assert uploaded.receipt.contents.parts_crc64 == 3
    assert seen[-1] == (len(content), len(content))
    functions["coslink_result_free"](result)
    print("uploaded    bytes and a file in 3 parts")

    library.ok("coslink_download_file", bucket, b"file", target.encode(), None, None)
    with open(target, "rb") as file:
        assert file.read() == content
    library.ok("coslink_get_object", bucket, b"bytes", None, ctypes.byref(result))
    length = ctypes.c_size_t()
    got = functions["coslink_result_body"](result, ctypes.byref(length))
    assert ctypes.string_at(got, length.value) == data
    functions["coslink_result_free"](result)
    print("downloaded  both")

    objects, one = library.pointer("coslink_objects"), library.pointer("coslink_object")
    library.ok("coslink_objects_new", bucket, None, ctypes.byref(objects))
    listed = []
    while True:
        library.ok("coslink_objects_next", objects, ctypes.byref(one))
        if not one:
            break
        listed.append((one.contents.key, one.contents.size))
    functions["coslink_objects_free"](objects)
    assert listed == [(b"bytes", len(data)), (b"file", len(content))], listed
    print("listed      both")

    pair = library.types["coslink_object_version"]
    both = (pair * 2)(pair(b"bytes", None), pair(b"file", None))
    library.ok("coslink_delete_objects", bucket, both, 2, None, ctypes.byref(result))
    assert functions["coslink_result_delete_objects"](result).contents.deleted_count == 2
    functions["coslink_result_free"](result)
    status, said = library.call("coslink_get_object", bucket, b"bytes", None, None)
    assert status == constants["COSLINK_ERROR_NOT_FOUND"] and said["http_status"] == 404
    assert said["code"] == b"NoSuchKey" and said["request_id"] and said["attempts"] == 1
    print("deleted     both;", said["text"].decode())
    functions["coslink_bucket_free"](bucket)


main(*sys.argv[1:])
