/* List Parts: what an upload has, page after page. */
#include "check.h"

int main(int count, char **given) {
  coslink_list_parts_options options = COSLINK_INIT(coslink_list_parts_options);
  const coslink_list_parts_output *page;
  const char *upload_id, *key = "a \xC3\xA4/key";
  coslink_result *result;
  begin(count, given);
  upload_id = initiate(key);
  send_part(key, upload_id, 1, "one", 3);
  send_part(key, upload_id, 3, "three", 5);
  send_part(key, upload_id, 7, "seven", 5);
  options.max_parts = 2;
  options.encoding_type = "url";
  OK(coslink_list_parts(bucket, key, upload_id, &options, &result, &error));
  page = coslink_result_list_parts(result);
  CHECK_TEXT(page->bucket, arguments[2]);
  CHECK_TEXT(page->key, key);
  CHECK_TEXT(page->upload_id, upload_id);
  CHECK(page->max_parts == 2 && page->part_number_marker == 0);
  CHECK(page->is_truncated && page->next_part_number_marker == 3);
  CHECK(page->part_count == 2);
  CHECK(page->parts[0]->part_number == 1 && page->parts[0]->size == 3);
  CHECK(page->parts[1]->part_number == 3 && page->parts[1]->etag[0] != 0);
  CHECK(page->parts[1]->last_modified_unix > 1600000000);
  CHECK(page->initiator == NULL || page->initiator->id != NULL);
  options.part_number_marker = page->next_part_number_marker;
  coslink_result_free(result);
  OK(coslink_list_parts(bucket, key, upload_id, &options, &result, &error));
  page = coslink_result_list_parts(result);
  CHECK(!page->is_truncated && page->next_part_number_marker == 0);
  CHECK(page->part_count == 1 && page->parts[0]->part_number == 7);
  coslink_result_free(result);
  options.max_parts = 1001;
  REFUSED("max_parts", coslink_list_parts(bucket, key, upload_id, &options, NULL, &error));
  return end();
}
