// The kernels themselves, compiled for the processor.
#include "Kernels.h"

#include <string>
#include <utility>
#include <vector>

#include "DeviceStandIn.h"

// Hints to the device's compiler.
#pragma clang diagnostic ignored "-Wpass-failed"

namespace {
#include "../../Native/CLibTorchCUDA/kernels/adaptive_curve.cu"
#include "../../Native/CLibTorchCUDA/kernels/augmentation.cu"
#include "../../Native/CLibTorchCUDA/kernels/batch_normalization.cu"
#include "../../Native/CLibTorchCUDA/kernels/random.cu"
#include "../../Native/CLibTorchCUDA/kernels/softmax_loss.cu"

template <typename... Arguments, size_t... indices>
void call(void (*function)(Arguments...), void *const *arguments, std::index_sequence<indices...>) {
  function(*static_cast<std::remove_const_t<Arguments> *>(arguments[indices])...);
}

template <typename... Arguments>
emulation::Call wrapped(void (*function)(Arguments...)) {
  return [function](void *const *arguments) { call(function, arguments, std::index_sequence_for<Arguments...>()); };
}

#define KERNEL(name) {#name, wrapped(name)}
#define BATCH_NORMALIZATION_KERNELS(form)                                                                     \
  KERNEL(batch_normalization_statistics_##form), KERNEL(batch_normalization_by_batch_##form),                 \
      KERNEL(batch_normalization_by_running_values_##form), KERNEL(batch_normalization_gradient_sums_##form), \
      KERNEL(batch_normalization_input_gradients_##form)
#define ADAPTIVE_CURVE_KERNELS(form) KERNEL(adaptive_curve_value_##form), KERNEL(adaptive_curve_gradient_##form)

const std::vector<std::pair<std::string, emulation::Call>> &kernels() {
  static const std::vector<std::pair<std::string, emulation::Call>> all = {
      KERNEL(philox_words),
      KERNEL(augment_images_float32),
      KERNEL(augment_images_bfloat16),
      BATCH_NORMALIZATION_KERNELS(float32_1),
      BATCH_NORMALIZATION_KERNELS(float32_4),
      BATCH_NORMALIZATION_KERNELS(bfloat16_1),
      BATCH_NORMALIZATION_KERNELS(bfloat16_4),
      BATCH_NORMALIZATION_KERNELS(bfloat16_8),
      ADAPTIVE_CURVE_KERNELS(float32_1),
      ADAPTIVE_CURVE_KERNELS(float32_4),
      ADAPTIVE_CURVE_KERNELS(bfloat16_1),
      ADAPTIVE_CURVE_KERNELS(bfloat16_8),
      KERNEL(adaptive_curve_sums),
      KERNEL(softmax_loss_float32),
      KERNEL(softmax_loss_bfloat16),
      KERNEL(softmax_loss_gradient_float32),
      KERNEL(softmax_loss_gradient_bfloat16),
  };
  return all;
}

}  // namespace

const emulation::Call *emulation::kernel(const char *name) {
  for (const auto &[known, call] : kernels()) {
    if (known == name) return &call;
  }
  return nullptr;
}

extern "C" int cke_kernel_count(void) { return static_cast<int>(kernels().size()); }
extern "C" const char *cke_kernel_name(int index) { return kernels()[static_cast<size_t>(index)].first.c_str(); }
