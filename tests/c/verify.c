/* Whether the CRC64 of the whole must be known, where the service does not state it. */
#include "check.h"

#define MIB ((size_t)1 << 20)
#define LENGTH (MIB + 12345)

static void uploads(void) {
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  const coslink_upload_file_output *up;
  coslink_result *result;
  options.verify = COSLINK_VERIFY_REQUIRE;
  FAILS(INTEGRITY,
        coslink_upload_file(bucket, "small", path_of("small"), &options, NULL, &error));
  options.verify = COSLINK_VERIFY_PREFER;
  OK(coslink_upload_file(bucket, "small", path_of("small"), &options, &result, &error));
  CHECK(!coslink_result_upload_file(result)->verified);
  coslink_result_free(result);
  options.verify = COSLINK_VERIFY_REQUIRE;
  options.content_md5 = 1;
  OK(coslink_upload_file(bucket, "small", path_of("small"), &options, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(up->verified && up->receipt->content_md5 && up->receipt->whole_crc64);
  coslink_result_free(result);

  options.part_size = MIB;
  options.slice_above = 1;
  FAILS(INTEGRITY, coslink_upload_file(bucket, "big", path_of("big"), &options, NULL, &error));
  options.verify = COSLINK_VERIFY_PREFER;
  OK(coslink_upload_file(bucket, "big", path_of("big"), &options, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(!up->verified && !up->receipt->whole_crc64);
  CHECK(up->receipt->content_md5 && up->receipt->parts_crc64 == 2);
  coslink_result_free(result);
  options.verify = COSLINK_VERIFY_REQUIRE;
  OK(coslink_upload_file(bucket, "big", path_of("big"), &options, NULL, &error));
  options.verify = COSLINK_VERIFY_OFF;
  OK(coslink_upload_file(bucket, "big", path_of("big"), &options, &result, &error));
  CHECK(!coslink_result_upload_file(result)->verified);
  coslink_result_free(result);
}

static int64_t nothing(void *buffer, size_t capacity, void *user_data) {
  (void)buffer;
  (void)capacity;
  (void)user_data;
  return 0;
}

static void streams(void) {
  coslink_upload_stream_options options = COSLINK_INIT(coslink_upload_stream_options);
  options.verify = COSLINK_VERIFY_REQUIRE;
  FAILS(INTEGRITY,
        coslink_upload_stream(bucket, "stream", nothing, NULL, &options, NULL, &error));
  OK(coslink_upload_stream(bucket, "stream", nothing, NULL, &options, NULL, &error));
}

static void downloads(void) {
  coslink_download_file_options options = COSLINK_INIT(coslink_download_file_options);
  coslink_result *result;
  put("unsummed", "x");
  options.verify = COSLINK_VERIFY_REQUIRE;
  FAILS(INTEGRITY,
        coslink_download_file(bucket, "unsummed", path_of("new"), &options, NULL, &error));
  options.verify = COSLINK_VERIFY_PREFER;
  OK(coslink_download_file(bucket, "unsummed", path_of("new"), &options, &result, &error));
  CHECK(!coslink_result_download_file(result)->verified);
  coslink_result_free(result);
  options.verify = COSLINK_VERIFY_REQUIRE;
  OK(coslink_download_file(bucket, "small", path_of("new"), &options, NULL, &error));
  options.verify = COSLINK_VERIFY_OFF;
  OK(coslink_download_file(bucket, "small", path_of("new"), &options, &result, &error));
  CHECK(!coslink_result_download_file(result)->verified);
  coslink_result_free(result);
}

static void copies(void) {
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  const coslink_copy_file_output *copied;
  coslink_result *result;
  source.key = "unsummed";
  options.verify = COSLINK_VERIFY_REQUIRE;
  FAILS(INTEGRITY, coslink_copy_file(bucket, "copy", &source, &options, NULL, &error));
  options.verify = COSLINK_VERIFY_PREFER;
  OK(coslink_copy_file(bucket, "copy", &source, &options, &result, &error));
  copied = coslink_result_copy_file(result);
  CHECK(!copied->verified && !copied->has_crc64 && copied->crc64 == 0);
  coslink_result_free(result);
  source.key = "small";
  options.verify = COSLINK_VERIFY_REQUIRE;
  OK(coslink_copy_file(bucket, "copy", &source, &options, NULL, &error));
  options.verify = COSLINK_VERIFY_OFF;
  OK(coslink_copy_file(bucket, "copy", &source, &options, &result, &error));
  CHECK(!coslink_result_copy_file(result)->verified);
  coslink_result_free(result);
}

int main(int count, char **given) {
  unsigned char *data = make_data(LENGTH);
  begin(count, given);
  write_file(path_of("small"), data, 5);
  write_file(path_of("big"), data, LENGTH);
  uploads();
  streams();
  downloads();
  copies();
  free(data);
  return end();
}
