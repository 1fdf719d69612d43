/* Shows how to look on while a file is uploaded, and how to stop it with Ctrl-C.
 *
 * upload_progress FILE KEY; see quickstart.c for the environment. */
#include "coslink.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
  (void)number;
  interrupted = 1;
}

/* Runs on the thread that called coslink_upload_file, some 20 times per second. */
static int look_on(const coslink_progress *progress, void *user_data) {
  (void)user_data;
  fprintf(stderr, "\r%llu of %llu bytes, %llu bytes/s   ", (unsigned long long)progress->loaded,
          (unsigned long long)progress->total, (unsigned long long)progress->speed);
  return interrupted;
}

static coslink_status upload(coslink_bucket *bucket, const char *path, const char *key,
                             coslink_error **error) {
  const coslink_pair metadata[] = {{"made-by", "upload_progress"}};
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  coslink_result *result;
  coslink_status status;
  options.metadata = metadata;
  options.metadata_count = 1;
  options.progress = look_on;
  status = coslink_upload_file(bucket, key, path, &options, &result, error);
  fprintf(stderr, "\n");
  if (status == COSLINK_OK) {
    printf("https://%s\n", coslink_result_upload_file(result)->location);
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
    fprintf(stderr, "upload_progress FILE KEY\n");
    return 2;
  }
  signal(SIGINT, interrupt);
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  options.endpoint = getenv("COS_ENDPOINT");
  status = coslink_client_new(&options, &client, &error);
  if (status == COSLINK_OK)
    status = coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error);
  if (status == COSLINK_OK) status = upload(bucket, arguments[1], arguments[2], &error);

  if (status == COSLINK_ERROR_CANCELLED)
    fprintf(stderr, "stopped; the parts that were sent are deleted\n");
  else if (status != COSLINK_OK)
    fprintf(stderr, "upload_progress: %s\n", error->text);
  coslink_error_free(error);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  return status == COSLINK_OK ? 0 : 1;
}
