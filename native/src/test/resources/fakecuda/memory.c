/* Memory of devices and pinned memory, all of the host; freed bytes are kept a while. */
#include "fakecuda.h"

#include <stdlib.h>
#include <string.h>

#define MARGIN 256
#define GUARD 0xFB
#define FRESH 0xCD /* so that nothing is zero by luck */
#define STALE 0xDD
#define KEPT_BYTES (64u << 20)
#define POOL ((handle)0x99 << 40)

struct block *blocks;
static int numbers;
static size_t kept_bytes;
static size_t used[MOST_DEVICES];
static uint64_t device_bytes = (uint64_t)4 << 30;

EXPORT void fakecu_set_memory(uint64_t bytes) { device_bytes = bytes; }

/* The block, living or not, whose bytes or margins hold the address. */
struct block *block_at(uintptr_t address) {
  for (struct block *block = blocks; block != NULL; block = block->next) {
    if (address >= block->start - MARGIN && address < block->start + block->size + MARGIN) {
      return block;
    }
  }
  return NULL;
}

static void block_end(struct block **link) {
  struct block *block = *link;
  *link = block->next;
  accesses_forget(block);
  free((void *)(block->start - MARGIN));
  free(block);
}

/* Lets the oldest of the freed blocks go, those at the list's end. */
static void forget_oldest(void) {
  struct block **oldest = NULL;
  for (struct block **link = &blocks; *link != NULL; link = &(*link)->next) {
    if ((*link)->state == FREED) {
      oldest = link;
    }
  }
  kept_bytes -= (*oldest)->size;
  block_end(oldest);
}

static struct block *block_new(size_t size, enum block_kind kind, int pooled) {
  size_t room = (size + 2 * MARGIN + 4095) / 4096 * 4096;
  char *raw = aligned_alloc(4096, room);
  if (raw == NULL) {
    return NULL;
  }
  struct block *block = calloc(1, sizeof *block);
  *block = (struct block){.start = (uintptr_t)raw + MARGIN,
                          .size = size,
                          .kind = kind,
                          .pooled = pooled,
                          .device = current_device,
                          .number = ++numbers,
                          .next = blocks};
  memset(raw, GUARD, MARGIN);
  memset(raw + MARGIN, FRESH, size);
  memset(raw + MARGIN + size, GUARD, MARGIN);
  blocks = block;
  return block;
}

static int guarded(const unsigned char *margin) {
  for (int i = 0; i < MARGIN; i++) {
    if (margin[i] != GUARD) {
      return 0;
    }
  }
  return 1;
}

void block_release(struct block *block) {
  if (!guarded((unsigned char *)block->start - MARGIN) ||
      !guarded((unsigned char *)block->start + block->size)) {
    violation("bounds: bytes beside allocation %d were written", block->number);
  }
  memset((void *)block->start, STALE, block->size);
  block->state = FREED;
  if (block->kind == DEVICE_MEMORY) {
    used[block->device] -= block->size;
  }
  kept_bytes += block->size;
  while (kept_bytes > KEPT_BYTES) {
    forget_oldest();
  }
}

static result device_block(handle *out, size_t size, int pooled, struct block **made) {
  if (size == 0 || used[current_device] + size > device_bytes) {
    return size == 0 ? INVALID_VALUE : NO_MEMORY;
  }
  *made = block_new(size, DEVICE_MEMORY, pooled);
  if (*made == NULL) {
    return NO_MEMORY;
  }
  used[current_device] += size;
  *out = (*made)->start;
  return OK;
}

EXPORT result cuDeviceTotalMem_v2(size_t *out, int device) {
  BEGIN(cuDeviceTotalMem_v2, ANYWHERE)
  (void)device;
  *out = device_bytes;
  END(OK);
}

EXPORT result cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  BEGIN(cuMemGetInfo_v2, 0)
  *total = device_bytes;
  *free_bytes = device_bytes - used[current_device];
  END(OK);
}

EXPORT result cuMemAlloc_v2(handle *out, size_t size) {
  BEGIN(cuMemAlloc_v2, NOT_RECORDED)
  struct block *block;
  END(device_block(out, size, 0, &block));
}

