/* Files up and down: small in one request, big in parts, stopped half-way. */
#include "check.h"

#define MIB ((size_t)1 << 20)

struct seen {
  unsigned calls;
  uint64_t loaded, total, stop_after;
};

static int look_on(const coslink_progress *progress, void *user_data) {
  struct seen *seen = user_data;
  CHECK(progress->loaded >= seen->loaded && progress->loaded <= progress->total);
  seen->calls++;
  seen->loaded = progress->loaded;
  seen->total = progress->total;
  return progress->loaded > seen->stop_after;
}

static void small(void) {
  const coslink_upload_file_output *up;
  const coslink_download_file_output *down;
  coslink_result *result;
  write_file(path_of("small"), "small", 5);
  OK(coslink_upload_file(bucket, "small", path_of("small"), NULL, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(up->size == 5 && up->parts == 0 && up->verified && up->upload_id == NULL);
  CHECK(strstr(up->location, arguments[2]) == up->location);
  CHECK_TEXT(coslink_result_request_id(result), up->request_id);
  CHECK(coslink_result_http_status(result) == 0);
  CHECK(coslink_result_header(result, "etag") == NULL);
  coslink_result_free(result);
  OK(coslink_download_file(bucket, "small", path_of("small2"), NULL, &result, &error));
  down = coslink_result_download_file(result);
  CHECK(down->size == 5 && down->verified && down->head->content_length == 5);
  coslink_result_free(result);
  check_file(path_of("small2"), "small", 5);
}

static void in_parts(const unsigned char *data, size_t length) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  struct seen seen = {0, 0, 0, UINT64_MAX};
  const coslink_upload_file_output *up;
  const coslink_download_file_output *down;
  coslink_result *result;
  uint64_t crc64;
  upload.part_size = MIB;
  upload.slice_above = 1;
  upload.parallel = 2;
  upload.content_type = "video/mp4";
  upload.metadata = metadata;
  upload.metadata_count = 1;
  upload.progress = look_on;
  upload.user_data = &seen;
  OK(coslink_upload_file(bucket, "big", path_of("big"), &upload, &result, &error));
  up = coslink_result_upload_file(result);
  CHECK(up->size == length && up->parts == 3 && up->verified && up->upload_id != NULL);
  CHECK(seen.calls >= 2 && seen.loaded == length && seen.total == length);
  crc64 = up->crc64;
  coslink_result_free(result);

  memset(&seen, 0, sizeof seen);
  seen.stop_after = UINT64_MAX;
  download.part_size = MIB;
  download.progress = look_on;
  download.user_data = &seen;
  OK(coslink_download_file(bucket, "big", path_of("big2"), &download, &result, &error));
  down = coslink_result_download_file(result);
  CHECK(down->size == length && down->parts == 3 && down->verified && down->crc64 == crc64);
  CHECK_TEXT(down->head->content_type, "video/mp4");
  CHECK(down->head->metadata_count == 1);
  CHECK_TEXT(down->head->metadata[0].name, "color");
  CHECK_TEXT(down->head->metadata[0].value, "blue");
  CHECK(seen.loaded == length);
  coslink_result_free(result);
  check_file(path_of("big2"), data, length);
}

static void stopped(void) {
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  struct seen seen = {0, 0, 0, 0};
  size_t length;
  upload.part_size = MIB;
  upload.slice_above = 1;
  upload.progress = look_on;
  upload.user_data = &seen;
  FAILS(CANCELLED, coslink_upload_file(bucket, "stopped", path_of("big"), &upload, NULL, &error));
  CHECK(seen.calls >= 2);
  FAILS(NOT_FOUND, coslink_head_object(bucket, "stopped", NULL, NULL, &error));

  memset(&seen, 0, sizeof seen);
  write_file(path_of("kept"), "kept", 4);
  download.part_size = MIB;
  download.progress = look_on;
  download.user_data = &seen;
  FAILS(CANCELLED,
        coslink_download_file(bucket, "big", path_of("kept"), &download, NULL, &error));
  check_file(path_of("kept"), "kept", 4);
  CHECK(read_file(path_of("kept.coslink-part"), &length) == NULL);
}

static void refused(void) {
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  FAILS(LOCAL_IO, coslink_upload_file(bucket, "x", path_of("no such file"), NULL, NULL, &error));
  FAILS(NOT_FOUND, coslink_download_file(bucket, "x", path_of("new"), NULL, NULL, &error));
  upload.part_size = MIB - 1;
  REFUSED("part_size",
          coslink_upload_file(bucket, "x", path_of("small"), &upload, NULL, &error));
  download.part_size = 1;
  REFUSED("part_size",
          coslink_download_file(bucket, "small", path_of("new"), &download, NULL, &error));
  download.part_size = 0;
  download.if_match = "\"another\"";
  FAILS(PRECONDITION,
        coslink_download_file(bucket, "small", path_of("new"), &download, NULL, &error));
}

int main(int count, char **given) {
  size_t length = 2 * MIB + 12345;
  unsigned char *data = make_data(length);
  begin(count, given);
  write_file(path_of("big"), data, length);
  small();
  in_parts(data, length);
  stopped();
  refused();
  free(data);
  return end();
}
