/* Copies inside the service, in one request and in parts. */
#include "check.h"

#define MIB ((size_t)1 << 20)
#define LENGTH (2 * MIB + 12345)

static const coslink_pair metadata[] = {{"color", "blue"}};

static coslink_copy_source source_of(const char *key) {
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  source.key = key;
  return source;
}

static void put_sources(const unsigned char *data) {
  coslink_put_object_options options = COSLINK_INIT(coslink_put_object_options);
  coslink_body small = text("content"), big = bytes(data, LENGTH);
  options.content_type = "text/plain";
  options.metadata = metadata;
  options.metadata_count = 1;
  options.tagging = "k=v";
  OK(coslink_put_object(bucket, "source", &small, &options, NULL, &error));
  OK(coslink_put_object(bucket, "big", &big, &options, NULL, &error));
}

/* The copy has what its source has, or this instead. */
static void has(const char *key, const char *type, const char *name, const char *value) {
  const coslink_head_object_output *head;
  coslink_result *result;
  OK(coslink_head_object(bucket, key, NULL, &result, &error));
  head = coslink_result_head_object(result);
  CHECK_TEXT(head->content_type, type);
  CHECK(head->metadata_count == 1);
  CHECK_TEXT(head->metadata[0].name, name);
  CHECK_TEXT(head->metadata[0].value, value);
  coslink_result_free(result);
}

static void whole(void) {
  coslink_copy_source source = source_of("source");
  const coslink_copy_file_output *copied;
  coslink_result *result;
  OK(coslink_copy_file(bucket, "copy", &source, NULL, &result, &error));
  copied = coslink_result_copy_file(result);
  CHECK(copied->size == 7 && copied->parts == 0 && copied->upload_id == NULL);
  CHECK(copied->verified && copied->has_crc64 && copied->crc64 != 0);
  CHECK(copied->etag[0] == '"' && copied->version_id == NULL);
  CHECK(strstr(copied->location, arguments[2]) == copied->location);
  CHECK(copied->receipt->moved == 7 && !copied->receipt->resumed);
  CHECK_TEXT(coslink_result_request_id(result), copied->request_id);
  CHECK(coslink_result_http_status(result) == 0);
  CHECK(coslink_result_copy_object(result) == NULL);
  coslink_result_free(result);
  has("copy", "text/plain", "color", "blue");
  is_stored("copy", "content", 7);

  /* The same, said in full. */
  source.bucket = arguments[2];
  source.region = arguments[3];
  OK(coslink_copy_file(bucket, "copy", &source, NULL, NULL, &error));
}

struct seen {
  unsigned calls, unknown;
  uint64_t loaded, total;
  int answer;
};

static int look_on(const coslink_progress *progress, void *user_data) {
  struct seen *seen = user_data;
  CHECK(progress->loaded >= seen->loaded && progress->loaded <= progress->total);
  /* Until the source has answered, which takes its time here, nobody knows how large it is. */
  CHECK(progress->total != 0 || (progress->fraction == 0 && progress->eta_ms == -1));
  CHECK(progress->eta_ms >= (progress->fraction < 1 ? -1 : 0));
  seen->calls++;
  seen->unknown += progress->total == 0;
  seen->loaded = progress->loaded;
  seen->total = progress->total;
  return seen->answer;
}

static void in_parts(const unsigned char *data) {
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = source_of("big");
  struct seen seen = {0, 0, 0, 0, 0};
  const coslink_copy_file_output *copied;
  coslink_result *result;
  options.part_size = MIB;
  options.slice_above = 1;
  options.parallel = 2;
  options.progress = look_on;
  options.user_data = &seen;
  OK(coslink_copy_file(bucket, "in parts", &source, &options, &result, &error));
  copied = coslink_result_copy_file(result);
  CHECK(copied->size == LENGTH && copied->parts == 3 && copied->upload_id != NULL);
  CHECK(copied->verified && copied->receipt->whole_crc64 && copied->receipt->moved == LENGTH);
  CHECK(seen.unknown >= 1 && seen.calls >= seen.unknown + 2);
  CHECK(seen.loaded == LENGTH && seen.total == LENGTH);
  coslink_result_free(result);
  has("in parts", "text/plain", "color", "blue");
  is_stored("in parts", data, LENGTH);

  seen.answer = 1;
  seen.loaded = 0;
  FAILS(CANCELLED, coslink_copy_file(bucket, "stopped", &source, &options, NULL, &error));
}

