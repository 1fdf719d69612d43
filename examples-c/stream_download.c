/* Shows an object going to a function as it arrives, without a file and without much memory.
 *
 * stream_download KEY > FILE; see quickstart.c for the environment. */
#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>

/* Takes the next bytes. The end is good only when the call succeeds: then they are checked. */
static int write_out(const void *data, size_t length, void *user_data) {
  FILE *file = (FILE *)user_data;
  return fwrite(data, 1, length, file) == length ? 0 : 1;
}

static coslink_status stream(coslink_bucket *bucket, const char *key, coslink_error **error) {
  coslink_get_object_options options = COSLINK_INIT(coslink_get_object_options);
  const coslink_get_object_output *object;
  coslink_result *result;
  coslink_status status;
  options.write = write_out;
  options.user_data = stdout;
  status = coslink_get_object(bucket, key, &options, &result, error);
  if (status != COSLINK_OK) return status;
  object = coslink_result_get_object(result);
  fprintf(stderr, "%llu bytes of %s, %s\n", (unsigned long long)object->body_length,
          object->head->content_type == NULL ? "no type" : object->head->content_type,
          object->verified ? "CRC64 verified" : "length verified");
  coslink_result_free(result);
  return COSLINK_OK;
}

int main(int count, char **arguments) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_error *error = NULL;
  if (count != 2) {
    fprintf(stderr, "stream_download KEY > FILE\n");
    return 2;
  }
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  options.endpoint = getenv("COS_ENDPOINT");
  if (coslink_client_new(&options, &client, &error) != COSLINK_OK ||
      coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      stream(bucket, arguments[1], &error) != COSLINK_OK)
    fprintf(stderr, "stream_download: %s\n", error->text);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  if (error == NULL) return 0;
  coslink_error_free(error);
  return 1;
}
