// What every program of C++ begins with: a client of the emulator, and checks that say where they
// failed.
//
// A program is started as: program URL BUCKET REGION SECRET_ID SECRET_KEY SCRATCH_DIRECTORY
#ifndef CHECK_HPP
#define CHECK_HPP

#include "coslink.hpp"
// Twice is once.
#include "coslink.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#define CHECK(condition) check(static_cast<bool>(condition), __FILE__, __LINE__, #condition)
// The value of the call, which succeeds.
#define OK(...) good((__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
// The error of the call, which fails with that status.
#define FAILS(expected, ...)                                                                       \
  bad(COSLINK_ERROR_##expected, (__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
// The call is refused because of the argument that the message begins with.
#define REFUSED(name, ...)                                                                         \
  CHECK(FAILS(INVALID_ARGUMENT, __VA_ARGS__).message().substr(0, sizeof name) == name ":")

inline char **arguments;

inline void check(bool holds, const char *file, int line, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  std::exit(1);
}

template <class T>
T good(coslink::result<T> &&result, const char *file, int line, const char *what) {
  if (!result) std::fprintf(stderr, "%s:%d: %s\n", file, line, result.error().what());
  check(result.has_value() && result.status() == COSLINK_OK && !result.error(), file, line, what);
  return std::move(result).value();
}

template <class T>
coslink::error bad(coslink_status expected, const coslink::result<T> &result, const char *file,
                   int line, const char *what) {
  const coslink::error &error = result.error();
  if (result.status() != expected) {
    std::fprintf(stderr, "%s:%d: %s (%s)\n", file, line, coslink_status_name(result.status()),
                 result ? "success" : error.what());
  }
  check(!result && !result.has_value() && error && error.status() == expected, file, line, what);
  check(error.text() == error.what() && !error.text().empty(), file, line, "it has a text");
  check(error.text().find(arguments[5]) == error.text().npos, file, line, "it shows no secret");
  return error;
}

// From here on what has types of the wrapper is static: units with and without exceptions are linked
// with each other, and have other types.
static inline coslink::client_options client_options() {
  coslink::client_options options;
  options.endpoint = arguments[1];
  options.secret_id = arguments[4];
  options.secret_key = arguments[5];
  options.first_wait_ms = 1;
  options.longest_wait_ms = 5;
  return options;
}

static inline coslink::client make_client() { return OK(coslink::client::make(client_options())); }

static inline coslink::bucket make_bucket(const coslink::client &client) {
  return OK(client.bucket(arguments[2], arguments[3]));
}

inline void begin(int count, char **given) {
  if (count != 7) {
    std::fprintf(stderr, "started without URL BUCKET REGION SECRET_ID SECRET_KEY SCRATCH\n");
    std::exit(2);
  }
  arguments = given;
}

inline std::string path_of(const char *name) { return std::string(arguments[6]) + "/" + name; }

inline std::string make_data(std::size_t length) {
  std::string data(length, '\0');
  for (std::size_t at = 0; at < length; at++) data[at] = static_cast<char>((at * 2654435761U) >> 13);
  return data;
}

inline void write_file(const std::string &path, std::string_view data) {
  std::ofstream file(path, std::ios::binary);
  file.write(data.data(), static_cast<std::streamsize>(data.size()));
  CHECK(file.flush().good());
}

inline std::string read_file(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  CHECK(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static inline std::string stored(const coslink::bucket &bucket, const coslink::zstring &key) {
  return std::string(OK(bucket.get_object(key)).body().text());
}

constexpr std::uint64_t MIB = 1 << 20;

#endif
