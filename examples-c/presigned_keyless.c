/* Shows transfers without any key in the program: a server signs a URL for one object, one method and
 * some minutes, and whoever has the URL uploads or downloads with it.
 *
 *     presigned_keyless sign PUT KEY   on the server: prints a URL; see quickstart.c for the environment
 *     presigned_keyless put URL FILE   on the user's machine: needs no key, no bucket and no region
 *     presigned_keyless get URL FILE
 *
 * A URL of COS's other SDKs does as well. COS_ENDPOINT is for tests and counts on both sides. */
#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The server: the only place with a key. What it prints is a secret for as long as it lasts. */
static coslink_status sign(const char *method, const char *key, coslink_error **error) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  int32_t wanted = strcmp(method, "PUT") == 0 ? COSLINK_METHOD_PUT : COSLINK_METHOD_GET;
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_status status;
  char *url = NULL;
  options.credentials_from_env = 1;
  status = coslink_client_new(&options, &client, error);
  if (status == COSLINK_OK)
    status = coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, error);
  if (status == COSLINK_OK)
    status = coslink_presign(bucket, wanted, key, 15 * 60, NULL, &url, error);
  if (status == COSLINK_OK) printf("%s\n", url);
  coslink_string_free(url);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  return status;
}

static coslink_status put(coslink_client *nobody, const char *url, const char *path,
                          coslink_error **error) {
  coslink_body body = COSLINK_INIT(coslink_body);
  coslink_result *result;
  coslink_status status;
  body.path = path;
  status = coslink_presigned_put(nobody, url, &body, NULL, &result, error);
  if (status != COSLINK_OK) return status;
  printf("uploaded, verified: %d\n", coslink_result_put_object(result)->verified);
  coslink_result_free(result);
  return COSLINK_OK;
}

/* The file is replaced when all bytes are there and checked, and not touched before. */
static coslink_status get(coslink_client *nobody, const char *url, const char *path,
                          coslink_error **error) {
  coslink_presigned_get_options options = COSLINK_INIT(coslink_presigned_get_options);
  const coslink_get_object_output *object;
  coslink_result *result;
  coslink_status status;
  options.path = path;
  status = coslink_presigned_get(nobody, url, &options, &result, error);
  if (status != COSLINK_OK) return status;
  object = coslink_result_get_object(result);
  printf("downloaded %llu bytes, verified: %d\n", (unsigned long long)object->body_length,
         object->verified);
  coslink_result_free(result);
  return COSLINK_OK;
}

/* The user's machine: a client of nobody, for as many URLs as there are. */
static coslink_status use(const char *what, const char *url, const char *path,
                          coslink_error **error) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_client *nobody;
  coslink_status status;
  options.anonymous = 1;
  options.endpoint = getenv("COS_ENDPOINT");
  status = coslink_client_new(&options, &nobody, error);
  if (status != COSLINK_OK) return status;
  status = strcmp(what, "put") == 0 ? put(nobody, url, path, error) : get(nobody, url, path, error);
  coslink_client_free(nobody);
  return status;
}

int main(int count, char **arguments) {
  coslink_error *error = NULL;
  coslink_status status;
  if (count != 4) {
    fprintf(stderr, "presigned_keyless sign PUT|GET KEY, or put|get URL FILE\n");
    return 2;
  }
  if (strcmp(arguments[1], "sign") == 0) status = sign(arguments[2], arguments[3], &error);
  else status = use(arguments[1], arguments[2], arguments[3], &error);
  if (status == COSLINK_OK) return 0;
  /* COSLINK_ERROR_DENIED: most often the URL is too old. No text of an error shows it. */
  fprintf(stderr, "presigned_keyless: %s\n", error->text);
  coslink_error_free(error);
  return 1;
}
