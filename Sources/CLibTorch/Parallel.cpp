#include "Parallel.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <mutex>

namespace ct {

namespace {

/// The entry points of GNU OpenMP's runtime.
struct Runtime {
  using Parallel = void (*)(void (*)(void *), void *, unsigned, unsigned);
  using Number = int (*)();
  Parallel parallel = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  Number thread = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
  Number threads = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_num_threads"));
  Number nested = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_in_parallel"));
  bool is_whole() const { return parallel != nullptr && thread != nullptr && threads != nullptr && nested != nullptr; }
};

const Runtime &runtime() {
  static const Runtime shared;
  return shared;
}

struct Work {
  int64_t count, parts;
  const std::function<void(int64_t, int64_t, int64_t)> *body;
  std::exception_ptr error;
  std::mutex lock;

  void run(int64_t part) noexcept {
    try {
      (*body)(part, count * part / parts, count * (part + 1) / parts);
    } catch (...) {
      const std::lock_guard<std::mutex> guard(lock);
      error = std::current_exception();
    }
  }
};

void share(void *pointer) {
  Work &work = *static_cast<Work *>(pointer);
  // The runtime may give fewer threads than were asked for.
  for (int64_t part = runtime().thread(); part < work.parts; part += runtime().threads()) work.run(part);
}

}  // namespace

int64_t part_count(int64_t count, int64_t least) {
  return std::clamp<int64_t>(count / std::max<int64_t>(1, least), 1, at::get_num_threads());
}

void parallel_parts(int64_t count, int64_t least, const std::function<void(int64_t, int64_t, int64_t)> &body) {
  Work work{count, part_count(count, least), &body, nullptr, {}};
  if (work.parts == 1 || !runtime().is_whole() || runtime().nested() != 0) {
    for (int64_t part = 0; part < work.parts; ++part) work.run(part);
  } else {
    runtime().parallel(share, &work, static_cast<unsigned>(work.parts), 0);
  }
  if (work.error) std::rethrow_exception(work.error);
}

}  // namespace ct
