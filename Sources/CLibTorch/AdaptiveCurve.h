// The two-parameter activation (lambda e^(-kappa z) + 1)^(-1/lambda) over a few elements, for one thread.
#pragma once

#include <cmath>
#include <cstdint>

namespace ct {

/// A pair of parameters, with what follows from them alone.
struct Curve {
  float lambda, kappa, log_lambda, inverse_lambda;
  Curve(double l, double k)
      : lambda(static_cast<float>(l)), kappa(static_cast<float>(k)), log_lambda(static_cast<float>(std::log(l))),
        inverse_lambda(static_cast<float>(1 / l)) {}
};

/// Gradients of the parameters, summed over elements.
struct CurveSums {
  double lambda = 0, kappa = 0;
  void operator+=(const CurveSums &other) {
    lambda += other.lambda;
    kappa += other.kappa;
  }
};

/// The most elements that `curve_slopes` takes.
constexpr int64_t curve_block = 1024;

/// The value of each element, times the element for a `unit`.
void curve_values(const Curve &curve, bool unit, const float *input, float *output, int64_t count);

/// The gradients of at most `curve_block` elements. `form`: 0 gate, 1 unit, 2 unit with the published gradient of lambda.
CurveSums curve_slopes(const Curve &curve, int form, const float *input, const float *upstream, float *output, int64_t count);

}  // namespace ct
