/* Transfers that break off, and the same call again: it moves the rest. What breaks off is scripted
 * by the test: the second part of "up", "down", "copy" and others, once. */
#include "check.h"

#include <dirent.h>

#define MIB ((size_t)1 << 20)
#define LENGTH (2 * MIB + 12345)

/* What was there before the second part. */
#define FIRST MIB

static unsigned char *data;

/* How many files a directory of the scratch directory has; none where it is not there. */
static size_t files_in(const char *name) {
  DIR *directory = opendir(path_of(name));
  const struct dirent *entry;
  size_t count = 0;
  if (directory == NULL) return 0;
  while ((entry = readdir(directory)) != NULL) count += entry->d_name[0] != '.';
  closedir(directory);
  return count;
}

static int is_there(const char *name) {
  FILE *file = fopen(path_of(name), "rb");
  if (file != NULL) fclose(file);
  return file != NULL;
}

struct seen {
  unsigned moves, hashes;
  uint64_t hashed, stop_after;
};

static int on_move(const coslink_progress *progress, void *user_data) {
  struct seen *seen = user_data;
  seen->moves++;
  return progress->loaded > seen->stop_after;
}

static int on_hash(const coslink_progress *progress, void *user_data) {
  struct seen *seen = user_data;
  CHECK(progress->loaded >= seen->hashed && progress->loaded <= progress->total);
  seen->hashes++;
  seen->hashed = progress->loaded;
  return progress->loaded > seen->stop_after;
}

static struct seen nothing(void) {
  struct seen seen = {0, 0, 0, UINT64_MAX};
  return seen;
}

static coslink_upload_file_options upload_options(void) {
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  options.part_size = MIB;
  options.slice_above = 1;
  options.progress = on_move;
  options.hashed = on_hash;
  return options;
}

/* The third part may have come to its end while the second one failed. */
static void is_continued(const coslink_receipt *receipt) {
  size_t index;
  CHECK(receipt->resumed && receipt->skipped >= FIRST);
  CHECK(receipt->moved == LENGTH - receipt->skipped && receipt->moved >= MIB);
  CHECK(receipt->whole_crc64 && !receipt->recovered);
  CHECK(receipt->requests > 0 && receipt->request_id_count > 0);
  for (index = 0; index < receipt->request_id_count; index++)
    CHECK(receipt->request_ids[index][0] != 0);
}

