# Shared by bin/ and scripts/: where things are and how to speak. Sourced, never run.

torch_version=2.11.0
cuda_headers_version=13.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${LONGTAIL_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or LONGTAIL_CACHE}/.cache}/longtail}
cuda_headers=$cache/cuda-headers-$cuda_headers_version

# Everything these scripts say goes to standard error: standard output belongs to the tool.
say() { printf '%s: %s\n' "${program:-longtail}" "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}

# Which LibTorch this machine gets: `cuda` with an NVIDIA driver, else `cpu`. LONGTAIL_ENGINE overrides.
engine_flavour() {
  case ${LONGTAIL_ENGINE:-auto} in
    cpu | cuda) printf '%s' "$LONGTAIL_ENGINE" ;;
    auto) if [[ -e /proc/driver/nvidia/version ]] || type -P nvidia-smi >/dev/null; then printf cuda; else printf cpu; fi ;;
    *) fail "LONGTAIL_ENGINE is '$LONGTAIL_ENGINE'; give cpu, cuda or auto" ;;
  esac
}

# The folder with `include` and `lib` that Package.swift builds against.
libtorch_folder() { printf '%s' "${LIBTORCH:-$root/.libtorch}"; }

# Swift's own clang++, which SwiftPM compiles the C++ targets with; else the one on PATH.
clang_compiler() {
  local swift beside
  swift=$(type -P swift) && beside=$(dirname "$(readlink -f "$swift")")/clang++ && [[ -x $beside ]] && {
    printf '%s' "$beside"
    return
  }
  type -P clang++
}

# What a build is made from besides its sources; a change of any of these asks for a new build.
build_key() { printf '%s|%s|%s|%s' "$root" "$(type -P swift)" "${LIBTORCH:-}" "$(readlink -f "$(libtorch_folder)")"; }

# True when STAMP holds the present build key and nothing below the given paths is newer than it.
is_current() {
  local stamp=$1
  shift
  [[ -r $stamp && $(<"$stamp") == "$(build_key)" ]] || return 1
  [[ -z $(find "$@" -newer "$stamp" -print -quit 2>/dev/null) ]]
}

# build_logged LOG STAMP COMMAND…: runs a build with its output in LOG. On success STAMP gets the time at which the
# build began, so that a file saved meanwhile counts as newer; on failure the errors are shown.
build_logged() {
  local log=$1 stamp=$2
  shift 2
  mkdir -p "$root/.build"
  build_key >"$stamp.new"
  if ! "$@" >"$log" 2>&1; then
    grep -E '(error|fatal):' "$log" | sort -u | head -20 >&2 || true
    tail -n 15 "$log" >&2
    rm -f "$stamp.new"
    fail "the build failed; the whole log is $log"
  fi
  mv "$stamp.new" "$stamp"
}

# --- what is built

tool=$root/.build/release/longtail
tool_stamp=$root/.build/longtail.stamp
tests_stamp=$root/.build/tests.stamp
tool_sources=("$root/Package.swift" "$root/Sources")

build_tool() {
  [[ -x $tool ]] && is_current "$tool_stamp" "${tool_sources[@]}" || {
    say "building longtail (the first time takes some minutes)…"
    build_logged "$root/.build/longtail-build.log" "$tool_stamp" \
      swift build --package-path "$root" -c release --product longtail
  }
  # The side library is what captures steps on a GPU; without it the tool still runs, and says so when asked to capture.
  if [[ $(engine_flavour) == cuda ]] && has_cuda_headers; then
    "$root/scripts/build-cuda-shim" || say "the CUDA side library is missing; steps will not be captured"
  fi
}

# The package in Benchmarks has a folder of its own: SwiftPM plans a build for one root package, and takes the plan of the other for it.
benchmarks=$root/.build/benchmarks/release/longtail-bench
benchmarks_stamp=$root/.build/benchmarks.stamp

build_benchmarks() {
  [[ -x $benchmarks ]] && is_current "$benchmarks_stamp" "${tool_sources[@]}" "$root/Benchmarks/Package.swift" \
    "$root/Benchmarks/Sources" && return
  say "building longtail-bench (the first time takes some minutes)…"
  build_logged "$root/.build/benchmarks-build.log" "$benchmarks_stamp" \
    swift build --package-path "$root/Benchmarks" --scratch-path "$root/.build/benchmarks" -c release --product longtail-bench
}

# The product of all tests is named, because `--build-tests` also builds every plugin and tool of the dependencies.
build_tests() {
  build_tool
  is_current "$tests_stamp" "${tool_sources[@]}" "$root/Tests" "$root/Native" && return
  say "building the tests (the first time takes some minutes)…"
  build_logged "$root/.build/tests-build.log" "$tests_stamp" \
    swift build --package-path "$root" -c release --product longtailPackageTests
}

has_cuda_headers() { [[ -d $cuda_headers && -e $(libtorch_folder)/lib/libtorch_cuda.so ]]; }
