/* Shows a listing of any length, and one level of it like the directory of a file system.
 *
 * list_objects [PREFIX]; see quickstart.c for the environment. */
#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>

/* All objects, whatever the number of pages. */
static coslink_status list_all(coslink_bucket *bucket, const char *prefix, coslink_error **error) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  const coslink_object *object;
  coslink_objects *objects;
  coslink_status status;
  options.prefix = prefix;
  status = coslink_objects_new(bucket, &options, &objects, error);
  if (status != COSLINK_OK) return status;
  while ((status = coslink_objects_next(objects, &object, error)) == COSLINK_OK && object != NULL)
    printf("%12llu  %s  %s\n", (unsigned long long)object->size, object->last_modified,
           object->key);
  coslink_objects_free(objects);
  return status;
}

/* The first page of one level: what lies deeper is folded into common prefixes. */
static coslink_status list_level(coslink_bucket *bucket, const char *prefix,
                                 coslink_error **error) {
  coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
  const coslink_list_objects_output *page;
  coslink_result *result;
  coslink_status status;
  size_t index;
  options.prefix = prefix;
  options.delimiter = "/";
  status = coslink_list_objects(bucket, &options, &result, error);
  if (status != COSLINK_OK) return status;
  page = coslink_result_list_objects(result);
  for (index = 0; index < page->common_prefix_count; index++)
    printf("directory  %s\n", page->common_prefixes[index]);
  for (index = 0; index < page->content_count; index++)
    printf("object     %s\n", page->contents[index]->key);
  if (page->is_truncated) printf("more after %s\n", page->next_marker);
  coslink_result_free(result);
  return COSLINK_OK;
}

int main(int count, char **arguments) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  const char *prefix = count > 1 ? arguments[1] : NULL;
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_error *error = NULL;
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  options.endpoint = getenv("COS_ENDPOINT");
  if (coslink_client_new(&options, &client, &error) != COSLINK_OK ||
      coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      list_all(bucket, prefix, &error) != COSLINK_OK ||
      list_level(bucket, prefix, &error) != COSLINK_OK)
    fprintf(stderr, "list_objects: %s\n", error->text);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  if (error == NULL) return 0;
  coslink_error_free(error);
  return 1;
}
