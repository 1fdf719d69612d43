/* Two races that must be found: one in the host's own code, which the library calls, and one in the
 * library, which is used here as the header forbids: one listing from two threads. Nothing but time
 * orders what they do, so nothing breaks; the sanitizer goes by order, not by time. */
#include "../check.h"

#include <pthread.h>

static int host_counts;

static int64_t give_nothing(void *buffer, size_t capacity, void *user_data) {
  (void)buffer;
  (void)capacity;
  (void)user_data;
  host_counts++;
  return 0;
}

static void *work(void *listing) {
  const coslink_object *object;
  coslink_error *why = NULL;
  if (coslink_upload_stream(bucket, "host", give_nothing, NULL, NULL, NULL, &why) != COSLINK_OK)
    return why;
  if (coslink_objects_next(listing, &object, &why) != COSLINK_OK) return why;
  return NULL;
}

int main(int count, char **given) {
  const struct timespec a_second = {1, 0};
  const coslink_object *object;
  coslink_objects *listing;
  pthread_t other;
  void *outcome;
  begin(count, given);
  put("one", "1");
  put("two", "2");
  OK(coslink_objects_new(bucket, NULL, &listing, &error));
  CHECK(pthread_create(&other, NULL, work, listing) == 0);
  nanosleep(&a_second, NULL);
  host_counts++;
  OK(coslink_objects_next(listing, &object, &error));
  CHECK(pthread_join(other, &outcome) == 0);
  CHECK(outcome == NULL);
  coslink_objects_free(listing);
  return end();
}
