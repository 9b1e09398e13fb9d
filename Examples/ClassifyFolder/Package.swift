// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "ClassifyFolder",
  platforms: [.macOS(.v15)],
  // The name is given because a folder may be called anything.
  dependencies: [.package(name: "longtail", path: "../..")],
  targets: [
    .executableTarget(name: "ClassifyFolder", dependencies: [.product(name: "Longtail", package: "longtail")])
  ],
  swiftLanguageModes: [.v6]
)
