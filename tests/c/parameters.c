/* Every parameter that is a header or a part of the query goes out under its own name: each has a
 * value of its own, and the test looks at what the service received. What it answers does not
 * matter. */
#include "check.h"

#define ASK(call)                                                                                  \
  do {                                                                                             \
    (void)(call);                                                                                  \
    coslink_error_free(error);                                                                     \
    error = NULL;                                                                                  \
  } while (0)

static const coslink_pair metadata[] = {{"color", "blue"}};
static const coslink_pair headers[] = {{"x-cos-other", "other"}};
static const coslink_pair query[] = {{"more", "a&b"}};

#define SET_MORE(options)                                                                          \
  options.headers = headers, options.header_count = 1, options.query = query,                      \
  options.query_count = 1

/* The headers of an object, which many operations have. */
#define SET_OBJECT(options)                                                                        \
  options.content_type = "content/type", options.cache_control = "cache control",                  \
  options.content_disposition = "content disposition",                                             \
  options.content_encoding = "content encoding", options.content_language = "content language",    \
  options.expires = "expires", options.acl = "public-read", options.grant_read = "id=\"1\"",       \
  options.grant_read_acp = "id=\"2\"", options.grant_write_acp = "id=\"3\"",                       \
  options.grant_full_control = "id=\"4\"", options.storage_class = "STANDARD_IA",                  \
  options.tagging = "k=v", options.forbid_overwrite = 1, options.traffic_limit = 819200,           \
  options.server_side_encryption = "cos/kms", options.sse_kms_key_id = "kms key",                  \
  options.sse_kms_context = "e30=", options.metadata = metadata, options.metadata_count = 1

#define SET_SOURCE(options)                                                                        \
  options.copy_source_if_match = "\"match\"", options.copy_source_if_unmodified_since = 1000000000

static void whole(void) {
  coslink_put_object_options put = COSLINK_INIT(coslink_put_object_options);
  coslink_head_object_options head = COSLINK_INIT(coslink_head_object_options);
  coslink_get_object_options get = COSLINK_INIT(coslink_get_object_options);
  coslink_delete_object_options delete = COSLINK_INIT(coslink_delete_object_options);
  coslink_body body = text("x");
  SET_OBJECT(put);
  SET_MORE(put);
  put.content_md5 = "nd0OkypxLcWFmBdsdd8IoQ==";
  put.expect = "100-continue";
  put.pic_operations = "{}";
  ASK(coslink_put_object(bucket, "k", &body, &put, NULL, &error));

  SET_MORE(head);
  head.version_id = "version id";
  head.if_match = "\"match\"";
  head.if_none_match = "\"none\"";
  head.if_modified_since = 1000000000;
  head.if_unmodified_since = 1000000001;
  ASK(coslink_head_object(bucket, "k", &head, NULL, &error));

  SET_MORE(get);
  get.version_id = "version id";
  get.if_match = "\"match\"";
  get.if_none_match = "\"none\"";
  get.if_modified_since = 1000000000;
  get.if_unmodified_since = 1000000001;
  get.response_content_type = "content/type";
  get.response_content_language = "content language";
  get.response_expires = "expires";
  get.response_cache_control = "cache control";
  get.response_content_disposition = "content disposition";
  get.response_content_encoding = "content encoding";
  get.traffic_limit = 819200;
  get.range_first = 3;
  get.range_length = 4;
  ASK(coslink_get_object(bucket, "k", &get, NULL, &error));

  SET_MORE(delete);
  delete.version_id = "version id";
  ASK(coslink_delete_object(bucket, "k", &delete, NULL, &error));
}

