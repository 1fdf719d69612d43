/* A form with which somebody without credentials uploads, as far as its policy allows. */
#include "check.h"

#define BOUNDARY "----form"

static coslink_client *nobody;

/* Sends the form as a browser would. */
static coslink_status submit(const coslink_sign_form_output *form, const char *key,
                             const char *content) {
  const coslink_pair headers[] = {{"Content-Type", "multipart/form-data; boundary=" BOUNDARY}};
  coslink_presigned_request_options options = COSLINK_INIT(coslink_presigned_request_options);
  static char sent[8192];
  coslink_body body;
  int length = 0;
  size_t at;
#define FIELD(name, value)                                                                         \
  length += snprintf(sent + length, sizeof sent - (size_t)length,                                  \
                     "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", \
                     (name), (value))
  FIELD("key", key);
  for (at = 0; at < form->field_count; at++) FIELD(form->fields[at].name, form->fields[at].value);
  length += snprintf(sent + length, sizeof sent - (size_t)length,
                     "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"file\"; "
                     "filename=\"f\"\r\n\r\n%s\r\n--" BOUNDARY "--\r\n",
                     content);
  CHECK((size_t)length < sizeof sent);
  body = bytes(sent, (size_t)length);
  options.headers = headers;
  options.header_count = 1;
  return coslink_presigned_request(nobody, COSLINK_METHOD_POST, form->url, &body, &options, NULL,
                                   &error);
}

static void uploads(void) {
  const coslink_form_condition conditions[] = {
      {COSLINK_CONDITION_STARTS_WITH, "key", "up/"},
      {COSLINK_CONDITION_EQUALS, "Content-Type", "text/plain"},
  };
  coslink_sign_form_options options = COSLINK_INIT(coslink_sign_form_options);
  const coslink_sign_form_output *form;
  coslink_result *result;
  size_t at, types = 0;
  options.conditions = conditions;
  options.condition_count = 2;
  options.min_length = 2;
  options.max_length = 6;
  OK(coslink_sign_form(bucket, 60, &options, &result, &error));
  CHECK(coslink_result_http_status(result) == 0);
  form = coslink_result_sign_form(result);
  CHECK(strstr(form->url, arguments[2]) != NULL);
  for (at = 0; at < form->field_count; at++) {
    CHECK(strstr(form->fields[at].value, arguments[5]) == NULL);
    types += strcmp(form->fields[at].name, "Content-Type") == 0;
  }
  CHECK(types == 1);
  OK(submit(form, "up/key", "hello!"));
  FAILS(DENIED, submit(form, "elsewhere", "hello!"));
  FAILS(SERVICE, submit(form, "up/long", "hello, world"));
  FAILS(SERVICE, submit(form, "up/short", "x"));
  CHECK(strstr(failure->text, "q-signature") == NULL);
  coslink_result_free(result);
  OK(coslink_head_object(bucket, "up/key", NULL, &result, &error));
  CHECK_TEXT(coslink_result_head_object(result)->content_type, "text/plain");
  coslink_result_free(result);

  options = COSLINK_INIT(coslink_sign_form_options);
  options.min_length = 1;
  OK(coslink_sign_form(bucket, 60, &options, &result, &error));
  CHECK(coslink_result_sign_form(result)->field_count > 0);
  coslink_result_free(result);
  OK(coslink_sign_form(bucket, 60, NULL, &result, &error));
  coslink_result_free(result);
}

static void refused(void) {
  const coslink_form_condition no_field[] = {{COSLINK_CONDITION_EQUALS, NULL, "v"}};
  const coslink_form_condition no_value[] = {{COSLINK_CONDITION_EQUALS, "key", "v"},
                                             {COSLINK_CONDITION_STARTS_WITH, "key", NULL}};
  const coslink_form_condition no_kind[] = {{0, "key", "v"}};
  coslink_sign_form_options options = COSLINK_INIT(coslink_sign_form_options);
  coslink_result *result;
  REFUSED("bucket", coslink_sign_form(NULL, 60, NULL, &result, &error));
  CHECK(result == NULL);
  REFUSED("result", coslink_sign_form(bucket, 60, NULL, NULL, &error));
  REFUSED("seconds", coslink_sign_form(bucket, 0, NULL, &result, &error));
  options.condition_count = 1;
  REFUSED("conditions", coslink_sign_form(bucket, 60, &options, &result, &error));
  options.conditions = no_field;
  REFUSED("conditions[0].field", coslink_sign_form(bucket, 60, &options, &result, &error));
  options.conditions = no_kind;
  REFUSED("conditions[0].kind", coslink_sign_form(bucket, 60, &options, &result, &error));
  options.conditions = no_value;
  options.condition_count = 2;
  REFUSED("conditions[1].value", coslink_sign_form(bucket, 60, &options, &result, &error));
  options.condition_count = 0;
  options.min_length = 3;
  options.max_length = 2;
  REFUSED("min_length", coslink_sign_form(bucket, 60, &options, &result, &error));
}

int main(int count, char **given) {
  coslink_client_options options;
  begin(count, given);
  options = client_options();
  options.secret_id = options.secret_key = NULL;
  options.anonymous = 1;
  OK(coslink_client_new(&options, &nobody, &error));
  uploads();
  refused();
  coslink_client_free(nobody);
  return end();
}
