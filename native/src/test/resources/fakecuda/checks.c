/* What must not happen: bytes outside of allocations, after their end, or touched unordered. */
#include "fakecuda.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *report;
static size_t report_size;
static int report_count;

void violation(const char *format, ...) {
  char line[512];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line - 1, format, values);
  va_end(values);
  strcat(line, "\n");
  if (report != NULL && strstr(report, line) != NULL) {
    return; /* said before */
  }
  size_t length = strlen(line);
  report = realloc(report, report_size + length + 1);
  memcpy(report + report_size, line, length + 1);
  report_size += length;
  report_count++;
  fprintf(stderr, "fakecuda: %s", line);
}

/* Copies the report, one line a violation; answers how many there are. */
EXPORT int fakecu_violations(char *out, size_t size) {
  pthread_mutex_lock(&lock);
  snprintf(out, size, "%s", report == NULL ? "" : report);
  int count = report_count;
  free(report);
  report = NULL;
  report_size = 0;
  report_count = 0;
  pthread_mutex_unlock(&lock);
  return count;
}

void join(struct clock *into, const struct clock *other) {
  for (int i = 0; i < MOST_STREAMS; i++) {
    if (into->at[i] < other->at[i]) {
      into->at[i] = other->at[i];
    }
  }
}

static int is_known(const struct access *access, const struct clock *clock) {
  return access->tick <= clock->at[access->stream];
}

static struct access *access_new(uintptr_t start, uintptr_t end, int stream, uint32_t tick,
                                 int write, const char *what, struct access *next) {
  struct access *access = malloc(sizeof *access);
  *access = (struct access){start, end, stream, tick, write, what, next};
  return access;
}

/* Takes a range out of an access: what is left of it before and after stays. */
static void cut(struct access **link, uintptr_t start, uintptr_t end) {
  struct access *old = *link;
  if (old->end > end) {
    old->next = access_new(end, old->end, old->stream, old->tick, old->write, old->what, old->next);
  }
  if (old->start < start) {
    old->end = start;
  } else {
    *link = old->next;
    free(old);
  }
}

static void check_order(const struct block *block, uintptr_t start, uintptr_t end, int write,
                        const struct clock *clock, const char *what) {
  for (struct access *old = block->accesses; old != NULL; old = old->next) {
    if (old->start < end && start < old->end && (write || old->write) && !is_known(old, clock)) {
      violation("race: %s %s bytes of allocation %d that %s %s on another stream, no event between",
                what, write ? "writes" : "reads", block->number, old->what,
                old->write ? "writes" : "reads");
    }
  }
}

/* Keeps an access, and forgets those before it that every later conflict with it shows as well. */
static void keep(struct block *block, uintptr_t start, uintptr_t end, int slot, int write,
                 const struct op *op) {
  struct access **link = &block->accesses;
  while (*link != NULL) {
    struct access *old = *link;
    int overlaps = old->start < end && start < old->end;
    if (overlaps && is_known(old, &op->clock) && (write || !old->write)) {
      cut(link, start > old->start ? start : old->start, end < old->end ? end : old->end);
      if (*link == old) {
        link = &old->next; /* its first part was left */
      }
    } else {
      link = &old->next;
    }
  }
  block->accesses =
      access_new(start, end, slot, op->clock.at[slot], write, op->what, block->accesses);
}

int touch(const struct op *op, const struct stream *stream, uintptr_t start, size_t size,
          int write) {
  if (size == 0) {
    return 1;
  }
  struct block *block = block_at(start);
  if (block == NULL) {
    violation("bounds: %s touches %zu bytes that nobody allocated", op->what, size);
    return 0;
  }
  if (block->state == FREED) {
    violation("use after free: %s touches allocation %d", op->what, block->number);
    return 0;
  }
  if (start < block->start || start + size > block->start + block->size) {
    violation("bounds: %s touches bytes %td to %td of allocation %d, which has %zu", op->what,
              (ptrdiff_t)(start - block->start), (ptrdiff_t)(start - block->start + size),
              block->number, block->size);
    return 0;
  }
  if (block->kind == DEVICE_MEMORY && block->device != stream->device) {
    violation("device: %s on GPU %d touches allocation %d of GPU %d", op->what, stream->device,
              block->number, block->device);
  }
  check_order(block, start, start + size, write, &op->clock, op->what);
  keep(block, start, start + size, stream->slot, write, op);
  return 1;
}

void touch_free(struct block *block, const struct clock *known, const char *what) {
  if (lost(block->device) != OK) {
    return; /* nothing runs there any more */
  }
  check_order(block, block->start, block->start + block->size, 1, known, what);
}

void accesses_forget(struct block *block) {
  while (block->accesses != NULL) {
    struct access *next = block->accesses->next;
    free(block->accesses);
    block->accesses = next;
  }
}

/* What the kernel or host function that the calling thread runs touches. */
EXPORT void fakecu_touch(const void *start, size_t size, int write) {
  pthread_mutex_lock(&lock);
  if (running == NULL) {
    violation("touch: outside of a kernel");
  } else {
    touch(running, runner, (uintptr_t)start, size, write);
  }
  pthread_mutex_unlock(&lock);
}
