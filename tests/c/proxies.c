/* Proxies, and who is believed. The emulator speaks TLS and asks for a client's certificate. */
#include "check.h"

/* The text of a file of the scratch directory; it lives until the end. */
static const char *text_of(const char *name) {
  static char texts[4][4096];
  static int next;
  size_t length;
  char *data = read_file(path_of(name), &length);
  CHECK(data != NULL && length < sizeof texts[0] && next < 4);
  memcpy(texts[next], data, length);
  texts[next][length] = '\0';
  free(data);
  return texts[next++];
}

/* Files of the scratch directory that live as long as the options. */
static char ca_file[1024], certificate[1024], key[1024];

static coslink_client_options trusting(void) {
  coslink_client_options options = client_options();
  options.max_attempts = 1;
  options.ca_file = ca_file;
  options.client_certificate = certificate;
  options.client_key = key;
  return options;
}

static void says(const char *what) {
  if (strstr(failure->message, what) == NULL) fprintf(stderr, "%s\n", failure->message);
  CHECK(strstr(failure->message, what) != NULL);
  CHECK(strstr(failure->text, "hush") == NULL);
}

static void certificates(void) {
  coslink_client_options options = trusting();
  coslink_client *other;
  use_client(&options);
  put("key", "x");

  options.ca_file = NULL;
  use_client(&options);
  FAILS(TRANSPORT, coslink_head_object(bucket, "key", NULL, NULL, &error));
  says("is not accepted: it is signed by an unknown authority");
  CHECK(!failure->retryable);
  options.ca_pem = text_of("ca.pem");
  use_client(&options);
  OK(coslink_head_object(bucket, "key", NULL, NULL, &error));
  options.ca_pem = "no certificate";
  REFUSED("ca_pem", coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
  options.ca_pem = NULL;
  options.danger_accept_any_certificate = 1;
  use_client(&options);
  OK(coslink_head_object(bucket, "key", NULL, NULL, &error));

  options = trusting();
  options.client_certificate = options.client_key = NULL;
  use_client(&options);
  FAILS(TRANSPORT, coslink_head_object(bucket, "key", NULL, NULL, &error));
  says("asks for a client certificate");
}

static void half_a_certificate(void) {
  coslink_client_options options = trusting();
  coslink_client *other;
  options.client_key = NULL;
  REFUSED("client_key", coslink_client_new(&options, &other, &error));
  options.client_key = ca_file;
  REFUSED("client_certificate", coslink_client_new(&options, &other, &error));
  options.client_certificate = NULL;
  REFUSED("client_certificate", coslink_client_new(&options, &other, &error));
  options.client_certificate = path_of("no such file");
  FAILS(LOCAL_IO, coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
}

/* The proxy leads the bucket's own host to the emulator; nothing else does. */
static void proxies(void) {
  coslink_client_options options = trusting();
  coslink_client *other;
  options.endpoint = NULL;
  options.proxy = text_of("proxy");
  use_client(&options);
  OK(coslink_head_object(bucket, "key", NULL, NULL, &error));
  options.no_proxy = "other.example,127.0.0.1";
  use_client(&options);
  OK(coslink_head_object(bucket, "key", NULL, NULL, &error));

  options.no_proxy = NULL;
  options.proxy = NULL;
  setenv("https_proxy", text_of("proxy"), 1);
  options.proxy_from_env = 1;
  use_client(&options);
  OK(coslink_head_object(bucket, "key", NULL, NULL, &error));

  /* What is set goes before the environment. */
  options.proxy = text_of("stranger");
  use_client(&options);
  FAILS(TRANSPORT, coslink_head_object(bucket, "key", NULL, NULL, &error));
  says("proxy authentication failed");
  CHECK(!failure->retryable);

  options = trusting();
  options.proxy = "http://127.0.0.1:1";
  use_client(&options);
  FAILS(TRANSPORT, coslink_head_object(bucket, "key", NULL, NULL, &error));
  says("cannot connect to the proxy 127.0.0.1:1");
  options.no_proxy = "localhost";
  use_client(&options);
  OK(coslink_head_object(bucket, "key", NULL, NULL, &error));
  options.proxy = "gopher://user:hush@host:1";
  REFUSED("proxy", coslink_client_new(&options, &other, &error));
  says("scheme");
  options.proxy = "\xFF";
  REFUSED("proxy", coslink_client_new(&options, &other, &error));
  options.proxy = NULL;
  options.no_proxy = "\xFF";
  REFUSED("no_proxy", coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
}

int main(int count, char **given) {
  begin(count, given);
  snprintf(ca_file, sizeof ca_file, "%s", path_of("ca.pem"));
  snprintf(certificate, sizeof certificate, "%s", path_of("client.crt"));
  snprintf(key, sizeof key, "%s", path_of("client.key"));
  certificates();
  half_a_certificate();
  proxies();
  return end();
}
