/*
 * coslink for C++17 and later: coslink.h with owners, lambdas and results. Header only.
 *
 *     #include "coslink.hpp"
 *     int main() {
 *       coslink::client_options options;
 *       options.credentials_from_env = 1;
 *       auto client = coslink::client::make(options).value();
 *       auto bucket = client.bucket("examplebucket-1250000000", "ap-guangzhou").value();
 *       bucket.upload_file("video.mp4", "/tmp/video.mp4").value();
 *     }
 *
 * coslink.h is the manual: a member function does what the C function of its name does, and all
 * that is said there of blocking, threads and failures holds here.
 *
 * OWNERS. client, bucket, queue, objects, uploads, output and descriptor are moved, never copied,
 * and free what they hold. An empty or moved-from one may be destroyed and assigned to; a call with
 * it fails with COSLINK_ERROR_INVALID_ARGUMENT. `get()` lends the C handle for everything else.
 *
 * RESULTS. Whatever can fail returns a result<T>: test it like a pointer and read it by `*`, `->`
 * and `error()`, or call `value()`, which throws a coslink::exception. With -fno-exceptions,
 * `value()` of a failure says why on stderr and aborts; everything else is the same.
 *
 * OPTIONS. coslink::put_object_options is the C struct coslink_put_object_options with its `size`
 * set. Set its fields; their texts and arrays are yours and must live until the call returns. `{}`
 * stands for the defaults, and a C struct that began with COSLINK_INIT may be passed, too.
 *
 * TEXTS. A parameter takes const char *, std::string and std::string_view; one that names a file
 * takes std::filesystem::path, too. A NUL inside a text is refused. What comes back is a
 * std::string_view with a NUL behind it; one whose data() is NULL stands for the NULL of C.
 *
 * CALLBACKS. Any callable will do; nullptr is none. It runs on the thread that made the call, before
 * the call returns, and is never copied. One that returns void goes on; one that returns bool goes
 * on with true and stops the call with false. What it throws stops the call, too: `value()` throws
 * it again, and error().thrown() is it. A callback of C that stands in the options is still called
 * where no other is given.
 *
 * THREADS. A const member function of client, bucket and queue may be called from many threads at
 * once; all else is for one thread at a time.
 */
#ifndef COSLINK_HPP
#define COSLINK_HPP

#include "coslink.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#if __cplusplus >= 202002L || (defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#include <version>
#if defined(__cpp_lib_ranges)
#include <ranges>
#endif
#endif

#if !defined(_WIN32)
#include <unistd.h>
#endif

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define COSLINK_HPP_EXCEPTIONS 1
#else
#define COSLINK_HPP_EXCEPTIONS 0
#endif

