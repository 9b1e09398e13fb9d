#include "common.cuh"
#include "philox.cuh"

/// Random words as int64 `[4, count]`.
///
/// With `sampleCount` 0, entry i belongs to sample i and draw i. Else every draw meets every sample: entry i belongs to
/// draw i / sampleCount and sample i % sampleCount.
extern "C" __global__ void philox_words(
    long long *words, const long long *step, const long long *samples, const long long *draws, long long count,
    long long sampleCount, unsigned key0, unsigned key1) {
  const long long stride = static_cast<long long>(gridDim.x) * blockDim.x;
  for (long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += stride) {
    const long long sample = samples[sampleCount > 0 ? i % sampleCount : i];
    const long long draw = draws[sampleCount > 0 ? i / sampleCount : i];
    const PhiloxBlock block = philox_block(
        {key0, key1}, static_cast<unsigned long long>(*step), static_cast<unsigned>(sample),
        static_cast<unsigned>(draw));
#pragma unroll
    for (int word = 0; word < 4; ++word) words[word * count + i] = block.words[word];
  }
}
