/* Who signs, and by which hosts buckets are reached. */
#include "check.h"

static void is_reached(const coslink_client_options *options) {
  coslink_bucket *place = bucket_of(options);
  OK(coslink_head_object(place, "key", NULL, NULL, &error));
  coslink_bucket_free(place);
}

static void hosts(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  options.domain = "files.example.com";
  is_reached(&options);
  options.accelerate = 1;
  REFUSED("accelerate", coslink_client_new(&options, &other, &error));
  options.domain = NULL;
  is_reached(&options);
  options.internal = 1;
  REFUSED("internal", coslink_client_new(&options, &other, &error));
  options.accelerate = 0;
  is_reached(&options);
  options.internal = 0;
  options.path_style = 1;
  is_reached(&options);
  options.path_style = 0;
  options.domain = "https://files.example.com";
  REFUSED("domain", coslink_client_new(&options, &other, &error));
  options.domain = "\xFF";
  REFUSED("domain", coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
}

static coslink_client_options nobody(void) {
  coslink_client_options options = client_options();
  options.secret_id = NULL;
  options.secret_key = NULL;
  return options;
}

static void anonymous(void) {
  coslink_put_object_acl_options acl = COSLINK_INIT(coslink_put_object_acl_options);
  coslink_client_options options = nobody();
  coslink_bucket *place;
  coslink_result *form;
  char *url;
  acl.acl = "public-read";
  put("public", "x");
  OK(coslink_put_object_acl(bucket, "public", &acl, NULL, &error));
  options.anonymous = 1;
  place = bucket_of(&options);
  OK(coslink_head_object(place, "public", NULL, NULL, &error));
  FAILS(DENIED, coslink_head_object(place, "key", NULL, NULL, &error));
  OK(coslink_presign(place, COSLINK_METHOD_GET, "public", 60, NULL, &url, &error));
  CHECK(strchr(url, '?') == NULL);
  coslink_string_free(url);
  FAILS(CREDENTIALS, coslink_sign_form(place, 60, NULL, &form, &error));
  CHECK(form == NULL);
  coslink_bucket_free(place);
}

static void from_env(void) {
  coslink_client_options options = nobody();
  coslink_client *other;
  options.credentials_from_env = 1;
  unsetenv("COS_SECRET_ID");
  unsetenv("COS_SECRET_KEY");
  unsetenv("TENCENTCLOUD_SECRET_ID");
  FAILS(CREDENTIALS, coslink_client_new(&options, &other, &error));
  setenv("COS_SECRET_ID", arguments[4], 1);
  FAILS(CREDENTIALS, coslink_client_new(&options, &other, &error));
  setenv("COS_SECRET_KEY", arguments[5], 1);
  unsetenv("COS_SECURITY_TOKEN");
  is_reached(&options);
}

static void from_file(void) {
  char conf[1024];
  coslink_client_options options = nobody();
  coslink_client *other;
  options.credentials_file = path_of("cos.conf");
  FAILS(LOCAL_IO, coslink_client_new(&options, &other, &error));
  snprintf(conf, sizeof conf, "[common]\nsecret_id = %s\n", arguments[4]);
  write_file(options.credentials_file, conf, strlen(conf));
  FAILS(CREDENTIALS, coslink_client_new(&options, &other, &error));
  snprintf(conf, sizeof conf, "[common]\nsecret_id = %s\nsecret_key = %s\n", arguments[4],
           arguments[5]);
  write_file(options.credentials_file, conf, strlen(conf));
  is_reached(&options);
}

/* One source of credentials only, whichever two are set. */
static void only_one(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  options.anonymous = 1;
  REFUSED("anonymous", coslink_client_new(&options, &other, &error));
  options.anonymous = 0;
  options.credentials_from_env = 1;
  REFUSED("credentials_from_env", coslink_client_new(&options, &other, &error));
  options.credentials_from_env = 0;
  options.credentials_file = "p";
  REFUSED("credentials_file", coslink_client_new(&options, &other, &error));
  options = nobody();
  options.credentials_file = "p";
  options.security_token = "token";
  REFUSED("credentials_file", coslink_client_new(&options, &other, &error));
  options.security_token = NULL;
  options.credentials_from_env = 1;
  REFUSED("credentials_file", coslink_client_new(&options, &other, &error));
  options.anonymous = 1;
  REFUSED("credentials_from_env", coslink_client_new(&options, &other, &error));
  options = nobody();
  FAILS(CREDENTIALS, coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
}

/* Whatever has room for one request works; less is refused, with how much that is. */
static void memory_limit(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  options.memory_limit = 1152 << 10;
  is_reached(&options);
  options.memory_limit = UINT64_MAX;
  is_reached(&options);
  options.memory_limit = (1152 << 10) - 1;
  FAILS(INVALID_ARGUMENT, coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
  CHECK(strstr(failure->message, "1179648") != NULL);
  options.memory_limit = 1;
  REFUSED("memory_limit", coslink_client_new(&options, &other, &error));
}

/* A library without TLS refuses what is about it, and reads no file for that. */
static void without_tls(void) {
  coslink_client_options options = client_options();
  coslink_client *other;
  options.endpoint = NULL;
  REFUSED("https", coslink_client_new(&options, &other, &error));
  options.endpoint = "https://localhost:1";
  REFUSED("endpoint", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.ca_file = "no such file";
  REFUSED("ca_file", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.ca_pem = "";
  REFUSED("ca_pem", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.client_certificate = options.client_key = "no such file";
  REFUSED("client_certificate", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.danger_accept_any_certificate = 1;
  REFUSED("danger_accept_any_certificate", coslink_client_new(&options, &other, &error));
  options = client_options();
  options.proxy = "https://localhost:1";
  REFUSED("proxy", coslink_client_new(&options, &other, &error));
  CHECK(other == NULL);
}

int main(int count, char **given) {
  begin(count, given);
  put("key", "x");
  hosts();
  anonymous();
  from_env();
  from_file();
  only_one();
  memory_limit();
  if (!has_tls()) without_tls();
  return end();
}
