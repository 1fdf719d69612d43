// What the wrapper is made of: texts, bytes, options, results, errors and moves. It is linked with
// cpp_unit.cpp, which may have been compiled without exceptions.
#include "check.hpp"

#include <array>
#include <filesystem>

#if defined(__cpp_lib_span)
#include <span>
#endif

std::size_t length_elsewhere(const char *url, const char *name);

namespace {

template <class T>
constexpr bool is_moved_only =
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(is_moved_only<coslink::client> && is_moved_only<coslink::bucket>);
static_assert(is_moved_only<coslink::queue> && is_moved_only<coslink::descriptor>);
static_assert(is_moved_only<coslink::output<coslink_put_object_output>>);
static_assert(is_moved_only<coslink::output<void>>);
static_assert(!std::is_copy_constructible_v<coslink::objects> &&
              !std::is_copy_constructible_v<coslink::uploads>);
static_assert(std::is_move_constructible_v<coslink::objects> &&
              std::is_move_assignable_v<coslink::uploads>);
static_assert(std::is_copy_constructible_v<coslink::error>);
static_assert(!std::is_convertible_v<int, coslink::bytes>);
static_assert(std::is_convertible_v<const std::vector<int> &, coslink::bytes>);
static_assert(!std::is_convertible_v<const std::vector<std::string> &, coslink::bytes>);

void texts() {
  const std::string owned = "owned";
  CHECK(coslink::zstring(owned).get() == owned.c_str());
  CHECK(coslink::zstring(nullptr).get() == nullptr);
  const std::string_view cut = std::string_view("a view").substr(0, 1);
  CHECK(std::string_view(coslink::zstring(cut).get()) == "a");
  CHECK(std::string_view(coslink::zstring(std::string_view()).get()).empty());
  CHECK(std::string_view(coslink::zstring(std::string(1, '\0')).get()) == "\xff");
  CHECK(std::string_view(coslink::zpath(std::filesystem::path("a") / "b").get()) == "a/b");
  CHECK(std::string_view(coslink::zpath("a").get()) == "a");
  CHECK(coslink::zpath(std::string_view("a\0b", 3)).get() == nullptr);
}

void contents() {
  const std::vector<std::uint32_t> numbers = {1, 2};
  CHECK(coslink::bytes(numbers).size() == 8 && !coslink::bytes(numbers).empty());
  CHECK(coslink::bytes("text").text() == "text" && coslink::bytes().empty());
  CHECK(coslink::bytes().begin() == coslink::bytes().end());
  const std::array<char, 3> array = {'a', 'b', 'c'};
  const coslink::bytes bytes = array;
  CHECK(bytes.end() - bytes.begin() == 3 && bytes.data()[2] == std::byte('c'));
  const int plain[] = {1, 2, 3};
  const coslink::view<int> view = plain;
  CHECK(view.size() == 3 && view[2] == 3 && coslink::view<int>().empty());
#if defined(__cpp_lib_span)
  const std::span<const std::byte> span = bytes;
  CHECK(span.size() == 3 && coslink::bytes(span).text() == "abc");
  const std::span<const int> lent = view;
  CHECK(lent[1] == 2 && coslink::view<int>(lent).data() == view.data());
#endif
}

void option_structs() {
  const coslink::put_object_options options;
  CHECK(options.size == sizeof(coslink_put_object_options) && options.content_type == nullptr);
  coslink_copy_source raw = {};
  raw.key = "key";
  const coslink::copy_source from_c = raw;
  CHECK(from_c.size == sizeof raw && std::string_view(from_c.key) == "key");
  auto newer = COSLINK_INIT(coslink_copy_source);
  newer.size += 8;
  CHECK(coslink::copy_source(newer).size == newer.size);
}

void results(const coslink::bucket &bucket) {
  auto put = bucket.put_object("key", "hello!");
  CHECK(put && put->verified && (*put)->verified && (*put).http_status() == 200);
  const auto &same = put;
  CHECK(same->verified && same.value()->verified && (*same)->verified && put.value()->verified);
  auto taken = std::move(put).value();
  auto moved = std::move(taken);
  CHECK(!taken && taken.get() == nullptr && taken.operator->() == nullptr);
  CHECK(taken.http_status() == 0 && taken.headers().empty() && taken.body().empty());
  CHECK(moved && moved->verified);
  taken = std::move(moved);
  CHECK(taken->verified && !moved);
  coslink_result *raw = taken.release();
  CHECK(raw != nullptr && !taken);
  coslink_result_free(raw);

  const coslink::result<void> done;
  CHECK(done && done.status() == COSLINK_OK && !done.error());
  done.value();
  CHECK(coslink::result<int>(3).value() == 3 && *coslink::result<int>(3) == 3);

  coslink::error kept;
  CHECK(!kept && kept.http_status() == 0 && kept.headers().empty() && kept.attempts() == 0);
  CHECK(kept.code().empty() && kept.text() == "COSLINK_OK" && !kept.retryable());
  {
    const auto missing = bucket.head_object("nothing");
    kept = missing.error();
    const coslink::error copy = std::move(kept);
    CHECK(copy.what() == kept.what() && kept.http_status() == 404);
  }
  CHECK(kept.text().find("HeadObject") == 0);
  const coslink::error bare(COSLINK_ERROR_BUSY, nullptr);
  CHECK(bare && bare.text() == "COSLINK_ERROR_BUSY" && bare.get() == nullptr);
  CHECK(coslink::error_view(kept.get()).status() == COSLINK_ERROR_NOT_FOUND);
  CHECK(!coslink::error_view() && !coslink::answer() && !coslink::event());
}

#if COSLINK_HPP_EXCEPTIONS
void exceptions(const coslink::bucket &bucket) {
  std::exception_ptr kept;
  try {
    const auto body = bucket.get_object("nothing").value();
    CHECK(body->verified);
  } catch (const std::runtime_error &) {
    kept = std::current_exception();
  }
  try {
    std::rethrow_exception(kept);
  } catch (const coslink::exception &exception) {
    const coslink::exception copy = exception;
    CHECK(copy.status() == COSLINK_ERROR_NOT_FOUND && copy.code() == "NoSuchKey");
    CHECK(copy.http_status() == 404 && !copy.request_id().empty());
    CHECK(copy.text() == copy.what() && copy.error().operation() == "GetObject");
  }
  unsigned caught = 0;
  try {
    const auto missing = bucket.head_object("nothing");
    CHECK(missing.value()->not_modified);
  } catch (const coslink::exception &) {
    caught++;
  }
  try {
    auto missing = bucket.head_object("nothing");
    CHECK(missing.value()->not_modified);
  } catch (const coslink::exception &) {
    caught++;
  }
  CHECK(caught == 2);
}
#endif

void lifetimes() {
  // Handles may end in any order, and many threads may use one bucket.
  auto client = make_client();
  auto bucket = make_bucket(client);
  auto objects = OK(bucket.objects());
  client = coslink::client();
  std::vector<std::thread> threads;
  for (unsigned at = 0; at < 3; at++) {
    threads.emplace_back([&, at] { OK(bucket.put_object(std::to_string(at), "x")); });
  }
  for (auto &thread : threads) thread.join();
  bucket = coslink::bucket();
  std::size_t count = 0;
  for (const auto &object : objects) count += object.size == 1;
  CHECK(count >= 3);
  auto again = make_client();
  coslink_client *raw = again.get();
  client = std::move(again);
  CHECK(client.get() == raw && again.get() == nullptr);
}

} // namespace

int main(int count, char **given) {
  begin(count, given);
  const auto client = make_client();
  const auto bucket = make_bucket(client);
  texts();
  contents();
  option_structs();
  results(bucket);
#if COSLINK_HPP_EXCEPTIONS
  exceptions(bucket);
#endif
  lifetimes();
  CHECK(length_elsewhere(arguments[1], "0") == 1);
  CHECK(length_elsewhere(arguments[1], "nothing") == 0);
}
