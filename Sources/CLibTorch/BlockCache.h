// Large blocks of memory that are kept for the next step instead of being given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace ct {

/// Activations are some MiB each, live for a part of a step, and have the same sizes in the next one. The heap gives them pages one
/// fault at a time and splits and merges its blocks again and again; here a block is mapped with all its pages at once and kept.
class BlockCache {
 public:
  /// The smallest block that is taken from here, in bytes.
  static constexpr size_t threshold = size_t{1} << 20;

  BlockCache();

  /// A block of at least `size` bytes, aligned to a page; `capacity` becomes its true size. Null when there is no memory.
  void *take(size_t size, size_t &capacity);
  /// Keeps a block for later, and gives the oldest ones back to the system when too much is kept.
  void give(void *block, size_t capacity);

 private:
  struct Entry {
    void *block;
    uint64_t age;
  };

  std::mutex mutex_;
  std::multimap<size_t, Entry> free_;  // by capacity
  size_t kept_ = 0;
  size_t limit_;
  uint64_t clock_ = 0;

  void drop_oldest();
};

}  // namespace ct
