// A queue: what is pushed, the loop over its events, and a descriptor to wait for.
#include "check.hpp"

#include <poll.h>

namespace {

void of_every_kind(const coslink::client &client, const coslink::bucket &bucket) {
  auto queue = OK(client.queue());
  const std::string file = path_of("up"), data = make_data(3 * MIB);
  write_file(file, data);
  OK(bucket.put_object("source", data));
  coslink::copy_source source;
  source.key = "source";
  coslink::upload_file_options parts;
  parts.part_size = MIB;
  parts.slice_above = 1;
  const auto up = OK(queue.push_upload(bucket, "up", file, parts));
  const auto down = OK(queue.push_download(bucket, "source", path_of("down"), {}, 1));
  const auto copy = OK(queue.push_copy(bucket, "copy", source));
  const auto content = OK(queue.push_bytes(bucket, "bytes", data, {}, 2));
  const auto failing = OK(queue.push_download(bucket, "nothing", path_of("none")));
  const auto waits = OK(queue.make_descriptor());
  CHECK(waits.get() >= 0 && up != down && copy != content);

  unsigned finished = 0, added = 0;
  while (finished < 5) {
    pollfd wait = {waits.get(), POLLIN, 0};
    CHECK(poll(&wait, 1, 60000) == 1);
    for (const coslink::event &event : queue.events()) {
      CHECK(event && event.task() > 0 && event->task == event.get()->task);
      added += event.kind() == COSLINK_EVENT_ADDED;
      if (event.is_progress()) CHECK(event->fraction >= 0.0 && !event.is_finished());
      if (event.kind() == COSLINK_EVENT_STATE) CHECK(event.state() >= COSLINK_TASK_WAITING);
      if (!event.is_finished()) continue;
      finished++;
      CHECK(static_cast<bool>(event.error()) != static_cast<bool>(event.result()));
      const auto *sent = event.result().as<coslink_upload_file_output>();
      if (event.task() == up) CHECK(sent->parts == 3);
      if (event.task() == content) CHECK(sent->size == data.size());
      if (event.task() == down)
        CHECK(event.result().as<coslink_download_file_output>()->verified && sent == nullptr);
      if (event.task() == copy) CHECK(event.result().as<coslink_copy_file_output>()->verified);
      if (event.task() == failing) CHECK(event.error().status() == COSLINK_ERROR_NOT_FOUND);
    }
  }
  CHECK(added == 5 && !OK(queue.poll()) && stored(bucket, "up") == data);
  const auto list = OK(queue.tasks());
  CHECK(list->task_count == 5);
  for (const coslink_task &task : coslink::each(list->tasks, list->task_count))
    CHECK((task.state == COSLINK_TASK_SUCCEEDED) == (task.error_text == nullptr));
  CHECK(OK(queue.task(failing))->tasks[0]->error_status == COSLINK_ERROR_NOT_FOUND);
  FAILS(NOT_FOUND, queue.task(1000000));
}

void wait_for(coslink::queue &queue, std::uint64_t task, coslink_task_state state) {
  for (;;) {
    const auto event = OK(queue.poll(60000));
    CHECK(event);
    if (event.task() == task && event.state() == state) return;
  }
}

// The parts of "queued" take a moment each, which the test sees to.
void actions(const coslink::client &client, const coslink::bucket &bucket) {
  coslink::queue_options options;
  options.parallel_files = 1;
  auto queue = OK(client.queue(options));
  coslink::upload_file_options parts;
  parts.part_size = MIB;
  parts.slice_above = 1;
  // One after the other, so that there is time to act on it.
  parts.parallel = 1;
  const auto slow = OK(queue.push_upload(bucket, "queued", path_of("up"), parts));
  const auto later = OK(queue.push_bytes(bucket, "later", coslink::bytes("x")));
  wait_for(queue, slow, COSLINK_TASK_RUNNING);
  OK(queue.set_priority(later, 3));
  OK(queue.to_front(later));
  OK(queue.set_limit(slow, 100 << 20));
  OK(queue.pause(slow));
  wait_for(queue, slow, COSLINK_TASK_PAUSED);
  OK(queue.restart(slow));
  wait_for(queue, slow, COSLINK_TASK_RUNNING);
  OK(queue.cancel(slow));
  wait_for(queue, slow, COSLINK_TASK_CANCELLED);
  FAILS(WRONG_STATE, queue.pause(slow));
  FAILS(WRONG_STATE, queue.restart(slow));
  FAILS(WRONG_STATE, queue.cancel(slow));
  const std::uint64_t none = 1000000;
  FAILS(NOT_FOUND, queue.to_front(none));
  FAILS(NOT_FOUND, queue.set_priority(none, 1));
  FAILS(NOT_FOUND, queue.set_limit(none, 1));

  // A queue that is moved stays the same one.
  coslink::queue moved = std::move(queue);
  const auto last = OK(moved.push_bytes(bucket, "last", coslink::bytes("x")));
  bool finished = false;
  while (!finished) {
    for (const auto &event : moved.events(1000))
      finished = finished || (event.is_finished() && event.task() == last);
  }
  REFUSED("key", moved.push_bytes(bucket, nullptr, coslink::bytes("x")));
  REFUSED("key", moved.push_upload(bucket, nullptr, path_of("up")));
  REFUSED("path", moved.push_download(bucket, "key", nullptr));
  REFUSED("copy_source.key", moved.push_copy(bucket, "key", {}));
  REFUSED("bucket", moved.push_bytes(coslink::bucket(), "key", coslink::bytes("x")));
}

void of_nothing(const coslink::client &client) {
  coslink::queue none;
  REFUSED("queue", none.poll());
  REFUSED("queue", none.make_descriptor());
  REFUSED("queue", none.tasks());
  auto events = none.events();
#if COSLINK_HPP_EXCEPTIONS
  unsigned caught = 0;
  try {
    for (const auto &event : events) CHECK(!event);
  } catch (const coslink::exception &exception) {
    caught += exception.status() == COSLINK_ERROR_INVALID_ARGUMENT;
  }
  CHECK(caught == 1);
#else
  for (const auto &event : events) CHECK(!event);
#endif
  CHECK(events.failed() && events.error().message().find("queue") == 0);
  coslink::queue_options options;
  options.parallel_files = 1000;
  REFUSED("parallel_files", client.queue(options));

  // A descriptor is moved, closed once, and outlives its queue.
  coslink::descriptor waits = OK(OK(client.queue()).make_descriptor());
  coslink::descriptor other = std::move(waits);
  CHECK(waits.get() == -1 && other.get() >= 0);
  waits = std::move(other);
  const int raw = waits.release();
  CHECK(raw >= 0 && close(raw) == 0 && waits.get() == -1);
}

} // namespace

int main(int count, char **given) {
  begin(count, given);
  const auto client = make_client();
  const auto bucket = make_bucket(client);
  of_every_kind(client, bucket);
  actions(client, bucket);
  of_nothing(client);
}
