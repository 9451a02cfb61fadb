// Fills a network's inputs: latents scaled, text and masks as they are or zeros, each converted to its tensor's type.
#include "rows.cuh"

struct GatherPart {
  void* tensor;        // null where the network takes none
  long long elements;  // of one row
  int type;
  int unused;
};

struct GatherRow {
  const float* shown[3];  // as parts; null: zeros
  float scale;            // of the latents
  float timestep;
};

struct GatherTable {
  GatherPart part[3];  // latents, text, mask
  void* timestep;      // null where the network takes none
  int timestepType;
  int first;  // position of the table's first row
  GatherRow row[112];
};

static_assert(sizeof(GatherTable) == 3672, "as the host writes it");

enum { GATHER_UNIT = 8 };

SX_KERNEL(gather, GatherTable) {
  const GatherRow& row = table.row[blockIdx.y];
  long long position = table.first + static_cast<long long>(blockIdx.y);
  for (int p = 0; p < 3; p++) {
    const GatherPart& part = table.part[p];
    if (part.tensor == nullptr) {
      continue;
    }
    float scale = p == 0 ? row.scale : 1;
    for (long long first = unit() * GATHER_UNIT; first < part.elements; first += units() * GATHER_UNIT) {
      int count = left<GATHER_UNIT>(first, part.elements);
      float values[GATHER_UNIT] = {};
      if (row.shown[p] != nullptr) {
        load<Fp32>(row.shown[p], first, count, values);
        for (int i = 0; i < GATHER_UNIT; i++) {
          values[i] *= scale;
        }
      }
      store(part.type, part.tensor, position * part.elements + first, count, values);
    }
  }
  if (table.timestep != nullptr && unit() == 0) {
    float values[4] = {row.timestep};
    store(table.timestepType, table.timestep, position, 1, values);
  }
}
