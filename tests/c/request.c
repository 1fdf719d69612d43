/* Requests that have no function of their own: on an object, a bucket and the service. */
#include "check.h"

struct taken {
  char text[4096];
  size_t length;
  int stop;
};

static int take(const void *data, size_t length, void *user_data) {
  struct taken *taken = user_data;
  CHECK(taken->length + length < sizeof taken->text);
  memcpy(taken->text + taken->length, data, length);
  taken->length += length;
  return taken->stop;
}

static int stop(const coslink_progress *progress, void *user_data) {
  (void)progress;
  (void)user_data;
  return 1;
}

static void on_objects(void) {
  const coslink_pair headers[] = {{"x-cos-meta-color", "blue"}, {"Content-Type", "text/plain"}};
  coslink_request_options options = COSLINK_INIT(coslink_request_options);
  const coslink_request_output *output;
  coslink_body body = text("hello!");
  coslink_result *result;
  size_t length;
  options.headers = headers;
  options.header_count = 2;
  OK(coslink_request(bucket, COSLINK_METHOD_PUT, "a key+\xC3\xA4", &body, &options, &result,
                     &error));
  output = coslink_result_request(result);
  CHECK(coslink_result_http_status(result) == 200 && output->body_length == 0);
  CHECK(coslink_result_header(result, "ETag") != NULL);
  coslink_result_free(result);
  OK(coslink_request(bucket, COSLINK_METHOD_HEAD, "a key+\xC3\xA4", NULL, NULL, &result, &error));
  CHECK_TEXT(coslink_result_header(result, "x-cos-meta-color"), "blue");
  CHECK_TEXT(coslink_result_header(result, "Content-Length"), "6");
  CHECK(coslink_result_request(result)->body_length == 0);
  coslink_result_free(result);
  OK(coslink_request(bucket, COSLINK_METHOD_GET, "a key+\xC3\xA4", NULL, NULL, &result, &error));
  output = coslink_result_request(result);
  CHECK(output->body_length == 6 && output->body == coslink_result_body(result, &length));
  CHECK_BYTES(coslink_result_body(result, NULL), length, "hello!");
  CHECK(coslink_result_get_object(result) == NULL);
  coslink_result_free(result);
  OK(coslink_request(bucket, COSLINK_METHOD_DELETE, "a key+\xC3\xA4", NULL, NULL, &result,
                     &error));
  CHECK(coslink_result_http_status(result) == 204);
  coslink_result_free(result);
  FAILS(NOT_FOUND,
        coslink_request(bucket, COSLINK_METHOD_GET, "a key+\xC3\xA4", NULL, NULL, NULL, &error));
  CHECK_TEXT(failure->code, "NoSuchKey");
  CHECK_TEXT(failure->operation, "Request");
}

static void on_the_bucket(void) {
  const coslink_pair query[] = {{"cors", ""}};
  coslink_request_options options = COSLINK_INIT(coslink_request_options);
  coslink_body body = text("<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>"
                           "<AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>");
  struct taken taken = {"", 0, 0};
  coslink_result *result;
  options.for_bucket = 1;
  options.query = query;
  options.query_count = 1;
  /* Without the Content-MD5 that it demands, the service refuses the document. */
  FAILS(SERVICE,
        coslink_request(bucket, COSLINK_METHOD_PUT, NULL, &body, &options, NULL, &error));
  options.xml = 1;
  OK(coslink_request(bucket, COSLINK_METHOD_PUT, NULL, &body, &options, NULL, &error));
  options.xml = 0;
  options.write = take;
  options.user_data = &taken;
  OK(coslink_request(bucket, COSLINK_METHOD_GET, NULL, NULL, &options, &result, &error));
  CHECK(strstr(taken.text, "<AllowedMethod>PUT</AllowedMethod>") != NULL);
  CHECK(coslink_result_request(result)->body_length == taken.length);
  CHECK(coslink_result_request(result)->body == NULL);
  CHECK(coslink_result_body(result, NULL) == NULL);
  coslink_result_free(result);
  taken.stop = 7;
  FAILS(CALLBACK, coslink_request(bucket, COSLINK_METHOD_GET, NULL, NULL, &options, NULL, &error));
  CHECK_TEXT(failure->operation, "Request");
  CHECK(failure->request_id != NULL);
  options.write = NULL;
  options.max_memory = 10;
  REFUSED("max_memory",
          coslink_request(bucket, COSLINK_METHOD_GET, NULL, NULL, &options, NULL, &error));
  options.max_memory = taken.length;
  OK(coslink_request(bucket, COSLINK_METHOD_GET, NULL, NULL, &options, NULL, &error));
}

