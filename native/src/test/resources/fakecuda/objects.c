/* Handles: numbers that say what they stand for, so that a wrong one is told, never followed. */
#include "fakecuda.h"

#include <stdlib.h>

struct object {
  enum kind kind;
  int device;
  int live;
  void *body;
};

static struct object *objects;
static size_t object_count, object_room;

static const char *const NAMES[] = {"",           "context", "stream",   "event",
                                    "graph", "graph instance", "module", "function"};

handle object_add(enum kind kind, int device, void *body) {
  if (object_count == object_room) {
    object_room = object_room == 0 ? 256 : 2 * object_room;
    objects = realloc(objects, object_room * sizeof *objects);
  }
  objects[object_count++] = (struct object){kind, device, 1, body};
  return (handle)kind << 40 | object_count << 4;
}

static struct object *find(handle of) {
  size_t number = of >> 4 & 0xFFFFFFFFF;
  return number == 0 || number > object_count ? NULL : &objects[number - 1];
}

void *object_get(handle of, enum kind kind) {
  struct object *object = find(of);
  if (object == NULL || object->kind != kind || of >> 40 != (handle)kind) {
    violation("handle: %llx is no %s", (unsigned long long)of, NAMES[kind]);
    return NULL;
  }
  if (!object->live) {
    violation("use after destroy: %s %llu", NAMES[kind], (unsigned long long)(of >> 4 & 0xFFFFFF));
    return NULL;
  }
  return object->body;
}

void object_remove(handle of) { find(of)->live = 0; }

void object_leaks(void (*tell)(const char *format, ...)) {
  for (size_t i = 0; i < object_count; i++) {
    if (objects[i].live && objects[i].kind != FUNCTION) {
      tell("%s %zu of GPU %d\n", NAMES[objects[i].kind], i + 1, objects[i].device);
    }
  }
}

void objects_forget(void) {
  for (size_t i = 0; i < object_count; i++) {
    objects[i].live = 0;
  }
}