static void uploads(void) {
  coslink_upload_file_options options = upload_options();
  struct seen seen = nothing();
  const coslink_upload_file_output *up;
  coslink_result *result;
  options.user_data = &seen;
  FAILS(TRANSPORT, coslink_upload_file(bucket, "up", path_of("big"), &options, NULL, &error));
  CHECK(count_uploads("up") == 1 && files_in("journal") == 1);
  OK(coslink_upload_file(bucket, "up", path_of("big"), &options, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(up->size == LENGTH && up->parts == 3 && up->verified);
  is_continued(up->receipt);
  coslink_result_free(result);
  CHECK(count_uploads("up") == 0 && files_in("journal") == 0);
  CHECK(seen.moves >= 4 && seen.hashes == 0);
  is_stored("up", data, LENGTH);
}

/* A client that names no directory has its journals below the one for the state of programs. */
static void at_home(void) {
  coslink_upload_file_options options = upload_options();
  struct seen seen = nothing();
  coslink_result *result;
  options.user_data = &seen;
  options.parallel = 1;
  FAILS(TRANSPORT, coslink_upload_file(bucket, "home", path_of("big"), &options, NULL, &error));
#ifdef __linux__
  CHECK(files_in("state/coslink") == 1);
#endif
  OK(coslink_upload_file(bucket, "home", path_of("big"), &options, &result, &error));
  CHECK(coslink_result_upload_file(result)->receipt->resumed);
  coslink_result_free(result);
  CHECK(files_in("state/coslink") == 0);
}

/* What the service has is found without a journal, by the sums of the file. */
static void by_the_server(void) {
  coslink_upload_file_options options = upload_options();
  struct seen seen = nothing();
  coslink_result *result;
  options.user_data = &seen;
  options.resume = COSLINK_RESUME_SERVER;
  options.keep_cancelled = 1;
  FAILS(TRANSPORT, coslink_upload_file(bucket, "server", path_of("big"), &options, NULL, &error));
  CHECK(count_uploads("server") == 1 && files_in("journal") == 0 && seen.hashes == 0);
  seen.stop_after = 0;
  FAILS(CANCELLED, coslink_upload_file(bucket, "server", path_of("big"), &options, NULL, &error));
  CHECK(seen.hashes > 0);
  seen = nothing();
  OK(coslink_upload_file(bucket, "server", path_of("big"), &options, &result, &error));
  is_continued(coslink_result_upload_file(result)->receipt);
  coslink_result_free(result);
  CHECK(seen.hashes > 0);
  is_stored("server", data, LENGTH);
}

static void not_at_all(void) {
  coslink_client_options off = client_options();
  coslink_upload_file_options options = upload_options();
  struct seen seen = nothing();
  options.user_data = &seen;
  options.resume = COSLINK_RESUME_OFF;
  FAILS(TRANSPORT, coslink_upload_file(bucket, "off", path_of("big"), &options, NULL, &error));
  CHECK(count_uploads("off") == 0 && files_in("journal") == 0);

  /* The same, said by the client. */
  off.journal = path_of("none");
  off.resume = COSLINK_RESUME_OFF;
  off.parallel_requests = 1;
  use_client(&off);
  options.resume = COSLINK_RESUME_DEFAULT;
  FAILS(TRANSPORT, coslink_upload_file(bucket, "never", path_of("big"), &options, NULL, &error));
  CHECK(count_uploads("never") == 0 && !is_there("none"));
}

static void downloads(void) {
  coslink_download_file_options options = COSLINK_INIT(coslink_download_file_options);
  struct seen seen = nothing();
  coslink_body body = bytes(data, LENGTH);
  const coslink_download_file_output *down;
  coslink_result *result;
  OK(coslink_put_object(bucket, "down", &body, NULL, NULL, &error));
  options.part_size = MIB;
  options.progress = on_move;
  options.hashed = on_hash;
  options.user_data = &seen;
  FAILS(TRANSPORT,
        coslink_download_file(bucket, "down", path_of("down"), &options, NULL, &error));
  CHECK(!is_there("down") && is_there("down.coslink-part") && is_there("down.coslink-journal"));
  CHECK(seen.hashes == 0);
  OK(coslink_download_file(bucket, "down", path_of("down"), &options, &result, &error));
  down = coslink_result_download_file(result);
  CHECK(down->size == LENGTH && down->parts == 3 && down->verified);
  is_continued(down->receipt);
  coslink_result_free(result);
  CHECK(seen.hashes > 0);
  CHECK(!is_there("down.coslink-part") && !is_there("down.coslink-journal"));
  check_file(path_of("down"), data, LENGTH);
}

static coslink_copy_source source_of(const char *key) {
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  source.key = key;
  return source;
}

static coslink_copy_file_options copy_options(void) {
  coslink_copy_file_options options = COSLINK_INIT(coslink_copy_file_options);
  options.part_size = MIB;
  options.slice_above = 1;
  options.progress = on_move;
  return options;
}

static void copies(void) {
  coslink_copy_source source = source_of("down");
  coslink_copy_file_options options = copy_options();
  struct seen seen = nothing();
  coslink_result *result;
  options.user_data = &seen;
  FAILS(TRANSPORT, coslink_copy_file(bucket, "copy", &source, &options, NULL, &error));
  CHECK(count_uploads("copy") == 1 && files_in("journal") == 1);
  OK(coslink_copy_file(bucket, "copy", &source, &options, &result, &error));
  is_continued(coslink_result_copy_file(result)->receipt);
  coslink_result_free(result);
  CHECK(count_uploads("copy") == 0 && files_in("journal") == 0);
  is_stored("copy", data, LENGTH);
}

/* A stop by the caller leaves what was moved only when that is asked for. */
static void kept(void) {
  coslink_upload_file_options upload = upload_options();
  coslink_copy_file_options copy = copy_options();
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_copy_source source = source_of("down");
  struct seen seen = nothing();
  coslink_body body = bytes(data, LENGTH);
  const coslink_receipt *receipt;
  coslink_result *result;
  upload.keep_cancelled = copy.keep_cancelled = download.keep_cancelled = 1;
  upload.user_data = copy.user_data = download.user_data = &seen;
  seen.stop_after = FIRST;
  FAILS(CANCELLED, coslink_upload_file(bucket, "kept", path_of("big"), &upload, NULL, &error));
  CHECK(count_uploads("kept") == 1);
  seen = nothing();
  OK(coslink_upload_file(bucket, "kept", path_of("big"), &upload, &result, &error));
  receipt = coslink_result_upload_file(result)->receipt;
  CHECK(receipt->resumed && receipt->skipped >= FIRST);
  coslink_result_free(result);
  is_stored("kept", data, LENGTH);

  seen.stop_after = FIRST - 1;
  FAILS(CANCELLED, coslink_copy_file(bucket, "kept copy", &source, &copy, NULL, &error));
  CHECK(count_uploads("kept copy") == 1);
  seen = nothing();
  OK(coslink_copy_file(bucket, "kept copy", &source, &copy, &result, &error));
  receipt = coslink_result_copy_file(result)->receipt;
  CHECK(receipt->resumed && receipt->skipped >= FIRST);
  coslink_result_free(result);
  is_stored("kept copy", data, LENGTH);

  OK(coslink_put_object(bucket, "slow", &body, NULL, NULL, &error));
  download.part_size = MIB;
  download.progress = on_move;
  seen.stop_after = FIRST;
  FAILS(CANCELLED,
        coslink_download_file(bucket, "slow", path_of("slow"), &download, NULL, &error));
  CHECK(is_there("slow.coslink-part"));
  seen = nothing();
  OK(coslink_download_file(bucket, "slow", path_of("slow"), &download, &result, &error));
  receipt = coslink_result_download_file(result)->receipt;
  CHECK(receipt->resumed && receipt->skipped >= FIRST);
  coslink_result_free(result);
  check_file(path_of("slow"), data, LENGTH);
}

/* Another call is at the same transfer: one that a callback makes, while the first is under way. */
static int upload_again(const coslink_progress *progress, void *user_data) {
  coslink_upload_file_options same = upload_options();
  unsigned *busy = user_data;
  same.progress = same.hashed = NULL;
  if (progress->loaded < MIB || *busy > 0) return 0;
  FAILS(BUSY, coslink_upload_file(bucket, "busy", path_of("big"), &same, NULL, &error));
  ++*busy;
  return 0;
}

static int copy_again(const coslink_progress *progress, void *user_data) {
  coslink_copy_source source = source_of("down");
  coslink_copy_file_options same = copy_options();
  unsigned *busy = user_data;
  same.progress = NULL;
  if (progress->loaded < MIB || *busy > 0) return 0;
  FAILS(BUSY, coslink_copy_file(bucket, "busy copy", &source, &same, NULL, &error));
  ++*busy;
  return 0;
}

static int download_again(const coslink_progress *progress, void *user_data) {
  unsigned *busy = user_data;
  if (progress->loaded < MIB || *busy > 0) return 0;
  FAILS(BUSY, coslink_download_file(bucket, "down", path_of("busy"), NULL, NULL, &error));
  ++*busy;
  return 0;
}

static void busy(void) {
  coslink_upload_file_options upload = upload_options();
  coslink_copy_file_options copy = copy_options();
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_copy_source source = source_of("down");
  unsigned uploads = 0, copies = 0, downloads = 0;
  upload.progress = upload_again;
  upload.hashed = NULL;
  upload.user_data = &uploads;
  OK(coslink_upload_file(bucket, "busy", path_of("big"), &upload, NULL, &error));
  copy.progress = copy_again;
  copy.user_data = &copies;
  OK(coslink_copy_file(bucket, "busy copy", &source, &copy, NULL, &error));
  download.part_size = MIB;
  download.progress = download_again;
  download.user_data = &downloads;
  OK(coslink_download_file(bucket, "slow", path_of("busy"), &download, NULL, &error));
  CHECK(uploads == 1 && copies == 1 && downloads == 1);
}

/* A directory that was named must be one that can be written. */
static void nowhere(void) {
  coslink_client_options options = client_options();
  coslink_upload_file_options upload = upload_options();
  struct seen seen = nothing();
  upload.user_data = &seen;
  options.journal = path_of("big");
  use_client(&options);
  FAILS(LOCAL_IO, coslink_upload_file(bucket, "no", path_of("big"), &upload, NULL, &error));
}

int main(int count, char **given) {
  coslink_client_options options;
  begin(count, given);
  data = make_data(LENGTH);
  write_file(path_of("big"), data, LENGTH);
  at_home();
  options = client_options();
  options.journal = path_of("journal");
  options.parallel_requests = 1;
  use_client(&options);
  uploads();
  by_the_server();
  downloads();
  copies();
  kept();
  busy();
  not_at_all();
  nowhere();
  free(data);
  return end();
}
