// The counter-based generator Philox4x32-10, as in Sources/Torch/Philox4x32.swift.
#pragma once

struct PhiloxKey {
  unsigned first, second;
};

struct PhiloxBlock {
  unsigned words[4];
};

/// The words of a draw for a sample at a step.
__device__ inline PhiloxBlock philox_block(PhiloxKey key, unsigned long long step, unsigned sample, unsigned draw) {
  unsigned x = draw, y = sample, z = static_cast<unsigned>(step), w = static_cast<unsigned>(step >> 32);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const unsigned long long even = static_cast<unsigned long long>(x) * 0xD2511F53u;
    const unsigned long long odd = static_cast<unsigned long long>(z) * 0xCD9E8D57u;
    x = static_cast<unsigned>(odd >> 32) ^ y ^ key.first;
    z = static_cast<unsigned>(even >> 32) ^ w ^ key.second;
    y = static_cast<unsigned>(odd);
    w = static_cast<unsigned>(even);
    key.first += 0x9E3779B9u;
    key.second += 0xBB67AE85u;
  }
  return {{x, y, z, w}};
}

/// A number in `[0, 1)` from the upper 24 bits of a word.
__device__ inline float philox_uniform(unsigned word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

/// An integer in `0 ..< bound`.
__device__ inline int philox_integer(unsigned word, unsigned bound) {
  return static_cast<int>((static_cast<unsigned long long>(word) * bound) >> 32);
}
