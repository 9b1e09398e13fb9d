// Compiles kernels with NVRTC, which is opened by its file's name: no header of it and no link to it is needed, and no GPU.
#pragma once

#include <string>
#include <vector>

namespace kernels {

struct Source {
  std::string name, text;
};

/// NVRTC: NVIDIA's compiler for the run time of a program.
class Compiler {
 public:
  /// Opens NVRTC. Throws with the reason when it cannot be used.
  explicit Compiler(const std::string &library);

  /// What a source becomes for a device of a compute capability, such as 90: a program of the device itself where the
  /// compiler knows it, else of the greatest one below, in the form that the driver translates.
  struct Target {
    std::string architecture;
    bool isFinal;
  };
  Target target(int capability) const;

  /// Compiles one source with the headers that it includes. Throws with the compiler's text when that fails.
  std::string compiled(const Source &source, const std::vector<Source> &headers, const Target &target) const;

 private:
  struct Functions;
  // The library stays open as long as the program runs.
  const Functions *functions;
};

}  // namespace kernels
