/* coslink beside another Rust library, libcurl and OpenSSL in one program; each speaks TLS, or uses
 * what it has in common with the others, in turns.
 *
 * clash URL CA_FILE; the rest as in the environment of the examples. */
#include "coslink.h"

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void other_sha256(const unsigned char *data, size_t length, unsigned char *digest);
int other_panics(void);

static const char *url, *ca_file;
static unsigned char data[3 << 20];

static void fail(const char *what, const char *why) {
  fprintf(stderr, "clash: %s: %s\n", what, why == NULL ? "failed" : why);
  exit(1);
}

static void use_coslink(void) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_body body = COSLINK_INIT(coslink_body);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_result *result = NULL;
  coslink_error *error = NULL;
  const void *stored;
  size_t length;
  options.endpoint = url;
  options.ca_file = ca_file;
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  body.data = data;
  body.length = sizeof data;
  if (coslink_client_new(&options, &client, &error) != COSLINK_OK ||
      coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, &error) !=
          COSLINK_OK ||
      coslink_put_object(bucket, "clash", &body, NULL, NULL, &error) != COSLINK_OK ||
      coslink_get_object(bucket, "clash", NULL, &result, &error) != COSLINK_OK)
    fail("coslink", error->text);
  stored = coslink_result_body(result, &length);
  if (length != sizeof data || memcmp(stored, data, length) != 0) fail("coslink", "other bytes");
  coslink_result_free(result);
  coslink_bucket_free(bucket);
  coslink_client_free(client);
}

static size_t ignore(char *bytes, size_t size, size_t count, void *user_data) {
  (void)bytes, (void)user_data;
  return size * count;
}

static void use_curl(void) {
  CURL *curl = curl_easy_init();
  long status = 0;
  CURLcode code;
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
  code = curl_easy_perform(curl);
  if (code != CURLE_OK) fail("libcurl", curl_easy_strerror(code));
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status == 0) fail("libcurl", "no answer");
  curl_easy_cleanup(curl);
}

static void use_openssl(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  BIO *bio;
  SSL *ssl = NULL;
  char answer[16] = "";
  const char *host = strstr(url, "://") + 3;
  if (SSL_CTX_load_verify_locations(context, ca_file, NULL) != 1) fail("openssl", ca_file);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  bio = BIO_new_ssl_connect(context);
  BIO_get_ssl(bio, &ssl);
  BIO_set_conn_hostname(bio, host);
  if (BIO_do_connect(bio) != 1 || SSL_get_verify_result(ssl) != X509_V_OK)
    fail("openssl", ERR_reason_error_string(ERR_get_error()));
  BIO_puts(bio, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  if (BIO_read(bio, answer, 8) != 8 || memcmp(answer, "HTTP/1.1", 8) != 0)
    fail("openssl", "no answer");
  BIO_free_all(bio);
  SSL_CTX_free(context);
}

static void use_other(void) {
  unsigned char ours[32], theirs[32];
  other_sha256(data, sizeof data, ours);
  SHA256(data, sizeof data, theirs);
  if (memcmp(ours, theirs, 32) != 0) fail("other", "another sum");
  if (other_panics() != 1) fail("other", "the panic was not caught");
}

int main(int count, char **arguments) {
  int round;
  size_t at;
  if (count != 3) return 2;
  url = arguments[1], ca_file = arguments[2];
  for (at = 0; at < sizeof data; at++) data[at] = (unsigned char)(at * 2654435761u >> 13);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  for (round = 0; round < 3; round++) {
    use_coslink();
    use_curl();
    use_other();
    use_openssl();
  }
  curl_global_cleanup();
  printf("coslink, another Rust library, libcurl and OpenSSL get on\n");
  return 0;
}
