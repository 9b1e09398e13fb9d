import ArgumentParser
import FileAccess
import Foundation
import Longtail

/// Matches weights of others with a network, and writes what fits.
struct ModelsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Match weights with a network, say what fits, and write it as safetensors.",
    discussion: """
      Reads PyTorch state dictionaries (.pth, .pt, .bin; nothing in the file is executed) and safetensors, with the keys of \
      torchvision and timm. Prefixes such as 'module.' or 'backbone.' are taken off. What is written can be given to \
      'longtail train --weights'. The exit code is 2 when nothing fits, or when --out is given and the backbone is not complete.
      """)

  @Argument(help: ArgumentHelp("The file with the weights.", valueName: "FILE"), completion: .file())
  var file: String

  @Option(name: .customLong("as"), help: "The network, such as resnet50.")
  var model: String

  @Option(help: "Classes of the head; what the file has without it.")
  var classes: Int?

  @Option(help: "Where in a PyTorch file the weights are, such as state_dict or model_ema.")
  var key: String?

  @Option(help: "Where to write what fits; must not exist.", completion: .file())
  var out: String?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func validate() throws {
    if let classes, !(1...10_000_000).contains(classes) {
      throw ValidationError("--classes is \(classes), but must be within 1 ... 10000000")
    }
    try UnusedOption.refuse(
      "--key", given: key != nil, if: file.hasSuffix(".safetensors"),
      "a safetensors file has one place for weights, only PyTorch files have several; leave it out")
    if let out, !out.hasSuffix(".safetensors") {
      throw ValidationError("--out is '\(out)', but must end in .safetensors")
    }
  }

  func run() throws {
    try Engine.verify()
    let backbone = try BackboneRegistry.backbone(named: model)
    if let out, FileManager.default.fileExists(atPath: out) {
      throw RunError.malformed(path: out, reason: "already exists; choose another --out")
    }
    let weights = try WeightsFile(file, key: key)
    let outline = try backbone.outline(classes: classes ?? weights.classCount(for: backbone) ?? 1000)
    let match = weights.match(with: outline)
    let result = ImportResult(file: file, model: model, classes: outline.classCount, report: match.report, out: out)
    guard !match.report.isEmpty else { throw NothingFits(result, fitting: try weights.fittingBackbone()?.name) }
    try match.checkFinite()
    if let out {
      guard match.report.hasBackbone else { throw match.mismatch }
      try match.write(to: out, as: backbone, classes: outline.classCount)
    }
    if json {
      try Console.output(json: result)
    } else {
      Console.output(result.text)
    }
  }
}

/// A file of which no tensor fits.
struct NothingFits: Error, CustomStringConvertible {
  let description: String

  /// - Parameters:
  ///   - result: what became of each key.
  ///   - fitting: the name of the network that the file belongs to, if it is known.
  init(_ result: ImportResult, fitting: String?) {
    let keys = (result.report.extra + result.report.misshapen.map { "\($0.key) \($0.came)" }).map(\.escapedForDisplay)
    description =
      "\(result.file.escapedForDisplay): nothing in it fits \(result.model); it has "
      + (keys.isEmpty ? "no tensors" : keys.prefix(5).joined(separator: ", ") + (keys.count > 5 ? ", …" : ""))
      + (fitting.map { "; they are the weights of \($0): --as \($0)" }
        ?? "; choose the network with --as ('longtail models list'), or the place with --key")
  }
}
