/* DELETE Object: gone afterwards, and no error when it was not there. */
#include "check.h"

int main(int count, char **given) {
  coslink_result *result;
  begin(count, given);
  put("key", "hello!");
  OK(coslink_delete_object(bucket, "key", NULL, &result, &error));
  CHECK(coslink_result_http_status(result) == 204);
  CHECK(coslink_result_attempts(result) == 1);
  CHECK(coslink_result_delete_object(result)->version_id == NULL);
  CHECK(!coslink_result_delete_object(result)->delete_marker);
  coslink_result_free(result);
  FAILS(NOT_FOUND, coslink_head_object(bucket, "key", NULL, NULL, &error));
  OK(coslink_delete_object(bucket, "key", NULL, NULL, &error));
  REFUSED("key", coslink_delete_object(bucket, "", NULL, NULL, &error));
  return end();
}