/* What is given takes the place of what comes along, alone or as a whole; in parts, too. */
static void replaced(void) {
  const coslink_pair shape[] = {{"shape", "round"}};
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = source_of("source");
  options.content_type = "image/png";
  OK(coslink_copy_file(bucket, "replaced", &source, &options, NULL, &error));
  has("replaced", "image/png", "color", "blue");
  options.metadata_directive = "Replaced";
  options.tagging_directive = "Replaced";
  options.metadata = shape;
  options.metadata_count = 1;
  OK(coslink_copy_file(bucket, "replaced", &source, &options, NULL, &error));
  has("replaced", "image/png", "shape", "round");
  options.slice_above = 1;
  OK(coslink_copy_file(bucket, "replaced", &source, &options, NULL, &error));
  has("replaced", "image/png", "shape", "round");
}

static void is_shared(const char *key, const char *acl) {
  coslink_result *result;
  OK(coslink_get_object_acl(bucket, key, NULL, &result, &error));
  CHECK_TEXT(coslink_result_get_object_acl(result)->acl, acl);
  coslink_result_free(result);
}

static void with_acl(void) {
  coslink_put_object_acl_options acl = COSLINK_INIT(coslink_put_object_acl_options);
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = source_of("source");
  acl.acl = "public-read";
  OK(coslink_put_object_acl(bucket, "source", &acl, NULL, &error));
  OK(coslink_copy_file(bucket, "shared", &source, &options, NULL, &error));
  is_shared("shared", "default");
  options.keep_acl = 1;
  OK(coslink_copy_file(bucket, "shared", &source, &options, NULL, &error));
  is_shared("shared", "public-read");
  options.acl = "private";
  OK(coslink_copy_file(bucket, "shared", &source, &options, NULL, &error));
  is_shared("shared", "private");
}

static void on_conditions(void) {
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = source_of("source");
  coslink_result *result;
  char etag[64];
  OK(coslink_head_object(bucket, "source", NULL, &result, &error));
  snprintf(etag, sizeof etag, "%s", coslink_result_head_object(result)->etag);
  coslink_result_free(result);
  options.copy_source_if_match = "another";
  FAILS(PRECONDITION, coslink_copy_file(bucket, "no", &source, &options, NULL, &error));
  options.copy_source_if_none_match = "another";
  REFUSED("copy_source_if", coslink_copy_file(bucket, "no", &source, &options, NULL, &error));
  options.copy_source_if_match = NULL;
  OK(coslink_copy_file(bucket, "copy", &source, &options, NULL, &error));
  options.copy_source_if_none_match = etag;
  FAILS(PRECONDITION, coslink_copy_file(bucket, "no", &source, &options, NULL, &error));
  options.copy_source_if_none_match = NULL;
  options.copy_source_if_match = etag;
  OK(coslink_copy_file(bucket, "copy", &source, &options, NULL, &error));
  /* Quotes are nothing that a caller must know of. */
  etag[strlen(etag) - 1] = 0;
  options.copy_source_if_match = etag + 1;
  OK(coslink_copy_file(bucket, "copy", &source, &options, NULL, &error));
  options.copy_source_if_unmodified_since = -1;
  REFUSED("copy_source_if_unmodified_since",
          coslink_copy_file(bucket, "no", &source, &options, NULL, &error));
}

static void refused(void) {
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = source_of("source"), none = COSLINK_INIT(coslink_copy_source);
  coslink_result *result;
  REFUSED("bucket", coslink_copy_file(NULL, "k", &source, NULL, &result, &error));
  CHECK(result == NULL);
  REFUSED("key", coslink_copy_file(bucket, NULL, &source, NULL, NULL, &error));
  REFUSED("key", coslink_copy_file(bucket, "", &source, NULL, NULL, &error));
  REFUSED("copy_source", coslink_copy_file(bucket, "k", NULL, NULL, NULL, &error));
  REFUSED("copy_source.key", coslink_copy_file(bucket, "k", &none, NULL, NULL, &error));
  options.part_size = MIB - 1;
  REFUSED("part_size", coslink_copy_file(bucket, "k", &source, &options, NULL, &error));
  source = source_of("no such key");
  FAILS(NOT_FOUND, coslink_copy_file(bucket, "k", &source, NULL, NULL, &error));
}

int main(int count, char **given) {
  unsigned char *data = make_data(LENGTH);
  begin(count, given);
  put_sources(data);
  whole();
  in_parts(data);
  replaced();
  with_acl();
  on_conditions();
  refused();
  free(data);
  return end();
}