namespace coslink {

// Units with and without exceptions may be linked with each other: their names differ.
#if COSLINK_HPP_EXCEPTIONS
inline namespace with_exceptions {
#else
inline namespace without_exceptions {
#endif

class bucket;

/* ---- Texts, bytes and arrays ---- */

// A parameter: a text with a NUL behind it, borrowed where it has one and copied where it has none.
class zstring {
public:
  zstring(std::nullptr_t) noexcept {}
  zstring(const char *text) noexcept : text_(text) {}
  zstring(const std::string &text) noexcept { borrow(text.c_str(), text.size()); }
  zstring(std::string_view text) : copy_(text) { borrow(copy_.c_str(), copy_.size()); }
  zstring(const zstring &) = delete;
  zstring &operator=(const zstring &) = delete;

  // No text of C may hold a NUL. What stands for one that does is no UTF-8, which C refuses.
  const char *get() const noexcept { return broken_ ? "\xff" : text_; }

protected:
  void borrow(const char *text, std::size_t length) noexcept {
    text_ = text;
    broken_ = std::memchr(text, 0, length) != nullptr;
  }

  std::string copy_;
  const char *text_ = nullptr;
  bool broken_ = false;
};

// A parameter: the name of a file.
class zpath : public zstring {
public:
  using zstring::zstring;
  template <class Path, class = typename Path::string_type,
            class = decltype(std::declval<const Path &>().native())>
  zpath(const Path &path) : zstring(nullptr) {
#if defined(_WIN32)
    const auto utf8 = path.u8string();
    copy_.assign(utf8.begin(), utf8.end());
#else
    copy_ = path.native();
#endif
    borrow(copy_.c_str(), copy_.size());
  }

  // Elsewhere than on Windows a name may be any bytes; NULL is always refused.
  const char *get() const noexcept { return broken_ ? nullptr : text_; }
};

// Bytes that somebody else owns. A std::span of them, or of anything plain, becomes one and is one.
class bytes {
public:
  bytes() noexcept = default;
  bytes(const void *data, std::size_t size) noexcept
      : data_(static_cast<const std::byte *>(data)), size_(size) {}
  bytes(const char *text) noexcept : bytes(text, std::strlen(text)) {}
  template <class Range, class Data = decltype(std::declval<const Range &>().data()),
            class = decltype(std::declval<const Range &>().size()),
            class = std::enable_if_t<std::is_pointer_v<Data> &&
                                     std::is_trivially_copyable_v<std::remove_pointer_t<Data>>>>
  bytes(const Range &range) noexcept : bytes(range.data(), range.size() * sizeof(*range.data())) {}

  const std::byte *data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const std::byte *begin() const noexcept { return data_; }
  const std::byte *end() const noexcept { return size_ == 0 ? data_ : data_ + size_; }
  std::string_view text() const noexcept {
    return {reinterpret_cast<const char *>(data_), size_};
  }

private:
  const std::byte *data_ = nullptr;
  std::size_t size_ = 0;
};

// Room for the bytes that a reader gives. It becomes a std::span<std::byte>.
class buffer {
public:
  buffer(void *data, std::size_t size) noexcept
      : data_(static_cast<std::byte *>(data)), size_(size) {}
  std::byte *data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  std::byte *begin() const noexcept { return data_; }
  std::byte *end() const noexcept { return data_ + size_; }

private:
  std::byte *data_;
  std::size_t size_;
};

// An array that somebody else owns: of a vector, a span, a C array, or of what stands in braces.
template <class T> class view {
public:
  view() noexcept = default;
  view(const T *data, std::size_t size) noexcept : data_(data), size_(size) {}
  view(std::initializer_list<T> list) noexcept { *this = view(list.begin(), list.size()); }
  template <std::size_t Size> view(const T (&array)[Size]) noexcept : view(array, Size) {}
  template <class Range, class = std::enable_if_t<std::is_convertible_v<
                             decltype(std::declval<const Range &>().data()), const T *>>>
  view(const Range &range) noexcept : view(range.data(), range.size()) {}

  const T *data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const T *begin() const noexcept { return data_; }
  const T *end() const noexcept { return size_ == 0 ? data_ : data_ + size_; }
  const T &operator[](std::size_t index) const noexcept { return data_[index]; }

private:
  const T *data_ = nullptr;
  std::size_t size_ = 0;
};

// The structs that an output has by pointers, as if they were an array.
template <class T> class pointees {
public:
  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T *;
    using reference = const T &;
    explicit iterator(const T *const *at = nullptr) noexcept : at_(at) {}
    const T &operator*() const noexcept { return **at_; }
    const T *operator->() const noexcept { return *at_; }
    iterator &operator++() noexcept { return ++at_, *this; }
    iterator operator++(int) noexcept { return iterator(at_++); }
    bool operator==(const iterator &other) const noexcept { return at_ == other.at_; }
    bool operator!=(const iterator &other) const noexcept { return at_ != other.at_; }

  private:
    const T *const *at_;
  };

  pointees(const T *const *data, std::size_t size) noexcept : data_(data), size_(size) {}
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  iterator begin() const noexcept { return iterator(data_); }
  iterator end() const noexcept { return iterator(size_ == 0 ? data_ : data_ + size_); }
  const T &operator[](std::size_t index) const noexcept { return *data_[index]; }

private:
  const T *const *data_;
  std::size_t size_;
};

// For loops: for (const coslink_object &object : each(page->contents, page->content_count)).
template <class T> pointees<T> each(const T *const *data, std::size_t size) noexcept {
  return {data, size};
}
inline view<const char *> each(const char *const *data, std::size_t size) noexcept {
  return {data, size};
}
template <class T> view<T> each(const T *data, std::size_t size) noexcept { return {data, size}; }

/* ---- Options ---- */

// An option struct of C that begins as COSLINK_INIT makes it.
template <class T> struct options : T {
  options() noexcept : T() { this->size = sizeof(T); }
  options(const T &other) noexcept : T(other) {
    if (this->size == 0) this->size = sizeof(T);
  }
};

using client_options = options<coslink_client_options>;
using queue_options = options<coslink_queue_options>;
using queue_push_bytes_options = options<coslink_queue_push_bytes_options>;
using upload_file_options = options<coslink_upload_file_options>;
using upload_stream_options = options<coslink_upload_stream_options>;
using upload_files_item = options<coslink_upload_files_item>;
using upload_files_options = options<coslink_upload_files_options>;
using download_file_options = options<coslink_download_file_options>;
using download_files_item = options<coslink_download_files_item>;
using download_files_options = options<coslink_download_files_options>;
using copy_source = options<coslink_copy_source>;
using copy_file_options = options<coslink_copy_file_options>;
using copy_object_options = options<coslink_copy_object_options>;
using list_objects_options = options<coslink_list_objects_options>;
using put_object_options = options<coslink_put_object_options>;
using post_object_options = options<coslink_post_object_options>;
using head_object_options = options<coslink_head_object_options>;
using get_object_options = options<coslink_get_object_options>;
using delete_object_options = options<coslink_delete_object_options>;
using delete_objects_options = options<coslink_delete_objects_options>;
using restore_object_options = options<coslink_restore_object_options>;
using put_object_acl_options = options<coslink_put_object_acl_options>;
using get_object_acl_options = options<coslink_get_object_acl_options>;
using options_object_options = options<coslink_options_object_options>;
using initiate_multipart_upload_options = options<coslink_initiate_multipart_upload_options>;
using upload_part_options = options<coslink_upload_part_options>;
using upload_part_copy_options = options<coslink_upload_part_copy_options>;
using list_parts_options = options<coslink_list_parts_options>;
using complete_multipart_upload_options = options<coslink_complete_multipart_upload_options>;
using abort_multipart_upload_options = options<coslink_abort_multipart_upload_options>;
using list_multipart_uploads_options = options<coslink_list_multipart_uploads_options>;
using presign_options = options<coslink_presign_options>;
using presigned_get_options = options<coslink_presigned_get_options>;
using presigned_put_options = options<coslink_presigned_put_options>;
using presigned_request_options = options<coslink_presigned_request_options>;
using sign_form_options = options<coslink_sign_form_options>;
using request_options = options<coslink_request_options>;

/* ---- What is inside ---- */

namespace detail {

// Frees whatever coslink handed out, by its type.
struct deleter {
  void operator()(coslink_client *client) const noexcept { coslink_client_free(client); }
  void operator()(coslink_bucket *bucket) const noexcept { coslink_bucket_free(bucket); }
  void operator()(coslink_queue *queue) const noexcept { coslink_queue_free(queue); }
  void operator()(coslink_result *result) const noexcept { coslink_result_free(result); }
  void operator()(coslink_objects *objects) const noexcept { coslink_objects_free(objects); }
  void operator()(coslink_uploads *uploads) const noexcept { coslink_uploads_free(uploads); }
  void operator()(coslink_error *error) const noexcept { coslink_error_free(error); }
  void operator()(char *string) const noexcept { coslink_string_free(string); }
};

template <class T> using owner = std::unique_ptr<T, deleter>;

inline std::string_view text(const char *text) noexcept {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// The function of C that gives an output of this type.
template <class T> using getter_function = const T *(*)(const coslink_result *);
template <class T> inline constexpr getter_function<T> getter = nullptr;
#define COSLINK_HPP_GETTER(type, function)                                                         \
  template <> inline constexpr getter_function<type> getter<type> = function
COSLINK_HPP_GETTER(coslink_list_objects_output, coslink_result_list_objects);
COSLINK_HPP_GETTER(coslink_put_object_output, coslink_result_put_object);
COSLINK_HPP_GETTER(coslink_head_object_output, coslink_result_head_object);
COSLINK_HPP_GETTER(coslink_get_object_output, coslink_result_get_object);
COSLINK_HPP_GETTER(coslink_delete_object_output, coslink_result_delete_object);
COSLINK_HPP_GETTER(coslink_initiate_multipart_upload_output,
                   coslink_result_initiate_multipart_upload);
COSLINK_HPP_GETTER(coslink_upload_part_output, coslink_result_upload_part);
COSLINK_HPP_GETTER(coslink_list_parts_output, coslink_result_list_parts);
COSLINK_HPP_GETTER(coslink_complete_multipart_upload_output,
                   coslink_result_complete_multipart_upload);
COSLINK_HPP_GETTER(coslink_upload_file_output, coslink_result_upload_file);
COSLINK_HPP_GETTER(coslink_download_file_output, coslink_result_download_file);
COSLINK_HPP_GETTER(coslink_copy_file_output, coslink_result_copy_file);
COSLINK_HPP_GETTER(coslink_queue_tasks_output, coslink_result_queue_tasks);
COSLINK_HPP_GETTER(coslink_copy_object_output, coslink_result_copy_object);
COSLINK_HPP_GETTER(coslink_upload_part_copy_output, coslink_result_upload_part_copy);
COSLINK_HPP_GETTER(coslink_delete_objects_output, coslink_result_delete_objects);
COSLINK_HPP_GETTER(coslink_restore_object_output, coslink_result_restore_object);
COSLINK_HPP_GETTER(coslink_get_object_acl_output, coslink_result_get_object_acl);
COSLINK_HPP_GETTER(coslink_options_object_output, coslink_result_options_object);
COSLINK_HPP_GETTER(coslink_list_multipart_uploads_output, coslink_result_list_multipart_uploads);
COSLINK_HPP_GETTER(coslink_abort_uploads_output, coslink_result_abort_uploads);
COSLINK_HPP_GETTER(coslink_post_object_output, coslink_result_post_object);
COSLINK_HPP_GETTER(coslink_sign_form_output, coslink_result_sign_form);
COSLINK_HPP_GETTER(coslink_request_output, coslink_result_request);
#undef COSLINK_HPP_GETTER

template <class T, class = void> struct has_arrow : std::false_type {};
template <class T>
struct has_arrow<T, std::void_t<decltype(std::declval<const T &>().operator->())>>
    : std::true_type {};

} // namespace detail

// The version of the library that is running; see COSLINK_VERSION_STRING.
inline std::string_view version() noexcept { return coslink_version(); }

// Such as "COSLINK_ERROR_NOT_FOUND".
inline std::string_view status_name(coslink_status status) noexcept {
  return coslink_status_name(status);
}

/* ---- Errors and results ---- */

// Why something failed, lent by somebody else, such as an event; false where nothing did.
class error_view {
public:
  error_view() noexcept = default;
  explicit error_view(const coslink_error *raw) noexcept
      : raw_(raw), status_(raw == nullptr ? COSLINK_OK : raw->status) {}
  explicit operator bool() const noexcept { return status_ != COSLINK_OK; }

  coslink_status status() const noexcept { return status_; }
  // All of it in one line, never NULL.
  const char *what() const noexcept {
    return raw_ == nullptr ? coslink_status_name(status_) : raw_->text;
  }
  std::string_view text() const noexcept { return what(); }
  std::string_view message() const noexcept { return text_of(&coslink_error::message); }
  std::string_view operation() const noexcept { return text_of(&coslink_error::operation); }
  std::string_view code() const noexcept { return text_of(&coslink_error::code); }
  std::string_view resource() const noexcept { return text_of(&coslink_error::resource); }
  std::string_view request_id() const noexcept { return text_of(&coslink_error::request_id); }
  std::string_view trace_id() const noexcept { return text_of(&coslink_error::trace_id); }
  int http_status() const noexcept { return raw_ == nullptr ? 0 : raw_->http_status; }
  std::uint32_t attempts() const noexcept { return raw_ == nullptr ? 0 : raw_->attempts; }
  bool retryable() const noexcept { return raw_ != nullptr && raw_->retryable != 0; }
  view<coslink_pair> headers() const noexcept {
    if (raw_ == nullptr) return {};
    return {raw_->headers, raw_->header_count};
  }
  const coslink_error *get() const noexcept { return raw_; }

protected:
  error_view(coslink_status status, const coslink_error *raw) noexcept
      : raw_(raw), status_(status) {}

private:
  std::string_view text_of(const char *coslink_error::*field) const noexcept {
    return raw_ == nullptr ? std::string_view() : detail::text(raw_->*field);
  }

  const coslink_error *raw_ = nullptr;
  coslink_status status_ = COSLINK_OK;
};

// Why a call failed. Copies are cheap: they share what C said.
class error : public error_view {
public:
  error() noexcept = default;
  // Takes what a call of C has left, and what one of its callbacks has thrown.
  error(coslink_status status, coslink_error *raw, std::exception_ptr thrown = nullptr)
      : error_view(status, raw), owner_(raw, detail::deleter()), thrown_(std::move(thrown)) {}
  error(const error &) = default;
  error &operator=(const error &) = default;
  ~error() = default;

  // What a callback has thrown; NULL when none has.
  const std::exception_ptr &thrown() const noexcept { return thrown_; }

private:
  std::shared_ptr<coslink_error> owner_;
  std::exception_ptr thrown_;
};

#if COSLINK_HPP_EXCEPTIONS
// What value() throws for a failure.
class exception : public std::runtime_error {
public:
  explicit exception(const coslink::error &why) : std::runtime_error(why.what()), error_(why) {}
  const coslink::error &error() const noexcept { return error_; }
  coslink_status status() const noexcept { return error_.status(); }
  std::string_view code() const noexcept { return error_.code(); }
  int http_status() const noexcept { return error_.http_status(); }
  std::string_view request_id() const noexcept { return error_.request_id(); }
  std::string_view text() const noexcept { return error_.text(); }

private:
  coslink::error error_;
};
#endif

namespace detail {

[[noreturn]] inline void fail(const error &why) {
#if COSLINK_HPP_EXCEPTIONS
  if (why.thrown()) std::rethrow_exception(why.thrown());
  throw exception(why);
#else
  std::fprintf(stderr, "coslink: %s\n", why.what());
  std::abort();
#endif
}

} // namespace detail

// A value, or why there is none. Reading the value of a failure by `*` or `->` is not allowed.
template <class T> class [[nodiscard]] result {
public:
  result(T value) : value_(std::move(value)) {}
  result(coslink::error why) : error_(std::move(why)) {}

  bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  // COSLINK_OK for a value.
  coslink_status status() const noexcept { return error_.status(); }
  const coslink::error &error() const noexcept { return error_; }

  // The value; throws when there is none. Of a temporary, it is moved out.
  T value() && {
    need();
    return std::move(*value_);
  }
  T &value() & {
    need();
    return *value_;
  }
  const T &value() const & {
    need();
    return *value_;
  }

  T &operator*() & noexcept { return *value_; }
  const T &operator*() const & noexcept { return *value_; }
  T operator*() && { return std::move(*value_); }
  // Leads on through what is a pointer or has a `->` itself: upload->etag, object->key.
  decltype(auto) operator->() noexcept {
    if constexpr (std::is_pointer_v<T> || detail::has_arrow<T>::value) return (*value_);
    else return &*value_;
  }
  decltype(auto) operator->() const noexcept {
    if constexpr (std::is_pointer_v<T> || detail::has_arrow<T>::value) return (*value_);
    else return &*value_;
  }

private:
  void need() const {
    if (!value_.has_value()) detail::fail(error_);
  }

  std::optional<T> value_;
  coslink::error error_;
};

// Success, or why there is none.
template <> class [[nodiscard]] result<void> {
public:
  result() noexcept = default;
  result(coslink::error why) : error_(std::move(why)) {}
  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }
  coslink_status status() const noexcept { return error_.status(); }
  const coslink::error &error() const noexcept { return error_; }
  // Throws after a failure.
  void value() const {
    if (!has_value()) detail::fail(error_);
  }

private:
  coslink::error error_;
};

// What came beside an output, lent by somebody else, such as an event; false where there is nothing.
class answer {
public:
  answer() noexcept = default;
  explicit answer(const coslink_result *raw) noexcept : raw_(raw) {}
  explicit operator bool() const noexcept { return raw_ != nullptr; }

  int http_status() const noexcept { return coslink_result_http_status(raw_); }
  std::uint32_t attempts() const noexcept { return coslink_result_attempts(raw_); }
  std::string_view request_id() const noexcept {
    return detail::text(coslink_result_request_id(raw_));
  }
  std::string_view header(const zstring &name) const noexcept {
    return detail::text(coslink_result_header(raw_, name.get()));
  }
  view<coslink_pair> headers() const noexcept {
    std::size_t count = 0;
    const coslink_pair *headers = coslink_result_headers(raw_, &count);
    return {headers, count};
  }
  bytes body() const noexcept {
    std::size_t length = 0;
    const void *body = coslink_result_body(raw_, &length);
    return {body, length};
  }
  // The output of this type; NULL for the result of another operation.
  template <class T> const T *as() const noexcept { return detail::getter<T>(raw_); }
  const coslink_result *get() const noexcept { return raw_; }

protected:
  const coslink_result *raw_ = nullptr;
};

// What a call handed out, freed at its end: `->` leads to the output, which is T, and all that is
// reached from there lives as long as this. T is void for an operation without one. Many threads
// may read it at once.
template <class T> class output : public answer {
public:
  output() noexcept = default;
  explicit output(coslink_result *raw) noexcept : answer(raw), owner_(raw) {}
  output(output &&other) noexcept : output(other.release()) {}
  output &operator=(output &&other) noexcept {
    owner_.reset(other.release());
    raw_ = owner_.get();
    return *this;
  }
  template <class Output = T, class = std::enable_if_t<!std::is_void_v<Output>>>
  const Output *operator->() const noexcept {
    return as<Output>();
  }
  template <class Output = T, class = std::enable_if_t<!std::is_void_v<Output>>>
  const Output &operator*() const noexcept {
    return *as<Output>();
  }
  coslink_result *release() noexcept {
    raw_ = nullptr;
    return owner_.release();
  }

private:
  detail::owner<coslink_result> owner_;
};

// What became of a file of upload_files or download_files; lives until the callback returns.
// `->` leads to the output, which is there when the file succeeded.
template <class T> class finished_file {
public:
  finished_file(std::size_t index, const coslink_result *result, const coslink_error *why) noexcept
      : index_(index), result_(result), error_(why) {}
  // Which of the files it is, from 0.
  std::size_t index() const noexcept { return index_; }
  explicit operator bool() const noexcept { return !error_; }
  coslink_status status() const noexcept { return error_.status(); }
  const error_view &error() const noexcept { return error_; }
  const answer &result() const noexcept { return result_; }
  const T *operator->() const noexcept { return result_.template as<T>(); }

private:
  std::size_t index_;
  answer result_;
  error_view error_;
};

using finished_upload = finished_file<coslink_upload_file_output>;
using finished_download = finished_file<coslink_download_file_output>;

/* ---- Callbacks ---- */

namespace detail {

// Keeps what callbacks throw until the call of C is over.
class guard {
public:
  // Runs a callback; gives `stop` when it throws, and when one before has.
  template <class Stop, class Call> Stop run(Stop stop, Call &&call) noexcept {
    if (thrown) return stop;
#if COSLINK_HPP_EXCEPTIONS
    try {
      return call();
    } catch (...) {
      thrown = std::current_exception();
      return stop;
    }
#else
    return call();
#endif
  }

  std::exception_ptr thrown;
};

// Calls what goes on with true or void, for C, where 0 goes on.
template <class Call, class... Arguments> int told(Call &call, Arguments &&...arguments) {
  using answered = std::invoke_result_t<Call &, Arguments...>;
  static_assert(std::is_void_v<answered> || std::is_same_v<answered, bool>,
                "a callback of coslink returns void, or true to go on");
  if constexpr (std::is_void_v<answered>) {
    call(std::forward<Arguments>(arguments)...);
    return 0;
  } else {
    return call(std::forward<Arguments>(arguments)...) ? 0 : 1;
  }
}

// How many bytes a reader has put into the room: it takes a buffer, or pointer and length.
template <class Call> std::int64_t read(Call &call, void *data, std::size_t size) {
  if constexpr (std::is_invocable_v<Call &, buffer>) {
    return static_cast<std::int64_t>(call(buffer(data, size)));
  } else {
    return static_cast<std::int64_t>(call(data, size));
  }
}

// Whether there is something to call.
template <class Call> bool is_given(const Call &call) noexcept {
  if constexpr (std::is_null_pointer_v<Call>) return false;
  else if constexpr (std::is_empty_v<Call> || !std::is_constructible_v<bool, const Call &>) return true;
  else return static_cast<bool>(call);
}

// The callbacks of one call, in place of those in its options: progress, and another one, which is
// `hashed`, `write` or `finished`. Those of C for which nothing is given are passed on.
template <class Other, class OtherCall, class Progress> class callbacks : public guard {
public:
  callbacks(OtherCall &other_call, Progress &progress_call) noexcept
      : other_call_(other_call), progress_call_(progress_call) {}

  template <class Options> void install(Options &options) noexcept {
    if (!is_given(progress_call_)) return;
    options.progress = told_progress;
    options.user_data = this;
  }

  template <class Options, class Base>
  void install(Options &options, Other Base::*field, Other trampoline) noexcept {
    if (!is_given(progress_call_) && !is_given(other_call_)) return;
    progress_ = options.progress;
    other_ = options.*field;
    data_ = options.user_data;
    if (is_given(progress_call_) || progress_ != nullptr) options.progress = told_progress;
    if (is_given(other_call_) || other_ != nullptr) options.*field = trampoline;
    options.user_data = this;
  }

  static int told_progress(const coslink_progress *progress, void *data) noexcept {
    auto &self = *static_cast<callbacks *>(data);
    if constexpr (!std::is_null_pointer_v<Progress>) {
      if (is_given(self.progress_call_))
        return self.run(1, [&] { return told(self.progress_call_, *progress); });
    }
    return self.progress_(progress, self.data_);
  }

  static int told_hashed(const coslink_progress *progress, void *data) noexcept {
    auto &self = *static_cast<callbacks *>(data);
    if constexpr (!std::is_null_pointer_v<OtherCall>) {
      if (is_given(self.other_call_))
        return self.run(1, [&] { return told(self.other_call_, *progress); });
    }
    return self.other_(progress, self.data_);
  }

  static int told_write(const void *written, std::size_t length, void *data) noexcept {
    auto &self = *static_cast<callbacks *>(data);
    if constexpr (!std::is_null_pointer_v<OtherCall>) {
      if (is_given(self.other_call_)) {
        return self.run(1, [&] {
          if constexpr (std::is_invocable_v<OtherCall &, bytes>)
            return told(self.other_call_, bytes(written, length));
          else return told(self.other_call_, written, length);
        });
      }
    }
    return self.other_(written, length, self.data_);
  }

  template <class T>
  static int told_finished(std::size_t index, coslink_status status, const coslink_result *result,
                           const coslink_error *why, void *data) noexcept {
    auto &self = *static_cast<callbacks *>(data);
    if constexpr (!std::is_null_pointer_v<OtherCall>) {
      if (is_given(self.other_call_)) {
        const finished_file<T> file(index, result, why);
        return self.run(1, [&] { return told(self.other_call_, file); });
      }
    }
    return self.other_(index, status, result, why, self.data_);
  }

private:
  OtherCall &other_call_;
  Progress &progress_call_;
  Other other_ = nullptr;
  coslink_progress_fn progress_ = nullptr;
  void *data_ = nullptr;
};

template <class Progress> auto with_progress(Progress &progress) noexcept {
  static std::nullptr_t none;
  return callbacks<coslink_progress_fn, std::nullptr_t, Progress>(none, progress);
}

// What came of a call whose callbacks may have thrown.
template <class T>
result<T> end(coslink_status status, coslink_error *why, std::exception_ptr thrown, T given) {
  if (status != COSLINK_OK) return error(status, why, std::move(thrown));
  // The call was done before it could be stopped; what was thrown is not lost all the same.
  if (thrown) return error(COSLINK_ERROR_CANCELLED, nullptr, std::move(thrown));
  return given;
}

// Carries a call of C out that gives a result.
template <class T, class Call> result<output<T>> run(std::exception_ptr &thrown, Call &&call) {
  coslink_result *raw = nullptr;
  coslink_error *why = nullptr;
  const coslink_status status = call(&raw, &why);
  return end(status, why, std::move(thrown), output<T>(raw));
}

template <class T, class Call> result<output<T>> run(Call &&call) {
  std::exception_ptr nothing;
  return run<T>(nothing, std::forward<Call>(call));
}

// The reader of a stream, which shares the guard of the call's other callbacks.
template <class Read> struct stream_reader {
  Read &call;
  guard &keep;

  static std::int64_t read_some(void *data, std::size_t size, void *user_data) noexcept {
    auto &self = *static_cast<stream_reader *>(user_data);
    return self.keep.run(std::int64_t(-1), [&] { return read(self.call, data, size); });
  }
};

// Carries a call of C out that only succeeds.
template <class Call> result<void> act(Call &&call) {
  coslink_error *why = nullptr;
  const coslink_status status = call(&why);
  if (status != COSLINK_OK) return error(status, why);
  return {};
}

// Carries a call of C out that makes a handle.
template <class Class, class Handle, class Call> result<Class> make(Call &&call) {
  Handle *raw = nullptr;
  coslink_error *why = nullptr;
  const coslink_status status = call(&raw, &why);
  if (status != COSLINK_OK) return error(status, why);
  return Class(raw);
}

// Carries a call of C out that makes a text.
template <class Call> result<std::string> text_of(Call &&call) {
  char *raw = nullptr;
  coslink_error *why = nullptr;
  const coslink_status status = call(&raw, &why);
  owner<char> text(raw);
  if (status != COSLINK_OK) return error(status, why);
  return std::string(text.get());
}

// Reads on in a source until it is at its end, or fails. That throws, and without exceptions it ends
// the loop; `failed()` and `error()` of the source tell it either way.
template <class Source, class Item> class reading {
public:
  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::remove_pointer_t<Item>;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type *;
    using reference = const value_type &;
    explicit iterator(Source *source = nullptr) : source_(source) { ++*this; }
    reference operator*() const noexcept {
      if constexpr (std::is_pointer_v<Item>) return *item_;
      else return item_;
    }
    auto operator->() const noexcept { return item_; }
    iterator &operator++() {
      if (source_ != nullptr && !source_->read(item_)) source_ = nullptr;
      return *this;
    }
    bool operator==(const iterator &other) const noexcept { return source_ == other.source_; }
    bool operator!=(const iterator &other) const noexcept { return source_ != other.source_; }

  private:
    Source *source_;
    Item item_ = Item();
  };

  iterator begin() { return iterator(static_cast<Source *>(this)); }
  iterator end() noexcept { return iterator(); }
  bool failed() const noexcept { return static_cast<bool>(error_); }
  const coslink::error &error() const noexcept { return error_; }

private:
  bool read(Item &item) {
    auto next = static_cast<Source *>(this)->next();
    error_ = next.error();
    if (next) {
      item = *next;
      return static_cast<bool>(item);
    }
#if COSLINK_HPP_EXCEPTIONS
    fail(error_);
#else
    return false;
#endif
  }

  coslink::error error_;
};

} // namespace detail

/* ---- Content ---- */

// The content that a request sends. Bytes are borrowed and must live until the call returns; the
// name of a file and a reader are kept. One call at a time may use a reader.
class body {
public:
  body() noexcept : is_none_(false) {}
  // No body at all, for request().
  body(std::nullptr_t) noexcept : is_none_(true) {}
  body(const coslink_body &raw) noexcept : raw_(raw), is_none_(false) {}
  body(bytes content) noexcept : body() {
    raw_.data = content.data();
    raw_.length = content.size();
  }
  template <class Range, class = std::enable_if_t<
                             std::is_convertible_v<const Range &, bytes> &&
                             !std::is_base_of_v<coslink_body, Range>>>
  body(const Range &content) noexcept : body(bytes(content)) {}

