// swift-tools-version: 6.0
import PackageDescription

// The engine is LibTorch, unpacked from the PyTorch wheel. `bin/longtail` puts it behind the link `.libtorch`;
// the environment variable LIBTORCH names another installation (the folder with `include` and `lib`).
let libtorch = Context.environment["LIBTORCH"] ?? Context.packageDirectory + "/.libtorch"

// The only place with unsafe flags: SwiftPM has no other way to add a system header search path and a run path.
let engineHeaders: [CXXSetting] = [
  .unsafeFlags([
    "-isystem", libtorch + "/include", "-isystem", libtorch + "/include/torch/csrc/api/include",
  ])
]
let engineLibraries: [LinkerSetting] = [
  .unsafeFlags(["-L" + libtorch + "/lib", "-Xlinker", "-rpath=" + libtorch + "/lib"]),
  .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
]

let package = Package(
  name: "longtail",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Longtail", targets: ["Longtail"]),
    // Shared options, printing and exit codes, for the package in Benchmarks.
    .library(name: "LongtailCLI", targets: ["LongtailCLI"]),
    .executable(name: "longtail", targets: ["LongtailTool"]),
    // For the benchmarks package alone.
    .library(name: "BenchmarkSupport", targets: ["BenchmarkSupport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // Level 1: C, C++ and files
    // C functions over LibTorch; every one catches C++ exceptions and returns a status.
    .target(name: "CLibTorch", cxxSettings: engineHeaders, linkerSettings: engineLibraries),
    // The C libraries of JPEG, PNG and WebP.
    .target(
      name: "CImageCodecs",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp"), .linkedLibrary("m")]),
    // Regular files opened for reading, and names escaped for terminals; below the engine, because image codecs need no more.
    .target(name: "FileAccess"),
    // Level 2: the engine
    // Tensors, autograd, devices, CUDA graphs and the counter-based generator.
    .target(name: "Torch", dependencies: ["CLibTorch"]),
    // Level 3: formats of files
    // File formats (JSON, CSV, YAML settings, safetensors, PyTorch, tar, zip), and files replaced in one step.
    .target(
      name: "Serialization",
      dependencies: [
        "Torch", "FileAccess", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Yams", package: "Yams"),
      ]),
    // Decoding, encoding and resampling of JPEG, PNG and WebP.
    .target(name: "ImageCodecs", dependencies: ["CImageCodecs", "FileAccess"]),
    // Level 4: networks
    // Modules, layers, initialisation, optimisers, schedules and EMA.
    .target(name: "NeuralNetworks", dependencies: ["Torch", "Serialization", "FileAccess"]),
    // Level 5: data, transforms and models
    // Labelled images where they are stored: formats of data sets, class counts, long-tailed selections, checks.
    .target(
      name: "Datasets",
      dependencies: ["Serialization", "ImageCodecs", "FileAccess", .product(name: "Crypto", package: "swift-crypto")]),
    // Transforms of images and of pairs of images, fixed or random, and the draws that choose them.
    .target(name: "Transforms", dependencies: ["Torch", "Serialization", "ImageCodecs"]),
    // Backbones, classifier heads, expert networks, and their descriptions.
    .target(name: "VisionModels", dependencies: ["NeuralNetworks"]),
    // Level 6: batches and metrics
    // From a data set to batches on a device: samplers, the threaded loader, the cache of decoded images.
    .target(
      name: "DataLoading",
      dependencies: [
        "Datasets", "Transforms", "NeuralNetworks", "FileAccess", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    // Metrics computed from predictions and class counts.
    .target(name: "ModelEvaluation", dependencies: ["Datasets", "Torch"]),
    // Level 7: losses and run folders
    // Losses as values, and their combinations.
    .target(name: "Objectives", dependencies: ["VisionModels", "DataLoading"]),
    // The folder of a run: its files, the queries over runs, and the tables of results.
    .target(name: "RunRecords", dependencies: ["ModelEvaluation", "Serialization", "FileAccess"]),
    // Level 8: training
    // Recipes, stages, the training loop, checkpoints and evaluation; no names of methods.
    .target(name: "ModelTraining", dependencies: ["Objectives", "ModelEvaluation", "RunRecords", "FileAccess"]),
    // Level 9: methods
    // The published methods, one file or folder each, their registry, and the benchmarks.
    .target(name: "LongtailMethods", dependencies: ["ModelTraining"]),
    // Comparisons of devices and execution modes: for benchmarks, GPU checks and tests, not for the product.
    .target(name: "BenchmarkSupport", dependencies: ["ModelTraining"]),
    // Level 10: runs and reports
    // Configurations of runs, checks before training, run folders that are trained and resumed.
    .target(name: "Runs", dependencies: ["LongtailMethods"]),
    // HTML reports with charts, made from run folders.
    .target(name: "RunReports", dependencies: ["RunRecords", "FileAccess"]),
    // Level 11: what programs import
    // All libraries under one import.
    .target(name: "Longtail", dependencies: ["Runs", "RunReports", "FileAccess"]),
    // Level 12: the command-line tool
    // Commands, progress and printed tables; nothing that a program would need.
    .target(
      name: "LongtailCLI",
      dependencies: [
        "Longtail", "FileAccess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Level 13: the executable
    // The entry point, and nothing else.
    .executableTarget(name: "LongtailTool", dependencies: ["LongtailCLI"]),
    // tests
    .target(name: "LongtailTestSupport", dependencies: ["Torch", "ImageCodecs"], path: "Tests/LongtailTestSupport"),
    // The GPU kernels, run on the processor.
    .target(name: "CKernelEmulation", path: "Tests/CKernelEmulation"),
    .target(
      name: "KernelEmulation", dependencies: ["CKernelEmulation", "Transforms"], path: "Tests/KernelEmulation"),
    .testTarget(name: "FileAccessTests", dependencies: ["FileAccess", "LongtailTestSupport"]),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "LongtailTestSupport"]),
    .testTarget(
      name: "KernelTests",
      dependencies: ["KernelEmulation", "VisionModels", "Objectives", "LongtailTestSupport"]),
    .testTarget(
      name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "LongtailTestSupport"],
      exclude: ["Fixtures/generators"], resources: [.copy("Fixtures/optimizers.json"), .copy("Fixtures/layers.json")]),
    .testTarget(
      name: "SerializationTests", dependencies: ["Serialization", "LongtailTestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "ImageCodecsTests", dependencies: ["ImageCodecs", "LongtailTestSupport"], exclude: ["Fixtures/generators"],
      resources: [.copy("Fixtures/images")]),
    .testTarget(
      name: "DatasetsTests",
      dependencies: [
        "Datasets", "DataLoading", "LongtailTestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(
      name: "TransformsTests", dependencies: ["Transforms", "DataLoading", "LongtailTestSupport"],
      exclude: ["Fixtures/generators"], resources: [.copy("Fixtures/augmentation.json")]),
    .testTarget(name: "DataLoadingTests", dependencies: ["DataLoading", "LongtailTestSupport"]),
    .testTarget(
      name: "VisionModelsTests", dependencies: ["VisionModels", "LongtailTestSupport"],
      exclude: ["Fixtures/generators"],
      resources: [
        .copy("Fixtures/residual-networks.json"), .copy("Fixtures/image-networks.json"), .copy("Fixtures/weights"),
      ]),
    .testTarget(name: "ObjectivesTests", dependencies: ["Objectives", "LongtailTestSupport"]),
    .testTarget(name: "ModelEvaluationTests", dependencies: ["ModelEvaluation", "LongtailTestSupport"]),
    .testTarget(
      name: "RunRecordsTests", dependencies: ["RunReports", "LongtailTestSupport"]),
    // Data, recipes and whole runs of a fraction of a second, for tests of training and of methods.
    .target(
      name: "TrainingTestSupport", dependencies: ["BenchmarkSupport", "LongtailTestSupport"],
      path: "Tests/TrainingTestSupport"),
    .testTarget(
      name: "ModelTrainingTests", dependencies: ["TrainingTestSupport"],
      exclude: ["Fixtures/generators"], resources: [.copy("Fixtures/training-losses.json")]),
    .testTarget(name: "BenchmarkSupportTests", dependencies: ["BenchmarkSupport"]),
    .testTarget(name: "LongtailMethodsTests", dependencies: ["Runs", "TrainingTestSupport"]),
    .testTarget(
      name: "GoldenTests", dependencies: ["Longtail", "LongtailTestSupport"], resources: [.copy("Books")]),
    .testTarget(name: "LongtailTests", dependencies: ["Longtail", "LongtailTestSupport"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["LongtailCLI", "LongtailTestSupport"],
      exclude: ["Snapshots"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
