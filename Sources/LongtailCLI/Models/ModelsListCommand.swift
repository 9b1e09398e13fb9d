import ArgumentParser
import Longtail
import Serialization

/// The `models list` command.
struct ModelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the networks with their parameters and operations.",
    discussion: """
      Operations are multiply-accumulates of convolutions, linear layers and attention for one image, counted by a pass through \
      the network.
      """)

  @OptionGroup var size: ModelSizeOptions

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    // Networks that do not take this input size are left out.
    var left: [String] = []
    let models: [ModelOverview] = try BackboneRegistry.all.compactMap { backbone in
      do {
        return try size.overview(of: backbone)
      } catch ModelError.inputSize {
        left.append(backbone.name)
        return nil
      }
    }
    if !left.isEmpty { Console.error("not for this input size: \(left.joined(separator: ", "))") }
    if json { return try Console.output(json: models) }
    var table = TextTable([
      .init("model"), .init("input", .right), .init("parameters", .right), .init("operations", .right),
      .init("what it is"),
    ])
    for model in models {
      table.append([
        model.name, "\(model.inputSize)", CountText.short(model.parameters),
        CountText.short(model.multiplyAccumulates), model.summary,
      ])
    }
    table.notes.append("with a linear head of \(size.classes) classes")
    Console.output(table.plainText.trimmingLineEnds)
  }
}
