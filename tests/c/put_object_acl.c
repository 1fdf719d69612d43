/* PUT Object acl: by name, by grants, by a whole policy. */
#include "check.h"

#define OWNER "qcs::cam::uin/100000000001:uin/100000000001"
#define FRIEND "qcs::cam::uin/100000000011:uin/100000000011"
#define EVERYBODY "http://cam.qcloud.com/groups/global/AllUsers"

static void check_acl(const char *acl, size_t grants) {
  const coslink_get_object_acl_output *output;
  coslink_result *result;
  OK(coslink_get_object_acl(bucket, "key", NULL, &result, &error));
  output = coslink_result_get_object_acl(result);
  CHECK_TEXT(output->acl, acl);
  CHECK(output->grant_count == grants);
  coslink_result_free(result);
}

int main(int count, char **given) {
  const coslink_grant grants[] = {{FRIEND, "a friend & <more>", NULL, "READ_ACP"},
                                  {NULL, NULL, EVERYBODY, "READ"}};
  const coslink_grant nobody[] = {{NULL, NULL, NULL, "READ"}}, both[] = {{"1", NULL, "u", "READ"}};
  const coslink_grant no_right[] = {{"1", NULL, NULL, NULL}};
  const coslink_grant bad_right[] = {{"1", NULL, NULL, "EVERYTHING"}};
  const coslink_grant bad_text[] = {{"1", "\xFF", NULL, "READ"}};
  coslink_put_object_acl_options options = COSLINK_INIT(coslink_put_object_acl_options);
  const coslink_put_object_acl_options none = options;
  coslink_result *result;
  begin(count, given);
  put("key", "x");
  options.acl = "public-read";
  OK(coslink_put_object_acl(bucket, "key", &options, &result, &error));
  CHECK(coslink_result_http_status(result) == 200);
  CHECK(coslink_result_get_object_acl(result) == NULL);
  coslink_result_free(result);
  check_acl("public-read", 2);
  options = none;
  options.grant_read = "id=\"" FRIEND "\"";
  options.grant_read_acp = "id=\"" FRIEND "\"";
  OK(coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  check_acl("private", 3);
  options = none;
  options.owner_id = OWNER;
  options.owner_display_name = "the owner & more";
  options.grants = grants;
  options.grant_count = 2;
  OK(coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  check_acl("public-read", 2);

  options.acl = "private";
  REFUSED("policy", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.acl = NULL;
  options.owner_id = NULL;
  REFUSED("owner_id", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.owner_id = OWNER;
  options.grant_count = 1;
  options.grants = nobody;
  REFUSED("grants[0].id", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.grants = both;
  REFUSED("grants[0].uri", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.grants = no_right;
  REFUSED("grants[0].permission", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.grants = bad_right;
  REFUSED("grants", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.grants = bad_text;
  REFUSED("grants[0].display_name",
          coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  options.grants = NULL;
  REFUSED("grants", coslink_put_object_acl(bucket, "key", &options, NULL, &error));
  REFUSED("acl", coslink_put_object_acl(bucket, "key", &none, NULL, &error));
  REFUSED("options", coslink_put_object_acl(bucket, "key", NULL, NULL, &error));
  REFUSED("key", coslink_put_object_acl(bucket, NULL, &options, NULL, &error));
  REFUSED("bucket", coslink_put_object_acl(NULL, "key", &options, NULL, &error));
  options = none;
  options.acl = "private";
  FAILS(NOT_FOUND, coslink_put_object_acl(bucket, "none", &options, NULL, &error));
  CHECK_TEXT(failure->operation, "PutObjectAcl");
  return end();
}
