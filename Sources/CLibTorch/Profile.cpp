// What the engine did within a span of time: operators, calls into the driver, and the device's own work.
#include <ATen/record_function.h>
#include <torch/csrc/autograd/profiler_kineto.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>

#include "Guard.h"

struct CTProfileImpl {
  std::unique_ptr<torch::autograd::profiler::ProfilerResult> result;
};

namespace {

namespace profiler = torch::profiler::impl;
using torch::autograd::profiler::KinetoEvent;

/// The driver's calls have names of its interface, the engine's operators those of their namespace.
int32_t kind_of(const KinetoEvent &event) {
  if (event.deviceType() != c10::DeviceType::CPU) return CT_PROFILE_DEVICE;
  const std::string name = event.name();
  const bool is_driver = name.rfind("cuda", 0) == 0 || (name.rfind("cu", 0) == 0 && name.size() > 2 && name[2] >= 'A' && name[2] <= 'Z');
  return is_driver ? CT_PROFILE_DRIVER : CT_PROFILE_OPERATOR;
}

}  // namespace

extern "C" {

int ct_profile_begin(bool with_device) {
  return ct::guard_status([&] {
    // Without a GPU the profiler complains on standard error that there is none.
    if (!with_device) setenv("KINETO_LOG_LEVEL", "99", /*overwrite=*/0);
    std::set<profiler::ActivityType> activities{profiler::ActivityType::CPU};
    if (with_device) activities.insert(profiler::ActivityType::CUDA);
    const profiler::ProfilerConfig config(profiler::ProfilerState::KINETO);
    torch::autograd::profiler::prepareProfiler(config, activities);
    torch::autograd::profiler::enableProfiler(config, activities, {at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION});
  });
}

CTProfile ct_profile_end(void) {
  return ct::guard([] { return new CTProfileImpl{torch::autograd::profiler::disableProfiler()}; }, static_cast<CTProfile>(nullptr));
}

void ct_profile_release(CTProfile profile) { delete profile; }

int64_t ct_profile_count(CTProfile profile) { return static_cast<int64_t>(profile->result->events().size()); }

int ct_profile_event(CTProfile profile, int64_t index, CTProfileEvent *out) {
  return ct::guard_status([&] {
    const auto &event = profile->result->events().at(static_cast<size_t>(index));
    CTProfileEvent result = {};
    const std::string name = event.name();
    std::strncpy(result.name, name.c_str(), sizeof result.name - 1);
    result.kind = kind_of(event);
    result.start_nanoseconds = static_cast<int64_t>(event.startNs());
    result.duration_nanoseconds = static_cast<int64_t>(event.durationNs());
    result.thread = event.startThreadId();
    *out = result;
  });
}

}  // extern "C"
