// Standard normal numbers of a counter: Philox4x32-10 (Salmon et al., https://doi.org/10.1145/2063384.2063405) and the
// Box-Muller transform. The words are exact; logarithm, root, sine and cosine are float32, taken where they are exact to
// the last bits.
#pragma once
#include "rows.cuh"

struct Counter {
  ulong64 seed;
  ulong64 image;
  word step;
};

__device__ inline void philox(const Counter& counter, word block, word (&words)[4]) {
  word key0 = static_cast<word>(counter.seed);
  word key1 = static_cast<word>(counter.seed >> 32);
  words[0] = block;
  words[1] = counter.step;
  words[2] = static_cast<word>(counter.image);
  words[3] = static_cast<word>(counter.image >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    ulong64 product0 = 0xD2511F53ull * words[0];
    ulong64 product1 = 0xCD9E8D57ull * words[2];
    words[0] = static_cast<word>(product1 >> 32) ^ words[1] ^ key0;
    words[1] = static_cast<word>(product1);
    words[2] = static_cast<word>(product0 >> 32) ^ words[3] ^ key1;
    words[3] = static_cast<word>(product0);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

// sqrt(-2 ln((length + 1) / 2^32)) times the cosine and the sine of 2 pi turn / 2^32.
__device__ inline void boxMuller(word length, word turn, float& cosine, float& sine) {
  const float SCALE = 2.3283064365386963e-10f;  // 2^-32
  float logarithm = length < 0x80000000u ? logf(static_cast<float>(length + 1) * SCALE)
                                         : log1pf(-(static_cast<float>(~length) * SCALE));
  float radius = sqrtf(-2 * logarithm);
  word quarter = (turn + 0x20000000u) >> 30;                            // the nearest, 0 to 3
  float rest = static_cast<float>(static_cast<int>(turn - (quarter << 30)));  // an eighth of a turn at most
  float c;
  float s;
  sincospif(rest * (2 * SCALE), &s, &c);
  float x = quarter & 1 ? -s : c;
  float y = quarter & 1 ? c : s;
  cosine = radius * (quarter & 2 ? -x : x);
  sine = radius * (quarter & 2 ? -y : y);
}

// Elements 4 * block and the three behind it.
__device__ inline void normals(const Counter& counter, word block, float (&values)[4]) {
  word words[4];
  philox(counter, block, words);
  boxMuller(words[0], words[1], values[0], values[1]);
  boxMuller(words[2], words[3], values[2], values[3]);
}
