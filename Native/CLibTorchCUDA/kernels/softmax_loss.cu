#include "reduction.cuh"

// One block per row of logits; blockDim.x is a multiple of 32. The logit of class j in a row with label y is
// z[j] * scale + offset[j] - (j == y ? margin[y] : 0), where offset and margin may be missing.

/// Everything about a row's logits that is the same for all rows.
struct ScoreRule {
  const float *offset;
  const float *margin;
  float scale;
  int classes;
};

/// The logit of a class, less the largest scaled logit of the row: offsets are added to small numbers, where they count.
template <typename Element>
__device__ inline float score(const ScoreRule &rule, const Element *logits, int index, int label, float largest) {
  float value = widened(logits[index]) * rule.scale - largest;
  if (rule.offset) value += rule.offset[index];
  if (rule.margin && index == label) value -= rule.margin[index];
  return value;
}

/// A label that no class has: -100 is left out, as the engine does; any other makes the loss not a number.
__device__ inline bool is_class(long long label, int classes) { return label >= 0 && label < classes; }
__device__ inline float without_class(long long label) { return label == -100 ? 0.0f : __uint_as_float(0x7fc00000u); }

/// The loss of each row, and `saved` (`[2, batch]`: the largest scaled logit, and the logarithm of the sum of exponentials of
/// scores less that).
template <typename Element>
__device__ inline void losses(
    float *rows, float *saved, const Element *logits, const long long *labels, const ScoreRule &rule,
    const float *weights, float smoothing) {
  const long long row = blockIdx.x;
  const Element *mine = logits + row * rule.classes;
  const int threads = blockDim.x;
  float largest = Largest::start;
  for (int j = threadIdx.x; j < rule.classes; j += threads) {
    largest = Largest::of(largest, widened(mine[j]) * rule.scale);
  }
  largest = over_block<Largest>(largest);
  const long long label = labels[row];
  const int known = is_class(label, rule.classes) ? static_cast<int>(label) : -1;
  // Offsets and margins can leave the largest score anywhere.
  float highest = Largest::start;
  for (int j = threadIdx.x; j < rule.classes; j += threads) {
    highest = Largest::of(highest, score(rule, mine, j, known, largest));
  }
  highest = over_block<Largest>(highest);
  float exponentials = 0, scores = 0;
  for (int j = threadIdx.x; j < rule.classes; j += threads) {
    const float value = score(rule, mine, j, known, largest);
    exponentials += expf(value - highest);
    scores += value;
  }
  exponentials = over_block<Sum>(exponentials);
  if (smoothing > 0) scores = over_block<Sum>(scores);
  if (threadIdx.x != 0) return;
  const float logarithm = highest + logf(exponentials);
  saved[row] = largest;
  saved[gridDim.x + row] = logarithm;
  if (known < 0) {
    rows[row] = without_class(label);
    return;
  }
  float loss = logarithm - score(rule, mine, known, known, largest);
  if (smoothing > 0) loss = (1 - smoothing) * loss + smoothing * (logarithm - scores / rule.classes);
  rows[row] = weights ? loss * weights[known] : loss;
}

/// The gradient of the logits. `gradientStride` 0 means that all rows share one gradient.
template <typename Element>
__device__ inline void loss_gradients(
    Element *logitGradient, const float *rowGradient, int gradientStride, const float *saved, const Element *logits,
    const long long *labels, const ScoreRule &rule, const float *weights, float smoothing) {
  const long long row = blockIdx.x;
  const Element *mine = logits + row * rule.classes;
  Element *target = logitGradient + row * rule.classes;
  const float largest = saved[row], logarithm = saved[gridDim.x + row];
  const long long label = labels[row];
  const int known = is_class(label, rule.classes) ? static_cast<int>(label) : -1;
  float factor = rowGradient[row * gradientStride] * rule.scale;
  if (known < 0) factor = without_class(label);
  else if (weights) factor *= weights[known];
  for (int j = threadIdx.x; j < rule.classes; j += blockDim.x) {
    float difference = expf(score(rule, mine, j, known, largest) - logarithm) - smoothing / rule.classes;
    if (j == known) difference -= 1 - smoothing;
    // A row that is left out counts nothing, whatever its scores are.
    narrow(factor == 0 ? 0 : difference * factor, target[j]);
  }
}

#define SOFTMAX_LOSS(Element)                                                                                         \
  extern "C" __global__ void softmax_loss_##Element(                                                                  \
      float *rows, float *saved, const Element *logits, const long long *labels, const float *offset,                 \
      const float *margin, const float *weights, float scale, float smoothing, int classes) {                         \
    losses(rows, saved, logits, labels, {offset, margin, scale, classes}, weights, smoothing);                        \
  }                                                                                                                   \
  extern "C" __global__ void softmax_loss_gradient_##Element(                                                         \
      Element *logitGradient, const float *rowGradient, int gradientStride, const float *saved,                       \
      const Element *logits, const long long *labels, const float *offset, const float *margin, const float *weights, \
      float scale, float smoothing, int classes) {                                                                    \
    loss_gradients(                                                                                                   \
        logitGradient, rowGradient, gradientStride, saved, logits, labels, {offset, margin, scale, classes}, weights, \
        smoothing);                                                                                                   \
  }
SOFTMAX_LOSS(float32)
SOFTMAX_LOSS(bfloat16)
