/* What cannot be meant is refused before any byte is sent, by the name of the parameter. */
#include "check.h"

static const char BAD[] = "\xFF\xFE";

/* What a result tells when there is none. */
static void no_result(void) {
  size_t count = 9;
  CHECK(coslink_result_http_status(NULL) == 0);
  CHECK(coslink_result_attempts(NULL) == 0);
  CHECK(coslink_result_request_id(NULL) == NULL);
  CHECK(coslink_result_header(NULL, "etag") == NULL);
  CHECK(coslink_result_headers(NULL, &count) == NULL && count == 0);
  count = 9;
  CHECK(coslink_result_body(NULL, &count) == NULL && count == 0);
  CHECK(coslink_result_list_objects(NULL) == NULL);
  CHECK(coslink_result_put_object(NULL) == NULL);
  CHECK(coslink_result_head_object(NULL) == NULL);
  CHECK(coslink_result_get_object(NULL) == NULL);
  CHECK(coslink_result_delete_object(NULL) == NULL);
  CHECK(coslink_result_initiate_multipart_upload(NULL) == NULL);
  CHECK(coslink_result_upload_part(NULL) == NULL);
  CHECK(coslink_result_list_parts(NULL) == NULL);
  CHECK(coslink_result_complete_multipart_upload(NULL) == NULL);
  CHECK(coslink_result_upload_file(NULL) == NULL);
  CHECK(coslink_result_download_file(NULL) == NULL);
  CHECK(coslink_result_copy_object(NULL) == NULL);
  CHECK(coslink_result_upload_part_copy(NULL) == NULL);
  CHECK(coslink_result_delete_objects(NULL) == NULL);
  CHECK(coslink_result_restore_object(NULL) == NULL);
  CHECK(coslink_result_get_object_acl(NULL) == NULL);
  CHECK(coslink_result_options_object(NULL) == NULL);
  CHECK(coslink_result_list_multipart_uploads(NULL) == NULL);
  CHECK(coslink_result_post_object(NULL) == NULL);
  CHECK(coslink_result_sign_form(NULL) == NULL);
  CHECK(coslink_result_request(NULL) == NULL);
  CHECK(coslink_result_copy_file(NULL) == NULL);
  CHECK(coslink_result_abort_uploads(NULL) == NULL);
}

