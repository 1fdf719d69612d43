/* What the library leaves alone in its host: signals and their mask, the directory, the locale,
 * threads, children. And a server that hangs up does not kill the program.
 *
 * host; settings as in the environment of the examples. Linux. */
#define _GNU_SOURCE

#include "coslink.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                      \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

/* All of the process that a library could change behind the back of its host. */
struct state {
  void (*handlers[65])(int);
  int flags[65];
  sigset_t mask;
  mode_t umask;
  char directory[4096], locale[256];
};

static void look(struct state *state) {
  int signal;
  memset(state, 0, sizeof *state);
  for (signal = 1; signal <= 64; signal++) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) != 0) continue;
    state->handlers[signal] = action.sa_handler;
    state->flags[signal] = action.sa_flags;
  }
  pthread_sigmask(SIG_BLOCK, NULL, &state->mask);
  umask(state->umask = umask(0));
  CHECK(getcwd(state->directory, sizeof state->directory) != NULL);
  snprintf(state->locale, sizeof state->locale, "%s", setlocale(LC_ALL, NULL));
}

static struct state before;

static void nothing_has_changed(void) {
  static struct state now;
  look(&now);
  CHECK(now.handlers[SIGPIPE] == SIG_DFL);
  CHECK(memcmp(&now, &before, sizeof now) == 0);
}

/* The name of a thread of this process; "" when it has ended. */
static void name_of(const char *thread, char *name, int size) {
  char path[512];
  FILE *file;
  name[0] = 0;
  snprintf(path, sizeof path, "/proc/self/task/%s/comm", thread);
  file = fopen(path, "r");
  if (file == NULL) return;
  if (fgets(name, size, file) == NULL) name[0] = 0;
  fclose(file);
}

/* How many threads there are beside the first one; every one says whose it is. */
static int threads(void) {
  const struct timespec moment = {0, 1000000};
  DIR *directory = opendir("/proc/self/task");
  struct dirent *entry;
  int count = 0;
  CHECK(directory != NULL);
  while ((entry = readdir(directory)) != NULL) {
    char name[64];
    int patience = 2000;
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == getpid()) continue;
    /* A thread that has only just begun has the name of the one that made it. */
    for (;;) {
      name_of(entry->d_name, name, sizeof name);
      if (name[0] == 0 || strncmp(name, "coslink-", 8) == 0) break;
      if (patience-- == 0) fprintf(stderr, "a thread is called %s", name);
      CHECK(patience >= 0);
      nanosleep(&moment, NULL);
    }
    count += name[0] != 0;
  }
  closedir(directory);
  return count;
}

static int is_alone(void) {
  const struct timespec moment = {0, 1000000};
  int patience = 2000;
  while (threads() > 0 && patience-- > 0) nanosleep(&moment, NULL);
  return threads() == 0;
}

/* A child that only executes another program. */
static void run_a_child(void) {
  int status;
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
    _exit(1);
  }
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static int seen, forked;

static int progress(const coslink_progress *progress, void *user_data) {
  int count = threads();
  (void)progress, (void)user_data;
  if (count > seen) seen = count;
  if (!forked) run_a_child();
  forked = 1;
  return 0;
}

static char data[12 << 20];

static coslink_status put(const char *endpoint, coslink_error **error) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_client *client = NULL;
  coslink_bucket *bucket = NULL;
  coslink_status status;
  options.endpoint = endpoint;
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  options.first_wait_ms = 1;
  options.longest_wait_ms = 2;
  upload.slice_above = 1;
  upload.progress = progress;
  status = coslink_client_new(&options, &client, error);
  if (status == COSLINK_OK)
    status = coslink_bucket_new(client, getenv("COS_BUCKET"), getenv("COS_REGION"), &bucket, error);
  if (status == COSLINK_OK)
    status = coslink_upload_file(bucket, "host", "host.data", &upload, NULL, error);
  if (bucket != NULL) {
    /* In one request, too, whose body is more than what the system takes at once. */
    coslink_body body = COSLINK_INIT(coslink_body);
    body.data = data;
    body.length = sizeof data;
    coslink_error_free(*error);
    status = coslink_put_object(bucket, "host", &body, NULL, NULL, error);
  }
  coslink_bucket_free(bucket);
  coslink_client_free(client);
  return status;
}

/* A server, in a child, that reads a little of each request and hangs up with a reset. */
static pid_t hangs_up(char *url, size_t size) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  int listening = socket(AF_INET, SOCK_STREAM, 0);
  pid_t child;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(listening, (struct sockaddr *)&address, sizeof address) == 0);
  CHECK(listen(listening, 64) == 0);
  CHECK(getsockname(listening, (struct sockaddr *)&address, &length) == 0);
  snprintf(url, size, "http://127.0.0.1:%d", ntohs(address.sin_port));
  child = fork();
  CHECK(child >= 0);
  while (child == 0) {
    const struct linger at_once = {1, 0};
    char some[4096];
    int connection = accept(listening, NULL, NULL);
    if (connection < 0) _exit(1);
    if (read(connection, some, sizeof some) < 0) _exit(1);
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(connection);
  }
  close(listening);
  return child;
}

int main(void) {
  coslink_error *error = NULL;
  char url[64];
  FILE *file = fopen("host.data", "wb");
  pid_t server = hangs_up(url, sizeof url);
  int round;
  CHECK(file != NULL && fwrite(data, sizeof data, 1, file) == 1 && fclose(file) == 0);
  setlocale(LC_ALL, "C");
  look(&before);

  if (put(getenv("COS_ENDPOINT"), &error) != COSLINK_OK) {
    fprintf(stderr, "%s\n", error->text);
    return 1;
  }
  CHECK(seen > 0 && forked);
  CHECK(is_alone());
  nothing_has_changed();

  for (round = 0; round < 5; round++) {
    CHECK(put(url, &error) != COSLINK_OK);
    if (round == 0) printf("as it should: %s\n", error->text);
    coslink_error_free(error);
    error = NULL;
  }
  CHECK(is_alone());
  nothing_has_changed();

  run_a_child();
  CHECK(put(getenv("COS_ENDPOINT"), &error) == COSLINK_OK);
  CHECK(is_alone());
  kill(server, SIGKILL);
  waitpid(server, NULL, 0);
  unlink("host.data");
  printf("the host is as it was; up to %d threads, all called coslink-*\n", seen);
  return 0;
}
