import LongtailMethods
import ModelTraining
import NeuralNetworks
import RunRecords
import Serialization
import Transforms
import VisionModels

/// Parts of a recipe that are swapped for others, by name.
public struct RecipeComposition: Sendable, Equatable {
  /// Which images make an epoch.
  public var sampler: SamplerKind?
  /// The classifier.
  public var head: ModelDescription.HeadKind?
  /// What stands where activations stand.
  public var activation: ModelDescription.ActivationKind?
  /// How images are changed at random.
  public var augmentation: NamedAugmentation?

  /// Swaps nothing.
  public init() {}

  /// Changes the settings that the parts stand for.
  public func apply(to tree: inout SettingsTree) throws {
    if let sampler { try set("training.sampler", .string(sampler.rawValue), "--sampler", in: &tree) }
    if let head { try set("model.head", .string(head.rawValue), "--head", in: &tree) }
    if let activation { try set("model.activation", .string(activation.rawValue), "--activation", in: &tree) }
    if let augmentation {
      let values = try JSONValue(encoding: augmentation.augmentation).objectValue ?? JSONObject()
      for (name, value) in values.members {
        try set("training.augmentation." + name, value, "--augment", in: &tree)
      }
    }
  }

  private func set(_ path: String, _ value: JSONValue, _ option: String, in tree: inout SettingsTree) throws {
    try tree.set(path, to: value, origin: .preset(option))
  }
}

/// Augmentations that can be chosen by name.
public enum NamedAugmentation: String, Sendable, Codable, CaseIterable {
  /// None.
  case none
  /// Crop and flip of small images.
  case cropAndFlip
  /// Crop, flip, AutoAugment and a black square, for small images.
  case strongCIFAR
  /// Resized crop and flip of large images.
  case resizedCropAndFlip
  /// The changes of DeiT.
  case deit

  /// The changes.
  public var augmentation: Augmentation {
    switch self {
    case .none: .none
    case .cropAndFlip: .cropAndFlip
    case .strongCIFAR: .strongCIFAR
    case .resizedCropAndFlip: .resizedCropAndFlip
    case .deit: .deit
    }
  }
}
