/* Every fault of the network on the functions that C programs call: each ends, with the right bytes
 * or with a status that says what was wrong, and leaves no partial file.
 *
 * The object "faults" names the faults, a line each. The fault of line 3 is met by the keys that
 * begin with "3/once/", once in each operation, and "3/forever/". Listings meet the faults in
 * order. */
#include "check.h"

#include <pthread.h>
#include <unistd.h>

#define THREADS 8
#define LENGTH 5000
#define LISTED 3

static unsigned char *data;
static char *names[100];
static unsigned name_count;

/* Sends again as often as a fault of either kind is worth: for ever 1, once 2. */
static coslink_client *clients[2];
static coslink_bucket *buckets[2];

typedef struct {
  unsigned ended[COSLINK_ERROR_BUSY + 1];
} tally;

/* A call that failed says why, and that it was the network or the service. */
static void judge(tally *counts, const char *what, coslink_status status, coslink_error *why) {
  switch ((int)status) {
    case COSLINK_OK:
    case COSLINK_ERROR_TRANSPORT:
    case COSLINK_ERROR_TIMEOUT:
    case COSLINK_ERROR_DENIED:
    case COSLINK_ERROR_THROTTLED:
    case COSLINK_ERROR_SERVICE:
    case COSLINK_ERROR_PROTOCOL:
    case COSLINK_ERROR_INTEGRITY:
      break;
    default:
      fprintf(stderr, "%s: %s\n", what, why == NULL ? "no error" : why->text);
      exit(1);
  }
  CHECK((why != NULL) == (status != COSLINK_OK));
  CHECK(why == NULL || why->status == status);
  counts->ended[status]++;
  coslink_error_free(why);
}

/* What is under a key, by a bucket whose requests meet no fault there. */
static void has_content(const char *key) {
  coslink_error *why = NULL;
  coslink_result *result;
  const void *body;
  size_t length;
  CHECK(coslink_get_object(bucket, key, NULL, &result, &why) == COSLINK_OK);
  body = coslink_result_body(result, &length);
  CHECK(length == LENGTH && memcmp(body, data, LENGTH) == 0);
  coslink_result_free(result);
}

static void put_one(coslink_bucket *to, const char *key, tally *counts) {
  coslink_error *why = NULL;
  coslink_body body = bytes(data, LENGTH);
  coslink_status status = coslink_put_object(to, key, &body, NULL, NULL, &why);
  judge(counts, key, status, why);
  if (status == COSLINK_OK) has_content(key);
}

static void get_one(coslink_bucket *from, const char *key, tally *counts) {
  coslink_error *why = NULL;
  coslink_result *result;
  coslink_status status = coslink_get_object(from, key, NULL, &result, &why);
  judge(counts, key, status, why);
  if (status != COSLINK_OK) return;
  /* Otherwise nobody vouches for what came, and the output says so. */
  if (coslink_result_get_object(result)->verified) {
    size_t length;
    const void *body = coslink_result_body(result, &length);
    CHECK(length == LENGTH && memcmp(body, data, LENGTH) == 0);
  }
  coslink_result_free(result);
}

static void upload_one(coslink_bucket *to, const char *key, tally *counts) {
  coslink_error *why = NULL;
  char from[4200];
  coslink_status status;
  snprintf(from, sizeof from, "%s/from", arguments[6]);
  status = coslink_upload_file(to, key, from, NULL, NULL, &why);
  judge(counts, key, status, why);
  if (status == COSLINK_OK) has_content(key);
}

static void download_one(coslink_bucket *from, const char *key, tally *counts) {
  coslink_error *why = NULL;
  char path[4200];
  size_t at;
  coslink_status status;
  snprintf(path, sizeof path, "%s/%s", arguments[6], key);
  for (at = strlen(arguments[6]) + 1; path[at] != 0; at++) {
    if (path[at] == '/') path[at] = '-';
  }
  status = coslink_download_file(from, key, path, NULL, NULL, &why);
  judge(counts, key, status, why);
  if (status == COSLINK_OK) {
    check_file(path, data, LENGTH);
    return;
  }
  /* Not even a part of it. */
  CHECK(access(path, F_OK) != 0);
}

static void queue_one(coslink_client *of, coslink_bucket *to, const char *key, tally *counts) {
  coslink_error *why = NULL;
  coslink_queue *queue;
  const coslink_event *event;
  coslink_status status = COSLINK_OK;
  char from[4200];
  snprintf(from, sizeof from, "%s/from", arguments[6]);
  CHECK(coslink_queue_new(of, NULL, &queue, &why) == COSLINK_OK);
  CHECK(coslink_queue_push_upload(queue, to, key, from, NULL, 0, NULL, &why) == COSLINK_OK);
  do {
    CHECK(coslink_queue_poll(queue, 60000, &event, &why) == COSLINK_OK);
    CHECK(event != NULL);
  } while (event->kind != COSLINK_EVENT_FINISHED);
  if (event->error != NULL) status = event->error->status;
  CHECK((event->result != NULL) == (status == COSLINK_OK));
  counts->ended[status]++;
  CHECK(status != COSLINK_ERROR_INTERNAL && status != COSLINK_ERROR_CANCELLED);
  coslink_queue_free(queue);
  if (status == COSLINK_OK) has_content(key);
}

