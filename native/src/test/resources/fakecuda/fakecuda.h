/*
 * A stand-in for libcuda.so.1, for tests on machines without a GPU. It answers the driver calls
 * that Synthorax makes with host memory, and checks how they are used.
 *
 * Work of a stream is put off until somebody waits for it (or asks for an event again and again),
 * so that nothing works by being quick. Each piece carries a vector clock, from which follows what
 * is ordered with what: two pieces that touch the same bytes, one of them writing, must be.
 *
 * One lock guards everything; it is let go while a kernel or a host function runs.
 */
#ifndef FAKECUDA_H
#define FAKECUDA_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define MOST_DEVICES 8
#define MOST_STREAMS 256 /* at a time */

typedef int result; /* CUresult */
typedef uint64_t handle; /* any of the driver's handles */

enum {
  OK = 0,
  INVALID_VALUE = 1,
  NO_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  NOT_PERMITTED = 800,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  CAPTURE_ISOLATION = 905,
  CAPTURED_EVENT = 907
};

enum kind { CONTEXT = 1, STREAM, EVENT, GRAPH, GRAPH_EXEC, MODULE, FUNCTION };

/* For each stream, how much of its work is known to be done before. */
struct clock {
  uint32_t at[MOST_STREAMS];
};

/* Bytes that somebody touched. */
struct access {
  uintptr_t start, end;
  int stream; /* slot of its stream */
  uint32_t tick;
  int write;
  const char *what;
  struct access *next;
};

enum block_kind { DEVICE_MEMORY, PINNED_MEMORY };
enum block_state { LIVE, FREE_ENQUEUED, FREED };

/* An allocation, a guarded margin on either side. */
struct block {
  uintptr_t start;
  size_t size;
  enum block_kind kind;
  enum block_state state;
  int pooled; /* came from cuMemAllocAsync */
  int device;
  int number;
  struct access *accesses;
  struct block *next;
};

enum op_type { COPY, FILL, WAIT, KERNEL, HOST_FUNCTION, FREE };

struct range {
  uintptr_t start;
  size_t size;
  int write;
  struct range *next;
};

/* A piece of enqueued or recorded work. */
struct op {
  enum op_type type;
  const char *what;
  uint64_t number; /* position in its stream */
  struct clock clock;
  result failure; /* what its device is lost with when it runs */
  uintptr_t to, from;
  void *bytes; /* COPY: what a pageable source held; KERNEL: the parameter */
  size_t size;
  uint8_t value;
  struct stream *target; /* WAIT: for the work of that stream up to a number */
  uint64_t target_number;
  struct function *function;
  unsigned grid[3], threads[3];
  void (*host)(void *);
  void *data;
  struct range *ranges; /* HOST_FUNCTION: what it was declared to touch */
  struct block *block;
  struct op *next;
};

struct stream {
  int device;
  int slot;
  int number;
  struct clock clock;
  uint64_t last, done; /* numbers of the last piece that was enqueued, and that is done */
  int running;
  struct op *first, *end;
  struct range *declared; /* for the next host function */
  struct graph *recording;
  struct stream *next; /* all that have work or are open */
  int open;
};

struct event {
  int device;
  struct stream *stream; /* null: never recorded */
  uint64_t number;
  struct clock clock;
  struct graph *recorded; /* marked while its stream was being recorded */
};

/* Recorded work; a graph and its instance alike. */
struct graph {
  int device;
  int broken; /* by a call that cannot be recorded */
  pthread_t thread;
  struct op *first, *end;
};

struct module {
  int device;
  void *library;
};

typedef void (*kernel)(unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void **);

struct function {
  struct module *module;
  char *name;
  kernel run;
  size_t parameter_bytes;
};

extern pthread_mutex_t lock;
extern pthread_cond_t changed;
extern _Thread_local int current_device;   /* -1: no context is current */
extern _Thread_local struct op *running;   /* what the calling thread runs */
extern _Thread_local struct stream *runner; /* on which stream */
extern struct clock host_clock;            /* what the host knows to be done */
extern struct stream *streams;
extern struct block *blocks;

/* calls.c: counting and injection */
enum { ANYWHERE = 1, RELEASES = 2, NOT_RECORDED = 4 };
struct call {
  const char *name;
  int known;
  uint64_t count;
  struct call *next;
};
int enter(struct call *call, int how, result *answer);
result leave(result answer);
result injected_later(void); /* failure that the work of this call is to meet; taken */
#define BEGIN(function, how)                      \
  static struct call call_ = {.name = #function}; \
  result answer_;                                 \
  if (!enter(&call_, how, &answer_)) {            \
    return leave(answer_);                        \
  }
#define END(value)                                      \
  do {                                                  \
    result value_ = (value);                            \
    return leave(answer_ != OK ? answer_ : value_);     \
  } while (0)

/* objects.c: handles */
handle object_add(enum kind kind, int device, void *body);
void *object_get(handle of, enum kind kind);
void object_remove(handle of);
void object_leaks(void (*tell)(const char *format, ...));
void objects_forget(void);

/* devices.c */
result lost(int device);
void lose(int device, result failure);
void devices_forget(void);
int devices_retained(int device);

/* memory.c */
struct block *block_at(uintptr_t address);
void block_release(struct block *block);
void memory_leaks(void (*tell)(const char *format, ...));
void memory_forget(void);

/* streams.c: queues */
void tick(struct stream *stream); /* a new point of it, after all that the host knows */
void append(struct stream *stream, struct op *op);
void run_until(struct stream *stream, uint64_t number);
void run_one(struct stream *stream);
void op_free(struct op *op);
struct op *op_new(enum op_type type, const char *what);
struct stream *stream_of(handle of);
void streams_forget(void);
struct range *ranges_copy(const struct range *range);

/* graphs.c */
int records(void); /* whether the calling thread records a stream */
void break_recording(struct graph *graph);
void break_recordings(void);
void record(struct graph *graph, struct op *op);
struct op *op_copy(const struct op *op);

/* checks.c */
int fakecu_violations(char *out, size_t size);
void fakecu_touch(const void *start, size_t size, int write);
void violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
void join(struct clock *into, const struct clock *other);
/* Whether the bytes are there to be touched. */
int touch(const struct op *op, const struct stream *stream, uintptr_t start, size_t size,
          int write);
void touch_free(struct block *block, const struct clock *known, const char *what);
void accesses_forget(struct block *block);

#endif
