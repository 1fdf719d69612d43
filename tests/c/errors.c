/* What an error tells: what the service said, how often it was asked, and whether again may help. */
#include "check.h"

static const char *header(const char *name) {
  size_t i;
  for (i = 0; i < failure->header_count; i++)
    if (strcmp(failure->headers[i].name, name) == 0) return failure->headers[i].value;
  return NULL;
}

static void the_service_says(void) {
  FAILS(NOT_FOUND, coslink_get_object(bucket, "no such key", NULL, NULL, &error));
  CHECK(failure->http_status == 404 && failure->attempts == 1 && !failure->retryable);
  CHECK_TEXT(failure->code, "NoSuchKey");
  CHECK_TEXT(failure->operation, "GetObject");
  CHECK(failure->request_id != NULL && failure->trace_id != NULL && failure->resource != NULL);
  CHECK(failure->message[0] != 0);
  CHECK_TEXT(header("x-cos-request-id"), failure->request_id);
  CHECK(strstr(failure->text, "NoSuchKey") != NULL);
  CHECK(strstr(failure->text, failure->request_id) != NULL);
}

static void wrong_secret(void) {
  coslink_client_options options = client_options();
  coslink_client *liar;
  coslink_bucket *place;
  options.secret_key = "wrong";
  OK(coslink_client_new(&options, &liar, &error));
  OK(coslink_bucket_new(liar, arguments[2], arguments[3], &place, &error));
  FAILS(DENIED, coslink_head_object(place, "denied", NULL, NULL, &error));
  CHECK(failure->http_status == 403 && failure->attempts == 1);
  FAILS(DENIED, coslink_delete_object(place, "denied", NULL, NULL, &error));
  CHECK(failure->http_status == 403 && failure->attempts == 1 && !failure->retryable);
  CHECK_TEXT(failure->code, "SignatureDoesNotMatch");
  CHECK(failure->request_id != NULL);

  /* New credentials count from the next request on; unusable ones leave the old ones. */
  OK(coslink_client_set_credentials(liar, arguments[4], arguments[5], NULL, &error));
  OK(coslink_delete_object(place, "allowed", NULL, NULL, &error));
  FAILS(CREDENTIALS, coslink_client_set_credentials(liar, NULL, "key", NULL, &error));
  FAILS(CREDENTIALS, coslink_client_set_credentials(liar, "id", "", NULL, &error));
  OK(coslink_delete_object(place, "allowed", NULL, NULL, &error));
  coslink_bucket_free(place);
  coslink_client_free(liar);
}

/* How long, how often in all, and where to. */
static void limits(void) {
  coslink_client_options options = client_options();
  coslink_bucket *place;
  options.deadline_ms = 200;
  place = bucket_of(&options);
  FAILS(TIMEOUT, coslink_head_object(place, "late", NULL, NULL, &error));
  CHECK(strstr(failure->text, "deadline") != NULL && !failure->retryable);
  coslink_bucket_free(place);
  /* Apart from that, for a machine may be slow. */
  options.deadline_ms = 0;
  options.retry_budget = 1;
  options.no_backup_domain = 1;
  place = bucket_of(&options);
  FAILS(PROTOCOL, coslink_head_object(place, "moved", NULL, NULL, &error));
  CHECK(failure->http_status == 307 && failure->attempts == 1);
  FAILS(SERVICE, coslink_head_object(place, "scarce", NULL, NULL, &error));
  CHECK(failure->attempts == 2);
  FAILS(SERVICE, coslink_head_object(place, "scarce", NULL, NULL, &error));
  CHECK(failure->attempts == 1);
  coslink_bucket_free(place);
  FAILS(NOT_FOUND, coslink_head_object(bucket, "moved", NULL, NULL, &error));
  CHECK(failure->attempts == 2);
}

static void again(void) {
  coslink_client_options options = client_options();
  coslink_bucket *place;
  /* The service is asked to fail twice with 503 for "passing", and always for "lasting". */
  OK(coslink_head_object(bucket, "passing", NULL, NULL, &error));
  FAILS(SERVICE, coslink_head_object(bucket, "lasting", NULL, NULL, &error));
  CHECK(failure->http_status == 503 && failure->attempts == 4 && failure->retryable);
  options.max_attempts = 1;
  place = bucket_of(&options);
  FAILS(SERVICE, coslink_head_object(place, "lasting", NULL, NULL, &error));
  CHECK(failure->attempts == 1);
  coslink_bucket_free(place);
}

static void nobody_there(void) {
  coslink_client_options options = client_options();
  coslink_client *lost;
  coslink_bucket *place;
  options.endpoint = "http://127.0.0.1:1";
  options.max_attempts = 2;
  OK(coslink_client_new(&options, &lost, &error));
  OK(coslink_bucket_new(lost, arguments[2], arguments[3], &place, &error));
  FAILS(TRANSPORT, coslink_head_object(place, "key", NULL, NULL, &error));
  CHECK(failure->http_status == 0 && failure->attempts == 2 && failure->retryable);
  CHECK(failure->code == NULL && failure->request_id == NULL);
  CHECK(failure->headers == NULL && failure->header_count == 0);
  coslink_bucket_free(place);
  coslink_client_free(lost);
}

/* An object that was broken on its way is an error, and no file. */
static void broken(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  coslink_objects *objects;
  const coslink_object *object;
  size_t length;
  put("corrupt", "0123456789");
  put("short", "0123456789");
  options.path = path_of("broken");
  FAILS(INTEGRITY, coslink_get_object(bucket, "corrupt", &options, NULL, &error));
  CHECK(failure->retryable && failure->attempts == 1 && failure->request_id != NULL);
  FAILS(TRANSPORT, coslink_get_object(bucket, "short", &options, NULL, &error));
  CHECK(read_file(options.path, &length) == NULL);
  CHECK(read_file(path_of("broken.coslink-part"), &length) == NULL);

  /* A listing goes on where it failed. */
  OK(coslink_objects_new(bucket, NULL, &objects, &error));
  FAILS(THROTTLED, coslink_objects_next(objects, &object, &error));
  CHECK(object == NULL);
  OK(coslink_objects_next(objects, &object, &error));
  CHECK_TEXT(object->key, "corrupt");
  coslink_objects_free(objects);
}

int main(int count, char **given) {
  begin(count, given);
  put("passing", "");
  the_service_says();
  wrong_secret();
  again();
  limits();
  nobody_there();
  coslink_delete_object(bucket, "passing", NULL, NULL, NULL);
  broken();
  return end();
}
