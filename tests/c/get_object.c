/* GET Object: into memory, a buffer, a file and a callback; whole, in part, and not at all. */
#include "check.h"

static const char DATA[] = "0123456789";

static int collect(const void *data, size_t length, void *user_data) {
  char *text = user_data;
  strncat(text, data, length);
  return 0;
}

static void into_memory(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  const coslink_get_object_output *output;
  coslink_result *result;
  size_t length = 0;
  const void *body;
  OK(coslink_get_object(bucket, "digits", NULL, &result, &error));
  output = coslink_result_get_object(result);
  body = coslink_result_body(result, &length);
  CHECK_BYTES(body, length, DATA);
  CHECK(output->body == body && output->body_length == 10);
  CHECK(output->verified && !output->not_modified);
  CHECK(output->has_object_size && output->object_size == 10);
  CHECK(output->head->content_length == 10 && output->head->has_crc64);
  CHECK_TEXT(output->head->storage_class, "STANDARD");
  coslink_result_free(result);

  options.max_memory = 9;
  REFUSED("max_memory", coslink_get_object(bucket, "digits", &options, &result, &error));
  CHECK(result == NULL);
  CHECK(failure->http_status == 200 && failure->request_id != NULL);
  options.max_memory = 10;
  options.response_content_type = "text/x-digits";
  OK(coslink_get_object(bucket, "digits", &options, &result, &error));
  CHECK_TEXT(coslink_result_get_object(result)->head->content_type, "text/x-digits");
  coslink_result_free(result);
}

static void into_a_buffer(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  coslink_result *result;
  size_t length = 99;
  char *buffer = malloc(10);
  memset(buffer, '-', 10);
  options.buffer = buffer;
  options.capacity = 9;
  REFUSED("capacity", coslink_get_object(bucket, "digits", &options, NULL, &error));
  CHECK(memcmp(buffer, "----------", 10) == 0);
  options.capacity = 10;
  OK(coslink_get_object(bucket, "digits", &options, &result, &error));
  CHECK_BYTES(buffer, (size_t)10, DATA);
  CHECK(coslink_result_get_object(result)->verified);
  CHECK(coslink_result_get_object(result)->body == NULL);
  CHECK(coslink_result_get_object(result)->body_length == 10);
  CHECK(coslink_result_body(result, &length) == NULL && length == 0);
  coslink_result_free(result);
  free(buffer);
}

static void into_a_file(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  coslink_result *result;
  char etag[64];
  options.path = path_of("target");
  write_file(options.path, "old", 3);
  FAILS(NOT_FOUND, coslink_get_object(bucket, "no such key", &options, NULL, &error));
  check_file(options.path, "old", 3);
  OK(coslink_get_object(bucket, "digits", &options, &result, &error));
  check_file(options.path, DATA, 10);
  CHECK(coslink_result_get_object(result)->verified);
  snprintf(etag, sizeof etag, "%s", coslink_result_get_object(result)->head->etag);
  coslink_result_free(result);

  /* A copy that is still good stays. */
  options.if_none_match = etag;
  OK(coslink_get_object(bucket, "digits", &options, &result, &error));
  CHECK(coslink_result_http_status(result) == 304);
  CHECK(coslink_result_get_object(result)->not_modified);
  CHECK(coslink_result_get_object(result)->body_length == 0);
  coslink_result_free(result);
  check_file(options.path, DATA, 10);
}

static void into_a_callback(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  char text[16] = "";
  options.write = collect;
  options.user_data = text;
  OK(coslink_get_object(bucket, "digits", &options, NULL, &error));
  CHECK_TEXT(text, DATA);
}

static void a_range(uint64_t first, uint64_t length, const char *expected) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  coslink_result *result;
  size_t received = 0;
  const void *body;
  options.range_first = first;
  options.range_length = length;
  OK(coslink_get_object(bucket, "digits", &options, &result, &error));
  body = coslink_result_body(result, &received);
  CHECK_BYTES(body, received, expected);
  CHECK(coslink_result_http_status(result) == 206);
  CHECK(coslink_result_get_object(result)->object_size == 10);
  coslink_result_free(result);
}

int main(int count, char **given) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  coslink_result *result;
  size_t length = 99;
  begin(count, given);
  put("digits", DATA);
  put("empty", "");
  into_memory();
  into_a_buffer();
  into_a_file();
  into_a_callback();
  a_range(0, 3, "012");
  a_range(4, 2, "45");
  a_range(7, 0, "789");
  a_range(8, 100, "89");
  options.range_first = UINT64_MAX;
  options.range_length = 2;
  REFUSED("range_length", coslink_get_object(bucket, "digits", &options, NULL, &error));
  OK(coslink_get_object(bucket, "empty", NULL, &result, &error));
  CHECK(coslink_result_body(result, &length) != NULL && length == 0);
  coslink_result_free(result);
  return end();
}
