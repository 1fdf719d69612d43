// A second unit of cpp_values, which has the wrapper as well.
#include "coslink.hpp"
#include "check.hpp"

std::size_t length_elsewhere(const char *url, const char *name);

std::size_t length_elsewhere(const char *url, const char *name) {
  auto options = client_options();
  options.endpoint = url;
  const auto client = OK(coslink::client::make(options));
  std::size_t length = 0;
  const auto got = OK(client.bucket(arguments[2], arguments[3]))
                       .get_object(name, {}, [&](coslink::bytes bytes) { length += bytes.size(); });
  return got ? length : 0;
}
