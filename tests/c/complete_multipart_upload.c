/* Complete Multipart Upload: an object of its parts, which must be in order. */
#include "check.h"

int main(int count, char **given) {
  const size_t mib = (size_t)1 << 20;
  unsigned char *data = make_data(mib + 5);
  coslink_complete_multipart_upload_options options =
      COSLINK_INIT(coslink_complete_multipart_upload_options);
  const coslink_complete_multipart_upload_output *object;
  coslink_completed_part parts[2], swapped[2];
  const char *upload_id;
  coslink_result *result;
  begin(count, given);
  upload_id = initiate("key");
  parts[0] = send_part("key", upload_id, 1, data, mib);
  parts[1] = send_part("key", upload_id, 2, data + mib, 5);
  swapped[0] = parts[1];
  swapped[1] = parts[0];
  REFUSED("parts", coslink_complete_multipart_upload(bucket, "key", upload_id, swapped, 2, NULL,
                                                     NULL, &error));
  REFUSED("parts", coslink_complete_multipart_upload(bucket, "key", upload_id, NULL, 0, NULL, NULL,
                                                     &error));
  swapped[0] = parts[0];
  swapped[1].part_number = 2;
  swapped[1].etag = NULL;
  REFUSED("parts[1].etag", coslink_complete_multipart_upload(bucket, "key", upload_id, swapped, 2,
                                                             NULL, NULL, &error));
  options.forbid_overwrite = 1;
  OK(coslink_complete_multipart_upload(bucket, "key", upload_id, parts, 2, &options, &result,
                                       &error));
  object = coslink_result_complete_multipart_upload(result);
  CHECK_TEXT(object->bucket, arguments[2]);
  CHECK_TEXT(object->key, "key");
  CHECK(strstr(object->etag, "-2\"") != NULL && object->location[0] != 0);
  CHECK(object->version_id == NULL);
  coslink_result_free(result);
  OK(coslink_get_object(bucket, "key", NULL, &result, &error));
  CHECK(coslink_result_get_object(result)->verified);
  CHECK(coslink_result_get_object(result)->body_length == mib + 5);
  CHECK(memcmp(coslink_result_get_object(result)->body, data, mib + 5) == 0);
  coslink_result_free(result);
  free(data);
  return end();
}
