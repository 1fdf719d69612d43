/* Transfers in a queue: events that are polled, pauses, and what is taken back. The parts of "slow",
 * "cancelled", "left" and "first" take a moment each, which the test sees to. */
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define LENGTH (6 * MIB)

static unsigned char *data;

static coslink_queue *new_queue(uint32_t parallel_files) {
  coslink_queue_options options = COSLINK_INIT(coslink_queue_options);
  coslink_queue *queue;
  options.parallel_files = parallel_files;
  OK(coslink_queue_new(client, &options, &queue, &error));
  return queue;
}

static coslink_upload_file_options upload_options(void) {
  coslink_upload_file_options options = COSLINK_INIT(coslink_upload_file_options);
  options.part_size = MIB;
  options.slice_above = 1;
  return options;
}

static uint64_t push(coslink_queue *queue, const char *key) {
  coslink_upload_file_options options = upload_options();
  uint64_t task;
  OK(coslink_queue_push_upload(queue, bucket, key, path_of("big"), &options, 0, &task, &error));
  CHECK(task > 0);
  return task;
}

/* The next event, which must come. */
static const coslink_event *next(coslink_queue *queue) {
  const coslink_event *event;
  OK(coslink_queue_poll(queue, 60000, &event, &error));
  CHECK(event != NULL && event->task > 0);
  CHECK((event->kind == COSLINK_EVENT_STATE) == (event->state != 0));
  CHECK((event->kind == COSLINK_EVENT_FINISHED) ==
        ((event->result != NULL) != (event->error != NULL)));
  return event;
}

static void wait_for_state(coslink_queue *queue, uint64_t task, int32_t state) {
  const coslink_event *event;
  do event = next(queue);
  while (event->task != task || event->kind != COSLINK_EVENT_STATE || event->state != state);
}

/* Of the bytes that were told at most two parts, which may be under way, are not there yet. */
#define SOME_PARTS (3 * MIB)

static void wait_for_bytes(coslink_queue *queue, uint64_t task, uint64_t count) {
  const coslink_event *event;
  do event = next(queue);
  while (event->task != task || event->kind != COSLINK_EVENT_PROGRESS || event->loaded < count);
  CHECK(event->total == LENGTH && event->fraction > 0.0 && event->fraction <= 1.0);
  CHECK(event->eta_ms >= -1);
}

/* The event that tells of the end of a task, or of any with 0. */
static const coslink_event *finish(coslink_queue *queue, uint64_t task) {
  const coslink_event *event;
  do event = next(queue);
  while (event->kind != COSLINK_EVENT_FINISHED || (task != 0 && event->task != task));
  return event;
}

static void is_empty(coslink_queue *queue) {
  const coslink_event *event;
  OK(coslink_queue_poll(queue, 0, &event, &error));
  CHECK(event == NULL);
}

static void is_in_state(coslink_queue *queue, uint64_t task, coslink_task_state state) {
  const coslink_queue_tasks_output *tasks;
  coslink_result *result;
  OK(coslink_queue_task(queue, task, &result, &error));
  tasks = coslink_result_queue_tasks(result);
  CHECK(tasks->task_count == 1);
  CHECK(tasks->tasks[0]->id == task && tasks->tasks[0]->state == state);
  coslink_result_free(result);
}

/* What has moved is taken back a moment later. */
static void is_taken_back(const char *key) {
  const struct timespec moment = {0, 10000000};
  int patience = 3000;
  while (count_uploads(key) > 0 && patience-- > 0) nanosleep(&moment, NULL);
  CHECK(count_uploads(key) == 0);
}

