#include "KernelCompiler.h"

#include <dirent.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <type_traits>

namespace kernels {

namespace {

/// NVRTC's handle and results; 0 is success.
using Program = struct NVRTCProgram *;
using Result = int;

std::string said_by_dlerror() {
  const char *text = dlerror();
  return text != nullptr ? text : "no reason is known";
}

/// NVRTC opens its own part by name and does not look beside itself. What is loaded already is found.
void open_builtins(const std::string &library) {
  const size_t slash = library.rfind('/');
  if (slash == std::string::npos) return;
  const std::string folder = library.substr(0, slash + 1);
  DIR *const entries = opendir(folder.c_str());
  if (entries == nullptr) return;
  while (const dirent *entry = readdir(entries)) {
    if (std::strncmp(entry->d_name, "libnvrtc-builtins.so", 20) == 0) {
      // One that cannot be opened shows when something is compiled.
      dlopen((folder + entry->d_name).c_str(), RTLD_NOW | RTLD_GLOBAL);
    }
  }
  closedir(entries);
}

}  // namespace

struct Compiler::Functions {
  const char *(*getErrorString)(Result);
  Result (*createProgram)(Program *, const char *source, const char *name, int, const char *const *, const char *const *);
  Result (*destroyProgram)(Program *);
  Result (*compileProgram)(Program, int, const char *const *);
  Result (*getProgramLogSize)(Program, size_t *);
  Result (*getProgramLog)(Program, char *);
  Result (*getCUBINSize)(Program, size_t *);
  Result (*getCUBIN)(Program, char *);
  Result (*getPTXSize)(Program, size_t *);
  Result (*getPTX)(Program, char *);
  Result (*getNumSupportedArchs)(int *);
  Result (*getSupportedArchs)(int *);

  void check(Result result, const char *what) const {
    if (result != 0) throw std::runtime_error(std::string("NVRTC cannot ") + what + ": " + getErrorString(result));
  }
};

Compiler::Compiler(const std::string &library) {
  open_builtins(library);
  void *const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw std::runtime_error("NVRTC cannot be opened (" + said_by_dlerror() + ")");
  auto *const found = new Functions();
  const auto find = [&](auto &function, const char *name) {
    void *const symbol = dlsym(handle, name);
    if (symbol == nullptr) throw std::runtime_error(library + " has no function " + name);
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(symbol);
  };
  functions = found;
  find(found->getErrorString, "nvrtcGetErrorString");
  find(found->createProgram, "nvrtcCreateProgram");
  find(found->destroyProgram, "nvrtcDestroyProgram");
  find(found->compileProgram, "nvrtcCompileProgram");
  find(found->getProgramLogSize, "nvrtcGetProgramLogSize");
  find(found->getProgramLog, "nvrtcGetProgramLog");
  find(found->getCUBINSize, "nvrtcGetCUBINSize");
  find(found->getCUBIN, "nvrtcGetCUBIN");
  find(found->getPTXSize, "nvrtcGetPTXSize");
  find(found->getPTX, "nvrtcGetPTX");
  find(found->getNumSupportedArchs, "nvrtcGetNumSupportedArchs");
  find(found->getSupportedArchs, "nvrtcGetSupportedArchs");
}

Compiler::Target Compiler::target(int capability) const {
  int count = 0;
  functions->check(functions->getNumSupportedArchs(&count), "say what it compiles for");
  std::vector<int> known(static_cast<size_t>(count));
  functions->check(functions->getSupportedArchs(known.data()), "say what it compiles for");
  if (std::find(known.begin(), known.end(), capability) != known.end()) {
    return {"sm_" + std::to_string(capability), true};
  }
  int greatest = 0;
  for (const int one : known) {
    if (one < capability) greatest = std::max(greatest, one);
  }
  if (greatest == 0) {
    throw std::runtime_error("NVRTC does not compile for devices of compute capability " + std::to_string(capability));
  }
  return {"compute_" + std::to_string(greatest), false};
}

std::string Compiler::compiled(
    const Source &source, const std::vector<Source> &headers, const Target &target) const {
  std::vector<const char *> names, texts;
  for (const Source &header : headers) {
    names.push_back(header.name.c_str());
    texts.push_back(header.text.c_str());
  }
  struct Owner {
    const Functions &functions;
    Program program = nullptr;
    ~Owner() {
      if (program != nullptr) functions.destroyProgram(&program);
    }
  } owner{*functions};
  functions->check(
      functions->createProgram(
          &owner.program, source.text.c_str(), source.name.c_str(), static_cast<int>(headers.size()), texts.data(),
          names.data()),
      "begin");
  const std::string architecture = "--gpu-architecture=" + target.architecture;
  const char *const options[] = {architecture.c_str(), "--std=c++17"};
  const Result result = functions->compileProgram(owner.program, 2, options);
  if (result != 0) {
    size_t count = 0;
    functions->check(functions->getProgramLogSize(owner.program, &count), "say what is wrong");
    std::string log(count, 0);
    functions->check(functions->getProgramLog(owner.program, log.data()), "say what is wrong");
    throw std::runtime_error(
        source.name + " does not compile for " + target.architecture + " (" + functions->getErrorString(result) +
        "): " + log.c_str());
  }
  size_t count = 0;
  const auto size = target.isFinal ? functions->getCUBINSize : functions->getPTXSize;
  const auto get = target.isFinal ? functions->getCUBIN : functions->getPTX;
  functions->check(size(owner.program, &count), "give the program");
  std::string program(count, 0);
  functions->check(get(owner.program, program.data()), "give the program");
  return program;
}

}  // namespace kernels