  // A file from `offset` on; a length of 0 goes to its end.
  static body file(const zpath &path, std::uint64_t offset = 0, std::uint64_t length = 0) {
    body made;
    made.is_refused_ = path.get() == nullptr;
    if (made.is_refused_) return made;
    made.path_ = std::make_unique<std::string>(path.get());
    made.raw_.path = made.path_->c_str();
    made.raw_.offset = offset;
    made.raw_.length = length;
    return made;
  }

  // Exactly `length` bytes that `read` gives, as in bucket::upload_stream. They are sent once.
  template <class Read> static body reader(std::uint64_t length, Read read) {
    body made;
    made.raw_.length = length;
    made.reader_ = std::make_unique<calling_reader<Read>>(std::move(read));
    made.raw_.read = read_some;
    made.raw_.user_data = made.reader_.get();
    return made;
  }

  // As C takes it: lives as long as this.
  const coslink_body *get() const noexcept {
    return is_none_ || is_refused_ ? nullptr : &raw_;
  }
  // What the reader has thrown in a call, once.
  std::exception_ptr take_thrown() const noexcept {
    return reader_ == nullptr ? nullptr : std::exchange(reader_->keep.thrown, nullptr);
  }

private:
  struct any_reader {
    virtual ~any_reader() = default;
    virtual std::int64_t read(void *data, std::size_t size) = 0;
    detail::guard keep;
  };

