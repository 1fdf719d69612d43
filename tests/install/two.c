/* Two versions of the library in one process, used in turns and side by side.
 *
 * two LIBRARY LIBRARY; settings as in the environment of the examples. */
#define _GNU_SOURCE

#include "coslink.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct library {
  void *handle;
  const char *version;
  char key[64];
  int failed;
};

static char data[2 << 20];

static void find(struct library *library, void *function, const char *name) {
  void *symbol = dlsym(library->handle, name);
  if (symbol == NULL) {
    fprintf(stderr, "two: %s\n", dlerror());
    exit(1);
  }
  memcpy(function, &symbol, sizeof symbol);
}

static void *transfer(void *given) {
  struct library *library = given;
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_body body = COSLINK_INIT(coslink_body);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_result *result = NULL;
  coslink_error *error = NULL;
  const void *stored;
  size_t length;
  __typeof__(coslink_client_new) *client_new;
  __typeof__(coslink_bucket_new) *bucket_new;
  __typeof__(coslink_put_object) *put_object;
  __typeof__(coslink_get_object) *get_object;
  __typeof__(coslink_result_body) *result_body;
  __typeof__(coslink_result_free) *result_free;
  __typeof__(coslink_bucket_free) *bucket_free;
  __typeof__(coslink_client_free) *client_free;
  find(library, &client_new, "coslink_client_new");
  find(library, &bucket_new, "coslink_bucket_new");
  find(library, &put_object, "coslink_put_object");
  find(library, &get_object, "coslink_get_object");
  find(library, &result_body, "coslink_result_body");
  find(library, &result_free, "coslink_result_free");
  find(library, &bucket_free, "coslink_bucket_free");
  find(library, &client_free, "coslink_client_free");
  options.endpoint = getenv("COS_ENDPOINT");
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  body.data = data;
  body.length = sizeof data;
  library->failed = 1;
  if (client_new(&options, &client, &error) != COSLINK_OK ||
      bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      put_object(bucket, library->key, &body, NULL, NULL, &error) != COSLINK_OK ||
      get_object(bucket, library->key, NULL, &result, &error) != COSLINK_OK) {
    fprintf(stderr, "two: %s: %s\n", library->version, error->text);
    return NULL;
  }
  stored = result_body(result, &length);
  library->failed = length != sizeof data || memcmp(stored, data, length) != 0;
  result_free(result);
  bucket_free(bucket);
  client_free(client);
  return NULL;
}

int main(int count, char **arguments) {
  static struct library libraries[2];
  int at, round;
  if (count != 3) return 2;
  for (at = 0; at < 2; at++) {
    __typeof__(coslink_version) *version;
    libraries[at].handle = dlopen(arguments[1 + at], RTLD_NOW | RTLD_GLOBAL);
    if (libraries[at].handle == NULL) {
      fprintf(stderr, "two: %s\n", dlerror());
      return 1;
    }
    find(&libraries[at], &version, "coslink_version");
    libraries[at].version = version();
    snprintf(libraries[at].key, sizeof libraries[at].key, "two/%d", at);
  }
  if (strcmp(libraries[0].version, libraries[1].version) == 0) {
    fprintf(stderr, "two: both are %s\n", libraries[0].version);
    return 1;
  }
  for (round = 0; round < 5; round++) {
    pthread_t threads[2];
    for (at = 0; at < 2; at++) transfer(&libraries[at]);
    for (at = 0; at < 2; at++) pthread_create(&threads[at], NULL, transfer, &libraries[at]);
    for (at = 0; at < 2; at++) pthread_join(threads[at], NULL);
    if (libraries[0].failed || libraries[1].failed) return 1;
  }
  printf("coslink %s and %s side by side\n", libraries[0].version, libraries[1].version);
  return 0;
}
