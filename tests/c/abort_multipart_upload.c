/* Abort Multipart Upload: its parts are gone, and it is there no more. */
#include "check.h"

int main(int count, char **given) {
  const char *upload_id;
  coslink_result *result;
  begin(count, given);
  upload_id = initiate("key");
  send_part("key", upload_id, 1, "one", 3);
  OK(coslink_abort_multipart_upload(bucket, "key", upload_id, NULL, &result, &error));
  CHECK(coslink_result_http_status(result) == 204);
  CHECK(coslink_result_request_id(result) != NULL);
  coslink_result_free(result);
  FAILS(NOT_FOUND, coslink_abort_multipart_upload(bucket, "key", upload_id, NULL, NULL, &error));
  CHECK_TEXT(failure->code, "NoSuchUpload");
  CHECK_TEXT(failure->operation, "AbortMultipartUpload");
  FAILS(NOT_FOUND, coslink_list_parts(bucket, "key", upload_id, NULL, NULL, &error));
  return end();
}
