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

  /// The parts that are settings.
  var composition: RecipeComposition {
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
