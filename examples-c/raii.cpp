// Shows coslink in C++: handles that free themselves, results, lambdas, and errors as exceptions.
//
// raii; see quickstart.c for the environment.
#include "coslink.hpp"

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

const char *setting(const char *name) {
  const char *value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value;
}

void run() {
  coslink::client_options options;
  options.secret_id = setting("COS_SECRET_ID");
  options.secret_key = setting("COS_SECRET_KEY");
  options.endpoint = std::getenv("COS_ENDPOINT");
  const auto client = coslink::client::make(options).value();
  const auto bucket = client.bucket(setting("COS_BUCKET"), setting("COS_REGION")).value();

  // Bytes in memory; the lambda looks on, and may return false to stop.
  std::uint64_t sent = 0;
  const auto look = [&](const coslink_progress &progress) { sent = progress.loaded; };
  bucket.put_object("raii", "hello from C++", {}, look).value();

  std::cout << bucket.get_object("raii").value().body().text() << "\n";
  // One call for each page, and none for what the loop does not come to.
  for (const auto &object : bucket.objects().value())
    std::cout << object.key << ": " << object.size << " bytes, " << sent << " sent\n";

  // A result may be looked at, where a failure is no surprise.
  bucket.delete_object("raii").value();
  const auto head = bucket.head_object("raii");
  if (head.status() == COSLINK_ERROR_NOT_FOUND) std::cout << "gone: " << head.error().what() << "\n";
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
