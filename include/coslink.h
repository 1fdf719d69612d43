/**
 * @file
 * coslink: a blocking client for Tencent Cloud COS.
 *
 * A client holds credentials, settings and connections; a bucket of it is where things happen.
 *
 *     coslink_client_options o = COSLINK_INIT(coslink_client_options);
 *     coslink_client *client;
 *     coslink_bucket *bucket;
 *     coslink_error *error;
 *     o.secret_id = "...";
 *     o.secret_key = "...";
 *     if (coslink_client_new(&o, &client, &error) != COSLINK_OK ||
 *         coslink_bucket_new(client, "examplebucket-1250000000", "ap-guangzhou", &bucket, &error) ||
 *         coslink_upload_file(bucket, "video.mp4", "/tmp/video.mp4", NULL, NULL, &error)) {
 *         fprintf(stderr, "%s\n", error->text);
 *         coslink_error_free(error);
 *     }
 *
 * There is nothing to initialise and nothing global: load it, use it, free what you made, unload it.
 *
 * MEMORY. What you pass in is yours and only read during the call. What a call hands out through
 * `**` is yours to free with the function of the same noun, unless it is const. Whatever you reach
 * through a handle lives until you free that handle. Text is UTF-8 and NUL-terminated.
 *
 * Every `**` is set to NULL at the beginning of its call, so it can be freed whatever the
 * outcome; freeing NULL is fine. Outputs that you do not want may be passed as NULL, but for
 * the handle that a `_new` makes, the URL of coslink_presign, the result of coslink_sign_form,
 * and what coslink_queue_poll and coslink_queue_descriptor give. Handles may be freed in any
 * order. An array of length 0 may be NULL. A path is UTF-8 on Windows, and elsewhere whatever
 * bytes the file system knows. A NUL inside a text of the service, which C could not see past,
 * becomes U+FFFD.
 *
 * THREADS. `coslink_client`, `coslink_bucket` and `coslink_queue` may be used from many threads at
 * once; every other object from one at a time. A callback runs on the thread that made the call,
 * before the call returns. No coslink thread ever calls your code. A callback may use coslink, but
 * must not free what its own call uses, and no C++ exception and no longjmp may leave it. Do not
 * free a handle while another thread is inside a call with it.
 *
 * Every call blocks until it is done, but none waits for ever: a request fails when no byte
 * moves for `stall_timeout_ms`. A call that moves bytes ends when its progress callback says
 * so. After fork() a child must not use handles of its parent. SIGPIPE is never raised.
 *
 * ERRORS. Every fallible call returns a coslink_status: 0 (COSLINK_OK) is success, anything else is
 * what went wrong, by meaning. `*error` is set on failure only and says the rest. Whatever cannot
 * be meant (a NULL, an empty key, a line break in a header, text that is not UTF-8) is
 * COSLINK_ERROR_INVALID_ARGUMENT, which names the parameter, before any byte is sent.
 *
 * GROWTH. There are four kinds of struct, and each says which it is:
 *
 *   - a handle is opaque: the library makes it (`_new`) and frees it (`_free`);
 *   - an option struct is yours: begin with COSLINK_INIT, which sets its `size` and leaves the rest
 *     zero, and zero or NULL in any field means the default. It grows at its end only. A program
 *     works with a library of any other version as long as it sets no field that the library does
 *     not know; setting one is COSLINK_ERROR_INVALID_ARGUMENT;
 *   - an output struct is the library's, to be read through the pointer that you were given, never
 *     copied or made. It grows at its end only;
 *   - a frozen struct never changes.
 *
 * Numbers of enums are never reused, and functions are never removed, within a major version; while
 * that is 0, within a minor one. ABI.md beside this file has the whole policy.
 *
 * WHAT IS CHECKED. COS states the CRC64 of what it stores. coslink computes it while bytes pass by
 * and compares: for every request with a body, for the whole object after an upload in parts, and
 * for every whole object that is read. A body that ends early is an error, never an end. The field
 * `verified` of an output says that the comparison was made. What coslink_request sends and receives
 * is not compared: only you know what it means.
 */


#ifndef COSLINK_H
#define COSLINK_H

#include <stddef.h>
#include <stdint.h>

/** The major version of this header. */
#define COSLINK_VERSION_MAJOR 0
/** The minor version of this header. */
#define COSLINK_VERSION_MINOR 1
/** The patch version of this header. */
#define COSLINK_VERSION_PATCH 0
/** The version of this header as a number, for `#if`: 1002003 is 1.2.3. */
#define COSLINK_VERSION_NUMBER                                                                     \
  (COSLINK_VERSION_MAJOR * 1000000 + COSLINK_VERSION_MINOR * 1000 + COSLINK_VERSION_PATCH)
/** The version of this header as a text; `coslink_version` tells that of the library. */
#define COSLINK_VERSION_STRING "0.1.0"

/**
 * An option struct of this type with its `size` set and everything else zero:
 *
 *     coslink_put_object_options options = COSLINK_INIT(coslink_put_object_options);
 *     options.content_type = "text/plain";
 *
 * It is no constant, so it does not initialise objects of static storage in C.
 */
#ifdef __cplusplus
extern "C++" {
template <class Options> inline Options coslink_init() {
  Options options = Options();
  options.size = sizeof(Options);
  return options;
}
}
#define COSLINK_INIT(type) (coslink_init<type>())
#else
#define COSLINK_INIT(type) ((type){.size = sizeof(type)})
#endif

/**
 * A priority of the background of a queue, like all below 0. Tasks of the background are carried out
 * one at a time, by a thread of their own, so that they never stand in the way of the others. Their
 * requests give way to all others of the client, also to those outside of the queue: while there are
 * any, and for 200 milliseconds after, a task of the background sends no new request but one in ten
 * seconds. What is under way is finished, so nothing is sent twice; with a `part_size` of 1 MiB the
 * others have the wire a moment later. Since 0.1.0.
 */
#define COSLINK_BACKGROUND (-1)


/**
 * How a call ended. Zero is success; the numbers never change, and new ones may appear in any
 * version, so let a `switch` have a `default`.
 */
enum coslink_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Success.
   */
  COSLINK_OK = 0,
  /**
   * An argument cannot be used; the message names it. No byte was sent, unless it is the place
   * for the content of an object that turns out to be too small.
   */
  COSLINK_ERROR_INVALID_ARGUMENT = 1,
  /**
   * There are no usable credentials. No byte was sent.
   */
  COSLINK_ERROR_CREDENTIALS = 2,
  /**
   * A local file could not be opened, read, written or renamed.
   */
  COSLINK_ERROR_LOCAL_IO = 3,
  /**
   * The connection could not be made, broke, or was not secure.
   */
  COSLINK_ERROR_TRANSPORT = 4,
  /**
   * The name lookup, the connection or the data did not move in time.
   */
  COSLINK_ERROR_TIMEOUT = 5,
  /**
   * The service refused the credentials, the signature or the permission (401, 403).
   */
  COSLINK_ERROR_DENIED = 6,
  /**
   * The bucket, object, version or upload does not exist (404).
   */
  COSLINK_ERROR_NOT_FOUND = 7,
  /**
   * A condition of the request was not met (304 where it is no answer, 409, 412, 416).
   */
  COSLINK_ERROR_PRECONDITION = 8,
  /**
   * The service asks for fewer requests (429, 503 `SlowDown`).
   */
  COSLINK_ERROR_THROTTLED = 9,
  /**
   * Any other error answer of the service.
   */
  COSLINK_ERROR_SERVICE = 10,
  /**
   * The answer is not what the protocol allows: cut short, malformed, or for another request.
   */
  COSLINK_ERROR_PROTOCOL = 11,
  /**
   * Length, Content-MD5 or CRC64 of the data differ from what was promised.
   */
  COSLINK_ERROR_INTEGRITY = 12,
  /**
   * A progress callback, or one that is told of finished files, said stop; or the task of a queue
   * was cancelled.
   */
  COSLINK_ERROR_CANCELLED = 13,
  /**
   * The object of the call is not in a state that allows it.
   */
  COSLINK_ERROR_WRONG_STATE = 14,
  /**
   * A read or write callback said stop, or did what it must not.
   */
  COSLINK_ERROR_CALLBACK = 15,
  /**
   * A bug in coslink. Please report it.
   */
  COSLINK_ERROR_INTERNAL = 16,
  /**
   * The local file changed while it was being sent.
   */
  COSLINK_ERROR_SOURCE_CHANGED = 17,
  /**
   * Another transfer, of this or another process, is at the same file.
   */
  COSLINK_ERROR_BUSY = 18,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_status coslink_status;
#else
typedef int32_t coslink_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What happened to a task. New ones may appear in any version, so let a `switch` have a `default`.
 */
enum coslink_event_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It was added, and waits.
   */
  COSLINK_EVENT_ADDED = 1,
  /**
   * It is in another state now.
   */
  COSLINK_EVENT_STATE = 2,
  /**
   * Bytes moved. At most one such event of a task waits to be polled; it tells the latest.
   */
  COSLINK_EVENT_PROGRESS = 3,
  /**
   * It came to its end: the only such event until it is restarted.
   */
  COSLINK_EVENT_FINISHED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_event_kind coslink_event_kind;
#else
typedef int32_t coslink_event_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a task is. New ones may appear in any version, so let a `switch` have a `default`.
 */
enum coslink_task_state
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Its turn has not come.
   */
  COSLINK_TASK_WAITING = 1,
  /**
   * It has begun: what an earlier run has moved is looked for.
   */
  COSLINK_TASK_CHECKING = 2,
  /**
   * Bytes move.
   */
  COSLINK_TASK_RUNNING = 3,
  /**
   * It was paused: what has moved stays, and `coslink_queue_restart` goes on from there.
   */
  COSLINK_TASK_PAUSED = 4,
  /**
   * It was cancelled: what has moved is taken back.
   */
  COSLINK_TASK_CANCELLED = 5,
  /**
   * It is done and checked.
   */
  COSLINK_TASK_SUCCEEDED = 6,
  /**
   * It ended with an error; `coslink_queue_restart` tries again.
   */
  COSLINK_TASK_FAILED = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_task_state coslink_task_state;
#else
typedef int32_t coslink_task_state;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much a client tells of its requests. New ones may appear in any version.
 */
enum coslink_log_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * An attempt failed, and another one follows.
   */
  COSLINK_LOG_WARN = 2,
  /**
   * Also: a request failed for good.
   */
  COSLINK_LOG_INFO = 3,
  /**
   * Also: a request was answered.
   */
  COSLINK_LOG_DEBUG = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_log_level coslink_log_level;
#else
typedef int32_t coslink_log_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * An HTTP method. It is passed as `int32_t`.
 */
enum coslink_method
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Read.
   */
  COSLINK_METHOD_GET = 1,
  /**
   * Ask for what is known.
   */
  COSLINK_METHOD_HEAD = 2,
  /**
   * Write.
   */
  COSLINK_METHOD_PUT = 3,
  /**
   * Begin or complete an upload in parts, and whatever else is no plain write.
   */
  COSLINK_METHOD_POST = 4,
  /**
   * Delete, or abort an upload.
   */
  COSLINK_METHOD_DELETE = 5,
  /**
   * Ask for the CORS rules.
   */
  COSLINK_METHOD_OPTIONS = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_method coslink_method;
#else
typedef int32_t coslink_method;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a condition asks of a field. It is passed as `int32_t`.
 */
enum coslink_condition
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The field has exactly this value, and becomes one of the form's.
   */
  COSLINK_CONDITION_EQUALS = 1,
  /**
   * The field begins with this; an empty text allows any value.
   */
  COSLINK_CONDITION_STARTS_WITH = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_condition coslink_condition;
#else
typedef int32_t coslink_condition;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How a transfer in parts that did not come to its end is continued when it is asked for again. It
 * is passed as `int32_t`.
 */
enum coslink_resume
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * As the client says; in the client's own options: by a journal.
   */
  COSLINK_RESUME_DEFAULT = 0,
  /**
   * By a journal of what has been moved: for uploads and copies in the client's `journal`, for
   * downloads beside the target.
   *
   * What was moved stays where it is when the transfer fails for a reason that may pass, or when
   * the process dies; the same call finds it. A file that has changed is sent from the beginning.
   */
  COSLINK_RESUME_JOURNAL = 1,
  /**
   * By what COS has: an upload lists the key's uploads and takes the one whose parts have the
   * sizes and the MD5s of this file. That reads the file twice, needs the permission to list
   * uploads, and finds nothing under SSE-KMS and SSE-C. Of a copy or a download, nothing is
   * continued.
   */
  COSLINK_RESUME_SERVER = 2,
  /**
   * Not at all: whatever a failed transfer has moved is removed at once.
   */
  COSLINK_RESUME_OFF = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_resume coslink_resume;
#else
typedef int32_t coslink_resume;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Whether the CRC64 of the whole object must be known and right at the end. It is passed as
 * `int32_t`. The bytes of each request are compared with what COS says of them in any case.
 */
enum coslink_verify
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It is compared where COS states it, which it does for every object that is not very old.
   */
  COSLINK_VERIFY_PREFER = 0,
  /**
   * It must: where COS states none, the transfer fails with `COSLINK_ERROR_INTEGRITY`.
   */
  COSLINK_VERIFY_REQUIRE = 1,
  /**
   * It is not compared.
   */
  COSLINK_VERIFY_OFF = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum coslink_verify coslink_verify;
#else
typedef int32_t coslink_verify;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A bucket of a client, where all operations happen.
 *
 * It may be used from many threads at once, and keeps its client alive.
 */
typedef struct coslink_bucket coslink_bucket;

/**
 * Connections, credentials and settings for any number of buckets.
 *
 * Make one and keep it: its connections are kept open and used again. It may be used from many
 * threads at once. Its own threads never call your code: those that move parts exist only once
 * something has moved in parts, and are joined when it and all of its buckets are freed, in any
 * order; those that move many files are joined by their call; one that looks up a name or makes a
 * connection is joined by the call that needs it, unless that is given up, when the thread ends by
 * itself.
 *
 * 1. Fill a `coslink_client_options`.
 * 2. `coslink_client_new` makes the client; nothing is sent.
 * 3. `coslink_bucket_new` makes what all operations take.
 * 4. `coslink_client_set_credentials` replaces temporary credentials before they end.
 * 5. `coslink_client_free` ends it.
 */
typedef struct coslink_client coslink_client;

/**
 * All objects of a listing, one after the other, whatever the number of pages. Common prefixes are
 * passed over: list without a delimiter, or page by page.
 *
 * 1. `coslink_objects_new` begins; nothing is sent.
 * 2. `coslink_objects_next` gives the next object, until there is none.
 * 3. `coslink_objects_free` ends, at any time.
 *
 * One thread at a time. It keeps its bucket alive.
 */
typedef struct coslink_objects coslink_objects;

/**
 * Transfers that are carried out in order, a few at the same time.
 *
 * It may be used from many threads at once, but for `coslink_queue_poll`, which is for one at a
 * time. Its threads never call your code: what there is to tell waits until it is polled. It keeps
 * the buckets of its tasks alive, and with them their clients.
 *
 * 1. `coslink_queue_new` makes the queue.
 * 2. `coslink_queue_push_upload` and the others add tasks, which begin by themselves.
 * 3. `coslink_queue_poll` tells what happens to them; call it in your loop, until there is no event
 *    any more. `coslink_queue_tasks` lists them.
 * 4. `coslink_queue_pause`, `coslink_queue_restart` and `coslink_queue_cancel` act on them.
 * 5. `coslink_queue_free` pauses what runs, and ends it.
 */
typedef struct coslink_queue coslink_queue;

/**
 * What a call that succeeded handed out: status, headers, and the output of its operation.
 *
 * 1. Pass the address of a `coslink_result *` to an operation; NULL when it is not wanted.
 * 2. `coslink_result_<operation>` gives its output, `coslink_result_header` and the others what
 *    came beside it. They never block, and what they return lives until the result is freed.
 * 3. `coslink_result_free` frees it.
 *
 * It is never changed, so many threads may read it at once; free it when none does any more.
 */
typedef struct coslink_result coslink_result;

/**
 * All uploads of a listing, one after the other, whatever the number of pages. Common prefixes are
 * passed over: list without a delimiter, or page by page.
 *
 * 1. `coslink_uploads_new` begins; nothing is sent.
 * 2. `coslink_uploads_next` gives the next upload, until there is none.
 * 3. `coslink_uploads_free` ends, at any time.
 *
 * One thread at a time. It keeps its bucket alive.
 */
typedef struct coslink_uploads coslink_uploads;

/**
 * A name and its value. Frozen: it never grows, so that arrays of it are possible.
 */
typedef struct coslink_pair {
  /**
   * The name.
   */
  const char *name;
  /**
   * The value.
   */
  const char *value;
} coslink_pair;

/**
 * Why a call failed. An output struct: it belongs to whoever called, who frees it with
 * `coslink_error_free`; its texts live as long as it does.
 *
 * Texts are one line and never hold a secret or a signed URL. Branch on `status`, show `text`, and
 * keep `request_id` for a support ticket.
 */
