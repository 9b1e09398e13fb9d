#include "CLibTorchCUDA.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include "Kernels.h"

struct CTCUDAGraph {
  c10::DeviceIndex device;
  // Without another graph to share with, the graph names its pool by a number that nothing else uses.
  at::cuda::CUDAGraph graph;
};

namespace {

using c10::cuda::CUDAStream;
namespace allocator = c10::cuda::CUDACachingAllocator;

thread_local std::string lastError;

// Runs `body`; an exception becomes CTCUDA_ERROR with its text in the error slot of this thread.
template <typename Body>
int guarded(Body body) noexcept {
  try {
    body();
    return CTCUDA_OK;
  } catch (const c10::Error &error) {
    lastError = error.what_without_backtrace();
  } catch (const std::exception &error) {
    lastError = error.what();
  } catch (...) {
    lastError = "unknown error in the CUDA side library";
  }
  return CTCUDA_ERROR;
}

template <typename Pointer>
Pointer *notNull(Pointer *pointer) {
  if (pointer == nullptr) throw std::invalid_argument("null pointer passed to the CUDA side library");
  return pointer;
}

c10::DeviceIndex checked(int32_t device) {
  const int32_t count = c10::cuda::device_count();
  if (device < 0 || device >= count) {
    throw std::out_of_range(
        "CUDA device " + std::to_string(device) + " does not exist; this machine has " + std::to_string(count));
  }
  return static_cast<c10::DeviceIndex>(device);
}

CUDAStream unpacked(CTCUDAStream stream) {
  return CUDAStream::unpack3(stream.identifier, checked(stream.device), c10::DeviceType::CUDA);
}

CTCUDAStream packed(const CUDAStream &stream) { return {stream.id(), stream.device_index()}; }

const char *errorOfThread() { return lastError.c_str(); }

// MARK: Devices

int deviceCount(int32_t *count) {
  return guarded([&] { *notNull(count) = c10::cuda::device_count(); });
}

int deviceProperties(int32_t device, CTCUDADevice *out) {
  return guarded([&] {
    cudaDeviceProp properties;
    C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, checked(device)));
    CTCUDADevice result = {};
    std::strncpy(result.name, properties.name, sizeof result.name - 1);
    result.major = properties.major;
    result.minor = properties.minor;
    result.multiprocessors = properties.multiProcessorCount;
    result.total_memory = static_cast<int64_t>(properties.totalGlobalMem);
    *notNull(out) = result;
  });
}

int deviceSynchronize(int32_t device) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(checked(device));
    c10::cuda::device_synchronize();
  });
}

// MARK: Streams

int streamFromPool(int32_t device, int32_t highPriority, CTCUDAStream *out) {
  return guarded([&] { *notNull(out) = packed(c10::cuda::getStreamFromPool(highPriority != 0, checked(device))); });
}

int streamDefault(int32_t device, CTCUDAStream *out) {
  return guarded([&] { *notNull(out) = packed(c10::cuda::getDefaultCUDAStream(checked(device))); });
}

int streamCurrent(int32_t device, CTCUDAStream *out) {
  return guarded([&] { *notNull(out) = packed(c10::cuda::getCurrentCUDAStream(checked(device))); });
}

int streamSetCurrent(CTCUDAStream stream) {
  return guarded([&] { c10::cuda::setCurrentCUDAStream(unpacked(stream)); });
}

int streamSynchronize(CTCUDAStream stream) {
  return guarded([&] { unpacked(stream).synchronize(); });
}

// An event that is destroyed also when recording or waiting throws.
struct Event {
  cudaEvent_t event = nullptr;
  Event() { C10_CUDA_CHECK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming)); }
  ~Event() { C10_CUDA_CHECK_WARN(cudaEventDestroy(event)); }
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;
};

int streamWait(CTCUDAStream waiting, CTCUDAStream other) {
  return guarded([&] {
    const CUDAStream first = unpacked(other), second = unpacked(waiting);
    const c10::cuda::CUDAGuard guard(first.device_index());
    const Event event;
    C10_CUDA_CHECK(cudaEventRecord(event.event, first));
    C10_CUDA_CHECK(cudaStreamWaitEvent(second, event.event, 0));
  });
}

// MARK: Graphs

int graphCreate(int32_t device, CTCUDAGraph **out) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(checked(device));
    *notNull(out) = new CTCUDAGraph{static_cast<c10::DeviceIndex>(device), {}};
  });
}

