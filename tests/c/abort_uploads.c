/* Uploads that nobody came back for, by prefix and age. */
#include "check.h"

int main(int count, char **given) {
  const coslink_abort_uploads_output *aborted;
  coslink_result *result;
  size_t index;
  begin(count, given);
  initiate("a/1");
  initiate("a/2");
  initiate("b");
  OK(coslink_abort_uploads(bucket, "a/", 3600, &result, &error));
  aborted = coslink_result_abort_uploads(result);
  CHECK(aborted->upload_count == 0 && aborted->uploads == NULL);
  CHECK(coslink_result_list_multipart_uploads(result) == NULL);
  CHECK(coslink_result_http_status(result) == 0 && coslink_result_request_id(result) == NULL);
  coslink_result_free(result);
  CHECK(count_uploads("") == 3);

  OK(coslink_abort_uploads(bucket, "a/", 0, &result, &error));
  aborted = coslink_result_abort_uploads(result);
  CHECK(aborted->upload_count == 2);
  CHECK_TEXT(aborted->uploads[0]->key, "a/1");
  CHECK_TEXT(aborted->uploads[1]->key, "a/2");
  for (index = 0; index < 2; index++) {
    CHECK(aborted->uploads[index]->upload_id[0] != 0);
    CHECK(aborted->uploads[index]->initiated_unix > 1600000000);
  }
  coslink_result_free(result);
  CHECK(count_uploads("") == 1);

  OK(coslink_abort_uploads(bucket, NULL, UINT64_MAX, NULL, &error));
  CHECK(count_uploads("") == 1);
  OK(coslink_abort_uploads(bucket, NULL, 0, NULL, &error));
  CHECK(count_uploads("") == 0);
  initiate("c");
  OK(coslink_abort_uploads(bucket, "", 0, NULL, &error));

  REFUSED("bucket", coslink_abort_uploads(NULL, "a/", 0, NULL, &error));
  REFUSED("prefix", coslink_abort_uploads(bucket, "\xFF", 0, &result, &error));
  CHECK(result == NULL);
  return end();
}
