/* Events: points of streams that others wait for. */
#include "fakecuda.h"

#include <stdlib.h>

static int is_recorded(const struct event *event) {
  if (event->recorded != NULL) {
    break_recordings();
    return 1;
  }
  return 0;
}

EXPORT result cuEventCreate(handle *out, unsigned flags) {
  BEGIN(cuEventCreate, 0)
  (void)flags;
  struct event *event = calloc(1, sizeof *event);
  event->device = current_device;
  *out = object_add(EVENT, current_device, event);
  END(OK);
}

EXPORT result cuEventDestroy_v2(handle of) {
  BEGIN(cuEventDestroy_v2, RELEASES)
  struct event *event = object_get(of, EVENT);
  if (event == NULL) {
    END(INVALID_HANDLE);
  }
  object_remove(of);
  free(event);
  END(OK);
}

EXPORT result cuEventRecord(handle of, handle on) {
  BEGIN(cuEventRecord, 0)
  struct event *event = object_get(of, EVENT);
  struct stream *stream = stream_of(on);
  if (event == NULL || stream == NULL) {
    END(INVALID_HANDLE);
  }
  if (event->device != stream->device) {
    violation("device: event of GPU %d is recorded on GPU %d", event->device, stream->device);
    END(INVALID_HANDLE);
  }
  event->recorded = stream->recording;
  if (stream->recording == NULL) {
    tick(stream);
    event->stream = stream;
    event->number = stream->last;
    event->clock = stream->clock;
  }
  END(OK);
}

EXPORT result cuStreamWaitEvent(handle on, handle of, unsigned flags) {
  BEGIN(cuStreamWaitEvent, 0)
  struct event *event = object_get(of, EVENT);
  struct stream *stream = stream_of(on);
  if (event == NULL || stream == NULL || flags != 0) {
    END(INVALID_HANDLE);
  }
  if (event->recorded != stream->recording) { /* in and out of a recording */
    if (stream->recording != NULL) {
      break_recording(stream->recording);
    }
    END(CAPTURE_ISOLATION);
  }
  if (event->stream == NULL || stream->recording != NULL) {
    END(OK);
  }
  join(&stream->clock, &event->clock);
  if (event->stream->done < event->number) {
    struct op *op = op_new(WAIT, "cuStreamWaitEvent");
    op->target = event->stream;
    op->target_number = event->number;
    append(stream, op);
  }
  END(OK);
}

EXPORT result cuEventQuery(handle of) {
  BEGIN(cuEventQuery, NOT_RECORDED)
  struct event *event = object_get(of, EVENT);
  if (event == NULL || is_recorded(event)) {
    END(event == NULL ? INVALID_HANDLE : CAPTURED_EVENT);
  }
  if (event->stream == NULL) {
    END(OK);
  }
  uint64_t number = event->number;
  struct stream *stream = event->stream;
  struct clock clock = event->clock;
  int done = stream->done >= number;
  if (!done && !stream->running) { /* who asks again and again sees it pass */
    run_one(stream);
  }
  if (done) {
    join(&host_clock, &clock);
  }
  END(lost(stream->device) != OK ? lost(stream->device) : done ? OK : NOT_READY);
}

EXPORT result cuEventSynchronize(handle of) {
  BEGIN(cuEventSynchronize, NOT_RECORDED)
  struct event *event = object_get(of, EVENT);
  if (event == NULL || is_recorded(event)) {
    END(event == NULL ? INVALID_HANDLE : CAPTURED_EVENT);
  }
  if (event->stream == NULL) {
    END(OK);
  }
  struct clock clock = event->clock;
  int device = event->device;
  run_until(event->stream, event->number);
  join(&host_clock, &clock);
  END(lost(device));
}
