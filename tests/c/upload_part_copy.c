/* Upload Part - Copy: an object and a range of another become one. */
#include "check.h"

#define MIB ((size_t)1 << 20)

static coslink_completed_part copy_part(const char *upload_id, uint32_t number,
                                        const coslink_upload_part_copy_options *options) {
  static char etags[2][64];
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  const coslink_upload_part_copy_output *copied;
  coslink_completed_part part;
  coslink_result *result;
  source.key = "source";
  OK(coslink_upload_part_copy(bucket, "key", upload_id, number, &source, options, &result,
                              &error));
  copied = coslink_result_upload_part_copy(result);
  CHECK(copied->has_crc64 && copied->last_modified_unix > 1600000000);
  snprintf(etags[number - 1], sizeof etags[0], "%s", copied->etag);
  coslink_result_free(result);
  part.part_number = number;
  part.etag = etags[number - 1];
  return part;
}

static void refused(const char *upload_id) {
  coslink_upload_part_copy_options options = COSLINK_INIT(coslink_upload_part_copy_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  source.key = "source";
  REFUSED("bucket",
          coslink_upload_part_copy(NULL, "key", upload_id, 1, &source, NULL, NULL, &error));
  REFUSED("key",
          coslink_upload_part_copy(bucket, NULL, upload_id, 1, &source, NULL, NULL, &error));
  REFUSED("upload_id",
          coslink_upload_part_copy(bucket, "key", NULL, 1, &source, NULL, NULL, &error));
  REFUSED("part_number",
          coslink_upload_part_copy(bucket, "key", upload_id, 0, &source, NULL, NULL, &error));
  REFUSED("copy_source",
          coslink_upload_part_copy(bucket, "key", upload_id, 1, NULL, NULL, NULL, &error));
  options.copy_source_range_first = 2;
  REFUSED("copy_source_range",
          coslink_upload_part_copy(bucket, "key", upload_id, 1, &source, &options, NULL, &error));
  options.copy_source_range_length = UINT64_MAX;
  REFUSED("copy_source_range_length",
          coslink_upload_part_copy(bucket, "key", upload_id, 1, &source, &options, NULL, &error));
  FAILS(NOT_FOUND,
        coslink_upload_part_copy(bucket, "key", "none", 1, &source, NULL, NULL, &error));
  CHECK_TEXT(failure->operation, "UploadPartCopy");
}

int main(int count, char **given) {
  coslink_upload_part_copy_options options = COSLINK_INIT(coslink_upload_part_copy_options);
  coslink_completed_part parts[2];
  unsigned char *data = make_data(MIB);
  coslink_body body;
  const char *upload_id;
  coslink_result *result;
  const char *copy;
  size_t length;
  begin(count, given);
  body = bytes(data, MIB);
  OK(coslink_put_object(bucket, "source", &body, NULL, NULL, &error));
  upload_id = initiate("key");
  refused(upload_id);
  parts[0] = copy_part(upload_id, 1, NULL);
  options.copy_source_range_first = 100;
  options.copy_source_range_length = 50;
  parts[1] = copy_part(upload_id, 2, &options);
  OK(coslink_complete_multipart_upload(bucket, "key", upload_id, parts, 2, NULL, NULL, &error));
  OK(coslink_get_object(bucket, "key", NULL, &result, &error));
  copy = coslink_result_body(result, &length);
  CHECK(length == MIB + 50);
  CHECK(memcmp(copy, data, MIB) == 0 && memcmp(copy + MIB, data + 100, 50) == 0);
  coslink_result_free(result);
  free(data);
  return end();
}
