// Shows coslink in C++: handles that free themselves, and errors as exceptions.
//
// raii; see quickstart.c for the environment.
#include "coslink.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

// Frees whatever coslink handed out, by its type.
struct Free {
  void operator()(coslink_client *client) const { coslink_client_free(client); }
  void operator()(coslink_bucket *bucket) const { coslink_bucket_free(bucket); }
  void operator()(coslink_result *result) const { coslink_result_free(result); }
  void operator()(coslink_objects *objects) const { coslink_objects_free(objects); }
  void operator()(coslink_error *error) const { coslink_error_free(error); }
};

template <class Handle> using Owned = std::unique_ptr<Handle, Free>;

// Takes what a call hands out through a `**`; use it once, as the argument of that call.
template <class Handle> class Out {
public:
  explicit Out(Owned<Handle> &owner) : owner(owner) {}
  ~Out() { owner.reset(handle); }
  operator Handle **() { return &handle; }

private:
  Owned<Handle> &owner;
  Handle *handle = nullptr;
};

template <class Handle> Out<Handle> out(Owned<Handle> &owner) { return Out<Handle>(owner); }

struct Failure : std::runtime_error {
  Failure(coslink_status status, const coslink_error *error)
      : std::runtime_error(error != nullptr ? error->text : coslink_status_name(status)),
        status(status) {}
  coslink_status status;
};

// Turns the status of a call, and the error that it put into `error`, into an exception.
struct Check {
  coslink_error *error = nullptr;

  void operator()(coslink_status status) {
    Owned<coslink_error> owner(error);
    error = nullptr;
    if (status != COSLINK_OK) throw Failure(status, owner.get());
  }
};

const char *setting(const char *name) {
  const char *value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value;
}

void run() {
  Check check;
  Owned<coslink_client> client;
  Owned<coslink_bucket> bucket;
  Owned<coslink_result> result;
  Owned<coslink_objects> objects;

  auto options = COSLINK_INIT(coslink_client_options);
  options.secret_id = setting("COS_SECRET_ID");
  options.secret_key = setting("COS_SECRET_KEY");
  options.endpoint = std::getenv("COS_ENDPOINT");
  check(coslink_client_new(&options, out(client), &check.error));
  check(coslink_bucket_new(client.get(), setting("COS_BUCKET"), setting("COS_REGION"), out(bucket),
                           &check.error));

  const std::string greeting = "hello from C++";
  auto body = COSLINK_INIT(coslink_body);
  body.data = greeting.data();
  body.length = greeting.size();
  check(coslink_put_object(bucket.get(), "raii", &body, nullptr, nullptr, &check.error));

  check(coslink_get_object(bucket.get(), "raii", nullptr, out(result), &check.error));
  std::size_t length = 0;
  const void *data = coslink_result_body(result.get(), &length);
  std::cout << std::string(static_cast<const char *>(data), length) << "\n";

  check(coslink_objects_new(bucket.get(), nullptr, out(objects), &check.error));
  for (;;) {
    const coslink_object *object = nullptr;
    check(coslink_objects_next(objects.get(), &object, &check.error));
    if (object == nullptr) break;
    std::cout << object->key << ": " << object->size << " bytes\n";
  }

  check(coslink_delete_object(bucket.get(), "raii", nullptr, nullptr, &check.error));
  try {
    check(coslink_head_object(bucket.get(), "raii", nullptr, out(result), &check.error));
  } catch (const Failure &failure) {
    if (failure.status != COSLINK_ERROR_NOT_FOUND) throw;
    std::cout << "gone: " << failure.what() << "\n";
  }
}

} // namespace

int main() {
  try {
    run();
    return 0;
  } catch (const std::exception &failure) {
    std::cerr << "raii: " << failure.what() << "\n";
    return 1;
  }
}
