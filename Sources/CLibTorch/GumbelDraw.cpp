// Draws by Gumbel noise for every item, on the processor: the noise is made, used and forgotten in one pass, so that memory grows with
// draws times classes and not with draws times items. The noise is that of GumbelNoise.swift.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "Guard.h"
#include "Parallel.h"

namespace {

/// Philox4x32-10, as in Philox4x32.swift.
inline void philox(uint32_t key0, uint32_t key1, uint32_t counter[4]) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t even = static_cast<uint64_t>(counter[0]) * 0xD2511F53u;
    const uint64_t odd = static_cast<uint64_t>(counter[2]) * 0xCD9E8D57u;
    const uint32_t first = static_cast<uint32_t>(odd >> 32) ^ counter[1] ^ key0;
    const uint32_t third = static_cast<uint32_t>(even >> 32) ^ counter[3] ^ key1;
    counter[1] = static_cast<uint32_t>(odd);
    counter[3] = static_cast<uint32_t>(even);
    counter[0] = first;
    counter[2] = third;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

}  // namespace

extern "C" int ct_gumbel_draw(const float *log_scores, int64_t classes, const int64_t *labels, int64_t items,
                              int64_t draws, uint32_t key0, uint32_t key1, uint64_t step, int64_t *indices,
                              float *shares, float *class_shares) {
  return ct::guard_status([&] {
    TORCH_CHECK(items > 0 && items <= 0xffffffffLL, "a draw needs 1 to 2^32 - 1 items, not ", items);
    float largest = log_scores[0];
    for (int64_t c = 1; c < classes; ++c) largest = std::max(largest, log_scores[c]);
    // exp(score + noise) is the score's exponential over an exponential variate: no exponential an item.
    std::vector<float> masses(classes);
    for (int64_t c = 0; c < classes; ++c) masses[c] = std::exp(log_scores[c] - largest);
    ct::parallel_parts((draws + 3) / 4, 1, [&](int64_t, int64_t begin, int64_t end) {
      std::vector<double> sums(4 * classes);
      for (int64_t group = begin; group < end; ++group) {
        std::fill(sums.begin(), sums.end(), 0.0);
        float best[4] = {-1, -1, -1, -1};
        int64_t chosen[4] = {};
        for (int64_t item = 0; item < items; ++item) {
          uint32_t counter[4] = {static_cast<uint32_t>(group), static_cast<uint32_t>(item), static_cast<uint32_t>(step),
                                 static_cast<uint32_t>(step >> 32)};
          philox(key0, key1, counter);
          const int64_t label = labels[item];
          const float mass = masses[label];
          double *parts = &sums[4 * label];
          for (int lane = 0; lane < 4; ++lane) {
            const float uniform = (static_cast<float>(counter[lane] >> 9) + 0.5f) * 0x1p-23f;
            const float value = mass / -std::log(uniform);
            parts[lane] += value;
            if (value > best[lane]) {
              best[lane] = value;
              chosen[lane] = item;
            }
          }
        }
        for (int lane = 0; lane < 4 && 4 * group + lane < draws; ++lane) {
          const int64_t draw = 4 * group + lane;
          double total = 0;
          for (int64_t c = 0; c < classes; ++c) total += sums[4 * c + lane];
          indices[draw] = chosen[lane];
          shares[draw] = static_cast<float>(best[lane] / total);
          for (int64_t c = 0; c < classes; ++c)
            class_shares[draw * classes + c] = static_cast<float>(sums[4 * c + lane] / total);
        }
      }
    });
  });
}
