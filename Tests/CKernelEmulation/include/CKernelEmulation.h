// Runs the CUDA kernels of Native/CLibTorchCUDA/kernels on the processor, and compiles them with NVRTC. For tests only.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The order in which the threads of a block take turns: a kernel must give the same result in each.
enum { CKE_ASCENDING = 0, CKE_DESCENDING = 1, CKE_SHUFFLED = 2 };

/// What a launch is made of.
typedef struct {
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t block_memory;  ///< bytes that a block gets beside what the kernel declares
  int32_t order;          ///< CKE_…
} CKELaunch;

/// Runs a kernel; `arguments` are addresses of its arguments, as for `cuLaunchKernel`. Returns 0, or -1 with a text in `message`.
int cke_launch(const char *name, const CKELaunch *launch, void *const *arguments, char *message, int capacity);
/// The number of kernels.
int cke_kernel_count(void);
/// The name of a kernel.
const char *cke_kernel_name(int index);

/// Compiles a source with NVRTC for an architecture such as `sm_90a`. `library` is the file of NVRTC. Returns the bytes of the
/// compiled program, or -1. What the compiler says is in `log` either way.
int64_t cke_compile(const char *library, const char *name, const char *source, const char *const *header_names,
                    const char *const *headers, int header_count, const char *architecture, char *log, int capacity);

#ifdef __cplusplus
}
#endif
