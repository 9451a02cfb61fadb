// What the kernels share: element types, and the only ways they touch memory.
//
// A kernel takes one parameter, a table of plain numbers by value, so that a launch uploads nothing. Row or image y of the
// table is blockIdx.y; the blocks of one y share its elements. There is no shared memory and no barrier.
//
// Compiled for the device by NVRTC. Tests compile the same text with a C++ compiler, behind a prelude that defines
// SX_KERNEL, SX_READ, SX_WRITE and what of CUDA is used here.
#pragma once

#ifndef SX_KERNEL
#define SX_THREADS 128
#define SX_KERNEL(name, Table) extern "C" __global__ void __launch_bounds__(SX_THREADS) name(const __grid_constant__ Table table)
#define SX_READ(address, bytes)
#define SX_WRITE(address, bytes)
#endif

typedef unsigned char byte;
typedef unsigned short ushort16;
typedef unsigned int word;
typedef unsigned long long ulong64;

// Types of a network's tensors, as the host counts them.
enum { FP32 = 0, FP16 = 1, BF16 = 2 };

__device__ inline bool aligned(const void* address, int bytes) {
  return (reinterpret_cast<ulong64>(address) & (bytes - 1)) == 0;
}

struct Fp32 {
  typedef float Stored;
  __device__ static float widen(float value) { return value; }
  __device__ static float narrow(float value) { return value; }
};

struct Fp16 {
  typedef ushort16 Stored;
#ifdef SX_HOST
  static float widen(ushort16 bits) { return sx_half_to_float(bits); }
  static ushort16 narrow(float value) { return sx_float_to_half(value); }
#else
  __device__ static float widen(ushort16 bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
  }
  __device__ static ushort16 narrow(float value) {
    ushort16 bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
    return bits;
  }
#endif
};

struct Bf16 {
  typedef ushort16 Stored;
  __device__ static float widen(ushort16 bits) { return __uint_as_float(static_cast<word>(bits) << 16); }
  __device__ static ushort16 narrow(float value) {
    word bits = __float_as_uint(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return static_cast<ushort16>(bits >> 16 | 0x40);  // a NaN stays one
    }
    return static_cast<ushort16>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
  }
};

// Elements as the words that memory moves at once.
__device__ inline word packed(const float* elements) { return __float_as_uint(elements[0]); }
__device__ inline word packed(const ushort16* elements) { return elements[0] | static_cast<word>(elements[1]) << 16; }
__device__ inline word packed(const byte* elements) {
  return elements[0] | elements[1] << 8 | elements[2] << 16 | static_cast<word>(elements[3]) << 24;
}
__device__ inline void unpack(word bits, float* elements) { elements[0] = __uint_as_float(bits); }
__device__ inline void unpack(word bits, ushort16* elements) {
  elements[0] = static_cast<ushort16>(bits);
  elements[1] = static_cast<ushort16>(bits >> 16);
}
__device__ inline void unpack(word bits, byte* elements) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    elements[i] = static_cast<byte>(bits >> 8 * i);
  }
}

// Four words at once, or two where N elements are no more; past the first cache, as each is needed once.
template <int N, typename T> struct Wide {
  enum { BYTES = N * sizeof(T) < 16 ? N * sizeof(T) : 16, PER_WORD = 4 / sizeof(T), STEP = BYTES / sizeof(T) };

  __device__ static void fetch(const T* from, T (&to)[N]) {
#pragma unroll
    for (int i = 0; i < N; i += STEP) {
      if (BYTES == 16) {
        uint4 words = __ldcg(reinterpret_cast<const uint4*>(from + i));
        unpack(words.x, to + i);
        unpack(words.y, to + i + PER_WORD);
        unpack(words.z, to + i + 2 * PER_WORD);
        unpack(words.w, to + i + 3 * PER_WORD);
      } else {
        uint2 words = __ldcg(reinterpret_cast<const uint2*>(from + i));
        unpack(words.x, to + i);
        unpack(words.y, to + i + PER_WORD);
      }
    }
  }

  __device__ static void put(T* to, const T (&from)[N]) {
#pragma unroll
    for (int i = 0; i < N; i += STEP) {
      if (BYTES == 16) {
        uint4 words = {packed(from + i), packed(from + i + PER_WORD), packed(from + i + 2 * PER_WORD),
                       packed(from + i + 3 * PER_WORD)};
        __stcg(reinterpret_cast<uint4*>(to + i), words);
      } else {
        uint2 words = {packed(from + i), packed(from + i + PER_WORD)};
        __stcg(reinterpret_cast<uint2*>(to + i), words);
      }
    }
  }
};

// Reads count <= N elements as they are stored; zeros behind them. N elements are 8 bytes or more.
template <int N, typename T> __device__ inline void fetch(const T* from, int count, T (&to)[N]) {
  SX_READ(from, count * sizeof(T));
  if (count == N && aligned(from, Wide<N, T>::BYTES)) {
    Wide<N, T>::fetch(from, to);
    return;
  }
#pragma unroll
  for (int i = 0; i < N; i++) {
    to[i] = i < count ? from[i] : T();
  }
}

// Writes count <= N elements as they are stored.
template <int N, typename T> __device__ inline void put(T* to, int count, const T (&from)[N]) {
  SX_WRITE(to, count * sizeof(T));
  if (count == N && aligned(to, Wide<N, T>::BYTES)) {
    Wide<N, T>::put(to, from);
    return;
  }
#pragma unroll
  for (int i = 0; i < N; i++) {
    if (i < count) {
      to[i] = from[i];
    }
  }
}

// Reads elements of type T from the given one on, as float32.
template <typename T, int N>
__device__ inline void load(const void* tensor, long long first, int count, float (&values)[N]) {
  typename T::Stored stored[N];
  fetch(static_cast<const typename T::Stored*>(tensor) + first, count, stored);
#pragma unroll
  for (int i = 0; i < N; i++) {
    values[i] = T::widen(stored[i]);
  }
}

// Writes float32 numbers as elements of type T, rounded to nearest, ties to even.
template <typename T, int N>
__device__ inline void store(void* tensor, long long first, int count, const float (&values)[N]) {
  typename T::Stored stored[N];
#pragma unroll
  for (int i = 0; i < N; i++) {
    stored[i] = T::narrow(values[i]);
  }
  put(static_cast<typename T::Stored*>(tensor) + first, count, stored);
}

template <int N>
__device__ inline void load(int type, const void* tensor, long long first, int count, float (&values)[N]) {
  switch (type) {
    case FP16: load<Fp16>(tensor, first, count, values); break;
    case BF16: load<Bf16>(tensor, first, count, values); break;
    default: load<Fp32>(tensor, first, count, values);
  }
}

template <int N>
__device__ inline void store(int type, void* tensor, long long first, int count, const float (&values)[N]) {
  switch (type) {
    case FP16: store<Fp16>(tensor, first, count, values); break;
    case BF16: store<Bf16>(tensor, first, count, values); break;
    default: store<Fp32>(tensor, first, count, values);
  }
}

// This thread's first unit of a row, and how far its next one lies.
__device__ inline long long unit() { return blockIdx.x * static_cast<long long>(blockDim.x) + threadIdx.x; }
__device__ inline long long units() { return gridDim.x * static_cast<long long>(blockDim.x); }

// How many of N elements from first on there are.
template <int N> __device__ inline int left(long long first, long long elements) {
  return elements - first < N ? static_cast<int>(elements - first) : N;
}
