#include "BlockCache.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <atomic>
#include <iterator>

namespace ct {

#if defined(__linux__)

static const size_t page = [] {
  const long size = sysconf(_SC_PAGESIZE);
  return size > 0 ? static_cast<size_t>(size) : size_t{4096};
}();

/// The places within a page at which new blocks begin, one after the other.
static size_t next_shift() {
  static std::atomic<size_t> number{0};
  return number.fetch_add(1, std::memory_order_relaxed) * 192 % page / 64 * 64;
}

BlockCache::BlockCache() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  limit_ = pages > 0 ? static_cast<size_t>(pages) / 4 * page : size_t{1} << 30;
}

void *BlockCache::take(size_t size, size_t &capacity) {
  constexpr size_t unit = size_t{1} << 16;
  if (size > SIZE_MAX - page - unit) return nullptr;
  const size_t needed = (size + page + unit - 1) / unit * unit;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // A block of up to twice the size is better used than a new one mapped.
    auto found = free_.lower_bound(needed);
    if (found != free_.end() && found->first / 2 <= needed) {
      capacity = found->first;
      // Of equal ones the one that was freed last: it may still be in the processor's caches.
      found = std::prev(free_.upper_bound(capacity));
      void *block = found->second.block;
      kept_ -= capacity;
      free_.erase(found);
      return block;
    }
  }
  void *block = mmap(nullptr, needed, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (block == MAP_FAILED) return nullptr;
  capacity = needed;
  // Blocks that all began at the same place of a page would compete for the same lines of the processor's caches.
  return static_cast<char *>(block) + next_shift();
}

void BlockCache::give(void *block, size_t capacity) {
  std::lock_guard<std::mutex> lock(mutex_);
  free_.emplace(capacity, Entry{block, clock_++});
  kept_ += capacity;
  while (kept_ > limit_) drop_oldest();
}

void BlockCache::drop_oldest() {
  auto oldest = free_.begin();
  for (auto entry = free_.begin(); entry != free_.end(); ++entry)
    if (entry->second.age < oldest->second.age) oldest = entry;
  const auto address = reinterpret_cast<uintptr_t>(oldest->second.block);
  munmap(reinterpret_cast<void *>(address / page * page), oldest->first);
  kept_ -= oldest->first;
  free_.erase(oldest);
}

#else

BlockCache::BlockCache() : limit_(0) {}
void *BlockCache::take(size_t, size_t &) { return nullptr; }
void BlockCache::give(void *, size_t) {}
void BlockCache::drop_oldest() {}

#endif

}  // namespace ct
