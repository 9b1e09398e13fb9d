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

#include "BlockCache.h"
#include "Guard.h"

namespace ct {

static thread_local std::string last_error;
static std::atomic<int64_t> live_tensors{0};
static std::atomic<int64_t> engine_bytes{0};
static bool keeps_blocks = true;
static std::string cuda_error = "ct_initialize was not called";

void set_error(std::string text) { last_error = std::move(text); }
void count_tensor(int64_t difference) { live_tensors.fetch_add(difference, std::memory_order_relaxed); }

/// The engine's CPU allocation with a running total, so that a leak shows as a number. The size that was asked for stands in front
/// of each block: the heap's own idea of a block's size depends on what was freed before, and would differ between equal moments.
struct CountingAllocator final : c10::Allocator {
  struct Header {
    size_t count;     // bytes that were asked for
    size_t capacity;  // bytes of a block of the cache; 0 for one of the heap
  };
  static constexpr size_t offset = c10::gAlignment;  // a whole unit of alignment, so that blocks stay aligned
  static_assert(sizeof(Header) <= offset);

  static BlockCache &cache() {
    static BlockCache *const shared = new BlockCache();  // never destroyed: tensors may outlive static objects
    return *shared;
  }
  static void give_back(void *pointer) {
    if (pointer == nullptr) return;
    char *block = static_cast<char *>(pointer) - offset;
    Header header;
    std::memcpy(&header, block, sizeof header);
    engine_bytes.fetch_sub(static_cast<int64_t>(header.count), std::memory_order_relaxed);
    if (header.capacity > 0) cache().give(block, header.capacity);
    else c10::free_cpu(block);
  }
  c10::DataPtr allocate(size_t count) override {
    const c10::Device device(c10::DeviceType::CPU);
    if (count == 0) return {nullptr, nullptr, &give_back, device};
    TORCH_CHECK(count <= SIZE_MAX - offset, "cannot allocate ", count, " bytes");
    Header header{count, 0};
    void *block = keeps_blocks && count >= BlockCache::threshold ? cache().take(count + offset, header.capacity) : nullptr;
    if (block == nullptr) block = c10::alloc_cpu(count + offset);
    std::memcpy(block, &header, sizeof header);
    engine_bytes.fetch_add(static_cast<int64_t>(count), std::memory_order_relaxed);
    void *pointer = static_cast<char *>(block) + offset;
    return {pointer, pointer, &give_back, device};
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

}  // namespace ct

extern "C" {

int ct_initialize(void) {
  static std::once_flag once;
  return ct::guard_status([] {
    std::call_once(once, [] {
      ct::keeps_blocks = std::getenv("LONGTAIL_PLAIN_HEAP") == nullptr;
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