static void push_one_of_each(coslink_queue *queue, uint64_t *tasks) {
  const coslink_pair metadata[] = {{"color", "blue"}};
  coslink_queue_push_bytes_options bytes_options = COSLINK_INIT(coslink_queue_push_bytes_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_copy_file_options copy = COSLINK_INIT(coslink_copy_file_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  char content[] = "in memory";
  tasks[0] = push(queue, "up");
  bytes_options.content_type = "image/png";
  bytes_options.metadata = metadata;
  bytes_options.metadata_count = 1;
  OK(coslink_queue_push_bytes(queue, bucket, "bytes", content, 9, &bytes_options, 3, &tasks[1],
                              &error));
  /* They are copied. */
  memset(content, 'x', 9);
  download.part_size = MIB;
  OK(coslink_queue_push_download(queue, bucket, "source", path_of("down"), &download, 0, &tasks[2],
                                 &error));
  source.key = "source";
  copy.part_size = MIB;
  copy.slice_above = 1;
  OK(coslink_queue_push_copy(queue, bucket, "copy", &source, &copy, 0, &tasks[3], &error));
  OK(coslink_queue_push_bytes(queue, bucket, "empty", NULL, 0, NULL, 0, NULL, &error));
}

static void of_every_kind(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_event *event;
  const coslink_upload_file_output *up;
  const coslink_download_file_output *down;
  const coslink_copy_file_output *copied;
  const coslink_queue_tasks_output *list;
  const coslink_task *task;
  coslink_result *result;
  uint64_t tasks[5];
  unsigned added = 0, finished = 0;
  size_t index;
  push_one_of_each(queue, tasks);
  tasks[4] = tasks[3] + 1;
  while (finished < 5) {
    event = next(queue);
    added += event->kind == COSLINK_EVENT_ADDED;
    if (event->kind != COSLINK_EVENT_FINISHED) continue;
    finished++;
    CHECK(event->error == NULL);
    up = coslink_result_upload_file(event->result);
    down = coslink_result_download_file(event->result);
    copied = coslink_result_copy_file(event->result);
    if (event->task == tasks[0]) CHECK(up->size == LENGTH && up->parts == 6 && up->verified);
    if (event->task == tasks[1]) {
      CHECK(up->size == 9 && up->parts == 0 && up->verified);
      CHECK_TEXT(coslink_result_request_id(event->result), up->request_id);
    }
    if (event->task == tasks[2]) CHECK(down->size == LENGTH && down->parts == 6);
    if (event->task == tasks[3]) CHECK(copied->size == LENGTH && copied->parts == 6);
    if (event->task == tasks[4]) CHECK(up->size == 0);
  }
  CHECK(added == 5);
  is_empty(queue);
  is_stored("up", data, LENGTH);
  is_stored("bytes", "in memory", 9);
  is_stored("copy", data, LENGTH);
  check_file(path_of("down"), data, LENGTH);
  OK(coslink_head_object(bucket, "bytes", NULL, &result, &error));
  CHECK_TEXT(coslink_result_head_object(result)->content_type, "image/png");
  CHECK_TEXT(coslink_result_head_object(result)->metadata[0].value, "blue");
  coslink_result_free(result);

  OK(coslink_queue_tasks(queue, &result, &error));
  coslink_queue_free(queue);
  list = coslink_result_queue_tasks(result);
  CHECK(list->task_count == 5);
  for (index = 0; index < 5; index++) {
    task = list->tasks[index];
    CHECK(task->id == tasks[index] && task->state == COSLINK_TASK_SUCCEEDED);
    CHECK(task->loaded == task->total && task->fraction == 1.0);
    CHECK(task->error_status == 0 && task->error_text == NULL);
    CHECK_TEXT(task->bucket, arguments[2]);
    CHECK_TEXT(task->region, arguments[3]);
  }
  CHECK_TEXT(list->tasks[0]->key, "up");
  CHECK_TEXT(list->tasks[0]->path, path_of("big"));
  CHECK(list->tasks[1]->path == NULL && list->tasks[1]->priority == 3);
  CHECK_TEXT(list->tasks[2]->path, path_of("down"));
  CHECK(coslink_result_upload_file(result) == NULL);
  coslink_result_free(result);
}

static void paused(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_receipt *receipt;
  const coslink_event *event;
  uint64_t task = push(queue, "slow");
  wait_for_bytes(queue, task, SOME_PARTS);
  FAILS(WRONG_STATE, coslink_queue_restart(queue, task, &error));
  OK(coslink_queue_pause(queue, task, &error));
  is_in_state(queue, task, COSLINK_TASK_PAUSED);
  FAILS(WRONG_STATE, coslink_queue_pause(queue, task, &error));
  wait_for_state(queue, task, COSLINK_TASK_PAUSED);
  CHECK(count_uploads("slow") == 1);
  OK(coslink_queue_restart(queue, task, &error));
  event = finish(queue, task);
  CHECK(event->error == NULL);
  receipt = coslink_result_upload_file(event->result)->receipt;
  CHECK(receipt->resumed && receipt->skipped >= MIB);
  FAILS(WRONG_STATE, coslink_queue_pause(queue, task, &error));
  FAILS(WRONG_STATE, coslink_queue_restart(queue, task, &error));
  FAILS(WRONG_STATE, coslink_queue_cancel(queue, task, &error));
  is_empty(queue);
  coslink_queue_free(queue);
  is_stored("slow", data, LENGTH);
}

static void cancelled(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_event *event;
  uint64_t task = push(queue, "cancelled");
  wait_for_bytes(queue, task, MIB);
  CHECK(count_uploads("cancelled") == 1);
  OK(coslink_queue_cancel(queue, task, &error));
  event = finish(queue, task);
  CHECK(event->result == NULL && event->error->status == COSLINK_ERROR_CANCELLED);
  is_in_state(queue, task, COSLINK_TASK_CANCELLED);
  is_taken_back("cancelled");
  coslink_queue_free(queue);
}

static void failing(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_event *event;
  const coslink_task *task;
  coslink_result *result;
  char text[512];
  uint64_t id;
  int again;
  OK(coslink_queue_push_upload(queue, bucket, "no", path_of("no such file"), NULL, 0, &id,
                               &error));
  for (again = 0; again < 2; again++) {
    event = finish(queue, id);
    CHECK(event->result == NULL && event->error->status == COSLINK_ERROR_LOCAL_IO);
    snprintf(text, sizeof text, "%s", event->error->text);
    OK(coslink_queue_task(queue, id, &result, &error));
    task = coslink_result_queue_tasks(result)->tasks[0];
    CHECK(task->state == COSLINK_TASK_FAILED && task->error_status == COSLINK_ERROR_LOCAL_IO);
    CHECK_TEXT(task->error_text, text);
    coslink_result_free(result);
    if (again == 0) OK(coslink_queue_restart(queue, id, &error));
  }
  coslink_queue_free(queue);
}

static void in_order(void) {
  coslink_queue *queue = new_queue(1);
  uint64_t first = push(queue, "first"), tasks[3];
  coslink_result *result;
  int index;
  for (index = 0; index < 3; index++) {
    char key[16];
    snprintf(key, sizeof key, "in order/%d", index + 1);
    OK(coslink_queue_push_bytes(queue, bucket, key, "x", 1, NULL, 0, &tasks[index], &error));
  }
  wait_for_state(queue, first, COSLINK_TASK_CHECKING);
  OK(coslink_queue_to_front(queue, tasks[1], &error));
  OK(coslink_queue_set_priority(queue, tasks[2], 5, &error));
  CHECK(finish(queue, 0)->task == first);
  CHECK(finish(queue, 0)->task == tasks[2]);
  CHECK(finish(queue, 0)->task == tasks[1]);
  CHECK(finish(queue, 0)->task == tasks[0]);
  OK(coslink_queue_push_bytes(queue, bucket, "behind", "x", 1, NULL, COSLINK_BACKGROUND, &first, &error));
  OK(coslink_queue_task(queue, first, &result, &error));
  CHECK(coslink_result_queue_tasks(result)->tasks[0]->priority == COSLINK_BACKGROUND);
  coslink_result_free(result);
  CHECK(finish(queue, first)->result != NULL);
  coslink_queue_free(queue);
}

/* What is under way is paused, and goes on in another queue. The descriptor outlives them. */
static void left(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_receipt *receipt;
  const coslink_event *event;
  wait_for_bytes(queue, push(queue, "left"), SOME_PARTS);
  coslink_queue_free(queue);
  CHECK(count_uploads("left") == 1);
  queue = new_queue(0);
  event = finish(queue, push(queue, "left"));
  CHECK(event->error == NULL);
  receipt = coslink_result_upload_file(event->result)->receipt;
  CHECK(receipt->resumed && receipt->skipped >= MIB);
  coslink_queue_free(queue);
}

static void by_descriptor(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_event *event;
  struct pollfd waits;
  int finished = 0;
  OK(coslink_queue_descriptor(queue, &waits.fd, &error));
  CHECK(waits.fd >= 0);
  waits.events = POLLIN;
  CHECK(poll(&waits, 1, 0) == 0);
  OK(coslink_queue_push_bytes(queue, bucket, "waited for", "x", 1, NULL, 0, NULL, &error));
  while (!finished) {
    CHECK(poll(&waits, 1, 60000) == 1 && waits.revents == POLLIN);
    for (;;) {
      OK(coslink_queue_poll(queue, 0, &event, &error));
      if (event == NULL) break;
      finished |= event->kind == COSLINK_EVENT_FINISHED;
    }
  }
  CHECK(poll(&waits, 1, 0) == 0);
  coslink_queue_free(queue);
  CHECK(close(waits.fd) == 0);
}

static void *poll_aside(void *queue) {
  const coslink_event *event;
  coslink_error *why;
  /* The other thread polls as well, until this one does. */
  while (coslink_queue_poll(queue, 60000, &event, &why) == COSLINK_ERROR_WRONG_STATE)
    coslink_error_free(why);
  CHECK(why == NULL && event != NULL && event->kind == COSLINK_EVENT_ADDED);
  return NULL;
}

static void one_at_a_time(void) {
  coslink_queue *queue = new_queue(0);
  const coslink_event *event;
  pthread_t thread;
  coslink_status status;
  const struct timespec moment = {0, 1000000};
  CHECK(pthread_create(&thread, NULL, poll_aside, queue) == 0);
  do {
    status = coslink_queue_poll(queue, 0, &event, &error);
    CHECK(event == NULL);
    if (status == COSLINK_OK) CHECK(error == NULL);
    /* Lets the other one come to it. */
    nanosleep(&moment, NULL);
  } while (status == COSLINK_OK);
  expect(COSLINK_ERROR_WRONG_STATE, status, __FILE__, __LINE__, "coslink_queue_poll");
  OK(coslink_queue_push_bytes(queue, bucket, "empty", NULL, 0, NULL, 0, NULL, &error));
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(finish(queue, 0)->error == NULL);
  coslink_queue_free(queue);
}

static void refused(void) {
  coslink_queue_options options = COSLINK_INIT(coslink_queue_options);
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_copy_file_options copy = COSLINK_INIT(coslink_copy_file_options);
  coslink_queue_push_bytes_options typed = COSLINK_INIT(coslink_queue_push_bytes_options);
  coslink_copy_source source = COSLINK_INIT(coslink_copy_source);
  coslink_queue *queue = NULL;
  const coslink_event *event;
  coslink_result *result;
  uint64_t task = 7;
  int descriptor = 7;
  source.key = "k";
  REFUSED("client", coslink_queue_new(NULL, NULL, &queue, &error));
  CHECK(queue == NULL);
  REFUSED("queue", coslink_queue_new(client, NULL, NULL, &error));
  options.parallel_files = 257;
  REFUSED("parallel_files", coslink_queue_new(client, &options, &queue, &error));
  options.size = 0;
  REFUSED("options", coslink_queue_new(client, &options, &queue, &error));
  OK(coslink_queue_new(client, NULL, &queue, &error));

  REFUSED("queue", coslink_queue_push_upload(NULL, bucket, "k", "p", NULL, 0, &task, &error));
  CHECK(task == 0);
  REFUSED("bucket", coslink_queue_push_upload(queue, NULL, "k", "p", NULL, 0, &task, &error));
  REFUSED("key", coslink_queue_push_upload(queue, bucket, NULL, "p", NULL, 0, &task, &error));
  REFUSED("path", coslink_queue_push_upload(queue, bucket, "k", NULL, NULL, 0, &task, &error));
  upload.verify = 3;
  REFUSED("verify", coslink_queue_push_upload(queue, bucket, "k", "p", &upload, 0, NULL, &error));

  REFUSED("queue", coslink_queue_push_bytes(NULL, bucket, "k", "x", 1, NULL, 0, &task, &error));
  REFUSED("bucket", coslink_queue_push_bytes(queue, NULL, "k", "x", 1, NULL, 0, &task, &error));
  REFUSED("key", coslink_queue_push_bytes(queue, bucket, NULL, "x", 1, NULL, 0, &task, &error));
  REFUSED("data", coslink_queue_push_bytes(queue, bucket, "k", NULL, 1, NULL, 0, &task, &error));
  typed.verify = 3;
  REFUSED("verify", coslink_queue_push_bytes(queue, bucket, "k", "x", 1, &typed, 0, NULL, &error));
  typed.content_type = "\xFF";
  typed.verify = 0;
  REFUSED("content_type",
          coslink_queue_push_bytes(queue, bucket, "k", "x", 1, &typed, 0, NULL, &error));

  REFUSED("queue", coslink_queue_push_download(NULL, bucket, "k", "p", NULL, 0, &task, &error));
  REFUSED("bucket", coslink_queue_push_download(queue, NULL, "k", "p", NULL, 0, &task, &error));
  REFUSED("key", coslink_queue_push_download(queue, bucket, NULL, "p", NULL, 0, &task, &error));
  REFUSED("path", coslink_queue_push_download(queue, bucket, "k", NULL, NULL, 0, &task, &error));
  download.resume = 4;
  REFUSED("resume",
          coslink_queue_push_download(queue, bucket, "k", "p", &download, 0, NULL, &error));

  REFUSED("queue", coslink_queue_push_copy(NULL, bucket, "k", &source, NULL, 0, &task, &error));
  REFUSED("bucket", coslink_queue_push_copy(queue, NULL, "k", &source, NULL, 0, &task, &error));
  REFUSED("key", coslink_queue_push_copy(queue, bucket, NULL, &source, NULL, 0, &task, &error));
  REFUSED("copy_source", coslink_queue_push_copy(queue, bucket, "k", NULL, NULL, 0, &task, &error));
  copy.size = 0;
  REFUSED("options",
          coslink_queue_push_copy(queue, bucket, "k", &source, &copy, 0, NULL, &error));

  REFUSED("queue", coslink_queue_pause(NULL, 1, &error));
  REFUSED("queue", coslink_queue_restart(NULL, 1, &error));
  REFUSED("queue", coslink_queue_cancel(NULL, 1, &error));
  REFUSED("queue", coslink_queue_to_front(NULL, 1, &error));
  REFUSED("queue", coslink_queue_set_priority(NULL, 1, 1, &error));
  REFUSED("queue", coslink_queue_set_limit(NULL, 1, 1, &error));
  REFUSED("client", coslink_client_set_upload_limit(NULL, 1, &error));
  REFUSED("client", coslink_client_set_download_limit(NULL, 1, &error));
  REFUSED("queue", coslink_queue_poll(NULL, 0, &event, &error));
  CHECK(event == NULL);
  REFUSED("event", coslink_queue_poll(queue, 0, NULL, &error));
  REFUSED("queue", coslink_queue_tasks(NULL, &result, &error));
  REFUSED("queue", coslink_queue_task(NULL, 1, &result, &error));
  REFUSED("queue", coslink_queue_descriptor(NULL, &descriptor, &error));
  CHECK(descriptor == -1);
  REFUSED("descriptor", coslink_queue_descriptor(queue, NULL, &error));

  FAILS(NOT_FOUND, coslink_queue_pause(queue, 1, &error));
  FAILS(NOT_FOUND, coslink_queue_restart(queue, 1, &error));
  FAILS(NOT_FOUND, coslink_queue_cancel(queue, 1, &error));
  FAILS(NOT_FOUND, coslink_queue_to_front(queue, 1, &error));
  FAILS(NOT_FOUND, coslink_queue_set_priority(queue, 1, 1, &error));
  FAILS(NOT_FOUND, coslink_queue_set_limit(queue, 1, 1, &error));
  FAILS(NOT_FOUND, coslink_queue_task(queue, 1, &result, &error));
  CHECK(result == NULL);
  CHECK(coslink_result_queue_tasks(NULL) == NULL);
  OK(coslink_queue_tasks(queue, NULL, &error));
  /* Nothing was added. */
  OK(coslink_queue_tasks(queue, &result, &error));
  CHECK(coslink_result_queue_tasks(result)->task_count == 0);
  CHECK(coslink_result_queue_tasks(result)->tasks == NULL);
  coslink_result_free(result);
  is_empty(queue);
  coslink_queue_free(queue);
  coslink_queue_free(NULL);
}

/* Limits that nothing would end under, until they are lifted. */
static void limited(void) {
  coslink_queue *queue = new_queue(1);
  uint64_t id;
  OK(coslink_client_set_upload_limit(client, 1000, &error));
  OK(coslink_client_set_download_limit(client, 1000, &error));
  id = push(queue, "limited");
  wait_for_state(queue, id, COSLINK_TASK_CHECKING);
  OK(coslink_queue_set_limit(queue, id, 1000, &error));
  OK(coslink_client_set_upload_limit(client, 0, &error));
  OK(coslink_client_set_download_limit(client, 0, &error));
  OK(coslink_queue_set_limit(queue, id, 0, &error));
  CHECK(finish(queue, id)->result != NULL);
  coslink_queue_free(queue);
}

/* A queue that is written down is found by another one. */
static void written_down(void) {
  coslink_queue_options options = COSLINK_INIT(coslink_queue_options);
  coslink_queue *queue = NULL, *other = NULL;
  coslink_result *result = NULL;
  uint64_t id;
  options.directory = path_of("tasks");
  OK(coslink_queue_new(client, &options, &queue, &error));
  FAILS(BUSY, coslink_queue_new(client, &options, &other, &error));
  OK(coslink_client_set_upload_limit(client, 1000, &error));
  id = push(queue, "written down");
  coslink_queue_free(queue);
  OK(coslink_client_set_upload_limit(client, 0, &error));
  OK(coslink_queue_new(client, &options, &queue, &error));
  OK(coslink_queue_task(queue, id, &result, &error));
  CHECK_TEXT(coslink_result_queue_tasks(result)->tasks[0]->key, "written down");
  coslink_result_free(result);
  CHECK(finish(queue, id)->result != NULL);
  coslink_queue_free(queue);
}

int main(int count, char **given) {
  coslink_client_options options;
  coslink_body body;
  begin(count, given);
  options = client_options();
  options.parallel_requests = 2;
  use_client(&options);
  data = make_data(LENGTH);
  write_file(path_of("big"), data, LENGTH);
  body = bytes(data, LENGTH);
  OK(coslink_put_object(bucket, "source", &body, NULL, NULL, &error));
  refused();
  limited();
  written_down();
  of_every_kind();
  paused();
  cancelled();
  failing();
  in_order();
  left();
  by_descriptor();
  one_at_a_time();
  free(data);
  return end();
}
