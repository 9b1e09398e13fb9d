#include "reduction.cuh"

// The two-parameter activation eta(z) = (lambda e^(-kappa z) + 1)^(-1/lambda) for one pair, as a gate, and as a unit z eta(z).
//
// The formulas are those of the processor's kernel (Sources/CLibTorch/AdaptiveCurve.cpp), in float32 for every element type. No power
// overflows, and nothing cancels where lambda is small. lambda and kappa are read where they lie, so the host never waits for them and a
// recorded launch sees what training made of them.
//
// Elements are numbered as they lie in memory, in whatever order; all tensors of a launch lie in the same one. Vectors of `count` elements
// are spread over all threads, and what is left over, less than a vector, goes to the first threads.
//
// The sums over all elements take two launches and no atomic addition, so that they repeat bit for bit.

/// What is computed; the numbers of AdaptiveCurveKernel.Form.
enum CurveForm { curveGate = 0, curveUnit = 1, curvePublishedUnit = 2 };

struct CurvePair {
  float kappa, logLambda, inverseLambda;
};

__device__ inline CurvePair curve_pair(const float *lambda, const float *kappa) {
  return {*kappa, logf(*lambda), 1 / *lambda};
}

/// With t = log lambda - kappa z and w = e^-|t|.
struct CurveExponent {
  float t, w;
};

__device__ inline CurveExponent curve_exponent(const CurvePair &pair, float z) {
  const float t = pair.logLambda - pair.kappa * z;
  return {t, expf(-fabsf(t))};
}

/// With s = w / (2 + w): log(1 + w) = 2 s + 2 s^3 P(s^2), the series of the inverse hyperbolic tangent, where
/// P(q) = 1/3 + q/5 + q^2/7 + ...; s is at most 1/3, and the first term left out is below 1e-9 of the whole.
__device__ inline float curve_series(float s) {
  const float q = s * s;
  float series = 1.0f / 13;
  series = series * q + 1.0f / 11;
  series = series * q + 1.0f / 9;
  series = series * q + 1.0f / 7;
  series = series * q + 1.0f / 5;
  return series * q + 1.0f / 3;
}

/// log(1 + e^t)
__device__ inline float curve_softplus(float t, float s, float series) {
  return fmaxf(t, 0) + 2 * s * (series * s * s + 1);
}

template <bool isUnit>
__device__ inline float curve_value(const CurvePair &pair, float z) {
  const CurveExponent exponent = curve_exponent(pair, z);
  const float s = __fdividef(exponent.w, 2 + exponent.w);
  const float value = expf(-curve_softplus(exponent.t, s, curve_series(s)) * pair.inverseLambda);
  return isUnit ? z * value : value;
}

/// What a thread has added up for lambda and kappa.
struct CurveSums {
  float lambda = 0, kappa = 0;
};

/// The gradient of the element z whose output has the gradient `incoming`.
template <int form>
__device__ inline float curve_slope(const CurvePair &pair, float z, float incoming, CurveSums &sums) {
  const CurveExponent exponent = curve_exponent(pair, z);
  const float t = exponent.t, w = exponent.w;
  // One division for both w / (2 + w) and 1 / (1 + w).
  const float reciprocal = __fdividef(1, (1 + w) * (2 + w));
  const float inverse = (2 + w) * reciprocal;
  const float s = w * (1 + w) * reciprocal;
  const float series = curve_series(s);
  const float softplus = curve_softplus(t, s, series);
  const float value = expf(-softplus * pair.inverseLambda);
  const float sigmoid = t > 0 ? inverse : w * inverse;
  // The derivative of the value by kappa z.
  const float share = value * (sigmoid * pair.inverseLambda);
  const float along = z * share;
  if (form == curvePublishedUnit) {
    sums.lambda -= incoming * (along * pair.inverseLambda);
  } else {
    // softplus(t) - sigmoid(t), over lambda^2: for t < 0 a sum without cancellation, 2 s^2 (1 / (1 + s) + s P(s^2)). Its square is
    // taken of s / lambda, because s^2 may be too small for a float where the quotient is not.
    const float scaled = s * pair.inverseLambda;
    const float below = 2 * scaled * scaled * (0.5f * (2 + w) * inverse + s * series);
    const float above = (softplus - sigmoid) * pair.inverseLambda * pair.inverseLambda;
    const float slope = value * (t > 0 ? above : below);
    sums.lambda += incoming * (form == curveGate ? slope : z * slope);
  }
  sums.kappa += incoming * (form == curveGate ? along : z * along);
  return incoming * (form == curveGate ? pair.kappa * share : value + pair.kappa * along);
}

