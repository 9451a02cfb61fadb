/* Streams: queues whose work runs when somebody waits for it. */
#include "fakecuda.h"

#include <stdlib.h>
#include <string.h>

struct clock host_clock;
struct stream *streams;
_Thread_local struct op *running;
_Thread_local struct stream *runner;

static uint32_t ticks[MOST_STREAMS]; /* of each slot; they go on when a slot is used again */
static unsigned char taken[MOST_STREAMS];
static int numbers;
static uint64_t pieces[MOST_DEVICES];

/* How many pieces of work a device has run so far. */
EXPORT uint64_t fakecu_pieces(int device) {
  pthread_mutex_lock(&lock);
  uint64_t count = pieces[device];
  pthread_mutex_unlock(&lock);
  return count;
}

struct op *op_new(enum op_type type, const char *what) {
  struct op *op = calloc(1, sizeof *op);
  op->type = type;
  op->what = what;
  return op;
}

static void ranges_free(struct range *range) {
  while (range != NULL) {
    struct range *next = range->next;
    free(range);
    range = next;
  }
}

void op_free(struct op *op) {
  ranges_free(op->ranges);
  free(op->bytes);
  free(op);
}

struct stream *stream_of(handle of) { return object_get(of, STREAM); }

void tick(struct stream *stream) {
  join(&stream->clock, &host_clock);
  stream->clock.at[stream->slot] = ++ticks[stream->slot];
}

void append(struct stream *stream, struct op *op) {
  if (stream->device != current_device) {
    violation("context: %s for a stream of GPU %d under that of GPU %d", op->what, stream->device,
              current_device);
  }
  op->failure = injected_later();
  if (stream->recording != NULL) {
    record(stream->recording, op);
    return;
  }
  tick(stream);
  op->clock = stream->clock;
  op->number = ++stream->last;
  if (stream->first == NULL) {
    stream->first = op;
  } else {
    stream->end->next = op;
  }
  stream->end = op;
}

static void run_unlocked(struct stream *stream, struct op *op) {
  running = op;
  runner = stream;
  pthread_mutex_unlock(&lock);
  if (op->type == KERNEL) {
    void *parameters[] = {op->bytes};
    op->function->run(op->grid[0], op->grid[1], op->grid[2], op->threads[0], op->threads[1],
                      op->threads[2], parameters);
  } else {
    op->host(op->data);
  }
  pthread_mutex_lock(&lock);
  running = NULL;
  runner = NULL;
}

static void execute(struct stream *stream, struct op *op) {
  switch (op->type) {
    case COPY: {
      int there = 1;
      if (op->bytes == NULL && block_at(op->from) != NULL) {
        there = touch(op, stream, op->from, op->size, 0);
      }
      if (block_at(op->to) != NULL) {
        there &= touch(op, stream, op->to, op->size, 1);
      }
      if (there) {
        memmove((void *)op->to, op->bytes != NULL ? op->bytes : (void *)op->from, op->size);
      }
      break;
    }
    case FILL:
      if (touch(op, stream, op->to, op->size, 1)) {
        memset((void *)op->to, op->value, op->size);
      }
      break;
    case WAIT:
      break;
    case HOST_FUNCTION:
      for (struct range *range = op->ranges; range != NULL; range = range->next) {
        touch(op, stream, range->start, range->size, range->write);
      }
      run_unlocked(stream, op);
      break;
    case KERNEL:
      run_unlocked(stream, op);
      break;
    case FREE:
      break;
  }
}

static void finish(struct stream *stream, struct op *op) {
  stream->running = 1;
  pieces[stream->device]++;
  if (op->failure != OK) {
    lose(stream->device, op->failure);
  }
  if (op->type == FREE) {
    touch_free(op->block, &op->clock, op->what);
    block_release(op->block);
  } else if (lost(stream->device) == OK) {
    execute(stream, op);
  }
  stream->first = op->next;
  stream->done = op->number;
  stream->running = 0;
  op_free(op);
  pthread_cond_broadcast(&changed);
}

