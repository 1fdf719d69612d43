/* POST Object restore: an archived object becomes readable; others do not need to. */
#include "check.h"

static void put_as(const char *key, const char *storage_class) {
  coslink_put_object_options options = COSLINK_INIT(coslink_put_object_options);
  coslink_body body = text("content");
  options.storage_class = storage_class;
  OK(coslink_put_object(bucket, key, &body, &options, NULL, &error));
}

int main(int count, char **given) {
  coslink_restore_object_options options = COSLINK_INIT(coslink_restore_object_options);
  coslink_result *result;
  begin(count, given);
  put_as("key", "ARCHIVE");
  FAILS(DENIED, coslink_get_object(bucket, "key", NULL, NULL, &error));
  CHECK_TEXT(failure->code, "InvalidObjectState");
  OK(coslink_restore_object(bucket, "key", 3, "Expedited", NULL, &result, &error));
  CHECK(coslink_result_http_status(result) == 202);
  CHECK(coslink_result_restore_object(result)->begun);
  coslink_result_free(result);
  OK(coslink_head_object(bucket, "key", NULL, &result, &error));
  CHECK(coslink_result_head_object(result)->restore != NULL);
  coslink_result_free(result);
  FAILS(PRECONDITION, coslink_restore_object(bucket, "key", 3, "Expedited", NULL, NULL, &error));
  CHECK_TEXT(failure->code, "RestoreAlreadyInProgress");
  CHECK_TEXT(failure->operation, "RestoreObject");

  put_as("plain", NULL);
  FAILS(SERVICE, coslink_restore_object(bucket, "plain", 1, "Bulk", NULL, NULL, &error));
  CHECK(failure->http_status == 405);

  REFUSED("bucket", coslink_restore_object(NULL, "key", 1, "Bulk", NULL, NULL, &error));
  REFUSED("key", coslink_restore_object(bucket, NULL, 1, "Bulk", NULL, NULL, &error));
  REFUSED("tier", coslink_restore_object(bucket, "key", 1, NULL, NULL, NULL, &error));
  REFUSED("tier", coslink_restore_object(bucket, "key", 1, "Tomorrow", NULL, NULL, &error));
  REFUSED("days", coslink_restore_object(bucket, "key", 0, "Bulk", NULL, NULL, &error));
  options.omit_days = 1;
  REFUSED("days", coslink_restore_object(bucket, "key", 1, "Bulk", &options, NULL, &error));
  /* Without days it is sent, but an archived object needs them. */
  FAILS(SERVICE, coslink_restore_object(bucket, "key", 0, "Bulk", &options, NULL, &error));
  CHECK_TEXT(failure->code, "MalformedXML");
  options.omit_days = 0;
  options.version_id = "none";
  FAILS(NOT_FOUND, coslink_restore_object(bucket, "key", 1, "Bulk", &options, NULL, &error));
  return end();
}
