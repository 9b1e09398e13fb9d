// The compiler of the side library, which cannot be opened as a whole without a GPU's driver.
#include "../../Native/CLibTorchCUDA/KernelCompiler.cpp"

#include <cstdio>

#include "CKernelEmulation.h"

extern "C" int64_t cke_compile(
    const char *library, const char *name, const char *source, const char *const *header_names,
    const char *const *headers, int header_count, const char *architecture, char *log, int capacity) {
  try {
    const kernels::Compiler compiler(library);
    std::vector<kernels::Source> included;
    for (int i = 0; i < header_count; ++i) included.push_back({header_names[i], headers[i]});
    const std::string wanted(architecture);
    const bool isNumber = wanted.find_first_not_of("0123456789") == std::string::npos;
    const auto target =
        isNumber ? compiler.target(std::stoi(wanted)) : kernels::Compiler::Target{wanted, wanted.rfind("sm_", 0) == 0};
    const std::string program = compiler.compiled({name, source}, included, target);
    std::snprintf(log, static_cast<size_t>(capacity), "%s", target.architecture.c_str());
    return static_cast<int64_t>(program.size());
  } catch (const std::exception &error) {
    std::snprintf(log, static_cast<size_t>(capacity), "%s", error.what());
    return -1;
  }
}
