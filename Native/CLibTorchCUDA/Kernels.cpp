#include "Kernels.h"

#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda.h>
#include <dlfcn.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <type_traits>
#include <string>
#include <utility>

#include "KernelCompiler.h"
// Made by scripts/build-cuda-shim from the files in `kernels`: `embeddedSources` and `embeddedHeaders`.
#include "EmbeddedKernels.h"

struct CTCUDAKernel {
  int32_t device;
  CUfunction function;
};

namespace kernels {

namespace {

/// The functions of the driver that kernels need. The runtime has opened it before.
struct Driver {
  decltype(&cuGetErrorString) getErrorString;
  decltype(&cuCtxGetCurrent) getCurrentContext;
  decltype(&cuModuleLoadData) loadModule;
  decltype(&cuModuleGetFunction) getFunction;
  decltype(&cuFuncGetAttribute) getAttribute;
  decltype(&cuLaunchKernel) launchKernel;

  static const Driver &shared() {
    static const Driver driver = opened();
    return driver;
  }

  void check(CUresult result, const char *what) const {
    if (result == CUDA_SUCCESS) return;
    const char *text = nullptr;
    if (getErrorString(result, &text) != CUDA_SUCCESS || text == nullptr) text = "unknown error";
    throw std::runtime_error(std::string(what) + " failed: " + text);
  }

 private:
  static Driver opened() {
    void *const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error("the driver (libcuda.so.1) cannot be opened");
    Driver driver;
    const auto find = [&](auto &function, const char *name) {
      void *const symbol = dlsym(library, name);
      if (symbol == nullptr) throw std::runtime_error(std::string("the driver has no function ") + name);
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(symbol);
    };
    find(driver.getErrorString, "cuGetErrorString");
    find(driver.getCurrentContext, "cuCtxGetCurrent");
    find(driver.loadModule, "cuModuleLoadData");
    find(driver.getFunction, "cuModuleGetFunction");
    find(driver.getAttribute, "cuFuncGetAttribute");
    find(driver.launchKernel, "cuLaunchKernel");
    return driver;
  }
};

/// `LONGTAIL_NVRTC`, else the library beside the runtime that the engine has opened, else one that the system finds.
std::string compiler_library() {
  if (const char *chosen = std::getenv("LONGTAIL_NVRTC"); chosen != nullptr && *chosen != 0) return chosen;
  const std::string name = "libnvrtc.so." + std::to_string(CUDART_VERSION / 1000);
  Dl_info runtime;
  if (dladdr(reinterpret_cast<void *>(&cudaGetDeviceCount), &runtime) != 0 && runtime.dli_fname != nullptr) {
    const std::string path(runtime.dli_fname);
    const std::string beside = path.substr(0, path.rfind('/') + 1) + name;
    if (void *const library = dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL); library != nullptr) {
      dlclose(library);
      return beside;
    }
  }
  return name;
}

/// A thread that has used no device yet has no context, and the driver does not choose one. What chooses it does not wait
/// for the device, so a capture may be under way.
void ensure_context(int32_t device) {
  const Driver &driver = Driver::shared();
  CUcontext context = nullptr;
  driver.check(driver.getCurrentContext(&context), "asking for the thread's context");
  if (context == nullptr) C10_CUDA_CHECK(cudaSetDevice(device));
}

/// Everything that has been compiled and loaded.
class Registry {
 public:
  static Registry &shared() {
    // Never destroyed: launches may come until the very end.
    static Registry *const registry = new Registry();
    return *registry;
  }

  CTCUDAKernel *find(int32_t device, const std::string &source, const std::string &name) {
    const std::lock_guard<std::mutex> lock(mutex);
    std::unique_ptr<CTCUDAKernel> &kernel = loaded[{device, name}];
    if (!kernel) {
      const Driver &driver = Driver::shared();
      CUfunction function = nullptr;
      driver.check(driver.getFunction(&function, module(device, source), name.c_str()), ("finding " + name).c_str());
      // The driver loads a function when it is first needed, which may wait for the device; asking for a property is a need.
      int registers = 0;
      driver.check(driver.getAttribute(&registers, CU_FUNC_ATTRIBUTE_NUM_REGS, function), ("loading " + name).c_str());
      kernel.reset(new CTCUDAKernel{device, function});
    }
    return kernel.get();
  }

 private:
  std::mutex mutex;
  std::map<std::pair<int32_t, std::string>, std::unique_ptr<CTCUDAKernel>> loaded;
  std::map<std::pair<int32_t, std::string>, CUmodule> modules;
  std::map<std::pair<std::string, std::string>, std::string> programs;  // by source and architecture
  std::unique_ptr<Compiler> compiler;

  CUmodule module(int32_t device, const std::string &source) {
    CUmodule &module = modules[{device, source}];
    if (module == nullptr) {
      const Driver &driver = Driver::shared();
      const std::string &program = compiled(device, source);
      driver.check(driver.loadModule(&module, program.data()), ("loading " + source).c_str());
    }
    return module;
  }

  const std::string &compiled(int32_t device, const std::string &name) {
    if (!compiler) compiler.reset(new Compiler(compiler_library()));
    cudaDeviceProp properties;
    C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
    const Compiler::Target target = compiler->target(properties.major * 10 + properties.minor);
    std::string &program = programs[{name, target.architecture}];
    if (program.empty()) program = compiler->compiled(embedded(name), embeddedHeaders(), target);
    return program;
  }

  static const Source &embedded(const std::string &name) {
    for (const Source &source : embeddedSources()) {
      if (source.name == name) return source;
    }
    throw std::invalid_argument("the side library has no kernels named " + name);
  }
};

}  // namespace

CTCUDAKernel *find(int32_t device, const char *source, const char *name) {
  const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(device));
  ensure_context(device);
  cudaStreamCaptureStatus status;
  C10_CUDA_CHECK(cudaStreamIsCapturing(c10::cuda::getCurrentCUDAStream(static_cast<c10::DeviceIndex>(device)), &status));
  if (status != cudaStreamCaptureStatusNone) {
    throw std::logic_error(std::string(name) + " must be prepared before a capture begins");
  }
  return Registry::shared().find(device, source, name);
}

CTCUDAKernelResources resources(const CTCUDAKernel *kernel) {
  const Driver &driver = Driver::shared();
  const auto attribute = [&](CUfunction_attribute name) {
    int value = 0;
    driver.check(driver.getAttribute(&value, name, kernel->function), "asking for a kernel's resources");
    return value;
  };
  return {
      attribute(CU_FUNC_ATTRIBUTE_NUM_REGS), attribute(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES),
      attribute(CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES), attribute(CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK)};
}

void launch(const CTCUDAKernel *kernel, const CTCUDALaunch &shape, void **arguments) {
  const auto device = static_cast<c10::DeviceIndex>(kernel->device);
  const c10::cuda::CUDAGuard guard(device);
  ensure_context(kernel->device);
  const Driver &driver = Driver::shared();
  driver.check(
      driver.launchKernel(
          kernel->function, shape.grid[0], shape.grid[1], shape.grid[2], shape.block[0], shape.block[1], shape.block[2],
          shape.block_memory, c10::cuda::getCurrentCUDAStream(device).stream(), arguments, nullptr),
      "launching a kernel");
}

}  // namespace kernels
