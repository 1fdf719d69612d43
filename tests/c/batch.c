/* Many files at once: one progress of all, a result or an error of each. */
#include "check.h"

#include <pthread.h>

#define FILES 5
#define MIB ((size_t)1 << 20)

/* What the callbacks have been told. */
struct batch {
  pthread_t thread;
  unsigned calls, ended, stop_at;
  unsigned finished[FILES];
  coslink_status status[FILES];
  uint64_t sizes, loaded, total;
  int is_download, stops_progress;
};

static struct batch watched(void) {
  struct batch batch;
  memset(&batch, 0, sizeof batch);
  batch.thread = pthread_self();
  return batch;
}

static int on_progress(const coslink_progress *progress, void *user_data) {
  struct batch *batch = user_data;
  CHECK(pthread_equal(batch->thread, pthread_self()));
  CHECK(progress->loaded <= progress->total && progress->eta_ms >= -1);
  batch->calls++;
  batch->loaded = progress->loaded;
  batch->total = progress->total;
  return batch->stops_progress;
}

static int on_finished(size_t index, coslink_status status, const coslink_result *result,
                       const coslink_error *why, void *user_data) {
  struct batch *batch = user_data;
  CHECK(pthread_equal(batch->thread, pthread_self()));
  CHECK(index < FILES && batch->finished[index] == 0);
  batch->finished[index]++;
  batch->status[index] = status;
  batch->ended++;
  if (status != COSLINK_OK) {
    CHECK(result == NULL && why->status == status && why->text[0] != 0);
  } else if (batch->is_download) {
    CHECK(why == NULL && coslink_result_upload_file(result) == NULL);
    batch->sizes += coslink_result_download_file(result)->size;
  } else {
    const coslink_upload_file_output *up = coslink_result_upload_file(result);
    CHECK(why == NULL && coslink_result_download_file(result) == NULL);
    CHECK(up->verified && up->receipt->requests > 0);
    CHECK_TEXT(coslink_result_request_id(result), up->request_id);
    batch->sizes += up->size;
  }
  return batch->ended == batch->stop_at;
}

/* The files of a batch, and the texts and pointers that they need. */
struct files {
  char keys[FILES][32], paths[FILES][4096];
  coslink_upload_files_item up[FILES];
  coslink_download_files_item down[FILES];
  const coslink_upload_files_item *ups[FILES];
  const coslink_download_files_item *downs[FILES];
};

static struct files *files_of(const char *prefix, const char *directory) {
  struct files *files = malloc(sizeof *files);
  size_t index;
  CHECK(files != NULL);
  for (index = 0; index < FILES; index++) {
    coslink_upload_files_item up = COSLINK_INIT(coslink_upload_files_item);
    coslink_download_files_item down = COSLINK_INIT(coslink_download_files_item);
    snprintf(files->keys[index], sizeof files->keys[index], "%s/%d", prefix, (int)index);
    snprintf(files->paths[index], sizeof files->paths[index], "%s/%s%d", arguments[6], directory,
             (int)index);
    up.bucket = down.bucket = bucket;
    up.key = down.key = files->keys[index];
    up.path = down.path = files->paths[index];
    files->up[index] = up;
    files->down[index] = down;
    files->ups[index] = &files->up[index];
    files->downs[index] = &files->down[index];
  }
  return files;
}

static coslink_upload_files_options upload_options(struct batch *batch) {
  coslink_upload_files_options options = COSLINK_INIT(coslink_upload_files_options);
  options.progress = on_progress;
  options.finished = on_finished;
  options.user_data = batch;
  return options;
}

static coslink_download_files_options download_options(struct batch *batch) {
  coslink_download_files_options options = COSLINK_INIT(coslink_download_files_options);
  options.progress = on_progress;
  options.finished = on_finished;
  options.user_data = batch;
  batch->is_download = 1;
  return options;
}