static unsigned next_row;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static tally all;

/* One row after the other, until there is none. */
static void *play(void *unused) {
  tally counts;
  unsigned status;
  memset(&counts, 0, sizeof counts);
  for (;;) {
    char key[64];
    unsigned row, often;
    pthread_mutex_lock(&lock);
    row = next_row++;
    pthread_mutex_unlock(&lock);
    if (row >= name_count) break;
    for (often = 0; often < 2; often++) {
      const char *times = often == 0 ? "forever" : "once";
      snprintf(key, sizeof key, "%u/%s/put", row, times);
      put_one(buckets[often], key, &counts);
      snprintf(key, sizeof key, "%u/%s/get", row, times);
      get_one(buckets[often], key, &counts);
      snprintf(key, sizeof key, "%u/%s/upload", row, times);
      upload_one(buckets[often], key, &counts);
      snprintf(key, sizeof key, "%u/%s/download", row, times);
      download_one(buckets[often], key, &counts);
      snprintf(key, sizeof key, "%u/%s/queue", row, times);
      queue_one(clients[often], buckets[often], key, &counts);
    }
  }
  pthread_mutex_lock(&lock);
  for (status = 0; status <= COSLINK_ERROR_BUSY; status++) {
    all.ended[status] += counts.ended[status];
  }
  pthread_mutex_unlock(&lock);
  return unused;
}

static void list_all(tally *counts) {
  unsigned row;
  for (row = 0; row < name_count; row++) {
    coslink_list_objects_options options = COSLINK_INIT(coslink_list_objects_options);
    coslink_error *why = NULL;
    coslink_result *result;
    coslink_status status;
    options.prefix = "listed/";
    status = coslink_list_objects(buckets[0], &options, &result, &why);
    judge(counts, names[row], status, why);
    if (status != COSLINK_OK) continue;
    CHECK(coslink_result_list_objects(result)->content_count == LISTED);
    coslink_result_free(result);
  }
}

/* A client that sends a request so often. */
static void make_client(uint32_t attempts, coslink_client **made, coslink_bucket **its_bucket) {
  coslink_client_options options = client_options();
  options.stall_timeout_ms = 300;
  options.deadline_ms = 1000;
  options.max_attempts = attempts;
  options.retry_budget = 100000;
  options.no_backup_domain = 1;
  options.no_clock_correction = 1;
  OK(coslink_client_new(&options, made, &error));
  OK(coslink_bucket_new(*made, arguments[2], arguments[3], its_bucket, &error));
}

static char *read_names(void) {
  coslink_result *result;
  const char *body;
  char *text, *name;
  size_t length;
  OK(coslink_get_object(bucket, "faults", NULL, &result, &error));
  body = coslink_result_body(result, &length);
  text = malloc(length + 1);
  CHECK(text != NULL);
  memcpy(text, body, length);
  text[length] = 0;
  coslink_result_free(result);
  for (name = strtok(text, "\n"); name != NULL; name = strtok(NULL, "\n")) {
    CHECK(name_count < sizeof names / sizeof *names);
    names[name_count++] = name;
  }
  return text;
}

int main(int count, char **given) {
  pthread_t started[THREADS];
  tally listed;
  unsigned index;
  char *text;
  begin(count, given);
  data = make_data(LENGTH);
  write_file(path_of("from"), data, LENGTH);
  text = read_names();
  CHECK(name_count > 40);
  for (index = 0; index < 2; index++) make_client(index + 1, &clients[index], &buckets[index]);
  for (index = 0; index < THREADS; index++) {
    CHECK(pthread_create(&started[index], NULL, play, NULL) == 0);
  }
  memset(&listed, 0, sizeof listed);
  list_all(&listed);
  for (index = 0; index < THREADS; index++) CHECK(pthread_join(started[index], NULL) == 0);
  for (index = 0; index <= COSLINK_ERROR_BUSY; index++) {
    all.ended[index] += listed.ended[index];
    if (all.ended[index] > 0) printf("%u %s\n", all.ended[index], coslink_status_name((int)index));
  }
  /* Each kind of end is there, and what a second attempt heals was healed. */
  CHECK(all.ended[COSLINK_OK] > 100);
  CHECK(all.ended[COSLINK_ERROR_TRANSPORT] > 0 && all.ended[COSLINK_ERROR_TIMEOUT] > 0);
  CHECK(all.ended[COSLINK_ERROR_DENIED] > 0 && all.ended[COSLINK_ERROR_THROTTLED] > 0);
  CHECK(all.ended[COSLINK_ERROR_SERVICE] > 0 && all.ended[COSLINK_ERROR_PROTOCOL] > 0);
  CHECK(all.ended[COSLINK_ERROR_INTEGRITY] > 0);
  for (index = 0; index < 2; index++) {
    coslink_client_free(clients[index]);
    coslink_bucket_free(buckets[index]);
  }
  free(text);
  free(data);
  return end();
}
