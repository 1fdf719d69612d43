/* URLs that somebody signed, used by a client without any secret. */
#include "check.h"

static coslink_client *nobody;

static char *sign(int32_t method, const char *key) {
  char *url;
  OK(coslink_presign(bucket, method, key, 600, NULL, &url, &error));
  return url;
}

/* An error about this URL, which it does not show. */
static void is_hidden(void) {
  CHECK(failure != NULL);
  CHECK(strstr(failure->text, "q-signature") == NULL && strstr(failure->text, "q-ak") == NULL);
}

static int take(const void *data, size_t length, void *user_data) {
  size_t *taken = user_data;
  CHECK(data != NULL);
  *taken += length;
  return 0;
}

static int stop(const coslink_progress *progress, void *user_data) {
  (void)progress;
  (void)user_data;
  return 1;
}

static void reads(void) {
  coslink_presigned_get_options options = COSLINK_INIT(coslink_presigned_get_options);
  char *url = sign(COSLINK_METHOD_GET, "a key+\xC3\xA4");
  char buffer[6];
  const void *body;
  coslink_result *result;
  size_t length, taken = 0;
  OK(coslink_presigned_get(nobody, url, NULL, &result, &error));
  body = coslink_result_body(result, &length);
  CHECK_BYTES(body, length, "hello!");
  CHECK(coslink_result_get_object(result)->verified);
  CHECK_TEXT(coslink_result_get_object(result)->head->content_type, "text/plain");
  coslink_result_free(result);
  options.range_first = 1;
  options.range_length = 3;
  OK(coslink_presigned_get(nobody, url, &options, &result, &error));
  body = coslink_result_body(result, &length);
  CHECK_BYTES(body, length, "ell");
  CHECK(coslink_result_get_object(result)->object_size == 6);
  coslink_result_free(result);
  options.range_first = options.range_length = 0;
  options.path = path_of("file");
  OK(coslink_presigned_get(nobody, url, &options, NULL, &error));
  check_file(options.path, "hello!", 6);
  options.path = NULL;
  options.buffer = buffer;
  options.capacity = 5;
  REFUSED("capacity", coslink_presigned_get(nobody, url, &options, NULL, &error));
  options.capacity = 6;
  OK(coslink_presigned_get(nobody, url, &options, NULL, &error));
  CHECK_BYTES(buffer, sizeof buffer, "hello!");
  options.write = take;
  REFUSED("options", coslink_presigned_get(nobody, url, &options, NULL, &error));
  options.buffer = NULL;
  options.capacity = 0;
  options.user_data = &taken;
  OK(coslink_presigned_get(nobody, url, &options, NULL, &error));
  CHECK(taken == 6);
  options.write = NULL;
  options.progress = stop;
  FAILS(CANCELLED, coslink_presigned_get(nobody, url, &options, NULL, &error));
  options.progress = NULL;
  options.if_match = "another";
  FAILS(PRECONDITION, coslink_presigned_get(nobody, url, &options, NULL, &error));
  is_hidden();
  coslink_string_free(url);
  url = sign(COSLINK_METHOD_GET, "none");
  FAILS(NOT_FOUND, coslink_presigned_get(nobody, url, NULL, NULL, &error));
  is_hidden();
  coslink_string_free(url);
}

static void writes(void) {
  const coslink_pair metadata[] = {{"x-cos-meta-color", "blue"}};
  coslink_presign_options sign_options = COSLINK_INIT(coslink_presign_options);
  coslink_presigned_put_options options = COSLINK_INIT(coslink_presigned_put_options);
  coslink_body body = text("hello!");
  coslink_result *result;
  char *url;
  sign_options.headers = metadata;
  sign_options.header_count = 1;
  OK(coslink_presign(bucket, COSLINK_METHOD_PUT, "a key+\xC3\xA4", 600, &sign_options, &url,
                     &error));
  /* The headers that were signed must come along. */
  FAILS(DENIED, coslink_presigned_put(nobody, url, &body, NULL, NULL, &error));
  is_hidden();
  options.content_type = "text/plain";
  options.headers = metadata;
  options.header_count = 1;
  OK(coslink_presigned_put(nobody, url, &body, &options, &result, &error));
  CHECK(coslink_result_put_object(result)->verified);
  coslink_result_free(result);
  options.progress = stop;
  FAILS(CANCELLED, coslink_presigned_put(nobody, url, &body, &options, NULL, &error));
  options.progress = NULL;
  FAILS(DENIED, coslink_presigned_get(nobody, url, NULL, NULL, &error));
  is_hidden();
  coslink_string_free(url);
}