static void all(const unsigned char *data, uint64_t total) {
  struct files *files = files_of("file", "in");
  coslink_upload_file_options typed = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options sliced = COSLINK_INIT(coslink_download_file_options);
  struct batch batch = watched();
  coslink_upload_files_options up = upload_options(&batch);
  coslink_download_files_options down = download_options(&batch);
  coslink_result *result;
  size_t index;
  batch.is_download = 0;
  typed.content_type = "image/png";
  typed.part_size = MIB;
  typed.slice_above = 1;
  files->up[4].options = &typed;
  OK(coslink_upload_files(client, files->ups, FILES, &up, &error));
  CHECK(batch.ended == FILES && batch.sizes == total);
  CHECK(batch.calls >= 2 && batch.loaded == total && batch.total == total);
  OK(coslink_head_object(bucket, "file/4", NULL, &result, &error));
  CHECK_TEXT(coslink_result_head_object(result)->content_type, "image/png");
  coslink_result_free(result);
  free(files);

  batch = watched();
  batch.is_download = 1;
  files = files_of("file", "out");
  sliced.part_size = MIB;
  files->down[4].options = &sliced;
  OK(coslink_download_files(client, files->downs, FILES, &down, &error));
  CHECK(batch.ended == FILES && batch.sizes == total);
  CHECK(batch.calls >= 2 && batch.loaded == total && batch.total == total);
  for (index = 0; index < FILES - 1; index++) check_file(files->paths[index], data, index);
  check_file(files->paths[4], data, (size_t)total - 6);
  free(files);
}

/* One that fails does not stop the others, and the first one is what the call fails with. */
static void some(void) {
  struct files *files = files_of("some", "in");
  struct batch batch = watched();
  coslink_upload_files_options up = upload_options(&batch);
  coslink_download_files_options down = download_options(&batch);
  batch.is_download = 0;
  files->up[1].path = path_of("no such file");
  files->up[3].key = files->up[2].key;
  FAILS(LOCAL_IO, coslink_upload_files(client, files->ups, FILES, &up, &error));
  CHECK(batch.ended == FILES && batch.status[0] == COSLINK_OK);
  CHECK(batch.status[1] == COSLINK_ERROR_LOCAL_IO && batch.status[2] == COSLINK_OK);
  CHECK(batch.status[3] == COSLINK_ERROR_INVALID_ARGUMENT && batch.status[4] == COSLINK_OK);
  CHECK(batch.loaded == batch.total);

  batch = watched();
  batch.is_download = 1;
  files->down[3].path = files->down[2].path;
  FAILS(NOT_FOUND, coslink_download_files(client, files->downs, FILES, &down, &error));
  CHECK(batch.ended == FILES && batch.status[0] == COSLINK_OK);
  CHECK(batch.status[1] == COSLINK_ERROR_NOT_FOUND && batch.status[2] == COSLINK_OK);
  CHECK(batch.status[3] == COSLINK_ERROR_INVALID_ARGUMENT && batch.status[4] == COSLINK_OK);

  /* Nobody looks on. */
  FAILS(LOCAL_IO, coslink_upload_files(client, files->ups, FILES, NULL, &error));
  FAILS(NOT_FOUND, coslink_download_files(client, files->downs, FILES, NULL, &error));
  free(files);
}

/* One file at a time, each of which takes a moment. */
static void stopped(void) {
  coslink_client_options one = client_options();
  struct files *files;
  struct batch batch = watched();
  coslink_upload_files_options up = upload_options(&batch);
  coslink_download_files_options down = download_options(&batch);
  one.parallel_files = 1;
  use_client(&one);
  files = files_of("stopped", "in");
  batch.is_download = 0;
  batch.stop_at = 1;
  FAILS(CANCELLED, coslink_upload_files(client, files->ups, FILES, &up, &error));
  CHECK(batch.ended == FILES && batch.status[0] == COSLINK_OK);
  CHECK(batch.status[FILES - 1] == COSLINK_ERROR_CANCELLED);
  batch = watched();
  batch.stops_progress = 1;
  FAILS(CANCELLED, coslink_upload_files(client, files->ups, FILES, &up, &error));
  CHECK(batch.ended == FILES && batch.status[FILES - 1] == COSLINK_ERROR_CANCELLED);
  free(files);

  files = files_of("file", "stopped");
  batch = watched();
  batch.is_download = 1;
  batch.stop_at = 1;
  FAILS(CANCELLED, coslink_download_files(client, files->downs, FILES, &down, &error));
  CHECK(batch.ended == FILES && batch.status[FILES - 1] == COSLINK_ERROR_CANCELLED);
  batch = watched();
  batch.is_download = 1;
  batch.stops_progress = 1;
  FAILS(CANCELLED, coslink_download_files(client, files->downs, FILES, &down, &error));
  CHECK(batch.ended == FILES && batch.status[FILES - 1] == COSLINK_ERROR_CANCELLED);
  free(files);
}

