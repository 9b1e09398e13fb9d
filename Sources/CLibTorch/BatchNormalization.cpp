// Batch normalisation of float32 images in channels-last order, with what mostly follows it: the addition of a residual and a ReLU, or
// the learned unit z (lambda e^(-kappa z) + 1)^(-1/lambda).
//
// The engine does these one after the other, each over the whole activation; on a processor they are bound by memory, and take a third of
// the step of a small residual network. Here the forward reads its input twice and writes once, and the backward likewise.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include "AdaptiveCurve.h"
#include "Guard.h"
#include "Parallel.h"

#if defined(__x86_64__) && defined(__linux__)
#define CT_FAST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CT_FAST
#endif

namespace {

/// Values that one turn of the loops below takes: as many as keep their sums in registers.
constexpr int64_t width = 64;
/// Rows whose sums are added up in single precision before they go to double precision.
constexpr int64_t block = 128;
/// Values below which one thread does the work alone.
constexpr int64_t grain = 16 * 1024;

/// How `[rows, channels]` is walked: in turns of `width` values, several rows at a time where channels are few.
struct Walk {
  int64_t channels, rows, period, turns;
  Walk(int64_t channels, int64_t rows)
      : channels(channels),
        rows(rows),
        period(period_of(channels)),
        turns(rows * channels / period) {}
  /// The smallest number of values that is whole rows and whole turns, so that no turn is shorter; a row where that would be long.
  static int64_t period_of(int64_t channels) {
    const int64_t whole = std::lcm(channels, width);
    return whole <= 10 * width ? whole : channels;
  }
  /// The fewest turns that a thread sums.
  int64_t least() const { return std::max<int64_t>(block, grain / period); }
  /// The parts that sums are made in.
  int64_t parts() const { return ct::part_count(turns, least()); }
  int64_t tail() const { return turns * period; }
  int64_t total() const { return rows * channels; }
  /// A value a channel, repeated over a period.
  std::vector<float> repeated(const float *values) const {
    std::vector<float> result(static_cast<size_t>(period));
    for (int64_t index = 0; index < period; ++index) result[index] = values[index % channels];
    return result;
  }
};

/// Sums of `first` and of `first * second` over turns, for `count` neighbouring values of a turn.
CT_FAST void add_sums(const float *input, const float *shift, int64_t stride, int64_t turns, int64_t count, float *sums, float *squares) {
  if (count == width) {
    float sum[width] = {}, square[width] = {}, base[width];
    std::memcpy(base, shift, sizeof base);
    for (int64_t turn = 0; turn < turns; ++turn, input += stride) {
      for (int64_t index = 0; index < width; ++index) {
        const float value = input[index] - base[index];
        sum[index] += value;
        square[index] += value * value;
      }
    }
    std::memcpy(sums, sum, sizeof sum);
    std::memcpy(squares, square, sizeof square);
    return;
  }
  std::fill(sums, sums + count, 0.0f);
  std::fill(squares, squares + count, 0.0f);
  for (int64_t turn = 0; turn < turns; ++turn, input += stride) {
    for (int64_t index = 0; index < count; ++index) {
      const float value = input[index] - shift[index];
      sums[index] += value;
      squares[index] += value * value;
    }
  }
}

/// `y = x * scale + shift (+ residual)`, rectified or not.
template <bool adds, bool rectifies>
inline __attribute__((always_inline)) void apply_turn(const float *input, const float *residual, const float *scale, const float *shift,
                                                      int64_t count, float *output) {
  for (int64_t index = 0; index < count; ++index) {
    float value = input[index] * scale[index] + shift[index];
    if (adds) value += residual[index];
    output[index] = rectifies ? (value > 0.0f ? value : 0.0f) : value;
  }
}

struct Applied {
  const float *input, *residual, *scale, *shift;
  float *output;
  int64_t period;
};

template <bool adds, bool rectifies>
inline __attribute__((always_inline)) void apply_turns(const Applied &of, int64_t begin, int64_t end) {
  for (int64_t turn = begin; turn < end; ++turn) {
    const int64_t at = turn * of.period;
    if (of.period == width) {
      apply_turn<adds, rectifies>(of.input + at, adds ? of.residual + at : nullptr, of.scale, of.shift, width, of.output + at);
    } else {
      apply_turn<adds, rectifies>(of.input + at, adds ? of.residual + at : nullptr, of.scale, of.shift, of.period, of.output + at);
    }
  }
}

CT_FAST void apply(const Applied &of, bool rectifies, int64_t begin, int64_t end) {
  if (of.residual != nullptr) {
    rectifies ? apply_turns<true, true>(of, begin, end) : apply_turns<true, false>(of, begin, end);
  } else {
    rectifies ? apply_turns<false, true>(of, begin, end) : apply_turns<false, false>(of, begin, end);
  }
}

/// Calls `body(turn, turns, column, count)` for pieces that the learned unit takes at once: whole turns, or parts of a long one.
template <typename Body>
void in_pieces(int64_t period, int64_t begin, int64_t end, const Body &body) {
  const int64_t together = std::max<int64_t>(1, ct::curve_block / period);
  for (int64_t turn = begin; turn < end; turn += together) {
    for (int64_t column = 0; column < period; column += ct::curve_block) {
      body(turn, std::min(together, end - turn), column, std::min(ct::curve_block, period - column));
    }
  }
}

/// What a sum gives for the last values, which fill no whole turn.
std::vector<float> last_sums(const Walk &walk, const Applied &of) {
  std::vector<float> result;
  for (int64_t at = walk.tail(); at < walk.total(); ++at) {
    const int64_t channel = at % walk.channels;
    result.push_back(of.input[at] * of.scale[channel] + of.shift[channel] + (of.residual != nullptr ? of.residual[at] : 0.0f));
  }
  return result;
}

template <bool adds>
inline __attribute__((always_inline)) void apply_piece(const Applied &of, int64_t turn, int64_t turns, int64_t column, int64_t count,
                                                       float *result) {
  for (int64_t at = turn * of.period + column, end = at + turns * of.period; at < end; at += of.period, result += count) {
    const float *residual = adds ? of.residual + at : nullptr;
    if (count == width) apply_turn<adds, false>(of.input + at, residual, of.scale, of.shift, width, result);
    else apply_turn<adds, false>(of.input + at, residual, of.scale + column, of.shift + column, count, result);
  }
}

/// What goes into the unit, of one piece.
CT_FAST void apply_before_unit(const Applied &of, int64_t turn, int64_t turns, int64_t column, int64_t count, float *result) {
  of.residual != nullptr ? apply_piece<true>(of, turn, turns, column, count, result)
                         : apply_piece<false>(of, turn, turns, column, count, result);
}

/// The unit behind the sum; what goes between them stays in the nearest cache.
void apply_unit(const Applied &of, const ct::Curve &curve, int64_t begin, int64_t end) {
  float between[ct::curve_block];
  in_pieces(of.period, begin, end, [&](int64_t turn, int64_t turns, int64_t column, int64_t count) {
    apply_before_unit(of, turn, turns, column, count, between);
    ct::curve_values(curve, true, between, of.output + turn * of.period + column, turns * count);
  });
}

/// What the backward of the unit needs beside the images.
struct UnitGradient {
  ct::Curve curve;
  /// 1, or 2 for the published gradient of lambda.
  int form;
  const float *residual;
  ct::CurveSums sums;
};

/// The gradient of what went into the unit, which is worked out again; `before.output` is where the gradient goes.
ct::CurveSums differentiate_unit(const Applied &before, const UnitGradient &unit, const float *upstream, int64_t begin, int64_t end) {
  float between[ct::curve_block];
  ct::CurveSums sums;
  in_pieces(before.period, begin, end, [&](int64_t turn, int64_t turns, int64_t column, int64_t count) {
    const int64_t at = turn * before.period + column;
    apply_before_unit(before, turn, turns, column, count, between);
    sums += ct::curve_slopes(unit.curve, unit.form, between, upstream + at, before.output + at, turns * count);
  });
  return sums;
}

/// What the backward reads and writes. With a residual the rectified gradient is the residual's, and is written on the way; without one
/// the mask is computed again from the input, so that the output need not be read.
struct Gradients {
  const float *upstream, *input, *output;
  const float *mean, *scale, *shift;
  float *masked;
  int64_t period;
  bool rectifies;
};

template <bool rectifies, bool stores>
inline __attribute__((always_inline)) float masked_at(const Gradients &of, int64_t at, int64_t index) {
  const float value = of.upstream[at];
  if (!rectifies) return value;
  const float result = stores ? of.output[at] : of.input[at] * of.scale[index] + of.shift[index];
  return result > 0.0f ? value : 0.0f;
}

template <bool rectifies, bool stores>
inline __attribute__((always_inline)) void reduce_turns(const Gradients &of, int64_t first, int64_t begin, int64_t end, int64_t count,
                                                        float *sums, float *products) {
  float sum[width] = {}, product[width] = {};
  for (int64_t turn = begin; turn < end; ++turn) {
    const int64_t at = turn * of.period + first;
    for (int64_t index = 0; index < count; ++index) {
      const float value = masked_at<rectifies, stores>(of, at + index, first + index);
      if (stores) of.masked[at + index] = value;
      sum[index] += value;
      product[index] += value * (of.input[at + index] - of.mean[first + index]);
    }
  }
  std::memcpy(sums, sum, sizeof(float) * static_cast<size_t>(count));
  std::memcpy(products, product, sizeof(float) * static_cast<size_t>(count));
}

CT_FAST void reduce(const Gradients &of, int64_t first, int64_t begin, int64_t end, int64_t count, float *sums, float *products) {
  const bool stores = of.masked != nullptr;
  if (count == width) {
    if (!of.rectifies) return reduce_turns<false, false>(of, first, begin, end, width, sums, products);
    stores ? reduce_turns<true, true>(of, first, begin, end, width, sums, products)
           : reduce_turns<true, false>(of, first, begin, end, width, sums, products);
    return;
  }
  if (!of.rectifies) return reduce_turns<false, false>(of, first, begin, end, count, sums, products);
  stores ? reduce_turns<true, true>(of, first, begin, end, count, sums, products)
         : reduce_turns<true, false>(of, first, begin, end, count, sums, products);
}

/// `gx = g * a + (x - mean) * b + c` with one set of numbers per channel.
struct InputGradient {
  const float *byGradient, *byInput, *constant;
  float *result;
};

template <bool rectifies, bool stored>
inline __attribute__((always_inline)) void differentiate_turn(const Gradients &of, const InputGradient &to, int64_t at, int64_t count) {
  for (int64_t index = 0; index < count; ++index) {
    const float value = stored ? of.masked[at + index] : masked_at<rectifies, false>(of, at + index, index);
    to.result[at + index] =
        value * to.byGradient[index] + (of.input[at + index] - of.mean[index]) * to.byInput[index] + to.constant[index];
  }
}

template <bool rectifies, bool stored>
inline __attribute__((always_inline)) void differentiate_turns(const Gradients &of, const InputGradient &to, int64_t begin, int64_t end) {
  for (int64_t turn = begin; turn < end; ++turn) {
    if (of.period == width) differentiate_turn<rectifies, stored>(of, to, turn * width, width);
    else differentiate_turn<rectifies, stored>(of, to, turn * of.period, of.period);
  }
}

/// The same where the gradient stands in the place of the result.
CT_FAST void differentiate_in_place(const Gradients &of, const InputGradient &to, int64_t begin, int64_t end) {
  for (int64_t turn = begin; turn < end; ++turn) {
    const int64_t at = turn * of.period;
    for (int64_t index = 0; index < of.period; ++index) {
      to.result[at + index] =
          to.result[at + index] * to.byGradient[index] + (of.input[at + index] - of.mean[index]) * to.byInput[index] + to.constant[index];
    }
  }
}

CT_FAST void differentiate(const Gradients &of, const InputGradient &to, int64_t begin, int64_t end) {
  if (of.masked != nullptr) return differentiate_turns<true, true>(of, to, begin, end);
  of.rectifies ? differentiate_turns<true, false>(of, to, begin, end) : differentiate_turns<false, false>(of, to, begin, end);
}

/// Sums two values a channel over all turns: in single precision over blocks, in double precision over blocks and threads. The order
/// depends on the number of threads alone.
template <typename Block>
void sum_channels(const Walk &walk, const Block &add_block, std::vector<double> &sums, std::vector<double> &others) {
  const int64_t least = walk.least(), parts = walk.parts();
  std::vector<double> partial(static_cast<size_t>(2 * parts * walk.channels), 0.0);
  ct::parallel_parts(walk.turns, least, [&](int64_t part, int64_t begin, int64_t end) {
    std::vector<float> first(static_cast<size_t>(walk.period)), second(static_cast<size_t>(walk.period));
    double *own = partial.data() + 2 * part * walk.channels;
    for (int64_t from = begin; from < end; from += block) {
      const int64_t to = std::min(from + block, end);
      for (int64_t column = 0; column < walk.period; column += width) {
        const int64_t count = std::min(width, walk.period - column);
        add_block(part, column, from, to, count, first.data() + column, second.data() + column);
      }
      for (int64_t index = 0; index < walk.period; ++index) {
        own[index % walk.channels] += first[index];
        own[walk.channels + index % walk.channels] += second[index];
      }
    }
  });
  sums.assign(static_cast<size_t>(walk.channels), 0.0);
  others.assign(static_cast<size_t>(walk.channels), 0.0);
  for (int64_t part = 0; part < parts; ++part) {
    for (int64_t channel = 0; channel < walk.channels; ++channel) {
      sums[channel] += partial[2 * part * walk.channels + channel];
      others[channel] += partial[(2 * part + 1) * walk.channels + channel];
    }
  }
}

at::Tensor tensor(CTTensor handle) { return ct::unwrap(handle); }

/// Images of float32 in channels-last order, as all tensors of one call must be.
bool is_suitable(const at::Tensor &value) {
  return value.device().is_cpu() && value.scalar_type() == at::kFloat && value.dim() == 4 && value.numel() > 0 &&
         value.is_contiguous(at::MemoryFormat::ChannelsLast);
}

// Without the element type: its template has another symbol under Swift's compiler than in the engine.
float *floats(const at::Tensor &value) { return static_cast<float *>(value.mutable_data_ptr()); }
const float *numbers(const at::Tensor &value) { return static_cast<const float *>(value.const_data_ptr()); }

/// Normalises, adds, then rectifies or applies the unit of a curve.
void normalize(CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias, CTTensor running_mean, CTTensor running_variance,
               bool is_training, double momentum, double epsilon, bool rectifies, const ct::Curve *curve, CTTensor *results) {
  const at::Tensor images = tensor(input);
  const int64_t channels = images.size(1), rows = images.numel() / channels;
  const Walk walk(channels, rows);
  const float *values = numbers(images);
  const at::Tensor mean = at::empty({channels}, images.options()), inverse = at::empty({channels}, images.options());
  float *means = floats(mean), *inverses = floats(inverse), *moving = floats(tensor(running_mean)),
        *spread = floats(tensor(running_variance));
  if (is_training) {
    TORCH_CHECK(rows > 1, "batch normalisation needs more than one value per channel when training, got input size ", images.sizes());
    // The first row is near the mean, so that squares lose no digits where the mean is large.
    const std::vector<float> base = walk.repeated(values);
    std::vector<double> sums, squares;
    sum_channels(
        walk,
        [&](int64_t, int64_t column, int64_t from, int64_t to, int64_t count, float *first, float *second) {
          add_sums(values + from * walk.period + column, base.data() + column, walk.period, to - from, count, first, second);
        },
        sums, squares);
    for (int64_t at = walk.tail(); at < walk.total(); ++at) {
      const double value = static_cast<double>(values[at]) - base[at % channels];
      sums[at % channels] += value;
      squares[at % channels] += value * value;
    }
    for (int64_t channel = 0; channel < channels; ++channel) {
      const double offset = sums[channel] / static_cast<double>(rows);
      const double variance = std::max(0.0, squares[channel] / static_cast<double>(rows) - offset * offset);
      means[channel] = static_cast<float>(base[channel] + offset);
      inverses[channel] = static_cast<float>(1.0 / std::sqrt(variance + epsilon));
      const double unbiased = variance * static_cast<double>(rows) / static_cast<double>(rows - 1);
      moving[channel] = static_cast<float>((1.0 - momentum) * moving[channel] + momentum * means[channel]);
      spread[channel] = static_cast<float>((1.0 - momentum) * spread[channel] + momentum * unbiased);
    }
  } else {
    for (int64_t channel = 0; channel < channels; ++channel) {
      means[channel] = moving[channel];
      inverses[channel] = static_cast<float>(1.0 / std::sqrt(static_cast<double>(spread[channel]) + epsilon));
    }
  }
  std::vector<float> scale(static_cast<size_t>(channels)), shift(static_cast<size_t>(channels));
  const float *gains = numbers(tensor(weight)), *offsets = numbers(tensor(bias));
  for (int64_t channel = 0; channel < channels; ++channel) {
    scale[channel] = inverses[channel] * gains[channel];
    shift[channel] = offsets[channel] - means[channel] * scale[channel];
  }
  const at::Tensor output = at::empty_like(images);
  const std::vector<float> scales = walk.repeated(scale.data()), shifts = walk.repeated(shift.data());
  const float *residual = residual_or_null != nullptr ? numbers(tensor(residual_or_null)) : nullptr;
  const Applied applied{values, residual, scales.data(), shifts.data(), floats(output), walk.period};
  ct::parallel_parts(walk.turns, grain / walk.period + 1, [&](int64_t, int64_t begin, int64_t end) {
    curve != nullptr ? apply_unit(applied, *curve, begin, end) : apply(applied, rectifies, begin, end);
  });
  const std::vector<float> last = last_sums(walk, applied);
  float *place = applied.output + walk.tail();
  if (curve != nullptr) ct::curve_values(*curve, true, last.data(), place, static_cast<int64_t>(last.size()));
  else std::transform(last.begin(), last.end(), place, [&](float value) { return rectifies && !(value > 0.0f) ? 0.0f : value; });
  results[0] = ct::wrap(output);
  results[1] = ct::wrap(mean);
  results[2] = ct::wrap(inverse);
}

/// The gradients of all that; those of a curve's parameters are added to `unit`.
void differentiate_all(CTTensor upstream, CTTensor input, CTTensor weight, CTTensor bias, CTTensor output_or_null, CTTensor mean,
                       CTTensor inverse, bool rectifies, bool has_residual, UnitGradient *unit, CTTensor *results) {
  const at::Tensor images = tensor(input);
  const at::Tensor gradient = tensor(upstream).contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t channels = images.size(1), rows = images.numel() / channels;
  const Walk walk(channels, rows);
  const float *means = numbers(tensor(mean)), *inverses = numbers(tensor(inverse));
  const float *gains = numbers(tensor(weight)), *offsets = numbers(tensor(bias));
  std::vector<float> scale(static_cast<size_t>(channels)), shift(static_cast<size_t>(channels));
  for (int64_t channel = 0; channel < channels; ++channel) {
    scale[channel] = inverses[channel] * gains[channel];
    shift[channel] = offsets[channel] - means[channel] * scale[channel];
  }
  const bool stores = rectifies && has_residual;
  const at::Tensor masked = stores || unit != nullptr ? at::empty_like(images) : at::Tensor();
  const std::vector<float> repeated_means = walk.repeated(means), scales = walk.repeated(scale.data()),
                           shifts = walk.repeated(shift.data());
  // Behind the unit's own backward, which goes before it block by block, there is nothing that rectifies.
  const Gradients of{numbers(unit != nullptr ? masked : gradient), numbers(images),
                     output_or_null != nullptr ? numbers(tensor(output_or_null)) : nullptr, repeated_means.data(), scales.data(),
                     shifts.data(), stores ? floats(masked) : nullptr, walk.period, rectifies};
  const Applied before{of.input, unit != nullptr ? unit->residual : nullptr, scales.data(), shifts.data(),
                       unit != nullptr ? floats(masked) : nullptr, walk.period};
  std::vector<ct::CurveSums> unit_sums(static_cast<size_t>(walk.parts()));
  std::vector<double> sums, products;
  sum_channels(
      walk,
      [&](int64_t part, int64_t column, int64_t from, int64_t to, int64_t count, float *first, float *second) {
        if (unit != nullptr && column == 0) unit_sums[part] += differentiate_unit(before, *unit, numbers(gradient), from, to);
        reduce(of, column, from, to, count, first, second);
      },
      sums, products);
  if (unit != nullptr) {
    const std::vector<float> last = last_sums(walk, before);
    for (const ct::CurveSums &part : unit_sums) unit->sums += part;
    unit->sums += ct::curve_slopes(unit->curve, unit->form, last.data(), numbers(gradient) + walk.tail(), before.output + walk.tail(),
                                   static_cast<int64_t>(last.size()));
  }
  // The last values, which fill no whole turn.
  const auto last = [&](int64_t at) {
    const int64_t channel = at % channels;
    const float result = stores ? of.output[at] : of.input[at] * scale[channel] + shift[channel];
    return rectifies && !(result > 0.0f) ? 0.0f : of.upstream[at];
  };
  for (int64_t at = walk.tail(); at < walk.total(); ++at) {
    const float value = last(at);
    if (stores) of.masked[at] = value;
    sums[at % channels] += value;
    products[at % channels] += static_cast<double>(value) * (of.input[at] - means[at % channels]);
  }
  const bool in_place = unit != nullptr && !has_residual;
  const at::Tensor result = in_place ? masked : at::empty_like(images), weight_gradient = at::empty({channels}, images.options()),
                   bias_gradient = at::empty({channels}, images.options());
  std::vector<float> by_gradient(static_cast<size_t>(channels)), by_input(static_cast<size_t>(channels)),
      constant(static_cast<size_t>(channels));
  for (int64_t channel = 0; channel < channels; ++channel) {
    const double deviation = inverses[channel], count = static_cast<double>(rows);
    const double slope = products[channel] * deviation * deviation / count;
    by_gradient[channel] = scale[channel];
    by_input[channel] = static_cast<float>(-scale[channel] * slope);
    constant[channel] = static_cast<float>(-scale[channel] * sums[channel] / count);
    floats(weight_gradient)[channel] = static_cast<float>(products[channel] * deviation);
    floats(bias_gradient)[channel] = static_cast<float>(sums[channel]);
  }
  const std::vector<float> gradients = walk.repeated(by_gradient.data()), inputs = walk.repeated(by_input.data()),
                           constants = walk.repeated(constant.data());
  const InputGradient to{gradients.data(), inputs.data(), constants.data(), floats(result)};
  ct::parallel_parts(walk.turns, grain / walk.period + 1, [&](int64_t, int64_t begin, int64_t end) {
    in_place ? differentiate_in_place(of, to, begin, end) : differentiate(of, to, begin, end);
  });
  for (int64_t at = walk.tail(); at < walk.total(); ++at) {
    const int64_t channel = at % channels;
    to.result[at] = last(at) * by_gradient[channel] + (of.input[at] - means[channel]) * by_input[channel] + constant[channel];
  }
  results[0] = ct::wrap(result);
  results[1] = ct::wrap(weight_gradient);
  results[2] = ct::wrap(bias_gradient);
  results[3] = !has_residual ? nullptr : ct::wrap(masked.defined() ? masked : gradient);
}

}  // namespace

