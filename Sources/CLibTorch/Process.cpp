// Process-wide state: initialisation, CUDA loading, threads, memory counters, modes.
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/alignment.h>
#include <c10/core/impl/alloc_cpu.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "Guard.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace ct {

static thread_local std::string last_error;
static std::atomic<int64_t> live_tensors{0};
static std::atomic<int64_t> engine_bytes{0};
static std::string cuda_error = "ct_initialize was not called";

void set_error(std::string text) { last_error = std::move(text); }
void count_tensor(int64_t difference) { live_tensors.fetch_add(difference, std::memory_order_relaxed); }

/// The engine's CPU allocation with a running total, so that a leak shows as a number. The size that was asked for stands in front
/// of each block: the heap's own idea of a block's size depends on what was freed before, and would differ between equal moments.
struct CountingAllocator final : c10::Allocator {
  static constexpr size_t header = c10::gAlignment;  // a whole unit of alignment, so that blocks stay aligned

  static void give_back(void *pointer) {
    if (pointer == nullptr) return;
    char *block = static_cast<char *>(pointer) - header;
    size_t count;
    std::memcpy(&count, block, sizeof count);
    engine_bytes.fetch_sub(static_cast<int64_t>(count), std::memory_order_relaxed);
    c10::free_cpu(block);
  }
  c10::DataPtr allocate(size_t count) override {
    void *pointer = nullptr;
    if (count > 0) {
      TORCH_CHECK(count <= SIZE_MAX - header, "cannot allocate ", count, " bytes");
      char *block = static_cast<char *>(c10::alloc_cpu(count + header));
      std::memcpy(block, &count, sizeof count);
      pointer = block + header;
      engine_bytes.fetch_add(static_cast<int64_t>(count), std::memory_order_relaxed);
    }
    return {pointer, pointer, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &give_back; }
  void copy_data(void *target, const void *source, std::size_t count) const override {
    default_copy_data(target, source, count);
  }
};

static std::string library_path() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void *>(&at::get_num_threads), &info) == 0 || info.dli_fname == nullptr) return "";
  return info.dli_fname;
}

/// The CUDA libraries are opened by hand, so that one binary serves machines with and without them. This must happen before the
/// first engine call, because the engine looks up its CUDA hooks once.
static void load_cuda() {
  const char *choice = std::getenv("LONGTAIL_CUDA");
  if (choice != nullptr && std::string(choice) == "off") {
    cuda_error = "CUDA is switched off by LONGTAIL_CUDA=off";
    return;
  }
  // Without a driver the large library would be read for nothing.
  if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    cuda_error = "no NVIDIA driver (libcuda.so.1 cannot be opened)";
    return;
  }
  std::string path = library_path();
  size_t slash = path.rfind('/');
  std::string library = (slash == std::string::npos ? std::string() : path.substr(0, slash + 1)) + "libtorch_cuda.so";
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    const char *reason = dlerror();
    cuda_error = reason != nullptr ? reason : "libtorch_cuda.so cannot be opened";
    return;
  }
  cuda_error.clear();
}

/// Activations are some MiB each and live for one step. By default glibc maps and unmaps every one of them, and the kernel
/// zeroes their pages again in each step; keeping them in the heap removes those page faults.
static void tune_heap() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2000 << 20);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

}  // namespace ct

extern "C" {

int ct_initialize(void) {
  static std::once_flag once;
  return ct::guard_status([] {
    std::call_once(once, [] {
      if (std::getenv("LONGTAIL_PLAIN_HEAP") == nullptr) ct::tune_heap();
      static ct::CountingAllocator allocator;
      c10::SetCPUAllocator(&allocator, /*priority=*/100);
      ct::load_cuda();
    });
  });
}

const char *ct_cuda_load_error(void) { return ct::cuda_error.c_str(); }
const char *ct_last_error(void) { return ct::last_error.c_str(); }
const char *ct_compiled_version(void) { return TORCH_VERSION; }

const char *ct_library_path(void) {
  static const std::string path = ct::library_path();
  return path.c_str();
}

int64_t ct_live_tensors(void) { return ct::live_tensors.load(std::memory_order_relaxed); }
int64_t ct_engine_bytes(void) { return ct::engine_bytes.load(std::memory_order_relaxed); }

int ct_threads(void) {
  return ct::guard([] { return at::get_num_threads(); }, -1);
}
int ct_set_threads(int count) {
  return ct::guard_status([&] { at::set_num_threads(count); });
}
int ct_set_interop_threads(int count) {
  return ct::guard_status([&] { at::set_num_interop_threads(count); });
}
int ct_set_deterministic(bool enabled) {
  return ct::guard_status([&] {
    at::globalContext().setDeterministicAlgorithms(enabled, /*warn_only=*/false);
    at::globalContext().setDeterministicCuDNN(enabled);
  });
}
int ct_set_float32_matmul_tf32(bool enabled) {
  return ct::guard_status([&] {
    at::globalContext().setAllowTF32CuBLAS(enabled);
    at::globalContext().setAllowTF32CuDNN(enabled);
  });
}
int ct_set_cudnn_benchmark(bool enabled) {
  return ct::guard_status([&] { at::globalContext().setBenchmarkCuDNN(enabled); });
}
int ct_manual_seed(uint64_t seed) {
  return ct::guard_status([&] { at::manual_seed(seed); });
}
bool ct_cuda_available(void) {
  return ct::guard([] { return at::globalContext().hasCUDA(); }, false);
}
int ct_cuda_device_count(void) {
  return ct::guard([] { return at::globalContext().hasCUDA() ? static_cast<int>(at::accelerator::deviceCount()) : 0; }, 0);
}
int ct_synchronize(int device_type, int device_index) {
  return ct::guard_status([&] {
    if (device_type == static_cast<int>(c10::DeviceType::CPU)) return;
    at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(device_index));
  });
}
const char *ct_cpu_capability(void) {
  static const std::string name = ct::guard([] { return at::get_cpu_capability(); }, std::string("unknown"));
  return name.c_str();
}

}  // extern "C"
