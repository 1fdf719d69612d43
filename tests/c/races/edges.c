/* What the thread sanitizer cannot see, because std comes compiled without it.
 *
 * The fast paths of std's locks are compiled with the library, so the sanitizer sees their atomics.
 * The functions below are std's own, and what they order would look like races. The linker puts
 * these here in their place (`--wrap`), and each tells of exactly the order that its function
 * makes. None hides an access: whoever does not take the lock is still reported. */
#include <stdint.h>

#define JOIN(a, b) a##b
#define REAL_(name) JOIN(__real_, name)
#define WRAP_(name) JOIN(__wrap_, name)

/* The arguments are passed on as they are: all are of the size of a word, or smaller. */
typedef uintptr_t word;

void __tsan_acquire(void *);
void __tsan_release(void *);

/* A lock that another thread holds: taken once std comes back. Its unlock is in plain sight. */
#define LOCKS(name)                                                                                \
  word REAL_(name)(word, word, word, word, word, word);                                            \
  word WRAP_(name)(word, word, word, word, word, word);                                            \
  word WRAP_(name)(word lock, word b, word c, word d, word e, word f) {                            \
    word result = REAL_(name)(lock, b, c, d, e, f);                                                \
    __tsan_acquire((void *)lock);                                                                  \
    return result;                                                                                 \
  }

/* Waiting on a condition gives the mutex away and takes it again. What wakes it orders nothing. */
#define WAITS(name)                                                                                \
  word REAL_(name)(word, word, word, word, word, word);                                            \
  word WRAP_(name)(word, word, word, word, word, word);                                            \
  word WRAP_(name)(word condition, word mutex, word c, word d, word e, word f) {                   \
    word result;                                                                                   \
    __tsan_release((void *)mutex);                                                                 \
    result = REAL_(name)(condition, mutex, c, d, e, f);                                            \
    __tsan_acquire((void *)mutex);                                                                 \
    return result;                                                                                 \
  }

LOCKS(MUTEX_LOCK)
LOCKS(RWLOCK_READ)
LOCKS(RWLOCK_WRITE)
WAITS(CONDVAR_WAIT)
WAITS(CONDVAR_WAIT_TIMEOUT)

/* Once::call(&self, ignore_poisoning: bool, f: &mut dyn FnMut(&OnceState)). What `f` did comes
 * before everything that finds the Once done, which can be before this call is back: so the order
 * is told of within, by an `f` around the given one. */
typedef word closure(void *, word);

struct around {
  void *given;
  void **table;
  word once;
};

static word call_given(void *data, word state) {
  struct around *around = data;
  /* A table has: drop, size, alignment, call_once, call_mut. */
  word result = ((closure *)around->table[4])(around->given, state);
  __tsan_release((void *)around->once);
  return result;
}

word REAL_(ONCE_CALL)(word, word, void *, void **, word, word);
word WRAP_(ONCE_CALL)(word, word, void *, void **, word, word);
word WRAP_(ONCE_CALL)(word once, word ignore, void *given, void **table, word e, word f) {
  static void *own[] = {0, (void *)sizeof(struct around), (void *)sizeof(void *),
                        (void *)call_given, (void *)call_given};
  struct around around;
  word result;
  around.given = given;
  around.table = table;
  around.once = once;
  result = REAL_(ONCE_CALL)(once, ignore, &around, own, e, f);
  __tsan_acquire((void *)once);
  return result;
}

/* The last owner of an Arc reads what the others did before they gave up theirs, by a fence after
 * its own decrement, and the sanitizer knows no fences. Here every decrement acquires. That hides a
 * race only where a decrement of another kind should have acquired and does not; the library itself
 * has none. */
typedef unsigned long count;
count __real___tsan_atomic64_fetch_sub(volatile count *, count, int);
count __wrap___tsan_atomic64_fetch_sub(volatile count *, count, int);
count __wrap___tsan_atomic64_fetch_sub(volatile count *at, count by, int order) {
  (void)order;
  return __real___tsan_atomic64_fetch_sub(at, by, __ATOMIC_ACQ_REL);
}
