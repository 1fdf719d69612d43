/* DELETE Multiple Objects: a page of keys, one that is denied, and any number of them. */
#include "check.h"

static void a_page(void) {
  const coslink_object_version objects[] = {{"a", NULL}, {"denied", NULL}, {"never was", NULL}};
  coslink_delete_objects_options options = COSLINK_INIT(coslink_delete_objects_options);
  const coslink_delete_objects_output *output;
  coslink_result *result;
  put("a", "1");
  put("denied", "2");
  OK(coslink_delete_objects(bucket, objects, 3, NULL, &result, &error));
  output = coslink_result_delete_objects(result);
  CHECK(coslink_result_http_status(result) == 200);
  CHECK(output->deleted_count == 2 && output->error_count == 1);
  CHECK_TEXT(output->deleted[0]->key, "a");
  CHECK_TEXT(output->deleted[1]->key, "never was");
  CHECK(output->deleted[0]->version_id == NULL && !output->deleted[0]->delete_marker);
  CHECK_TEXT(output->errors[0]->key, "denied");
  CHECK_TEXT(output->errors[0]->code, "AccessDenied");
  CHECK(output->errors[0]->message != NULL && output->errors[0]->version_id == NULL);
  coslink_result_free(result);
  FAILS(NOT_FOUND, coslink_head_object(bucket, "a", NULL, NULL, &error));

  options.quiet = 1;
  OK(coslink_delete_objects(bucket, objects, 3, &options, &result, &error));
  output = coslink_result_delete_objects(result);
  CHECK(output->deleted_count == 0 && output->deleted == NULL);
  CHECK(output->error_count == 0 && output->errors == NULL);
  coslink_result_free(result);
}

#define MANY 1001

static void any_number(void) {
  static char keys[MANY][16];
  static coslink_object_version objects[MANY + 1];
  const coslink_delete_objects_output *output;
  coslink_result *result;
  size_t at;
  for (at = 0; at < MANY; at++) {
    snprintf(keys[at], sizeof keys[at], "many/%zu", at);
    objects[at].key = keys[at];
  }
  put(keys[0], "first");
  put(keys[MANY - 1], "last");
  put("\x01", "no document can name it");
  objects[MANY].key = "\x01";
  OK(coslink_bucket_delete_objects(bucket, objects, MANY + 1, &result, &error));
  output = coslink_result_delete_objects(result);
  CHECK(output->deleted_count == MANY + 1 && output->error_count == 0);
  CHECK(coslink_result_http_status(result) == 0);
  coslink_result_free(result);
  OK(coslink_bucket_delete_objects(bucket, NULL, 0, NULL, &error));

  REFUSED("objects", coslink_delete_objects(bucket, objects, MANY, NULL, NULL, &error));
  REFUSED("key", coslink_delete_objects(bucket, objects + MANY, 1, NULL, NULL, &error));
}

static void refused(void) {
  const coslink_object_version good[] = {{"a", NULL}};
  const coslink_object_version no_key[] = {{"a", NULL}, {NULL, "v"}}, empty[] = {{"", NULL}};
  const coslink_object_version bad[] = {{"a", "\xFF"}};
  REFUSED("bucket", coslink_delete_objects(NULL, good, 1, NULL, NULL, &error));
  REFUSED("objects", coslink_delete_objects(bucket, NULL, 1, NULL, NULL, &error));
  REFUSED("objects", coslink_delete_objects(bucket, good, 0, NULL, NULL, &error));
  REFUSED("objects[1].key", coslink_delete_objects(bucket, no_key, 2, NULL, NULL, &error));
  REFUSED("objects[0].version_id", coslink_delete_objects(bucket, bad, 1, NULL, NULL, &error));
  REFUSED("key", coslink_delete_objects(bucket, empty, 1, NULL, NULL, &error));
  REFUSED("bucket", coslink_bucket_delete_objects(NULL, good, 1, NULL, &error));
  REFUSED("objects", coslink_bucket_delete_objects(bucket, NULL, 1, NULL, &error));
  REFUSED("objects[1].key", coslink_bucket_delete_objects(bucket, no_key, 2, NULL, &error));
  REFUSED("key", coslink_bucket_delete_objects(bucket, empty, 1, NULL, &error));
}

int main(int count, char **given) {
  begin(count, given);
  a_page();
  any_number();
  refused();
  return end();
}
