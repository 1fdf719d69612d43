// Transfers and requests with callbacks: what they are told, how they stop a call, and what becomes
// of what they throw. Parts of "slow" take a moment each, which the test sees to.
#include "check.hpp"

#include <algorithm>
#include <functional>

#if defined(__cpp_lib_span)
#include <span>
#endif

namespace {

#if COSLINK_HPP_EXCEPTIONS
struct thrown {
  int number;
};

// The call fails, and throws again what its callback has thrown.
template <class T>
void throws(coslink_status status, int number, const coslink::result<T> &result) {
  CHECK(result.status() == status && result.error().thrown());
  int caught = 0;
  try {
    static_cast<void>(result.value());
  } catch (const thrown &what) {
    caught = what.number;
  }
  CHECK(caught == number);
}
#endif

coslink::upload_file_options in_parts() {
  coslink::upload_file_options options;
  options.part_size = MIB;
  options.slice_above = 1;
  return options;
}

int count_in_c(const coslink_progress *, void *data) {
  ++*static_cast<unsigned *>(data);
  return 0;
}

int take_in_c(const void *, std::size_t length, void *data) {
  *static_cast<std::size_t *>(data) += length;
  return 0;
}

void files(const coslink::bucket &bucket, const std::string &data) {
  const std::string path = path_of("file");
  write_file(path, data);
  double fraction = 0;
  const auto up = OK(bucket.upload_file("key", path, in_parts(), [&](const coslink_progress &p) {
    fraction = p.fraction;
    return true;
  }));
  CHECK(up->size == data.size() && up->parts == 4 && up->verified && fraction == 1.0);
  CHECK(up->receipt->moved == data.size() && up.http_status() == 0);
  std::uint64_t last = 0;
  const auto told = [&](const coslink_progress &p) { last = p.loaded; };
  coslink::download_file_options ranges;
  ranges.part_size = MIB;
  CHECK(OK(bucket.download_file("key", path_of("down"), ranges, told))->verified);
  CHECK(last == data.size() && read_file(path_of("down")) == data);

  FAILS(LOCAL_IO, bucket.upload_file("key", path_of("none")));
  REFUSED("path", bucket.upload_file("key", std::string_view("a\0b", 3)));
  FAILS(NOT_FOUND, bucket.download_file("nothing", path_of("down")));
  FAILS(CANCELLED, bucket.upload_file("stopped", path, in_parts(),
                                      [](const coslink_progress &) { return false; }));
  FAILS(CANCELLED, bucket.download_file("key", path_of("down"), ranges,
                                        [](const coslink_progress &) { return false; }));

  // A callback of C in the options goes on being called, with its own data, beside a lambda.
  unsigned hashed = 0, before = 0;
  auto keep = in_parts();
  keep.keep_cancelled = 1;
  keep.parallel = 1;
  FAILS(CANCELLED, bucket.upload_file("slow", path, keep, [](const coslink_progress &p) {
    return p.loaded < 2 * MIB;
  }));
  // What the service has is found by summing up the file.
  keep.resume = COSLINK_RESUME_SERVER;
  keep.hashed = count_in_c;
  keep.progress = count_in_c;
  keep.user_data = &hashed;
  const auto resumed =
      OK(bucket.upload_file("slow", path, keep, [&](const coslink_progress &) { ++before; }));
  CHECK(resumed->receipt->resumed && hashed > 0 && before > 0);
  hashed = 0;
  const std::function<bool(const coslink_progress &)> empty;
  OK(bucket.upload_file("key", path, keep, empty, empty));
  CHECK(hashed > 0);
  // C alone.
  auto stop = in_parts();
  stop.progress = [](const coslink_progress *, void *) { return 1; };
  FAILS(CANCELLED, bucket.upload_file("stopped", path, stop));
}

void streams(const coslink::bucket &bucket, const std::string &data) {
  std::size_t at = 0;
  const auto next = [&](void *room, std::size_t capacity) {
    const std::size_t length = std::min(capacity, data.size() - at);
    std::memcpy(room, data.data() + at, length);
    at += length;
    return length;
  };
  coslink::upload_stream_options options;
  options.part_size = MIB;
  unsigned told = 0;
  CHECK(OK(bucket.upload_stream("stream", next, options, [&](const coslink_progress &) {
          told++;
        }))->size == data.size());
  CHECK(told > 0 && stored(bucket, "stream") == data);
  bool done = false;
  const auto once = OK(bucket.upload_stream("small", [&](coslink::buffer room) {
    if (std::exchange(done, true)) return 0;
    CHECK(room.size() > 2 && room.end() - room.begin() > 2);
    room.data()[0] = room.data()[1] = std::byte('x');
    return 2;
  }));
  CHECK(once->size == 2 && stored(bucket, "small") == "xx");
#if defined(__cpp_lib_span)
  done = false;
  OK(bucket.upload_stream("small", [&](std::span<std::byte> room) {
    if (std::exchange(done, true)) return 0;
    room[0] = std::byte('y');
    return 1;
  }));
  CHECK(stored(bucket, "small") == "y");
  std::string taken;
  OK(bucket.get_object("small", {}, [&](std::span<const std::byte> got) {
    taken.append(reinterpret_cast<const char *>(got.data()), got.size());
  }));
  CHECK(taken == "y");
#endif
  const auto stop = [](coslink::buffer) { return -1; };
  FAILS(CALLBACK, bucket.upload_stream("stopped", stop));
  FAILS(CANCELLED, bucket.upload_stream("stopped", next, {}, [](auto &) { return false; }));
}

void contents(const coslink::bucket &bucket, const std::string &data) {
  const std::string path = path_of("content");
  write_file(path, "0123456789");
  OK(bucket.put_object("content", coslink::body::file(path)));
  CHECK(stored(bucket, "content") == "0123456789");
  OK(bucket.put_object("content", coslink::body::file(path, 2, 3)));
  CHECK(stored(bucket, "content") == "234");
  OK(bucket.put_object("content", {}));
  CHECK(stored(bucket, "content").empty());
  auto raw = COSLINK_INIT(coslink_body);
  raw.data = "raw";
  raw.length = 3;
  OK(bucket.put_object("content", raw));
  CHECK(stored(bucket, "content") == "raw");
  coslink::body moved;
  {
    auto state = std::make_unique<char>('a');
    auto body = coslink::body::reader(3, [state = std::move(state)](void *room, std::size_t) {
      *static_cast<char *>(room) = (*state)++;
      return 1;
    });
    moved = std::move(body);
  }
  OK(bucket.put_object("content", moved));
  CHECK(stored(bucket, "content") == "abc");
  auto named = coslink::body::file(path);
  moved = std::move(named);
  CHECK(OK(bucket.post_object("content", moved))->verified);
  REFUSED("body", bucket.put_object("content", coslink::body::file(std::string_view("\0", 1))));
  FAILS(LOCAL_IO, bucket.put_object("content", coslink::body::file(path_of("none"))));

  unsigned told = 0;
  OK(bucket.put_object("content", data, {}, [&](const coslink_progress &) { told++; }));
  CHECK(told > 0);
  // To a lambda, while a callback of C looks on; and the other way round.
  unsigned in_c = 0;
  coslink::get_object_options options;
  options.progress = count_in_c;
  options.user_data = &in_c;
  std::string taken;
  const auto got = OK(bucket.get_object("content", options, [&](const void *from, std::size_t length) {
    taken.append(static_cast<const char *>(from), length);
    return true;
  }));
  CHECK(taken == data && in_c > 0 && got->verified && got->body == nullptr);
  std::size_t length = 0;
  told = 0;
  options = {};
  options.write = take_in_c;
  options.user_data = &length;
  OK(bucket.get_object("content", options, nullptr, [&](const coslink_progress &) { told++; }));
  CHECK(length == data.size() && told > 0);
  std::string room(data.size(), '\0');
  options = {};
  options.buffer = &room[0];
  options.capacity = room.size();
  OK(bucket.get_object("content", options));
  CHECK(room == data);
  FAILS(CALLBACK, bucket.get_object("content", {}, [](coslink::bytes) { return false; }));
  FAILS(CANCELLED, bucket.get_object("content", {}, nullptr, [](auto &) { return false; }));
}

void copies(const coslink::bucket &bucket) {
  coslink::copy_source source;
  source.key = "key";
  coslink::copy_file_options options;
  options.part_size = MIB;
  options.slice_above = 1;
  unsigned told = 0;
  CHECK(OK(bucket.copy_file("copy", source, options, [&](auto &) { told++; }))->parts == 4);
  CHECK(told > 0);
  source.key = "nothing";
  FAILS(NOT_FOUND, bucket.copy_file("copy", source));
}

void batches(const coslink::client &client, const coslink::bucket &bucket) {
  const std::string path = path_of("file"), none = path_of("none"), down = path_of("batch");
  std::vector<coslink::upload_files_item> files(2);
  for (auto &file : files) file.bucket = bucket.get();
  files[0].key = "batch";
  files[0].path = path.c_str();
  files[1].key = "none";
  files[1].path = none.c_str();
  unsigned told = 0, finished = 0;
  const auto end = [&](const coslink::finished_upload &file) {
    finished++;
    CHECK(static_cast<bool>(file) == (file.index() == 0));
    if (file) CHECK(file->verified && file.result() && !file.error());
    else CHECK(file.error().status() == COSLINK_ERROR_LOCAL_IO && file.status() != COSLINK_OK);
  };
  const auto look = [&](const coslink_progress &) { told++; };
  FAILS(LOCAL_IO, client.upload_files(files, {}, look, end));
  CHECK(told > 0 && finished == 2);
  files.pop_back();
  OK(client.upload_files(files));

  const coslink_download_files_item item = [&] {
    auto made = COSLINK_INIT(coslink_download_files_item);
    made.bucket = bucket.get();
    made.key = "batch";
    made.path = down.c_str();
    return made;
  }();
  const coslink_download_files_item items[] = {item};
  OK(client.download_files(items, {}, nullptr, [&](const coslink::finished_download &file) {
    CHECK(file->size > 0 && file.result().as<coslink_upload_file_output>() == nullptr);
    return true;
  }));
  FAILS(NOT_FOUND, [&] {
    auto missing = coslink::download_files_item(item);
    missing.key = "nothing";
    return client.download_files(std::vector<coslink::download_files_item>{missing});
  }());
  REFUSED("client", coslink::client().upload_files(files));
#if COSLINK_HPP_EXCEPTIONS
  throws(COSLINK_ERROR_CANCELLED, 1,
         client.upload_files(files, {}, [](auto &) { throw thrown{1}; }));
  // There is nothing left to stop, but what was thrown comes out.
  throws(COSLINK_ERROR_CANCELLED, 2,
         client.upload_files(files, {}, nullptr, [](auto &) { throw thrown{2}; }));
#endif
}

#if COSLINK_HPP_EXCEPTIONS
void what_is_thrown(const coslink::client &client, const coslink::bucket &bucket) {
  const std::string path = path_of("file");
  const auto told = [](const coslink_progress &) { throw thrown{3}; };
  const auto written = [](coslink::bytes) { throw thrown{4}; };
  const auto read = [](coslink::buffer) -> int { throw thrown{5}; };
  const auto reader = coslink::body::reader(3, read);
  throws(COSLINK_ERROR_CANCELLED, 3, bucket.upload_file("thrown", path, in_parts(), told));
  throws(COSLINK_ERROR_CANCELLED, 3, bucket.download_file("key", path_of("down"), {}, told));
  throws(COSLINK_ERROR_CANCELLED, 3, bucket.put_object("thrown", "x", {}, told));
  throws(COSLINK_ERROR_CANCELLED, 3, bucket.get_object("key", {}, nullptr, told));
  throws(COSLINK_ERROR_CALLBACK, 4, bucket.get_object("key", {}, written));
  throws(COSLINK_ERROR_CALLBACK, 4, bucket.request(COSLINK_METHOD_GET, "key", nullptr, {}, written));
  throws(COSLINK_ERROR_CALLBACK, 5, bucket.upload_stream("thrown", read));
  throws(COSLINK_ERROR_CALLBACK, 5, bucket.put_object("thrown", reader));
  throws(COSLINK_ERROR_CALLBACK, 5, bucket.upload_part("thrown", "id", 1, reader));
  const auto url = OK(bucket.presign(COSLINK_METHOD_PUT, "thrown", 60));
  throws(COSLINK_ERROR_CALLBACK, 5, client.presigned_put(url, reader));
  throws(COSLINK_ERROR_CANCELLED, 3, client.presigned_put(url, "x", {}, told));

  // It may be caught where it was thrown; and it may leave a scope that still has results.
  int caught = 0;
  try {
    const auto up = bucket.upload_file("thrown", path, in_parts(), told).value();
    CHECK(up->size == 0);
  } catch (const thrown &what) {
    caught = what.number;
  }
  CHECK(caught == 3);
  FAILS(NOT_FOUND, bucket.head_object("thrown"));
}
#endif

} // namespace

int main(int count, char **given) {
  begin(count, given);
  const auto client = make_client();
  const auto bucket = make_bucket(client);
  const std::string data = make_data(4 * MIB);
  files(bucket, data);
  streams(bucket, data);
  contents(bucket, data);
  copies(bucket);
  batches(client, bucket);
#if COSLINK_HPP_EXCEPTIONS
  what_is_thrown(client, bucket);
#endif
}