static void nulls(void) {
  coslink_client_options options = client_options();
  coslink_bucket *other = bucket;
  coslink_client *another = client;
  coslink_objects *objects;
  const coslink_object *object;
  coslink_body body = text("x");
  char *url;
  REFUSED("client", coslink_client_new(&options, NULL, &error));
  REFUSED("options", coslink_client_new(NULL, &another, &error));
  CHECK(another == NULL);
  REFUSED("client", coslink_client_set_credentials(NULL, "a", "b", NULL, &error));
  REFUSED("client", coslink_bucket_new(NULL, "a-1", "r", &other, &error));
  CHECK(other == NULL);
  REFUSED("name", coslink_bucket_new(client, NULL, "ap-guangzhou", &other, &error));
  REFUSED("region", coslink_bucket_new(client, arguments[2], NULL, &other, &error));
  REFUSED("bucket", coslink_bucket_new(client, arguments[2], "ap-guangzhou", NULL, &error));
  REFUSED("bucket", coslink_bucket_location(NULL, "k", &url, &error));
  CHECK(url == NULL);
  REFUSED("key", coslink_bucket_location(bucket, NULL, &url, &error));
  REFUSED("location", coslink_bucket_location(bucket, "k", NULL, &error));
  REFUSED("bucket", coslink_list_objects(NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_objects_new(NULL, NULL, &objects, &error));
  REFUSED("objects", coslink_objects_new(bucket, NULL, NULL, &error));
  REFUSED("objects", coslink_objects_next(NULL, &object, &error));
  OK(coslink_objects_new(bucket, NULL, &objects, &error));
  REFUSED("object", coslink_objects_next(objects, NULL, &error));
  coslink_objects_free(objects);
  REFUSED("bucket", coslink_put_object(NULL, "k", &body, NULL, NULL, &error));
  REFUSED("key", coslink_put_object(bucket, NULL, &body, NULL, NULL, &error));
  REFUSED("body", coslink_put_object(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_head_object(NULL, "k", NULL, NULL, &error));
  REFUSED("key", coslink_head_object(bucket, NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_get_object(NULL, "k", NULL, NULL, &error));
  REFUSED("key", coslink_get_object(bucket, NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_delete_object(NULL, "k", NULL, NULL, &error));
  REFUSED("key", coslink_delete_object(bucket, NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_initiate_multipart_upload(NULL, "k", NULL, NULL, &error));
  REFUSED("key", coslink_initiate_multipart_upload(bucket, NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_upload_part(NULL, "k", "u", 1, &body, NULL, NULL, &error));
  REFUSED("key", coslink_upload_part(bucket, NULL, "u", 1, &body, NULL, NULL, &error));
  REFUSED("upload_id", coslink_upload_part(bucket, "k", NULL, 1, &body, NULL, NULL, &error));
  REFUSED("body", coslink_upload_part(bucket, "k", "u", 1, NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_list_parts(NULL, "k", "u", NULL, NULL, &error));
  REFUSED("key", coslink_list_parts(bucket, NULL, "u", NULL, NULL, &error));
  REFUSED("upload_id", coslink_list_parts(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("bucket",
          coslink_complete_multipart_upload(NULL, "k", "u", NULL, 0, NULL, NULL, &error));
  REFUSED("key",
          coslink_complete_multipart_upload(bucket, NULL, "u", NULL, 0, NULL, NULL, &error));
  REFUSED("upload_id",
          coslink_complete_multipart_upload(bucket, "k", NULL, NULL, 0, NULL, NULL, &error));
  REFUSED("parts",
          coslink_complete_multipart_upload(bucket, "k", "u", NULL, 2, NULL, NULL, &error));
  REFUSED("bucket", coslink_abort_multipart_upload(NULL, "k", "u", NULL, NULL, &error));
  REFUSED("key", coslink_abort_multipart_upload(bucket, NULL, "u", NULL, NULL, &error));
  REFUSED("upload_id", coslink_abort_multipart_upload(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_upload_file(NULL, "k", "p", NULL, NULL, &error));
  REFUSED("key", coslink_upload_file(bucket, NULL, "p", NULL, NULL, &error));
  REFUSED("path", coslink_upload_file(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_download_file(NULL, "k", "p", NULL, NULL, &error));
  REFUSED("key", coslink_download_file(bucket, NULL, "p", NULL, NULL, &error));
  REFUSED("path", coslink_download_file(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_presign(NULL, COSLINK_METHOD_GET, "k", 1, NULL, &url, &error));
  REFUSED("url", coslink_presign(bucket, COSLINK_METHOD_GET, "k", 1, NULL, NULL, &error));

  REFUSED("bucket", coslink_get_object_acl(NULL, "k", NULL, NULL, &error));
  REFUSED("uploads", coslink_uploads_new(bucket, NULL, NULL, &error));
  REFUSED("read", coslink_upload_stream(bucket, "k", NULL, NULL, NULL, NULL, &error));
  REFUSED("copy_source", coslink_copy_file(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_abort_uploads(NULL, NULL, 0, NULL, &error));
  REFUSED("client", coslink_upload_files(NULL, NULL, 0, NULL, &error));
  REFUSED("files", coslink_download_files(client, NULL, 1, NULL, &error));
  REFUSED("url", coslink_presigned_get(client, NULL, NULL, NULL, &error));
  REFUSED("result", coslink_sign_form(bucket, 60, NULL, NULL, &error));
  REFUSED("bucket", coslink_request(NULL, COSLINK_METHOD_GET, "k", NULL, NULL, NULL, &error));

  /* Nobody wants to know. */
  CHECK(coslink_head_object(NULL, NULL, NULL, NULL, NULL) == COSLINK_ERROR_INVALID_ARGUMENT);
  coslink_client_free(NULL);
  coslink_bucket_free(NULL);
  coslink_result_free(NULL);
  coslink_error_free(NULL);
  coslink_objects_free(NULL);
  coslink_uploads_free(NULL);
  coslink_string_free(NULL);
  CHECK(coslink_result_http_status(NULL) == 0);
  CHECK(coslink_result_header(NULL, "etag") == NULL);
  CHECK(coslink_result_headers(NULL, NULL) == NULL);
  CHECK(coslink_result_request_id(NULL) == NULL);
  CHECK(coslink_result_body(NULL, NULL) == NULL);
  CHECK(coslink_result_list_objects(NULL) == NULL);
  CHECK(coslink_result_request(NULL) == NULL);
  CHECK(coslink_result_sign_form(NULL) == NULL);
}

static void texts(void) {
  const coslink_pair bad_value[] = {{"a", "b"}, {"c", BAD}}, no_name[] = {{NULL, "b"}};
  const coslink_pair line_break[] = {{"x-cos-meta-a", "b\r\nHost: c"}};
  coslink_put_object_options put_options = COSLINK_INIT(coslink_put_object_options);
  coslink_body body = text("x");
  coslink_bucket *other;
  REFUSED("key", coslink_put_object(bucket, BAD, &body, NULL, NULL, &error));
  REFUSED("key", coslink_put_object(bucket, "", &body, NULL, NULL, &error));
  REFUSED("name", coslink_bucket_new(client, BAD, "r", &other, &error));
  REFUSED("bucket", coslink_bucket_new(client, "no appid", "ap-guangzhou", &other, &error));
  REFUSED("region", coslink_bucket_new(client, arguments[2], "a/b", &other, &error));
  put_options.content_type = BAD;
  REFUSED("content_type", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.content_type = NULL;
  put_options.headers = bad_value;
  put_options.header_count = 2;
  REFUSED("headers[1].value", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.headers = no_name;
  put_options.header_count = 1;
  REFUSED("headers[0].name", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.headers = NULL;
  REFUSED("headers", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.headers = line_break;
  FAILS(INVALID_ARGUMENT, coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.header_count = 0;
  put_options.query_count = SIZE_MAX;
  put_options.query = bad_value;
  REFUSED("query", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.query_count = 0;
  put_options.traffic_limit = 1;
  REFUSED("traffic_limit", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
  put_options.traffic_limit = 0;
  put_options.sse_customer_key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  REFUSED("sse_customer_key", coslink_put_object(bucket, "k", &body, &put_options, NULL, &error));
}

static void bodies(void) {
  coslink_body body = text("x");
  body.path = "p";
  REFUSED("body", coslink_put_object(bucket, "k", &body, NULL, NULL, &error));
  body.path = NULL;
  body.offset = 1;
  REFUSED("body.offset", coslink_put_object(bucket, "k", &body, NULL, NULL, &error));
  body.offset = 0;
  body.data = NULL;
  REFUSED("body.data", coslink_put_object(bucket, "k", &body, NULL, NULL, &error));
  body.data = "x";
  body.length = UINT64_MAX;
  FAILS(INVALID_ARGUMENT, coslink_put_object(bucket, "k", &body, NULL, NULL, &error));
}

/* Structs of older and newer versions, and of none. */
static void sizes(void) {
  struct {
    coslink_head_object_options known;
    const char *unknown;
  } newer = {COSLINK_INIT(coslink_head_object_options), NULL};
  coslink_head_object_options older = COSLINK_INIT(coslink_head_object_options);
  coslink_head_object_options *options = &newer.known;
  put("k", "x");
  newer.known.size = sizeof newer;
  OK(coslink_head_object(bucket, "k", options, NULL, &error));
  newer.unknown = "set";
  REFUSED("options", coslink_head_object(bucket, "k", options, NULL, &error));

  older.size = offsetof(coslink_head_object_options, if_match);
  older.if_match = BAD;
  OK(coslink_head_object(bucket, "k", &older, NULL, &error));
  older.size = sizeof(size_t);
  OK(coslink_head_object(bucket, "k", &older, NULL, &error));
  older.size = 0;
  REFUSED("options", coslink_head_object(bucket, "k", &older, NULL, &error));
  older.size = sizeof(size_t) + 4;
  REFUSED("options", coslink_head_object(bucket, "k", &older, NULL, &error));
  older.size = 1;
  REFUSED("options", coslink_head_object(bucket, "k", &older, NULL, &error));
  older.size = SIZE_MAX;
  REFUSED("options", coslink_head_object(bucket, "k", &older, NULL, &error));
}

/* The source of a copy is an option struct, too. */
static void copy_sources(void) {
  struct {
    coslink_copy_source known;
    const char *unknown;
  } newer = {COSLINK_INIT(coslink_copy_source), "set"};
  coslink_copy_source *source = &newer.known;
  newer.known.size = sizeof newer;
  newer.known.key = "k";
  REFUSED("copy_source", coslink_copy_object(bucket, "k", source, NULL, NULL, &error));
  newer.known.size = sizeof(size_t);
  REFUSED("copy_source.key", coslink_copy_object(bucket, "k", source, NULL, NULL, &error));
}

/* A client of the first version of its struct does not know the fields that came later. */
static void older_client(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  options.size = offsetof(coslink_client_options, domain);
  options.domain = BAD;
  options.credentials_file = BAD;
  OK(coslink_client_new(&options, &other, &error));
  coslink_client_free(other);
}

static void settings(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  options.endpoint = "ftp://example.com";
  REFUSED("endpoint", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.parallel_requests = 257;
  REFUSED("parallel_requests", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.parallel_files = 257;
  REFUSED("parallel_files", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.user_agent = "a\nb";
  REFUSED("user_agent", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.ca_file = path_of("no such file");
  if (has_tls())
    FAILS(LOCAL_IO, coslink_client_new(&options, &other, &error));
  else
    REFUSED("ca_file", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.secret_key = NULL;
  FAILS(CREDENTIALS, coslink_client_new(&options, &other, &error));
  options.secret_key = "with space ";
  FAILS(CREDENTIALS, coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
}

/* Numbers that no enum has. */
static void numbers(void) {
  static const int32_t bad[] = {-1, 4, INT32_MAX, INT32_MIN};
  coslink_client_options options = client_options();
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_copy_file_options copy = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  coslink_client *other;
  size_t index;
  source.key = "k";
  for (index = 0; index < sizeof bad / sizeof *bad; index++) {
    options.resume = upload.resume = download.resume = copy.resume = bad[index];
    upload.verify = download.verify = copy.verify = COSLINK_VERIFY_OFF;
    REFUSED("resume", coslink_client_new(&options, &other, &error));
    CHECK(other == NULL);
    REFUSED("resume", coslink_upload_file(bucket, "k", "p", &upload, NULL, &error));
    REFUSED("resume", coslink_download_file(bucket, "k", "p", &download, NULL, &error));
    REFUSED("resume", coslink_copy_file(bucket, "k", &source, &copy, NULL, &error));
    upload.resume = download.resume = copy.resume = COSLINK_RESUME_OFF;
    upload.verify = download.verify = copy.verify = bad[index];
    REFUSED("verify", coslink_upload_file(bucket, "k", "p", &upload, NULL, &error));
    REFUSED("verify", coslink_download_file(bucket, "k", "p", &download, NULL, &error));
    REFUSED("verify", coslink_copy_file(bucket, "k", &source, &copy, NULL, &error));
  }
}

static void sinks(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  char buffer[1];
  options.capacity = 1;
  REFUSED("buffer", coslink_get_object(bucket, "k", &options, NULL, &error));
  options.buffer = buffer;
  options.path = "p";
  REFUSED("options", coslink_get_object(bucket, "k", &options, NULL, &error));
}

int main(int count, char **given) {
  begin(count, given);
  CHECK_TEXT(coslink_version(), COSLINK_VERSION_STRING);
  CHECK_TEXT(coslink_status_name(COSLINK_OK), "COSLINK_OK");
  CHECK_TEXT(coslink_status_name(COSLINK_ERROR_NOT_FOUND), "COSLINK_ERROR_NOT_FOUND");
  CHECK_TEXT(coslink_status_name(-1), "unknown");
  nulls();
  no_result();
  texts();
  bodies();
  sizes();
  copy_sources();
  older_client();
  settings();
  numbers();
  sinks();
  return end();
}
