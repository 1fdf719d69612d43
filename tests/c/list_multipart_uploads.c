/* List Multipart Uploads: a page, folded keys, page after page, and upload after upload. */
#include "check.h"

static void a_page(const char *upload_id) {
  coslink_list_multipart_uploads_options options =
      COSLINK_INIT(coslink_list_multipart_uploads_options);
  const coslink_list_multipart_uploads_output *page;
  const coslink_upload *upload;
  coslink_result *result;
  OK(coslink_list_multipart_uploads(bucket, NULL, &result, &error));
  page = coslink_result_list_multipart_uploads(result);
  CHECK_TEXT(page->bucket, arguments[2]);
  CHECK(page->upload_count == 4 && page->common_prefix_count == 0 && !page->is_truncated);
  CHECK(page->next_key_marker == NULL && page->next_upload_id_marker == NULL);
  upload = page->uploads[3];
  CHECK_TEXT(upload->key, "c \xC3\xA4");
  CHECK_TEXT(upload->upload_id, upload_id);
  CHECK_TEXT(upload->storage_class, "STANDARD");
  CHECK(upload->initiated[0] == '2' && upload->initiated_unix > 1600000000);
  CHECK(upload->owner != NULL && upload->initiator != NULL);
  coslink_result_free(result);

  options.delimiter = "/";
  OK(coslink_list_multipart_uploads(bucket, &options, &result, &error));
  page = coslink_result_list_multipart_uploads(result);
  CHECK(page->upload_count == 1 && page->common_prefix_count == 2);
  CHECK_TEXT(page->common_prefixes[0], "a/");
  coslink_result_free(result);
}

static void page_after_page(void) {
  coslink_list_multipart_uploads_options options =
      COSLINK_INIT(coslink_list_multipart_uploads_options);
  coslink_result *result = NULL;
  size_t seen = 0, pages = 0;
  options.max_uploads = 3;
  do {
    coslink_result *page;
    OK(coslink_list_multipart_uploads(bucket, &options, &page, &error));
    coslink_result_free(result);
    result = page;
    seen += coslink_result_list_multipart_uploads(result)->upload_count;
    options.key_marker = coslink_result_list_multipart_uploads(result)->next_key_marker;
    options.upload_id_marker =
        coslink_result_list_multipart_uploads(result)->next_upload_id_marker;
    pages++;
  } while (options.key_marker != NULL);
  CHECK(seen == 4 && pages == 2);
  coslink_result_free(result);
}

static size_t upload_after_upload(const coslink_list_multipart_uploads_options *options) {
  coslink_uploads *uploads;
  const coslink_upload *upload;
  size_t seen = 0;
  OK(coslink_uploads_new(bucket, options, &uploads, &error));
  for (;;) {
    OK(coslink_uploads_next(uploads, &upload, &error));
    if (upload == NULL) break;
    CHECK(upload->key[0] != 0 && upload->upload_id[0] != 0);
    seen++;
  }
  /* The end stays the end. */
  OK(coslink_uploads_next(uploads, &upload, &error));
  CHECK(upload == NULL);
  coslink_uploads_free(uploads);
  return seen;
}

int main(int count, char **given) {
  coslink_list_multipart_uploads_options options =
      COSLINK_INIT(coslink_list_multipart_uploads_options);
  const coslink_upload *upload;
  coslink_uploads *uploads;
  begin(count, given);
  CHECK(upload_after_upload(NULL) == 0);
  initiate("a/1");
  initiate("a/1");
  initiate("b/1");
  a_page(initiate("c \xC3\xA4"));
  page_after_page();
  CHECK(upload_after_upload(NULL) == 4);
  options.max_uploads = 1;
  CHECK(upload_after_upload(&options) == 4);
  options.prefix = "a/";
  CHECK(upload_after_upload(&options) == 2);
  options.max_uploads = 1001;
  REFUSED("max_uploads", coslink_list_multipart_uploads(bucket, &options, NULL, &error));
  REFUSED("bucket", coslink_list_multipart_uploads(NULL, NULL, NULL, &error));
  REFUSED("bucket", coslink_uploads_new(NULL, NULL, &uploads, &error));
  CHECK(uploads == NULL);
  REFUSED("uploads", coslink_uploads_new(bucket, NULL, NULL, &error));
  REFUSED("uploads", coslink_uploads_next(NULL, &upload, &error));
  OK(coslink_uploads_new(bucket, NULL, &uploads, &error));
  REFUSED("upload", coslink_uploads_next(uploads, NULL, &error));
  OK(coslink_uploads_next(uploads, &upload, &error));
  CHECK_TEXT(upload->key, "a/1");
  coslink_uploads_free(uploads);
  coslink_uploads_free(NULL);
  return end();
}
