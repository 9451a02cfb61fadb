// Guidance, predicted image and the noise scheduler's step, for every image of a batch in one pass:
// e = u + g (c - u), m = clamp(p x + q e, -clip, clip), x' = a x + b m + r e + sum c_i h_i + d z, summed in that order.
#include "noise.cuh"

enum { KEEP_NOTHING = 0, KEEP_IMAGE = 1, KEEP_OUTPUT = 2 };
enum { HISTORY = 3, UPDATE_UNIT = 4 };

struct UpdateImage {
  float* latents;
  float* history;  // the newest first
  ulong64 seed;
  int conditional;  // rows of the outputs; the same one twice where there is no guidance
  int unconditional;
  float guidance;
  float p;
  float q;
  float clip;
  float a;
  float r;
  float b;
  float c[HISTORY];
  float d;
  int number;
  int read;  // entries of the history
  int kept;  // entries after this step; 0 where nothing enters
  int keep;
  int unused;
};

struct UpdateTable {
  const void* outputs;
  long long elements;  // of one row
  int type;
  int unused;
  UpdateImage image[40];
};

static_assert(sizeof(UpdateTable) == 3864, "as the host writes it");

// As fminf(bound, fmaxf(value, -bound)), but what is no number stays none.
__device__ inline float clamped(float value, float bound) {
  return value > bound ? bound : value < -bound ? -bound : value;
}

template <int N> __device__ inline void add(float factor, const float (&term)[N], float (&sum)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) {
    sum[i] += factor * term[i];
  }
}

__device__ inline void updateUnit(const UpdateTable& table, const UpdateImage& k, long long first) {
  const int N = UPDATE_UNIT;
  long long elements = table.elements;
  int count = left<N>(first, elements);
  bool guided = k.unconditional != k.conditional;
  float x[N];
  float e[N];
  float u[N];
  float h[HISTORY][N];
  load<Fp32>(k.latents, first, count, x);
  load(table.type, table.outputs, k.conditional * elements + first, count, e);
  if (guided) {
    load(table.type, table.outputs, k.unconditional * elements + first, count, u);
  }
#pragma unroll
  for (int j = 0; j < HISTORY; j++) {
    if (j < k.read || j + 1 < k.kept) {
      load<Fp32>(k.history, j * elements + first, count, h[j]);
    }
  }
  float m[N];
  float next[N];
#pragma unroll
  for (int i = 0; i < N; i++) {
    if (guided) {
      e[i] = u[i] + k.guidance * (e[i] - u[i]);
    }
    m[i] = clamped(k.p * x[i] + k.q * e[i], k.clip);
    next[i] = k.a * x[i] + k.b * m[i];
  }
  if (k.r != 0) {
    add(k.r, e, next);
  }
#pragma unroll
  for (int j = 0; j < HISTORY; j++) {
    if (j < k.read) {
      add(k.c[j], h[j], next);
    }
  }
  if (k.d != 0) {
    float z[N];
    Counter counter = {k.seed, 0, static_cast<word>(k.number)};
    normals(counter, static_cast<word>(first / N), z);
    add(k.d, z, next);
  }
#pragma unroll
  for (int j = HISTORY - 1; j > 0; j--) {
    if (j < k.kept) {
      store<Fp32>(k.history, j * elements + first, count, h[j - 1]);
    }
  }
  if (k.kept > 0) {
    if (k.keep == KEEP_OUTPUT) {
      store<Fp32>(k.history, first, count, e);
    } else {
      store<Fp32>(k.history, first, count, m);
    }
  }
  store<Fp32>(k.latents, first, count, next);
}

SX_KERNEL(update, UpdateTable) {
  const UpdateImage& image = table.image[blockIdx.y];
  for (long long first = unit() * UPDATE_UNIT; first < table.elements; first += units() * UPDATE_UNIT) {
    updateUnit(table, image, first);
  }
}
