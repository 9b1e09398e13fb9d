// Combining one value of each thread of a block, always in the same order; blockDim.x is a multiple of 32.
#pragma once

#include "common.cuh"

struct Largest {
  static constexpr float start = -3.402823466e38f;
  __device__ static float of(float a, float b) { return a > b || a != a ? a : b; }
};

struct Sum {
  static constexpr float start = 0;
  __device__ static float of(float a, float b) { return a + b; }
};

/// Combines one value of each thread; all threads get the result. Every thread of the block must call it.
template <typename Combination>
__device__ inline float over_block(float value) {
  __shared__ float parts[32];
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    value = Combination::of(value, __shfl_xor_sync(0xffffffffu, value, distance));
  }
  const unsigned warps = blockDim.x / 32;
  if (warps == 1) return value;
  // Another call may still be reading.
  __syncthreads();
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
  __syncthreads();
  value = parts[0];
  for (unsigned warp = 1; warp < warps; ++warp) value = Combination::of(value, parts[warp]);
  return value;
}
