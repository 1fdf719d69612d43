/* Shows the main job: put a file into a bucket in parallel parts, list it, get it back in parallel
 * ranges, compare, delete.
 *
 * quickstart FILE, or quickstart MIB for a generated file of so many MiB (64 when not said).
 * The environment names the service: COS_SECRET_ID, COS_SECRET_KEY, COS_BUCKET, COS_REGION, and
 * optionally COS_ENDPOINT (http://host:port), COS_SECURITY_TOKEN. */
#define _POSIX_C_SOURCE 200809L

#include "coslink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char KEY[] = "coslink-quickstart/object";
static const char SOURCE[] = "coslink-quickstart.source";
static const char TARGET[] = "coslink-quickstart.target";

static const char *setting(const char *name) {
  const char *value = getenv(name);
  if (value == NULL || value[0] == 0) {
    fprintf(stderr, "quickstart: %s is not set\n", name);
    exit(2);
  }
  return value;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double mib(uint64_t bytes) { return (double)bytes / (1 << 20); }

static const char *verdict(int32_t verified) {
  return verified ? "is the one that COS states" : "is not stated by COS, so it was not compared";
}

/* Draws a bar on one line of standard error, on the thread that made the call. */
static int draw_bar(const coslink_progress *progress, void *user_data) {
  const char *what = (const char *)user_data;
  double done = progress->total == 0 ? 1.0 : (double)progress->loaded / (double)progress->total;
  char bar[31];
  int full = (int)(done * 30);
  memset(bar, '.', 30);
  memset(bar, '#', (size_t)full);
  bar[30] = 0;
  fprintf(stderr, "\r%-10s [%s] %3.0f%% %.1f of %.1f MiB, %.1f MiB/s   ", what, bar, done * 100,
          mib(progress->loaded), mib(progress->total), mib(progress->speed));
  return 0;
}

/* Makes a file of so many MiB that no compression could make smaller. */
static int generate(const char *path, unsigned long size) {
  static uint32_t block[(1 << 20) / 4];
  uint32_t x = 2463534242u;
  FILE *file = fopen(path, "wb");
  if (file == NULL) return -1;
  while (size-- > 0) {
    size_t at;
    for (at = 0; at < sizeof block / 4; at++) {
      x ^= x << 13;
      x ^= x >> 17;
      x ^= x << 5;
      block[at] = x;
    }
    if (fwrite(block, sizeof block, 1, file) != 1) return fclose(file), -1;
  }
  return fclose(file);
}

/* 1 when both files have the same bytes, 0 when not, -1 when one cannot be read. */
static int are_same(const char *one, const char *other) {
  static char a[1 << 16], b[1 << 16];
  FILE *first = fopen(one, "rb"), *second = fopen(other, "rb");
  int same = first != NULL && second != NULL ? 1 : -1;
  while (same == 1) {
    size_t length = fread(a, 1, sizeof a, first);
    if (length != fread(b, 1, sizeof b, second) || memcmp(a, b, length) != 0) same = 0;
    else if (length == 0) break;
  }
  if (first != NULL) fclose(first);
  if (second != NULL) fclose(second);
  return same;
}

/* Every step of the job. Ends with the first one that fails, and says why in *error. */
static coslink_status run(coslink_bucket *bucket, const char *path, coslink_error **error) {
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_list_objects_options list = COSLINK_INIT(coslink_list_objects_options);
  const coslink_upload_file_output *up;
  const coslink_download_file_output *down;
  const coslink_object *object;
  coslink_objects *objects;
  coslink_result *result;
  coslink_status status;
  double begin = now(), seconds;
  char progress_up[] = "upload", progress_down[] = "download";

  upload.progress = draw_bar;
  upload.user_data = progress_up;
  status = coslink_upload_file(bucket, KEY, path, &upload, &result, error);
  if (status != COSLINK_OK) return status;
  seconds = now() - begin;
  up = coslink_result_upload_file(result);
  fprintf(stderr, "\n");
  printf("uploaded   %.1f MiB in %u parts, %.1f MiB/s; CRC64 %llu %s\n", mib(up->size), up->parts,
         mib(up->size) / seconds, (unsigned long long)up->crc64, verdict(up->verified));
  coslink_result_free(result);

  list.prefix = "coslink-quickstart/";
  status = coslink_objects_new(bucket, &list, &objects, error);
  if (status != COSLINK_OK) return status;
  while ((status = coslink_objects_next(objects, &object, error)) == COSLINK_OK && object != NULL)
    printf("listed     %s %.1f MiB %s\n", object->key, mib(object->size), object->etag);
  coslink_objects_free(objects);
  if (status != COSLINK_OK) return status;

  begin = now();
  download.progress = draw_bar;
  download.user_data = progress_down;
  status = coslink_download_file(bucket, KEY, TARGET, &download, &result, error);
  if (status != COSLINK_OK) return status;
  seconds = now() - begin;
  down = coslink_result_download_file(result);
  fprintf(stderr, "\n");
  printf("downloaded %.1f MiB in %u ranges, %.1f MiB/s; CRC64 %llu %s\n", mib(down->size),
         down->parts, mib(down->size) / seconds, (unsigned long long)down->crc64,
         verdict(down->verified));
  coslink_result_free(result);

  if (are_same(path, TARGET) != 1) {
    fprintf(stderr, "quickstart: %s is not what was uploaded\n", TARGET);
    exit(1);
  }
  printf("compared   both files have the same bytes\n");

  status = coslink_delete_object(bucket, KEY, NULL, NULL, error);
  if (status != COSLINK_OK) return status;
  printf("deleted    %s\n", KEY);
  return COSLINK_OK;
}

int main(int count, char **arguments) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_error *error = NULL;
  const char *path = count > 1 ? arguments[1] : "64";
  char *end;
  unsigned long size = strtoul(path, &end, 10);
  int generated = *end == 0;

  if (generated) {
    path = SOURCE;
    if (generate(path, size) != 0) {
      fprintf(stderr, "quickstart: cannot write %s: %s\n", path, strerror(errno));
      return 1;
    }
  }
  options.secret_id = setting("COS_SECRET_ID");
  options.secret_key = setting("COS_SECRET_KEY");
  options.security_token = getenv("COS_SECURITY_TOKEN");
  options.endpoint = getenv("COS_ENDPOINT");
  if (coslink_client_new(&options, &client, &error) != COSLINK_OK ||
      coslink_bucket_new(client, setting("COS_BUCKET"), setting("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      run(bucket, path, &error) != COSLINK_OK)
    fprintf(stderr, "\nquickstart: %s\n", error->text);

  unlink(TARGET);
  if (generated) unlink(SOURCE);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  if (error == NULL) return 0;
  coslink_error_free(error);
  return 1;
}
