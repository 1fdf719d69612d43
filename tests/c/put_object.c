/* PUT Object: from bytes, from a file, from a callback, with headers and metadata. */
#include "check.h"

static int64_t read_letters(void *buffer, size_t capacity, void *user_data) {
  unsigned *left = user_data;
  size_t count = capacity < 7 ? capacity : 7;
  if (count > *left) count = *left;
  memset(buffer, 'x', count);
  *left -= (unsigned)count;
  return (int64_t)count;
}

static void from_bytes(void) {
  const coslink_pair metadata[] = {{"color", "blue"}, {"shape", "round"}};
  const coslink_pair headers[] = {{"x-cos-meta-third", "3"}};
  coslink_put_object_options options = COSLINK_INIT(coslink_put_object_options);
  const coslink_put_object_output *output;
  coslink_body body = text("hello!");
  coslink_result *result;
  size_t count = 0, length = 99;
  options.content_type = "text/plain";
  options.cache_control = "no-cache";
  options.storage_class = "STANDARD_IA";
  options.metadata = metadata;
  options.metadata_count = 2;
  options.headers = headers;
  options.header_count = 1;
  OK(coslink_put_object(bucket, "bytes", &body, &options, &result, &error));
  output = coslink_result_put_object(result);
  CHECK(output != NULL);
  CHECK(output->etag[0] == '"');
  CHECK(output->verified && output->has_crc64 && output->crc64 == output->sent_crc64);
  CHECK(output->version_id == NULL);
  CHECK(output->body != NULL && output->body_length == 0);
  CHECK(coslink_result_http_status(result) == 200);
  CHECK(coslink_result_request_id(result) != NULL);
  CHECK_TEXT(coslink_result_header(result, "etag"), output->etag);
  CHECK(coslink_result_header(result, "x-no-such-header") == NULL);
  CHECK(coslink_result_headers(result, &count) != NULL && count > 3);
  CHECK(coslink_result_body(result, &length) == output->body && length == 0);
  CHECK(coslink_result_get_object(result) == NULL);
  CHECK(coslink_result_list_objects(result) == NULL);
  coslink_result_free(result);
}

static void where_it_is(void) {
  char *location, expected[512];
  snprintf(expected, sizeof expected, "%s.cos.%s.myqcloud.com/a%%20key/%%C3%%A4", arguments[2], arguments[3]);
  OK(coslink_bucket_location(bucket, "a key/\xC3\xA4", &location, &error));
  CHECK_TEXT(location, expected);
  coslink_string_free(location);
}

static void from_a_file(void) {
  coslink_body body = COSLINK_INIT(coslink_body);
  const char *path = path_of("source");
  write_file(path, "0123456789", 10);
  body.path = path;
  OK(coslink_put_object(bucket, "file", &body, NULL, NULL, &error));
  body.offset = 2;
  OK(coslink_put_object(bucket, "tail", &body, NULL, NULL, &error));
  body.length = 3;
  OK(coslink_put_object(bucket, "middle", &body, NULL, NULL, &error));
  body.length = 9;
  REFUSED("body", coslink_put_object(bucket, "middle", &body, NULL, NULL, &error));
  body.path = path_of("no such file");
  FAILS(LOCAL_IO, coslink_put_object(bucket, "middle", &body, NULL, NULL, &error));
  CHECK_TEXT(failure->operation, "PutObject");
}

static void from_a_callback(void) {
  coslink_body body = COSLINK_INIT(coslink_body);
  unsigned left = 100;
  body.read = read_letters;
  body.user_data = &left;
  body.length = 100;
  OK(coslink_put_object(bucket, "callback", &body, NULL, NULL, &error));
  CHECK(left == 0);
}

int main(int count, char **given) {
  coslink_body nothing = COSLINK_INIT(coslink_body);
  begin(count, given);
  from_bytes();
  where_it_is();
  from_a_file();
  from_a_callback();
  OK(coslink_put_object(bucket, "empty", &nothing, NULL, NULL, &error));
  return end();
}
