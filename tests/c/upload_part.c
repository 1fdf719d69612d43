/* Upload Part: from bytes and from a file, checked, and only with a number that can be. */
#include "check.h"

int main(int count, char **given) {
  coslink_upload_part_options options = COSLINK_INIT(coslink_upload_part_options);
  coslink_body hello = text("hello!"), file = COSLINK_INIT(coslink_body);
  const coslink_upload_part_output *part;
  coslink_result *result;
  const char *upload_id;
  begin(count, given);
  upload_id = initiate("key");
  options.content_md5 = "Wo3TrQdWqT3tcrgjsZ3Ydw==";
  OK(coslink_upload_part(bucket, "key", upload_id, 1, &hello, &options, &result, &error));
  part = coslink_result_upload_part(result);
  CHECK(part->verified && part->has_crc64 && part->crc64 == part->sent_crc64);
  CHECK_TEXT(part->etag, "\"5a8dd3ad0756a93ded72b823b19dd877\"");
  coslink_result_free(result);
  options.content_md5 = "AAAAAAAAAAAAAAAAAAAAAA==";
  FAILS(SERVICE, coslink_upload_part(bucket, "key", upload_id, 1, &hello, &options, NULL, &error));
  CHECK(failure->http_status == 400 && failure->code != NULL);
  write_file(path_of("source"), "0123456789", 10);
  file.path = path_of("source");
  file.offset = 4;
  OK(coslink_upload_part(bucket, "key", upload_id, 10000, &file, NULL, NULL, &error));
  REFUSED("part_number",
          coslink_upload_part(bucket, "key", upload_id, 0, &hello, NULL, NULL, &error));
  REFUSED("part_number",
          coslink_upload_part(bucket, "key", upload_id, 10001, &hello, NULL, NULL, &error));
  REFUSED("upload_id", coslink_upload_part(bucket, "key", "", 1, &hello, NULL, NULL, &error));
  FAILS(NOT_FOUND, coslink_upload_part(bucket, "key", "no such", 1, &hello, NULL, NULL, &error));
  CHECK_TEXT(failure->code, "NoSuchUpload");
  return end();
}
