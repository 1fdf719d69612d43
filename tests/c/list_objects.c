/* GET Bucket (List Objects): a page, folded keys, page after page, and object after object. */
#include "check.h"

static void a_page(void) {
  const coslink_list_objects_output *page;
  const coslink_object *object;
  coslink_result *result;
  OK(coslink_list_objects(bucket, NULL, &result, &error));
  page = coslink_result_list_objects(result);
  CHECK_TEXT(page->name, arguments[2]);
  CHECK_TEXT(page->prefix, "");
  CHECK(page->content_count == 5 && page->common_prefix_count == 0);
  CHECK(page->common_prefixes == NULL && page->next_marker == NULL);
  CHECK(!page->is_truncated);
  object = page->contents[1];
  CHECK_TEXT(object->key, "a/\xC3\xA4 &+%.txt");
  CHECK(object->size == 2 && object->etag[0] == '"');
  CHECK(object->last_modified[0] == '2' && object->last_modified_unix > 1600000000);
  CHECK_TEXT(object->storage_class, "STANDARD");
  CHECK(object->owner == NULL || object->owner->id != NULL);
  coslink_result_free(result);
}

static void folded(void) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  const coslink_list_objects_output *page;
  coslink_result *result;
  options.delimiter = "/";
  OK(coslink_list_objects(bucket, &options, &result, &error));
  page = coslink_result_list_objects(result);
  CHECK(page->common_prefix_count == 2 && page->content_count == 1);
  CHECK_TEXT(page->common_prefixes[0], "a/");
  CHECK_TEXT(page->common_prefixes[1], "b/");
  CHECK_TEXT(page->contents[0]->key, "c");
  CHECK_TEXT(page->delimiter, "/");
  coslink_result_free(result);
}

static void page_after_page(void) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  coslink_result *result = NULL;
  size_t seen = 0, pages = 0;
  options.max_keys = 2;
  do {
    coslink_result *page;
    OK(coslink_list_objects(bucket, &options, &page, &error));
    coslink_result_free(result);
    result = page;
    CHECK(coslink_result_list_objects(result)->max_keys == 2);
    seen += coslink_result_list_objects(result)->content_count;
    options.marker = coslink_result_list_objects(result)->next_marker;
    pages++;
  } while (options.marker != NULL);
  CHECK(seen == 5 && pages == 3);
  coslink_result_free(result);
}

static size_t object_after_object(const coslink_list_objects_options *options) {
  coslink_objects *objects;
  const coslink_object *object;
  size_t seen = 0;
  OK(coslink_objects_new(bucket, options, &objects, &error));
  for (;;) {
    OK(coslink_objects_next(objects, &object, &error));
    if (object == NULL) break;
    CHECK(object->key[0] != 0);
    seen++;
  }
  /* The end stays the end. */
  OK(coslink_objects_next(objects, &object, &error));
  CHECK(object == NULL);
  coslink_objects_free(objects);
  return seen;
}

int main(int count, char **given) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  begin(count, given);
  CHECK(object_after_object(NULL) == 0);
  put("a/1", "1");
  put("a/\xC3\xA4 &+%.txt", "22");
  put("b/1", "1");
  put("b/2", "2");
  put("c", "3");
  a_page();
  folded();
  page_after_page();
  CHECK(object_after_object(NULL) == 5);
  options.max_keys = 2;
  CHECK(object_after_object(&options) == 5);
  options.prefix = "b/";
  CHECK(object_after_object(&options) == 2);
  options.max_keys = 1001;
  REFUSED("max_keys", coslink_list_objects(bucket, &options, NULL, &error));
  return end();
}
