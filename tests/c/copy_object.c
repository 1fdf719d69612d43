/* PUT Object - Copy: with and without the metadata of the source, on conditions, onto itself. */
#include "check.h"

static const char KEY[] = "\xC3\xA4 key+%";

static coslink_copy_source source_of(const char *key) {
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  source.key = key;
  return source;
}

static void put_source(void) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_put_object_options options = COSLINK_INIT(coslink_put_object_options);
  coslink_body body = text("content");
  options.content_type = "text/plain";
  options.metadata = metadata;
  options.metadata_count = 1;
  OK(coslink_put_object(bucket, KEY, &body, &options, NULL, &error));
}

static void plain(void) {
  coslink_copy_source source = source_of(KEY);
  const coslink_copy_object_output *copied;
  const coslink_head_object_output *head;
  coslink_result *result;
  OK(coslink_copy_object(bucket, "copy", &source, NULL, &result, &error));
  copied = coslink_result_copy_object(result);
  CHECK(copied->etag[0] == '"' && copied->has_crc64 && copied->crc64 != 0);
  CHECK(copied->last_modified[0] == '2' && copied->last_modified_unix > 1600000000);
  CHECK(copied->version_id == NULL);
  CHECK(coslink_result_upload_part_copy(result) == NULL);
  coslink_result_free(result);
  OK(coslink_head_object(bucket, "copy", NULL, &result, &error));
  head = coslink_result_head_object(result);
  CHECK_TEXT(head->content_type, "text/plain");
  CHECK(head->metadata_count == 1 && head->content_length == 7);
  coslink_result_free(result);

  /* The same, said in full. */
  source.bucket = arguments[2];
  source.region = arguments[3];
  OK(coslink_copy_object(bucket, "copy", &source, NULL, NULL, &error));
  source.region = NULL;
  OK(coslink_copy_object(bucket, "copy", &source, NULL, NULL, &error));
}

static void replaced(void) {
  const coslink_pair metadata[] = {{"shape", "round"}, {"third", "3"}};
  coslink_copy_object_options options = COSLINK_INIT(coslink_copy_object_options);
  coslink_copy_source source = source_of("copy");
  const coslink_head_object_output *head;
  coslink_result *result;
  options.metadata_directive = "Replaced";
  options.content_type = "image/png";
  options.storage_class = "STANDARD_IA";
  options.metadata = metadata;
  options.metadata_count = 2;
  OK(coslink_copy_object(bucket, "copy", &source, &options, NULL, &error));
  OK(coslink_head_object(bucket, "copy", NULL, &result, &error));
  head = coslink_result_head_object(result);
  CHECK_TEXT(head->content_type, "image/png");
  CHECK_TEXT(head->storage_class, "STANDARD_IA");
  CHECK(head->metadata_count == 2);
  CHECK_TEXT(head->metadata[0].name, "shape");
  coslink_result_free(result);
}

static void on_conditions(void) {
  coslink_copy_object_options options = COSLINK_INIT(coslink_copy_object_options);
  coslink_copy_source source = source_of(KEY);
  options.copy_source_if_match = "another";
  FAILS(PRECONDITION, coslink_copy_object(bucket, "no", &source, &options, NULL, &error));
  CHECK(failure->http_status == 412);
  CHECK_TEXT(failure->operation, "CopyObject");
  options.copy_source_if_none_match = "another";
  REFUSED("copy_source_if", coslink_copy_object(bucket, "no", &source, &options, NULL, &error));
  options.copy_source_if_match = NULL;
  options.copy_source_if_modified_since = 1;
  OK(coslink_copy_object(bucket, "yes", &source, &options, NULL, &error));
  options.copy_source_if_modified_since = -1;
  REFUSED("copy_source_if_modified_since",
          coslink_copy_object(bucket, "no", &source, &options, NULL, &error));
}

static void refused(void) {
  coslink_copy_source source = source_of(KEY), none = COSLINK_INIT(coslink_copy_source);
  REFUSED("bucket", coslink_copy_object(NULL, "k", &source, NULL, NULL, &error));
  REFUSED("key", coslink_copy_object(bucket, NULL, &source, NULL, NULL, &error));
  REFUSED("key", coslink_copy_object(bucket, "", &source, NULL, NULL, &error));
  REFUSED("copy_source", coslink_copy_object(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("copy_source.key", coslink_copy_object(bucket, "k", &none, NULL, NULL, &error));
  none.key = "";
  REFUSED("copy_source", coslink_copy_object(bucket, "k", &none, NULL, NULL, &error));
  none.size = 0;
  REFUSED("copy_source", coslink_copy_object(bucket, "k", &none, NULL, NULL, &error));
  source.region = arguments[3];
  REFUSED("copy_source.region", coslink_copy_object(bucket, "k", &source, NULL, NULL, &error));
  source.bucket = "no appid";
  REFUSED("copy_source", coslink_copy_object(bucket, "k", &source, NULL, NULL, &error));
  source = source_of(KEY);
  source.version_id = "\xFF";
  REFUSED("copy_source.version_id",
          coslink_copy_object(bucket, "k", &source, NULL, NULL, &error));
  source = source_of("no such key");
  FAILS(NOT_FOUND, coslink_copy_object(bucket, "k", &source, NULL, NULL, &error));
}

int main(int count, char **given) {
  begin(count, given);
  put_source();
  plain();
  replaced();
  on_conditions();
  refused();
  return end();
}