int graphCaptureBegin(CTCUDAGraph *graph, CTCUDAGraph *sharing) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(notNull(graph)->device);
    using Pool = decltype(graph->graph.pool());
    const Pool pool = sharing == nullptr ? Pool{0, 0} : sharing->graph.pool();
    // Loader threads may allocate pinned memory meanwhile; only this thread is held to what a capture allows.
    graph->graph.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
  });
}

int graphCaptureEnd(CTCUDAGraph *graph) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(notNull(graph)->device);
    graph->graph.capture_end();
  });
}

int graphReplay(CTCUDAGraph *graph) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(notNull(graph)->device);
    graph->graph.replay();
  });
}

int graphReset(CTCUDAGraph *graph) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(notNull(graph)->device);
    graph->graph.reset();
  });
}

int graphDestroy(CTCUDAGraph *graph) {
  return guarded([&] {
    if (graph == nullptr) return;
    const std::unique_ptr<CTCUDAGraph> owner(graph);
    const c10::cuda::CUDAGuard guard(owner->device);
    // A destructor may not throw: what can fail is done here, where it is caught.
    owner->graph.reset();
  });
}

// MARK: Memory

int memoryStatistics(int32_t device, CTCUDAMemory *out) {
  return guarded([&] {
    const c10::DeviceIndex index = checked(device);
    const auto statistics = allocator::getDeviceStats(index);
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto [available, total] = allocator::get()->getMemoryInfo(index);
    CTCUDAMemory result = {};
    result.allocated = statistics.allocated_bytes[all].current;
    result.allocated_peak = statistics.allocated_bytes[all].peak;
    result.reserved = statistics.reserved_bytes[all].current;
    result.reserved_peak = statistics.reserved_bytes[all].peak;
    result.free_on_device = static_cast<int64_t>(available);
    result.total_on_device = static_cast<int64_t>(total);
    result.allocation_retries = statistics.num_alloc_retries;
    result.out_of_memory_errors = statistics.num_ooms;
    *notNull(out) = result;
  });
}

int memoryResetPeak(int32_t device) {
  return guarded([&] { allocator::resetPeakStats(checked(device)); });
}

int memoryEmptyCache() {
  return guarded([] { allocator::emptyCache(); });
}

// MARK: Hidden synchronisation

int syncModeSet(CTCUDASyncMode mode) {
  return guarded([&] {
    if (mode < CTCUDA_SYNC_ALLOWED || mode > CTCUDA_SYNC_FAILS) throw std::invalid_argument("unknown CTCUDASyncMode");
    c10::cuda::warning_state().set_sync_debug_mode(static_cast<c10::cuda::SyncDebugMode>(mode));
  });
}

int syncModeGet(CTCUDASyncMode *out) {
  return guarded([&] {
    *notNull(out) = static_cast<CTCUDASyncMode>(c10::cuda::warning_state().get_sync_debug_mode());
  });
}

// MARK: Own kernels

int kernelFind(int32_t device, const char *source, const char *name, CTCUDAKernel **out) {
  return guarded([&] { *notNull(out) = kernels::find(checked(device), notNull(source), notNull(name)); });
}

int kernelResources(const CTCUDAKernel *kernel, CTCUDAKernelResources *out) {
  return guarded([&] { *notNull(out) = kernels::resources(notNull(kernel)); });
}

int kernelLaunch(const CTCUDAKernel *kernel, const CTCUDALaunch *launch, void **arguments) {
  return guarded([&] { kernels::launch(notNull(kernel), *notNull(launch), notNull(arguments)); });
}

const CTCUDATable table = {
    .version = CTCUDA_TABLE_VERSION,
    .size = sizeof(CTCUDATable),
    .last_error = errorOfThread,
    .device_count = deviceCount,
    .device_properties = deviceProperties,
    .device_synchronize = deviceSynchronize,
    .stream_from_pool = streamFromPool,
    .stream_default = streamDefault,
    .stream_current = streamCurrent,
    .stream_set_current = streamSetCurrent,
    .stream_synchronize = streamSynchronize,
    .stream_wait = streamWait,
    .graph_create = graphCreate,
    .graph_capture_begin = graphCaptureBegin,
    .graph_capture_end = graphCaptureEnd,
    .graph_replay = graphReplay,
    .graph_reset = graphReset,
    .graph_destroy = graphDestroy,
    .memory_statistics = memoryStatistics,
    .memory_reset_peak = memoryResetPeak,
    .memory_empty_cache = memoryEmptyCache,
    .sync_mode_set = syncModeSet,
    .sync_mode_get = syncModeGet,
    .kernel_find = kernelFind,
    .kernel_resources = kernelResources,
    .kernel_launch = kernelLaunch,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const CTCUDATable *ctcuda_table(void) { return &table; }