  template <class Read> struct calling_reader final : any_reader {
    explicit calling_reader(Read given) : call(std::move(given)) {}
    std::int64_t read(void *data, std::size_t size) override {
      return detail::read(call, data, size);
    }
    Read call;
  };

  static std::int64_t read_some(void *data, std::size_t size, void *user_data) noexcept {
    auto &reader = *static_cast<any_reader *>(user_data);
    return reader.keep.run(std::int64_t(-1), [&] { return reader.read(data, size); });
  }

  options<coslink_body> raw_;
  std::unique_ptr<std::string> path_;
  std::unique_ptr<any_reader> reader_;
  bool is_none_;
  bool is_refused_ = false;
};

namespace detail {

// The same for a call with a body, whose reader may have thrown, too.
template <class T, class Call>
result<output<T>> run(guard &keep, const body &content, Call &&call) {
  coslink_result *raw = nullptr;
  coslink_error *why = nullptr;
  const coslink_status status = call(&raw, &why);
  output<T> given(raw);
  std::exception_ptr thrown = content.take_thrown();
  if (!thrown) thrown = std::move(keep.thrown);
  return end(status, why, std::move(thrown), std::move(given));
}

} // namespace detail

/* ---- Listings over all pages ---- */

// All objects of a listing, made by bucket::objects(). An object lives until the next one is asked
// for. It keeps its bucket alive.
//
//     for (const coslink_object &object : bucket.objects().value()) ...
class objects : public detail::reading<objects, const coslink_object *> {
public:
  objects() noexcept = default;
  explicit objects(coslink_objects *raw) noexcept : owner_(raw) {}
  // The next object; NULL at the end. After a failure it asks for the same page again.
  result<const coslink_object *> next() {
    const coslink_object *object = nullptr;
    coslink_error *why = nullptr;
    const coslink_status status = coslink_objects_next(owner_.get(), &object, &why);
    if (status != COSLINK_OK) return coslink::error(status, why);
    return object;
  }
  coslink_objects *get() const noexcept { return owner_.get(); }

private:
  detail::owner<coslink_objects> owner_;
};

// All uploads of a bucket that are neither completed nor aborted, made by bucket::uploads(). An
// upload lives until the next one is asked for. It keeps its bucket alive.
class uploads : public detail::reading<uploads, const coslink_upload *> {
public:
  uploads() noexcept = default;
  explicit uploads(coslink_uploads *raw) noexcept : owner_(raw) {}
  // The next upload; NULL at the end. After a failure it asks for the same page again.
  result<const coslink_upload *> next() {
    const coslink_upload *upload = nullptr;
    coslink_error *why = nullptr;
    const coslink_status status = coslink_uploads_next(owner_.get(), &upload, &why);
    if (status != COSLINK_OK) return coslink::error(status, why);
    return upload;
  }
  coslink_uploads *get() const noexcept { return owner_.get(); }

private:
  detail::owner<coslink_uploads> owner_;
};

/* ---- Bucket ---- */

// Where all operations happen, made by client::bucket(). It keeps what it needs of its client, which
// may be gone before. All of it may be used from many threads at once.
class bucket {
public:
  bucket() noexcept = default;
  explicit bucket(coslink_bucket *raw) noexcept : owner_(raw) {}
  coslink_bucket *get() const noexcept { return owner_.get(); }

