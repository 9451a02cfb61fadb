// Puts back what is known of images: x' = w x + (1 - w) (a y + b z).
#include "rows.cuh"

enum { RESTORE_UNIT = 4 };

struct RestoreImage {
  float* latents;
  const float* known;
  const float* noise;
  const float* redrawn;
  float ofImage;
  float ofNoise;
};

struct RestoreTable {
  long long elements;  // of one image
  RestoreImage image[96];
};

static_assert(sizeof(RestoreTable) == 3848, "as the host writes it");

__device__ inline void restoreUnit(const RestoreTable& table, const RestoreImage& k, long long first) {
  const int N = RESTORE_UNIT;
  int count = left<N>(first, table.elements);
  float x[N];
  float y[N];
  float z[N];
  float w[N];
  load<Fp32>(k.latents, first, count, x);
  load<Fp32>(k.known, first, count, y);
  load<Fp32>(k.noise, first, count, z);
  load<Fp32>(k.redrawn, first, count, w);
#pragma unroll
  for (int i = 0; i < N; i++) {
    float noised = k.ofImage * y[i] + k.ofNoise * z[i];
    x[i] = w[i] * x[i] + (1 - w[i]) * noised;
  }
  store<Fp32>(k.latents, first, count, x);
}

SX_KERNEL(restore, RestoreTable) {
  const RestoreImage& image = table.image[blockIdx.y];
  for (long long first = unit() * RESTORE_UNIT; first < table.elements; first += units() * RESTORE_UNIT) {
    restoreUnit(table, image, first);
  }
}
