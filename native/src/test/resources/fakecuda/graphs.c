/* Recording of streams, and what was recorded: each launch runs all of it again. */
#include "fakecuda.h"

#include <stdlib.h>
#include <string.h>

/* Recordings that are under way. */
static struct graph *open_graphs[MOST_STREAMS];

int records(void) {
  for (int i = 0; i < MOST_STREAMS; i++) {
    if (open_graphs[i] != NULL && pthread_equal(open_graphs[i]->thread, pthread_self())) {
      return 1;
    }
  }
  return 0;
}

void break_recording(struct graph *graph) { graph->broken = 1; }

void break_recordings(void) {
  for (int i = 0; i < MOST_STREAMS; i++) {
    if (open_graphs[i] != NULL && pthread_equal(open_graphs[i]->thread, pthread_self())) {
      open_graphs[i]->broken = 1;
    }
  }
}

void record(struct graph *graph, struct op *op) {
  if (graph->first == NULL) {
    graph->first = op;
  } else {
    graph->end->next = op;
  }
  graph->end = op;
}

struct range *ranges_copy(const struct range *range) {
  if (range == NULL) {
    return NULL;
  }
  struct range *copy = malloc(sizeof *copy);
  *copy = *range;
  copy->next = ranges_copy(range->next);
  return copy;
}

struct op *op_copy(const struct op *op) {
  struct op *copy = malloc(sizeof *copy);
  *copy = *op;
  copy->next = NULL;
  copy->ranges = ranges_copy(op->ranges);
  if (op->bytes != NULL) {
    copy->bytes = malloc(op->size);
    memcpy(copy->bytes, op->bytes, op->size);
  }
  return copy;
}

static void graph_free(struct graph *graph) {
  while (graph->first != NULL) {
    struct op *next = graph->first->next;
    op_free(graph->first);
    graph->first = next;
  }
  free(graph);
}

EXPORT result cuStreamBeginCapture_v2(handle on, unsigned mode) {
  BEGIN(cuStreamBeginCapture_v2, 0)
  struct stream *stream = stream_of(on);
  if (stream == NULL || stream->recording != NULL || mode != 1) {
    violation("recording: of no stream, twice, or not of one thread alone");
    END(INVALID_VALUE);
  }
  struct graph *graph = calloc(1, sizeof *graph);
  graph->device = stream->device;
  graph->thread = pthread_self();
  stream->recording = graph;
  open_graphs[stream->slot] = graph;
  END(OK);
}

EXPORT result cuStreamEndCapture(handle on, handle *out) {
  BEGIN(cuStreamEndCapture, RELEASES)
  *out = 0;
  struct stream *stream = stream_of(on);
  if (stream == NULL || stream->recording == NULL) {
    END(INVALID_VALUE);
  }
  struct graph *graph = stream->recording;
  stream->recording = NULL;
  open_graphs[stream->slot] = NULL;
  if (graph->broken || answer_ != OK) {
    graph_free(graph);
    END(CAPTURE_INVALIDATED);
  }
  *out = object_add(GRAPH, stream->device, graph);
  END(OK);
}

EXPORT result cuGraphInstantiateWithFlags(handle *out, handle of, uint64_t flags) {
  BEGIN(cuGraphInstantiateWithFlags, 0)
  struct graph *graph = object_get(of, GRAPH);
  if (graph == NULL || flags != 0) {
    END(INVALID_VALUE);
  }
  struct graph *instance = calloc(1, sizeof *instance);
  instance->device = graph->device;
  for (struct op *op = graph->first; op != NULL; op = op->next) {
    record(instance, op_copy(op));
  }
  *out = object_add(GRAPH_EXEC, graph->device, instance);
  END(OK);
}

EXPORT result cuGraphDestroy(handle of) {
  BEGIN(cuGraphDestroy, RELEASES)
  struct graph *graph = object_get(of, GRAPH);
  if (graph == NULL) {
    END(INVALID_HANDLE);
  }
  object_remove(of);
  graph_free(graph);
  END(OK);
}

EXPORT result cuGraphExecDestroy(handle of) {
  BEGIN(cuGraphExecDestroy, RELEASES)
  struct graph *graph = object_get(of, GRAPH_EXEC);
  if (graph == NULL) {
    END(INVALID_HANDLE);
  }
  object_remove(of);
  graph_free(graph);
  END(OK);
}

EXPORT result cuGraphLaunch(handle of, handle on) {
  BEGIN(cuGraphLaunch, 0)
  struct graph *graph = object_get(of, GRAPH_EXEC);
  struct stream *stream = stream_of(on);
  if (graph == NULL || stream == NULL || graph->device != stream->device) {
    END(INVALID_HANDLE);
  }
  result failure = injected_later();
  for (struct op *op = graph->first; op != NULL; op = op->next) {
    struct op *copy = op_copy(op);
    result own = copy->failure;
    append(stream, copy);
    copy->failure = own != OK ? own : failure;
  }
  END(OK);
}
