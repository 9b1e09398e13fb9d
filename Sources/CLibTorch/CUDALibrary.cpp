// Opens the CUDA side library, which lies beside the program.
#include <dlfcn.h>

#include <climits>
#include <cstdlib>
#include <mutex>
#include <string>

#if defined(__linux__)
#include <unistd.h>
#endif

#include "Guard.h"

namespace ct {

/// `LONGTAIL_CUDA_LIBRARY`, else the library in the folder of the program.
static std::string side_library() {
  if (const char *chosen = std::getenv("LONGTAIL_CUDA_LIBRARY"); chosen != nullptr && *chosen != 0) return chosen;
#if defined(__linux__)
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length > 0) {
    const std::string program(path, static_cast<size_t>(length));
    return program.substr(0, program.rfind('/') + 1) + "libCLibTorchCUDA.so";
  }
#endif
  return "libCLibTorchCUDA.so";
}

static const CTCUDATable *open_side_library(std::string &reason) {
  if (*ct_cuda_load_error() != 0) {
    reason = ct_cuda_load_error();
    return nullptr;
  }
  const std::string path = side_library();
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char *text = dlerror();
    reason = "the CUDA side library cannot be opened (" + std::string(text != nullptr ? text : path) +
             "); scripts/build-cuda-shim builds it";
    return nullptr;
  }
  const auto function = reinterpret_cast<CTCUDATableFunction>(dlsym(library, "ctcuda_table"));
  const CTCUDATable *table = function != nullptr ? function() : nullptr;
  if (table == nullptr || table->version != CTCUDA_TABLE_VERSION || table->size != sizeof(CTCUDATable)) {
    reason = path + " is of another version than this program; run scripts/build-cuda-shim again";
    return nullptr;
  }
  return table;
}

}  // namespace ct

extern "C" const CTCUDATable *ct_cuda_table(void) {
  static std::once_flag once;
  static const CTCUDATable *table = nullptr;
  static std::string reason;
  ct_initialize();
  ct::guard_status([] { std::call_once(once, [] { table = ct::open_side_library(reason); }); });
  if (table == nullptr) ct::set_error(reason);
  return table;
}