static void others(void) {
  coslink_presign_options sign_options = COSLINK_INIT(coslink_presign_options);
  const coslink_pair uploads[] = {{"uploads", ""}};
  const coslink_pair origin[] = {{"Origin", "https://www.qq.com"},
                                 {"Access-Control-Request-Method", "PUT"}};
  coslink_presigned_request_options options = COSLINK_INIT(coslink_presigned_request_options);
  char *url = sign(COSLINK_METHOD_HEAD, "a key+\xC3\xA4");
  coslink_result *result;
  OK(coslink_presigned_request(nobody, COSLINK_METHOD_HEAD, url, NULL, NULL, &result, &error));
  CHECK_TEXT(coslink_result_header(result, "x-cos-meta-color"), "blue");
  CHECK(coslink_result_request(result)->body_length == 0);
  coslink_result_free(result);
  coslink_string_free(url);

  sign_options.query = uploads;
  sign_options.query_count = 1;
  OK(coslink_presign(bucket, COSLINK_METHOD_POST, "parts", 600, &sign_options, &url, &error));
  OK(coslink_presigned_request(nobody, COSLINK_METHOD_POST, url, NULL, NULL, &result, &error));
  CHECK(memchr(coslink_result_body(result, NULL), '<', 1) != NULL);
  coslink_result_free(result);
  options.max_memory = 1;
  REFUSED("max_memory",
          coslink_presigned_request(nobody, COSLINK_METHOD_POST, url, NULL, &options, NULL,
                                    &error));
  coslink_string_free(url);

  url = sign(COSLINK_METHOD_OPTIONS, "key");
  options.headers = origin;
  options.header_count = 2;
  FAILS(DENIED, coslink_presigned_request(nobody, COSLINK_METHOD_OPTIONS, url, NULL, &options,
                                          NULL, &error));
  CHECK_TEXT(failure->code, "AccessForbidden");
  coslink_string_free(url);

  url = sign(COSLINK_METHOD_DELETE, "a key+\xC3\xA4");
  OK(coslink_presigned_request(nobody, COSLINK_METHOD_DELETE, url, NULL, NULL, NULL, &error));
  coslink_string_free(url);
  FAILS(NOT_FOUND, coslink_head_object(bucket, "a key+\xC3\xA4", NULL, NULL, &error));
}

static void refused(void) {
  const char *bad[] = {"", "example.com/key", "ftp://example.com/key", "http://example.com",
                       "http://example.com/a b?q-signature=1"};
  coslink_body body = text("x");
  size_t at;
  for (at = 0; at < sizeof bad / sizeof bad[0]; at++) {
    REFUSED("url", coslink_presigned_get(nobody, bad[at], NULL, NULL, &error));
    is_hidden();
  }
  REFUSED("client", coslink_presigned_get(NULL, "http://a/b", NULL, NULL, &error));
  REFUSED("url", coslink_presigned_get(nobody, NULL, NULL, NULL, &error));
  REFUSED("client", coslink_presigned_put(NULL, "http://a/b", &body, NULL, NULL, &error));
  REFUSED("url", coslink_presigned_put(nobody, NULL, &body, NULL, NULL, &error));
  REFUSED("body", coslink_presigned_put(nobody, "http://a/b", NULL, NULL, NULL, &error));
  REFUSED("client", coslink_presigned_request(NULL, COSLINK_METHOD_GET, "http://a/b", NULL, NULL,
                                              NULL, &error));
  REFUSED("url",
          coslink_presigned_request(nobody, COSLINK_METHOD_GET, NULL, NULL, NULL, NULL, &error));
  REFUSED("method", coslink_presigned_request(nobody, 7, "http://a/b", NULL, NULL, NULL, &error));
  REFUSED("body", coslink_presigned_request(nobody, COSLINK_METHOD_GET, "http://a/b", &body, NULL,
                                            NULL, &error));
}

/* Without anybody at the other end, too. */
static void nobody_there(void) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  char *url = sign(COSLINK_METHOD_GET, "key");
  coslink_client *lost;
  options.anonymous = 1;
  options.endpoint = "http://127.0.0.1:1";
  options.max_attempts = 1;
  OK(coslink_client_new(&options, &lost, &error));
  FAILS(TRANSPORT, coslink_presigned_get(lost, url, NULL, NULL, &error));
  is_hidden();
  coslink_client_free(lost);
  coslink_string_free(url);
}

int main(int count, char **given) {
  coslink_client_options options;
  begin(count, given);
  options = client_options();
  options.secret_id = options.secret_key = NULL;
  options.anonymous = 1;
  OK(coslink_client_new(&options, &nobody, &error));
  writes();
  reads();
  others();
  refused();
  nobody_there();
  coslink_client_free(nobody);
  return end();
}
