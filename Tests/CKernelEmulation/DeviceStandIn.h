// What CUDA C++ has and plain C++ has not, for one block at a time: its threads are fibers of one thread of the processor,
// which change where a kernel waits for others.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace emulation {

struct Index {
  unsigned x, y, z;
};

/// The thread of the block that is running now.
struct Fiber {
  Index thread;
  unsigned number;  // within the block
};

extern Fiber *current;
extern Index block, gridSize, blockSize;
extern unsigned char *blockMemory;

/// Lets the others run until all threads of the block have come here.
void wait_for_block();
/// Gives a value to the lane of the warp that has `lane` as its number, and takes its value.
uint32_t exchange(uint32_t value, unsigned lane);
/// Ends the launch with an error.
[[noreturn]] void fail(const char *text);

inline unsigned lane() { return current->number % 32; }

}  // namespace emulation

#define __global__
#define __device__
#define __shared__ static
#define __align__(bytes) alignas(bytes)

#define threadIdx (emulation::current->thread)
#define blockIdx (emulation::block)
#define gridDim (emulation::gridSize)
#define blockDim (emulation::blockSize)

#define EMULATION_REQUIRES(condition)                      \
  do {                                                     \
    if (!(condition)) emulation::fail("not so: " #condition); \
  } while (0)
#define BLOCK_MEMORY(name) float *const name = reinterpret_cast<float *>(emulation::blockMemory)

inline void __syncthreads() { emulation::wait_for_block(); }

inline float __uint_as_float(unsigned bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline unsigned __float_as_uint(float value) {
  unsigned bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float __shfl_xor_sync(unsigned, float value, int distance) {
  return __uint_as_float(emulation::exchange(__float_as_uint(value), emulation::lane() ^ distance));
}

/// The device's quick division; here it is exact.
inline float __fdividef(float dividend, float divisor) { return dividend / divisor; }