  result<std::string> location(const zstring &key) const {
    return detail::text_of([&](char **text, coslink_error **why) {
      return coslink_bucket_location(get(), key.get(), text, why);
    });
  }

  // Transfers of any size. `progress` and `hashed` take a const coslink_progress &.

  template <class Progress = std::nullptr_t, class Hashed = std::nullptr_t>
  result<output<coslink_upload_file_output>> upload_file(const zstring &key, const zpath &path,
                                                         upload_file_options options = {},
                                                         Progress &&progress = nullptr,
                                                         Hashed &&hashed = nullptr) const {
    detail::callbacks<coslink_progress_fn, std::remove_reference_t<Hashed>,
                      std::remove_reference_t<Progress>>
        calls(hashed, progress);
    calls.install(options, &upload_file_options::hashed, calls.told_hashed);
    return detail::run<coslink_upload_file_output>(calls.thrown, [&](auto **out, auto **why) {
      return coslink_upload_file(get(), key.get(), path.get(), &options, out, why);
    });
  }

  template <class Progress = std::nullptr_t, class Hashed = std::nullptr_t>
  result<output<coslink_download_file_output>> download_file(const zstring &key, const zpath &path,
                                                             download_file_options options = {},
                                                             Progress &&progress = nullptr,
                                                             Hashed &&hashed = nullptr) const {
    detail::callbacks<coslink_progress_fn, std::remove_reference_t<Hashed>,
                      std::remove_reference_t<Progress>>
        calls(hashed, progress);
    calls.install(options, &download_file_options::hashed, calls.told_hashed);
    return detail::run<coslink_download_file_output>(calls.thrown, [&](auto **out, auto **why) {
      return coslink_download_file(get(), key.get(), path.get(), &options, out, why);
    });
  }

  // `read` takes a coslink::buffer, a std::span<std::byte>, or pointer and length, and gives how
  // many bytes it has put there: 0 at the end, less than 0 to stop.
  template <class Read, class Progress = std::nullptr_t>
  result<output<coslink_upload_file_output>> upload_stream(const zstring &key, Read &&read,
                                                           upload_stream_options options = {},
                                                           Progress &&progress = nullptr) const {
    auto calls = detail::with_progress(progress);
    calls.install(options);
    detail::stream_reader<std::remove_reference_t<Read>> reader{read, calls};
    return detail::run<coslink_upload_file_output>(calls.thrown, [&](auto **out, auto **why) {
      return coslink_upload_stream(get(), key.get(), reader.read_some, &reader, &options, out, why);
    });
  }

  template <class Progress = std::nullptr_t>
  result<output<coslink_copy_file_output>> copy_file(const zstring &key, const copy_source &source,
                                                     copy_file_options options = {},
                                                     Progress &&progress = nullptr) const {
    auto calls = detail::with_progress(progress);
    calls.install(options);
    return detail::run<coslink_copy_file_output>(calls.thrown, [&](auto **out, auto **why) {
      return coslink_copy_file(get(), key.get(), &source, &options, out, why);
    });
  }

