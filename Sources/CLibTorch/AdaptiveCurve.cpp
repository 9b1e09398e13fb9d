// The two-parameter activation (lambda e^(-kappa z) + 1)^(-1/lambda) on the processor, one pass forward and one backward.
//
// Composed of the engine's operations it takes six passes over memory forward and about thirty backward; here each element is read
// once. The formulas are those of AdaptiveParametricActivation.swift, in single precision with exponentials of its own that the
// compiler can vectorise (relative error below 2e-7; where a value would be below 4e-38 it is that).
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "AdaptiveCurve.h"
#include "Guard.h"
#include "Parallel.h"

#define CT_INLINE static inline __attribute__((always_inline))

namespace {

using ct::Curve;
using Sums = ct::CurveSums;
constexpr int64_t block = ct::curve_block;

/// e^x for x up to 88; below -86 it is e^-86.
CT_INLINE float exponential(float x) {
  x = x < -86.0f ? -86.0f : x;
  // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits.
  const float shifted = x * 1.44269504f + 12582912.0f;
  const float steps = shifted - 12582912.0f;
  const float r = (x - steps * 0.693359375f) + steps * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits << 23) + (127u << 23);
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

/// With t = log lambda - kappa z, w = e^-|t| and s = w / (2 + w): log(1 + w) = 2 s + 2 s^3 P(s^2), the series of the inverse hyperbolic
/// tangent, where P(q) = 1/3 + q/5 + q^2/7 + ... .
struct Parts {
  float t, w, s, series, softplus, value;
};

CT_INLINE float weight(const Curve &curve, float z, float &t) {
  t = curve.log_lambda - curve.kappa * z;
  return exponential(t > 0 ? -t : t);
}

CT_INLINE Parts parts(const Curve &curve, float t, float w, float s) {
  const float q = s * s;
  float p = 1.0f / 13;
  p = p * q + 1.0f / 11;
  p = p * q + 1.0f / 9;
  p = p * q + 1.0f / 7;
  p = p * q + 1.0f / 5;
  p = p * q + 1.0f / 3;
  const float softplus = (t > 0 ? t : 0.0f) + 2.0f * s * (p * q + 1.0f);
  return {t, w, s, p, softplus, exponential(-softplus * curve.inverse_lambda)};
}

/// softplus(t) - sigmoid(t). For t < 0 that is 2 s^2 (1 / (1 + s) + s P(s^2)), a sum without cancellation; `inverse` is 1 / (1 + w).
CT_INLINE float difference(const Parts &parts, float sigmoid, float inverse) {
  const float s = parts.s;
  const float below = 2.0f * s * s * (0.5f * (2.0f + parts.w) * inverse + s * parts.series);
  return parts.t > 0 ? parts.softplus - sigmoid : below;
}

CT_INLINE void forward_block(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
#pragma clang loop vectorize(enable)
  for (int64_t i = 0; i < count; ++i) {
    const float z = input[i];
    float t;
    const float w = weight(curve, z, t);
    const float value = parts(curve, t, w, w / (2.0f + w)).value;
    output[i] = unit ? z * value : value;
  }
}

CT_INLINE double total(const float *values, int64_t count) {
  float lanes[16] = {};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int lane = 0; lane < 16; ++lane) lanes[lane] += values[i + lane];
  double sum = 0;
  for (; i < count; ++i) sum += values[i];
  for (float lane : lanes) sum += lane;
  return sum;
}

/// form: 0 gate, 1 unit, 2 unit with the published gradient of lambda.
CT_INLINE Sums backward_block(const Curve &curve, int form, const float *input, const float *upstream, float *output,
                              int64_t count) {
  float by_lambda[block], by_kappa[block];
#pragma clang loop vectorize(enable)
  for (int64_t i = 0; i < count; ++i) {
    const float z = input[i], g = upstream[i];
    float t;
    const float w = weight(curve, z, t);
    // One division for both w / (2 + w) and 1 / (1 + w).
    const float reciprocal = 1.0f / ((1.0f + w) * (2.0f + w));
    const float inverse = (2.0f + w) * reciprocal;
    const Parts p = parts(curve, t, w, w * (1.0f + w) * reciprocal);
    const float sigmoid = t > 0 ? inverse : w * inverse;
    const float share = p.value * (sigmoid * curve.inverse_lambda);
    const float along = z * share;
    const float slope = p.value * (difference(p, sigmoid, inverse) * curve.inverse_lambda * curve.inverse_lambda);
    output[i] = g * (form == 0 ? curve.kappa * share : p.value + curve.kappa * along);
    by_kappa[i] = g * (form == 0 ? along : z * along);
    by_lambda[i] = g * (form == 0 ? slope : form == 1 ? z * slope : -along * curve.inverse_lambda);
  }
  return {total(by_lambda, count), total(by_kappa, count)};
}

