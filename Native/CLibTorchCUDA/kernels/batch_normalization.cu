#include "common.cuh"

// Images are rows of pixels with their channels side by side. A block covers a tile of blockDim.x vectors of channels
// (tiles along gridDim.x) and a part of the rows (parts along gridDim.y), blockDim.y rows at a time.
//
// A reduction over all rows takes two launches and no atomic addition, so that it repeats bit for bit: the first writes
// one partial result a part, and each block of the second merges the partial results of its tile, all in the same order.

/// The rows of a part.
struct RowRange {
  long long start, end;
};

__device__ inline RowRange rows_of_part(unsigned part, unsigned parts, long long rows) {
  return {rows * part / parts, rows * (part + 1) / parts};
}

/// The mean and the squared distances from it, summed, of a number of rows; for a vector of channels.
template <int count>
struct Moments {
  static constexpr int size = 2 * count;
  float number = 0;
  float values[size] = {};  // means, then squares

  __device__ void add(const float (&row)[count]) {
    number += 1;
    const float share = 1 / number;
#pragma unroll
    for (int i = 0; i < count; ++i) {
      const float distance = row[i] - values[i];
      values[i] += distance * share;
      values[count + i] += distance * (row[i] - values[i]);
    }
  }

  /// Takes in the rows of another one. Source: Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979.
  __device__ void merge(const Moments &other) {
    if (other.number == 0) return;
    const float total = number + other.number;
    const float share = other.number / total;
#pragma unroll
    for (int i = 0; i < count; ++i) {
      const float distance = other.values[i] - values[i];
      values[i] += distance * share;
      values[count + i] += other.values[count + i] + distance * distance * number * share;
    }
    number = total;
  }
};

/// Sums of gradients, and of gradients times the distance of the input from its mean; for a vector of channels.
template <int count>
struct GradientSums {
  static constexpr int size = 2 * count;
  float number = 0;
  float values[size] = {};

  __device__ void merge(const GradientSums &other) {
#pragma unroll
    for (int i = 0; i < size; ++i) values[i] += other.values[i];
  }
};

/// Merges the results of the block's threads that share channels; the threads of row 0 have the result.
/// The block's memory holds `size + 1` floats a thread.
template <typename Result>
__device__ inline void reduce_over_rows(Result &result) {
  BLOCK_MEMORY(memory);
  const unsigned threads = blockDim.x * blockDim.y;
  unsigned half = 1;
  while (half < blockDim.y) half *= 2;
  for (half /= 2; half > 0; half /= 2) {
    if (threadIdx.y >= half && threadIdx.y < 2 * half) {
      float *mine = memory + threadIdx.y * blockDim.x + threadIdx.x;
      mine[0] = result.number;
#pragma unroll
      for (int i = 0; i < Result::size; ++i) mine[(i + 1) * threads] = result.values[i];
    }
    __syncthreads();
    if (threadIdx.y < half && threadIdx.y + half < blockDim.y) {
      const float *others = memory + (threadIdx.y + half) * blockDim.x + threadIdx.x;
      Result other;
      other.number = others[0];
#pragma unroll
      for (int i = 0; i < Result::size; ++i) other.values[i] = others[(i + 1) * threads];
      result.merge(other);
    }
    __syncthreads();
  }
}

/// Gives the result of row 0 to the threads that share its channels.
template <typename Result>
__device__ inline void broadcast_over_rows(Result &result) {
  BLOCK_MEMORY(memory);
  if (threadIdx.y == 0) {
#pragma unroll
    for (int i = 0; i < Result::size; ++i) memory[i * blockDim.x + threadIdx.x] = result.values[i];
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < Result::size; ++i) result.values[i] = memory[i * blockDim.x + threadIdx.x];
}

/// Partial results lie as `[parts, 2, channels]`.
template <typename Result, int count>
__device__ inline void write_partial(float *partials, const Result &result, int channel, int channels) {
  float *mine = partials + static_cast<long long>(blockIdx.y) * 2 * channels + channel;
#pragma unroll
  for (int i = 0; i < count; ++i) {
    mine[i] = result.values[i];
    mine[channels + i] = result.values[count + i];
  }
}

