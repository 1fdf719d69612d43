/* Callbacks run on the calling thread, and what they say counts. */
#include "check.h"

#include <pthread.h>

struct caller {
  pthread_t thread;
  unsigned calls;
  unsigned stop_at;
  int64_t answer;
};

static struct caller caller(unsigned stop_at, int64_t answer) {
  struct caller caller;
  caller.thread = pthread_self();
  caller.calls = 0;
  caller.stop_at = stop_at;
  caller.answer = answer;
  return caller;
}

static int is_over(struct caller *caller) {
  CHECK(pthread_equal(caller->thread, pthread_self()));
  return ++caller->calls == caller->stop_at;
}

static int on_progress(const coslink_progress *progress, void *user_data) {
  CHECK(progress->loaded <= progress->total);
  CHECK((uint64_t)(progress->fraction * (double)progress->total + 0.5) == progress->loaded);
  /* Nobody knows the time left only while nothing moves. */
  if (progress->total == 0) {
    /* Nobody knows it yet. */
    CHECK(progress->loaded == 0 && progress->eta_ms <= 0);
  } else if (progress->loaded == progress->total)
    CHECK(progress->eta_ms == 0);
  else
    CHECK(progress->speed == 0 ? progress->eta_ms == -1 : progress->eta_ms > 0);
  return is_over(user_data) ? 7 : 0;
}

static int on_write(const void *data, size_t length, void *user_data) {
  CHECK(data != NULL && length > 0);
  return is_over(user_data) ? 7 : 0;
}

static int64_t on_read(void *buffer, size_t capacity, void *user_data) {
  struct caller *caller = user_data;
  if (is_over(caller)) return caller->answer < 0 ? caller->answer : (int64_t)capacity + 1;
  memset(buffer, 'x', capacity);
  return (int64_t)capacity;
}

static int64_t on_end(void *buffer, size_t capacity, void *user_data) {
  (void)buffer;
  (void)capacity;
  is_over(user_data);
  return 0;
}

#define LENGTH ((size_t)600 << 10)

static void uploads(const void *data) {
  coslink_put_object_options options = COSLINK_INIT(coslink_put_object_options);
  coslink_body body = bytes(data, LENGTH);
  struct caller watcher = caller(0, 0);
  options.progress = on_progress;
  options.user_data = &watcher;
  OK(coslink_put_object(bucket, "key", &body, &options, NULL, &error));
  CHECK(watcher.calls >= 2);
  watcher = caller(1, 0);
  FAILS(CANCELLED, coslink_put_object(bucket, "stopped", &body, &options, NULL, &error));
  CHECK(watcher.calls == 1);
}

static void readers(void) {
  coslink_body body = COSLINK_INIT(coslink_body);
  struct caller reader = caller(0, 0);
  body.read = on_read;
  body.user_data = &reader;
  body.length = LENGTH;
  OK(coslink_put_object(bucket, "read", &body, NULL, NULL, &error));
  CHECK(reader.calls >= 2);
  reader = caller(2, -5);
  FAILS(CALLBACK, coslink_put_object(bucket, "bad", &body, NULL, NULL, &error));
  CHECK(strstr(failure->message, "(-5)") != NULL && reader.calls == 2);
  reader = caller(1, 0);
  FAILS(CALLBACK, coslink_put_object(bucket, "bad", &body, NULL, NULL, &error));
  body.read = on_end;
  reader = caller(0, 0);
  FAILS(SOURCE_CHANGED, coslink_put_object(bucket, "bad", &body, NULL, NULL, &error));
  CHECK(reader.calls == 1);

  /* The service is asked to fail once: bytes are sent again, a callback is not. */
  body.read = on_read;
  reader = caller(0, 0);
  FAILS(THROTTLED, coslink_put_object(bucket, "failing", &body, NULL, NULL, &error));
  CHECK(failure->attempts == 1 && failure->retryable);
  put("failing too", "bytes");
}

static void downloads(void) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  struct caller writer = caller(0, 0);
  options.write = on_write;
  options.user_data = &writer;
  OK(coslink_get_object(bucket, "key", &options, NULL, &error));
  CHECK(writer.calls >= 2);
  writer = caller(2, 0);
  FAILS(CALLBACK, coslink_get_object(bucket, "key", &options, NULL, &error));
  CHECK(strstr(failure->message, "(7)") != NULL && writer.calls == 2);
  CHECK_TEXT(failure->operation, "GetObject");
  options.write = NULL;
  options.progress = on_progress;
  writer = caller(0, 0);
  OK(coslink_get_object(bucket, "key", &options, NULL, &error));
  CHECK(writer.calls >= 2);
  writer = caller(1, 0);
  FAILS(CANCELLED, coslink_get_object(bucket, "key", &options, NULL, &error));
}

/* Also in transfers whose parts move on other threads. */
static void transfers(const void *data) {
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  struct caller watcher = caller(0, 0);
  write_file(path_of("source"), data, 2 * LENGTH);
  upload.part_size = (size_t)1 << 20;
  upload.slice_above = 1;
  upload.progress = on_progress;
  upload.user_data = &watcher;
  OK(coslink_upload_file(bucket, "file", path_of("source"), &upload, NULL, &error));
  CHECK(watcher.calls >= 2);
  watcher = caller(1, 0);
  FAILS(CANCELLED,
        coslink_upload_file(bucket, "stopped", path_of("source"), &upload, NULL, &error));
  download.part_size = (size_t)1 << 20;
  download.progress = on_progress;
  download.user_data = &watcher;
  watcher = caller(0, 0);
  OK(coslink_download_file(bucket, "file", path_of("target"), &download, NULL, &error));
  CHECK(watcher.calls >= 2);
}

int main(int count, char **given) {
  unsigned char *data = make_data(2 * LENGTH);
  begin(count, given);
  uploads(data);
  readers();
  downloads();
  transfers(data);
  free(data);
  return end();
}