EXPORT result cuMemAllocAsync(handle *out, size_t size, handle on) {
  BEGIN(cuMemAllocAsync, NOT_RECORDED)
  struct stream *stream = stream_of(on);
  if (stream == NULL) {
    END(INVALID_HANDLE);
  }
  struct block *block;
  result made = device_block(out, size, 1, &block);
  if (made == NO_MEMORY) { /* what was freed before in this stream can be had */
    run_until(stream, stream->last);
    made = device_block(out, size, 1, &block);
  }
  if (made == OK) { /* other streams may use it once they know of this point */
    struct op born = {.what = "cuMemAllocAsync"};
    tick(stream);
    born.clock = stream->clock;
    touch(&born, stream, block->start, size, 1);
  }
  END(made);
}

/* The living block that starts at an address and is of a kind; else a violation. */
static struct block *to_free(uintptr_t address, enum block_kind kind, const char *what) {
  struct block *block = block_at(address);
  if (block == NULL || block->start != address || block->kind != kind) {
    violation("free: %s of what nobody allocated so", what);
    return NULL;
  }
  if (block->state != LIVE) {
    violation("double free: %s of allocation %d", what, block->number);
    return NULL;
  }
  return block;
}

static result free_now(uintptr_t address, enum block_kind kind, const char *what) {
  struct block *block = to_free(address, kind, what);
  if (block == NULL) {
    return INVALID_VALUE;
  }
  touch_free(block, &host_clock, what);
  block_release(block);
  return OK;
}

EXPORT result cuMemFree_v2(handle address) {
  BEGIN(cuMemFree_v2, RELEASES | NOT_RECORDED)
  END(free_now(address, DEVICE_MEMORY, "cuMemFree"));
}

EXPORT result cuMemFreeAsync(handle address, handle on) {
  BEGIN(cuMemFreeAsync, RELEASES | NOT_RECORDED)
  struct stream *stream = stream_of(on);
  struct block *block = to_free(address, DEVICE_MEMORY, "cuMemFreeAsync");
  if (stream == NULL || block == NULL) {
    END(INVALID_VALUE);
  }
  block->state = FREE_ENQUEUED;
  struct op *op = op_new(FREE, "cuMemFreeAsync");
  op->block = block;
  append(stream, op);
  END(OK);
}

EXPORT result cuMemHostAlloc(void **out, size_t size, unsigned flags) {
  BEGIN(cuMemHostAlloc, NOT_RECORDED)
  (void)flags;
  struct block *block = size == 0 ? NULL : block_new(size, PINNED_MEMORY, 0);
  *out = block == NULL ? NULL : (void *)block->start;
  END(block == NULL ? NO_MEMORY : OK);
}

EXPORT result cuMemFreeHost(void *address) {
  BEGIN(cuMemFreeHost, RELEASES | NOT_RECORDED)
  END(free_now((uintptr_t)address, PINNED_MEMORY, "cuMemFreeHost"));
}

EXPORT result cuDeviceGetDefaultMemPool(handle *out, int device) {
  BEGIN(cuDeviceGetDefaultMemPool, ANYWHERE)
  *out = POOL | (handle)device;
  END(OK);
}

EXPORT result cuMemPoolSetAttribute(handle pool, int attribute, void *value) {
  BEGIN(cuMemPoolSetAttribute, 0)
  (void)value;
  END((pool & POOL) == POOL && attribute == 4 ? OK : INVALID_VALUE);
}

EXPORT result cuMemPoolGetAttribute(handle pool, int attribute, uint64_t *value) {
  BEGIN(cuMemPoolGetAttribute, 0)
  *value = used[pool & 0xFF]; /* reserved and used: nothing is kept */
  END((pool & POOL) == POOL && (attribute == 5 || attribute == 7) ? OK : INVALID_VALUE);
}

void memory_leaks(void (*tell)(const char *format, ...)) {
  for (struct block *block = blocks; block != NULL; block = block->next) {
    if (block->state == LIVE) {
      tell("%s %d, %zu bytes, of GPU %d\n",
           block->kind == DEVICE_MEMORY ? "allocation" : "pinned allocation", block->number,
           block->size, block->device);
    }
  }
}

void memory_forget(void) {
  while (blocks != NULL) {
    block_end(&blocks);
  }
  numbers = 0;
  kept_bytes = 0;
  device_bytes = (uint64_t)4 << 30;
  memset(used, 0, sizeof used);
}
