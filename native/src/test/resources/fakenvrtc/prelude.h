// What a C++ compiler needs to take a kernel's source: CUDA's words, and a launch that runs one thread after another.
//
// A kernel NAME becomes fakecu_launch_NAME, which the fake driver calls, and fakecu_params_NAME, the size of its parameter.
// Every piece of memory that it touches is told to fakecu_touch_hook, pieces that lie end to end as one.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

#define SX_HOST
#define SX_THREADS 128
#define __device__
#define __host__

struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct sx_index { unsigned x, y, z; };

static thread_local sx_index threadIdx, blockIdx, blockDim, gridDim;

extern "C" {
void (*fakecu_touch_hook)(const void*, size_t, int);
}

struct sx_range { const char* start; const char* end; int write; };
enum { SX_RANGES = 64 };
static thread_local sx_range sx_touched[SX_RANGES];
static thread_local int sx_count, sx_last;

static void sx_flush() {
  for (int i = 0; i < sx_count; i++) {
    if (fakecu_touch_hook) {
      fakecu_touch_hook(sx_touched[i].start, sx_touched[i].end - sx_touched[i].start, sx_touched[i].write);
    }
  }
  sx_count = sx_last = 0;
}

static void sx_touch(const void* address, size_t bytes, int write) {
  const char* start = static_cast<const char*>(address);
  if (bytes == 0) {
    return;
  }
  for (int tried = 0; tried < sx_count; tried++) {
    int i = (sx_last + tried) % sx_count;  // threads touch the same arrays in turn
    sx_range& range = sx_touched[i];
    if (range.write == write && start <= range.end && start >= range.start) {
      if (start + bytes > range.end) {
        range.end = start + bytes;
      }
      sx_last = (i + 1) % sx_count;
      return;
    }
  }
  if (sx_count == SX_RANGES) {
    sx_flush();
  }
  sx_touched[sx_count++] = {start, start + bytes, write};
  sx_last = 0;
}

#define SX_READ(address, bytes) sx_touch(address, bytes, 0)
#define SX_WRITE(address, bytes) sx_touch(address, bytes, 1)

#define SX_KERNEL(name, Table)                                                                                      \
  static void name(const Table& table);                                                                             \
  extern "C" {                                                                                                      \
  extern const unsigned fakecu_params_##name;                                                                       \
  const unsigned fakecu_params_##name = sizeof(Table);                                                              \
  void fakecu_launch_##name(unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,       \
                            unsigned blockZ, void** params) {                                                       \
    gridDim = {gridX, gridY, gridZ};                                                                                \
    blockDim = {blockX, blockY, blockZ};                                                                            \
    for (blockIdx.z = 0; blockIdx.z < gridZ; blockIdx.z++)                                                          \
      for (blockIdx.y = 0; blockIdx.y < gridY; blockIdx.y++)                                                        \
        for (blockIdx.x = 0; blockIdx.x < gridX; blockIdx.x++)                                                      \
          for (threadIdx.x = 0; threadIdx.x < blockX; threadIdx.x++) name(*static_cast<const Table*>(params[0]));   \
    sx_flush();                                                                                                     \
  }                                                                                                                 \
  }                                                                                                                 \
  static void name(const Table& table)

static inline unsigned __float_as_uint(float value) {
  unsigned bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float __uint_as_float(unsigned bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// A device refuses words that do not lie well; here that is told as a touch of what nobody owns.
template <typename T> static inline void sx_require_aligned(const T* address) {
  if (reinterpret_cast<size_t>(address) % sizeof(T) && fakecu_touch_hook) {
    fakecu_touch_hook(nullptr, sizeof(T), 0);
  }
}

template <typename T> static inline T __ldcg(const T* from) {
  sx_require_aligned(from);
  return *from;
}

template <typename T> static inline void __stcg(T* to, T value) {
  sx_require_aligned(to);
  *to = value;
}

static inline int atomicAdd(int* to, int value) { return __atomic_fetch_add(to, value, __ATOMIC_RELAXED); }

static inline void sincospif(float halfTurns, float* sine, float* cosine) {
  const double pi = 3.14159265358979323846;
  *sine = static_cast<float>(sin(pi * halfTurns));
  *cosine = static_cast<float>(cos(pi * halfTurns));
}

static inline float sx_half_to_float(unsigned short half) {
  unsigned sign = (half & 0x8000u) << 16;
  unsigned exponent = half >> 10 & 31;
  unsigned mantissa = half & 0x3ff;
  if (exponent == 0) {
    return __uint_as_float(sign | __float_as_uint(mantissa * 0x1p-24f));
  }
  return __uint_as_float(sign | (exponent == 31 ? 255 : exponent + 112) << 23 | mantissa << 13);
}

static inline unsigned short sx_float_to_half(float value) {
  unsigned bits = __float_as_uint(value);
  unsigned sign = bits >> 16 & 0x8000;
  unsigned magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return static_cast<unsigned short>(sign | 0x7e00);
  }
  if (magnitude >= 0x477ff000) {  // rounds to more than the largest
    return static_cast<unsigned short>(sign | 0x7c00);
  }
  if (magnitude < 0x38800000) {  // below the normal ones: the sum rounds at their last bit
    float sum = __uint_as_float(magnitude) + 0.5f;
    return static_cast<unsigned short>(sign | (__float_as_uint(sum) - 0x3f000000));
  }
  unsigned odd = magnitude >> 13 & 1;
  return static_cast<unsigned short>(sign | (magnitude - 0x38000000 + 0xfff + odd) >> 13);
}