  // Objects.

  template <class Progress = std::nullptr_t>
  result<output<coslink_put_object_output>> put_object(const zstring &key, const body &content,
                                                       put_object_options options = {},
                                                       Progress &&progress = nullptr) const {
    return send<coslink_put_object_output>(content, options, progress, [&](auto **out, auto **why) {
      return coslink_put_object(get(), key.get(), content.get(), &options, out, why);
    });
  }

  template <class Progress = std::nullptr_t>
  result<output<coslink_post_object_output>> post_object(const zstring &key, const body &content,
                                                         post_object_options options = {},
                                                         Progress &&progress = nullptr) const {
    return send<coslink_post_object_output>(
        content, options, progress, [&](auto **out, auto **why) {
          return coslink_post_object(get(), key.get(), content.get(), &options, out, why);
        });
  }

  result<output<coslink_head_object_output>> head_object(
      const zstring &key, const head_object_options &options = {}) const {
    return detail::run<coslink_head_object_output>([&](auto **out, auto **why) {
      return coslink_head_object(get(), key.get(), &options, out, why);
    });
  }

  // `write` takes coslink::bytes, a std::span<const std::byte>, or pointer and length. Without one,
  // and with neither `buffer` nor `path` in the options, the content is in `body()`.
  template <class Write = std::nullptr_t, class Progress = std::nullptr_t>
  result<output<coslink_get_object_output>> get_object(const zstring &key,
                                                       get_object_options options = {},
                                                       Write &&write = nullptr,
                                                       Progress &&progress = nullptr) const {
    detail::callbacks<coslink_write_fn, std::remove_reference_t<Write>,
                      std::remove_reference_t<Progress>>
        calls(write, progress);
    calls.install(options, &get_object_options::write, calls.told_write);
    return detail::run<coslink_get_object_output>(calls.thrown, [&](auto **out, auto **why) {
      return coslink_get_object(get(), key.get(), &options, out, why);
    });
  }

  result<output<coslink_delete_object_output>> delete_object(
      const zstring &key, const delete_object_options &options = {}) const {
    return detail::run<coslink_delete_object_output>([&](auto **out, auto **why) {
      return coslink_delete_object(get(), key.get(), &options, out, why);
    });
  }

  // 1 to 1000 objects.
  result<output<coslink_delete_objects_output>> delete_objects(
      view<coslink_object_version> versions, const delete_objects_options &options = {}) const {
    return detail::run<coslink_delete_objects_output>([&](auto **out, auto **why) {
      return coslink_delete_objects(get(), versions.data(), versions.size(), &options, out, why);
    });
  }

  // Any number of objects: coslink_bucket_delete_objects.
  result<output<coslink_delete_objects_output>> delete_many_objects(
      view<coslink_object_version> versions) const {
    return detail::run<coslink_delete_objects_output>([&](auto **out, auto **why) {
      return coslink_bucket_delete_objects(get(), versions.data(), versions.size(), out, why);
    });
  }

  result<output<coslink_copy_object_output>> copy_object(
      const zstring &key, const copy_source &source,
      const copy_object_options &options = {}) const {
    return detail::run<coslink_copy_object_output>([&](auto **out, auto **why) {
      return coslink_copy_object(get(), key.get(), &source, &options, out, why);
    });
  }

  result<output<coslink_restore_object_output>> restore_object(
      const zstring &key, std::uint32_t days, const zstring &tier,
      const restore_object_options &options = {}) const {
    return detail::run<coslink_restore_object_output>([&](auto **out, auto **why) {
      return coslink_restore_object(get(), key.get(), days, tier.get(), &options, out, why);
    });
  }

  result<output<void>> put_object_acl(const zstring &key,
                                      const put_object_acl_options &options) const {
    return detail::run<void>([&](auto **out, auto **why) {
      return coslink_put_object_acl(get(), key.get(), &options, out, why);
    });
  }

  result<output<coslink_get_object_acl_output>> get_object_acl(
      const zstring &key, const get_object_acl_options &options = {}) const {
    return detail::run<coslink_get_object_acl_output>([&](auto **out, auto **why) {
      return coslink_get_object_acl(get(), key.get(), &options, out, why);
    });
  }

  result<output<coslink_options_object_output>> options_object(
      const zstring &key, const zstring &origin, const zstring &method,
      const options_object_options &options = {}) const {
    return detail::run<coslink_options_object_output>([&](auto **out, auto **why) {
      return coslink_options_object(get(), key.get(), origin.get(), method.get(), &options, out,
                                    why);
    });
  }

  // Listings: one page, or all of them.

  result<output<coslink_list_objects_output>> list_objects(
      const list_objects_options &options = {}) const {
    return detail::run<coslink_list_objects_output>([&](auto **out, auto **why) {
      return coslink_list_objects(get(), &options, out, why);
    });
  }

  result<coslink::objects> objects(const list_objects_options &options = {}) const {
    return detail::make<coslink::objects, coslink_objects>([&](auto **out, auto **why) {
      return coslink_objects_new(get(), &options, out, why);
    });
  }

  result<output<coslink_list_multipart_uploads_output>> list_multipart_uploads(
      const list_multipart_uploads_options &options = {}) const {
    return detail::run<coslink_list_multipart_uploads_output>([&](auto **out, auto **why) {
      return coslink_list_multipart_uploads(get(), &options, out, why);
    });
  }

  result<coslink::uploads> uploads(const list_multipart_uploads_options &options = {}) const {
    return detail::make<coslink::uploads, coslink_uploads>([&](auto **out, auto **why) {
      return coslink_uploads_new(get(), &options, out, why);
    });
  }

  // A `prefix` of nullptr is the whole bucket.
  result<output<coslink_abort_uploads_output>> abort_uploads(
      const zstring &prefix, std::uint64_t older_than_seconds) const {
    return detail::run<coslink_abort_uploads_output>([&](auto **out, auto **why) {
      return coslink_abort_uploads(get(), prefix.get(), older_than_seconds, out, why);
    });
  }

  // Uploads in parts, by hand.

  result<output<coslink_initiate_multipart_upload_output>> initiate_multipart_upload(
      const zstring &key, const initiate_multipart_upload_options &options = {}) const {
    return detail::run<coslink_initiate_multipart_upload_output>([&](auto **out, auto **why) {
      return coslink_initiate_multipart_upload(get(), key.get(), &options, out, why);
    });
  }

  template <class Progress = std::nullptr_t>
  result<output<coslink_upload_part_output>> upload_part(const zstring &key,
                                                         const zstring &upload_id,
                                                         std::uint32_t part_number,
                                                         const body &content,
                                                         upload_part_options options = {},
                                                         Progress &&progress = nullptr) const {
    return send<coslink_upload_part_output>(
        content, options, progress, [&](auto **out, auto **why) {
          return coslink_upload_part(get(), key.get(), upload_id.get(), part_number, content.get(),
                                     &options, out, why);
        });
  }

  result<output<coslink_upload_part_copy_output>> upload_part_copy(
      const zstring &key, const zstring &upload_id, std::uint32_t part_number,
      const copy_source &source, const upload_part_copy_options &options = {}) const {
    return detail::run<coslink_upload_part_copy_output>([&](auto **out, auto **why) {
      return coslink_upload_part_copy(get(), key.get(), upload_id.get(), part_number, &source,
                                      &options, out, why);
    });
  }

  result<output<coslink_list_parts_output>> list_parts(
      const zstring &key, const zstring &upload_id, const list_parts_options &options = {}) const {
    return detail::run<coslink_list_parts_output>([&](auto **out, auto **why) {
      return coslink_list_parts(get(), key.get(), upload_id.get(), &options, out, why);
    });
  }

  result<output<coslink_complete_multipart_upload_output>> complete_multipart_upload(
      const zstring &key, const zstring &upload_id, view<coslink_completed_part> parts,
      const complete_multipart_upload_options &options = {}) const {
    return detail::run<coslink_complete_multipart_upload_output>([&](auto **out, auto **why) {
      return coslink_complete_multipart_upload(get(), key.get(), upload_id.get(), parts.data(),
                                               parts.size(), &options, out, why);
    });
  }

