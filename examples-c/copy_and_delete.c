/* Moves all objects with a prefix to another one, inside the service: not a byte of them comes here.
 *
 * copy_and_delete FROM TO; see quickstart.c for the environment. */
#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One page of a listing has at most so many objects, and so many are deleted in one request. */
#define PAGE 1000

/* The key with the prefix `to` in the place of the first `from` bytes; to be freed. */
static char *moved(const char *key, size_t from, const char *to) {
  char *name = (char *)malloc(strlen(to) + strlen(key + from) + 1);
  if (name == NULL) abort();
  strcpy(name, to);
  strcat(name, key + from);
  return name;
}

static coslink_status copy_all(coslink_bucket *bucket, const coslink_list_objects_output *page,
                               const char *from, const char *to, coslink_error **error) {
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  coslink_status status = COSLINK_OK;
  size_t index;
  for (index = 0; index < page->content_count && status == COSLINK_OK; index++) {
    char *key = moved(page->contents[index]->key, strlen(from), to);
    source.key = page->contents[index]->key;
    status = coslink_copy_object(bucket, key, &source, NULL, NULL, error);
    if (status == COSLINK_OK) printf("%s -> %s\n", source.key, key);
    free(key);
  }
  return status;
}

/* Tells how many could not be deleted in `*left`. */
static coslink_status delete_all(coslink_bucket *bucket, const coslink_list_objects_output *page,
                                 size_t *left, coslink_error **error) {
  coslink_object_version objects[PAGE];
  const coslink_delete_objects_output *output;
  coslink_result *result;
  coslink_status status;
  size_t index;
  for (index = 0; index < page->content_count; index++) {
    objects[index].key = page->contents[index]->key;
    objects[index].version_id = NULL;
  }
  status = coslink_delete_objects(bucket, objects, page->content_count, NULL, &result, error);
  if (status != COSLINK_OK) return status;
  output = coslink_result_delete_objects(result);
  for (index = 0; index < output->error_count; index++)
    fprintf(stderr, "%s stays: %s\n", output->errors[index]->key, output->errors[index]->message);
  *left = output->error_count;
  coslink_result_free(result);
  return COSLINK_OK;
}

/* The first page again and again, until it is empty: what was moved is in it no more. */
static coslink_status move_all(coslink_bucket *bucket, const char *from, const char *to,
                               coslink_error **error) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  coslink_status status;
  size_t count, left = 0;
  options.prefix = from;
  options.max_keys = PAGE;
  do {
    const coslink_list_objects_output *page;
    coslink_result *result;
    status = coslink_list_objects(bucket, &options, &result, error);
    if (status != COSLINK_OK) return status;
    page = coslink_result_list_objects(result);
    count = page->content_count;
    if (count > 0) {
      status = copy_all(bucket, page, from, to, error);
      if (status == COSLINK_OK) status = delete_all(bucket, page, &left, error);
    }
    coslink_result_free(result);
  } while (status == COSLINK_OK && count > 0 && left == 0);
  return status;
}

int main(int count, char **arguments) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_error *error = NULL;
  if (count != 3 || strncmp(arguments[2], arguments[1], strlen(arguments[1])) == 0) {
    fprintf(stderr, "copy_and_delete FROM TO, and TO does not begin with FROM\n");
    return 2;
  }
  options.credentials_from_env = 1;
  options.endpoint = getenv("COS_ENDPOINT");
  if (coslink_client_new(&options, &client, &error) != COSLINK_OK ||
      coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      move_all(bucket, arguments[1], arguments[2], &error) != COSLINK_OK)
    fprintf(stderr, "copy_and_delete: %s\n", error->text);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  if (error == NULL) return 0;
  coslink_error_free(error);
  return 1;
}