/// Merges the partial results of a launch with `parts` parts for the block's channels, and gives them to all its threads.
template <typename Result, int count>
__device__ inline Result merged_partials(const float *partials, unsigned parts, long long rows, int channel, int channels) {
  Result result;
  if (channel < channels) {
    for (unsigned part = threadIdx.y; part < parts; part += blockDim.y) {
      const float *theirs = partials + static_cast<long long>(part) * 2 * channels + channel;
      const RowRange range = rows_of_part(part, parts, rows);
      Result other;
      other.number = static_cast<float>(range.end - range.start);
#pragma unroll
      for (int i = 0; i < count; ++i) {
        other.values[i] = theirs[i];
        other.values[count + i] = theirs[channels + i];
      }
      result.merge(other);
    }
  }
  reduce_over_rows(result);
  broadcast_over_rows(result);
  return result;
}

/// What one thread needs to know of its channels to normalise them.
template <int count>
struct Normalization {
  float mean[count], factor[count], shift[count];
};

template <typename Element, int count>
__device__ inline void normalize_rows(
    Element *__restrict__ output, const Element *__restrict__ input, const Element *__restrict__ residual,
    const Normalization<count> &normalization, RowRange range, int channel, int channels, int rectifies) {
  for (long long row = range.start + threadIdx.y; row < range.end; row += blockDim.y) {
    const long long place = row * channels + channel;
    float values[count], added[count] = {};
    load(input + place, values);
    if (residual) load(residual + place, added);
#pragma unroll
    for (int i = 0; i < count; ++i) {
      float value = (values[i] - normalization.mean[i]) * normalization.factor[i] + normalization.shift[i] + added[i];
      // Not a number stays what it is.
      if (rectifies && value < 0) value = 0;
      values[i] = value;
    }
    store(output + place, values);
  }
}

/// First launch of the forward pass: means and squared distances of each part.
template <typename Element, int count>
__device__ inline void statistics(float *partials, const Element *input, long long rows, int channels) {
  const int channel = (blockIdx.x * blockDim.x + threadIdx.x) * count;
  const RowRange range = rows_of_part(blockIdx.y, gridDim.y, rows);
  Moments<count> moments;
  if (channel < channels) {
#pragma unroll 4
    for (long long row = range.start + threadIdx.y; row < range.end; row += blockDim.y) {
      float values[count];
      load(input + row * channels + channel, values);
      moments.add(values);
    }
  }
  reduce_over_rows(moments);
  if (threadIdx.y == 0 && channel < channels) write_partial<Moments<count>, count>(partials, moments, channel, channels);
}

/// Second launch of the forward pass: merges the statistics, normalises, adds, rectifies. The first part of the rows also
/// writes `saved` (`[2, channels]`: mean, inverse standard deviation) and moves the running values.
template <typename Element, int count>
__device__ inline void normalize_by_batch(
    Element *output, float *saved, const Element *input, const Element *residual, const float *partials, unsigned parts,
    const float *weight, const float *bias, float *runningMean, float *runningVariance, long long rows, int channels,
    float momentum, float kept, float epsilon, int rectifies) {
  const int channel = (blockIdx.x * blockDim.x + threadIdx.x) * count;
  const Moments<count> moments = merged_partials<Moments<count>, count>(partials, parts, rows, channel, channels);
  if (channel >= channels) return;
  const float number = static_cast<float>(rows);
  Normalization<count> normalization;
#pragma unroll
  for (int i = 0; i < count; ++i) {
    const float mean = moments.values[i], squares = moments.values[count + i];
    const float inverse = 1 / sqrtf(squares / number + epsilon);
    normalization.mean[i] = mean;
    normalization.factor[i] = weight ? inverse * weight[channel + i] : inverse;
    normalization.shift[i] = bias ? bias[channel + i] : 0;
    if (blockIdx.y == 0 && threadIdx.y == 0) {
      saved[channel + i] = mean;
      saved[channels + channel + i] = inverse;
      if (runningMean) runningMean[channel + i] = momentum * mean + kept * runningMean[channel + i];
      if (runningVariance) {
        runningVariance[channel + i] = momentum * (squares / (number - 1)) + kept * runningVariance[channel + i];
      }
    }
  }
  const RowRange range = rows_of_part(blockIdx.y, gridDim.y, rows);
  normalize_rows<Element, count>(output, input, residual, normalization, range, channel, channels, rectifies);
}

