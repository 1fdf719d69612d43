/* Shows what an error tells, and how to find out from it what to do.
 *
 * error_handling KEY FILE [BYTES]: downloads an object, or stops when more than BYTES have come. The
 * exit status is what to do, as numbered below. See quickstart.c for the environment. */
#include "coslink.h"

#include <stdio.h>
#include <stdlib.h>

enum { DONE, REPORT, USAGE, TRY_LATER, FIX_CREDENTIALS, MISSING, STOPPED, CORRUPT };

/* Branch on `status`, not on text: the numbers never change, but new ones may appear. What passes by
 * itself was already tried again, as often as `max_attempts` of the client's options says. */
static int what_to_do(const coslink_error *error) {
  switch (error->status) {
  case COSLINK_ERROR_CREDENTIALS: /* There are none that could be used; no byte was sent. */
  case COSLINK_ERROR_DENIED:      /* COS refused them; `code` says why. */
    return FIX_CREDENTIALS;
  case COSLINK_ERROR_NOT_FOUND:
    return MISSING;
  case COSLINK_ERROR_CANCELLED: /* By our own callback. */
    return STOPPED;
  case COSLINK_ERROR_INTEGRITY: /* The bytes are not those that COS has; FILE is as it was. */
    return CORRUPT;
  default: /* Timeouts, lost connections, 5xx and too many requests pass; the others do not. */
    return error->retryable ? TRY_LATER : REPORT;
  }
}

static const char *or_none(const char *text) { return text == NULL ? "none" : text; }

/* What there is for a log. None of it holds a secret. */
static void show(const coslink_error *error) {
  fprintf(stderr, "%s\n", error->text);
  fprintf(stderr, "  status      %s\n", coslink_status_name(error->status));
  fprintf(stderr, "  operation   %s\n", error->operation);
  fprintf(stderr, "  HTTP        %d, code %s\n", (int)error->http_status, or_none(error->code));
  fprintf(stderr, "  attempts    %u\n", (unsigned)error->attempts);
  fprintf(stderr, "  request id  %s\n", or_none(error->request_id)); /* For a support ticket. */
  fprintf(stderr, "  trace id    %s\n", or_none(error->trace_id));
}

/* Runs on the thread that called coslink_get_object. */
static int stop_after(const coslink_progress *progress, void *user_data) {
  return progress->loaded > *(const uint64_t *)user_data;
}

int main(int count, char **arguments) {
  static const char *const words[] = {
      "done",    "report it", "", "try later", "fix the credentials",
      "missing", "stopped",   "corrupt"};
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_get_object_options get = COSLINK_INIT(coslink_get_object_options);
  uint64_t limit = count == 4 ? strtoull(arguments[3], NULL, 10) : UINT64_MAX;
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_error *error = NULL;
  int todo = DONE;
  if (count < 3 || count > 4) {
    fprintf(stderr, "error_handling KEY FILE [BYTES]\n");
    return USAGE;
  }
  options.credentials_from_env = 1;
  options.endpoint = getenv("COS_ENDPOINT");
  get.path = arguments[2];
  get.progress = stop_after;
  get.user_data = &limit;
  /* After a failure, `error` is set; the handles that were not made are NULL, which can be freed. */
  if (coslink_client_new(&options, &client, &error) != COSLINK_OK ||
      coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      coslink_get_object(bucket, arguments[1], &get, NULL, &error) != COSLINK_OK) {
    todo = what_to_do(error);
    show(error);
  }
  printf("%s\n", words[todo]);
  coslink_error_free(error);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  return todo;
}
