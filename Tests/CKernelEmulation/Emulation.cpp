// Runs the blocks of a launch one after the other, and the threads of a block as fibers.
#include <ucontext.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "DeviceStandIn.h"
#include "Kernels.h"

namespace emulation {

Fiber *current = nullptr;
Index block, gridSize, blockSize;
unsigned char *blockMemory = nullptr;

namespace {

constexpr size_t stackBytes = 64 << 10;

enum class State { ready, atBlockBarrier, atWarpBarrier, finished };

struct Thread : Fiber {
  ucontext_t context;
  State state = State::ready;
  uint32_t given = 0;
  std::unique_ptr<unsigned char[]> stack;
};

std::vector<Thread> threads;
ucontext_t scheduler;
const Call *call = nullptr;
void *const *arguments = nullptr;
std::exception_ptr failure;

void run_thread() {
  try {
    (*call)(arguments);
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  static_cast<Thread *>(current)->state = State::finished;
}

void wait(State state) {
  auto *thread = static_cast<Thread *>(current);
  thread->state = state;
  swapcontext(&thread->context, &scheduler);
  if (failure) throw std::runtime_error("stopped");
}

void begin(Thread &thread, unsigned number) {
  thread.number = number;
  thread.thread = {number % blockSize.x, number / blockSize.x % blockSize.y, number / (blockSize.x * blockSize.y)};
  thread.state = State::ready;
  if (!thread.stack) thread.stack.reset(new unsigned char[stackBytes]);
  getcontext(&thread.context);
  thread.context.uc_stack.ss_sp = thread.stack.get();
  thread.context.uc_stack.ss_size = stackBytes;
  thread.context.uc_link = &scheduler;
  makecontext(&thread.context, run_thread, 0);
}

bool all_are(State state, unsigned first, unsigned end) {
  for (unsigned i = first; i < end; ++i) {
    if (threads[i].state != state) return false;
  }
  return true;
}

/// Runs threads of a warp that can go on, in order. Returns whether there were any.
bool run_ready(const std::vector<unsigned> &order, unsigned warp) {
  bool ran = false;
  for (const unsigned number : order) {
    Thread &thread = threads[number];
    if (number / 32 != warp || thread.state != State::ready) continue;
    current = &thread;
    swapcontext(&scheduler, &thread.context);
    current = nullptr;
    ran = true;
  }
  return ran;
}

/// Runs a warp until it waits for others or has ended: as far ahead of them as a device might let it.
void run_warp(const std::vector<unsigned> &order, unsigned warp) {
  const unsigned first = warp * 32, end = std::min(first + 32, static_cast<unsigned>(order.size()));
  while (run_ready(order, warp) && !failure && all_are(State::atWarpBarrier, first, end)) {
    for (unsigned i = first; i < end; ++i) threads[i].state = State::ready;
  }
}

/// Lets threads go on when all of them wait. On the device, threads that have ended count as present at a block's barrier.
bool release(unsigned count) {
  unsigned waiting = 0, finished = 0;
  for (unsigned i = 0; i < count; ++i) {
    waiting += threads[i].state == State::atBlockBarrier;
    finished += threads[i].state == State::finished;
  }
  if (waiting == 0 || waiting + finished < count) return false;
  for (unsigned i = 0; i < count; ++i) {
    if (threads[i].state == State::atBlockBarrier) threads[i].state = State::ready;
  }
  return true;
}

void run_block(const std::vector<unsigned> &order, const std::vector<unsigned> &warps) {
  const unsigned count = static_cast<unsigned>(order.size());
  for (unsigned i = 0; i < count; ++i) begin(threads[i], i);
  while (true) {
    for (const unsigned warp : warps) run_warp(order, warp);
    if (all_are(State::finished, 0, count)) break;
    if (!failure && release(count)) continue;
    if (!failure) failure = std::make_exception_ptr(std::runtime_error("threads wait for others that never come"));
    // What failed lets the others leave, one wait after the other.
    for (unsigned i = 0; i < count; ++i) {
      if (threads[i].state != State::finished) threads[i].state = State::ready;
    }
  }
  if (failure) std::rethrow_exception(failure);
}

std::vector<unsigned> turns(unsigned count, int order) {
  std::vector<unsigned> result(count);
  std::iota(result.begin(), result.end(), 0u);
  if (order == CKE_DESCENDING) std::reverse(result.begin(), result.end());
  if (order == CKE_SHUFFLED) std::shuffle(result.begin(), result.end(), std::mt19937(count));
  return result;
}

void run(const CKELaunch &launch) {
  gridSize = {launch.grid[0], launch.grid[1], launch.grid[2]};
  blockSize = {launch.block[0], launch.block[1], launch.block[2]};
  const unsigned count = blockSize.x * blockSize.y * blockSize.z;
  // What every device since 2012 allows.
  if (count == 0 || count > 1024 || gridSize.x == 0 || gridSize.y == 0 || gridSize.z == 0 || gridSize.y > 65535 ||
      gridSize.z > 65535 || launch.block_memory > 48 << 10) {
    throw std::invalid_argument("no device takes a launch of this shape");
  }
  threads.resize(1024);
  const auto order = turns(count, launch.order);
  const auto warps = turns((count + 31) / 32, launch.order);
  // Aligned, and a little more, filled with what no kernel may read before it has written: not a number.
  std::vector<std::max_align_t> memory(launch.block_memory / sizeof(std::max_align_t) + 4);
  blockMemory = reinterpret_cast<unsigned char *>(memory.data());
  for (const unsigned number : turns(gridSize.x * gridSize.y * gridSize.z, launch.order)) {
    block = {number % gridSize.x, number / gridSize.x % gridSize.y, number / (gridSize.x * gridSize.y)};
    std::memset(memory.data(), 0xff, memory.size() * sizeof(std::max_align_t));
    run_block(order, warps);
    for (size_t i = launch.block_memory; i < memory.size() * sizeof(std::max_align_t); ++i) {
      if (blockMemory[i] != 0xff) throw std::out_of_range("the kernel wrote behind its block's memory");
    }
  }
}

}  // namespace

void wait_for_block() { wait(State::atBlockBarrier); }

uint32_t exchange(uint32_t value, unsigned lane) {
  auto *mine = static_cast<Thread *>(current);
  mine->given = value;
  wait(State::atWarpBarrier);
  const unsigned other = mine->number / 32 * 32 + lane;
  if (other >= blockSize.x * blockSize.y * blockSize.z) fail("a shuffle reads from a lane that does not exist");
  const uint32_t taken = threads[other].given;
  // Nobody may give the next value before all have taken this one.
  wait(State::atWarpBarrier);
  return taken;
}

void fail(const char *text) { throw std::logic_error(text); }

}  // namespace emulation

extern "C" int cke_launch(
    const char *name, const CKELaunch *launch, void *const *arguments, char *message, int capacity) {
  static std::mutex one;
  const std::lock_guard<std::mutex> lock(one);
  try {
    emulation::call = emulation::kernel(name);
    if (emulation::call == nullptr) throw std::invalid_argument(std::string("no kernel is named ") + name);
    emulation::arguments = arguments;
    emulation::failure = nullptr;
    emulation::run(*launch);
    return 0;
  } catch (const std::exception &error) {
    std::snprintf(message, static_cast<size_t>(capacity), "%s", error.what());
    return -1;
  }
}
