// Shared by the C++ files: error slot, exception guard, handle conversion.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>

#include "CLibTorch.h"

namespace ct {

void set_error(std::string text);
void count_tensor(int64_t difference);

/// Runs `body`; any exception becomes this thread's error text and `failure` the result.
template <typename Body, typename Result>
Result guard(Body &&body, Result failure) {
  try {
    return body();
  } catch (const c10::Error &error) {
    set_error(error.what_without_backtrace());
  } catch (const std::exception &error) {
    set_error(error.what());
  } catch (...) {
    set_error("an unknown C++ exception");
  }
  return failure;
}

template <typename Body>
int guard_status(Body &&body) {
  return guard([&] { body(); return 0; }, -1);
}

/// A handle is the TensorImpl itself, with one reference owned by the holder.
inline CTTensor wrap(at::Tensor tensor) {
  // Gradients that are known to be zero come without memory; whoever reads elements needs some.
  if (C10_UNLIKELY(tensor._is_zerotensor())) tensor = tensor.clone();
  count_tensor(1);
  return reinterpret_cast<CTTensor>(tensor.unsafeReleaseTensorImpl());
}

/// A counted reference for use inside one call.
inline at::Tensor unwrap(CTTensor handle) {
  if (handle == nullptr) return at::Tensor();
  auto *impl = reinterpret_cast<c10::TensorImpl *>(handle);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

inline c10::TensorImpl *raw(CTTensor handle) { return reinterpret_cast<c10::TensorImpl *>(handle); }

inline uint64_t device_bits(c10::Device device) {
  return static_cast<uint64_t>(static_cast<uint8_t>(device.type())) |
         (static_cast<uint64_t>(static_cast<int64_t>(device.index()) + 1) << 32);
}

inline c10::Device device_from(uint64_t bits) {
  return c10::Device(static_cast<c10::DeviceType>(bits & 0xffffffffu),
                     static_cast<c10::DeviceIndex>(static_cast<int64_t>(bits >> 32) - 1));
}

}  // namespace ct
