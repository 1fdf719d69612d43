/* What every scenario begins with: a client of the emulator, and checks that say where they failed.
 *
 * A scenario is started as: scenario URL BUCKET REGION SECRET_ID SECRET_KEY SCRATCH_DIRECTORY */
#ifndef CHECK_H
#define CHECK_H

#define _POSIX_C_SOURCE 200809L

#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(condition) check((condition) != 0, __FILE__, __LINE__, #condition)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_BYTES(actual, length, expected)                                                      \
  check((length) == strlen(expected) && memcmp((actual), (expected), strlen(expected)) == 0,       \
        __FILE__, __LINE__, #actual " is " #expected)

/* The call, whose last argument is &error, succeeds or fails with that status. After a failure,
 * `failure` is its error, until the next call. */
#define OK(call) expect(COSLINK_OK, (call), __FILE__, __LINE__, #call)
#define FAILS(status, call) expect(COSLINK_ERROR_##status, (call), __FILE__, __LINE__, #call)

/* The call is refused because of the argument that the message begins with. */
#define REFUSED(name, call)                                                                        \
  do {                                                                                             \
    FAILS(INVALID_ARGUMENT, call);                                                                 \
    check(strncmp(failure->message, name ":", strlen(name) + 1) == 0, __FILE__, __LINE__,          \
          failure->message);                                                                       \
  } while (0)

static coslink_error *error;
static coslink_error *failure;
static coslink_client *client;
static coslink_bucket *bucket;
static char **arguments;

static inline void check(int holds, const char *file, int line, const char *what) {
  if (!holds) {
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    exit(1);
  }
}

static inline void check_text(const char *actual, const char *expected, const char *file, int line,
                              const char *what) {
  if (actual == NULL || strcmp(actual, expected) != 0) {
    fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", file, line, what,
            actual == NULL ? "(NULL)" : actual, expected);
    exit(1);
  }
}

static inline void expect(coslink_status expected, coslink_status actual, const char *file,
                          int line, const char *what) {
  coslink_error_free(failure);
  failure = error;
  error = NULL;
  if (actual != expected) {
    fprintf(stderr, "%s:%d: %s: %s, not %s (%s)\n", file, line, what, coslink_status_name(actual),
            coslink_status_name(expected), failure == NULL ? "no error" : failure->text);
    exit(1);
  }
  check((failure != NULL) == (actual != COSLINK_OK), file, line, "an error comes with a failure");
  if (failure != NULL) {
    check(failure->status == actual, file, line, "the error has the status of the call");
    check(failure->text != NULL && failure->message != NULL && failure->operation != NULL, file,
          line, "the error has its texts");
    check(strchr(failure->text, '\n') == NULL, file, line, "the error is one line");
    check(strstr(failure->text, arguments[5]) == NULL, file, line, "the error shows no secret");
  }
}

static inline coslink_client_options client_options(void) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  options.endpoint = arguments[1];
  options.secret_id = arguments[4];
  options.secret_key = arguments[5];
  options.first_wait_ms = 1;
  options.longest_wait_ms = 5;
  return options;
}

/* Whether the library was built with TLS. */
static inline int has_tls(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  coslink_error *why;
  coslink_status status;
  options.endpoint = "https://localhost:1";
  status = coslink_client_new(&options, &other, &why);
  coslink_client_free(other);
  coslink_error_free(why);
  return status == COSLINK_OK;
}

/* Client and bucket with these options from now on, in place of those before. */
static inline void use_client(const coslink_client_options *options) {
  coslink_client_free(client);
  coslink_bucket_free(bucket);
  OK(coslink_client_new(options, &client, &error));
  OK(coslink_bucket_new(client, arguments[2], arguments[3], &bucket, &error));
}

/* A bucket of a client with these options, which must be freed. */
static inline coslink_bucket *bucket_of(const coslink_client_options *options) {
  coslink_client *other;
  coslink_bucket *place;
  OK(coslink_client_new(options, &other, &error));
  OK(coslink_bucket_new(other, arguments[2], arguments[3], &place, &error));
  coslink_client_free(other);
  return place;
}

static inline void begin(int count, char **given) {
  coslink_client_options options;
  if (count != 7) {
    fprintf(stderr, "started without URL BUCKET REGION SECRET_ID SECRET_KEY SCRATCH\n");
    exit(2);
  }
  arguments = given;
  options = client_options();
  use_client(&options);
}

/* How many threads the process has; 1 where that cannot be asked. */
static inline int threads(void) {
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  int count = 1;
  if (status == NULL) return count;
  while (fgets(line, sizeof line, status) != NULL) sscanf(line, "Threads: %d", &count);
  fclose(status);
  return count;
}

/* The thread sanitizer has one of its own. */
#ifdef __SANITIZE_THREAD__
#define ALONE 2
#else
#define ALONE 1
#endif