#if defined(__x86_64__)
#define CT_WIDE __attribute__((target("avx2,fma")))
#define CT_WIDEST __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")))
CT_WIDE void forward_wide(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
  forward_block(curve, unit, input, output, count);
}
CT_WIDEST void forward_widest(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
  forward_block(curve, unit, input, output, count);
}
CT_WIDE Sums backward_wide(const Curve &curve, int form, const float *input, const float *upstream, float *output,
                           int64_t count) {
  return backward_block(curve, form, input, upstream, output, count);
}
CT_WIDEST Sums backward_widest(const Curve &curve, int form, const float *input, const float *upstream, float *output,
                               int64_t count) {
  return backward_block(curve, form, input, upstream, output, count);
}
/// The registers that can be used: 2 for 512 bits, 1 for 256.
int width() {
  static const int known =
      !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) ? 0
      : __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512vl")
          ? 2
          : 1;
  return known;
}
#else
int width() { return 0; }
#define forward_wide forward_block
#define forward_widest forward_block
#define backward_wide backward_block
#define backward_widest backward_block
#endif

}  // namespace

namespace ct {

void curve_values(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
  const auto values = width() == 2 ? forward_widest : width() == 1 ? forward_wide : forward_block;
  values(curve, unit, input, output, count);
}

CurveSums curve_slopes(const Curve &curve, int form, const float *input, const float *upstream, float *output, int64_t count) {
  const auto slopes = width() == 2 ? backward_widest : width() == 1 ? backward_wide : backward_block;
  return slopes(curve, form, input, upstream, output, count);
}

}  // namespace ct

namespace {

void forward(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
  ct::parallel_parts(count, 32768, [&](int64_t, int64_t begin, int64_t end) {
    ct::curve_values(curve, unit, input + begin, output + begin, end - begin);
  });
}

/// Sums are kept by block and added up in order, so that they do not depend on threads.
Sums backward(const Curve &curve, int form, const float *input, const float *upstream, float *output, int64_t count) {
  const int64_t blocks = (count + block - 1) / block;
  std::vector<Sums> sums(blocks);
  ct::parallel_parts(blocks, 16, [&](int64_t, int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) {
      const int64_t start = index * block, length = std::min(block, count - start);
      sums[index] = ct::curve_slopes(curve, form, input + start, upstream + start, output + start, length);
    }
  });
  Sums result;
  for (const Sums &part : sums) {
    result.lambda += part.lambda;
    result.kappa += part.kappa;
  }
  return result;
}

/// Through the untyped pointer: the typed accessor is not exported under the name that clang looks for.
const float *elements(const at::Tensor &tensor) { return static_cast<const float *>(tensor.const_data_ptr()); }

void check(const at::Tensor &input) {
  TORCH_CHECK(input.is_cpu() && input.scalar_type() == at::kFloat && input.is_non_overlapping_and_dense(),
              "the adaptive curve's kernel needs dense float32 elements on the processor");
}

}  // namespace

extern "C" {

bool ct_adaptive_curve_accepts(CTTensor input) {
  return ct::guard(
      [&] {
        const auto tensor = ct::unwrap(input);
        return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_non_overlapping_and_dense();
      },
      false);
}

CTTensor ct_adaptive_curve_value(CTTensor input, double lambda, double kappa, int form) {
  return ct::guard(
      [&]() -> CTTensor {
        const auto values = ct::unwrap(input);
        check(values);
        auto result = at::empty_like(values);
        forward(Curve(lambda, kappa), form != 0, elements(values), static_cast<float *>(result.mutable_data_ptr()),
                values.numel());
        return ct::wrap(std::move(result));
      },
      static_cast<CTTensor>(nullptr));
}

CTTensor ct_adaptive_curve_slopes(CTTensor input, CTTensor gradient, double lambda, double kappa, int form,
                                  double *lambda_gradient, double *kappa_gradient) {
  return ct::guard(
      [&]() -> CTTensor {
        const auto values = ct::unwrap(input);
        check(values);
        auto upstream = ct::unwrap(gradient);
        TORCH_CHECK(upstream.sizes() == values.sizes() && upstream.is_cpu(), "the gradient has another shape or device");
        // Both must lie in memory in the same order.
        if (upstream.scalar_type() != at::kFloat || upstream.strides() != values.strides()) {
          auto ordered = at::empty_like(values);
          ordered.copy_(upstream);
          upstream = ordered;
        }
        auto result = at::empty_like(values);
        const Sums sums = backward(Curve(lambda, kappa), form, elements(values),
                                   elements(upstream), static_cast<float *>(result.mutable_data_ptr()), values.numel());
        *lambda_gradient = sums.lambda;
        *kappa_gradient = sums.kappa;
        return ct::wrap(std::move(result));
      },
      static_cast<CTTensor>(nullptr));
}

}  // extern "C"
