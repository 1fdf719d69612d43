// Every operation but the transfers, as C++ calls it: once with success and once without.
#include "check.hpp"

#include <array>

namespace {

void objects(const coslink::bucket &bucket) {
  coslink::put_object_options options;
  const coslink_pair metadata[] = {{"color", "blue"}};
  options.content_type = "text/plain";
  options.metadata = metadata;
  options.metadata_count = 1;
  const auto put = OK(bucket.put_object("key", "hello!", options));
  CHECK(put->verified && put->crc64 == put->sent_crc64 && put.http_status() == 200);
  CHECK(!put.request_id().empty() && put.attempts() == 1 && put);
  CHECK(put.header("eTAG") == put->etag && put.header("x-none").data() == nullptr);
  bool seen = false;
  for (const coslink_pair &header : put.headers())
    seen = seen || std::string_view(header.name) == "x-cos-request-id";
  CHECK(seen);
  CHECK((*put).verified && put.as<coslink_get_object_output>() == nullptr && put.get() != nullptr);
  REFUSED("key", bucket.put_object("", "hello!"));
  REFUSED("body", bucket.put_object("key", nullptr));

  const auto head = OK(bucket.head_object(std::string("key")));
  CHECK(std::string_view(head->content_type) == "text/plain" && head->content_length == 6);
  const auto error = FAILS(NOT_FOUND, bucket.head_object(std::string_view("nothing at all", 7)));
  CHECK(error.http_status() == 404 && error.operation() == "HeadObject" && error.code().empty());
  CHECK(error.code().data() == nullptr && error.attempts() == 1 && !error.retryable());
  CHECK(!error.request_id().empty() && !error.headers().empty() && error.get() != nullptr);
  CHECK(error.message().empty() && error.trace_id().size() < 1000 && !error.thrown());

  const auto got = OK(bucket.get_object("key"));
  CHECK(got->verified && got.body().text() == "hello!" && got.body().size() == 6);
  const auto missing = FAILS(NOT_FOUND, bucket.get_object("nothing"));
  CHECK(missing.code() == "NoSuchKey" && missing.resource().find("nothing") != std::string::npos);

  coslink::post_object_options post;
  post.success_action_status = 201;
  CHECK(std::string_view(OK(bucket.post_object("posted", "by a form", post))->key) == "posted");
  REFUSED("key", bucket.post_object(nullptr, "by a form"));

  coslink::copy_source source;
  source.key = "key";
  CHECK(OK(bucket.copy_object("copy", source))->has_crc64);
  source.key = "nothing";
  FAILS(NOT_FOUND, bucket.copy_object("copy", source));
  REFUSED("copy_source.key", bucket.copy_object("copy", {}));

  CHECK(OK(bucket.delete_object("copy"))->version_id == nullptr);
  REFUSED("key", bucket.delete_object(""));
  CHECK(OK(bucket.location("key")).find(arguments[2]) == 0);
}

void many_objects(const coslink::bucket &bucket) {
  for (const char *key : {"a/1", "a/2", "a/3", "a/4", "denied"}) OK(bucket.put_object(key, key));
  const auto some = OK(bucket.delete_objects({{"a/1", nullptr}, {"denied", nullptr}}));
  CHECK(some->deleted_count == 1 && some->error_count == 1);
  for (const coslink_delete_failure &failed : coslink::each(some->errors, some->error_count))
    CHECK(std::string_view(failed.key) == "denied");
  coslink::delete_objects_options quiet;
  quiet.quiet = 1;
  const coslink_object_version array[] = {{"a/2", nullptr}};
  CHECK(OK(bucket.delete_objects(array, quiet))->deleted_count == 0);
  const std::vector<coslink_object_version> vector = {{"a/3", nullptr}, {"a/4", nullptr}};
  CHECK(OK(bucket.delete_many_objects(vector))->deleted_count == 2);
  FAILS(INVALID_ARGUMENT, bucket.delete_objects({}));
  FAILS(INVALID_ARGUMENT, bucket.delete_many_objects({{"", nullptr}}));
}

void listings(const coslink::bucket &bucket) {
  for (const char *key : {"list/1", "list/2", "list/a/3"}) OK(bucket.put_object(key, "x"));
  coslink::list_objects_options options;
  options.prefix = "list/";
  options.delimiter = "/";
  const auto page = OK(bucket.list_objects(options));
  std::string keys;
  for (const auto &object : coslink::each(page->contents, page->content_count)) keys += object.key;
  for (const char *prefix : coslink::each(page->common_prefixes, page->common_prefix_count))
    keys += prefix;
  CHECK(keys == "list/1list/2list/a/");
  const auto contents = coslink::each(page->contents, page->content_count);
  CHECK(contents.size() == 2 && !contents.empty() && contents[1].size == 1);
  CHECK(contents.begin()->size == 1);
  options.prefix = "\xff";
  REFUSED("prefix", bucket.list_objects(options));
  REFUSED("prefix", bucket.objects(options));

  options = {};
  options.prefix = "list/";
  options.max_keys = 1;
  auto all = OK(bucket.objects(options));
  keys.clear();
  for (const coslink_object &object : all) keys += object.key;
  CHECK(keys == "list/1list/2list/a/3" && !all.failed() && !all.error() && all.get() != nullptr);
  all = OK(bucket.objects(options));
  while (const auto object = all.next()) {
    if (*object == nullptr) break;
    keys += object->key;
  }
  CHECK(keys.size() == 40);

  // The bucket is not there: the loop ends, and says so.
  auto nowhere = coslink::objects();
  REFUSED("objects", nowhere.next());
#if COSLINK_HPP_EXCEPTIONS
  bool caught = false;
  try {
    for (const coslink_object &object : nowhere) keys += object.key;
  } catch (const coslink::exception &exception) {
    caught = exception.status() == COSLINK_ERROR_INVALID_ARGUMENT;
  }
  CHECK(caught);
#else
  for (const coslink_object &object : nowhere) keys += object.key;
#endif
  CHECK(nowhere.failed() && nowhere.error().status() == COSLINK_ERROR_INVALID_ARGUMENT);
}

void in_parts(const coslink::bucket &bucket) {
  const std::string data = make_data(MIB);
  CHECK(OK(bucket.put_object("whole", data))->verified);
  const std::string id = OK(bucket.initiate_multipart_upload("parts"))->upload_id;
  const auto first = OK(bucket.upload_part("parts", id, 1, data));
  coslink::copy_source source;
  source.key = "whole";
  const auto second = OK(bucket.upload_part_copy("parts", id, 2, source));
  const auto list = OK(bucket.list_parts("parts", id));
  CHECK(list->part_count == 2 && list->parts[1]->size == MIB);
  FAILS(NOT_FOUND, bucket.list_parts("parts", "none"));
  FAILS(NOT_FOUND, bucket.upload_part("parts", "none", 1, "x"));
  FAILS(NOT_FOUND, bucket.upload_part_copy("parts", "none", 1, source));
  FAILS(NOT_FOUND, bucket.complete_multipart_upload("parts", "none", {{1, first->etag}}));
  REFUSED("key", bucket.initiate_multipart_upload(""));

  const auto uploads = OK(bucket.list_multipart_uploads());
  CHECK(uploads->upload_count == 1 && uploads->uploads[0]->upload_id == id);
  std::size_t count = 0;
  auto every = OK(bucket.uploads());
  for (const coslink_upload &upload : every) count += upload.upload_id == id;
  CHECK(count == 1 && every.get() != nullptr);
  coslink::list_multipart_uploads_options options;
  options.prefix = "\xff";
  REFUSED("prefix", bucket.list_multipart_uploads(options));
  REFUSED("prefix", bucket.uploads(options));
  REFUSED("uploads", coslink::uploads().next());

  const std::array<coslink_completed_part, 2> parts = {{{1, first->etag}, {2, second->etag}}};
  CHECK(OK(bucket.complete_multipart_upload("parts", id, parts))->etag != nullptr);
  CHECK(stored(bucket, "parts") == data + data);

  const std::string other = OK(bucket.initiate_multipart_upload("parts"))->upload_id;
  const auto aborted = OK(bucket.abort_multipart_upload("parts", other));
  CHECK(aborted.http_status() == 204);
  CHECK(FAILS(NOT_FOUND, bucket.abort_multipart_upload("parts", other)).code() == "NoSuchUpload");
  OK(bucket.initiate_multipart_upload("left over"));
  CHECK(OK(bucket.abort_uploads("left", 0))->upload_count == 1);
  CHECK(OK(bucket.abort_uploads(nullptr, 0))->upload_count == 0);
  // The text that C would see stands for the whole bucket.
  REFUSED("prefix", bucket.abort_uploads(std::string_view("\0left", 5), 0));
}

void rights(const coslink::bucket &bucket) {
  coslink::put_object_acl_options acl;
  acl.acl = "public-read";
  CHECK(OK(bucket.put_object_acl("key", acl)).http_status() == 200);
  const auto given = OK(bucket.get_object_acl("key"));
  CHECK(std::string_view(given->acl) == "public-read" && given->owner->id != nullptr);
  CHECK(coslink::each(given->grants, given->grant_count)[0].permission != nullptr);
  FAILS(INVALID_ARGUMENT, bucket.put_object_acl("key", {}));
  FAILS(NOT_FOUND, bucket.get_object_acl("nothing"));
  const auto rules = OK(bucket.options_object("key", "https://www.qq.com", "PUT"));
  CHECK(!rules->forbidden);
  REFUSED("origin", bucket.options_object("key", "", "PUT"));

  coslink::put_object_options options;
  options.storage_class = "ARCHIVE";
  OK(bucket.put_object("cold", "x", options));
  CHECK(OK(bucket.restore_object("cold", 1, "Expedited"))->begun);
  REFUSED("tier", bucket.restore_object("cold", 1, "Tomorrow"));
}

void signatures(const coslink::client &client, const coslink::bucket &bucket) {
  coslink::client_options options;
  options.endpoint = arguments[1];
  options.anonymous = 1;
  const auto nobody = OK(coslink::client::make(options));
  FAILS(CREDENTIALS, OK(nobody.bucket(arguments[2], arguments[3])).sign_form(60));
  const auto put = OK(bucket.presign(COSLINK_METHOD_PUT, "signed", 60));
  CHECK(OK(nobody.presigned_put(put, "by a URL"))->verified);
  const auto get = OK(bucket.presign(COSLINK_METHOD_GET, "signed", 60));
  CHECK(OK(nobody.presigned_get(get)).body().text() == "by a URL");
  const auto remove = OK(bucket.presign(COSLINK_METHOD_DELETE, "signed", 60));
  CHECK(OK(nobody.presigned_request(COSLINK_METHOD_DELETE, remove)).http_status() == 204);
  FAILS(NOT_FOUND, nobody.presigned_get(get));
  FAILS(DENIED, nobody.presigned_put(get, "x"));
  FAILS(DENIED, nobody.presigned_request(COSLINK_METHOD_HEAD, remove));
  REFUSED("key", bucket.presign(COSLINK_METHOD_GET, nullptr, 60));
  coslink::presign_options whole;
  whole.for_bucket = 1;
  CHECK(OK(bucket.presign(COSLINK_METHOD_GET, nullptr, 60, whole)).find("https://") == 0 ||
        OK(bucket.presign(COSLINK_METHOD_GET, nullptr, 60, whole)).find("http://") == 0);
  REFUSED("key", bucket.presign(COSLINK_METHOD_GET, std::string_view("\0", 1), 60, whole));
  const auto form = OK(bucket.sign_form(60));
  CHECK(coslink::each(form->fields, form->field_count).size() == form->field_count);

  CHECK(OK(bucket.request(COSLINK_METHOD_PUT, "asked", "x")).http_status() == 200);
  std::string taken;
  const auto asked = OK(bucket.request(COSLINK_METHOD_GET, "asked", nullptr, {},
                                       [&](coslink::bytes got) { taken += got.text(); }));
  CHECK(taken == "x" && asked->body == nullptr && asked->body_length == 1);
  FAILS(NOT_FOUND, bucket.request(COSLINK_METHOD_GET, "nothing"));
  coslink::request_options all;
  all.for_bucket = 1;
  CHECK(OK(OK(client.service()).request(COSLINK_METHOD_GET, nullptr, nullptr, all)).body().size());
  REFUSED("region", client.service("a/b"));
}

void clients(const coslink::client &client, const coslink::bucket &bucket) {
  FAILS(CREDENTIALS, coslink::client::make({}));
  REFUSED("bucket", client.bucket("no appid", arguments[3]));
  OK(client.set_upload_limit(0));
  OK(client.set_download_limit(0));
  FAILS(CREDENTIALS, client.set_credentials("", ""));
  OK(client.set_credentials("somebody", std::string("else"), "token"));
  FAILS(DENIED, bucket.head_object("key"));
  OK(client.set_credentials(arguments[4], arguments[5]));
  OK(bucket.head_object("key"));

  auto options = client_options();
  options.log_level = COSLINK_LOG_DEBUG;
  const auto teller = OK(coslink::client::make(options));
  OK(make_bucket(teller).head_object("key"));
  std::string lines;
  OK(teller.log([&](const coslink_log_line &line) { lines += line.text; }));
  CHECK(lines.find("HeadObject ") == 0 && lines.find(": 200 after ") != lines.npos);
#if COSLINK_HPP_EXCEPTIONS
  OK(make_bucket(teller).head_object("key"));
  CHECK(FAILS(CALLBACK, teller.log([](auto &) { throw 1; })).thrown());
#endif

  options.memory_limit = 1;
  REFUSED("memory_limit", coslink::client::make(options));
  options.memory_limit = 2 << 20;
  OK(make_bucket(OK(coslink::client::make(options))).head_object("key"));

  const coslink::client none;
  REFUSED("client", none.log([](auto &) {}));
  REFUSED("client", none.set_upload_limit(1));
  REFUSED("client", none.set_download_limit(1));
  REFUSED("client", none.set_credentials("a", "b"));
  REFUSED("client", none.queue());
  CHECK(none.get() == nullptr && coslink::bucket().get() == nullptr);
  CHECK(coslink::version() == COSLINK_VERSION_STRING);
  CHECK(coslink::status_name(COSLINK_ERROR_BUSY) == "COSLINK_ERROR_BUSY");
}

} // namespace

int main(int count, char **given) {
  begin(count, given);
  const auto client = make_client();
  const auto bucket = make_bucket(client);
  objects(bucket);
  many_objects(bucket);
  listings(bucket);
  in_parts(bucket);
  rights(bucket);
  signatures(client, bucket);
  clients(client, bucket);
}