void run_one(struct stream *stream) {
  struct op *op = stream->first;
  if (stream->running) {
    pthread_cond_wait(&changed, &lock);
  } else if (op != NULL && op->type == WAIT && op->target->done < op->target_number) {
    run_one(op->target);
  } else if (op != NULL) {
    finish(stream, op);
  }
}

void run_until(struct stream *stream, uint64_t number) {
  while (stream->done < number) {
    run_one(stream);
  }
}

EXPORT result cuStreamCreate(handle *out, unsigned flags) {
  BEGIN(cuStreamCreate, 0)
  int slot = 0;
  while (slot < MOST_STREAMS && taken[slot]) {
    slot++;
  }
  if (slot == MOST_STREAMS) {
    END(NO_MEMORY);
  }
  if (flags != 1) {
    violation("stream: flags %u, it waits for the default stream", flags);
  }
  taken[slot] = 1;
  struct stream *stream = calloc(1, sizeof *stream);
  *stream = (struct stream){
      .device = current_device, .slot = slot, .number = ++numbers, .next = streams, .open = 1};
  streams = stream;
  *out = object_add(STREAM, current_device, stream);
  END(OK);
}

EXPORT result cuStreamDestroy_v2(handle of) {
  BEGIN(cuStreamDestroy_v2, RELEASES)
  struct stream *stream = stream_of(of);
  if (stream == NULL) {
    END(INVALID_HANDLE);
  }
  object_remove(of);
  stream->open = 0; /* its work goes on; kept, for events may speak of it */
  if (stream->first == NULL) {
    taken[stream->slot] = 0;
  }
  END(OK);
}

EXPORT result cuStreamSynchronize(handle of) {
  BEGIN(cuStreamSynchronize, RELEASES) /* whatever it answers, it waits */
  struct stream *stream = stream_of(of);
  if (stream == NULL) {
    END(INVALID_HANDLE);
  }
  if (records()) {
    break_recordings();
    END(CAPTURE_UNSUPPORTED);
  }
  struct clock clock = stream->clock;
  run_until(stream, stream->last);
  join(&host_clock, &clock);
  END(lost(stream->device));
}

EXPORT result cuMemcpyAsync(handle to, handle from, size_t size, handle on) {
  BEGIN(cuMemcpyAsync, 0)
  struct stream *stream = stream_of(on);
  if (stream == NULL || size == 0) {
    END(stream == NULL ? INVALID_HANDLE : INVALID_VALUE);
  }
  int pageable_from = block_at(from) == NULL;
  int pageable_to = block_at(to) == NULL;
  if (stream->recording != NULL && (pageable_from || pageable_to)) {
    break_recording(stream->recording);
    END(CAPTURE_UNSUPPORTED);
  }
  struct op *op = op_new(COPY, "cuMemcpyAsync");
  op->to = to;
  op->from = from;
  op->size = size;
  if (pageable_from) { /* read at once */
    op->bytes = malloc(size);
    memcpy(op->bytes, (void *)from, size);
  }
  append(stream, op);
  if (pageable_to) { /* written before the call returns */
    run_until(stream, stream->last);
  }
  END(OK);
}

EXPORT result cuMemsetD8Async(handle to, unsigned char value, size_t size, handle on) {
  BEGIN(cuMemsetD8Async, 0)
  struct stream *stream = stream_of(on);
  if (stream == NULL || size == 0) {
    END(stream == NULL ? INVALID_HANDLE : INVALID_VALUE);
  }
  struct op *op = op_new(FILL, "cuMemsetD8Async");
  op->to = to;
  op->value = value;
  op->size = size;
  append(stream, op);
  END(OK);
}

void streams_forget(void) {
  while (streams != NULL) {
    struct stream *next = streams->next;
    ranges_free(streams->declared);
    free(streams);
    streams = next;
  }
  memset(taken, 0, sizeof taken);
}
