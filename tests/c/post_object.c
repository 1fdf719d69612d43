/* POST Object: bytes, files and callbacks as the form of a web page. */
#include "check.h"

static int64_t give_x(void *buffer, size_t capacity, void *user_data) {
  unsigned *calls = user_data;
  ++*calls;
  memset(buffer, 'x', capacity);
  return (int64_t)capacity;
}

static int look_on(const coslink_progress *progress, void *user_data) {
  uint64_t *loaded = user_data;
  CHECK(progress->loaded >= *loaded);
  *loaded = progress->loaded;
  return progress->total == 3;
}

int main(int count, char **given) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_post_object_options options = COSLINK_INIT(coslink_post_object_options);
  coslink_body body, file = COSLINK_INIT(coslink_body), reader = COSLINK_INIT(coslink_body);
  const coslink_post_object_output *output;
  coslink_result *result;
  uint64_t loaded = 0;
  unsigned calls = 0;
  begin(count, given);
  body = text("hello!");
  OK(coslink_post_object(bucket, "bytes", &body, NULL, &result, &error));
  output = coslink_result_post_object(result);
  CHECK(coslink_result_http_status(result) == 204);
  CHECK(output->verified && output->has_crc64 && output->crc64 == output->sent_crc64);
  CHECK(output->etag[0] == '"' && output->location != NULL);
  CHECK(output->key == NULL && output->bucket == NULL && output->version_id == NULL);
  coslink_result_free(result);

  options.file_name = "hello.txt";
  options.content_type = "text/plain";
  options.storage_class = "STANDARD_IA";
  options.metadata = metadata;
  options.metadata_count = 1;
  options.success_action_status = 201;
  options.progress = look_on;
  options.user_data = &loaded;
  OK(coslink_post_object(bucket, "up/${filename}", &body, &options, &result, &error));
  output = coslink_result_post_object(result);
  CHECK(coslink_result_http_status(result) == 201 && loaded > 0);
  CHECK_TEXT(output->key, "up/hello.txt");
  CHECK_TEXT(output->bucket, arguments[2]);
  coslink_result_free(result);

  write_file(path_of("file"), "0123456789", 10);
  file.path = path_of("file");
  file.offset = 2;
  OK(coslink_post_object(bucket, "file", &file, NULL, NULL, &error));
  reader.read = give_x;
  reader.user_data = &calls;
  reader.length = 1000;
  OK(coslink_post_object(bucket, "callback", &reader, NULL, NULL, &error));
  CHECK(calls > 0);

  options = COSLINK_INIT(coslink_post_object_options);
  options.content_md5 = "AAAAAAAAAAAAAAAAAAAAAA==";
  FAILS(SERVICE, coslink_post_object(bucket, "no", &body, &options, NULL, &error));
  CHECK_TEXT(failure->operation, "PostObject");
  options.content_md5 = NULL;
  options.success_action_status = 500;
  REFUSED("success_action_status",
          coslink_post_object(bucket, "no", &body, &options, NULL, &error));
  options.success_action_status = 0;
  options.file_name = "a\"b";
  REFUSED("file_name", coslink_post_object(bucket, "no", &body, &options, NULL, &error));
  options.file_name = "\xFF";
  REFUSED("file_name", coslink_post_object(bucket, "no", &body, &options, NULL, &error));
  REFUSED("bucket", coslink_post_object(NULL, "no", &body, NULL, NULL, &error));
  REFUSED("key", coslink_post_object(bucket, NULL, &body, NULL, NULL, &error));
  REFUSED("key", coslink_post_object(bucket, "", &body, NULL, NULL, &error));
  REFUSED("body", coslink_post_object(bucket, "no", NULL, NULL, NULL, &error));
  return end();
}
