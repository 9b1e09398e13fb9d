// The two-parameter activation (lambda e^(-kappa z) + 1)^(-1/lambda) on the processor, one pass forward and one backward.
//
// Composed of the engine's operations it takes six passes over memory forward and about thirty backward; here each element is read
// once. The formulas are those of AdaptiveParametricActivation.swift, in single precision with exponentials of its own that the
// compiler can vectorise (relative error below 2e-7; where a value would be below 1e-38 it is that).
#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "Guard.h"

#define CT_INLINE static inline __attribute__((always_inline))

namespace {

struct Curve {
  float lambda, kappa, log_lambda, inverse_lambda;
  Curve(double l, double k)
      : lambda(static_cast<float>(l)), kappa(static_cast<float>(k)), log_lambda(static_cast<float>(std::log(l))),
        inverse_lambda(static_cast<float>(1 / l)) {}
};

/// e^x for x up to 88; below -87 the smallest normal number.
CT_INLINE float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  const float scaled = x * 1.44269504f;
  const int32_t whole = static_cast<int32_t>(scaled + (scaled < 0 ? -0.5f : 0.5f));
  const float steps = static_cast<float>(whole);
  const float r = (x - steps * 0.693359375f) + steps * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t bits = (whole + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

/// log(1 + w) for w in 0...1, by the series of the inverse hyperbolic tangent.
CT_INLINE float log_one_plus(float w) {
  const float s = w / (2.0f + w);
  const float q = s * s;
  float p = 1.0f / 13;
  p = p * q + 1.0f / 11;
  p = p * q + 1.0f / 9;
  p = p * q + 1.0f / 7;
  p = p * q + 1.0f / 5;
  p = p * q + 1.0f / 3;
  return 2.0f * s * (p * q + 1.0f);
}

/// What value and slopes of one element are made of: w = e^-|t|, softplus(t), the value.
struct Parts {
  float t, w, softplus, value;
};

CT_INLINE Parts parts(const Curve &curve, float z) {
  Parts result;
  result.t = curve.log_lambda - curve.kappa * z;
  result.w = exponential(result.t > 0 ? -result.t : result.t);
  result.softplus = (result.t > 0 ? result.t : 0.0f) + log_one_plus(result.w);
  result.value = exponential(-result.softplus * curve.inverse_lambda);
  return result;
}

/// softplus(t) - sigmoid(t), which loses its digits for small w, where its series is taken.
CT_INLINE float difference(const Parts &parts, float sigmoid) {
  const float w = parts.w;
  float series = -8.0f / 9 * w + 7.0f / 8;
  series = series * w - 6.0f / 7;
  series = series * w + 5.0f / 6;
  series = series * w - 4.0f / 5;
  series = series * w + 3.0f / 4;
  series = series * w - 2.0f / 3;
  series = series * w + 1.0f / 2;
  return parts.t < -2.302585f ? w * w * series : parts.softplus - sigmoid;
}

CT_INLINE void forward_block(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
#pragma clang loop vectorize(enable)
  for (int64_t i = 0; i < count; ++i) {
    const float z = input[i];
    const float value = parts(curve, z).value;
    output[i] = unit ? z * value : value;
  }
}

constexpr int64_t block = 1024;

struct Sums {
  double lambda = 0, kappa = 0;
};

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
    const Parts p = parts(curve, z);
    const float sigmoid = (p.t > 0 ? 1.0f : p.w) / (1.0f + p.w);
    const float share = p.value * (sigmoid * curve.inverse_lambda);
    const float along = z * share;
    const float slope = p.value * (difference(p, sigmoid) * curve.inverse_lambda * curve.inverse_lambda);
    output[i] = g * (form == 0 ? curve.kappa * share : p.value + curve.kappa * along);
    by_kappa[i] = g * (form == 0 ? along : z * along);
    by_lambda[i] = g * (form == 0 ? slope : form == 1 ? z * slope : -along * curve.inverse_lambda);
  }
  return {total(by_lambda, count), total(by_kappa, count)};
}

#if defined(__x86_64__)
#define CT_WIDE __attribute__((target("avx2,fma")))
CT_WIDE void forward_wide(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
  forward_block(curve, unit, input, output, count);
}
CT_WIDE Sums backward_wide(const Curve &curve, int form, const float *input, const float *upstream, float *output,
                           int64_t count) {
  return backward_block(curve, form, input, upstream, output, count);
}
bool has_wide() {
  static const bool known = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return known;
}
#else
bool has_wide() { return false; }
#define forward_wide forward_block
#define backward_wide backward_block
#endif

void forward(const Curve &curve, bool unit, const float *input, float *output, int64_t count) {
  const bool wide = has_wide();
  at::parallel_for(0, count, 32768, [&](int64_t begin, int64_t end) {
    if (wide) forward_wide(curve, unit, input + begin, output + begin, end - begin);
    else forward_block(curve, unit, input + begin, output + begin, end - begin);
  });
}

/// Sums are kept by block and added up in order, so that they do not depend on threads.
Sums backward(const Curve &curve, int form, const float *input, const float *upstream, float *output, int64_t count) {
  const int64_t blocks = (count + block - 1) / block;
  std::vector<Sums> sums(blocks);
  const bool wide = has_wide();
  at::parallel_for(0, blocks, 16, [&](int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) {
      const int64_t start = index * block, length = std::min(block, count - start);
      sums[index] = wide ? backward_wide(curve, form, input + start, upstream + start, output + start, length)
                         : backward_block(curve, form, input + start, upstream + start, output + start, length);
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