  result<output<void>> abort_multipart_upload(
      const zstring &key, const zstring &upload_id,
      const abort_multipart_upload_options &options = {}) const {
    return detail::run<void>([&](auto **out, auto **why) {
      return coslink_abort_multipart_upload(get(), key.get(), upload_id.get(), &options, out, why);
    });
  }

  // Signatures for others, and any other request.

  // Treat the URL as a secret. A `key` of nullptr goes with `for_bucket`.
  result<std::string> presign(coslink_method method, const zstring &key, std::uint32_t seconds,
                              const presign_options &options = {}) const {
    return detail::text_of([&](char **url, coslink_error **why) {
      return coslink_presign(get(), method, key.get(), seconds, &options, url, why);
    });
  }

  result<output<coslink_sign_form_output>> sign_form(std::uint32_t seconds,
                                                     const sign_form_options &options = {}) const {
    return detail::run<coslink_sign_form_output>([&](auto **out, auto **why) {
      return coslink_sign_form(get(), seconds, &options, out, why);
    });
  }

  // A `key` of nullptr goes with `for_bucket`. For `write` see get_object.
  template <class Write = std::nullptr_t, class Progress = std::nullptr_t>
  result<output<coslink_request_output>> request(coslink_method method, const zstring &key,
                                                 const body &content = nullptr,
                                                 request_options options = {},
                                                 Write &&write = nullptr,
                                                 Progress &&progress = nullptr) const {
    detail::callbacks<coslink_write_fn, std::remove_reference_t<Write>,
                      std::remove_reference_t<Progress>>
        calls(write, progress);
    calls.install(options, &request_options::write, calls.told_write);
    return detail::run<coslink_request_output>(calls, content, [&](auto **out, auto **why) {
      return coslink_request(get(), method, key.get(), content.get(), &options, out, why);
    });
  }

private:
  template <class T, class Options, class Progress, class Call>
  static result<output<T>> send(const body &content, Options &options, Progress &progress,
                                Call &&call) {
    auto calls = detail::with_progress(progress);
    calls.install(options);
    return detail::run<T>(calls, content, std::forward<Call>(call));
  }

  detail::owner<coslink_bucket> owner_;
};

/* ---- Queue ---- */

// Something that happened to a task, lent by its queue until the next one is polled; false where
// nothing did. `->` leads to what C has of it.
class event {
public:
  event() noexcept = default;
  explicit event(const coslink_event *raw) noexcept : raw_(raw) {}
  explicit operator bool() const noexcept { return raw_ != nullptr; }
  const coslink_event *operator->() const noexcept { return raw_; }
  const coslink_event *get() const noexcept { return raw_; }

  std::uint64_t task() const noexcept { return raw_->task; }
  coslink_event_kind kind() const noexcept { return raw_->kind; }
  bool is_progress() const noexcept { return raw_->kind == COSLINK_EVENT_PROGRESS; }
  bool is_finished() const noexcept { return raw_->kind == COSLINK_EVENT_FINISHED; }
  // The new state of COSLINK_EVENT_STATE.
  coslink_task_state state() const noexcept {
    return static_cast<coslink_task_state>(raw_->state);
  }
  // What a finished task came to: result().as<coslink_upload_file_output>() and the like.
  answer result() const noexcept { return answer(raw_->result); }
  // Why a finished task failed or was cancelled; false when it succeeded.
  error_view error() const noexcept { return error_view(raw_->error); }

private:
  const coslink_event *raw_ = nullptr;
};

// A descriptor that is closed at its end; for select, poll and epoll. It may outlive its queue.
class descriptor {
public:
  descriptor() noexcept = default;
  explicit descriptor(int raw) noexcept : raw_(raw) {}
  descriptor(descriptor &&other) noexcept : raw_(other.release()) {}
  descriptor &operator=(descriptor &&other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~descriptor() {
#if !defined(_WIN32)
    if (raw_ >= 0) ::close(raw_);
#endif
  }
  int get() const noexcept { return raw_; }
  int release() noexcept { return std::exchange(raw_, -1); }

private:
  int raw_ = -1;
};

class queue;

// The events that wait in a queue, made by queue::events().
class events : public detail::reading<events, event> {
public:
  events(queue &source, std::uint32_t wait_ms) noexcept : source_(&source), wait_ms_(wait_ms) {}
  result<event> next();

private:
  queue *source_;
  std::uint32_t wait_ms_;
};

// Transfers that are carried out in order, a few at the same time, made by client::queue(). It may
// be used from many threads at once, but for poll() and events(), which are for one at a time. It
// keeps the buckets of its tasks alive. Its end pauses what runs.
//
//     for (const coslink::event &event : queue.events())
//       if (event.is_finished() && event.error()) log(event.error().what());
class queue {
public:
  queue() noexcept = default;
  explicit queue(coslink_queue *raw) noexcept : owner_(raw) {}
  coslink_queue *get() const noexcept { return owner_.get(); }

  // The next event, for which it waits at most so long; one that is false when none came.
  result<event> poll(std::uint32_t wait_ms = 0) {
    const coslink_event *next = nullptr;
    coslink_error *why = nullptr;
    const coslink_status status = coslink_queue_poll(get(), wait_ms, &next, &why);
    if (status != COSLINK_OK) return error(status, why);
    return event(next);
  }
  // For a loop over the events, until none comes within so long.
  coslink::events events(std::uint32_t wait_ms = 0) noexcept { return {*this, wait_ms}; }

  result<descriptor> make_descriptor() const {
    int raw = -1;
    coslink_error *why = nullptr;
    const coslink_status status = coslink_queue_descriptor(get(), &raw, &why);
    if (status != COSLINK_OK) return error(status, why);
    return descriptor(raw);
  }

  // These give the number of the task.

  result<std::uint64_t> push_upload(const bucket &where, const zstring &key, const zpath &path,
                                    const upload_file_options &options = {},
                                    std::int32_t priority = 0) const {
    return push([&](std::uint64_t *task, coslink_error **why) {
      return coslink_queue_push_upload(get(), where.get(), key.get(), path.get(), &options,
                                       priority, task, why);
    });
  }

  result<std::uint64_t> push_bytes(const bucket &where, const zstring &key, bytes content,
                                   const queue_push_bytes_options &options = {},
                                   std::int32_t priority = 0) const {
    return push([&](std::uint64_t *task, coslink_error **why) {
      return coslink_queue_push_bytes(get(), where.get(), key.get(), content.data(),
                                      content.size(), &options, priority, task, why);
    });
  }

  result<std::uint64_t> push_download(const bucket &where, const zstring &key, const zpath &path,
                                      const download_file_options &options = {},
                                      std::int32_t priority = 0) const {
    return push([&](std::uint64_t *task, coslink_error **why) {
      return coslink_queue_push_download(get(), where.get(), key.get(), path.get(), &options,
                                         priority, task, why);
    });
  }

  result<std::uint64_t> push_copy(const bucket &where, const zstring &key,
                                  const copy_source &source,
                                  const copy_file_options &options = {},
                                  std::int32_t priority = 0) const {
    return push([&](std::uint64_t *task, coslink_error **why) {
      return coslink_queue_push_copy(get(), where.get(), key.get(), &source, &options, priority,
                                     task, why);
    });
  }

  result<void> pause(std::uint64_t task) const { return act(coslink_queue_pause, task); }
  result<void> restart(std::uint64_t task) const { return act(coslink_queue_restart, task); }
  result<void> cancel(std::uint64_t task) const { return act(coslink_queue_cancel, task); }
  result<void> to_front(std::uint64_t task) const { return act(coslink_queue_to_front, task); }
  result<void> set_priority(std::uint64_t task, std::int32_t priority) const {
    return act(coslink_queue_set_priority, task, priority);
  }
  result<void> set_limit(std::uint64_t task, std::uint64_t bytes_per_second) const {
    return act(coslink_queue_set_limit, task, bytes_per_second);
  }

