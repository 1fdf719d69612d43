/* Shows how a game, or anything else with a loop of its own, moves files beside its frames: it pushes
 * tasks into a queue, polls what there is to tell in each frame, and is never blocked or called back.
 *
 * game_loop [MIB]: uploads three generated files of so many MiB each (4 when not said), gets each
 * back as soon as it is there, and deletes all of them at the end.
 *
 * At a terminal p pauses, r restarts, and q quits; what was under way then stays, files and parts, and
 * the next run goes on from there. Elsewhere it plays itself: it pauses after some progress, and
 * restarts half a second later. See quickstart.c for the environment. */
#define _POSIX_C_SOURCE 200809L

#include "coslink.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 3, TASKS = 2 * FILES, FRAMES_PER_SECOND = 60 };

struct file {
  char key[64], source[64], target[64];
};

/* What the game knows of a task; its number in the queue is one more than its place here. */
struct task {
  int file, is_download, state, is_finished;
  double fraction;
  uint64_t speed;
};

struct game {
  coslink_queue *queue;
  coslink_bucket *bucket;
  struct file files[FILES];
  struct task tasks[TASKS];
  int pushed, finished, failed;
  int is_paused, is_over;
  /* At no terminal: the frames since it paused itself; -1 before. */
  int waited;
  double longest;
};

static volatile sig_atomic_t interrupted;
static struct termios before;

static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}

static void restore_terminal(void) { tcsetattr(STDIN_FILENO, TCSANOW, &before); }

