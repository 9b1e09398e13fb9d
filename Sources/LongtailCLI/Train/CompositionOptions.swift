import ArgumentParser
import Longtail

/// Options that swap one part of a recipe.
struct CompositionOptions: ParsableArguments {
  @Option(help: "Swap the loss: \(ObjectiveKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var objective: ObjectiveKind?
  @Option(help: "Swap the sampler: \(SamplerKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var sampler: SamplerKind?
  @Option(help: "Swap the classifier: \(ModelDescription.HeadKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var head: ModelDescription.HeadKind?
  @Option(
    help: "Swap the activations: \(ModelDescription.ActivationKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var activation: ModelDescription.ActivationKind?
  @Option(help: "Swap the random changes: \(NamedAugmentation.allCases.map(\.rawValue).joined(separator: ", ")).")
  var augment: NamedAugmentation?

  /// Swaps the parts that are settings, then sets single values.
  ///
  /// - Parameters:
  ///   - tree: the settings.
  ///   - assignments: the texts after `--set`.
  /// - Throws: `ValidationError` for a part that a value takes back, and for two values of one setting.
  func apply(to tree: inout SettingsTree, then assignments: [String]) throws {
    try composition.apply(to: &tree)
    try tree.apply(assignments: assignments)
    for (option, name, path) in [
      ("--sampler", sampler?.rawValue, "training.sampler"), ("--head", head?.rawValue, "model.head"),
      ("--activation", activation?.rawValue, "model.activation"),
    ] {
      guard let name, let value = tree.value(at: path), value != .string(name) else { continue }
      throw ValidationError(
        "\(option) \(name) and --set \(path)=\(value.stringValue ?? value.compactText) exclude each other; leave out one of both."
      )
    }
  }

  /// The parts that are settings.
  private var composition: RecipeComposition {
    var parts = RecipeComposition()
    (parts.sampler, parts.head, parts.activation, parts.augmentation) = (sampler, head, activation, augment)
    return parts
  }
}

extension ObjectiveKind: ExpressibleByArgument {}
extension SamplerKind: ExpressibleByArgument {}
extension ModelDescription.HeadKind: ExpressibleByArgument {}
extension ModelDescription.ActivationKind: ExpressibleByArgument {}
extension NamedAugmentation: ExpressibleByArgument {}