  result<output<coslink_queue_tasks_output>> tasks() const {
    return detail::run<coslink_queue_tasks_output>(
        [&](auto **out, auto **why) { return coslink_queue_tasks(get(), out, why); });
  }
  result<output<coslink_queue_tasks_output>> task(std::uint64_t task) const {
    return detail::run<coslink_queue_tasks_output>(
        [&](auto **out, auto **why) { return coslink_queue_task(get(), task, out, why); });
  }

private:
  template <class Call> static result<std::uint64_t> push(Call &&call) {
    std::uint64_t task = 0;
    coslink_error *why = nullptr;
    const coslink_status status = call(&task, &why);
    if (status != COSLINK_OK) return error(status, why);
    return task;
  }

  // For the functions of C that take queue, task and what else is given.
  template <class Function, class... Arguments>
  result<void> act(Function function, Arguments... arguments) const {
    return detail::act([&](coslink_error **why) { return function(get(), arguments..., why); });
  }

  detail::owner<coslink_queue> owner_;
};

inline result<event> events::next() { return source_->poll(wait_ms_); }

/* ---- Client ---- */

// Connections, credentials and settings. Make one and keep it; what is made of it may outlive it.
// All of it may be used from many threads at once.
class client {
public:
  client() noexcept = default;
  explicit client(coslink_client *raw) noexcept : owner_(raw) {}
  coslink_client *get() const noexcept { return owner_.get(); }

  static result<client> make(const client_options &options) {
    return detail::make<client, coslink_client>(
        [&](auto **out, auto **why) { return coslink_client_new(&options, out, why); });
  }

  result<void> set_credentials(const zstring &secret_id, const zstring &secret_key,
                               const zstring &security_token = nullptr) const {
    return detail::act([&](coslink_error **why) {
      return coslink_client_set_credentials(get(), secret_id.get(), secret_key.get(),
                                            security_token.get(), why);
    });
  }
  result<void> set_upload_limit(std::uint64_t bytes_per_second) const {
    return detail::act([&](coslink_error **why) {
      return coslink_client_set_upload_limit(get(), bytes_per_second, why);
    });
  }
  result<void> set_download_limit(std::uint64_t bytes_per_second) const {
    return detail::act([&](coslink_error **why) {
      return coslink_client_set_download_limit(get(), bytes_per_second, why);
    });
  }

  // What the client tells of its requests, where `log_level` of its options is set: `take` takes a
  // const coslink_log_line &.
  template <class Take> result<void> log(Take &&take) const {
    struct taking : detail::guard {
      explicit taking(Take &call) noexcept : call_(call) {}
      static void told(const coslink_log_line *line, void *data) noexcept {
        auto &self = *static_cast<taking *>(data);
        self.run(0, [&] {
          self.call_(*line);
          return 0;
        });
      }
      Take &call_;
    } calls(take);
    coslink_error *why = nullptr;
    const coslink_status status = coslink_client_log(get(), taking::told, &calls, &why);
    if (status != COSLINK_OK) return error(status, why, std::move(calls.thrown));
    if (calls.thrown) return error(COSLINK_ERROR_CALLBACK, nullptr, std::move(calls.thrown));
    return {};
  }

  result<coslink::bucket> bucket(const zstring &name, const zstring &region) const {
    return detail::make<coslink::bucket, coslink_bucket>([&](auto **out, auto **why) {
      return coslink_bucket_new(get(), name.get(), region.get(), out, why);
    });
  }
  // The service itself, for bucket::request(): coslink_bucket_new_service.
  result<coslink::bucket> service(const zstring &region = nullptr) const {
    return detail::make<coslink::bucket, coslink_bucket>([&](auto **out, auto **why) {
      return coslink_bucket_new_service(get(), region.get(), out, why);
    });
  }
  result<coslink::queue> queue(const queue_options &options = {}) const {
    return detail::make<coslink::queue, coslink_queue>([&](auto **out, auto **why) {
      return coslink_queue_new(get(), &options, out, why);
    });
  }

  // Many files at once: a container of coslink::upload_files_item. `finished` takes a const
  // coslink::finished_upload &.
  template <class Items, class Progress = std::nullptr_t, class Finished = std::nullptr_t>
  result<void> upload_files(const Items &items, upload_files_options options = {},
                            Progress &&progress = nullptr, Finished &&finished = nullptr) const {
    using output_type = coslink_upload_file_output;
    return batch<coslink_upload_files_item, output_type>(coslink_upload_files, items, options,
                                                         progress, finished);
  }

  // A container of coslink::download_files_item. `finished` takes a const
  // coslink::finished_download &.
  template <class Items, class Progress = std::nullptr_t, class Finished = std::nullptr_t>
  result<void> download_files(const Items &items, download_files_options options = {},
                              Progress &&progress = nullptr, Finished &&finished = nullptr) const {
    using output_type = coslink_download_file_output;
    return batch<coslink_download_files_item, output_type>(coslink_download_files, items, options,
                                                           progress, finished);
  }

  // For `write` see bucket::get_object.
  template <class Write = std::nullptr_t, class Progress = std::nullptr_t>
  result<output<coslink_get_object_output>> presigned_get(const zstring &url,
                                                          presigned_get_options options = {},
                                                          Write &&write = nullptr,
                                                          Progress &&progress = nullptr) const {
    detail::callbacks<coslink_write_fn, std::remove_reference_t<Write>,
                      std::remove_reference_t<Progress>>
        calls(write, progress);
    calls.install(options, &presigned_get_options::write, calls.told_write);
    return detail::run<coslink_get_object_output>(calls.thrown, [&](auto **out, auto **why) {
      return coslink_presigned_get(get(), url.get(), &options, out, why);
    });
  }

  template <class Progress = std::nullptr_t>
  result<output<coslink_put_object_output>> presigned_put(const zstring &url, const body &content,
                                                          presigned_put_options options = {},
                                                          Progress &&progress = nullptr) const {
    auto calls = detail::with_progress(progress);
    calls.install(options);
    return detail::run<coslink_put_object_output>(calls, content, [&](auto **out, auto **why) {
      return coslink_presigned_put(get(), url.get(), content.get(), &options, out, why);
    });
  }

  template <class Write = std::nullptr_t, class Progress = std::nullptr_t>
  result<output<coslink_request_output>> presigned_request(coslink_method method,
                                                           const zstring &url,
                                                           const body &content = nullptr,
                                                           presigned_request_options options = {},
                                                           Write &&write = nullptr,
                                                           Progress &&progress = nullptr) const {
    detail::callbacks<coslink_write_fn, std::remove_reference_t<Write>,
                      std::remove_reference_t<Progress>>
        calls(write, progress);
    calls.install(options, &presigned_request_options::write, calls.told_write);
    return detail::run<coslink_request_output>(calls, content, [&](auto **out, auto **why) {
      return coslink_presigned_request(get(), method, url.get(), content.get(), &options, out,
                                       why);
    });
  }

private:
  template <class Item, class Output, class Function, class Items, class Options, class Progress,
            class Finished>
  result<void> batch(Function function, const Items &items, Options &options, Progress &progress,
                     Finished &finished) const {
    std::vector<const Item *> pointers;
    for (const Item &item : items) pointers.push_back(&item);
    detail::callbacks<coslink_file_finished_fn, Finished, Progress> calls(finished, progress);
    calls.install(options, &Options::finished, calls.template told_finished<Output>);
    coslink_error *why = nullptr;
    const coslink_status status = function(get(), pointers.data(), pointers.size(), &options, &why);
    if (status != COSLINK_OK) return error(status, why, std::move(calls.thrown));
    if (calls.thrown) return error(COSLINK_ERROR_CANCELLED, nullptr, std::move(calls.thrown));
    return {};
  }

  detail::owner<coslink_client> owner_;
};

} // namespace with_exceptions or without_exceptions
} // namespace coslink

#if defined(__cpp_lib_ranges)
// They lend what somebody else owns, so that a std::span can be made of a temporary one.
template <> inline constexpr bool std::ranges::enable_borrowed_range<coslink::bytes> = true;
template <> inline constexpr bool std::ranges::enable_borrowed_range<coslink::buffer> = true;
template <class T> inline constexpr bool std::ranges::enable_borrowed_range<coslink::view<T>> = true;
#endif

#endif
