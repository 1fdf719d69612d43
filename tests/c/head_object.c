/* HEAD Object: what is known of an object, and whether a copy is still good. */
#include "check.h"

static void everything_that_was_stored(void) {
  coslink_put_object_options put = COSLINK_INIT(coslink_put_object_options);
  coslink_body body = text("123456789");
  const coslink_head_object_output *head;
  coslink_result *result;
  put.cache_control = "no-cache";
  put.content_disposition = "inline";
  put.content_encoding = "identity";
  put.expires = "Wed, 21 Oct 2026 07:28:00 GMT";
  put.storage_class = "INTELLIGENT_TIERING";
  put.server_side_encryption = "AES256";
  OK(coslink_put_object(bucket, "all", &body, &put, NULL, &error));
  OK(coslink_head_object(bucket, "all", NULL, &result, &error));
  head = coslink_result_head_object(result);
  CHECK(head->crc64 == UINT64_C(11051210869376104954));
  CHECK_TEXT(head->cache_control, "no-cache");
  CHECK_TEXT(head->content_disposition, "inline");
  CHECK_TEXT(head->content_encoding, "identity");
  CHECK_TEXT(head->expires, "Wed, 21 Oct 2026 07:28:00 GMT");
  CHECK_TEXT(head->storage_class, "INTELLIGENT_TIERING");
  CHECK_TEXT(head->server_side_encryption, "AES256");
  CHECK(head->object_type == NULL && head->metadata == NULL);
  CHECK_TEXT(head->storage_tier, "FREQUENT");
  coslink_result_free(result);
}

int main(int count, char **given) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_put_object_options put = COSLINK_INIT(coslink_put_object_options);
  coslink_head_object_options options = COSLINK_INIT(coslink_head_object_options);
  coslink_body body = text("hello!");
  const coslink_head_object_output *head;
  coslink_result *result;
  char etag[64];
  begin(count, given);
  put.content_type = "text/plain";
  put.content_language = "en";
  put.metadata = metadata;
  put.metadata_count = 1;
  OK(coslink_put_object(bucket, "key", &body, &put, NULL, &error));

  OK(coslink_head_object(bucket, "key", NULL, &result, &error));
  head = coslink_result_head_object(result);
  CHECK(!head->not_modified && head->has_crc64 && head->content_length == 6);
  CHECK_TEXT(head->content_type, "text/plain");
  CHECK_TEXT(head->content_language, "en");
  CHECK_TEXT(head->storage_class, "STANDARD");
  CHECK(head->content_encoding == NULL && head->version_id == NULL && head->restore == NULL);
  CHECK(strstr(head->last_modified, "GMT") != NULL && head->last_modified_unix > 1600000000);
  CHECK(head->metadata_count == 1);
  CHECK_TEXT(head->metadata[0].name, "color");
  CHECK_TEXT(head->metadata[0].value, "blue");
  snprintf(etag, sizeof etag, "%s", head->etag);
  options.if_modified_since = head->last_modified_unix - 10;
  coslink_result_free(result);

  OK(coslink_head_object(bucket, "key", &options, &result, &error));
  CHECK(!coslink_result_head_object(result)->not_modified);
  coslink_result_free(result);
  options.if_modified_since = 0;
  options.if_none_match = etag;
  OK(coslink_head_object(bucket, "key", &options, &result, &error));
  CHECK(coslink_result_head_object(result)->not_modified);
  CHECK(coslink_result_http_status(result) == 304);
  coslink_result_free(result);
  options.if_none_match = NULL;
  options.if_unmodified_since = 1000000000;
  FAILS(PRECONDITION, coslink_head_object(bucket, "key", &options, &result, &error));
  CHECK(failure->http_status == 412);
  options.if_unmodified_since = -1;
  REFUSED("if_unmodified_since", coslink_head_object(bucket, "key", &options, &result, &error));

  everything_that_was_stored();
  FAILS(NOT_FOUND, coslink_head_object(bucket, "no such key", NULL, &result, &error));
  CHECK(result == NULL);
  CHECK(failure->http_status == 404 && failure->code == NULL && failure->request_id != NULL);
  return end();
}
