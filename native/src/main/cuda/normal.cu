// Fills a buffer with standard normal numbers.
#include "noise.cuh"

struct NormalTable {
  float* target;
  long long elements;
  Counter counter;
};

static_assert(sizeof(NormalTable) == 40, "as the host writes it");

SX_KERNEL(normal, NormalTable) {
  for (long long block = unit(); block * 4 < table.elements; block += units()) {
    float values[4];
    normals(table.counter, static_cast<word>(block), values);
    store<Fp32>(table.target, block * 4, left<4>(block * 4, table.elements), values);
  }
}