/// The number of the thread within its launch.
__device__ inline long long curve_thread() {
  return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

template <typename Element, int count, bool isUnit>
__device__ inline void curve_values(
    Element *__restrict__ output, const Element *__restrict__ input, const CurvePair &pair, long long elements) {
  const long long threads = static_cast<long long>(gridDim.x) * blockDim.x, vectors = elements / count;
  for (long long i = curve_thread(); i < vectors; i += threads) {
    float values[count];
    load(input + i * count, values);
#pragma unroll
    for (int j = 0; j < count; ++j) values[j] = curve_value<isUnit>(pair, values[j]);
    store(output + i * count, values);
  }
  const long long last = vectors * count + curve_thread();
  if (last < elements) narrow(curve_value<isUnit>(pair, widened(input[last])), output[last]);
}

/// Gradients of the elements, unless `inputGradient` is null; returns what this thread has added up.
template <typename Element, int count, int form>
__device__ inline CurveSums curve_slopes(
    Element *__restrict__ inputGradient, const Element *__restrict__ outputGradient, const Element *__restrict__ input,
    const CurvePair &pair, long long elements) {
  const long long threads = static_cast<long long>(gridDim.x) * blockDim.x, vectors = elements / count;
  CurveSums sums;
  for (long long i = curve_thread(); i < vectors; i += threads) {
    float values[count], gradients[count];
    load(input + i * count, values);
    load(outputGradient + i * count, gradients);
#pragma unroll
    for (int j = 0; j < count; ++j) gradients[j] = curve_slope<form>(pair, values[j], gradients[j], sums);
    if (inputGradient) store(inputGradient + i * count, gradients);
  }
  const long long last = vectors * count + curve_thread();
  if (last < elements) {
    const float gradient = curve_slope<form>(pair, widened(input[last]), widened(outputGradient[last]), sums);
    if (inputGradient) narrow(gradient, inputGradient[last]);
  }
  return sums;
}

/// The backward pass; leaves the sums of each block in `partials`, `[2, blocks]`.
template <typename Element, int count>
__device__ inline void curve_gradients(
    Element *inputGradient, float *partials, const Element *outputGradient, const Element *input, const float *lambda,
    const float *kappa, long long elements, int form) {
  const CurvePair pair = curve_pair(lambda, kappa);
  CurveSums sums;
  if (form == curveGate) {
    sums = curve_slopes<Element, count, curveGate>(inputGradient, outputGradient, input, pair, elements);
  } else if (form == curveUnit) {
    sums = curve_slopes<Element, count, curveUnit>(inputGradient, outputGradient, input, pair, elements);
  } else {
    sums = curve_slopes<Element, count, curvePublishedUnit>(inputGradient, outputGradient, input, pair, elements);
  }
  sums.lambda = over_block<Sum>(sums.lambda);
  sums.kappa = over_block<Sum>(sums.kappa);
  if (threadIdx.x != 0) return;
  partials[blockIdx.x] = sums.lambda;
  partials[gridDim.x + blockIdx.x] = sums.kappa;
}

/// One block: adds up what the blocks of the backward pass have left. Either gradient may be null.
extern "C" __global__ void adaptive_curve_sums(
    float *lambdaGradient, float *kappaGradient, const float *partials, int parts) {
  CurveSums sums;
  for (int part = threadIdx.x; part < parts; part += blockDim.x) {
    sums.lambda += partials[part];
    sums.kappa += partials[parts + part];
  }
  sums.lambda = over_block<Sum>(sums.lambda);
  sums.kappa = over_block<Sum>(sums.kappa);
  if (threadIdx.x != 0) return;
  if (lambdaGradient) *lambdaGradient = sums.lambda;
  if (kappaGradient) *kappaGradient = sums.kappa;
}

#define ADAPTIVE_CURVE(Element, count)                                                                                \
  extern "C" __global__ void adaptive_curve_value_##Element##_##count(                                                \
      Element *output, const Element *input, const float *lambda, const float *kappa, long long elements, int form) { \
    const CurvePair pair = curve_pair(lambda, kappa);                                                                 \
    if (form == curveGate) {                                                                                          \
      curve_values<Element, count, false>(output, input, pair, elements);                                             \
    } else {                                                                                                          \
      curve_values<Element, count, true>(output, input, pair, elements);                                              \
    }                                                                                                                 \
  }                                                                                                                   \
  extern "C" __global__ void adaptive_curve_gradient_##Element##_##count(                                             \
      Element *inputGradient, float *partials, const Element *outputGradient, const Element *input,                   \
      const float *lambda, const float *kappa, long long elements, int form) {                                        \
    curve_gradients<Element, count>(                                                                                  \
        inputGradient, partials, outputGradient, input, lambda, kappa, elements, form);                               \
  }

ADAPTIVE_CURVE(float32, 1)
ADAPTIVE_CURVE(float32, 4)
ADAPTIVE_CURVE(bfloat16, 1)
ADAPTIVE_CURVE(bfloat16, 8)
