// Shared by all kernels.
//
// NVRTC compiles this text for the device, without any header. The tests compile the same text for the processor, behind
// a header that stands in for the device (Tests/CKernelEmulation).
#pragma once

// Tells a check what the device demands of an address; on the device itself nothing can be done about it any more.
#ifndef EMULATION_REQUIRES
#define EMULATION_REQUIRES(condition)
#endif

// The memory that a launch gives each block, for floats.
#ifndef BLOCK_MEMORY
#define BLOCK_MEMORY(name) extern __shared__ __align__(16) float name[]
#endif

using float32 = float;

/// The upper half of a float32.
struct bfloat16 {
  unsigned short bits;
};

__device__ inline float widened(float value) { return value; }
__device__ inline float widened(bfloat16 value) { return __uint_as_float(static_cast<unsigned>(value.bits) << 16); }

__device__ inline void narrow(float value, float &result) { result = value; }

/// Rounds to the nearest, ties to even, as the engine does.
__device__ inline void narrow(float value, bfloat16 &result) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result.bits) : "f"(value));
#else
  const unsigned bits = __float_as_uint(value);
  const bool isNaN = (bits & 0x7fffffffu) > 0x7f800000u;
  result.bits = isNaN ? 0x7fff : static_cast<unsigned short>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
#endif
}

/// Elements that are read and written at once: up to 16 bytes.
template <typename Element, int count>
struct alignas(sizeof(Element) * count) Vector {
  Element elements[count];
};

template <typename Element, int count>
__device__ inline void load(const Element *source, float (&values)[count]) {
  EMULATION_REQUIRES(reinterpret_cast<unsigned long long>(source) % sizeof(Vector<Element, count>) == 0);
  const Vector<Element, count> vector = *reinterpret_cast<const Vector<Element, count> *>(source);
#pragma unroll
  for (int i = 0; i < count; ++i) values[i] = widened(vector.elements[i]);
}

template <typename Element, int count>
__device__ inline void store(Element *target, const float (&values)[count]) {
  EMULATION_REQUIRES(reinterpret_cast<unsigned long long>(target) % sizeof(Vector<Element, count>) == 0);
  Vector<Element, count> vector;
#pragma unroll
  for (int i = 0; i < count; ++i) narrow(values[i], vector.elements[i]);
  *reinterpret_cast<Vector<Element, count> *>(target) = vector;
}
