/* A plug-in's life: loaded, used, freed and unloaded, again and again, without a thread left. */
#include "coslink.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#ifndef ROUNDS
#define ROUNDS 20
#endif

/* COSLINK_LIBRARY is the path of the shared library. */
static void *library;

/* A function of the library by its name, into a variable of its type. */
static void find(void *function, const char *name) {
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
}

static int threads(void) {
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  int count = 1;
  if (status == NULL) return count;
  while (fgets(line, sizeof line, status) != NULL) sscanf(line, "Threads: %d", &count);
  fclose(status);
  return count;
}

static int use(char **arguments) {
  coslink_status (*client_new)(const coslink_client_options *, coslink_client **, coslink_error **);
  coslink_status (*bucket_new)(const coslink_client *, const char *, const char *,
                               coslink_bucket **, coslink_error **);
  coslink_status (*upload_file)(const coslink_bucket *, const char *, const char *,
                                const coslink_upload_file_options *, coslink_result **,
                                coslink_error **);
  void (*bucket_free)(coslink_bucket *);
  void (*client_free)(coslink_client *);
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_client *client;
  coslink_bucket *bucket;
  coslink_error *error;
  find(&client_new, "coslink_client_new");
  find(&bucket_new, "coslink_bucket_new");
  find(&upload_file, "coslink_upload_file");
  find(&bucket_free, "coslink_bucket_free");
  find(&client_free, "coslink_client_free");
  options.endpoint = arguments[1];
  options.secret_id = arguments[4];
  options.secret_key = arguments[5];
  upload.slice_above = 1;
  if (client_new(&options, &client, &error) != COSLINK_OK ||
      bucket_new(client, arguments[2], arguments[3], &bucket, &error) != COSLINK_OK ||
      upload_file(bucket, "key", arguments[0], &upload, NULL, &error) != COSLINK_OK) {
    fprintf(stderr, "%s\n", error->text);
    return 1;
  }
  client_free(client);
  bucket_free(bucket);
  return 0;
}

int main(int count, char **arguments) {
  int round;
  if (count != 7) return 2;
  for (round = 0; round < ROUNDS; round++) {
    library = dlopen(COSLINK_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || use(arguments) != 0) {
      fprintf(stderr, "round %d: %s\n", round, library == NULL ? dlerror() : "failed");
      return 1;
    }
    dlclose(library);
    if (threads() != 1) {
      fprintf(stderr, "round %d: %d threads\n", round, threads());
      return 1;
    }
  }
  return 0;
}
