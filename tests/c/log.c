/* What a client tells of its requests, on the thread that asks. */
#include "check.h"

#define MOST 4096

static char told[MOST];
static int lines;

static void take(const coslink_log_line *line, void *user_data) {
  size_t length = strlen(told);
  CHECK(user_data == told && line->time_ms > 1700000000000 && line->lost == 0);
  CHECK(line->level >= COSLINK_LOG_WARN && line->level <= COSLINK_LOG_DEBUG);
  snprintf(told + length, sizeof told - length, "%d %s\n", line->level, line->text);
  lines++;
}

/* The lines of a client at this level after a request that is tried twice and one that is refused. */
static int tell(int32_t level) {
  coslink_client_options options = client_options();
  coslink_client *teller;
  coslink_bucket *place;
  char key[16], *url;
  snprintf(key, sizeof key, "passing%d", level);
  told[0] = 0;
  lines = 0;
  options.log_level = level;
  OK(coslink_client_new(&options, &teller, &error));
  OK(coslink_bucket_new(teller, arguments[2], arguments[3], &place, &error));
  OK(coslink_head_object(place, key, NULL, NULL, &error));
  FAILS(NOT_FOUND, coslink_get_object(place, "no such key", NULL, NULL, &error));
  OK(coslink_presign(place, COSLINK_METHOD_GET, key, 60, NULL, &url, &error));
  OK(coslink_presigned_get(teller, url, NULL, NULL, &error));
  coslink_string_free(url);
  OK(coslink_client_log(teller, take, told, &error));
  /* They are told once. */
  {
    int before = lines;
    OK(coslink_client_log(teller, take, told, &error));
    CHECK(lines == before);
  }
  coslink_bucket_free(place);
  coslink_client_free(teller);
  return lines;
}

int main(int count, char **given) {
  coslink_client_options options;
  coslink_client *other;
  begin(count, given);
  put("passing0", "x");
  put("passing2", "x");
  put("passing3", "x");
  put("passing4", "x");
  CHECK(tell(0) == 0);
  CHECK(tell(COSLINK_LOG_WARN) == 1);
  CHECK(strstr(told, "2 HeadObject ") == told);
  CHECK(strstr(told, "/passing2: attempt 1: ") != NULL && strstr(told, "; again in ") != NULL);
  CHECK(tell(COSLINK_LOG_INFO) == 2);
  CHECK(strstr(told, "3 GetObject ") != NULL && strstr(told, "NoSuchKey") != NULL);
  CHECK(tell(COSLINK_LOG_DEBUG) == 4);
  CHECK(strstr(told, ": attempt 2: 200 after ") != NULL && strstr(told, "a presigned URL") != NULL);
  CHECK(strstr(told, arguments[5]) == NULL && strstr(told, "q-signature") == NULL);
  options = client_options();
  options.log_level = 1;
  REFUSED("log_level", coslink_client_new(&options, &other, &error));
  REFUSED("client", coslink_client_log(NULL, take, NULL, &error));
  REFUSED("callback", coslink_client_log(client, NULL, NULL, &error));
  return end();
}
