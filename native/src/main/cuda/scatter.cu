// Moves whole rows between tensors, all tensors in one launch.
#include "rows.cuh"

enum { ZERO = -1, KEEP = -2 };

struct Transfer {
  const byte* from;
  byte* to;
  long long rowBytes;
};

struct ScatterTable {
  int rows;   // in this table
  int first;  // row of each target that rowOf begins with
  Transfer tensor[32];
  int rowOf[768];
};

static_assert(sizeof(ScatterTable) == 3848, "as the host writes it");

template <int N> __device__ inline void move(const byte* from, byte* to, long long bytes) {
  const int AHEAD = 4;  // reads under way at a time
  for (long long first = unit() * N; first < bytes; first += units() * N * AHEAD) {
    byte moved[AHEAD][N] = {};
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      long long at = first + i * units() * N;
      if (from != nullptr && at < bytes) {
        fetch(from + at, left<N>(at, bytes), moved[i]);
      }
    }
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      long long at = first + i * units() * N;
      if (at < bytes) {
        put(to + at, left<N>(at, bytes), moved[i]);
      }
    }
  }
}

SX_KERNEL(scatter, ScatterTable) {
  const Transfer& tensor = table.tensor[blockIdx.y / table.rows];
  int row = blockIdx.y % table.rows;
  int source = table.rowOf[row];
  if (source == KEEP) {
    return;
  }
  const byte* from = source == ZERO ? nullptr : tensor.from + source * tensor.rowBytes;
  byte* to = tensor.to + (table.first + row) * tensor.rowBytes;
  move<16>(from, to, tensor.rowBytes);
}
