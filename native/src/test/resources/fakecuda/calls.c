/* Every call of the driver passes here: counted, failed on request, refused on a lost device. */
#include "fakecuda.h"

#include <stdio.h>
#include <string.h>

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct call *calls;

enum how { AT_ONCE, STICKY, LATER };

static struct {
  char name[64];
  uint64_t left; /* calls until it fails; 0: none is to fail */
  result failure;
  enum how how;
  int fired;
} injection;

static _Thread_local result later;

static void count(struct call *call) {
  if (!call->known) {
    call->known = 1;
    call->next = calls;
    calls = call;
  }
  call->count++;
}

static result inject(const struct call *call) {
  if (injection.left == 0 || strcmp(injection.name, call->name) != 0 || --injection.left > 0) {
    return OK;
  }
  injection.fired = 1;
  switch (injection.how) {
    case STICKY:
      if (current_device >= 0) {
        lose(current_device, injection.failure);
      }
      return injection.failure;
    case LATER:
      later = injection.failure;
      return OK;
    default:
      return injection.failure;
  }
}

/* 0: the call ends with *answer; else it goes on, and ends with *answer where that is a failure. */
int enter(struct call *call, int how, result *answer) {
  pthread_mutex_lock(&lock);
  count(call);
  if (running != NULL) {
    violation("host function: calls %s", call->name);
    *answer = NOT_PERMITTED;
    return 0;
  }
  if ((how & NOT_RECORDED) && records()) {
    break_recordings();
    *answer = CAPTURE_UNSUPPORTED;
    return 0;
  }
  *answer = inject(call);
  if (*answer == OK && !(how & ANYWHERE)) {
    if (current_device < 0) {
      violation("context: %s without a current one", call->name);
      *answer = INVALID_CONTEXT;
      return 0;
    }
    *answer = lost(current_device);
  }
  return *answer == OK || (how & RELEASES);
}

result leave(result answer) {
  later = OK;
  pthread_mutex_unlock(&lock);
  return answer;
}

result injected_later(void) {
  result failure = later;
  later = OK;
  return failure;
}

/*
 * Lets the n-th call from now of a function fail; how: 0 that call alone, 1 its device is lost with
 * it, 2 the call goes well and its device is lost when its work runs.
 */
EXPORT void fakecu_inject(const char *name, uint64_t n, result failure, int how) {
  pthread_mutex_lock(&lock);
  snprintf(injection.name, sizeof injection.name, "%s", name);
  injection.left = n;
  injection.failure = failure;
  injection.how = (enum how)how;
  injection.fired = 0;
  pthread_mutex_unlock(&lock);
}

/* Whether the call that was to fail has come. */
EXPORT int fakecu_injected(void) {
  pthread_mutex_lock(&lock);
  int fired = injection.fired;
  pthread_mutex_unlock(&lock);
  return fired;
}

/* Copies one line a function that was called: its name, a space, how often. */
EXPORT void fakecu_calls(char *out, size_t size) {
  pthread_mutex_lock(&lock);
  size_t used = 0;
  out[0] = 0;
  for (struct call *call = calls; call != NULL && used < size; call = call->next) {
    if (call->count > 0) {
      used += (size_t)snprintf(out + used, size - used, "%s %llu\n", call->name,
                               (unsigned long long)call->count);
    }
  }
  pthread_mutex_unlock(&lock);
}

static char *leaks;
static size_t leaks_size, leaks_used;
static int leaks_count;

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...) {
  leaks_count++;
  if (leaks_used < leaks_size) {
    __builtin_va_list values;
    __builtin_va_start(values, format);
    leaks_used += (size_t)vsnprintf(leaks + leaks_used, leaks_size - leaks_used, format, values);
    __builtin_va_end(values);
  }
}

/* Copies one line a thing that is still there; answers how many there are. */
EXPORT int fakecu_leaks(char *out, size_t size) {
  pthread_mutex_lock(&lock);
  leaks = out;
  leaks_size = size;
  leaks_used = 0;
  leaks_count = 0;
  out[0] = 0;
  object_leaks(tell);
  memory_leaks(tell);
  for (int device = 0; device < MOST_DEVICES; device++) {
    if (devices_retained(device) > 0) {
      tell("context of GPU %d\n", device);
    }
  }
  int found = leaks_count;
  pthread_mutex_unlock(&lock);
  return found;
}

/* Runs all that was put off. */
EXPORT void fakecu_drain(void) {
  pthread_mutex_lock(&lock);
  for (struct stream *stream = streams; stream != NULL; stream = stream->next) {
    run_until(stream, stream->last);
  }
  pthread_mutex_unlock(&lock);
}

/* Forgets everything: what is there, what went wrong, what was to fail. Nobody calls meanwhile. */
EXPORT void fakecu_reset(void) {
  fakecu_drain();
  char none[1];
  fakecu_violations(none, sizeof none);
  pthread_mutex_lock(&lock);
  injection.left = 0;
  for (struct call *call = calls; call != NULL; call = call->next) {
    call->count = 0;
  }
  objects_forget();
  streams_forget();
  memory_forget();
  devices_forget();
  pthread_mutex_unlock(&lock);
}
