/* The CUDA side library: what LibTorch offers for CUDA alone and only in C++ (graphs, streams, the caching allocator),
 * and kernels of our own.
 *
 * `libCLibTorchCUDA.so` is no SwiftPM target, because the package must build and run without CUDA. `scripts/build-cuda-shim`
 * compiles it; the program opens it after `libtorch_cuda.so` and asks it, through its only exported function
 * `ctcuda_table`, for the table of functions below.
 *
 * Compiling it, finding its symbols and opening it need no GPU, and that is what has been tested: every CI run compiles
 * and links it. What works on a device has not been run on one yet.
 *
 * Functions return CTCUDA_OK or CTCUDA_ERROR and never throw; `last_error` then tells what went wrong on this thread. A
 * `device` is the index of a CUDA device, 0 or more. Results are written only on success.
 */
#ifndef CLIBTORCHCUDA_H
#define CLIBTORCHCUDA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever the table changes; a program refuses a table of another version. */
#define CTCUDA_TABLE_VERSION 2

enum { CTCUDA_OK = 0, CTCUDA_ERROR = -1 };

/* A captured sequence of kernels, with a memory pool of its own. */
typedef struct CTCUDAGraph CTCUDAGraph;

/* A stream of the engine's pool; a plain value that needs no release. */
typedef struct {
  int64_t identifier;
  int32_t device;
} CTCUDAStream;

/* What the engine's caching allocator holds on one device, in bytes; the peaks since the last reset. */
typedef struct {
  int64_t allocated, allocated_peak;
  int64_t reserved, reserved_peak;
  int64_t free_on_device, total_on_device;
  int64_t allocation_retries, out_of_memory_errors;
} CTCUDAMemory;

typedef struct {
  char name[256];
  int32_t major, minor; /* compute capability */
  int32_t multiprocessors;
  int64_t total_memory; /* bytes */
} CTCUDADevice;

/* What a synchronisation hidden in an operation does: nothing, a warning, an error. */
typedef enum { CTCUDA_SYNC_ALLOWED = 0, CTCUDA_SYNC_WARNS = 1, CTCUDA_SYNC_FAILS = 2 } CTCUDASyncMode;

/* A kernel that is loaded on a device; lives as long as the program. */
typedef struct CTCUDAKernel CTCUDAKernel;

/* What a kernel takes of a multiprocessor. */
typedef struct {
  int32_t registers;    /* a thread */
  int32_t shared_bytes; /* a block, besides what the launch adds */
  int32_t local_bytes;  /* a thread */
  int32_t greatest_block;
} CTCUDAKernelResources;

typedef struct {
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t block_memory; /* bytes of shared memory that each block gets beside what the kernel declares */
} CTCUDALaunch;

typedef struct {
  int32_t version; /* CTCUDA_TABLE_VERSION */
  int32_t size;    /* bytes of this structure */

  /* The last error of this thread; empty when there was none. Valid until the next failing call on this thread. */
  const char *(*last_error)(void);

  /* Devices. The count is 0 without a usable device. */
  int (*device_count)(int32_t *count);
  int (*device_properties)(int32_t device, CTCUDADevice *out);
  int (*device_synchronize)(int32_t device);

  /* Streams. The current stream is per thread and per device. */
  int (*stream_from_pool)(int32_t device, int32_t high_priority, CTCUDAStream *out);
  int (*stream_default)(int32_t device, CTCUDAStream *out);
  int (*stream_current)(int32_t device, CTCUDAStream *out);
  int (*stream_set_current)(CTCUDAStream stream);
  int (*stream_synchronize)(CTCUDAStream stream);
  /* Work given to `waiting` from now on runs after all that `other` holds now; the host does not wait. */
  int (*stream_wait)(CTCUDAStream waiting, CTCUDAStream other);

  /* Graphs. Capture runs on the current stream of this thread, which must not be the default stream, with errors limited
   * to this thread (thread-local capture mode). After a failed capture the graph must be destroyed. `graph_create` makes
   * the graph for `device`; whatever memory the capture allocates stays with the graph until it is reset or destroyed.
   * `sharing` is null, or a graph that never runs at the same time and whose memory may be used again. */
  int (*graph_create)(int32_t device, CTCUDAGraph **out);
  int (*graph_capture_begin)(CTCUDAGraph *graph, CTCUDAGraph *sharing);
  int (*graph_capture_end)(CTCUDAGraph *graph);
  int (*graph_replay)(CTCUDAGraph *graph);
  int (*graph_reset)(CTCUDAGraph *graph);
  int (*graph_destroy)(CTCUDAGraph *graph);

  /* The caching allocator. */
  int (*memory_statistics)(int32_t device, CTCUDAMemory *out);
  int (*memory_reset_peak)(int32_t device);
  int (*memory_empty_cache)(void);

  /* Finds operations that wait for the device where none should. For the whole process. */
  int (*sync_mode_set)(CTCUDASyncMode mode);
  int (*sync_mode_get)(CTCUDASyncMode *out);

  /* Own kernels. `kernel_find` compiles `source` (a file of Native/CLibTorchCUDA/kernels) once for a device and its
   * architecture, loads it and looks `name` up; that takes seconds the first time and is refused within a capture. A launch
   * goes to the current stream of the calling thread and may be captured; `arguments` are the addresses of the kernel's
   * arguments, which are read before the call returns. */
  int (*kernel_find)(int32_t device, const char *source, const char *name, CTCUDAKernel **out);
  int (*kernel_resources)(const CTCUDAKernel *kernel, CTCUDAKernelResources *out);
  int (*kernel_launch)(const CTCUDAKernel *kernel, const CTCUDALaunch *launch, void **arguments);
} CTCUDATable;

/* The only exported function. The table lives as long as the library. */
const CTCUDATable *ctcuda_table(void);
typedef const CTCUDATable *(*CTCUDATableFunction)(void);

#ifdef __cplusplus
}
#endif

#endif