static void copies(void) {
  coslink_copy_object_options copy = COSLINK_INIT(coslink_copy_object_options);
  coslink_upload_part_copy_options part = COSLINK_INIT(coslink_upload_part_copy_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  source.bucket = "source-1250000000";
  source.region = "ap-source";
  source.key = "a key";
  source.version_id = "version id";
  SET_OBJECT(copy);
  SET_MORE(copy);
  SET_SOURCE(copy);
  copy.grant_write = "id=\"5\"";
  copy.metadata_directive = "Replaced";
  copy.tagging_directive = "Replaced";
  ASK(coslink_copy_object(bucket, "k", &source, &copy, NULL, &error));

  SET_MORE(part);
  part.copy_source_if_none_match = "\"none\"";
  part.copy_source_if_modified_since = 1000000000;
  part.copy_source_range_first = 3;
  part.copy_source_range_length = 4;
  ASK(coslink_upload_part_copy(bucket, "k", "id", 7, &source, &part, NULL, &error));
}

static void parts(void) {
  coslink_initiate_multipart_upload_options initiate =
      COSLINK_INIT(coslink_initiate_multipart_upload_options);
  coslink_upload_part_options part = COSLINK_INIT(coslink_upload_part_options);
  coslink_list_parts_options list = COSLINK_INIT(coslink_list_parts_options);
  coslink_complete_multipart_upload_options complete =
      COSLINK_INIT(coslink_complete_multipart_upload_options);
  coslink_abort_multipart_upload_options abort =
      COSLINK_INIT(coslink_abort_multipart_upload_options);
  coslink_completed_part made = {1, "\"etag\""};
  coslink_body body = text("x");
  SET_OBJECT(initiate);
  SET_MORE(initiate);
  ASK(coslink_initiate_multipart_upload(bucket, "k", &initiate, NULL, &error));

  SET_MORE(part);
  part.content_md5 = "nd0OkypxLcWFmBdsdd8IoQ==";
  part.expect = "100-continue";
  part.traffic_limit = 819200;
  ASK(coslink_upload_part(bucket, "k", "id", 7, &body, &part, NULL, &error));

  SET_MORE(list);
  list.encoding_type = "url";
  list.max_parts = 5;
  list.part_number_marker = 6;
  ASK(coslink_list_parts(bucket, "k", "id", &list, NULL, &error));

  SET_MORE(complete);
  complete.pic_operations = "{}";
  complete.forbid_overwrite = 1;
  ASK(coslink_complete_multipart_upload(bucket, "k", "id", &made, 1, &complete, NULL, &error));

  SET_MORE(abort);
  ASK(coslink_abort_multipart_upload(bucket, "k", "id", &abort, NULL, &error));
}

static void lists(void) {
  coslink_list_objects_options objects = COSLINK_INIT(coslink_list_objects_options);
  coslink_list_multipart_uploads_options uploads =
      COSLINK_INIT(coslink_list_multipart_uploads_options);
  coslink_delete_objects_options delete = COSLINK_INIT(coslink_delete_objects_options);
  coslink_object_version version = {"k", "version id"};
  SET_MORE(objects);
  objects.prefix = "prefix";
  objects.delimiter = "/";
  objects.marker = "marker";
  objects.max_keys = 5;
  objects.encoding_type = "url";
  ASK(coslink_list_objects(bucket, &objects, NULL, &error));

  SET_MORE(uploads);
  uploads.prefix = "prefix";
  uploads.delimiter = "/";
  uploads.encoding_type = "url";
  uploads.max_uploads = 5;
  uploads.key_marker = "key marker";
  uploads.upload_id_marker = "upload id marker";
  ASK(coslink_list_multipart_uploads(bucket, &uploads, NULL, &error));

  SET_MORE(delete);
  ASK(coslink_delete_objects(bucket, &version, 1, &delete, NULL, &error));
}

static void others(void) {
  coslink_restore_object_options restore = COSLINK_INIT(coslink_restore_object_options);
  coslink_put_object_acl_options put = COSLINK_INIT(coslink_put_object_acl_options);
  coslink_get_object_acl_options get = COSLINK_INIT(coslink_get_object_acl_options);
  coslink_options_object_options cors = COSLINK_INIT(coslink_options_object_options);
  SET_MORE(restore);
  restore.version_id = "version id";
  ASK(coslink_restore_object(bucket, "k", 3, "Bulk", &restore, NULL, &error));

  SET_MORE(put);
  put.acl = "public-read";
  put.grant_read = "id=\"1\"";
  put.grant_read_acp = "id=\"2\"";
  put.grant_write_acp = "id=\"3\"";
  put.grant_full_control = "id=\"4\"";
  put.version_id = "version id";
  ASK(coslink_put_object_acl(bucket, "k", &put, NULL, &error));

  SET_MORE(get);
  get.version_id = "version id";
  ASK(coslink_get_object_acl(bucket, "k", &get, NULL, &error));

  SET_MORE(cors);
  cors.access_control_request_headers = "x-cos-meta-a";
  ASK(coslink_options_object(bucket, "k", "https://example.com", "PUT", &cors, NULL, &error));
}

static int64_t one_letter(void *buffer, size_t capacity, void *user_data) {
  int *left = user_data;
  if (*left == 0 || capacity == 0) return 0;
  *left = 0;
  memset(buffer, 'x', 1);
  return 1;
}

/* In one request, and in one part. */
static void transfers(void) {
  coslink_upload_file_options file = COSLINK_INIT(coslink_upload_file_options);
  coslink_upload_stream_options stream = COSLINK_INIT(coslink_upload_stream_options);
  const char *path = path_of("file");
  int left = 1;
  write_file(path, "x", 1);
  SET_OBJECT(file);
  file.headers = headers;
  file.header_count = 1;
  file.content_md5 = 1;
  ASK(coslink_upload_file(bucket, "file", path, &file, NULL, &error));
  write_file(path, "xy", 2);
  file.slice_above = 1;
  file.resume = COSLINK_RESUME_OFF;
  file.header_count = 0;
  ASK(coslink_upload_file(bucket, "file in parts", path, &file, NULL, &error));

  SET_OBJECT(stream);
  stream.headers = headers;
  stream.header_count = 1;
  ASK(coslink_upload_stream(bucket, "stream", one_letter, &left, &stream, NULL, &error));
}

static void copied_files(void) {
  coslink_copy_file_options copy = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  put("source", "xy");
  source.key = "source";
  SET_OBJECT(copy);
  copy.headers = headers;
  copy.header_count = 1;
  copy.metadata_directive = "Replaced";
  copy.tagging_directive = "Replaced";
  copy.copy_source_if_none_match = "none";
  copy.copy_source_if_modified_since = 1000000000;
  ASK(coslink_copy_file(bucket, "copied file", &source, &copy, NULL, &error));

  source.key = "source of parts";
  put("source of parts", "xy");
  copy.slice_above = 1;
  copy.resume = COSLINK_RESUME_OFF;
  copy.header_count = 0;
  copy.copy_source_if_none_match = NULL;
  copy.copy_source_if_modified_since = 0;
  copy.copy_source_if_unmodified_since = 4000000000;
  ASK(coslink_copy_file(bucket, "copied in parts", &source, &copy, NULL, &error));
}

int main(int count, char **given) {
  begin(count, given);
  whole();
  copies();
  parts();
  lists();
  others();
  transfers();
  copied_files();
  return end();
}
