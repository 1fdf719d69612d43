/* Shows how an upload is continued: it stops itself half way and keeps its parts, and the same call
 * sends the rest. A process that is killed, or a network that fails, leaves the same behind.
 *
 * resume FILE KEY; see quickstart.c for the environment. */
#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>

/* Runs on the thread that called coslink_upload_file. */
static int stop_half_way(const coslink_progress *progress, void *user_data) {
  (void)user_data;
  return progress->fraction > 0.5;
}

static coslink_status upload(coslink_bucket *bucket, const char *path, const char *key,
                             coslink_error **error) {
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  coslink_result *result;
  coslink_status status;
  options.part_size = 1 << 20;
  options.slice_above = 1 << 20;
  /* One part after the other, so that half way some of them are there. */
  options.parallel = 1;
  options.progress = stop_half_way;
  options.keep_cancelled = 1;
  status = coslink_upload_file(bucket, key, path, &options, &result, error);
  if (status == COSLINK_ERROR_CANCELLED) {
    printf("stopped half way\n");
    coslink_error_free(*error);
    /* What is uploaded, and how, must be the same; who looks on does not matter. */
    options.progress = NULL;
    status = coslink_upload_file(bucket, key, path, &options, &result, error);
  }
  if (status == COSLINK_OK) {
    const coslink_receipt *receipt = coslink_result_upload_file(result)->receipt;
    printf("skipped %llu bytes, sent %llu\n", (unsigned long long)receipt->skipped,
           (unsigned long long)receipt->moved);
    coslink_result_free(result);
  }
  return status;
}

int main(int count, char **arguments) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_error *error = NULL;
  coslink_status status;
  if (count != 3) {
    fprintf(stderr, "resume FILE KEY\n");
    return 2;
  }
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  options.endpoint = getenv("COS_ENDPOINT");
  status = coslink_client_new(&options, &client, &error);
  if (status == COSLINK_OK)
    status = coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error);
  if (status == COSLINK_OK) status = upload(bucket, arguments[1], arguments[2], &error);

  if (status != COSLINK_OK) fprintf(stderr, "resume: %s\n", error->text);
  coslink_error_free(error);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  return status == COSLINK_OK ? 0 : 1;
}
