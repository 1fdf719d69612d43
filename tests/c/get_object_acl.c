/* GET Object acl: the bucket's own, and users and groups one by one. */
#include "check.h"

#define FRIEND "qcs::cam::uin/100000000011:uin/100000000011"
#define EVERYBODY "http://cam.qcloud.com/groups/global/AllUsers"

int main(int count, char **given) {
  const coslink_grant grants[] = {{FRIEND, "a friend", NULL, "READ_ACP"},
                                  {NULL, NULL, EVERYBODY, "READ"}};
  coslink_put_object_acl_options put_options = COSLINK_INIT(coslink_put_object_acl_options);
  coslink_get_object_acl_options options = COSLINK_INIT(coslink_get_object_acl_options);
  const coslink_get_object_acl_output *output;
  coslink_result *result;
  char owner[128];
  begin(count, given);
  put("key", "x");
  OK(coslink_get_object_acl(bucket, "key", NULL, &result, &error));
  output = coslink_result_get_object_acl(result);
  CHECK_TEXT(output->acl, "default");
  CHECK(output->owner->id[0] != 0 && output->owner->display_name != NULL);
  snprintf(owner, sizeof owner, "%s", output->owner->id);
  coslink_result_free(result);

  put_options.owner_id = owner;
  put_options.grants = grants;
  put_options.grant_count = 2;
  OK(coslink_put_object_acl(bucket, "key", &put_options, NULL, &error));
  OK(coslink_get_object_acl(bucket, "key", &options, &result, &error));
  output = coslink_result_get_object_acl(result);
  CHECK_TEXT(output->acl, "public-read");
  CHECK_TEXT(output->owner->id, owner);
  CHECK(output->grant_count == 2);
  CHECK_TEXT(output->grants[0].id, FRIEND);
  CHECK(output->grants[0].display_name != NULL && output->grants[0].uri == NULL);
  CHECK_TEXT(output->grants[0].permission, "READ_ACP");
  CHECK_TEXT(output->grants[1].uri, EVERYBODY);
  CHECK(output->grants[1].id == NULL && output->grants[1].display_name == NULL);
  CHECK_TEXT(output->grants[1].permission, "READ");
  /* What was got can be put. */
  put_options.owner_id = output->owner->id;
  put_options.grants = output->grants;
  put_options.grant_count = output->grant_count;
  OK(coslink_put_object_acl(bucket, "key", &put_options, NULL, &error));
  coslink_result_free(result);

  options.version_id = "none";
  FAILS(NOT_FOUND, coslink_get_object_acl(bucket, "key", &options, NULL, &error));
  FAILS(NOT_FOUND, coslink_get_object_acl(bucket, "none", NULL, NULL, &error));
  CHECK_TEXT(failure->operation, "GetObjectAcl");
  REFUSED("bucket", coslink_get_object_acl(NULL, "key", NULL, NULL, &error));
  REFUSED("key", coslink_get_object_acl(bucket, NULL, NULL, NULL, &error));
  return end();
}
