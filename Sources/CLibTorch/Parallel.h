// Loops over the engine's own threads.
#pragma once

#include <cstdint>
#include <functional>

namespace ct {

/// Calls `body(begin, end)` for parts of `0 ..< count`, one a thread of the engine's team; the parts depend on the numbers of
/// threads and entries alone. The engine's own parallel loops are serial when they are compiled without OpenMP, and a second team of
/// threads would compete with the first; so this one is asked for by its runtime's entry points, which are there when the engine is.
void parallel_parts(int64_t count, int64_t least, const std::function<void(int64_t part, int64_t begin, int64_t end)> &body);

/// The number of parts that `parallel_parts` makes.
int64_t part_count(int64_t count, int64_t least);

}  // namespace ct
