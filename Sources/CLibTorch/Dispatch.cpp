// One generic call through the boxed dispatcher: every operator of the engine with one C function.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>

#include <cstring>

#include "Guard.h"

namespace {

double as_double(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

uint64_t double_bits(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

c10::IValue to_ivalue(const CTValue &value, const c10::FunctionSchema &schema, size_t position) {
  switch (value.tag) {
    case CT_NONE: return c10::IValue();
    case CT_DEFAULT: {
      const auto &fallback = schema.arguments()[position].default_value();
      TORCH_CHECK(fallback.has_value(), schema.name(), " has no default for argument '",
                  schema.arguments()[position].name(), "'");
      return *fallback;
    }
    case CT_TENSOR: return c10::IValue(ct::unwrap(reinterpret_cast<CTTensor>(value.bits)));
    case CT_INT: return c10::IValue(static_cast<int64_t>(value.bits));
    case CT_DOUBLE: return c10::IValue(as_double(value.bits));
    case CT_BOOL: return c10::IValue(value.bits != 0);
    case CT_INTS: return c10::IValue(c10::IntArrayRef(reinterpret_cast<const int64_t *>(value.bits), value.count));
    case CT_DOUBLES: {
      c10::List<double> list;
      list.reserve(value.count);
      const auto *items = reinterpret_cast<const double *>(value.bits);
      for (int i = 0; i < value.count; ++i) list.push_back(items[i]);
      return c10::IValue(std::move(list));
    }
    case CT_TENSORS: {
      c10::List<at::Tensor> list;
      list.reserve(value.count);
      const auto *items = reinterpret_cast<const CTTensor *>(value.bits);
      for (int i = 0; i < value.count; ++i) list.push_back(ct::unwrap(items[i]));
      return c10::IValue(std::move(list));
    }
    case CT_OPTIONAL_TENSORS: {
      c10::List<std::optional<at::Tensor>> list;
      list.reserve(value.count);
      const auto *items = reinterpret_cast<const CTTensor *>(value.bits);
      for (int i = 0; i < value.count; ++i) {
        if (items[i] == nullptr) list.push_back(std::nullopt);
        else list.push_back(ct::unwrap(items[i]));
      }
      return c10::IValue(std::move(list));
    }
    case CT_STRING: return c10::IValue(std::string(reinterpret_cast<const char *>(value.bits)));
    case CT_DEVICE: return c10::IValue(ct::device_from(value.bits));
    default: TORCH_CHECK(false, "unknown value tag ", value.tag);
  }
}

/// Appends one result, flattening lists of tensors.
void append(c10::IValue &&value, CTValue *results, int capacity, int &count) {
  if (value.isTensorList()) {
    for (at::Tensor tensor : value.toTensorVector()) append(c10::IValue(std::move(tensor)), results, capacity, count);
    return;
  }
  TORCH_CHECK(count < capacity, "an operator returned more than ", capacity, " values");
  CTValue &result = results[count];
  result.count = 0;
  if (value.isTensor()) {
    at::Tensor tensor = std::move(value).toTensor();
    result.tag = tensor.defined() ? CT_TENSOR : CT_NONE;
    result.bits = tensor.defined() ? reinterpret_cast<uint64_t>(ct::wrap(std::move(tensor))) : 0;
  } else if (value.isDouble()) {
    result.tag = CT_DOUBLE;
    result.bits = double_bits(value.toDouble());
  } else if (value.isInt()) {
    result.tag = CT_INT;
    result.bits = static_cast<uint64_t>(value.toInt());
  } else if (value.isBool()) {
    result.tag = CT_BOOL;
    result.bits = value.toBool() ? 1 : 0;
  } else if (value.isNone()) {
    result.tag = CT_NONE;
    result.bits = 0;
  } else {
    TORCH_CHECK(false, "an operator returned a ", value.tagKind(), ", which has no C form");
  }
  ++count;
}

}  // namespace

extern "C" {

CTOperator ct_operator(const char *name, const char *overload) {
  return ct::guard(
      [&]() -> CTOperator {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        TORCH_CHECK(handle.has_value(), "the engine has no operator ", name, overload[0] ? "." : "", overload);
        return reinterpret_cast<CTOperator>(new c10::OperatorHandle(*handle));
      },
      static_cast<CTOperator>(nullptr));
}

int ct_call(CTOperator handle, const CTValue *arguments, int count, CTValue *results, int capacity) {
  return ct::guard(
      [&] {
        const auto &op = *reinterpret_cast<const c10::OperatorHandle *>(handle);
        const auto &schema = op.schema();
        const size_t expected = schema.arguments().size();
        TORCH_CHECK(static_cast<size_t>(count) <= expected, schema.name(), " takes ", expected, " arguments, but ", count,
                    " came");
        torch::jit::Stack stack;
        stack.reserve(expected);
        for (int i = 0; i < count; ++i) stack.push_back(to_ivalue(arguments[i], schema, i));
        for (size_t i = count; i < expected; ++i) stack.push_back(to_ivalue({CT_DEFAULT, 0, 0}, schema, i));
        op.callBoxed(stack);
        int produced = 0;
        try {
          for (auto &value : stack) append(std::move(value), results, capacity, produced);
        } catch (...) {
          for (int i = 0; i < produced; ++i)
            if (results[i].tag == CT_TENSOR) ct_tensor_release(reinterpret_cast<CTTensor>(results[i].bits));
          throw;
        }
        return produced;
      },
      -1);
}

}  // extern "C"
