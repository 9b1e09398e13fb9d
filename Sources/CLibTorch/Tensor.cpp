// Tensor handles: reference counts, construction from bytes, what a tensor is.
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>

#include <cstring>

#include "Guard.h"

extern "C" {

CTTensor ct_tensor_retain(CTTensor handle) {
  if (handle == nullptr) return nullptr;
  return ct::wrap(ct::unwrap(handle));
}

void ct_tensor_release(CTTensor handle) {
  if (handle == nullptr) return;
  ct::count_tensor(-1);
  c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(ct::raw(handle));
}

CTTensor ct_tensor_from_bytes(const void *bytes, int64_t byte_count, int dtype, const int64_t *shape, int dimensions) {
  return ct::guard(
      [&]() -> CTTensor {
        at::Tensor tensor = at::empty(c10::IntArrayRef(shape, dimensions),
                                      c10::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype)));
        TORCH_CHECK(static_cast<int64_t>(tensor.nbytes()) == byte_count, "shape ", tensor.sizes(), " of ", tensor.dtype(),
                    " needs ", tensor.nbytes(), " bytes, but ", byte_count, " came");
        if (byte_count > 0) std::memcpy(tensor.data_ptr(), bytes, byte_count);
        return ct::wrap(std::move(tensor));
      },
      static_cast<CTTensor>(nullptr));
}

void *ct_tensor_data(CTTensor handle) {
  return ct::guard([&] { return ct::unwrap(handle).data_ptr(); }, static_cast<void *>(nullptr));
}

int ct_tensor_dimensions(CTTensor handle) {
  return ct::guard([&] { return static_cast<int>(ct::raw(handle)->dim()); }, -1);
}

int ct_tensor_shape(CTTensor handle, int64_t *shape, int capacity) {
  return ct::guard(
      [&] {
        auto sizes = ct::raw(handle)->sizes();
        TORCH_CHECK(static_cast<int>(sizes.size()) <= capacity, "a tensor of ", sizes.size(), " dimensions");
        for (size_t i = 0; i < sizes.size(); ++i) shape[i] = sizes[i];
        return static_cast<int>(sizes.size());
      },
      -1);
}

int ct_tensor_strides(CTTensor handle, int64_t *strides, int capacity) {
  return ct::guard(
      [&] {
        auto values = ct::raw(handle)->strides();
        TORCH_CHECK(static_cast<int>(values.size()) <= capacity, "a tensor of ", values.size(), " dimensions");
        for (size_t i = 0; i < values.size(); ++i) strides[i] = values[i];
        return static_cast<int>(values.size());
      },
      -1);
}

int64_t ct_tensor_element_count(CTTensor handle) {
  return ct::guard([&] { return ct::raw(handle)->numel(); }, static_cast<int64_t>(-1));
}

int ct_tensor_dtype(CTTensor handle) {
  return ct::guard([&] { return static_cast<int>(c10::typeMetaToScalarType(ct::raw(handle)->dtype())); }, -1);
}

uint64_t ct_tensor_device(CTTensor handle) {
  return ct::guard([&] { return ct::device_bits(ct::raw(handle)->device()); }, static_cast<uint64_t>(0));
}

bool ct_tensor_is_contiguous(CTTensor handle, int memory_format) {
  return ct::guard([&] { return ct::unwrap(handle).is_contiguous(static_cast<c10::MemoryFormat>(memory_format)); }, false);
}

int ct_tensor_equal(CTTensor left, CTTensor right) {
  return ct::guard(
      [&] {
        auto a = ct::unwrap(left), b = ct::unwrap(right);
        if (a.sizes() != b.sizes() || a.dtype() != b.dtype()) return 0;
        return at::equal(a, b) ? 1 : 0;
      },
      -1);
}

int ct_tensor_set_data(CTTensor handle, CTTensor source) {
  return ct::guard_status([&] { ct::unwrap(handle).set_data(ct::unwrap(source)); });
}

}  // extern "C"