/// Evaluation: normalises by the running values, adds, rectifies.
template <typename Element, int count>
__device__ inline void normalize_by_running_values(
    Element *output, const Element *input, const Element *residual, const float *weight, const float *bias,
    const float *runningMean, const float *runningVariance, long long rows, int channels, float epsilon, int rectifies) {
  const int channel = (blockIdx.x * blockDim.x + threadIdx.x) * count;
  if (channel >= channels) return;
  Normalization<count> normalization;
#pragma unroll
  for (int i = 0; i < count; ++i) {
    const float inverse = 1 / sqrtf(runningVariance[channel + i] + epsilon);
    normalization.mean[i] = runningMean[channel + i];
    normalization.factor[i] = weight ? inverse * weight[channel + i] : inverse;
    normalization.shift[i] = bias ? bias[channel + i] : 0;
  }
  const RowRange range = rows_of_part(blockIdx.y, gridDim.y, rows);
  normalize_rows<Element, count>(output, input, residual, normalization, range, channel, channels, rectifies);
}

/// The gradient before the rectification: none where the output is 0 or below. `output` is null without rectification.
template <typename Element, int count>
__device__ inline void load_gradient(
    float (&gradient)[count], const Element *outputGradient, const Element *output, long long place) {
  load(outputGradient + place, gradient);
  if (output == nullptr) return;
  float values[count];
  load(output + place, values);
#pragma unroll
  for (int i = 0; i < count; ++i) {
    if (values[i] <= 0) gradient[i] = 0;
  }
}

/// First launch of the backward pass: sums of each part.
template <typename Element, int count>
__device__ inline void gradient_sums(
    float *partials, const Element *outputGradient, const Element *output, const Element *input, const float *saved,
    long long rows, int channels) {
  const int channel = (blockIdx.x * blockDim.x + threadIdx.x) * count;
  const RowRange range = rows_of_part(blockIdx.y, gridDim.y, rows);
  GradientSums<count> sums;
  if (channel < channels) {
    float mean[count];
#pragma unroll
    for (int i = 0; i < count; ++i) mean[i] = saved[channel + i];
#pragma unroll 4
    for (long long row = range.start + threadIdx.y; row < range.end; row += blockDim.y) {
      const long long place = row * channels + channel;
      float gradient[count], values[count];
      load_gradient<Element, count>(gradient, outputGradient, output, place);
      load(input + place, values);
#pragma unroll
      for (int i = 0; i < count; ++i) {
        sums.values[i] += gradient[i];
        sums.values[count + i] += gradient[i] * (values[i] - mean[i]);
      }
    }
  }
  reduce_over_rows(sums);
  if (threadIdx.y == 0 && channel < channels) write_partial<GradientSums<count>, count>(partials, sums, channel, channels);
}

