/* The workloads of rust.rs by the C library, with the same arguments. */
#define _POSIX_C_SOURCE 200809L

#include "coslink.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
  const char *op, *endpoint, *bucket, *key, *file, *prefix;
  unsigned long part_size, concurrency, count, size;
} given = {NULL, "http://cos.test:9100", "bench-1250000000", "big", "", "small/",
           8ul << 20, 8, 2000, 4096};

static coslink_bucket *bucket;
static char *content;
static atomic_ulong next;

static void must(coslink_status status, coslink_error *error) {
  if (status == COSLINK_OK) return;
  fprintf(stderr, "%s\n", error->text);
  exit(1);
}

static void parse(int count, char **words) {
  int at;
  if (count < 2) exit(2);
  given.op = words[1];
  for (at = 2; at + 1 < count; at += 2) {
    const char *name = words[at], *value = words[at + 1];
    if (strcmp(name, "--endpoint") == 0) given.endpoint = value;
    if (strcmp(name, "--bucket") == 0) given.bucket = value;
    if (strcmp(name, "--key") == 0) given.key = value;
    if (strcmp(name, "--file") == 0) given.file = value;
    if (strcmp(name, "--prefix") == 0) given.prefix = value;
    if (strcmp(name, "--part-size") == 0) given.part_size = strtoul(value, NULL, 10);
    if (strcmp(name, "--concurrency") == 0) given.concurrency = strtoul(value, NULL, 10);
    if (strcmp(name, "--count") == 0) given.count = strtoul(value, NULL, 10);
    if (strcmp(name, "--size") == 0) given.size = strtoul(value, NULL, 10);
  }
}

static void upload(void) {
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  coslink_error *error = NULL;
  options.part_size = given.part_size;
  must(coslink_upload_file(bucket, given.key, given.file, &options, NULL, &error), error);
}

static void download(void) {
  coslink_download_file_options options = COSLINK_INIT(coslink_download_file_options);
  coslink_error *error = NULL;
  options.part_size = given.part_size;
  must(coslink_download_file(bucket, given.key, given.file, &options, NULL, &error), error);
}

static void put_one(void) {
  coslink_body body = COSLINK_INIT(coslink_body);
  coslink_error *error = NULL;
  body.path = given.file;
  must(coslink_put_object(bucket, given.key, &body, NULL, NULL, &error), error);
}

static void put_small(const char *key) {
  coslink_body body = COSLINK_INIT(coslink_body);
  coslink_error *error = NULL;
  body.data = content;
  body.length = given.size;
  must(coslink_put_object(bucket, key, &body, NULL, NULL, &error), error);
}

static void get_small(const char *key) {
  coslink_result *result;
  coslink_error *error = NULL;
  must(coslink_get_object(bucket, key, NULL, &result, &error), error);
  if (coslink_result_get_object(result)->body_length != given.size) exit(1);
  coslink_result_free(result);
}

static void *run(void *work) {
  char key[1024];
  for (;;) {
    unsigned long number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    if (number >= given.count) return NULL;
    snprintf(key, sizeof key, "%s%06lu", given.prefix, number);
    (*(void (**)(const char *))work)(key);
  }
}

/* Does it for all keys, on so many threads. */
static void each(void (*work)(const char *)) {
  pthread_t threads[256];
  unsigned long at, count = given.concurrency < 256 ? given.concurrency : 256;
  for (at = 0; at < count; at++)
    if (pthread_create(&threads[at], NULL, run, &work) != 0) exit(1);
  for (at = 0; at < count; at++) pthread_join(threads[at], NULL);
}

static void list(void) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  const coslink_object *object;
  coslink_objects *objects;
  coslink_error *error = NULL;
  unsigned long count = 0;
  options.prefix = given.prefix;
  must(coslink_objects_new(bucket, &options, &objects, &error), error);
  for (;; count++) {
    must(coslink_objects_next(objects, &object, &error), error);
    if (object == NULL) break;
  }
  coslink_objects_free(objects);
  printf("%lu\n", count);
}

int main(int count, char **words) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_client *client;
  coslink_error *error = NULL;
  parse(count, words);
  options.secret_id = "AKIDbench";
  options.secret_key = "secretbench";
  options.endpoint = given.endpoint;
  options.ca_file = getenv("COSLINK_BENCH_CA");
  options.parallel_requests = (uint32_t)given.concurrency;
  must(coslink_client_new(&options, &client, &error), error);
  must(coslink_bucket_new(client, given.bucket, "ap-guangzhou", &bucket, &error), error);
  content = calloc(1, given.size + 1);
  if (content == NULL) return 1;
  memset(content, 'x', given.size);
  if (strcmp(given.op, "put") == 0 || strcmp(given.op, "resume") == 0) upload();
  else if (strcmp(given.op, "get") == 0) download();
  else if (strcmp(given.op, "put1") == 0) put_one();
  else if (strcmp(given.op, "small-put") == 0) each(put_small);
  else if (strcmp(given.op, "small-get") == 0) each(get_small);
  else if (strcmp(given.op, "list") == 0) list();
  else return 2;
  free(content);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  return 0;
}
