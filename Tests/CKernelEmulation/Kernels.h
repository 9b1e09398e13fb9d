#pragma once

#include <functional>

#include "CKernelEmulation.h"

namespace emulation {

/// A kernel that takes the addresses of its arguments.
using Call = std::function<void(void *const *)>;

/// The kernel of a name, or null.
const Call *kernel(const char *name);

}  // namespace emulation