#define REFUSED_UPLOADS(name)                                                                      \
  REFUSED(name, coslink_upload_files(client, files->ups, FILES, &up, &error))
#define REFUSED_DOWNLOADS(name)                                                                    \
  REFUSED(name, coslink_download_files(client, files->downs, FILES, &down, &error))

/* An item that cannot be read refuses the whole, by its name, before anything is sent. */
static void refused(void) {
  struct {
    coslink_upload_files_item known;
    const char *unknown;
  } newer = {COSLINK_INIT(coslink_upload_files_item), "set"};
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  struct files *files = files_of("refused", "in");
  struct batch batch = watched();
  coslink_upload_files_options up = upload_options(&batch);
  coslink_download_files_options down = download_options(&batch);
  REFUSED("client", coslink_upload_files(NULL, files->ups, FILES, &up, &error));
  REFUSED("files", coslink_upload_files(client, NULL, FILES, &up, &error));
  REFUSED("client", coslink_download_files(NULL, files->downs, FILES, &down, &error));
  REFUSED("files", coslink_download_files(client, NULL, FILES, &down, &error));
  OK(coslink_upload_files(client, NULL, 0, NULL, &error));
  OK(coslink_download_files(client, NULL, 0, NULL, &error));

  files->ups[4] = NULL;
  REFUSED_UPLOADS("files[4]");
  newer.known.size = sizeof newer;
  files->ups[4] = &newer.known;
  REFUSED_UPLOADS("files[4]");
  files->up[3].size = 0;
  REFUSED_UPLOADS("files[3]");
  files->up[2].path = NULL;
  REFUSED_UPLOADS("files[2].path");
  upload.resume = 4;
  files->up[2].options = &upload;
  files->up[2].path = "p";
  REFUSED_UPLOADS("files[2].options.resume");
  upload.resume = 0;
  upload.content_type = "\xFF";
  REFUSED_UPLOADS("files[2].options.content_type");
  upload.size = 1;
  REFUSED_UPLOADS("files[2].options");
  files->up[1].key = "\xFF";
  REFUSED_UPLOADS("files[1].key");
  files->up[1].key = NULL;
  REFUSED_UPLOADS("files[1].key");
  files->up[0].bucket = NULL;
  REFUSED_UPLOADS("files[0].bucket");
  up.size = 0;
  REFUSED_UPLOADS("options");

  files->downs[4] = NULL;
  REFUSED_DOWNLOADS("files[4]");
  download.verify = -1;
  files->down[3].options = &download;
  REFUSED_DOWNLOADS("files[3].options.verify");
  files->down[2].path = NULL;
  REFUSED_DOWNLOADS("files[2].path");
  files->down[1].key = NULL;
  REFUSED_DOWNLOADS("files[1].key");
  files->down[0].bucket = NULL;
  REFUSED_DOWNLOADS("files[0].bucket");
  CHECK(batch.calls == 0 && batch.ended == 0);
  free(files);
}

int main(int count, char **given) {
  size_t length = 2 * MIB + 12345, index;
  unsigned char *data = make_data(length);
  begin(count, given);
  for (index = 0; index < FILES; index++) {
    char name[8];
    snprintf(name, sizeof name, "in%d", (int)index);
    write_file(path_of(name), data, index < FILES - 1 ? index : length);
  }
  all(data, length + 6);
  some();
  refused();
  stopped();
  free(data);
  return end();
}