extern "C" {

bool ct_batch_normalization_fits(CTTensor input, CTTensor residual_or_null, bool is_training) {
  return ct::guard(
      [&] {
        const at::Tensor images = tensor(input);
        if (!is_suitable(images)) return false;
        // One value a channel has no variance; the engine does then what it does.
        if (is_training && images.numel() / images.size(1) < 2) return false;
        return residual_or_null == nullptr ||
               (is_suitable(tensor(residual_or_null)) && tensor(residual_or_null).sizes() == images.sizes());
      },
      false);
}

int ct_batch_normalization_forward(CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias, CTTensor running_mean,
                                   CTTensor running_variance, bool is_training, double momentum, double epsilon, bool rectifies,
                                   CTTensor *results) {
  return ct::guard_status([&] {
    normalize(input, residual_or_null, weight, bias, running_mean, running_variance, is_training, momentum, epsilon, rectifies, nullptr,
              results);
  });
}

int ct_batch_normalization_backward(CTTensor upstream, CTTensor input, CTTensor weight, CTTensor bias, CTTensor output_or_null, CTTensor mean,
                                    CTTensor inverse, bool rectifies, bool has_residual, CTTensor *results) {
  return ct::guard_status([&] {
    differentiate_all(upstream, input, weight, bias, output_or_null, mean, inverse, rectifies, has_residual, nullptr, results);
  });
}

int ct_batch_normalization_unit_forward(CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias, CTTensor running_mean,
                                        CTTensor running_variance, bool is_training, double momentum, double epsilon, double lambda,
                                        double kappa, CTTensor *results) {
  return ct::guard_status([&] {
    const ct::Curve curve(lambda, kappa);
    normalize(input, residual_or_null, weight, bias, running_mean, running_variance, is_training, momentum, epsilon, false, &curve, results);
  });
}

int ct_batch_normalization_unit_backward(CTTensor upstream, CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias,
                                         CTTensor mean, CTTensor inverse, double lambda, double kappa, int form, double *lambda_gradient,
                                         double *kappa_gradient, CTTensor *results) {
  return ct::guard_status([&] {
    const bool has_residual = residual_or_null != nullptr;
    UnitGradient unit{ct::Curve(lambda, kappa), form, has_residual ? numbers(tensor(residual_or_null)) : nullptr, {}};
    differentiate_all(upstream, input, weight, bias, nullptr, mean, inverse, false, has_residual, &unit, results);
    *lambda_gradient = unit.sums.lambda;
    *kappa_gradient = unit.sums.kappa;
  });
}

}  // extern "C"
