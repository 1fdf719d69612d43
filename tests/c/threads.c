/* One client and one bucket from eight threads at once. */
#include "check.h"

#include <pthread.h>

#define THREADS 8
#define ROUNDS 5

static void *work(void *argument) {
  const char *name = argument;
  int round;
  for (round = 0; round < ROUNDS; round++) {
    coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
    coslink_error *why = NULL;
    coslink_body body = text(name);
    char buffer[32];
    size_t length = strlen(name);
    if (coslink_put_object(bucket, name, &body, NULL, NULL, &why) != COSLINK_OK) return why;
    options.buffer = buffer;
    options.capacity = sizeof buffer;
    if (coslink_get_object(bucket, name, &options, NULL, &why) != COSLINK_OK) return why;
    if (memcmp(buffer, name, length) != 0) return argument;
    if (coslink_head_object(bucket, "no such key", NULL, NULL, &why) != COSLINK_ERROR_NOT_FOUND)
      return argument;
    if (strcmp(why->code == NULL ? "" : why->code, "") != 0) return argument;
    coslink_error_free(why);
    if (coslink_client_set_credentials(client, arguments[4], arguments[5], NULL, &why) !=
        COSLINK_OK)
      return why;
  }
  return NULL;
}

/* Transfers share the client's threads. */
static void *move_a_file(void *argument) {
  const char *name = argument;
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  coslink_error *why = NULL;
  char source[4096], target[4160];
  snprintf(source, sizeof source, "%s/source", arguments[6]);
  snprintf(target, sizeof target, "%s/%s", arguments[6], name);
  options.part_size = (size_t)1 << 20;
  options.slice_above = 1;
  if (coslink_upload_file(bucket, name, source, &options, NULL, &why) != COSLINK_OK) return why;
  if (coslink_download_file(bucket, name, target, NULL, NULL, &why) != COSLINK_OK) return why;
  return NULL;
}

static void at_once(void *(*start)(void *), unsigned threads) {
  static const char *const names[THREADS] = {"one",  "two", "three", "four",
                                             "five", "six", "seven", "eight"};
  pthread_t started[THREADS];
  unsigned index;
  for (index = 0; index < threads; index++) {
    CHECK(pthread_create(&started[index], NULL, start, (void *)names[index]) == 0);
  }
  for (index = 0; index < threads; index++) {
    void *outcome;
    CHECK(pthread_join(started[index], &outcome) == 0);
    CHECK(outcome == NULL);
  }
}

static coslink_result *shared;

/* What all of them see of one result is the same. */
static void *read_shared(void *argument) {
  const coslink_get_object_output *output = coslink_result_get_object(shared);
  const char *etag = coslink_result_header(shared, "ETag");
  size_t count = 0, index;
  const coslink_pair *headers = coslink_result_headers(shared, &count);
  if (etag == NULL || strcmp(etag, output->head->etag) != 0 || count < 3) return argument;
  for (index = 0; index < count; index++) {
    if (headers[index].value == etag) return NULL;
  }
  return argument;
}

int main(int count, char **given) {
  size_t length = ((size_t)1 << 20) + 99;
  unsigned char *data = make_data(length);
  begin(count, given);
  at_once(work, THREADS);
  OK(coslink_get_object(bucket, "one", NULL, &shared, &error));
  at_once(read_shared, THREADS);
  coslink_result_free(shared);
  write_file(path_of("source"), data, length);
  at_once(move_a_file, 4);
  check_file(path_of("four"), data, length);
  free(data);
  return end();
}
