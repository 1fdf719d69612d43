/* Objects of a bucket with versioning: told, read, copied, deleted by version. */
#include "check.h"

static char first[64], second[64], marker[64];

static void put_version(const char *data, char *version) {
  coslink_body body = text(data);
  coslink_result *result;
  OK(coslink_put_object(bucket, "k", &body, NULL, &result, &error));
  snprintf(version, sizeof first, "%s", coslink_result_put_object(result)->version_id);
  coslink_result_free(result);
}

static void reads(const char *key, const char *version, const char *expected) {
  coslink_get_object_options get = COSLINK_INIT(coslink_get_object_options);
  const coslink_get_object_output *output;
  coslink_result *result;
  get.version_id = version;
  OK(coslink_get_object(bucket, key, &get, &result, &error));
  output = coslink_result_get_object(result);
  CHECK_BYTES(output->body, output->body_length, expected);
  if (version != NULL) CHECK_TEXT(output->head->version_id, version);
  coslink_result_free(result);
}

static void a_copy(void) {
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  coslink_result *result;
  source.key = "k";
  source.version_id = first;
  OK(coslink_copy_object(bucket, "copy", &source, NULL, &result, &error));
  CHECK(coslink_result_copy_object(result)->version_id != NULL);
  coslink_result_free(result);
  reads("copy", NULL, "first");
}

static void one_is_deleted(void) {
  coslink_delete_object_options options = COSLINK_INIT(coslink_delete_object_options);
  const coslink_delete_object_output *output;
  coslink_result *result;
  OK(coslink_delete_object(bucket, "k", NULL, &result, &error));
  output = coslink_result_delete_object(result);
  CHECK(output->delete_marker && output->version_id != NULL);
  snprintf(marker, sizeof marker, "%s", output->version_id);
  coslink_result_free(result);
  FAILS(NOT_FOUND, coslink_get_object(bucket, "k", NULL, NULL, &error));
  options.version_id = marker;
  OK(coslink_delete_object(bucket, "k", &options, &result, &error));
  CHECK(coslink_result_delete_object(result)->delete_marker);
  coslink_result_free(result);
  reads("k", NULL, "second");
}

static void many_are_deleted(void) {
  const coslink_object_version objects[] = {{"k", first}, {"copy", NULL}};
  const coslink_delete_objects_output *output;
  const coslink_deleted_object *version, *object;
  coslink_result *result;
  OK(coslink_delete_objects(bucket, objects, 2, NULL, &result, &error));
  output = coslink_result_delete_objects(result);
  CHECK(output->deleted_count == 2 && output->error_count == 0);
  version = output->deleted[strcmp(output->deleted[0]->key, "k") == 0 ? 0 : 1];
  object = output->deleted[version == output->deleted[0] ? 1 : 0];
  CHECK_TEXT(version->version_id, first);
  CHECK(!version->delete_marker && version->delete_marker_version_id == NULL);
  CHECK_TEXT(object->key, "copy");
  CHECK(object->delete_marker && object->delete_marker_version_id != NULL);
  coslink_result_free(result);
}

int main(int count, char **given) {
  begin(count, given);
  put_version("first", first);
  put_version("second", second);
  CHECK(strcmp(first, second) != 0);
  reads("k", NULL, "second");
  reads("k", first, "first");
  a_copy();
  one_is_deleted();
  many_are_deleted();
  return end();
}
