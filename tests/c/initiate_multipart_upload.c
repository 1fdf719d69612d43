/* Initiate Multipart Upload: an id, and headers that become those of the object. */
#include "check.h"

int main(int count, char **given) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_initiate_multipart_upload_options options =
      COSLINK_INIT(coslink_initiate_multipart_upload_options);
  const coslink_initiate_multipart_upload_output *begun;
  coslink_completed_part part;
  coslink_result *result, *done;
  begin(count, given);
  options.content_type = "text/plain";
  options.storage_class = "STANDARD_IA";
  options.metadata = metadata;
  options.metadata_count = 1;
  OK(coslink_initiate_multipart_upload(bucket, "key", &options, &result, &error));
  begun = coslink_result_initiate_multipart_upload(result);
  CHECK_TEXT(begun->bucket, arguments[2]);
  CHECK_TEXT(begun->key, "key");
  CHECK(begun->upload_id[0] != 0);
  part = send_part("key", begun->upload_id, 1, "hello!", 6);
  OK(coslink_complete_multipart_upload(bucket, "key", begun->upload_id, &part, 1, NULL, NULL,
                                       &error));
  coslink_result_free(result);
  OK(coslink_head_object(bucket, "key", NULL, &done, &error));
  CHECK_TEXT(coslink_result_head_object(done)->content_type, "text/plain");
  CHECK_TEXT(coslink_result_head_object(done)->storage_class, "STANDARD_IA");
  CHECK_TEXT(coslink_result_head_object(done)->metadata[0].value, "blue");
  coslink_result_free(done);
  return end();
}
