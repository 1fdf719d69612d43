/* OPTIONS Object: what the rules of the bucket allow, and that a refusal is an answer. */
#include "check.h"

#define SITE "https://www.qq.com"

int main(int count, char **given) {
  coslink_options_object_options options = COSLINK_INIT(coslink_options_object_options);
  const coslink_options_object_output *output;
  coslink_result *result;
  begin(count, given);
  options.access_control_request_headers = "x-cos-meta-a";
  OK(coslink_options_object(bucket, "key", SITE, "PUT", &options, &result, &error));
  output = coslink_result_options_object(result);
  CHECK(!output->forbidden);
  CHECK_TEXT(output->access_control_allow_origin, SITE);
  CHECK(strstr(output->access_control_allow_methods, "PUT") != NULL);
  CHECK(strstr(output->access_control_allow_headers, "x-cos-meta-") != NULL);
  CHECK(strstr(output->access_control_expose_headers, "ETag") != NULL);
  CHECK(output->has_access_control_max_age && output->access_control_max_age == 600);
  coslink_result_free(result);

  OK(coslink_options_object(bucket, "key", SITE, "DELETE", NULL, &result, &error));
  output = coslink_result_options_object(result);
  CHECK(output->forbidden && output->access_control_allow_origin == NULL);
  CHECK(!output->has_access_control_max_age && output->access_control_max_age == 0);
  CHECK(coslink_result_http_status(result) == 403);
  coslink_result_free(result);

  FAILS(DENIED, coslink_options_object(bucket, "denied", SITE, "PUT", NULL, NULL, &error));
  CHECK_TEXT(failure->code, "AccessDenied");
  CHECK_TEXT(failure->operation, "OptionsObject");
  REFUSED("bucket", coslink_options_object(NULL, "key", SITE, "PUT", NULL, NULL, &error));
  REFUSED("key", coslink_options_object(bucket, NULL, SITE, "PUT", NULL, NULL, &error));
  REFUSED("origin", coslink_options_object(bucket, "key", NULL, "PUT", NULL, NULL, &error));
  REFUSED("origin", coslink_options_object(bucket, "key", "", "PUT", NULL, NULL, &error));
  REFUSED("method", coslink_options_object(bucket, "key", SITE, NULL, NULL, NULL, &error));
  REFUSED("method", coslink_options_object(bucket, "key", SITE, "", NULL, NULL, &error));
  return end();
}
