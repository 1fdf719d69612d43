/* Bytes of unknown length: none, few in one request, many in parts, stopped half-way. */
#include "check.h"

#include <pthread.h>

#define MIB ((size_t)1 << 20)

struct source {
  const unsigned char *data;
  size_t left;
  size_t stop_at;
  pthread_t thread;
};

static int64_t give(void *buffer, size_t capacity, void *user_data) {
  struct source *source = user_data;
  size_t count = source->left < capacity ? source->left : capacity;
  CHECK(pthread_equal(source->thread, pthread_self()));
  if (count > 100000) count = 100000;
  if (source->stop_at != 0 && source->left <= source->stop_at) return -5;
  memcpy(buffer, source->data, count);
  source->data += count;
  source->left -= count;
  return (int64_t)count;
}

static struct source source_of(const unsigned char *data, size_t length) {
  struct source source;
  source.data = data;
  source.left = length;
  source.stop_at = 0;
  source.thread = pthread_self();
  return source;
}

struct seen {
  uint64_t loaded, total, stop_after;
};

static int look_on(const coslink_progress *progress, void *user_data) {
  struct seen *seen = user_data;
  CHECK(progress->loaded >= seen->loaded && progress->total >= seen->total);
  CHECK(progress->loaded <= progress->total);
  seen->loaded = progress->loaded;
  seen->total = progress->total;
  return progress->loaded > seen->stop_after;
}

static void uploads(const unsigned char *data, size_t length) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_upload_stream_options options = COSLINK_INIT(coslink_upload_stream_options);
  struct source source = source_of(data, 0);
  struct seen seen = {0, 0, UINT64_MAX};
  const coslink_upload_file_output *up;
  coslink_result *result;
  OK(coslink_upload_stream(bucket, "empty", give, &source, NULL, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(up->size == 0 && up->parts == 0 && up->verified && up->upload_id == NULL);
  CHECK(coslink_result_http_status(result) == 0);
  CHECK_TEXT(coslink_result_request_id(result), up->request_id);
  coslink_result_free(result);
  is_stored("empty", data, 0);

  source = source_of(data, 5);
  OK(coslink_upload_stream(bucket, "small", give, &source, NULL, NULL, &error));
  is_stored("small", data, 5);

  source = source_of(data, length);
  options.part_size = MIB;
  options.parallel = 2;
  options.content_type = "video/mp4";
  options.metadata = metadata;
  options.metadata_count = 1;
  options.progress = look_on;
  options.user_data = &seen;
  OK(coslink_upload_stream(bucket, "big", give, &source, &options, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(up->size == length && up->parts == 3 && up->verified && up->upload_id != NULL);
  CHECK(seen.loaded == length && seen.total == length);
  coslink_result_free(result);
  is_stored("big", data, length);
}

static void stopped(const unsigned char *data, size_t length) {
  coslink_upload_stream_options options = COSLINK_INIT(coslink_upload_stream_options);
  struct source source = source_of(data, length);
  struct seen seen = {0, 0, 0};
  source.stop_at = length;
  FAILS(CALLBACK, coslink_upload_stream(bucket, "stopped", give, &source, NULL, NULL, &error));
  CHECK(strstr(failure->message, "(-5)") != NULL);
  options.part_size = MIB;
  source = source_of(data, length);
  source.stop_at = length - MIB;
  FAILS(CALLBACK,
        coslink_upload_stream(bucket, "stopped", give, &source, &options, NULL, &error));
  source = source_of(data, length);
  options.progress = look_on;
  options.user_data = &seen;
  FAILS(CANCELLED,
        coslink_upload_stream(bucket, "stopped", give, &source, &options, NULL, &error));
  FAILS(NOT_FOUND, coslink_head_object(bucket, "stopped", NULL, NULL, &error));
  CHECK(count_uploads(NULL) == 0);
}

static void refused(void) {
  coslink_upload_stream_options options = COSLINK_INIT(coslink_upload_stream_options);
  struct source source = source_of(NULL, 0);
  REFUSED("bucket", coslink_upload_stream(NULL, "k", give, &source, NULL, NULL, &error));
  REFUSED("key", coslink_upload_stream(bucket, NULL, give, &source, NULL, NULL, &error));
  REFUSED("key", coslink_upload_stream(bucket, "", give, &source, NULL, NULL, &error));
  REFUSED("read", coslink_upload_stream(bucket, "k", NULL, NULL, NULL, NULL, &error));
  options.part_size = MIB - 1;
  REFUSED("part_size", coslink_upload_stream(bucket, "k", give, &source, &options, NULL, &error));
  options.part_size = 0;
  options.verify = 3;
  REFUSED("verify", coslink_upload_stream(bucket, "k", give, &source, &options, NULL, &error));
}

int main(int count, char **given) {
  size_t length = 2 * MIB + 12345;
  unsigned char *data = make_data(length);
  begin(count, given);
  uploads(data, length);
  stopped(data, length);
  refused();
  free(data);
  return end();
}
