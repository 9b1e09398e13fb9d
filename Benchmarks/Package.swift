// swift-tools-version: 6.0
import PackageDescription

// Measurements and checks of the package above, which is built and released without them.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "longtail-bench", targets: ["longtail-bench"])],
  dependencies: [
    // The name is given because a folder may be called anything.
    .package(name: "longtail", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // The commands of `longtail-bench` and what they measure.
    .target(
      name: "LongtailBench",
      dependencies: [
        .product(name: "Longtail", package: "longtail"), .product(name: "LongtailCLI", package: "longtail"),
        .product(name: "BenchmarkSupport", package: "longtail"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // The program.
    .executableTarget(
      name: "longtail-bench", dependencies: ["LongtailBench"], path: "Sources/LongtailBenchTool"),
    .testTarget(
      name: "LongtailBenchTests", dependencies: ["LongtailBench"]),
  ],
  swiftLanguageModes: [.v6]
)
