// Grey pictures of samples in -1..1: the channels' mean in 0..1, as float32, 8 or 16 bits.
#include "rows.cuh"

enum { PIXEL_FP32 = 0, PIXEL_UINT8 = 1, PIXEL_UINT16 = 2 };
enum { GREY_UNIT = 8 };

struct Picture {
  void* pixels;
  int* notFinite;  // zero before
  int row;
  int type;
};

struct GreyTable {
  const void* samples;
  long long size;  // pixels of a picture
  int type;
  int channels;
  Picture picture[160];
};

static_assert(sizeof(GreyTable) == 3864, "as the host writes it");

// To the nearest whole number, halves up; what is no number is 0.
__device__ inline word rounded(float value) {
  float whole = floorf(value);
  return value == value ? static_cast<word>(value - whole >= 0.5f ? whole + 1 : whole) : 0;
}

template <typename T> __device__ inline void whole(void* pixels, long long first, int count, float (&grey)[GREY_UNIT], float top) {
  T stored[GREY_UNIT];
#pragma unroll
  for (int i = 0; i < GREY_UNIT; i++) {
    stored[i] = static_cast<T>(rounded(grey[i] * top));
  }
  put(static_cast<T*>(pixels) + first, count, stored);
}

SX_KERNEL(grey, GreyTable) {
  const Picture& picture = table.picture[blockIdx.y];
  int notFinite = 0;
  for (long long first = unit() * GREY_UNIT; first < table.size; first += units() * GREY_UNIT) {
    int count = left<GREY_UNIT>(first, table.size);
    float grey[GREY_UNIT] = {};
    for (int channel = 0; channel < table.channels; channel++) {
      float values[GREY_UNIT];
      long long plane = static_cast<long long>(picture.row) * table.channels + channel;
      load(table.type, table.samples, plane * table.size + first, count, values);
#pragma unroll
      for (int i = 0; i < GREY_UNIT; i++) {
        float value = values[i] * 0.5f + 0.5f;
        value = value < 0 ? 0 : value > 1 ? 1 : value;
        bool finite = (__float_as_uint(values[i]) & 0x7f800000) != 0x7f800000;
        notFinite += i < count && !finite;
        grey[i] += finite ? value : __uint_as_float(0x7fc00000);
      }
    }
#pragma unroll
    for (int i = 0; i < GREY_UNIT; i++) {
      grey[i] /= table.channels;
    }
    switch (picture.type) {
      case PIXEL_UINT8: whole<byte>(picture.pixels, first, count, grey, 255); break;
      case PIXEL_UINT16: whole<ushort16>(picture.pixels, first, count, grey, 65535); break;
      default: store<Fp32>(picture.pixels, first, count, grey);
    }
  }
  if (notFinite > 0) {
    SX_WRITE(picture.notFinite, sizeof(int));
    atomicAdd(picture.notFinite, notFinite);
  }
}