/* Lets single keys be read without waiting for them. */
static void take_keys(void) {
  struct termios raw;
  if (tcgetattr(STDIN_FILENO, &before) != 0) return;
  raw = before;
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  atexit(restore_terminal);
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Says why a call failed, which ends the game. */
static void fail(struct game *game, coslink_error *error) {
  fprintf(stderr, "\ngame_loop: %s\n", error->text);
  coslink_error_free(error);
  game->failed = game->is_over = 1;
}

static void push(struct game *game, int file, int is_download) {
  struct task *task = &game->tasks[game->pushed];
  const struct file *which = &game->files[file];
  coslink_upload_file_options upload = COSLINK_INIT(coslink_upload_file_options);
  coslink_download_file_options download = COSLINK_INIT(coslink_download_file_options);
  coslink_error *error;
  coslink_status status;
  upload.part_size = upload.slice_above = download.part_size = 1 << 20;
  task->file = file;
  task->is_download = is_download;
  if (is_download)
    status = coslink_queue_push_download(game->queue, game->bucket, which->key, which->target,
                                         &download, 0, NULL, &error);
  else
    status = coslink_queue_push_upload(game->queue, game->bucket, which->key, which->source,
                                       &upload, 0, NULL, &error);
  if (status != COSLINK_OK) fail(game, error);
  else game->pushed++;
}

/* At a terminal the bars say it. */
static void say(const char *what) {
  if (!isatty(STDERR_FILENO)) puts(what);
}

/* One that has come to its end meanwhile cannot be paused, and one that runs cannot be restarted:
 * nothing to worry about. */
static void pause_all(struct game *game) {
  int at;
  for (at = 0; at < game->pushed; at++)
    coslink_queue_pause(game->queue, (uint64_t)at + 1, NULL);
  game->is_paused = 1;
  say("paused");
}

static void restart_all(struct game *game) {
  int at;
  for (at = 0; at < game->pushed; at++)
    if (!game->tasks[at].is_finished)
      coslink_queue_restart(game->queue, (uint64_t)at + 1, NULL);
  game->is_paused = 0;
  say("restarted");
}

static void take_event(struct game *game, const coslink_event *event) {
  struct task *task = &game->tasks[event->task - 1];
  switch (event->kind) {
  case COSLINK_EVENT_STATE:
    task->state = event->state;
    break;
  case COSLINK_EVENT_PROGRESS:
    task->fraction = event->fraction;
    task->speed = event->speed;
    break;
  case COSLINK_EVENT_FINISHED:
    task->is_finished = 1;
    task->fraction = 1.0;
    game->finished++;
    if (event->error != NULL) {
      fprintf(stderr, "\ngame_loop: %s\n", event->error->text);
      game->failed = game->is_over = 1;
    } else if (!task->is_download) {
      push(game, task->file, 1);
    }
    break;
  default:
    break;
  }
}

/* All that there is to tell. It takes no longer than reading it. */
static void take_events(struct game *game) {
  const coslink_event *event;
  coslink_error *error;
  double begin = now(), took;
  do {
    if (coslink_queue_poll(game->queue, 0, &event, &error) != COSLINK_OK) {
      fail(game, error);
      return;
    }
    if (event != NULL) take_event(game, event);
  } while (event != NULL);
  took = now() - begin;
  if (took > game->longest) game->longest = took;
}

static void draw(const struct game *game) {
  static const char *const states[] = {"",          "waiting",   "checking", "running",
                                       "paused",    "cancelled", "done",     "failed"};
  static int drawn;
  int at;
  if (drawn > 0) fprintf(stderr, "\033[%dA", drawn);
  for (at = 0; at < game->pushed; at++) {
    const struct task *task = &game->tasks[at];
    int is_known = task->state > 0 && task->state < (int)(sizeof states / sizeof *states);
    char bar[31];
    memset(bar, '.', 30);
    memset(bar, '#', (size_t)(task->fraction * 30));
    bar[30] = 0;
    fprintf(stderr, "\r%-8s %d [%s] %3.0f%% %6.1f MiB/s %s\033[K\n",
            task->is_download ? "download" : "upload", task->file, bar, task->fraction * 100,
            (double)task->speed / (1 << 20), states[is_known ? task->state : 1]);
  }
  drawn = game->pushed;
}

static void take_key(struct game *game) {
  char key = 0;
  if (read(STDIN_FILENO, &key, 1) != 1) return;
  if (key == 'p' && !game->is_paused) pause_all(game);
  if (key == 'r' && game->is_paused) restart_all(game);
  if (key == 'q') game->is_over = 1;
}

static void play_itself(struct game *game) {
  int at, has_moved = 0;
  for (at = 0; at < game->pushed; at++) has_moved |= game->tasks[at].fraction > 0.1;
  if (game->waited < 0 && has_moved) {
    pause_all(game);
    game->waited = 0;
  } else if (game->is_paused && ++game->waited == FRAMES_PER_SECOND / 2) {
    restart_all(game);
  }
}

static void play(struct game *game) {
  const struct timespec frame = {0, 1000000000 / FRAMES_PER_SECOND};
  int takes_keys = isatty(STDIN_FILENO), draws = isatty(STDERR_FILENO), file;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  if (takes_keys) take_keys();
  game->waited = -1;
  for (file = 0; file < FILES; file++) push(game, file, 0);
  while (!game->is_over && !interrupted && game->finished < TASKS) {
    /* Here the game would move its world and draw it. */
    take_events(game);
    if (takes_keys) take_key(game);
    else play_itself(game);
    if (draws) draw(game);
    nanosleep(&frame, NULL);
  }
}

/* Writes a file of so many MiB, unless an earlier run has left it. */
static int generate(const char *path, long size, uint32_t x) {
  static uint32_t block[(1 << 20) / 4];
  FILE *file;
  if (access(path, F_OK) == 0) return 0;
  file = fopen(path, "wb");
  if (file == NULL) return -1;
  while (size-- > 0) {
    size_t at;
    for (at = 0; at < sizeof block / 4; at++) {
      x ^= x << 13;
      x ^= x >> 17;
      x ^= x << 5;
      block[at] = x;
    }
    if (fwrite(block, sizeof block, 1, file) != 1) return fclose(file), -1;
  }
  return fclose(file);
}

static coslink_status begin(struct game *game, coslink_client **client, coslink_error **error) {
  coslink_client_options options = COSLINK_INIT(coslink_client_options);
  coslink_queue_options queue = COSLINK_INIT(coslink_queue_options);
  coslink_status status;
  options.secret_id = getenv("COS_SECRET_ID");
  options.secret_key = getenv("COS_SECRET_KEY");
  options.security_token = getenv("COS_SECURITY_TOKEN");
  options.endpoint = getenv("COS_ENDPOINT");
  queue.parallel_files = 2;
  status = coslink_client_new(&options, client, error);
  if (status == COSLINK_OK)
    status = coslink_bucket_new(*client, getenv("COS_BUCKET"), getenv("COS_REGION"), &game->bucket,
                                error);
  if (status == COSLINK_OK) status = coslink_queue_new(*client, &queue, &game->queue, error);
  return status;
}

/* Files and objects go, when all is done. */
static void end(struct game *game) {
  int at, is_done = game->finished == TASKS || game->pushed == 0;
  /* Pauses what runs, and joins the queue's threads. */
  coslink_queue_free(game->queue);
  for (at = 0; is_done && at < FILES; at++) {
    if (game->pushed > 0) coslink_delete_object(game->bucket, game->files[at].key, NULL, NULL, NULL);
    unlink(game->files[at].source);
    unlink(game->files[at].target);
  }
  coslink_bucket_free(game->bucket);
}

int main(int count, char **arguments) {
  static struct game game;
  coslink_client *client = NULL;
  coslink_error *error = NULL;
  long size = count > 1 ? atol(arguments[1]) : 4;
  int at;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (at = 0; at < FILES; at++) {
    struct file *file = &game.files[at];
    snprintf(file->key, sizeof file->key, "coslink-game-loop/%d", at);
    snprintf(file->source, sizeof file->source, "coslink-game-loop.source.%d", at);
    snprintf(file->target, sizeof file->target, "coslink-game-loop.target.%d", at);
    if (generate(file->source, size, 2463534242u + (uint32_t)at) != 0) {
      perror(file->source);
      game.failed = 1;
    }
  }
  if (!game.failed && begin(&game, &client, &error) != COSLINK_OK) fail(&game, error);
  if (!game.failed) play(&game);
  if (!game.failed)
    printf("finished %d of %d; the longest frame spent %.1f ms on it\n", game.finished, TASKS,
           game.longest * 1000);
  end(&game);
  coslink_client_free(client);
  return game.failed;
}