/// Second launch of the backward pass: merges the sums and writes all gradients. `residualGradient`, `weightGradient` and
/// `biasGradient` may be null.
template <typename Element, int count>
__device__ inline void input_gradients(
    Element *__restrict__ inputGradient, Element *__restrict__ residualGradient, float *weightGradient,
    float *biasGradient, const Element *__restrict__ outputGradient, const Element *__restrict__ output,
    const Element *__restrict__ input, const float *saved, const float *weight, const float *partials, unsigned parts,
    long long rows, int channels) {
  const int channel = (blockIdx.x * blockDim.x + threadIdx.x) * count;
  const GradientSums<count> sums =
      merged_partials<GradientSums<count>, count>(partials, parts, rows, channel, channels);
  if (channel >= channels) return;
  float mean[count], factor[count], meanGradient[count], slope[count];
#pragma unroll
  for (int i = 0; i < count; ++i) {
    const float inverse = saved[channels + channel + i];
    const float number = static_cast<float>(rows);
    mean[i] = saved[channel + i];
    factor[i] = weight ? inverse * weight[channel + i] : inverse;
    meanGradient[i] = sums.values[i] / number;
    slope[i] = sums.values[count + i] / number * inverse * inverse;
    if (blockIdx.y == 0 && threadIdx.y == 0) {
      if (biasGradient) biasGradient[channel + i] = sums.values[i];
      if (weightGradient) weightGradient[channel + i] = sums.values[count + i] * inverse;
    }
  }
  const RowRange range = rows_of_part(blockIdx.y, gridDim.y, rows);
  for (long long row = range.start + threadIdx.y; row < range.end; row += blockDim.y) {
    const long long place = row * channels + channel;
    float gradient[count], values[count];
    load_gradient<Element, count>(gradient, outputGradient, output, place);
    load(input + place, values);
    if (residualGradient) store(residualGradient + place, gradient);
#pragma unroll
    for (int i = 0; i < count; ++i) {
      values[i] = (gradient[i] - meanGradient[i] - (values[i] - mean[i]) * slope[i]) * factor[i];
    }
    store(inputGradient + place, values);
  }
}

// One set of kernels for each element type and number of channels that a thread takes at once.
#define BATCH_NORMALIZATION(Element, count)                                                                           \
  extern "C" __global__ void batch_normalization_statistics_##Element##_##count(                                      \
      float *partials, const Element *input, long long rows, int channels) {                                          \
    statistics<Element, count>(partials, input, rows, channels);                                                      \
  }                                                                                                                   \
  extern "C" __global__ void batch_normalization_by_batch_##Element##_##count(                                        \
      Element *output, float *saved, const Element *input, const Element *residual, const float *partials,            \
      unsigned parts, const float *weight, const float *bias, float *runningMean, float *runningVariance,             \
      long long rows, int channels, float momentum, float kept, float epsilon, int rectifies) {                       \
    normalize_by_batch<Element, count>(                                                                               \
        output, saved, input, residual, partials, parts, weight, bias, runningMean, runningVariance, rows, channels,  \
        momentum, kept, epsilon, rectifies);                                                                          \
  }                                                                                                                   \
  extern "C" __global__ void batch_normalization_by_running_values_##Element##_##count(                               \
      Element *output, const Element *input, const Element *residual, const float *weight, const float *bias,         \
      const float *runningMean, const float *runningVariance, long long rows, int channels, float epsilon,            \
      int rectifies) {                                                                                                \
    normalize_by_running_values<Element, count>(                                                                      \
        output, input, residual, weight, bias, runningMean, runningVariance, rows, channels, epsilon, rectifies);     \
  }                                                                                                                   \
  extern "C" __global__ void batch_normalization_gradient_sums_##Element##_##count(                                   \
      float *partials, const Element *outputGradient, const Element *output, const Element *input,                    \
      const float *saved, long long rows, int channels) {                                                             \
    gradient_sums<Element, count>(partials, outputGradient, output, input, saved, rows, channels);                    \
  }                                                                                                                   \
  extern "C" __global__ void batch_normalization_input_gradients_##Element##_##count(                                 \
      Element *inputGradient, Element *residualGradient, float *weightGradient, float *biasGradient,                  \
      const Element *outputGradient, const Element *output, const Element *input, const float *saved,                 \
      const float *weight, const float *partials, unsigned parts, long long rows, int channels) {                     \
    input_gradients<Element, count>(                                                                                  \
        inputGradient, residualGradient, weightGradient, biasGradient, outputGradient, output, input, saved, weight,  \
        partials, parts, rows, channels);                                                                             \
  }

BATCH_NORMALIZATION(float32, 1)
BATCH_NORMALIZATION(float32, 4)
BATCH_NORMALIZATION(bfloat16, 1)
BATCH_NORMALIZATION(bfloat16, 4)
BATCH_NORMALIZATION(bfloat16, 8)
