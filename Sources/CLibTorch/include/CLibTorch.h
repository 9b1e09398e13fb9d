// A plain C interface to LibTorch. No torch header is visible here, so that Swift imports it without C++ interoperability.
//
// Rules: every function catches all C++ exceptions. A function that can fail returns a status (0 or a count on success, -1 on
// failure) or a null handle on failure; the text of the failure is then in `ct_last_error()` of the same thread.
// A `CTTensor` that a function returns is one owned reference: release it with `ct_tensor_release`.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "CLibTorchCUDA.h"

#ifdef __cplusplus
extern "C" {
#endif

/// An owned reference to a tensor.
typedef struct CTTensorImpl *CTTensor;
/// A resolved operator of the dispatcher. Lives as long as the process.
typedef const struct CTOperatorImpl *CTOperator;

/// What a `CTValue` holds. The numbers are shared with Swift.
enum {
  CT_NONE = 0,              ///< no value (an optional argument left out)
  CT_DEFAULT = 1,           ///< the operator schema's default for this position
  CT_TENSOR = 2,            ///< bits: CTTensor
  CT_INT = 3,               ///< bits: int64_t
  CT_DOUBLE = 4,            ///< bits: the bit pattern of a double
  CT_BOOL = 5,              ///< bits: 0 or 1
  CT_INTS = 6,              ///< bits: const int64_t *, count elements
  CT_DOUBLES = 7,           ///< bits: const double *, count elements
  CT_TENSORS = 8,           ///< bits: const CTTensor *, count elements
  CT_OPTIONAL_TENSORS = 9,  ///< bits: const CTTensor *, count elements, null for none
  CT_STRING = 10,           ///< bits: const char *, zero-terminated
  CT_DEVICE = 11            ///< bits: device type in the low 32 bits, device index + 1 in the high 32 bits
};

/// One argument or result of an operator call: 16 bytes, passed on a fixed stack.
typedef struct {
  int32_t tag;
  int32_t count;
  uint64_t bits;
} CTValue;

// MARK: Process

/// Must be the first call: counts engine memory, tunes the allocator, and loads the CUDA libraries when a driver is present.
int ct_initialize(void);
/// Why CUDA was not loaded, or an empty string when it was.
const char *ct_cuda_load_error(void);
/// The functions of the CUDA side library, which is opened at the first call, or null with the reason in `ct_last_error`.
const CTCUDATable *ct_cuda_table(void);
/// The text of this thread's last failure.
const char *ct_last_error(void);
/// The torch version whose headers this library was compiled against, such as "2.11.0".
const char *ct_compiled_version(void);
/// The path of the loaded libtorch_cpu, or an empty string.
const char *ct_library_path(void);
/// Tensor handles that are alive now, over all threads.
int64_t ct_live_tensors(void);
/// Bytes that the engine's CPU allocator has handed out and not got back.
int64_t ct_engine_bytes(void);
int ct_threads(void);
int ct_set_threads(int count);
int ct_set_interop_threads(int count);
int ct_set_deterministic(bool enabled);
int ct_set_float32_matmul_tf32(bool enabled);
int ct_set_cudnn_benchmark(bool enabled);
int ct_manual_seed(uint64_t seed);
bool ct_cuda_available(void);
int ct_cuda_device_count(void);
int ct_synchronize(int device_type, int device_index);
/// The engine's own capability name for this processor, such as "AVX512".
const char *ct_cpu_capability(void);

// MARK: Tensors

CTTensor ct_tensor_retain(CTTensor);
void ct_tensor_release(CTTensor);
/// A new CPU tensor that owns a copy of `byte_count` bytes in row-major order.
CTTensor ct_tensor_from_bytes(const void *bytes, int64_t byte_count, int dtype, const int64_t *shape, int dimensions);
/// Address of the first element (of the tensor's own storage offset), or null for an empty tensor.
void *ct_tensor_data(CTTensor);
int ct_tensor_dimensions(CTTensor);
int ct_tensor_shape(CTTensor, int64_t *shape, int capacity);
int ct_tensor_strides(CTTensor, int64_t *strides, int capacity);
int64_t ct_tensor_element_count(CTTensor);
int ct_tensor_dtype(CTTensor);
/// Device type in the low 32 bits, device index + 1 in the high 32 bits.
uint64_t ct_tensor_device(CTTensor);
/// 0 contiguous, 2 channels_last; the numbers of c10::MemoryFormat.
bool ct_tensor_is_contiguous(CTTensor, int memory_format);
/// 1 when equal element for element (same shape and dtype), 0 when not, -1 on failure.
int ct_tensor_equal(CTTensor, CTTensor);
/// Replaces the storage, shape and dtype of `tensor` by those of `source`, keeping its identity.
int ct_tensor_set_data(CTTensor tensor, CTTensor source);

// MARK: Operators

/// Null and an error text when no such operator exists. `overload` may be "".
CTOperator ct_operator(const char *name, const char *overload);
/// Calls through the boxed dispatcher. Trailing arguments that are left out take the schema's defaults. Results are written
/// to `results` (list results are flattened). Returns their number, or -1.
int ct_call(CTOperator, const CTValue *arguments, int count, CTValue *results, int capacity);

// MARK: Gradients

bool ct_grad_enabled(void);
int ct_set_grad_enabled(bool enabled);
bool ct_tensor_requires_grad(CTTensor);
int ct_tensor_set_requires_grad(CTTensor, bool);
bool ct_tensor_is_leaf(CTTensor);
/// The accumulated gradient, or null when there is none (then `ct_last_error` is empty).
CTTensor ct_tensor_grad(CTTensor);
int ct_tensor_set_grad(CTTensor, CTTensor grad_or_null);
int ct_backward(CTTensor scalar, CTTensor gradient_or_null, bool retain_graph, bool create_graph);
/// Gradients of outputs with respect to inputs, written to `gradients` (null where unused and `allow_unused`).
int ct_gradients(const CTTensor *outputs, int output_count, const CTTensor *inputs, int input_count,
                 const CTTensor *output_gradients_or_null, bool retain_graph, bool create_graph, bool allow_unused,
                 CTTensor *gradients);

/// A backward function: reads `output_gradients` (null where undefined) and `saved`, writes owned references (or null) to
/// `input_gradients`. Returns 0, or -1 after writing a text into `message`.
typedef int (*CTBackward)(void *context, const CTTensor *output_gradients, int output_count, const CTTensor *saved,
                          int saved_count, CTTensor *input_gradients, int input_count, char *message, int capacity);
/// Attaches a backward function to freshly computed outputs. `saved` are inputs or other tensors; `save_outputs` appends the
/// outputs to what the backward function receives. `differentiable` false refuses a second derivative with a clear error.
/// `destroy(context)` runs when the graph is gone (at once when nothing requires a gradient).
int ct_attach_backward(const char *name, const CTTensor *inputs, int input_count, const CTTensor *outputs,
                       int output_count, const CTTensor *saved, int saved_count, bool save_outputs, bool differentiable,
                       CTBackward backward, void *context, void (*destroy)(void *));

// MARK: Kernels of our own on the processor

/// Whether the functions below take these images: float32, `[batch, channels, height, width]`, channels last, equal shapes.
bool ct_batch_normalization_fits(CTTensor input, CTTensor residual_or_null, bool is_training);
/// Normalises, adds, rectifies; moves the running values when training. Results: output, mean, inverse standard deviation.
int ct_batch_normalization_forward(CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias, CTTensor running_mean,
                                   CTTensor running_variance, bool is_training, double momentum, double epsilon, bool rectifies,
                                   CTTensor *results);
/// The gradients of input, weight, bias and, with one, residual when training. The output is needed with a residual and a ReLU.
int ct_batch_normalization_backward(CTTensor upstream, CTTensor input, CTTensor weight, CTTensor bias, CTTensor output_or_null, CTTensor mean,
                                    CTTensor inverse, bool rectifies, bool has_residual, CTTensor *results);
/// The same with the learned unit z (lambda e^(-kappa z) + 1)^(-1/lambda) in the place of the ReLU.
int ct_batch_normalization_unit_forward(CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias, CTTensor running_mean,
                                        CTTensor running_variance, bool is_training, double momentum, double epsilon, double lambda,
                                        double kappa, CTTensor *results);
/// The gradients of input, weight, bias and, with one, residual when training, and the summed gradients of both parameters. `form` is 1, or
/// 2 for the published gradient of `lambda`.
int ct_batch_normalization_unit_backward(CTTensor upstream, CTTensor input, CTTensor residual_or_null, CTTensor weight, CTTensor bias,
                                         CTTensor mean, CTTensor inverse, double lambda, double kappa, int form, double *lambda_gradient,
                                         double *kappa_gradient, CTTensor *results);

// MARK: Profiles

/// What a profile holds. The numbers are shared with Swift.
enum {
  CT_PROFILE_OPERATOR = 0,  ///< an operator of the engine, on a thread of the processor
  CT_PROFILE_DRIVER = 1,    ///< a call into the GPU's driver
  CT_PROFILE_DEVICE = 2     ///< work of the GPU: a kernel, a copy
};

/// One event. Operators contain those that they call.
typedef struct {
  char name[160];
  int32_t kind;
  int64_t start_nanoseconds;
  int64_t duration_nanoseconds;
  uint64_t thread;
} CTProfileEvent;

typedef struct CTProfileImpl *CTProfile;

/// Begins to note what this thread, and the threads of its backward passes, do; with a GPU also what that does.
int ct_profile_begin(bool with_device);
/// Ends it; null on failure. To be released.
CTProfile ct_profile_end(void);
void ct_profile_release(CTProfile);
int64_t ct_profile_count(CTProfile);
int ct_profile_event(CTProfile, int64_t index, CTProfileEvent *out);

// MARK: The two-parameter activation on the processor, in one pass

/// Whether the kernel takes a tensor: dense float32 elements on the processor.
bool ct_adaptive_curve_accepts(CTTensor input);
/// The value for `form` 0 (gate), 1 or 2 (unit: times the input); null after an error.
CTTensor ct_adaptive_curve_value(CTTensor input, double lambda, double kappa, int form);
/// The gradient of the input, and the summed gradients of both parameters; null after an error. `form` 2 has the published gradient
/// of `lambda`.
CTTensor ct_adaptive_curve_slopes(CTTensor input, CTTensor gradient, double lambda, double kappa, int form,
                                  double *lambda_gradient, double *kappa_gradient);

// MARK: Draws by noise for every item, on the processor, in one pass

/// For each of `draws`: the item with the largest sum of its class's score and Gumbel noise, the softmax of these sums there
/// (`shares`), and the softmax added up by class (`class_shares`, draws times classes). Keys and step name the noise.
int ct_gumbel_draw(const float *log_scores, int64_t classes, const int64_t *labels, int64_t items, int64_t draws,
                   uint32_t key0, uint32_t key1, uint64_t step, int64_t *indices, float *shares, float *class_shares);

// MARK: Automatic mixed precision (state of the calling thread)

int ct_autocast_enter(int device_type, int dtype, bool *previous_enabled, int *previous_dtype);
/// Restores what `ct_autocast_enter` replaced and clears the cache of casted weights.
int ct_autocast_leave(int device_type, bool previous_enabled, int previous_dtype);

#ifdef __cplusplus
}
#endif
