// The own kernels of the side library: compiled where they are needed, kept as long as the program runs.
#pragma once

#include <cstdint>

#include "CLibTorchCUDA.h"

namespace kernels {

/// A kernel on a device: compiled, loaded and ready to be launched, also within a capture. Thread safe. Throws with what the
/// compiler or the driver says.
CTCUDAKernel *find(int32_t device, const char *source, const char *name);

/// What a kernel takes of a multiprocessor.
CTCUDAKernelResources resources(const CTCUDAKernel *kernel);

/// Gives a launch to the thread's current stream of the kernel's device.
void launch(const CTCUDAKernel *kernel, const CTCUDALaunch &shape, void **arguments);

}  // namespace kernels