static void on_the_service(void) {
  coslink_bucket *service, *none;
  coslink_result *result;
  coslink_request_options options = COSLINK_INIT(coslink_request_options);
  options.for_bucket = 1;
  OK(coslink_bucket_new_service(client, NULL, &service, &error));
  OK(coslink_request(service, COSLINK_METHOD_GET, NULL, NULL, &options, &result, &error));
  CHECK(memchr(coslink_result_body(result, NULL), '<', 1) != NULL);
  coslink_result_free(result);
  coslink_bucket_free(service);
  OK(coslink_bucket_new_service(client, arguments[3], &service, &error));
  OK(coslink_request(service, COSLINK_METHOD_GET, NULL, NULL, &options, NULL, &error));
  coslink_bucket_free(service);
  REFUSED("client", coslink_bucket_new_service(NULL, NULL, &none, &error));
  CHECK(none == NULL);
  REFUSED("bucket", coslink_bucket_new_service(client, NULL, NULL, &error));
  REFUSED("region", coslink_bucket_new_service(client, "a/b", &none, &error));
}

static void refused(void) {
  coslink_request_options options = COSLINK_INIT(coslink_request_options);
  coslink_body body = text("\xFF"), file = COSLINK_INIT(coslink_body);
  REFUSED("bucket", coslink_request(NULL, COSLINK_METHOD_GET, "k", NULL, NULL, NULL, &error));
  REFUSED("method", coslink_request(bucket, 0, "k", NULL, NULL, NULL, &error));
  /* A key that was forgotten must not become the deletion of the bucket. */
  REFUSED("key", coslink_request(bucket, COSLINK_METHOD_DELETE, NULL, NULL, NULL, NULL, &error));
  options.for_bucket = 1;
  REFUSED("key", coslink_request(bucket, COSLINK_METHOD_DELETE, "k", NULL, &options, NULL, &error));
  options.for_bucket = 0;
  REFUSED("key", coslink_request(bucket, COSLINK_METHOD_DELETE, "", NULL, NULL, NULL, &error));
  REFUSED("key", coslink_request(bucket, COSLINK_METHOD_GET, "\xFF", NULL, NULL, NULL, &error));
  REFUSED("body", coslink_request(bucket, COSLINK_METHOD_GET, "k", &body, NULL, NULL, &error));
  options.xml = 1;
  REFUSED("body", coslink_request(bucket, COSLINK_METHOD_PUT, "k", &body, &options, NULL, &error));
  file.path = "p";
  REFUSED("body", coslink_request(bucket, COSLINK_METHOD_PUT, "k", &file, &options, NULL, &error));
  options.xml = 0;
  options.query_count = 1;
  REFUSED("query", coslink_request(bucket, COSLINK_METHOD_GET, "k", NULL, &options, NULL, &error));
  options.query_count = 0;
  options.header_count = 1;
  REFUSED("headers",
          coslink_request(bucket, COSLINK_METHOD_GET, "k", NULL, &options, NULL, &error));
  options.header_count = 0;
  options.progress = stop;
  body = text("x");
  FAILS(CANCELLED,
        coslink_request(bucket, COSLINK_METHOD_PUT, "k", &body, &options, NULL, &error));
}

int main(int count, char **given) {
  begin(count, given);
  on_objects();
  on_the_service();
  refused();
  on_the_bucket();
  return end();
}
