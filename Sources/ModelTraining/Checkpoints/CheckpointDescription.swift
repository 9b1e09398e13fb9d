import Foundation
import Serialization

/// What a checkpoint says of itself, so that it can be used, and refused, without the run that made it.
public struct CheckpointDescription: Sendable, Codable, Equatable {
  /// The recipe's name.
  public var recipe: String
  /// The network.
  public var model: ModelDescription
  /// How images become inputs.
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
  /// How scores become predictions; nil in checkpoints of programs that knew one way only.
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
