/* A URL for somebody without credentials, used over a plain socket. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sends a request to the emulator as the URL says and returns the answer, to be freed. */
static char *fetch(const char *method, const char *url) {
  const char *host = strstr(url, "://") + 3, *path = strchr(host, '/');
  struct sockaddr_in address;
  char request[4096], *answer = calloc(1, 65536);
  size_t length = 0;
  ssize_t received;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(strncmp(host, arguments[2], strlen(arguments[2])) == 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(strrchr(arguments[1], ':') + 1));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(server, (struct sockaddr *)&address, sizeof address) == 0);
  snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %.*s\r\nConnection: close\r\n\r\n",
           method, path, (int)(path - host), host);
  CHECK(write(server, request, strlen(request)) == (ssize_t)strlen(request));
  while ((received = read(server, answer + length, 65535 - length)) > 0) length += (size_t)received;
  close(server);
  return answer;
}

static void answers(const char *method, const char *url, const char *status, const char *content) {
  char *answer = fetch(method, url);
  CHECK(strncmp(answer + strlen("HTTP/1.1 "), status, 3) == 0);
  CHECK(strstr(answer, content) != NULL);
  free(answer);
}

int main(int count, char **given) {
  const coslink_pair query[] = {{"response-content-type", "text/x-hello"}};
  coslink_presign_options options = COSLINK_INIT(coslink_presign_options);
  char *url, *other;
  begin(count, given);
  put("a key+\xC3\xA4.txt", "hello!");
  OK(coslink_presign(bucket, COSLINK_METHOD_GET, "a key+\xC3\xA4.txt", 600, NULL, &url, &error));
  CHECK(strstr(url, "q-signature=") != NULL && strstr(url, arguments[5]) == NULL);
  answers("GET", url, "200", "hello!");
  answers("DELETE", url, "403", "SignatureDoesNotMatch");
  coslink_string_free(url);

  options.query = query;
  options.query_count = 1;
  OK(coslink_presign(bucket, COSLINK_METHOD_GET, "a key+\xC3\xA4.txt", 600, &options, &other,
                     &error));
  answers("GET", other, "200", "text/x-hello");
  coslink_string_free(other);

  options.query_count = 0;
  options.for_bucket = 1;
  OK(coslink_presign(bucket, COSLINK_METHOD_GET, NULL, 600, &options, &url, &error));
  answers("GET", url, "200", "<ListBucketResult");
  coslink_string_free(url);

  REFUSED("key", coslink_presign(bucket, COSLINK_METHOD_GET, "key", 600, &options, &url, &error));
  REFUSED("key", coslink_presign(bucket, COSLINK_METHOD_GET, NULL, 600, NULL, &url, &error));
  REFUSED("key", coslink_presign(bucket, COSLINK_METHOD_GET, "", 600, NULL, &url, &error));
  REFUSED("seconds", coslink_presign(bucket, COSLINK_METHOD_GET, "key", 0, NULL, &url, &error));
  REFUSED("method", coslink_presign(bucket, 0, "key", 600, NULL, &url, &error));
  REFUSED("method", coslink_presign(bucket, 7, "key", 600, NULL, &url, &error));
  CHECK(url == NULL);
  return end();
}
