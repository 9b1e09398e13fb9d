import Foundation
import Serialization
import VisionModels

/// What a checkpoint was written by and for, so that it can be used, or refused, without its run.
public struct CheckpointDescription: Sendable, Codable, Equatable {
  /// The recipe's name.
  public var recipe: String
  /// The network.
  public var model: ModelDescription
  /// How images become network inputs.
  public var preprocessing: Preprocessing
  /// Class names in the order of the indices.
  public var classNames: [String]
  /// Training images per class.
  public var classCounts: [Int]
  /// A digest of the training data.
  public var dataDigest: String
  /// The run's seed.
  public var seed: UInt64
  /// Threads inside one operation; other numbers give other bits.
  public var threads: Int
  /// The arithmetic.
  public var precision: ComputeSettings.Precision
  /// The engine's version.
  public var engine: String
  /// How logits become predictions; nil for the logits as they are.
  public var inference: InferenceRule?
  /// The run that wrote it; nil for training without a run folder.
  public var run: RunIdentity?
}

/// How far a run had come.
public struct CheckpointPosition: Sendable, Codable, Equatable {
  /// The stage, from 0.
  public var stage: Int
  /// Steps of the stage that are done.
  public var step: Int
  /// Steps that are done since the run began, over all stages.
  public var runStep: Int
  /// Whether those of the stage are all.
  public var isEndOfStage: Bool
}