/* Whether every other thread ends. Those that connect do so by themselves, a moment later. */
static inline int is_alone(void) {
  const struct timespec moment = {0, 1000000};
  int patience = 2000;
  while (threads() > ALONE && patience-- > 0) nanosleep(&moment, NULL);
  return threads() <= ALONE;
}

static inline int end(void) {
  coslink_error_free(failure);
  /* The client first: its bucket keeps what it needs. */
  coslink_client_free(client);
  coslink_bucket_free(bucket);
  CHECK(is_alone());
  return 0;
}

/* The body of these bytes. */
static inline coslink_body bytes(const void *data, size_t length) {
  coslink_body body = COSLINK_INIT(coslink_body);
  body.data = data;
  body.length = length;
  return body;
}

static inline coslink_body text(const char *data) { return bytes(data, strlen(data)); }

static inline void put(const char *key, const char *data) {
  coslink_body body = text(data);
  OK(coslink_put_object(bucket, key, &body, NULL, NULL, &error));
}

/* A path in the scratch directory; lives until the second next call. */
static inline const char *path_of(const char *name) {
  static char paths[2][4096];
  static int next;
  next = 1 - next;
  snprintf(paths[next], sizeof paths[next], "%s/%s", arguments[6], name);
  return paths[next];
}

/* The byte at a place of the test data. */
static inline unsigned char pattern(size_t at) {
  return (unsigned char)((at * 2654435761u) >> 13);
}

static inline unsigned char *make_data(size_t length) {
  unsigned char *data = malloc(length + 1);
  size_t at;
  CHECK(data != NULL);
  for (at = 0; at < length; at++) data[at] = pattern(at);
  return data;
}

static inline void write_file(const char *path, const void *data, size_t length) {
  FILE *file = fopen(path, "wb");
  CHECK(file != NULL);
  CHECK(fwrite(data, 1, length, file) == length);
  CHECK(fclose(file) == 0);
}

/* The content of a file with a NUL behind it, to be freed; NULL when there is no file. */
static inline char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  char *data;
  long size;
  if (file == NULL) return NULL;
  CHECK(fseek(file, 0, SEEK_END) == 0);
  size = ftell(file);
  CHECK(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
  data = malloc((size_t)size + 1);
  CHECK(data != NULL);
  CHECK(fread(data, 1, (size_t)size, file) == (size_t)size);
  data[size] = 0;
  fclose(file);
  *length = (size_t)size;
  return data;
}

static inline void check_file(const char *path, const void *expected, size_t length) {
  size_t actual = 0;
  char *data = read_file(path, &actual);
  CHECK(data != NULL);
  CHECK(actual == length);
  CHECK(memcmp(data, expected, length) == 0);
  free(data);
}

static inline void is_stored(const char *key, const void *expected, size_t length) {
  coslink_result *result;
  const void *body;
  size_t stored;
  OK(coslink_get_object(bucket, key, NULL, &result, &error));
  body = coslink_result_body(result, &stored);
  CHECK(stored == length && memcmp(body, expected, length) == 0);
  coslink_result_free(result);
}

/* How many uploads of keys with this prefix are neither completed nor aborted. */
static inline size_t count_uploads(const char *prefix) {
  coslink_list_multipart_uploads_options options =
      COSLINK_INIT(coslink_list_multipart_uploads_options);
  coslink_result *result;
  size_t count;
  options.prefix = prefix;
  OK(coslink_list_multipart_uploads(bucket, &options, &result, &error));
  count = coslink_result_list_multipart_uploads(result)->upload_count;
  coslink_result_free(result);
  return count;
}

/* Begins an upload in parts; its id lives until the next call. */
static inline const char *initiate(const char *key) {
  static char upload_id[256];
  coslink_result *result;
  OK(coslink_initiate_multipart_upload(bucket, key, NULL, &result, &error));
  snprintf(upload_id, sizeof upload_id, "%s",
           coslink_result_initiate_multipart_upload(result)->upload_id);
  coslink_result_free(result);
  return upload_id;
}

/* Sends a part and keeps its ETag, which lives until the end. */
static inline coslink_completed_part send_part(const char *key, const char *upload_id,
                                               uint32_t number, const void *data, size_t length) {
  static char etags[16][64];
  static int next;
  coslink_completed_part part;
  coslink_body body = bytes(data, length);
  coslink_result *result;
  OK(coslink_upload_part(bucket, key, upload_id, number, &body, NULL, &result, &error));
  CHECK(next < 16);
  snprintf(etags[next], sizeof etags[next], "%s", coslink_result_upload_part(result)->etag);
  part.part_number = number;
  part.etag = etags[next++];
  coslink_result_free(result);
  return part;
}

#endif
