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
    // 1. C and C++
    .target(name: "CLibTorch", cxxSettings: engineHeaders, linkerSettings: engineLibraries),
    .target(
      name: "CImageCodecs",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp"), .linkedLibrary("m")]),
    // Regular files opened for reading, and names escaped for terminals; below the engine, because image codecs need no more.
    .target(name: "FileAccess"),
    // 2. the engine
    .target(name: "Torch", dependencies: ["CLibTorch"]),
    // 3. foundations
    // File formats (JSON, CSV, YAML settings, safetensors, PyTorch, tar, zip), and files replaced in one step.
    .target(
      name: "Serialization",
      dependencies: [
        "Torch", "FileAccess", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Yams", package: "Yams"),
      ]),
    .target(name: "NeuralNetworks", dependencies: ["Torch", "Serialization", "FileAccess"]),
    .target(name: "ImageCodecs", dependencies: ["CImageCodecs", "FileAccess"]),
    // 4. data and models
    .target(
      name: "VisionData",
      dependencies: [
        "NeuralNetworks", "Serialization", "ImageCodecs", "FileAccess", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(name: "VisionModels", dependencies: ["NeuralNetworks"]),
    // 5. losses, metrics, records
    .target(name: "Objectives", dependencies: ["VisionModels", "VisionData"]),
    .target(name: "ModelEvaluation", dependencies: ["VisionData"]),
    // The folder of a run: its files, the queries over runs, and the tables of results.
    .target(name: "RunRecords", dependencies: ["ModelEvaluation", "Serialization", "FileAccess"]),
    // 6. training
    .target(name: "ModelTraining", dependencies: ["Objectives", "ModelEvaluation", "RunRecords", "FileAccess"]),
    // 7. methods
    .target(name: "LongtailMethods", dependencies: ["ModelTraining"]),
    // Comparisons of devices and execution modes: for benchmarks, GPU checks and tests, not for the product.
    .target(name: "BenchmarkSupport", dependencies: ["ModelTraining"]),
    // 8. runs: what `longtail train` knows and a program needs
    // Configurations of runs, checks before training, run folders that are trained and resumed.
    .target(name: "Runs", dependencies: ["LongtailMethods"]),
    // 9. what users import
    .target(name: "RunReports", dependencies: ["RunRecords", "FileAccess"]),
    .target(name: "Longtail", dependencies: ["Runs", "RunReports", "FileAccess"]),
    // 10. the command-line tool
    .target(
      name: "LongtailCLI",
      dependencies: [
        "Longtail", "BenchmarkSupport", "FileAccess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "LongtailTool", dependencies: ["LongtailCLI"]),
    // tests
    .target(name: "LongtailTestSupport", dependencies: ["Torch"], path: "Tests/LongtailTestSupport"),
    // The GPU kernels, run on the processor.
    .target(name: "CKernelEmulation", path: "Tests/CKernelEmulation"),
    .target(
      name: "KernelEmulation", dependencies: ["CKernelEmulation", "VisionData"], path: "Tests/KernelEmulation"),
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
      name: "VisionDataTests",
      dependencies: [
        "VisionData", "FileAccess", "LongtailTestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Fixtures/generators"], resources: [.copy("Fixtures/augmentation.json")]),
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
    .testTarget(
      name: "CommandLineTests", dependencies: ["LongtailCLI", "LongtailTestSupport"],
      exclude: ["Snapshots"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
