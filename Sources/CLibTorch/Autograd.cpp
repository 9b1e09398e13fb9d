// Gradients: modes, backward, gradients of gradients, and functions that bring their own backward.
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include "Guard.h"

namespace {

using torch::autograd::Node;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

std::vector<at::Tensor> unwrap_all(const CTTensor *handles, int count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int i = 0; i < count; ++i) tensors.push_back(ct::unwrap(handles[i]));
  return tensors;
}

/// Handles for the length of one call, released also when it throws.
struct Handles {
  std::vector<CTTensor> items;
  explicit Handles(const std::vector<at::Tensor> &tensors) {
    for (const auto &tensor : tensors) items.push_back(tensor.defined() ? ct::wrap(tensor) : nullptr);
  }
  ~Handles() {
    for (CTTensor handle : items) ct_tensor_release(handle);
  }
};

/// A graph node whose backward is a C function pointer. May run on an engine thread.
struct CallbackNode final : Node {
  std::string title;
  std::vector<SavedVariable> saved;
  size_t saved_outputs = 0;  // the last ones of `saved`
  size_t input_count = 0;
  bool differentiable = false;
  CTBackward backward = nullptr;
  void *context = nullptr;
  void (*destroy)(void *) = nullptr;

  ~CallbackNode() override {
    if (destroy != nullptr) destroy(context);
  }
  std::string name() const override { return title; }
  void release_variables() override {
    for (auto &variable : saved) variable.reset_data();
  }

  variable_list apply(variable_list &&gradients) override {
    TORCH_CHECK(differentiable || !at::GradMode::is_enabled(), title,
                " has no second derivative: its backward cannot be recorded (create_graph)");
    std::vector<at::Tensor> kept;
    for (size_t i = 0; i < saved.size(); ++i) {
      const bool is_output = i + saved_outputs >= saved.size();
      kept.push_back(is_output ? saved[i].unpack(shared_from_this()) : saved[i].unpack());
    }
    Handles incoming(gradients), values(kept);
    std::vector<CTTensor> results(input_count, nullptr);
    char message[2048] = "";
    const int status = backward(context, incoming.items.data(), static_cast<int>(incoming.items.size()),
                                values.items.data(), static_cast<int>(values.items.size()), results.data(),
                                static_cast<int>(results.size()), message, sizeof message);
    variable_list outgoing;
    for (CTTensor handle : results) {
      outgoing.push_back(ct::unwrap(handle));
      ct_tensor_release(handle);
    }
    TORCH_CHECK(status == 0, "backward of ", title, ": ", message);
    return outgoing;
  }
};

}  // namespace

extern "C" {

bool ct_grad_enabled(void) {
  return ct::guard([] { return at::GradMode::is_enabled(); }, true);
}
int ct_set_grad_enabled(bool enabled) {
  return ct::guard_status([&] { at::GradMode::set_enabled(enabled); });
}
bool ct_tensor_requires_grad(CTTensor handle) {
  return ct::guard([&] { return ct::unwrap(handle).requires_grad(); }, false);
}
int ct_tensor_set_requires_grad(CTTensor handle, bool required) {
  return ct::guard_status([&] { ct::unwrap(handle).set_requires_grad(required); });
}
bool ct_tensor_is_leaf(CTTensor handle) {
  return ct::guard([&] { return ct::unwrap(handle).is_leaf(); }, false);
}

CTTensor ct_tensor_grad(CTTensor handle) {
  ct::set_error("");
  return ct::guard(
      [&]() -> CTTensor {
        const auto tensor = ct::unwrap(handle);
        const auto &gradient = tensor.grad();
        return gradient.defined() ? ct::wrap(gradient) : nullptr;
      },
      static_cast<CTTensor>(nullptr));
}

int ct_tensor_set_grad(CTTensor handle, CTTensor gradient) {
  return ct::guard_status([&] { ct::unwrap(handle).mutable_grad() = ct::unwrap(gradient); });
}

int ct_backward(CTTensor scalar, CTTensor gradient, bool retain_graph, bool create_graph) {
  return ct::guard_status([&] {
    variable_list seeds;
    if (gradient != nullptr) seeds.push_back(ct::unwrap(gradient));
    torch::autograd::backward({ct::unwrap(scalar)}, seeds, retain_graph, create_graph);
  });
}

int ct_gradients(const CTTensor *outputs, int output_count, const CTTensor *inputs, int input_count,
                 const CTTensor *output_gradients, bool retain_graph, bool create_graph, bool allow_unused,
                 CTTensor *gradients) {
  return ct::guard_status([&] {
    variable_list seeds;
    if (output_gradients != nullptr) seeds = unwrap_all(output_gradients, output_count);
    auto results = torch::autograd::grad(unwrap_all(outputs, output_count), unwrap_all(inputs, input_count), seeds,
                                         retain_graph, create_graph, allow_unused);
    for (int i = 0; i < input_count; ++i) gradients[i] = results[i].defined() ? ct::wrap(std::move(results[i])) : nullptr;
  });
}

int ct_attach_backward(const char *name, const CTTensor *inputs, int input_count, const CTTensor *outputs,
                       int output_count, const CTTensor *saved, int saved_count, bool save_outputs, bool differentiable,
                       CTBackward backward, void *context, void (*destroy)(void *)) {
  bool owned = false;  // whether the node has taken the context over
  const int status = ct::guard_status([&] {
    auto in = unwrap_all(inputs, input_count);
    auto out = unwrap_all(outputs, output_count);
    if (!torch::autograd::compute_requires_grad(in)) return;
    auto node = std::shared_ptr<CallbackNode>(new CallbackNode(), torch::autograd::deleteNode);
    node->context = context;
    node->destroy = destroy;
    owned = true;
    node->title = name;
    node->backward = backward;
    node->differentiable = differentiable;
    node->input_count = in.size();
    node->set_next_edges(torch::autograd::collect_next_edges(in));
    for (auto &tensor : out) torch::autograd::set_history(tensor, node);
    for (auto &tensor : unwrap_all(saved, saved_count)) node->saved.emplace_back(tensor, /*is_output=*/false);
    if (save_outputs) {
      for (auto &tensor : out) node->saved.emplace_back(tensor, /*is_output=*/true);
      node->saved_outputs = out.size();
    }
  });
  if (!owned && destroy != nullptr) destroy(context);
  return status;
}

int ct_autocast_enter(int device_type, int dtype, bool *previous_enabled, int *previous_dtype) {
  return ct::guard_status([&] {
    const auto type = static_cast<c10::DeviceType>(device_type);
    *previous_enabled = at::autocast::is_autocast_enabled(type);
    *previous_dtype = static_cast<int>(at::autocast::get_autocast_dtype(type));
    at::autocast::set_autocast_enabled(type, true);
    at::autocast::set_autocast_dtype(type, static_cast<c10::ScalarType>(dtype));
    at::autocast::increment_nesting();
  });
}

int ct_autocast_leave(int device_type, bool previous_enabled, int previous_dtype) {
  return ct::guard_status([&] {
    const auto type = static_cast<c10::DeviceType>(device_type);
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(type, previous_enabled);
    at::autocast::set_autocast_dtype(type, static_cast<c10::ScalarType>(previous_dtype));
  });
}

}  // extern "C"