typedef struct coslink_error {
  /**
   * What the call returned.
   */
  coslink_status status;
  /**
   * The HTTP status; 0 when the service did not answer.
   */
  int32_t http_status;
  /**
   * How many times the request was sent; 0 when no byte left.
   */
  uint32_t attempts;
  /**
   * Non-zero when the same call may succeed a moment later.
   */
  int32_t retryable;
  /**
   * All but the headers in one line. Never NULL.
   */
  const char *text;
  /**
   * What went wrong, without the kind and the operation. Never NULL.
   */
  const char *message;
  /**
   * The operation, as COS names it (`PutObject`); empty when none was under way. Never NULL.
   */
  const char *operation;
  /**
   * The service's own code, such as `NoSuchKey`. NULL without an error document, as for HEAD.
   */
  const char *code;
  /**
   * The address of the bucket or object, as the service names it, or NULL.
   */
  const char *resource;
  /**
   * The `x-cos-request-id` of the answer, or NULL.
   */
  const char *request_id;
  /**
   * The `x-cos-trace-id` of the answer, or NULL.
   */
  const char *trace_id;
  /**
   * The headers of the answer, in order; NULL when the service did not answer.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
} coslink_error;

/**
 * The settings of a client. An option struct; begin with `COSLINK_INIT(coslink_client_options)`.
 * Who signs comes from exactly one of the pair `secret_id` and `secret_key`, `anonymous`,
 * `credentials_from_env` and `credentials_file`. Nothing else is read from the environment, but for
 * the place of the journals and, with `proxy_from_env`, the proxies.
 */
typedef struct coslink_client_options {
  /**
   * `sizeof(coslink_client_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The pair that the console or the STS service hands out.
   */
  const char *secret_id;
  /**
   * The other half of the pair.
   */
  const char *secret_key;
  /**
   * The token of temporary credentials. NULL or empty: they are permanent ones.
   */
  const char *security_token;
  /**
   * Connects to this server, `http://host:port` or `https://host:port`, instead of the bucket's
   * own host. Host header and signature stay those of the bucket. NULL: the bucket's host.
   */
  const char *endpoint;
  /**
   * Trusts only the certificate authorities in this PEM file. NULL: Mozilla's list.
   */
  const char *ca_file;
  /**
   * Non-zero: connect in the clear. 0: TLS. An `endpoint` says it by its scheme. A library that was
   * built without TLS refuses 0, an `https://` endpoint, and all options that are about TLS.
   */
  int32_t plain_http;
  /**
   * How long a connection may take to come up, with its proxy and TLS. 0: 10,000 ms.
   */
  uint32_t connect_timeout_ms;
  /**
   * How long a request may go without a byte moving either way; there is no limit on the whole but
   * `deadline_ms`. 0: 60,000 ms.
   */
  uint32_t stall_timeout_ms;
  /**
   * How often a request is sent at most when it fails for a passing reason; 1 never sends again.
   * 0: 4.
   */
  uint32_t max_attempts;
  /**
   * The limit of the wait before the second attempt, which doubles with each one. 0: 200 ms.
   */
  uint32_t first_wait_ms;
  /**
   * The limit of all waits. 0: 10,000 ms.
   */
  uint32_t longest_wait_ms;
  /**
   * How many requests of all transfers, parts and others, are under way at the same time, at most
   * 256; fewer for a while when the service asks for fewer or bytes stop moving. 0: 8.
   */
  uint32_t parallel_requests;
  /**
   * The User-Agent. NULL: `coslink/<version>`.
   */
  const char *user_agent;
  /**
   * Reaches buckets by a host of yours: a domain bound to one bucket (`files.example.com`), or
   * one in which `{bucket}` and `{region}` stand for those. NULL: by the hosts of the service.
   */
  const char *domain;
  /**
   * Non-zero: reach buckets by the global acceleration host, which must be switched on for each.
   */
  int32_t accelerate;
  /**
   * Non-zero: reach buckets by the host for machines of the same region inside Tencent Cloud.
   */
  int32_t internal;
  /**
   * Non-zero: put the bucket into the path instead of the host, for private deployments. The
   * service itself refuses it for buckets made since 2024.
   */
  int32_t path_style;
  /**
   * Non-zero: requests are not signed. For objects that everybody may read, and for URLs that
   * carry their own signature.
   */
  int32_t anonymous;
  /**
   * Non-zero: read `COS_SECRET_ID`, `COS_SECRET_KEY` and, when it is set, `COS_SECURITY_TOKEN`;
   * or, where the first two are not set, `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and
   * `TENCENTCLOUD_SESSION_TOKEN`. They are read once; no other thread may change the environment
   * meanwhile.
   */
  int32_t credentials_from_env;
  /**
   * Reads a configuration file of the official tools, once: `.cos.conf` of COSCMD, or `.cos.yaml`
   * of COSCLI with its encryption switched off. NULL: none.
   */
  const char *credentials_file;
  /**
   * The directory of the journals of uploads and copies; made when it is first needed, and it
   * must be writable. NULL: `coslink` in the platform's directory for the state of programs
   * (`$XDG_STATE_HOME` or `~/.local/state`; `~/Library/Application Support`; `%LOCALAPPDATA%`);
   * where that cannot be written, transfers go without a journal. Journals hold names, sizes and
   * upload ids, no keys and no content, and are for their owner only.
   */
  const char *journal;
  /**
   * How transfers are continued that do not say it themselves: a `coslink_resume`. 0: by a
   * journal.
   */
  int32_t resume;
  /**
   * How many files of `coslink_upload_files` and `coslink_download_files` are under way at the
   * same time, at most 256. 0: 3.
   */
  uint32_t parallel_files;
  /**
   * How long a request may take in all, with its retries and with the reading of its answer; it
   * fails with `COSLINK_ERROR_TIMEOUT` then. A transfer takes many requests, each of which has this
   * time. 0: no limit.
   */
  uint64_t deadline_ms;
  /**
   * How many attempts beyond the first all requests of the client together may make in vain. Each
   * second gives one back, and so do ten requests that succeed. 0: 200.
   */
  uint32_t retry_budget;
  /**
   * Non-zero: never go to `<bucket>.cos.<region>.tencentcos.cn`. 0: a request that no service seems
   * to answer at `myqcloud.com` is sent there, signed for that host, in its last attempt, or at once
   * after a redirect. Other hosts have no such other name.
   */
  int32_t no_backup_domain;
  /**
   * Non-zero: sign by the clock of this machine, whatever the service says. 0: where a signature is
   * refused for its time, the client reckons with the service's from then on, as long as that is
   * within a year.
   */
  int32_t no_clock_correction;
  /**
   * What `coslink_client_log` hands out: a `coslink_log_level`. 0: nothing is kept for it.
   */
  int32_t log_level;
  /**
   * Goes through this proxy, `http://[user:password@]host:port`, or `https://...` for one that is
   * itself spoken to over TLS, by the same rules as the service. User and password are
   * percent-encoded. Without a port it is 1080, or 443 with https. Every connection is a tunnel
   * (`CONNECT`), those in the clear, too. The way through the proxy is part of `connect_timeout_ms`;
   * one that cannot be reached or refuses is a `COSLINK_ERROR_TRANSPORT`. NULL: none.
   */
  const char *proxy;
  /**
   * Hosts that are reached without a proxy, as curl has it: a list with commas of domains, which
   * stand for all names below them, too, and of IP addresses; `*` is everything. NULL: none, or with
   * `proxy_from_env` those of the environment.
   */
  const char *no_proxy;
  /**
   * Trusts only these certificate authorities, in PEM; beside those of `ca_file` when both are set.
   * NULL: Mozilla's list.
   */
  const char *ca_pem;
  /**
   * Shows the certificate of this PEM file, with its chain, to servers that ask who connects.
   * NULL: none.
   */
  const char *client_certificate;
  /**
   * The PEM file of the private key of `client_certificate` (PKCS#8, PKCS#1 or SEC1, not
   * encrypted).
   */
  const char *client_key;
  /**
   * Non-zero: take the proxies from the environment, now: `https_proxy` or `HTTPS_PROXY`,
   * `http_proxy` in lower case only, for both `all_proxy` or `ALL_PROXY`, and `no_proxy` or
   * `NO_PROXY`. No other thread may change the environment meanwhile. A `proxy` takes the place of
   * all of it.
   */
  int32_t proxy_from_env;
  /**
   * DANGER. Non-zero: accept every certificate, of everybody, for every host. Whoever is on the way
   * can then read and change all that is sent, signatures and tokens included. For tests against a
   * server of one's own only; a private authority is for `ca_file`.
   */
  int32_t danger_accept_any_certificate;
  /**
   * The most that the buffers of the requests of all transfers take together, in bytes. It makes
   * `parallel_requests` smaller where that is needed: to this divided by what one request takes,
   * 1,152 KiB in the clear and 1,377 KiB over TLS. That is 256 KiB for what arrives, 320 KiB for what
   * is sent (256 KiB of the body, and a head), 512 KiB between a download and its file, 64 KiB of
   * stack, and 225 KiB for TLS, once more for a proxy over TLS. On top come the client itself, what
   * callers hold, the parts that `coslink_upload_stream` keeps, which has limits of its own, a
   * connection for each thread of yours that is in a single operation, and connections that are
   * kept open to the hosts of other buckets, as many again at most. Less than one request takes is a
   * `COSLINK_ERROR_INVALID_ARGUMENT`, which says how much that is. 0: no limit.
   */
  uint64_t memory_limit;
} coslink_client_options;

/**
 * A line of a client's log. An output struct that lives until the callback returns.
 */
typedef struct coslink_log_line {
  /**
   * How important it is: a `coslink_log_level`, or one that is not defined yet.
   */
  int32_t level;
  /**
   * How many lines before it were lost, because nobody came for them.
   */
  uint32_t lost;
  /**
   * When it was, in milliseconds since 1970-01-01 UTC.
   */
  int64_t time_ms;
  /**
   * What happened, in one line: operation, host, key, and how an attempt ended. Never a secret, a
   * header or a signed URL.
   */
  const char *text;
} coslink_log_line;

/**
 * Takes a line.
 *
 * Runs on the thread that called `coslink_client_log`, before that returns. No exception may leave
 * it.
 */
typedef void (*coslink_log_fn)(const struct coslink_log_line *line, void *user_data);

/**
 * Who owns an object or started an upload. An output struct.
 */
typedef struct coslink_owner {
  /**
   * `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`, or the bare number.
   */
  const char *id;
  /**
   * The name to show.
   */
  const char *display_name;
} coslink_owner;

/**
 * An entry of a listing. An output struct.
 */
typedef struct coslink_object {
  /**
   * The key.
   */
  const char *key;
  /**
   * When the object was stored, as COS writes it.
   */
  const char *last_modified;
  /**
   * The same in seconds since 1970-01-01 UTC; 0 when it is not known.
   */
  int64_t last_modified_unix;
  /**
   * The ETag, as COS writes it, nearly always with quotes.
   */
  const char *etag;
  /**
   * The size in bytes.
   */
  uint64_t size;
  /**
   * Who owns the object, or NULL.
   */
  const struct coslink_owner *owner;
  /**
   * The storage class, or NULL.
   */
  const char *storage_class;
  /**
   * The tier of an object in intelligent tiering, or NULL.
   */
  const char *storage_tier;
  /**
   * The state of a restore, `ONGOING`, `DONE` or `FAILED`, or NULL.
   */
  const char *restore_status;
} coslink_object;

/**
 * One page of a listing. An output struct.
 */
typedef struct coslink_list_objects_output {
  /**
   * The bucket, as `name-appid`.
   */
  const char *name;
  /**
   * As asked for.
   */
  const char *prefix;
  /**
   * As asked for.
   */
  const char *marker;
  /**
   * As asked for.
   */
  const char *delimiter;
  /**
   * How keys travelled; they are decoded here.
   */
  const char *encoding_type;
  /**
   * Where the next page begins; NULL when this is the last one.
   */
  const char *next_marker;
  /**
   * As asked for, or what COS used.
   */
  uint32_t max_keys;
  /**
   * Non-zero when there are more entries.
   */
  int32_t is_truncated;
  /**
   * The keys that were folded into one by the delimiter.
   */
  const char *const *common_prefixes;
  /**
   * How many `common_prefixes` there are.
   */
  size_t common_prefix_count;
  /**
   * The objects.
   */
  const struct coslink_object *const *contents;
  /**
   * How many `contents` there are.
   */
  size_t content_count;
} coslink_list_objects_output;

/**
 * What COS says of a stored object. An output struct.
 */
typedef struct coslink_put_object_output {
  /**
   * The ETag, with its quotes.
   */
  const char *etag;
  /**
   * CRC64 of the object, as COS computed it; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * CRC64 of the bytes that were sent.
   */
  uint64_t sent_crc64;
  /**
   * Non-zero when COS stated `crc64`.
   */
  int32_t has_crc64;
  /**
   * Non-zero when `crc64` was compared with the bytes that were sent, and was the same.
   */
  int32_t verified;
  /**
   * The version, in a bucket with versioning, or NULL.
   */
  const char *version_id;
  /**
   * The body of the answer: empty, unless processing or a callback was asked for.
   */
  const void *body;
  /**
   * How many bytes `body` has.
   */
  size_t body_length;
} coslink_put_object_output;

/**
 * What is known of an object. An output struct.
 */
typedef struct coslink_head_object_output {
  /**
   * Non-zero when a condition says that the caller's copy is still good (304); the rest may then
   * be missing.
   */
  int32_t not_modified;
  /**
   * Non-zero when COS stated `crc64`; it does not for very old objects.
   */
  int32_t has_crc64;
  /**
   * CRC64 of the object.
   */
  uint64_t crc64;
  /**
   * The size in bytes.
   */
  uint64_t content_length;
  /**
   * The MIME type, or NULL.
   */
  const char *content_type;
  /**
   * The ETag, with its quotes.
   */
  const char *etag;
  /**
   * When the object was stored, as COS writes it, or NULL.
   */
  const char *last_modified;
  /**
   * The same in seconds since 1970-01-01 UTC; 0 when it is not known.
   */
  int64_t last_modified_unix;
  /**
   * The storage class, such as `STANDARD`, or NULL.
   */
  const char *storage_class;
  /**
   * The tier of an object in intelligent tiering, such as `FREQUENT`, or NULL.
   */
  const char *storage_tier;
  /**
   * `appendable` for an object that was written by appending; NULL for a normal one.
   */
  const char *object_type;
  /**
   * The version, in a bucket with versioning, or NULL.
   */
  const char *version_id;
  /**
   * As it was stored, or NULL.
   */
  const char *cache_control;
  /**
   * As it was stored, or NULL.
   */
  const char *content_disposition;
  /**
   * As it was stored, or NULL.
   */
  const char *content_encoding;
  /**
   * As it was stored, or NULL.
   */
  const char *content_language;
  /**
   * As it was stored, or NULL.
   */
  const char *expires;
  /**
   * The state of a restore from the archive, as COS writes it, or NULL.
   */
  const char *restore;
  /**
   * How the object is encrypted, such as `AES256`, or NULL.
   */
  const char *server_side_encryption;
  /**
   * Metadata: the names after `x-cos-meta-`, in lower case.
   */
  const struct coslink_pair *metadata;
  /**
   * How many pairs of `metadata` there are.
   */
  size_t metadata_count;
} coslink_head_object_output;

/**
 * An object that was read. An output struct.
 */
typedef struct coslink_get_object_output {
  /**
   * Non-zero when a condition says that the caller's copy is still good (304). There is no body
   * then, and neither buffer nor file nor callback was touched.
   */
  int32_t not_modified;
  /**
   * Non-zero when the CRC64 of all bytes was that of the object. 0 for a range and for an object
   * whose CRC64 COS does not state; then only the length was checked.
   */
  int32_t verified;
  /**
   * What the headers say of the object; its `content_length` is that of the body.
   */
  const struct coslink_head_object_output *head;
  /**
   * The size of the whole object, also when a range was asked for; see `has_object_size`.
   */
  uint64_t object_size;
  /**
   * Non-zero when the answer told `object_size`.
   */
  int32_t has_object_size;
  /**
   * The content, when it was read into memory; NULL when it went elsewhere.
   */
  const void *body;
  /**
   * How many bytes were received, wherever they went.
   */
  uint64_t body_length;
} coslink_get_object_output;

/**
 * What was deleted. An output struct.
 */
typedef struct coslink_delete_object_output {
  /**
   * The version that was deleted, or the delete marker that was made, or NULL.
   */
  const char *version_id;
  /**
   * Non-zero when a delete marker was made or deleted.
   */
  int32_t delete_marker;
} coslink_delete_object_output;

/**
 * The upload that was begun. An output struct.
 */
typedef struct coslink_initiate_multipart_upload_output {
  /**
   * The bucket, as `name-appid`.
   */
  const char *bucket;
  /**
   * The object's key, as COS writes it.
   */
  const char *key;
  /**
   * What every later call on this upload names.
   */
  const char *upload_id;
} coslink_initiate_multipart_upload_output;

/**
 * What COS says of a stored part. An output struct.
 */
typedef struct coslink_upload_part_output {
  /**
   * The ETag, with its quotes.
   */
  const char *etag;
  /**
   * CRC64 of the part, as COS computed it; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * CRC64 of the bytes that were sent.
   */
  uint64_t sent_crc64;
  /**
   * Non-zero when COS stated `crc64`.
   */
  int32_t has_crc64;
  /**
   * Non-zero when `crc64` was compared with the bytes that were sent, and was the same.
   */
  int32_t verified;
} coslink_upload_part_output;

/**
 * A part that COS has. An output struct.
 */
typedef struct coslink_part {
  /**
   * When it was stored, as COS writes it.
   */
  const char *last_modified;
  /**
   * The same in seconds since 1970-01-01 UTC; 0 when it is not known.
   */
  int64_t last_modified_unix;
  /**
   * The ETag, as COS writes it.
   */
  const char *etag;
  /**
   * The size in bytes.
   */
  uint64_t size;
  /**
   * From 1 to 10,000.
   */
  uint32_t part_number;
} coslink_part;

/**
 * One page of an upload's parts. An output struct.
 */
typedef struct coslink_list_parts_output {
  /**
   * The bucket, as `name-appid`.
   */
  const char *bucket;
  /**
   * How the key travelled; it is decoded here.
   */
  const char *encoding_type;
  /**
   * The object's key.
   */
  const char *key;
  /**
   * The upload.
   */
  const char *upload_id;
  /**
   * Who began the upload, or NULL.
   */
  const struct coslink_owner *initiator;
  /**
   * Who owns the parts, or NULL.
   */
  const struct coslink_owner *owner;
  /**
   * The storage class of the object to be, or NULL.
   */
  const char *storage_class;
  /**
   * As asked for.
   */
  uint32_t part_number_marker;
  /**
   * As asked for, or what COS used.
   */
  uint32_t max_parts;
  /**
   * Where the next page begins; 0 when this is the last one.
   */
  uint32_t next_part_number_marker;
  /**
   * Non-zero when there are more parts.
   */
  int32_t is_truncated;
  /**
   * The parts.
   */
  const struct coslink_part *const *parts;
  /**
   * How many `parts` there are.
   */
  size_t part_count;
} coslink_list_parts_output;

/**
 * The object that was made. An output struct.
 */
typedef struct coslink_complete_multipart_upload_output {
  /**
   * The object's address.
   */
  const char *location;
  /**
   * The bucket, as `name-appid`.
   */
  const char *bucket;
  /**
   * The object's key, as COS writes it.
   */
  const char *key;
  /**
   * The ETag, with its quotes: `"<32 hex digits>-<number of parts>"`, which is no MD5.
   */
  const char *etag;
  /**
   * CRC64 of the whole object; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * Non-zero when COS stated `crc64`; it may not know it yet when it begins to answer.
   */
  int32_t has_crc64;
  /**
   * The version, in a bucket with versioning, or NULL.
   */
  const char *version_id;
} coslink_complete_multipart_upload_output;

/**
 * What was checked of a transfer, and what it took. An output struct.
 */
typedef struct coslink_receipt {
  /**
   * Bytes of content that moved in this run, also those that moved again.
   */
  uint64_t moved;
  /**
   * Bytes that an earlier run had moved and that were not moved again.
   */
  uint64_t skipped;
  /**
   * How many requests were sent, those that failed and were sent again included.
   */
  uint32_t requests;
  /**
   * How many parts (or single bodies) COS stated the CRC64 of, and it was that of the bytes.
   */
  uint32_t parts_crc64;
  /**
   * Non-zero when COS stated the CRC64 of the whole object, and it was that of the bytes.
   */
  int32_t whole_crc64;
  /**
   * Non-zero when each body went with a Content-MD5, which COS compares before it stores anything.
   */
  int32_t content_md5;
  /**
   * Non-zero when an earlier run was continued.
   */
  int32_t resumed;
  /**
   * Non-zero when the answer that the object is complete was lost, and the object was found and
   * proven to be this one.
   */
  int32_t recovered;
  /**
   * The `x-cos-request-id` of each request that began, completed or checked the transfer, in
   * order; not of the parts. NULL when there is none.
   */
  const char *const *request_ids;
  /**
   * How many `request_ids` there are.
   */
  size_t request_id_count;
} coslink_receipt;

/**
 * An upload that is done. An output struct.
 */
typedef struct coslink_upload_file_output {
  /**
   * How many bytes the object has.
   */
  uint64_t size;
  /**
   * CRC64 of the bytes that were sent.
   */
  uint64_t crc64;
  /**
   * How many parts it was sent in; 0 when it was one request.
   */
  uint32_t parts;
  /**
   * Non-zero when COS stated the CRC64 of the whole object, and it was the same. It does for
   * every object that is not very old.
   */
  int32_t verified;
  /**
   * The ETag, with its quotes.
   */
  const char *etag;
  /**
   * The version, in a bucket with versioning, or NULL.
   */
  const char *version_id;
  /**
   * The upload that the parts belonged to; NULL when it was one request.
   */
  const char *upload_id;
  /**
   * The object's address, without scheme.
   */
  const char *location;
  /**
   * The `x-cos-request-id` of the request that made the object, or NULL.
   */
  const char *request_id;
  /**
   * What was checked, and what it took.
   */
  const struct coslink_receipt *receipt;
} coslink_upload_file_output;

/**
 * A download that is done. An output struct.
 */
typedef struct coslink_download_file_output {
  /**
   * How many bytes the file has.
   */
  uint64_t size;
  /**
   * CRC64 of the bytes that were received.
   */
  uint64_t crc64;
  /**
   * How many ranges it came in.
   */
  uint32_t parts;
  /**
   * Non-zero when COS stated the CRC64 of the object, and it was the same. It does for every
   * object that is not very old.
   */
  int32_t verified;
  /**
   * What is known of the object.
   */
  const struct coslink_head_object_output *head;
  /**
   * What was checked, and what it took.
   */
  const struct coslink_receipt *receipt;
} coslink_download_file_output;

/**
 * How far a transfer is. An output struct that lives until the callback returns.
 */
typedef struct coslink_progress {
  /**
   * Bytes moved so far. Never falls, not even when a part is sent again.
   */
  uint64_t loaded;
  /**
   * Bytes to move in all; those known so far where nobody knows the length, and 0 as long as
   * nobody knows anything.
   */
  uint64_t total;
  /**
   * Bytes per second, smoothed over the last seconds.
   */
  uint64_t speed;
  /**
   * The part that is done, from 0.0 to 1.0; 1.0 for nothing to do, 0.0 as long as nobody knows.
   */
  double fraction;
  /**
   * How many milliseconds the rest takes at this speed. -1 while nothing moves: nobody knows.
   */
  int64_t eta_ms;
} coslink_progress;

/**
 * Told how far a call is: at its start, at most some 20 times per second, and at its end. Returns 0
 * to go on; anything else ends the call with `COSLINK_ERROR_CANCELLED`.
 *
 * Runs on the thread that made the call, before the call returns. No exception may leave it.
 */
typedef int (*coslink_progress_fn)(const struct coslink_progress *progress, void *user_data);

/**
 * The parameters of `coslink_upload_file`. An option struct; begin with
 * `COSLINK_INIT(coslink_upload_file_options)`.
 */
typedef struct coslink_upload_file_options {
  /**
   * `sizeof(coslink_upload_file_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The size of a part in bytes, 1 MiB to 5 GiB. 0: 8 MiB. It grows by itself where the file
   * would need more than 10,000 parts.
   */
  uint64_t part_size;
  /**
   * Files of more bytes than this are sent in parts. 0: 8 MiB.
   */
  uint64_t slice_above;
  /**
   * How many parts are under way at the same time. 0, or more than the client's
   * `parallel_requests`: as many as that.
   */
  uint32_t parallel;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * Any other headers of the object; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Told how many bytes were sent. What an earlier run has sent counts as soon as it is found.
   * NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress` and `hashed`.
   */
  void *user_data;
  /**
   * How an upload in parts is continued that did not come to its end: a `coslink_resume`. 0: as
   * the client says.
   */
  int32_t resume;
  /**
   * Whether the CRC64 of the whole object must be known: a `coslink_verify`. 0: preferred.
   */
  int32_t verify;
  /**
   * Non-zero: each body goes with its Content-MD5, so that COS refuses other bytes. The file is
   * read twice.
   */
  int32_t content_md5;
  /**
   * Non-zero: when a callback stops the upload, its parts stay with COS, to be continued. 0: they
   * are deleted.
   */
  int32_t keep_cancelled;
  /**
   * Told how many bytes of the file were summed up, to find what an earlier run has sent; before
   * any are sent, and only where there is something to find. NULL: nobody is.
   */
  coslink_progress_fn hashed;
} coslink_upload_file_options;

/**
 * The parameters of `coslink_download_file`. An option struct; begin with
 * `COSLINK_INIT(coslink_download_file_options)`.
 */
typedef struct coslink_download_file_options {
  /**
   * `sizeof(coslink_download_file_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The size of a range in bytes, 1 MiB to 5 GiB. 0: 8 MiB.
   */
  uint64_t part_size;
  /**
   * How many ranges are under way at the same time. 0, or more than the client's
   * `parallel_requests`: as many as that.
   */
  uint32_t parallel;
  /**
   * The version to read. NULL: the latest.
   */
  const char *version_id;
  /**
   * Only when the object has this ETag, with or without quotes; else 412
   * (`COSLINK_ERROR_PRECONDITION`).
   */
  const char *if_match;
  /**
   * Only when the object has another ETag; else 304 (`COSLINK_ERROR_PRECONDITION`).
   */
  const char *if_none_match;
  /**
   * Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else 304
   * (`COSLINK_ERROR_PRECONDITION`). 0: unset.
   */
  int64_t if_modified_since;
  /**
   * Only when the object was not stored after this time, in seconds since 1970-01-01 UTC; else
   * 412 (`COSLINK_ERROR_PRECONDITION`). 0: unset.
   */
  int64_t if_unmodified_since;
  /**
   * The algorithm of your own key (SSE-C) that the object was stored with.
   */
  const char *sse_customer_algorithm;
  /**
   * Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
   */
  const char *sse_customer_key;
  /**
   * Base64 of the MD5 of your own key.
   */
  const char *sse_customer_key_md5;
  /**
   * The most bits per second that COS sends on each connection: 819,200 to 838,860,800. 0: no
   * limit.
   */
  uint64_t traffic_limit;
  /**
   * Told how many bytes were received. What an earlier run has received counts as soon as it is
   * found. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress` and `hashed`.
   */
  void *user_data;
  /**
   * How a download of several ranges is continued that did not come to its end: a
   * `coslink_resume`, of which all but the journal continue nothing. 0: as the client says.
   */
  int32_t resume;
  /**
   * Whether the CRC64 of the object must be known: a `coslink_verify`. 0: preferred.
   */
  int32_t verify;
  /**
   * Non-zero: when a callback stops the download, what has arrived stays, to be continued. 0: it
   * is deleted.
   */
  int32_t keep_cancelled;
  /**
   * Told how many bytes of the part file were summed up, to find what an earlier run has
   * received; before any are received, and only where there is something to find. NULL: nobody is.
   */
  coslink_progress_fn hashed;
} coslink_download_file_options;

/**
 * Gives the next bytes of a body: writes at most `capacity` bytes to `buffer` and returns how many
 * it wrote. 0 is the end, which is an error (`COSLINK_ERROR_SOURCE_CHANGED`) before a length that
 * was promised; less than 0 ends the call with `COSLINK_ERROR_CALLBACK`.
 *
 * Runs on the thread that made the call, before the call returns. No exception may leave it.
 */
typedef int64_t (*coslink_read_fn)(void *buffer, size_t capacity, void *user_data);

/**
 * The parameters of `coslink_upload_stream`. An option struct; begin with
 * `COSLINK_INIT(coslink_upload_stream_options)`.
 */
typedef struct coslink_upload_stream_options {
  /**
   * `sizeof(coslink_upload_stream_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The size of a part in bytes, 1 MiB to 5 GiB. 0: 8 MiB. It doubles after each 1000 parts up to
   * 64 MiB, so that up to some 430 GiB find room in 10,000 parts.
   */
  uint64_t part_size;
  /**
   * How many parts are in memory and under way at the same time; one more is being read. 0: 4.
   */
  uint32_t parallel;
  /**
   * Whether the CRC64 of the whole object must be known: a `coslink_verify`. 0: preferred.
   */
  int32_t verify;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * Any other headers of the object; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Told how many bytes were sent; `total` is what was read so far. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *user_data;
} coslink_upload_stream_options;

/**
 * An object to copy from, of any bucket that the credentials may read. An option struct; begin with
 * `COSLINK_INIT(coslink_copy_source)`.
 */
typedef struct coslink_copy_source {
  /**
   * `sizeof(coslink_copy_source)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The bucket, with APPID. NULL: the one that is copied to.
   */
  const char *bucket;
  /**
   * The region of `bucket`. NULL: the one that is copied to.
   */
  const char *region;
  /**
   * Required. The key, not encoded.
   */
  const char *key;
  /**
   * The version. NULL: the latest.
   */
  const char *version_id;
} coslink_copy_source;

/**
 * The parameters of `coslink_copy_file`. An option struct; begin with
 * `COSLINK_INIT(coslink_copy_file_options)`.
 */
typedef struct coslink_copy_file_options {
  /**
   * `sizeof(coslink_copy_file_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The size of a part in bytes, 1 MiB to 5 GiB. 0: 32 MiB. It grows by itself where the object
   * would need more than 10,000 parts.
   */
  uint64_t part_size;
  /**
   * Objects of more bytes than this are copied in parts. 0, or more than that: 5 GiB, the most
   * that COS copies in one request.
   */
  uint64_t slice_above;
  /**
   * How many parts are under way at the same time. 0, or more than the client's
   * `parallel_requests`: as many as that.
   */
  uint32_t parallel;
  /**
   * How a copy in parts is continued that did not come to its end: a `coslink_resume`, of which
   * all but the journal continue nothing. 0: as the client says.
   */
  int32_t resume;
  /**
   * Whether the CRC64 of source and copy must be known: a `coslink_verify`. 0: preferred.
   */
  int32_t verify;
  /**
   * Non-zero: when `progress` stops the copy, its parts stay with COS, to be continued. 0: they
   * are deleted.
   */
  int32_t keep_cancelled;
  /**
   * Non-zero: the copy gets the ACL of the source, where none is given here. It takes the
   * permission to read that.
   */
  int32_t keep_acl;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`. What is NULL or 0 here and
   * describes the content comes along from the source, as the tags do.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * `Replaced`: no metadata comes along from the source. NULL or `Copy`: it does.
   */
  const char *metadata_directive;
  /**
   * `Replaced`: no tags come along from the source. NULL or `Copy`: they do.
   */
  const char *tagging_directive;
  /**
   * From here to `copy_source_sse_customer_key_md5`: as in `coslink_copy_object_options`.
   */
  const char *copy_source_if_match;
  const char *copy_source_if_none_match;
  int64_t copy_source_if_modified_since;
  int64_t copy_source_if_unmodified_since;
  const char *copy_source_sse_customer_algorithm;
  const char *copy_source_sse_customer_key;
  const char *copy_source_sse_customer_key_md5;
  /**
   * Any other headers of the object; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Told how many bytes were copied. What an earlier run has copied counts as soon as it is found.
   * NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *user_data;
} coslink_copy_file_options;

/**
 * A copy that is done. An output struct.
 */
typedef struct coslink_copy_file_output {
  /**
   * How many bytes the object has.
   */
  uint64_t size;
  /**
   * CRC64 of the source; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * Non-zero when COS stated `crc64`.
   */
  int32_t has_crc64;
  /**
   * How many parts it was copied in; 0 when it was one request.
   */
  uint32_t parts;
  /**
   * Non-zero when COS stated the CRC64 of source and copy, and they were the same.
   */
  int32_t verified;
  /**
   * The ETag, as COS writes it.
   */
  const char *etag;
  /**
   * The version of the copy, in a bucket with versioning, or NULL.
   */
  const char *version_id;
  /**
   * The upload that the parts belonged to; NULL when it was one request.
   */
  const char *upload_id;
  /**
   * The address of the copy, without scheme.
   */
  const char *location;
  /**
   * The `x-cos-request-id` of the request that made the copy, or NULL.
   */
  const char *request_id;
  /**
   * What was checked, and what it took. `moved` counts bytes inside the service.
   */
  const struct coslink_receipt *receipt;
} coslink_copy_file_output;

/**
 * A file of `coslink_upload_files`. An option struct; begin with
 * `COSLINK_INIT(coslink_upload_files_item)`.
 */
typedef struct coslink_upload_files_item {
  /**
   * `sizeof(coslink_upload_files_item)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Required. The bucket.
   */
  const struct coslink_bucket *bucket;
  /**
   * Required. The key of the object to be.
   */
  const char *key;
  /**
   * Required. The file.
   */
  const char *path;
  /**
   * How it is uploaded; its `progress` and `hashed` are not called. NULL: the defaults.
   */
  const struct coslink_upload_file_options *options;
} coslink_upload_files_item;

/**
 * Told that a file of a batch came to its end, whatever its end was: `index` counts from 0 in the
 * order in which the files were given. `result` is that of `coslink_upload_file` or
 * `coslink_download_file`, and NULL after a failure; `error` is NULL after success. Both live until
 * the callback returns, and are not to be freed. Returns 0 to go on; anything else stops the files
 * that are under way and those that have not begun, each of which ends with
 * `COSLINK_ERROR_CANCELLED`.
 *
 * Runs on the thread that made the call, before the call returns. No exception may leave it.
 */
typedef int (*coslink_file_finished_fn)(size_t index,
                                        coslink_status status,
                                        const struct coslink_result *result,
                                        const struct coslink_error *error,
                                        void *user_data);

/**
 * The parameters of `coslink_upload_files`. An option struct; begin with
 * `COSLINK_INIT(coslink_upload_files_options)`.
 */
typedef struct coslink_upload_files_options {
  /**
   * `sizeof(coslink_upload_files_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Told how far all files together are. What a file that failed did not move is taken off the
   * total. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Told what became of each file. NULL: nobody is.
   */
  coslink_file_finished_fn finished;
  /**
   * Passed to `progress` and `finished`.
   */
  void *user_data;
} coslink_upload_files_options;

/**
 * A file of `coslink_download_files`. An option struct; begin with
 * `COSLINK_INIT(coslink_download_files_item)`.
 */
typedef struct coslink_download_files_item {
  /**
   * `sizeof(coslink_download_files_item)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Required. The bucket.
   */
  const struct coslink_bucket *bucket;
  /**
   * Required. The key of the object.
   */
  const char *key;
  /**
   * Required. The file to be.
   */
  const char *path;
  /**
   * How it is downloaded; its `progress` and `hashed` are not called. NULL: the defaults.
   */
  const struct coslink_download_file_options *options;
} coslink_download_files_item;

/**
 * The parameters of `coslink_download_files`. An option struct; begin with
 * `COSLINK_INIT(coslink_download_files_options)`.
 */
typedef struct coslink_download_files_options {
  /**
   * `sizeof(coslink_download_files_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Told how far all files together are. The total grows as objects are begun, whose size nobody
   * knows before; what a file that failed did not move is taken off it. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Told what became of each file. NULL: nobody is.
   */
  coslink_file_finished_fn finished;
  /**
   * Passed to `progress` and `finished`.
   */
  void *user_data;
} coslink_download_files_options;

/**
 * The settings of a queue. An option struct; begin with `COSLINK_INIT(coslink_queue_options)`.
 */
typedef struct coslink_queue_options {
  /**
   * `sizeof(coslink_queue_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * How many tasks are under way at the same time, beside one of the background, at most 256. 0:
   * the client's `parallel_files`.
   */
  uint32_t parallel_files;
  /**
   * How many tasks that came to an end are kept, to be listed and restarted; the earliest are
   * dropped. 0: 1000.
   */
  uint32_t keep_finished;
  /**
   * Where the queue is written down; made when it is not there. Tasks that an earlier queue, of
   * this or of a killed process, has written down there are found again, with their ids, order,
   * states and progress, and what ran waits for its turn. Not written down are bytes in memory,
   * and transfers with a key of yours (SSE-C); nor are results. NULL: nothing is written down.
   */
  const char *directory;
} coslink_queue_options;

/**
 * The parameters of `coslink_queue_push_bytes`. An option struct; begin with
 * `COSLINK_INIT(coslink_queue_push_bytes_options)`.
 */
typedef struct coslink_queue_push_bytes_options {
  /**
   * `sizeof(coslink_queue_push_bytes_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  /**
   * Whether the CRC64 of the object must be known: a `coslink_verify`. 0: preferred.
   */
  int32_t verify;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * Any other headers of the object; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
} coslink_queue_push_bytes_options;

/**
 * Something that happened to a task. An output struct: it belongs to the queue, and lives, with all
 * that it leads to, until the next `coslink_queue_poll` or `coslink_queue_free`.
 */
typedef struct coslink_event {
  /**
   * What happened.
   */
  coslink_event_kind kind;
  /**
   * For `COSLINK_EVENT_STATE` the new state, a `coslink_task_state`; else 0.
   */
  int32_t state;
  /**
   * The task.
   */
  uint64_t task;
  /**
   * From here to `eta_ms`: for `COSLINK_EVENT_PROGRESS`, as in `coslink_progress`; else 0.
   */
  uint64_t loaded;
  uint64_t total;
  uint64_t speed;
  double fraction;
  int64_t eta_ms;
  /**
   * For `COSLINK_EVENT_FINISHED` of a task that succeeded, what it came to:
   * `coslink_result_upload_file`, `coslink_result_download_file` or `coslink_result_copy_file`
   * gives its output. Else NULL. It is not to be freed.
   */
  const struct coslink_result *result;
  /**
   * For `COSLINK_EVENT_FINISHED` of a task that failed or was cancelled
   * (`COSLINK_ERROR_CANCELLED`), why. Else NULL. It is not to be freed.
   */
  const struct coslink_error *error;
} coslink_event;

/**
 * What is known of a task at one moment. An output struct.
 */
typedef struct coslink_task {
  /**
   * The task.
   */
  uint64_t id;
  /**
   * Where it is.
   */
  coslink_task_state state;
  /**
   * Tasks of a higher priority come first.
   */
  int32_t priority;
  /**
   * The bucket that it moves to or from, as `name-appid`.
   */
  const char *bucket;
  /**
   * The bucket's region.
   */
  const char *region;
  /**
   * The object's key.
   */
  const char *key;
  /**
   * The local file; NULL for bytes in memory and copies.
   */
  const char *path;
  /**
   * From here to `fraction`: as in `coslink_progress`.
   */
  uint64_t loaded;
  uint64_t total;
  uint64_t speed;
  double fraction;
  /**
   * How far local bytes are summed up, to find what an earlier run has moved: from 0.0 to 1.0.
   */
  double hashed;
  /**
   * Why it failed: a `coslink_status`. 0: it did not.
   */
  int32_t error_status;
  /**
   * Why it failed, in one line, as `text` of `coslink_error`. NULL: it did not.
   */
  const char *error_text;
} coslink_task;

/**
 * The tasks of a queue. An output struct.
 */
typedef struct coslink_queue_tasks_output {
  /**
   * The tasks, in the order in which they were added.
   */
  const struct coslink_task *const *tasks;
  /**
   * How many `tasks` there are.
   */
  size_t task_count;
} coslink_queue_tasks_output;

/**
 * The parameters of `coslink_list_objects`. An option struct; begin with
 * `COSLINK_INIT(coslink_list_objects_options)`.
 */
typedef struct coslink_list_objects_options {
  /**
   * `sizeof(coslink_list_objects_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Only keys that begin with this. NULL: all.
   */
  const char *prefix;
  /**
   * Keys with this text after the prefix are shown as one common prefix, up to and with it;
   * nearly always `/`. NULL: none are folded.
   */
  const char *delimiter;
  /**
   * Only keys after this one; the `next_marker` of the page before. NULL: from the beginning.
   */
  const char *marker;
  /**
   * How keys travel: `url` or empty for plain XML text. They arrive decoded. NULL: `url`.
   */
  const char *encoding_type;
  /**
   * At most this many entries, 1 to 1000, keys and common prefixes together. 0: 1000.
   */
  uint32_t max_keys;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_list_objects_options;

/**
 * The content that a request sends: bytes, a file, or what a callback gives. An option struct;
 * begin with `COSLINK_INIT(coslink_body)` and set one of `data`, `path` and `read`. With none of
 * them the content is empty.
 */
typedef struct coslink_body {
  /**
   * `sizeof(coslink_body)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * How many bytes there are. With `path`, 0 means all from `offset` to the end of the file; a
   * file that is shorter is refused.
   */
  uint64_t length;
  /**
   * `length` bytes. They are borrowed for the call, never copied, and sent again when the
   * request is retried: do not change them before the call returns.
   */
  const void *data;
  /**
   * A file. It is opened when the request is sent, and again when it is retried.
   */
  const char *path;
  /**
   * Where in the file the content begins, in bytes.
   */
  uint64_t offset;
  /**
   * Gives exactly `length` bytes. They are sent once: a request with such a body is never
   * retried. See `coslink_read_fn`.
   */
  coslink_read_fn read;
  /**
   * Passed to `read`.
   */
  void *user_data;
} coslink_body;

/**
 * The parameters of `coslink_put_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_put_object_options)`.
 */
typedef struct coslink_put_object_options {
  /**
   * `sizeof(coslink_put_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The MIME type, kept with the object. NULL: it follows from the name of the file that is sent,
   * and is `application/octet-stream` for everything else.
   */
  const char *content_type;
  /**
   * How caches may keep the object; kept with it.
   */
  const char *cache_control;
  /**
   * The file name that a browser offers; kept with the object.
   */
  const char *content_disposition;
  /**
   * The encoding that the bytes already have, such as `gzip`; kept with the object. coslink
   * neither encodes nor decodes.
   */
  const char *content_encoding;
  /**
   * The language of the content; kept with the object.
   */
  const char *content_language;
  /**
   * When caches must ask again; kept with the object as it is given.
   */
  const char *expires;
  /**
   * The canned ACL, such as `private` or `public-read`. NULL or `default`: as the bucket.
   */
  const char *acl;
  /**
   * Who may read: `id="qcs::cam::uin/100000000001:uin/100000000001"`, several with a comma
   * between them.
   */
  const char *grant_read;
  /**
   * Who may read the ACL; written as in `grant_read`.
   */
  const char *grant_read_acp;
  /**
   * Who may write the ACL; written as in `grant_read`.
   */
  const char *grant_write_acp;
  /**
   * Who may do everything; written as in `grant_read`.
   */
  const char *grant_full_control;
  /**
   * The storage class, such as `STANDARD_IA`. NULL: `STANDARD`.
   */
  const char *storage_class;
  /**
   * Tags as `key1=value1&key2=value2`, keys and values percent-encoded, at most 10.
   */
  const char *tagging;
  /**
   * Non-zero: fail with 409 `FileAlreadyExists` when the object exists. Without effect in a
   * bucket that ever had versioning.
   */
  int32_t forbid_overwrite;
  /**
   * The most bits per second that COS takes: 819,200 to 838,860,800. 0: no limit.
   */
  uint64_t traffic_limit;
  /**
   * Encryption by the service: `AES256` or `SM4` (SSE-COS), `cos/kms` (SSE-KMS).
   */
  const char *server_side_encryption;
  /**
   * The KMS key to encrypt with.
   */
  const char *sse_kms_key_id;
  /**
   * The KMS encryption context: base64 of a JSON object.
   */
  const char *sse_kms_context;
  /**
   * The algorithm of your own key (SSE-C): `AES256`.
   */
  const char *sse_customer_algorithm;
  /**
   * Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
   */
  const char *sse_customer_key;
  /**
   * Base64 of the MD5 of your own key.
   */
  const char *sse_customer_key_md5;
  /**
   * Metadata, `x-cos-meta-<name>`. Names are letters, digits and `-`; names and values together
   * are at most 2 KiB.
   */
  const struct coslink_pair *metadata;
  /**
   * How many pairs of `metadata` there are.
   */
  size_t metadata_count;
  /**
   * Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
   */
  const char *content_md5;
  /**
   * `100-continue`: wait for COS's word, for at most a second, before the content is sent.
   */
  const char *expect;
  /**
   * Image processing while storing, as JSON.
   */
  const char *pic_operations;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
  /**
   * Told how many bytes of the body were sent. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *user_data;
} coslink_put_object_options;

/**
 * The parameters of `coslink_head_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_head_object_options)`.
 */
typedef struct coslink_head_object_options {
  /**
   * `sizeof(coslink_head_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The version to read. NULL: the latest.
   */
  const char *version_id;
  /**
   * Only when the object has this ETag, with or without quotes; else 412
   * (`COSLINK_ERROR_PRECONDITION`).
   */
  const char *if_match;
  /**
   * Only when the object has another ETag; else `not_modified`.
   */
  const char *if_none_match;
  /**
   * Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else
   * `not_modified`. 0: unset.
   */
  int64_t if_modified_since;
  /**
   * Only when the object was not stored after this time, in seconds since 1970-01-01 UTC; else
   * 412 (`COSLINK_ERROR_PRECONDITION`). 0: unset.
   */
  int64_t if_unmodified_since;
  /**
   * The algorithm of your own key (SSE-C) that the object was stored with.
   */
  const char *sse_customer_algorithm;
  /**
   * Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
   */
  const char *sse_customer_key;
  /**
   * Base64 of the MD5 of your own key.
   */
  const char *sse_customer_key_md5;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_head_object_options;

/**
 * The parameters of `coslink_delete_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_delete_object_options)`.
 */
typedef struct coslink_delete_object_options {
  /**
   * `sizeof(coslink_delete_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The version, or the delete marker, to delete for ever. NULL: the object.
   */
  const char *version_id;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_delete_object_options;

/**
 * Takes the next bytes of an object, all of them. Returns 0 to go on; anything else ends the call
 * with `COSLINK_ERROR_CALLBACK`.
 *
 * The bytes are checked as a whole at the end only: what was taken counts when the call succeeds.
 * Runs on the thread that made the call, before the call returns. No exception may leave it.
 */
typedef int (*coslink_write_fn)(const void *data, size_t length, void *user_data);

/**
 * The parameters of `coslink_get_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_get_object_options)`. The content goes to the one of `buffer`, `path` and
 * `write` that is set; with none of them into memory, to `coslink_result_body`.
 */
typedef struct coslink_get_object_options {
  /**
   * `sizeof(coslink_get_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The version to read. NULL: the latest.
   */
  const char *version_id;
  /**
   * Only when the object has this ETag, with or without quotes; else 412
   * (`COSLINK_ERROR_PRECONDITION`).
   */
  const char *if_match;
  /**
   * Only when the object has another ETag; else `not_modified`.
   */
  const char *if_none_match;
  /**
   * Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else
   * `not_modified`. 0: unset.
   */
  int64_t if_modified_since;
  /**
   * Only when the object was not stored after this time, in seconds since 1970-01-01 UTC; else
   * 412 (`COSLINK_ERROR_PRECONDITION`). 0: unset.
   */
  int64_t if_unmodified_since;
  /**
   * The algorithm of your own key (SSE-C) that the object was stored with.
   */
  const char *sse_customer_algorithm;
  /**
   * Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
   */
  const char *sse_customer_key;
  /**
   * Base64 of the MD5 of your own key.
   */
  const char *sse_customer_key_md5;
  /**
   * The Content-Type that the answer shall have.
   */
  const char *response_content_type;
  /**
   * The Content-Language that the answer shall have.
   */
  const char *response_content_language;
  /**
   * The Expires that the answer shall have.
   */
  const char *response_expires;
  /**
   * The Cache-Control that the answer shall have.
   */
  const char *response_cache_control;
  /**
   * The Content-Disposition that the answer shall have.
   */
  const char *response_content_disposition;
  /**
   * The Content-Encoding that the answer shall have.
   */
  const char *response_content_encoding;
  /**
   * The most bits per second that COS sends: 819,200 to 838,860,800. 0: no limit.
   */
  uint64_t traffic_limit;
  /**
   * The first byte of the range to read, counted from 0.
   */
  uint64_t range_first;
  /**
   * How many bytes to read from `range_first` on; COS cuts what lies behind the end. 0: up to
   * the end. Both 0: the whole object.
   */
  uint64_t range_length;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
  /**
   * The most bytes that the content may have when it goes to memory. 0: 64 MiB.
   */
  uint64_t max_memory;
  /**
   * Puts the content here, instead of into memory of the result. No byte behind `capacity` is
   * touched; on an error, the bytes before it may be.
   */
  void *buffer;
  /**
   * How many bytes `buffer` has room for.
   */
  size_t capacity;
  /**
   * Puts the content into this file. The bytes go into `<path>.coslink-part`, which replaces the
   * file in one step when they are whole and checked; on any error the file stays as it was.
   */
  const char *path;
  /**
   * Gives the content to this function, block by block. See `coslink_write_fn`.
   */
  coslink_write_fn write;
  /**
   * Told how many bytes were received. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `write` and `progress`.
   */
  void *user_data;
} coslink_get_object_options;

/**
 * The parameters of `coslink_copy_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_copy_object_options)`.
 */
typedef struct coslink_copy_object_options {
  /**
   * `sizeof(coslink_copy_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * Who may write the copy; written as in `grant_read`.
   */
  const char *grant_write;
  /**
   * `Replaced`: the headers and metadata above are those of the copy, and all others are gone.
   * NULL or `Copy`: those of the source come along.
   */
  const char *metadata_directive;
  /**
   * `Replaced`: the tags are those of `tagging`. NULL or `Copy`: those of the source.
   */
  const char *tagging_directive;
  /**
   * Only when the source has this ETag, with or without quotes; else 412
   * (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_unmodified_since` only.
   */
  const char *copy_source_if_match;
  /**
   * Only when the source has another ETag; else 412 (`COSLINK_ERROR_PRECONDITION`). May stand
   * with `copy_source_if_modified_since` only.
   */
  const char *copy_source_if_none_match;
  /**
   * Only when the source was stored after this time, in seconds since 1970-01-01 UTC; else 412
   * (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_none_match` only. 0: unset.
   */
  int64_t copy_source_if_modified_since;
  /**
   * Only when the source was not stored after this time, in seconds since 1970-01-01 UTC; else
   * 412 (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_match` only. 0: unset.
   */
  int64_t copy_source_if_unmodified_since;
  /**
   * The algorithm of the key (SSE-C) that the source was stored with.
   */
  const char *copy_source_sse_customer_algorithm;
  /**
   * The key (SSE-C) of the source: base64 of 32 bytes. Sent over https only.
   */
  const char *copy_source_sse_customer_key;
  /**
   * Base64 of the MD5 of the source's key.
   */
  const char *copy_source_sse_customer_key_md5;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_copy_object_options;

/**
 * The parameters of `coslink_upload_part_copy`. An option struct; begin with
 * `COSLINK_INIT(coslink_upload_part_copy_options)`.
 */
typedef struct coslink_upload_part_copy_options {
  /**
   * `sizeof(coslink_upload_part_copy_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The first byte of the source to copy, counted from 0.
   */
  uint64_t copy_source_range_first;
  /**
   * How many bytes to copy from `copy_source_range_first` on. Both 0: all of the source.
   */
  uint64_t copy_source_range_length;
  /**
   * Only when the source has this ETag, with or without quotes; else 412
   * (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_unmodified_since` only.
   */
  const char *copy_source_if_match;
  /**
   * Only when the source has another ETag; else 412 (`COSLINK_ERROR_PRECONDITION`). May stand
   * with `copy_source_if_modified_since` only.
   */
  const char *copy_source_if_none_match;
  /**
   * Only when the source was stored after this time, in seconds since 1970-01-01 UTC; else 412
   * (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_none_match` only. 0: unset.
   */
  int64_t copy_source_if_modified_since;
  /**
   * Only when the source was not stored after this time, in seconds since 1970-01-01 UTC; else
   * 412 (`COSLINK_ERROR_PRECONDITION`). May stand with `copy_source_if_match` only. 0: unset.
   */
  int64_t copy_source_if_unmodified_since;
  /**
   * The algorithm of the key (SSE-C) that the source was stored with.
   */
  const char *copy_source_sse_customer_algorithm;
  /**
   * The key (SSE-C) of the source: base64 of 32 bytes. Sent over https only.
   */
  const char *copy_source_sse_customer_key;
  /**
   * Base64 of the MD5 of the source's key.
   */
  const char *copy_source_sse_customer_key_md5;
  /**
   * The algorithm of your own key (SSE-C), as it was given at the beginning of the upload.
   */
  const char *sse_customer_algorithm;
  /**
   * Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
   */
  const char *sse_customer_key;
  /**
   * Base64 of the MD5 of your own key.
   */
  const char *sse_customer_key_md5;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_upload_part_copy_options;

/**
 * The copy that was made. An output struct.
 */
typedef struct coslink_copy_object_output {
  /**
   * The ETag, as COS writes it.
   */
  const char *etag;
  /**
   * CRC64 of the object; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * Non-zero when COS stated `crc64`.
   */
  int32_t has_crc64;
  /**
   * When the copy was stored, as COS writes it.
   */
  const char *last_modified;
  /**
   * The same in seconds since 1970-01-01 UTC; 0 when it is not known.
   */
  int64_t last_modified_unix;
  /**
   * The version of the copy, in a bucket with versioning, or NULL.
   */
  const char *version_id;
} coslink_copy_object_output;

/**
 * What COS says of a copied part. An output struct.
 */
typedef struct coslink_upload_part_copy_output {
  /**
   * The ETag, as COS writes it.
   */
  const char *etag;
  /**
   * CRC64 of the part; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * Non-zero when COS stated `crc64`.
   */
  int32_t has_crc64;
  /**
   * When the part was stored, as COS writes it.
   */
  const char *last_modified;
  /**
   * The same in seconds since 1970-01-01 UTC; 0 when it is not known.
   */
  int64_t last_modified_unix;
} coslink_upload_part_copy_output;

/**
 * An object, or one version of it. Frozen: it never grows, so that arrays of it are possible.
 */
typedef struct coslink_object_version {
  /**
   * The key.
   */
  const char *key;
  /**
   * The version. NULL: the object itself.
   */
  const char *version_id;
} coslink_object_version;

/**
 * The parameters of `coslink_delete_objects`. An option struct; begin with
 * `COSLINK_INIT(coslink_delete_objects_options)`.
 */
typedef struct coslink_delete_objects_options {
  /**
   * `sizeof(coslink_delete_objects_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Non-zero: COS answers with the objects that it could not delete only, and what it deleted is
   * not checked one by one.
   */
  int32_t quiet;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_delete_objects_options;

/**
 * An object that is gone. An output struct.
 */
typedef struct coslink_deleted_object {
  /**
   * The key.
   */
  const char *key;
  /**
   * The version that was asked for, or NULL.
   */
  const char *version_id;
  /**
   * Non-zero when a delete marker was made, or deleted.
   */
  int32_t delete_marker;
  /**
   * The version of the delete marker, or NULL.
   */
  const char *delete_marker_version_id;
} coslink_deleted_object;

/**
 * An object that could not be deleted. An output struct.
 */
typedef struct coslink_delete_failure {
  /**
   * The key.
   */
  const char *key;
  /**
   * The version that was asked for, or NULL.
   */
  const char *version_id;
  /**
   * COS's code, such as `AccessDenied`.
   */
  const char *code;
  /**
   * The reason in words.
   */
  const char *message;
} coslink_delete_failure;

/**
 * What became of each object. An output struct.
 */
typedef struct coslink_delete_objects_output {
  /**
   * The objects that are gone; empty when `quiet` was set.
   */
  const struct coslink_deleted_object *const *deleted;
  /**
   * How many `deleted` there are.
   */
  size_t deleted_count;
  /**
   * The objects that could not be deleted.
   */
  const struct coslink_delete_failure *const *errors;
  /**
   * How many `errors` there are.
   */
  size_t error_count;
} coslink_delete_objects_output;

/**
 * The parameters of `coslink_restore_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_restore_object_options)`.
 */
typedef struct coslink_restore_object_options {
  /**
   * `sizeof(coslink_restore_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The version to restore. NULL: the latest.
   */
  const char *version_id;
  /**
   * Non-zero, and `days` 0: for an object of intelligent tiering, which is moved back for good.
   */
  int32_t omit_days;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_restore_object_options;

/**
 * What COS began. An output struct.
 */
typedef struct coslink_restore_object_output {
  /**
   * Non-zero when the restore was begun (202); 0 when a readable copy only lasts longer now
   * (200).
   */
  int32_t begun;
} coslink_restore_object_output;

/**
 * A right of a user or a group. Frozen: it never grows, so that arrays of it are possible.
 */
typedef struct coslink_grant {
  /**
   * The user, `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`; NULL for a group.
   */
  const char *id;
  /**
   * The user's name to show, or NULL.
   */
  const char *display_name;
  /**
   * The group, such as `http://cam.qcloud.com/groups/global/AllUsers`; NULL for a user.
   */
  const char *uri;
  /**
   * `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
   */
  const char *permission;
} coslink_grant;

/**
 * The parameters of `coslink_put_object_acl`. An option struct; begin with
 * `COSLINK_INIT(coslink_put_object_acl_options)`.
 */
typedef struct coslink_put_object_acl_options {
  /**
   * `sizeof(coslink_put_object_acl_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * A canned ACL, such as `private` or `public-read`. `default`: as the bucket. NULL: none.
   */
  const char *acl;
  /**
   * Who may read: `id="qcs::cam::uin/100000000001:uin/100000000001"`, several with a comma
   * between them.
   */
  const char *grant_read;
  /**
   * Who may read the ACL; written as in `grant_read`.
   */
  const char *grant_read_acp;
  /**
   * Who may write the ACL; written as in `grant_read`.
   */
  const char *grant_write_acp;
  /**
   * Who may do everything; written as in `grant_read`.
   */
  const char *grant_full_control;
  /**
   * A whole policy, instead of the fields above: the object's owner.
   */
  const char *owner_id;
  /**
   * The owner's name to show, or NULL.
   */
  const char *owner_display_name;
  /**
   * The grants of the policy, at most 100.
   */
  const struct coslink_grant *grants;
  /**
   * How many `grants` there are.
   */
  size_t grant_count;
  /**
   * The version that the ACL is of. NULL: the latest.
   */
  const char *version_id;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_put_object_acl_options;

/**
 * The parameters of `coslink_get_object_acl`. An option struct; begin with
 * `COSLINK_INIT(coslink_get_object_acl_options)`.
 */
typedef struct coslink_get_object_acl_options {
  /**
   * `sizeof(coslink_get_object_acl_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The version whose ACL it is. NULL: the latest.
   */
  const char *version_id;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_get_object_acl_options;

/**
 * Who may do what with an object. An output struct.
 */
typedef struct coslink_get_object_acl_output {
  /**
   * The canned ACL that the grants amount to: `default` when COS says that the bucket's applies,
   * else by what everybody may do.
   */
  const char *acl;
  /**
   * The object's owner.
   */
  const struct coslink_owner *owner;
  /**
   * The grants; a right of the owner need not be among them.
   */
  const struct coslink_grant *grants;
  /**
   * How many `grants` there are.
   */
  size_t grant_count;
} coslink_get_object_acl_output;

/**
 * The parameters of `coslink_options_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_options_object_options)`.
 */
typedef struct coslink_options_object_options {
  /**
   * `sizeof(coslink_options_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The headers that the site wants to send, with commas between them.
   */
  const char *access_control_request_headers;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_options_object_options;

/**
 * What the bucket's CORS rules say. An output struct.
 */
typedef struct coslink_options_object_output {
  /**
   * Non-zero when no rule allows it; the rest is then empty.
   */
  int32_t forbidden;
  /**
   * Non-zero when the answer told `access_control_max_age`.
   */
  int32_t has_access_control_max_age;
  /**
   * The sites that may ask, `*` for all, or NULL.
   */
  const char *access_control_allow_origin;
  /**
   * The methods that are allowed, with commas between them, or NULL.
   */
  const char *access_control_allow_methods;
  /**
   * The headers that may be sent, with commas between them, or NULL.
   */
  const char *access_control_allow_headers;
  /**
   * The headers that the site may read, with commas between them, or NULL.
   */
  const char *access_control_expose_headers;
  /**
   * For how many seconds the answer holds; see `has_access_control_max_age`.
   */
  uint64_t access_control_max_age;
} coslink_options_object_output;

/**
 * The parameters of `coslink_initiate_multipart_upload`. An option struct; begin with
 * `COSLINK_INIT(coslink_initiate_multipart_upload_options)`.
 */
typedef struct coslink_initiate_multipart_upload_options {
  /**
   * `sizeof(coslink_initiate_multipart_upload_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_initiate_multipart_upload_options;

/**
 * The parameters of `coslink_upload_part`. An option struct; begin with
 * `COSLINK_INIT(coslink_upload_part_options)`.
 */
typedef struct coslink_upload_part_options {
  /**
   * `sizeof(coslink_upload_part_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
   */
  const char *content_md5;
  /**
   * `100-continue`: wait for COS's word, for at most a second, before the content is sent.
   */
  const char *expect;
  /**
   * The most bits per second that COS takes: 819,200 to 838,860,800. 0: no limit.
   */
  uint64_t traffic_limit;
  /**
   * The algorithm of your own key (SSE-C), as it was given at the beginning of the upload.
   */
  const char *sse_customer_algorithm;
  /**
   * Your own key (SSE-C): base64 of 32 bytes. Sent over https only.
   */
  const char *sse_customer_key;
  /**
   * Base64 of the MD5 of your own key.
   */
  const char *sse_customer_key_md5;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
  /**
   * Told how many bytes of the body were sent. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *user_data;
} coslink_upload_part_options;

/**
 * The parameters of `coslink_list_parts`. An option struct; begin with
 * `COSLINK_INIT(coslink_list_parts_options)`.
 */
typedef struct coslink_list_parts_options {
  /**
   * `sizeof(coslink_list_parts_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * How the key travels: `url`, or NULL for plain XML text. It arrives decoded.
   */
  const char *encoding_type;
  /**
   * At most this many parts, 1 to 1000. 0: 1000.
   */
  uint32_t max_parts;
  /**
   * Only parts after this number; the `next_part_number_marker` of the page before. 0: from the
   * beginning.
   */
  uint32_t part_number_marker;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_list_parts_options;

/**
 * A part that becomes a piece of the object. Frozen: it never grows, so that arrays of it are
 * possible.
 */
typedef struct coslink_completed_part {
  /**
   * From 1 to 10,000.
   */
  uint32_t part_number;
  /**
   * The ETag that the part's upload returned, with or without quotes.
   */
  const char *etag;
} coslink_completed_part;

/**
 * The parameters of `coslink_complete_multipart_upload`. An option struct; begin with
 * `COSLINK_INIT(coslink_complete_multipart_upload_options)`.
 */
typedef struct coslink_complete_multipart_upload_options {
  /**
   * `sizeof(coslink_complete_multipart_upload_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Image processing while storing, as JSON.
   */
  const char *pic_operations;
  /**
   * Non-zero: fail with 409 `FileAlreadyExists` when the object exists. Without effect in a
   * bucket that ever had versioning.
   */
  int32_t forbid_overwrite;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_complete_multipart_upload_options;

/**
 * The parameters of `coslink_abort_multipart_upload`. An option struct; begin with
 * `COSLINK_INIT(coslink_abort_multipart_upload_options)`.
 */
typedef struct coslink_abort_multipart_upload_options {
  /**
   * `sizeof(coslink_abort_multipart_upload_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_abort_multipart_upload_options;

/**
 * The parameters of `coslink_list_multipart_uploads`. An option struct; begin with
 * `COSLINK_INIT(coslink_list_multipart_uploads_options)`.
 */
typedef struct coslink_list_multipart_uploads_options {
  /**
   * `sizeof(coslink_list_multipart_uploads_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Only keys that begin with this. NULL: all.
   */
  const char *prefix;
  /**
   * Keys with this text after the prefix are shown as one common prefix, up to and with it;
   * nearly always `/`. NULL: none are folded.
   */
  const char *delimiter;
  /**
   * How keys travel: `url` or empty for plain XML text. They arrive decoded. NULL: `url`.
   */
  const char *encoding_type;
  /**
   * At most this many uploads, 1 to 1000. 0: 1000.
   */
  uint32_t max_uploads;
  /**
   * Only keys after this one; with `upload_id_marker`, also later uploads of this key. The
   * `next_key_marker` of the page before. NULL: from the beginning.
   */
  const char *key_marker;
  /**
   * Only uploads after this one; the `next_upload_id_marker` of the page before. Without
   * `key_marker` COS passes it over.
   */
  const char *upload_id_marker;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_list_multipart_uploads_options;

/**
 * An upload that is neither completed nor aborted. An output struct.
 */
typedef struct coslink_upload {
  /**
   * The key of the object to be.
   */
  const char *key;
  /**
   * What every call on this upload names.
   */
  const char *upload_id;
  /**
   * The storage class of the object to be, or NULL.
   */
  const char *storage_class;
  /**
   * Who began the upload, or NULL.
   */
  const struct coslink_owner *initiator;
  /**
   * Who owns the parts, or NULL.
   */
  const struct coslink_owner *owner;
  /**
   * When it was begun, as COS writes it.
   */
  const char *initiated;
  /**
   * The same in seconds since 1970-01-01 UTC; 0 when it is not known.
   */
  int64_t initiated_unix;
} coslink_upload;

/**
 * One page of a bucket's uploads. An output struct.
 */
typedef struct coslink_list_multipart_uploads_output {
  /**
   * The bucket, as `name-appid`.
   */
  const char *bucket;
  /**
   * How keys travelled; they are decoded here.
   */
  const char *encoding_type;
  /**
   * As asked for.
   */
  const char *key_marker;
  /**
   * As asked for.
   */
  const char *upload_id_marker;
  /**
   * Where the next page begins; NULL when this is the last one.
   */
  const char *next_key_marker;
  /**
   * Where the next page begins, to be given together with the key, or NULL.
   */
  const char *next_upload_id_marker;
  /**
   * As asked for.
   */
  const char *prefix;
  /**
   * As asked for.
   */
  const char *delimiter;
  /**
   * As asked for, or what COS used.
   */
  uint32_t max_uploads;
  /**
   * Non-zero when there are more uploads.
   */
  int32_t is_truncated;
  /**
   * The keys that were folded into one by the delimiter.
   */
  const char *const *common_prefixes;
  /**
   * How many `common_prefixes` there are.
   */
  size_t common_prefix_count;
  /**
   * The uploads.
   */
  const struct coslink_upload *const *uploads;
  /**
   * How many `uploads` there are.
   */
  size_t upload_count;
} coslink_list_multipart_uploads_output;

/**
 * The uploads that were aborted. An output struct.
 */
typedef struct coslink_abort_uploads_output {
  /**
   * The uploads, as they were listed before.
   */
  const struct coslink_upload *const *uploads;
  /**
   * How many `uploads` there are.
   */
  size_t upload_count;
} coslink_abort_uploads_output;

/**
 * The parameters of `coslink_presign`. An option struct; begin with
 * `COSLINK_INIT(coslink_presign_options)`.
 */
typedef struct coslink_presign_options {
  /**
   * `sizeof(coslink_presign_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Non-zero: the URL is for the bucket itself, such as a listing, and `key` is NULL.
   */
  int32_t for_bucket;
  /**
   * Headers that the receiver must send as they are.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Query parameters, not encoded, such as `response-content-disposition` or, with an empty
   * value, `uploads`.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
} coslink_presign_options;

/**
 * The parameters of `coslink_presigned_get`. An option struct; begin with
 * `COSLINK_INIT(coslink_presigned_get_options)`. The content goes to the one of
 * `buffer`, `path` and `write` that is set; with none of them into memory, to
 * `coslink_result_body`.
 */
typedef struct coslink_presigned_get_options {
  /**
   * `sizeof(coslink_presigned_get_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Only when the object has this ETag, with or without quotes; else 412
   * (`COSLINK_ERROR_PRECONDITION`).
   */
  const char *if_match;
  /**
   * Only when the object has another ETag; else `not_modified`.
   */
  const char *if_none_match;
  /**
   * Only when the object was stored after this time, in seconds since 1970-01-01 UTC; else
   * `not_modified`. 0: unset.
   */
  int64_t if_modified_since;
  /**
   * Only when the object was not stored after this time, in seconds since 1970-01-01 UTC; else
   * 412 (`COSLINK_ERROR_PRECONDITION`). 0: unset.
   */
  int64_t if_unmodified_since;
  /**
   * The first byte of the range to read, counted from 0.
   */
  uint64_t range_first;
  /**
   * How many bytes to read from `range_first` on; COS cuts what lies behind the end. 0: up to
   * the end. Both 0: the whole object.
   */
  uint64_t range_length;
  /**
   * Headers; those that were signed must be among them.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * From here to `user_data`: as in `coslink_get_object_options`.
   */
  uint64_t max_memory;
  void *buffer;
  size_t capacity;
  const char *path;
  coslink_write_fn write;
  coslink_progress_fn progress;
  void *user_data;
} coslink_presigned_get_options;

/**
 * The parameters of `coslink_presigned_put`. An option struct; begin with
 * `COSLINK_INIT(coslink_presigned_put_options)`.
 */
typedef struct coslink_presigned_put_options {
  /**
   * `sizeof(coslink_presigned_put_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The MIME type, kept with the object. NULL: it follows from the name of the file that is sent,
   * and is `application/octet-stream` for everything else.
   */
  const char *content_type;
  /**
   * Headers; those that were signed must be among them.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Told how many bytes of the body were sent. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *user_data;
} coslink_presigned_put_options;

/**
 * The parameters of `coslink_presigned_request`. An option struct; begin with
 * `COSLINK_INIT(coslink_presigned_request_options)`.
 */
typedef struct coslink_presigned_request_options {
  /**
   * `sizeof(coslink_presigned_request_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Headers; those that were signed must be among them.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * The most bytes that the answer may have when it goes to memory. 0: 64 MiB.
   */
  uint64_t max_memory;
  /**
   * Gives the answer to this function, block by block, instead of into memory of the result. See
   * `coslink_write_fn`.
   */
  coslink_write_fn write;
  /**
   * Told how many bytes of the body were sent. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `write` and `progress`.
   */
  void *user_data;
} coslink_presigned_request_options;

/**
 * The parameters of `coslink_post_object`. An option struct; begin with
 * `COSLINK_INIT(coslink_post_object_options)`.
 */
typedef struct coslink_post_object_options {
  /**
   * `sizeof(coslink_post_object_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The name of the file, for `${filename}` in the key. NULL: `file`.
   */
  const char *file_name;
  /**
   * From here to `metadata_count`: as in `coslink_put_object_options`.
   */
  const char *content_type;
  const char *cache_control;
  const char *content_disposition;
  const char *content_encoding;
  const char *content_language;
  const char *expires;
  const char *acl;
  const char *grant_read;
  const char *grant_read_acp;
  const char *grant_write_acp;
  const char *grant_full_control;
  const char *storage_class;
  const char *tagging;
  int32_t forbid_overwrite;
  uint64_t traffic_limit;
  const char *server_side_encryption;
  const char *sse_kms_key_id;
  const char *sse_kms_context;
  const char *sse_customer_algorithm;
  const char *sse_customer_key;
  const char *sse_customer_key_md5;
  const struct coslink_pair *metadata;
  size_t metadata_count;
  /**
   * Base64 of the MD5 of the content; COS refuses other content with 400 `BadDigest`.
   */
  const char *content_md5;
  /**
   * The status of success: 200, 201 (with a document) or 204. 0: 204.
   */
  uint32_t success_action_status;
  /**
   * Where to send the browser after success: the answer is 303 with this address.
   */
  const char *success_action_redirect;
  /**
   * Image processing while storing, as JSON.
   */
  const char *pic_operations;
  /**
   * Any other headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Any other query parameters, not encoded; they are signed.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
  /**
   * Told how many bytes of the body were sent. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `progress`.
   */
  void *user_data;
} coslink_post_object_options;

/**
 * What COS says of an object that a form put. An output struct.
 */
typedef struct coslink_post_object_output {
  /**
   * The ETag, with its quotes.
   */
  const char *etag;
  /**
   * CRC64 of the object, as COS computed it; see `has_crc64`.
   */
  uint64_t crc64;
  /**
   * CRC64 of the content that was sent.
   */
  uint64_t sent_crc64;
  /**
   * Non-zero when COS stated `crc64`.
   */
  int32_t has_crc64;
  /**
   * Non-zero when `crc64` was compared with the bytes that were sent, and was the same.
   */
  int32_t verified;
  /**
   * The object's address, or that of the redirect, or NULL.
   */
  const char *location;
  /**
   * The key, with the file's name in it; NULL unless the status is 201.
   */
  const char *key;
  /**
   * The bucket, as `name-appid`; NULL unless the status is 201.
   */
  const char *bucket;
  /**
   * The version, in a bucket with versioning, or NULL.
   */
  const char *version_id;
} coslink_post_object_output;

/**
 * What a form must keep to. Frozen: it never grows, so that arrays of it are possible.
 */
typedef struct coslink_form_condition {
  /**
   * A `coslink_condition`.
   */
  int32_t kind;
  /**
   * The field, such as `key` or `Content-Type`.
   */
  const char *field;
  /**
   * What it is, or begins with.
   */
  const char *value;
} coslink_form_condition;

/**
 * The parameters of `coslink_sign_form`. An option struct; begin with
 * `COSLINK_INIT(coslink_sign_form_options)`.
 */
typedef struct coslink_sign_form_options {
  /**
   * `sizeof(coslink_sign_form_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * The conditions; each field of the form needs one. With none for `key`, any key is allowed.
   */
  const struct coslink_form_condition *conditions;
  /**
   * How many `conditions` there are.
   */
  size_t condition_count;
  /**
   * The file must have at least so many bytes.
   */
  uint64_t min_length;
  /**
   * The file must have at most so many bytes. 0: 5 GiB, which COS takes at most.
   */
  uint64_t max_length;
} coslink_sign_form_options;

/**
 * What a form needs beside the fields `key` and, as the last, `file`. An output struct.
 */
typedef struct coslink_sign_form_output {
  /**
   * The address that the form is sent to, by POST as `multipart/form-data`.
   */
  const char *url;
  /**
   * The hidden fields.
   */
  const struct coslink_pair *fields;
  /**
   * How many `fields` there are.
   */
  size_t field_count;
} coslink_sign_form_output;

/**
 * The parameters of `coslink_request`. An option struct; begin with
 * `COSLINK_INIT(coslink_request_options)`.
 */
typedef struct coslink_request_options {
  /**
   * `sizeof(coslink_request_options)`; set by `COSLINK_INIT`.
   */
  size_t size;
  /**
   * Non-zero: the request is for the bucket itself (or the service, see
   * `coslink_bucket_new_service`), and `key` is NULL.
   */
  int32_t for_bucket;
  /**
   * Query parameters, not encoded; they are signed. A sub-resource such as `versioning` has an
   * empty value.
   */
  const struct coslink_pair *query;
  /**
   * How many pairs of `query` there are.
   */
  size_t query_count;
  /**
   * Headers; those that begin with `x-cos-` are signed.
   */
  const struct coslink_pair *headers;
  /**
   * How many `headers` there are.
   */
  size_t header_count;
  /**
   * Non-zero: the body, which must be `data`, is an XML document. The Content-Type and the
   * Content-MD5 that COS demands for it are set.
   */
  int32_t xml;
  /**
   * The most bytes that the answer may have when it goes to memory. 0: 64 MiB.
   */
  uint64_t max_memory;
  /**
   * Gives the answer to this function, block by block, instead of into memory of the result. See
   * `coslink_write_fn`.
   */
  coslink_write_fn write;
  /**
   * Told how many bytes of the body were sent. NULL: nobody is.
   */
  coslink_progress_fn progress;
  /**
   * Passed to `write` and `progress`.
   */
  void *user_data;
} coslink_request_options;

/**
 * An answer as it came. An output struct.
 */
typedef struct coslink_request_output {
  /**
   * The body of the answer, when it was read into memory; NULL when it went to `write`. No NUL
   * stands behind it.
   */
  const void *body;
  /**
   * How many bytes were received, wherever they went.
   */
  uint64_t body_length;
} coslink_request_output;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that is running, such as `"0.1.0"`.
 *
 * Compare it with `COSLINK_VERSION_STRING`, the version that was compiled against.
 *
 * Never blocks. Any thread. The text is the library's and lives for ever. Since 0.1.0.
 */
const char *coslink_version(void);

/**
 * The name of a status, such as `"COSLINK_ERROR_NOT_FOUND"`; `"unknown"` for a number that this
 * version does not have.
 *
 * Never blocks. Any thread. The text is the library's and lives for ever. Since 0.1.0.
 */
const char *coslink_status_name(int32_t status);

/**
 * Frees an error. NULL is fine.
 *
 * Never blocks. One thread at a time for one error. Since 0.1.0.
 */
void coslink_error_free(struct coslink_error *error);

/**
 * Frees a text that a call handed out through a `char **`. NULL is fine.
 *
 * Never blocks. Any thread. Since 0.1.0.
 */
void coslink_string_free(char *string);

/**
 * Makes a client. Nothing is sent.
 *
 * Never blocks, but for reading the files that are named. Any thread. Free `*client` with
 * `coslink_client_free`. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the option, with
 * `COSLINK_ERROR_CREDENTIALS`, or with `COSLINK_ERROR_LOCAL_IO` when a file cannot be read. Since
 * 0.1.0.
 */
coslink_status coslink_client_new(const struct coslink_client_options *options,
                                  struct coslink_client **client,
                                  struct coslink_error **error);

/**
 * Signs with these credentials from the next request on; transfers that are under way go on with
 * them. `security_token` may be NULL.
 *
 * Never blocks. Any thread, also while others use the client. The texts are copied. Fails with
 * `COSLINK_ERROR_CREDENTIALS` when they cannot be used; the old ones stay. Since 0.1.0.
 */
coslink_status coslink_client_set_credentials(const struct coslink_client *client,
                                              const char *secret_id,
                                              const char *secret_key,
                                              const char *security_token,
                                              struct coslink_error **error);

/**
 * Limits all bodies that the client sends together to so many bytes per second; 0 for no limit, as at
 * the beginning. Requests that are under way hear of it at once.
 *
 * Never blocks. Any thread, also while others use the client. Since 0.1.0.
 */
coslink_status coslink_client_set_upload_limit(const struct coslink_client *client,
                                               uint64_t bytes_per_second,
                                               struct coslink_error **error);

/**
 * Limits all bodies that the client receives together, as `coslink_client_set_upload_limit` does
 * those that it sends.
 *
 * Never blocks. Any thread, also while others use the client. Since 0.1.0.
 */
coslink_status coslink_client_set_download_limit(const struct coslink_client *client,
                                                 uint64_t bytes_per_second,
                                                 struct coslink_error **error);

/**
 * Frees a client. NULL is fine. Its buckets stay usable; when they are freed too, connections are
 * closed and threads are joined.
 *
 * Blocks until the threads have ended, which they do at once when no call is under way. No other
 * thread may be inside a call with this handle. Since 0.1.0.
 */
void coslink_client_free(struct coslink_client *client);

/**
 * Makes a bucket of a client from its name with APPID (`examplebucket-1250000000`) and its region
 * (`ap-guangzhou`). Nothing is sent.
 *
 * Never blocks. Any thread. Free `*bucket` with `coslink_bucket_free`; the client may be freed
 * before. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names `name`, `bucket` or `region`.
 * Since 0.1.0.
 */
coslink_status coslink_bucket_new(const struct coslink_client *client,
                                  const char *name,
                                  const char *region,
                                  struct coslink_bucket **bucket,
                                  struct coslink_error **error);

/**
 * Makes what stands for the service itself in `coslink_request`, for operations that are on no
 * bucket: of one region, or of all (`region` NULL). Nothing is sent.
 *
 * Never blocks. Any thread. Free `*bucket` with `coslink_bucket_free`; the client may be freed
 * before. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names `region`. Since 0.1.0.
 */
coslink_status coslink_bucket_new_service(const struct coslink_client *client,
                                          const char *region,
                                          struct coslink_bucket **bucket,
                                          struct coslink_error **error);

/**
 * Tells where an object is: host and path, percent-encoded, without scheme.
 *
 * Never blocks; nothing is sent. Any thread. Free `*location` with `coslink_string_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
 */
coslink_status coslink_bucket_location(const struct coslink_bucket *bucket,
                                       const char *key,
                                       char **location,
                                       struct coslink_error **error);

/**
 * Frees a bucket. NULL is fine.
 *
 * Blocks until the client's threads have ended when it was the last handle of its client. No other
 * thread may be inside a call with this handle. Since 0.1.0.
 */
void coslink_bucket_free(struct coslink_bucket *bucket);

/**
 * Hands the lines that have come up since the last call to `callback`, oldest first. Lines come up
 * where `log_level` of the client's options is set, on whatever thread; at most 1000 of them wait.
 * Call it after a failure, from a progress callback, or now and then.
 *
 * Never blocks. Any thread. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
 */
coslink_status coslink_client_log(const struct coslink_client *client,
                                  coslink_log_fn callback,
                                  void *user_data,
                                  struct coslink_error **error);

/**
 * The HTTP status; 0 for a transfer and for NULL.
 *
 * Never blocks. Since 0.1.0.
 */
int32_t coslink_result_http_status(const struct coslink_result *result);

/**
 * How many times the request was sent; 0 for NULL, and for a transfer, whose receipt counts its
 * requests.
 *
 * Never blocks. Since 0.1.0.
 */
uint32_t coslink_result_attempts(const struct coslink_result *result);

/**
 * The `x-cos-request-id`, to be named in a support ticket; NULL when there is none.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const char *coslink_result_request_id(const struct coslink_result *result);

/**
 * The value of the first header of this name, in any mixture of cases; NULL when there is none.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const char *coslink_result_header(const struct coslink_result *result, const char *name);

/**
 * All headers in order; `*count` (NULL: not wanted) becomes how many there are.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_pair *coslink_result_headers(const struct coslink_result *result,
                                                  size_t *count);

/**
 * The bytes of the answer, and in `*length` (NULL: not wanted) how many there are. NULL when they
 * went elsewhere, and for an operation whose answer is an output. No NUL stands behind them.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const void *coslink_result_body(const struct coslink_result *result, size_t *length);

/**
 * Frees a result and everything that was reached through it. NULL is fine.
 *
 * Never blocks. Since 0.1.0.
 */
void coslink_result_free(struct coslink_result *result);

/**
 * The output of `coslink_list_objects`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_list_objects_output *coslink_result_list_objects(const struct coslink_result *result);

/**
 * The output of `coslink_put_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_put_object_output *coslink_result_put_object(const struct coslink_result *result);

/**
 * The output of `coslink_head_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_head_object_output *coslink_result_head_object(const struct coslink_result *result);

/**
 * The output of `coslink_get_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_get_object_output *coslink_result_get_object(const struct coslink_result *result);

/**
 * The output of `coslink_delete_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_delete_object_output *coslink_result_delete_object(const struct coslink_result *result);

/**
 * The output of `coslink_initiate_multipart_upload`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_initiate_multipart_upload_output *coslink_result_initiate_multipart_upload(const struct coslink_result *result);

/**
 * The output of `coslink_upload_part`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_upload_part_output *coslink_result_upload_part(const struct coslink_result *result);

/**
 * The output of `coslink_list_parts`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_list_parts_output *coslink_result_list_parts(const struct coslink_result *result);

/**
 * The output of `coslink_complete_multipart_upload`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_complete_multipart_upload_output *coslink_result_complete_multipart_upload(const struct coslink_result *result);

/**
 * The output of `coslink_upload_file`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_upload_file_output *coslink_result_upload_file(const struct coslink_result *result);

/**
 * The output of `coslink_download_file`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_download_file_output *coslink_result_download_file(const struct coslink_result *result);

/**
 * Uploads a file, in one request when it is small, else in parts in parallel, and returns when the
 * object is there and checked. `options` may be NULL.
 *
 * An upload in parts that did not come to its end, also because the process died, is continued by
 * the same call; see `coslink_resume`, and `receipt` of the output for what was skipped. Parts on
 * the server are deleted when nothing is to be continued: with `COSLINK_RESUME_OFF`, after a stop
 * by a callback without `keep_cancelled`, and after an error that does not pass.
 *
 * Blocks. Any thread; parts move on the client's threads, callbacks run on the calling one. Free
 * `*result` with `coslink_result_free`; it has no HTTP status and headers. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` and `COSLINK_ERROR_LOCAL_IO` before a byte is sent;
 * `COSLINK_ERROR_BUSY`, also before, when another call, of this or another process, is at the same
 * upload; `COSLINK_ERROR_SOURCE_CHANGED` when the file does not stay what it was;
 * `COSLINK_ERROR_INTEGRITY` when COS stored other bytes, or states no CRC64 where `verify` requires
 * one; `COSLINK_ERROR_CANCELLED` when a callback said stop; or with what the network and the
 * service said. Since 0.1.0.
 */
coslink_status coslink_upload_file(const struct coslink_bucket *bucket,
                                   const char *key,
                                   const char *path,
                                   const struct coslink_upload_file_options *options,
                                   struct coslink_result **result,
                                   struct coslink_error **error);

/**
 * Downloads an object into a file, in ranges in parallel when it is big, and returns when the file
 * is whole, checked and durable. `options` may be NULL.
 *
 * The bytes go into `<path>.coslink-part` beside the target, which replaces it in one step at the
 * very end: whatever happens before, the target stays as it was. A symbolic link is followed. Every
 * range must come from the object that was there at the beginning.
 *
 * A download of several ranges that did not come to its end, also because the process died, is
 * continued by the same call: the ranges in the part file that `<path>.coslink-journal` speaks of
 * are read and compared with the CRC64 recorded there. Both files are removed when nothing is to be
 * continued: with another `coslink_resume` than the journal, after a stop by a callback without
 * `keep_cancelled`, and after an error that does not pass.
 *
 * Blocks. Any thread; ranges move on the client's threads, callbacks run on the calling one. Free
 * `*result` with `coslink_result_free`; it has no HTTP status, headers and request id. Fails with
 * `COSLINK_ERROR_LOCAL_IO` when the target cannot be written, and with `COSLINK_ERROR_BUSY` when
 * another download, of this or another process, writes to it, before a byte is sent;
 * `COSLINK_ERROR_PRECONDITION` when the object was replaced meanwhile or a condition is not met,
 * also 304; `COSLINK_ERROR_INTEGRITY` when the CRC64 differs, or COS states none where `verify`
 * requires one; `COSLINK_ERROR_CANCELLED` when a callback said stop; or with what the network and
 * the service said. Since 0.1.0.
 */
coslink_status coslink_download_file(const struct coslink_bucket *bucket,
                                     const char *key,
                                     const char *path,
                                     const struct coslink_download_file_options *options,
                                     struct coslink_result **result,
                                     struct coslink_error **error);

/**
 * Uploads everything that `read` gives until it returns 0, in one request when that is little, else
 * in parts in parallel, and returns when the object is there and checked. `user_data` is passed to
 * `read`. `options` may be NULL.
 *
 * Blocks. Any thread; parts move on the client's threads, `read` and `progress` run on the calling
 * one. Free `*result`, whose output `coslink_result_upload_file` gives, with `coslink_result_free`;
 * it has no HTTP status and headers. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is
 * sent; `COSLINK_ERROR_CALLBACK` when `read` said stop; `COSLINK_ERROR_INTEGRITY` when COS stored
 * other bytes, or states no CRC64 where `verify` requires one; `COSLINK_ERROR_CANCELLED` when
 * `progress` said stop; or with what the network and the service said. Parts on the server are
 * deleted when the upload fails. Since 0.1.0.
 */
coslink_status coslink_upload_stream(const struct coslink_bucket *bucket,
                                     const char *key,
                                     coslink_read_fn read,
                                     void *user_data,
                                     const struct coslink_upload_stream_options *options,
                                     struct coslink_result **result,
                                     struct coslink_error **error);

/**
 * Copies an object of any size, bucket and region inside the service to `key`, in one request when
 * it is small, else in parts in parallel, and returns when the copy is there and checked. No byte
 * passes through this machine. `options` may be NULL.
 *
 * Content headers, metadata and tags of the source come along; those that are given here take their
 * place. Storage class, encryption and ACL do not come along: unset they are the default. Every part
 * must come from the object that was there at the beginning.
 *
 * A copy in parts that did not come to its end, also because the process died, is continued by the
 * same call; see `coslink_resume`, and `receipt` of the output for what was skipped. Parts of the
 * copy are deleted when nothing is to be continued: with `COSLINK_RESUME_OFF`, after a stop by
 * `progress` without `keep_cancelled`, and after an error that does not pass.
 *
 * Blocks. Any thread; parts are asked for on the client's threads, `progress` runs on the calling
 * one. Free `*result` with `coslink_result_free`; it has no HTTP status and headers. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent; `COSLINK_ERROR_BUSY` when another call, of
 * this or another process, is at the same copy, before a byte is copied; `COSLINK_ERROR_LOCAL_IO`
 * when the client's `journal` cannot be written; `COSLINK_ERROR_PRECONDITION` when a condition on
 * the source is not met or it was replaced meanwhile; `COSLINK_ERROR_INTEGRITY` when the CRC64
 * differs, or COS states none where `verify` requires one; `COSLINK_ERROR_CANCELLED` when `progress`
 * said stop; or with what the network and the service said. Since 0.1.0.
 */
coslink_status coslink_copy_file(const struct coslink_bucket *bucket,
                                 const char *key,
                                 const struct coslink_copy_source *copy_source,
                                 const struct coslink_copy_file_options *options,
                                 struct coslink_result **result,
                                 struct coslink_error **error);

/**
 * The output of `coslink_copy_file`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_copy_file_output *coslink_result_copy_file(const struct coslink_result *result);

/**
 * Uploads files, the client's `parallel_files` at the same time, and returns when each has come to
 * its end. One that fails does not stop the others. `files` leads to `file_count` pointers to items,
 * whose buckets may also be of other clients; `options` may be NULL.
 *
 * Success says that every file succeeded; else status and error are those of the first one, in the
 * order of the files, that failed. What became of each is told to `finished` alone. Each file is
 * uploaded, continued and checked as by `coslink_upload_file`. A file whose bucket and key stood
 * before fails with `COSLINK_ERROR_INVALID_ARGUMENT`.
 *
 * Blocks. Any thread; files and parts move on other threads, which end with the call and with the
 * client, callbacks run on the calling one. Items and what they lead to are only read during the
 * call. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the field (`files[2].key`), before
 * a byte is sent, when an item cannot be read; `COSLINK_ERROR_CANCELLED` when a callback said stop;
 * or as `coslink_upload_file`. Since 0.1.0.
 */
coslink_status coslink_upload_files(const struct coslink_client *client,
                                    const struct coslink_upload_files_item *const *files,
                                    size_t file_count,
                                    const struct coslink_upload_files_options *options,
                                    struct coslink_error **error);

/**
 * Downloads objects into files, the client's `parallel_files` at the same time, and returns when
 * each has come to its end. One that fails does not stop the others. `files` leads to `file_count`
 * pointers to items, whose buckets may also be of other clients; `options` may be NULL.
 *
 * Success says that every file succeeded; else status and error are those of the first one, in the
 * order of the files, that failed. What became of each is told to `finished` alone. Each file is
 * downloaded, continued and checked as by `coslink_download_file`. A file whose `path` stood before
 * fails with `COSLINK_ERROR_INVALID_ARGUMENT`.
 *
 * Blocks. Any thread; files and ranges move on other threads, which end with the call and with the
 * client, callbacks run on the calling one. Items and what they lead to are only read during the
 * call. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the field (`files[2].key`), before
 * a byte is sent, when an item cannot be read; `COSLINK_ERROR_CANCELLED` when a callback said stop;
 * or as `coslink_download_file`. Since 0.1.0.
 */
coslink_status coslink_download_files(const struct coslink_client *client,
                                      const struct coslink_download_files_item *const *files,
                                      size_t file_count,
                                      const struct coslink_download_files_options *options,
                                      struct coslink_error **error);

/**
 * Makes a queue for transfers of the client's buckets; those of other clients may be used with it,
 * too. `options` may be NULL.
 *
 * Never blocks, but for the disk with a `directory`. Any thread. Free `*queue` with
 * `coslink_queue_free`; the client may be freed before. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT`, which names the option, with `COSLINK_ERROR_BUSY` when another
 * queue has the directory, and with `COSLINK_ERROR_LOCAL_IO` or `COSLINK_ERROR_INTERNAL` when the system has no descriptor or no
 * thread left. Since 0.1.0.
 */
coslink_status coslink_queue_new(const struct coslink_client *client,
                                 const struct coslink_queue_options *options,
                                 struct coslink_queue **queue,
                                 struct coslink_error **error);

/**
 * Frees a queue, and the event that was polled last. NULL is fine. What runs is paused: what has
 * moved stays, and the same transfers, pushed to another queue, go on from there. Bytes in memory
 * begin anew.
 *
 * Blocks until the queue's threads have ended, which takes a moment where a request is under way.
 * No other thread may be inside a call with this handle. Since 0.1.0.
 */
void coslink_queue_free(struct coslink_queue *queue);

/**
 * Pauses a task that waits or runs. What it has moved stays, with COS and in its journal.
 *
 * Never blocks: the requests that are under way end a moment later. Any thread. Fails with
 * `COSLINK_ERROR_NOT_FOUND`, and with `COSLINK_ERROR_WRONG_STATE` when the task is paused or has
 * come to an end. Since 0.1.0.
 */
coslink_status coslink_queue_pause(const struct coslink_queue *queue,
                                   uint64_t task,
                                   struct coslink_error **error);

/**
 * Lets a task that is paused or has failed wait for its turn again. It goes on from where it was,
 * as `coslink_resume` says.
 *
 * Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`, and with
 * `COSLINK_ERROR_WRONG_STATE` when the task waits, runs, was cancelled or succeeded. Since 0.1.0.
 */
coslink_status coslink_queue_restart(const struct coslink_queue *queue,
                                     uint64_t task,
                                     struct coslink_error **error);

/**
 * Cancels a task that has not come to an end. What it has moved is taken back; an object or a file
 * that was complete before stays.
 *
 * Never blocks: what has moved is taken back a moment later. Any thread. Fails with
 * `COSLINK_ERROR_NOT_FOUND`, and with `COSLINK_ERROR_WRONG_STATE` when the task has come to an end.
 * Since 0.1.0.
 */
coslink_status coslink_queue_cancel(const struct coslink_queue *queue,
                                    uint64_t task,
                                    struct coslink_error **error);

/**
 * Puts a task before all others of its priority. Tasks that are under way go on.
 *
 * Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`. Since 0.1.0.
 */
coslink_status coslink_queue_to_front(const struct coslink_queue *queue,
                                      uint64_t task,
                                      struct coslink_error **error);

/**
 * Gives a task another priority: those of a higher one come first, and those below 0 are the
 * background (`COSLINK_BACKGROUND`). A task that is under way goes on, and gives way from now on or
 * no more.
 *
 * Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`. Since 0.1.0.
 */
coslink_status coslink_queue_set_priority(const struct coslink_queue *queue,
                                          uint64_t task,
                                          int32_t priority,
                                          struct coslink_error **error);

/**
 * Limits the bytes per second that a task moves; 0 for no limit. It may be changed while the task
 * runs, which hears of it at once. The limits of the client hold beside it.
 *
 * Never blocks. Any thread. Fails with `COSLINK_ERROR_NOT_FOUND`. Since 0.1.0.
 */
coslink_status coslink_queue_set_limit(const struct coslink_queue *queue,
                                       uint64_t task,
                                       uint64_t bytes_per_second,
                                       struct coslink_error **error);

/**
 * Makes a descriptor that is readable while an event waits, for `select`, `poll`, `epoll` and the
 * like. Read nothing from it, but call `coslink_queue_poll` until there is no event any more. Each
 * call makes another one, which is yours to `close`, and may outlive the queue.
 *
 * Never blocks. Any thread. Fails with `COSLINK_ERROR_LOCAL_IO` when the system has no descriptor
 * left, and always where it has none to wait for, as on Windows: there, let `coslink_queue_poll`
 * wait. After a failure `*descriptor` is -1. Since 0.1.0.
 */
coslink_status coslink_queue_descriptor(const struct coslink_queue *queue,
                                        int *descriptor,
                                        struct coslink_error **error);

/**
 * Adds the upload of a file, as by `coslink_upload_file`; `progress` and `hashed` of its options are
 * not called, and `keep_cancelled` says nothing. Tasks of a higher `priority` come first, those of
 * the same one in the order in which they were added, and those below 0 are the background
 * (`COSLINK_BACKGROUND`). `options` may be NULL. `*task` (NULL: not wanted) becomes the number of the
 * task; 0 after a failure.
 *
 * Never blocks: nothing is sent or read yet. Any thread. Texts are copied. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` when an argument cannot be read; whatever else is wrong with it,
 * the task fails with. Since 0.1.0.
 */
coslink_status coslink_queue_push_upload(const struct coslink_queue *queue,
                                         const struct coslink_bucket *bucket,
                                         const char *key,
                                         const char *path,
                                         const struct coslink_upload_file_options *options,
                                         int32_t priority,
                                         uint64_t *task,
                                         struct coslink_error **error);

/**
 * Adds the upload of `length` bytes, at most 5 GiB, in one request. The bytes are copied, and kept as
 * long as the task is in the list. For the others see `coslink_queue_push_upload`. The output of its
 * result is that of `coslink_result_upload_file`.
 *
 * Never blocks: nothing is sent yet. Any thread. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` when an
 * argument cannot be read; whatever else is wrong with it, the task fails with. Since 0.1.0.
 */
coslink_status coslink_queue_push_bytes(const struct coslink_queue *queue,
                                        const struct coslink_bucket *bucket,
                                        const char *key,
                                        const void *data,
                                        size_t length,
                                        const struct coslink_queue_push_bytes_options *options,
                                        int32_t priority,
                                        uint64_t *task,
                                        struct coslink_error **error);

/**
 * Adds the download of an object into a file, as by `coslink_download_file`; `progress` and `hashed`
 * of its options are not called, and `keep_cancelled` says nothing. For the others see
 * `coslink_queue_push_upload`.
 *
 * Never blocks: nothing is sent or written yet. Any thread. Texts are copied. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` when an argument cannot be read; whatever else is wrong with it,
 * the task fails with. Since 0.1.0.
 */
coslink_status coslink_queue_push_download(const struct coslink_queue *queue,
                                           const struct coslink_bucket *bucket,
                                           const char *key,
                                           const char *path,
                                           const struct coslink_download_file_options *options,
                                           int32_t priority,
                                           uint64_t *task,
                                           struct coslink_error **error);

/**
 * Adds the copy of an object to `key` of this bucket, as by `coslink_copy_file`; `progress` of its
 * options is not called, and `keep_cancelled` says nothing. For the others see
 * `coslink_queue_push_upload`.
 *
 * Never blocks: nothing is sent yet. Any thread. Texts are copied. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` when an argument cannot be read; whatever else is wrong with it,
 * the task fails with. Since 0.1.0.
 */
coslink_status coslink_queue_push_copy(const struct coslink_queue *queue,
                                       const struct coslink_bucket *bucket,
                                       const char *key,
                                       const struct coslink_copy_source *copy_source,
                                       const struct coslink_copy_file_options *options,
                                       int32_t priority,
                                       uint64_t *task,
                                       struct coslink_error **error);

/**
 * Hands out the next event, and waits for it for at most `wait_ms`; 0 does not wait. `*event`
 * becomes NULL when none came. It belongs to the queue: the event before ends with this call, and
 * this one with the next, or with the queue.
 *
 * Blocks for at most `wait_ms`; an action on a task from another thread is told of like everything
 * else. From one thread at a time. Fails with `COSLINK_ERROR_WRONG_STATE` while another thread
 * polls, whose event stays what it is. Since 0.1.0.
 */
coslink_status coslink_queue_poll(const struct coslink_queue *queue,
                                  uint32_t wait_ms,
                                  const struct coslink_event **event,
                                  struct coslink_error **error);

/**
 * All tasks of the list: those that have not come to an end, and as many of the others as the queue
 * keeps.
 *
 * Never blocks. Any thread. Free `*result` with `coslink_result_free`; it has no HTTP status, headers
 * and request id, and may outlive the queue. Since 0.1.0.
 */
coslink_status coslink_queue_tasks(const struct coslink_queue *queue,
                                   struct coslink_result **result,
                                   struct coslink_error **error);

/**
 * The same for one task: the output has one entry.
 *
 * Never blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_NOT_FOUND` when the task is not, or not any more, in the list. Since 0.1.0.
 */
coslink_status coslink_queue_task(const struct coslink_queue *queue,
                                  uint64_t task,
                                  struct coslink_result **result,
                                  struct coslink_error **error);

/**
 * The output of `coslink_queue_tasks` and `coslink_queue_task`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_queue_tasks_output *coslink_result_queue_tasks(const struct coslink_result *result);

/**
 * Lists one page of a bucket's objects, in the byte order of their keys. `coslink_objects_new` goes
 * over all pages. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_list_objects(const struct coslink_bucket *bucket,
                                    const struct coslink_list_objects_options *options,
                                    struct coslink_result **result,
                                    struct coslink_error **error);

/**
 * Begins to go over a listing, with the page that `options` (may be NULL) describes.
 *
 * Never blocks. Any thread. The options are copied. Free `*objects` with `coslink_objects_free`.
 * Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
 */
coslink_status coslink_objects_new(const struct coslink_bucket *bucket,
                                   const struct coslink_list_objects_options *options,
                                   struct coslink_objects **objects,
                                   struct coslink_error **error);

/**
 * Gives the next object in `*object`; NULL there, with success, when there are no more.
 *
 * Blocks at the beginning of each page. One thread at a time for one listing. The object is the
 * listing's and lives until the following call with it. Fails as `coslink_list_objects`; `*object`
 * is NULL then, and the following call asks for the same page again. Since 0.1.0.
 */
coslink_status coslink_objects_next(struct coslink_objects *objects,
                                    const struct coslink_object **object,
                                    struct coslink_error **error);

/**
 * Ends going over a listing. NULL is fine.
 *
 * Blocks as `coslink_bucket_free` does when it was the last handle of its client. Since 0.1.0.
 */
void coslink_objects_free(struct coslink_objects *objects);

/**
 * Puts a whole object, of at most 5 GiB, in one request. An object of that key is replaced. Bigger
 * or slower data goes better with `coslink_upload_file`, which sends parts in parallel. The key has
 * 1 to 850 bytes; `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, `COSLINK_ERROR_INTEGRITY` when COS stored
 * other bytes, or with what the network and the service said. Since 0.1.0.
 */
coslink_status coslink_put_object(const struct coslink_bucket *bucket,
                                  const char *key,
                                  const struct coslink_body *body,
                                  const struct coslink_put_object_options *options,
                                  struct coslink_result **result,
                                  struct coslink_error **error);

/**
 * Asks for what is known of an object, without its content. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_NOT_FOUND`, which has no code since a HEAD answer has no body, or with what else
 * the network and the service said. Since 0.1.0.
 */
coslink_status coslink_head_object(const struct coslink_bucket *bucket,
                                   const char *key,
                                   const struct coslink_head_object_options *options,
                                   struct coslink_result **result,
                                   struct coslink_error **error);

/**
 * Deletes an object, or one version of it. An object that does not exist counts as deleted. In a
 * bucket with versioning and without a version given, COS puts a delete marker in front. `options`
 * may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_delete_object(const struct coslink_bucket *bucket,
                                     const char *key,
                                     const struct coslink_delete_object_options *options,
                                     struct coslink_result **result,
                                     struct coslink_error **error);

/**
 * Reads an object, or a range of it, and checks it. Where the content goes, `options` say (NULL:
 * into memory, at most 64 MiB). To put a big object into a file, `coslink_download_file` is faster.
 *
 * The request is retried until its content begins to arrive, not after.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` also when the content is longer than the place for it, before
 * any of it is read; with `COSLINK_ERROR_INTEGRITY` when the CRC64 differs;
 * `COSLINK_ERROR_CALLBACK` when `write` said stop; or with what the network and the service said.
 * Since 0.1.0.
 */
coslink_status coslink_get_object(const struct coslink_bucket *bucket,
                                  const char *key,
                                  const struct coslink_get_object_options *options,
                                  struct coslink_result **result,
                                  struct coslink_error **error);

/**
 * Copies an object of at most 5 GiB inside the service to `key`, in one request. `coslink_copy_file`
 * copies bigger ones too, in parts, and checks them. `options` may be NULL.
 *
 * Metadata comes along unless `metadata_directive` is `Replaced`. Storage class, ACL and encryption
 * never come along: unset they are the default. To change the headers of an object, copy it onto
 * itself with `Replaced`.
 *
 * COS may answer at once and then send blanks for as long as it works. The call returns when the
 * result is known: an error that comes after a 200 is an error here.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, `COSLINK_ERROR_PRECONDITION` when a
 * condition on the source is not met, or with what the network and the service said. Since 0.1.0.
 */
coslink_status coslink_copy_object(const struct coslink_bucket *bucket,
                                   const char *key,
                                   const struct coslink_copy_source *copy_source,
                                   const struct coslink_copy_object_options *options,
                                   struct coslink_result **result,
                                   struct coslink_error **error);

/**
 * Makes a part of an upload from an object, or from a range of it, of 1 MiB to 5 GiB; only the last
 * part may be smaller. Keep the ETag for `coslink_complete_multipart_upload`. `options` may be NULL.
 *
 * An error that comes after a 200 is an error here.
 *
 * Blocks. Any thread, also at once for several parts of an upload. Free `*result` with
 * `coslink_result_free`. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent,
 * `COSLINK_ERROR_PRECONDITION` when a condition on the source is not met, or with what the network
 * and the service said. Since 0.1.0.
 */
coslink_status coslink_upload_part_copy(const struct coslink_bucket *bucket,
                                        const char *key,
                                        const char *upload_id,
                                        uint32_t part_number,
                                        const struct coslink_copy_source *copy_source,
                                        const struct coslink_upload_part_copy_options *options,
                                        struct coslink_result **result,
                                        struct coslink_error **error);

/**
 * The output of `coslink_copy_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_copy_object_output *coslink_result_copy_object(const struct coslink_result *result);

/**
 * The output of `coslink_upload_part_copy`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_upload_part_copy_output *coslink_result_upload_part_copy(const struct coslink_result *result);

/**
 * Deletes 1 to 1000 objects in one request; `coslink_bucket_delete_objects` takes any number. Objects
 * that do not exist count as deleted. `options` may be NULL.
 *
 * Success says that COS tried: look at `errors` for the objects that it could not delete.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_delete_objects(const struct coslink_bucket *bucket,
                                      const struct coslink_object_version *objects,
                                      size_t object_count,
                                      const struct coslink_delete_objects_options *options,
                                      struct coslink_result **result,
                                      struct coslink_error **error);

/**
 * Deletes any number of objects, 1000 with each request. Objects that do not exist count as deleted.
 *
 * Success says that COS tried: look at `errors` for the objects that it could not delete. An error
 * of a request ends the work; what was deleted before stays deleted.
 *
 * Blocks. Any thread. Free `*result`, whose output `coslink_result_delete_objects` gives, with
 * `coslink_result_free`; it has no HTTP status, headers and request id. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_bucket_delete_objects(const struct coslink_bucket *bucket,
                                             const struct coslink_object_version *objects,
                                             size_t object_count,
                                             struct coslink_result **result,
                                             struct coslink_error **error);

/**
 * The output of `coslink_delete_objects` and of `coslink_bucket_delete_objects`; NULL for another
 * operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_delete_objects_output *coslink_result_delete_objects(const struct coslink_result *result);

/**
 * Makes an archived object readable for some days. `tier` says how fast: `Expedited` (minutes, not
 * from the deep archive), `Standard` or `Bulk` (hours). `options` may be NULL.
 *
 * The call only begins it: `coslink_head_object` tells the state in `restore`. While COS works,
 * another call is 409 `RestoreAlreadyInProgress`; an object that is not archived is 405
 * `RestoreNonArchiveObject`. The request is sent again only when the service turned it away for its
 * rate.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_restore_object(const struct coslink_bucket *bucket,
                                      const char *key,
                                      uint32_t days,
                                      const char *tier,
                                      const struct coslink_restore_object_options *options,
                                      struct coslink_result **result,
                                      struct coslink_error **error);

/**
 * The output of `coslink_restore_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_restore_object_output *coslink_result_restore_object(const struct coslink_result *result);

/**
 * Sets who may do what with an object: by a canned ACL, by grants, or by a whole policy, one of which
 * `options` must have. What was set before is gone. Its result has no output.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_put_object_acl(const struct coslink_bucket *bucket,
                                      const char *key,
                                      const struct coslink_put_object_acl_options *options,
                                      struct coslink_result **result,
                                      struct coslink_error **error);

/**
 * Asks who may do what with an object. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_get_object_acl(const struct coslink_bucket *bucket,
                                      const char *key,
                                      const struct coslink_get_object_acl_options *options,
                                      struct coslink_result **result,
                                      struct coslink_error **error);

/**
 * The output of `coslink_get_object_acl`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_get_object_acl_output *coslink_result_get_object_acl(const struct coslink_result *result);

/**
 * Asks whether a browser on the site `origin` (`https://www.qq.com`) would be allowed to make a
 * request of this `method` (`PUT`), as the browser itself does before it. A refusal by the rules is
 * an answer: see `forbidden`. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_options_object(const struct coslink_bucket *bucket,
                                      const char *key,
                                      const char *origin,
                                      const char *method,
                                      const struct coslink_options_object_options *options,
                                      struct coslink_result **result,
                                      struct coslink_error **error);

/**
 * The output of `coslink_options_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_options_object_output *coslink_result_options_object(const struct coslink_result *result);

/**
 * Begins an upload in parts. The headers given here become those of the object. `options` may be
 * NULL. `coslink_upload_file` does all of this for a file.
 *
 * Parts that are never completed nor aborted are kept, and billed, until a lifecycle rule of the
 * bucket removes them. Each call begins another upload, also for the same key.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_initiate_multipart_upload(const struct coslink_bucket *bucket,
                                                 const char *key,
                                                 const struct coslink_initiate_multipart_upload_options *options,
                                                 struct coslink_result **result,
                                                 struct coslink_error **error);

/**
 * Sends one part of an upload, of 1 MiB to 5 GiB; only the last may be smaller. Its number is 1 to
 * 10,000; a part of the same number is replaced. Keep the ETag for
 * `coslink_complete_multipart_upload`. `options` may be NULL.
 *
 * Blocks. Any thread, also at once for several parts of an upload. Free `*result` with
 * `coslink_result_free`. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent,
 * `COSLINK_ERROR_INTEGRITY` when COS stored other bytes, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_upload_part(const struct coslink_bucket *bucket,
                                   const char *key,
                                   const char *upload_id,
                                   uint32_t part_number,
                                   const struct coslink_body *body,
                                   const struct coslink_upload_part_options *options,
                                   struct coslink_result **result,
                                   struct coslink_error **error);

/**
 * Lists one page of the parts that an upload has, by ascending number. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_list_parts(const struct coslink_bucket *bucket,
                                  const char *key,
                                  const char *upload_id,
                                  const struct coslink_list_parts_options *options,
                                  struct coslink_result **result,
                                  struct coslink_error **error);

/**
 * Makes an object of the parts of an upload, which are given by ascending number. `options` may be
 * NULL.
 *
 * COS answers at once and then sends blanks for as long as it works, which can be minutes. The call
 * returns when the result is known: an error that comes after a 200 is an error here.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_complete_multipart_upload(const struct coslink_bucket *bucket,
                                                 const char *key,
                                                 const char *upload_id,
                                                 const struct coslink_completed_part *parts,
                                                 size_t part_count,
                                                 const struct coslink_complete_multipart_upload_options *options,
                                                 struct coslink_result **result,
                                                 struct coslink_error **error);

/**
 * Ends an upload and deletes its parts. An upload that does not exist (any more) is
 * `COSLINK_ERROR_NOT_FOUND` with the code `NoSuchUpload`. `options` may be NULL. Its result has no
 * output.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_abort_multipart_upload(const struct coslink_bucket *bucket,
                                              const char *key,
                                              const char *upload_id,
                                              const struct coslink_abort_multipart_upload_options *options,
                                              struct coslink_result **result,
                                              struct coslink_error **error);

/**
 * Lists one page of a bucket's uploads that are neither completed nor aborted, by key.
 * `coslink_uploads_new` goes over all pages. A prefix finds more than one key: compare `key` where
 * one is meant. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the network and the service
 * said. Since 0.1.0.
 */
coslink_status coslink_list_multipart_uploads(const struct coslink_bucket *bucket,
                                              const struct coslink_list_multipart_uploads_options *options,
                                              struct coslink_result **result,
                                              struct coslink_error **error);

/**
 * The output of `coslink_list_multipart_uploads`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_list_multipart_uploads_output *coslink_result_list_multipart_uploads(const struct coslink_result *result);

/**
 * Begins to go over a bucket's uploads, with the page that `options` (may be NULL) describes.
 *
 * Never blocks. Any thread. The options are copied. Free `*uploads` with `coslink_uploads_free`.
 * Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
 */
coslink_status coslink_uploads_new(const struct coslink_bucket *bucket,
                                   const struct coslink_list_multipart_uploads_options *options,
                                   struct coslink_uploads **uploads,
                                   struct coslink_error **error);

/**
 * Gives the next upload in `*upload`; NULL there, with success, when there are no more.
 *
 * Blocks at the beginning of each page. One thread at a time for one listing. The upload is the
 * listing's and lives until the following call with it. Fails as `coslink_list_multipart_uploads`;
 * `*upload` is NULL then, and the following call asks for the same page again. Since 0.1.0.
 */
coslink_status coslink_uploads_next(struct coslink_uploads *uploads,
                                    const struct coslink_upload **upload,
                                    struct coslink_error **error);

/**
 * Ends going over a bucket's uploads. NULL is fine.
 *
 * Blocks as `coslink_bucket_free` does when it was the last handle of its client. Since 0.1.0.
 */
void coslink_uploads_free(struct coslink_uploads *uploads);

/**
 * Aborts every upload whose key begins with `prefix` (NULL or empty: those of the whole bucket) and
 * which was begun `older_than_seconds` ago or earlier. Their parts, which are billed, are deleted;
 * an upload that is under way fails, and one that is to be continued begins anew.
 *
 * An error ends the work; what was aborted before stays so.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`; it has no HTTP status, headers and
 * request id. Fails with `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or with what the
 * network and the service said. Since 0.1.0.
 */
coslink_status coslink_abort_uploads(const struct coslink_bucket *bucket,
                                     const char *prefix,
                                     uint64_t older_than_seconds,
                                     struct coslink_result **result,
                                     struct coslink_error **error);

/**
 * The output of `coslink_abort_uploads`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_abort_uploads_output *coslink_result_abort_uploads(const struct coslink_result *result);

/**
 * Makes a URL that carries a request out for whoever has it, for as long as `seconds`, without any
 * secret. `method` is a `coslink_method`; `options` may be NULL.
 *
 * Never blocks; nothing is sent. Any thread. Free `*url` with `coslink_string_free`, and treat it
 * as a secret. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`. Since 0.1.0.
 */
coslink_status coslink_presign(const struct coslink_bucket *bucket,
                               int32_t method,
                               const char *key,
                               uint32_t seconds,
                               const struct coslink_presign_options *options,
                               char **url,
                               struct coslink_error **error);

/**
 * Reads the object of a URL that somebody signed for GET, and checks it as `coslink_get_object` does.
 * The client's credentials are not used; an `anonymous` client is enough. `options` may be NULL.
 *
 * Blocks. Any thread. The URL appears in no error. Free `*result`, whose output
 * `coslink_result_get_object` gives, with `coslink_result_free`. Fails as `coslink_get_object`;
 * with `COSLINK_ERROR_DENIED` when the URL is no longer valid or was signed for something else.
 * Since 0.1.0.
 */
coslink_status coslink_presigned_get(const struct coslink_client *client,
                                     const char *url,
                                     const struct coslink_presigned_get_options *options,
                                     struct coslink_result **result,
                                     struct coslink_error **error);

/**
 * Puts a whole object to a URL that somebody signed for PUT, and checks it as `coslink_put_object`
 * does. The client's credentials are not used; an `anonymous` client is enough. `options` may be
 * NULL.
 *
 * Blocks. Any thread. The URL appears in no error. Free `*result`, whose output
 * `coslink_result_put_object` gives, with `coslink_result_free`. Fails as `coslink_put_object`; with
 * `COSLINK_ERROR_DENIED` when the URL is no longer valid or was signed for something else. Since
 * 0.1.0.
 */
coslink_status coslink_presigned_put(const struct coslink_client *client,
                                     const char *url,
                                     const struct coslink_body *body,
                                     const struct coslink_presigned_put_options *options,
                                     struct coslink_result **result,
                                     struct coslink_error **error);

/**
 * Sends any other request by a URL that somebody signed for `method`, a `coslink_method`; HEAD and
 * DELETE of an object, a part of an upload. The client's credentials are not used; an `anonymous`
 * client is enough. `body` (NULL: none) is for PUT and POST; `options` may be NULL.
 *
 * Blocks. Any thread. The URL appears in no error. Free `*result`, whose output
 * `coslink_result_request` gives, with `coslink_result_free`. Fails as `coslink_request`; with
 * `COSLINK_ERROR_DENIED` when the URL is no longer valid or was signed for something else. Since
 * 0.1.0.
 */
coslink_status coslink_presigned_request(const struct coslink_client *client,
                                         int32_t method,
                                         const char *url,
                                         const struct coslink_body *body,
                                         const struct coslink_presigned_request_options *options,
                                         struct coslink_result **result,
                                         struct coslink_error **error);

/**
 * Puts a whole object, of at most 5 GiB, as the form of a web page does; `coslink_put_object` does
 * the same with less. In the key, `${filename}` stands for the file's name. For a page that uploads
 * by itself, see `coslink_sign_form`. `options` may be NULL.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, `COSLINK_ERROR_INTEGRITY` when COS stored
 * other bytes, or with what the network and the service said. Since 0.1.0.
 */
coslink_status coslink_post_object(const struct coslink_bucket *bucket,
                                   const char *key,
                                   const struct coslink_body *body,
                                   const struct coslink_post_object_options *options,
                                   struct coslink_result **result,
                                   struct coslink_error **error);

/**
 * The output of `coslink_post_object`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_post_object_output *coslink_result_post_object(const struct coslink_result *result);

/**
 * Signs a form that whoever has it can upload with, as far as `options` (NULL: any key) allow and for
 * as long as `seconds`. The secret key does not leave the process. The result has only its output,
 * which is as good as a password for as long as it lasts.
 *
 * Never blocks; nothing is sent. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT`, or `COSLINK_ERROR_CREDENTIALS` when the client is anonymous.
 * Since 0.1.0.
 */
coslink_status coslink_sign_form(const struct coslink_bucket *bucket,
                                 uint32_t seconds,
                                 const struct coslink_sign_form_options *options,
                                 struct coslink_result **result,
                                 struct coslink_error **error);

/**
 * The output of `coslink_sign_form`; NULL for another operation's result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_sign_form_output *coslink_result_sign_form(const struct coslink_result *result);

/**
 * Sends a signed request of any kind, for what has no function of its own. `method` is a
 * `coslink_method`; `key` is NULL only with `options->for_bucket` set, so that a forgotten one never
 * becomes a call on the bucket; `body` (NULL: none) is for PUT and POST; `options` may be NULL.
 *
 * Success is any status of 200 to 299. The answer goes into memory, to `coslink_result_request` and
 * `coslink_result_body`, or to `write`; its content is not looked at, neither for an error document
 * nor for a CRC64. The request is retried until its answer begins to arrive; a POST, and a request
 * with `x-cos-forbid-overwrite`, only when the service turned it away for its rate.
 *
 * Blocks. Any thread. Free `*result` with `coslink_result_free`. Fails with
 * `COSLINK_ERROR_INVALID_ARGUMENT` before a byte is sent, or when the answer is longer than
 * `max_memory`; `COSLINK_ERROR_CALLBACK` when `write` said stop; `COSLINK_ERROR_CANCELLED` when
 * `progress` said stop; or with what the network and the service said. Since 0.1.0.
 */
coslink_status coslink_request(const struct coslink_bucket *bucket,
                               int32_t method,
                               const char *key,
                               const struct coslink_body *body,
                               const struct coslink_request_options *options,
                               struct coslink_result **result,
                               struct coslink_error **error);

/**
 * The output of `coslink_request` and of `coslink_presigned_request`; NULL for another operation's
 * result.
 *
 * Never blocks. Lives as long as the result. Since 0.1.0.
 */
const struct coslink_request_output *coslink_result_request(const struct coslink_result *result);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* COSLINK_H */
