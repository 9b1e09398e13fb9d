import FileAccess
import Foundation
import NeuralNetworks
import Serialization
import Torch
import VisionModels

/// A checkpoint file that has been opened and checked.
public struct Checkpoint {
  /// The version of the layout that this program writes and reads.
  ///
  /// Format 2 added a checksum of the whole file and the identity of the run; format 3 describes the model in the terms of the field.
  public static let format = 3

  /// The file.
  public let path: String
  /// How far the run had come.
  public let position: CheckpointPosition
  /// What the checkpoint was written by and for.
  public let description: CheckpointDescription
  private let file: SafetensorsFile

  /// Opens a checkpoint.
  /// - Throws: `RecipeError.checkpoint` when the file is no checkpoint of this program, or of another format; `SerializationError` when it is
  ///   damaged: every bit of the file counts.
  public init(_ path: String) throws {
    self.path = path
    file = try SafetensorsFile(path)
    if file.isSealed { try file.checkSeal() }
    guard let format = file.metadata["format"].flatMap({ Int($0) }) else {
      throw RecipeError.checkpoint(
        file: path, reason: "not a checkpoint of longtail (no 'format' in its metadata); import plain weights instead")
    }
    guard format >= Checkpoint.format else {
      throw RecipeError.checkpoint(
        file: path,
        reason: "written in format \(format) by an older longtail; this one reads format "
          + "\(Checkpoint.format): train the run again, or finish it with the longtail that began it")
    }
    guard format <= Checkpoint.format else {
      throw RecipeError.checkpoint(
        file: path,
        reason: "written in format \(format), but this program reads up to \(Checkpoint.format); use a newer longtail")
    }
    try file.checkSeal()
    position = try Checkpoint.decode(CheckpointPosition.self, "position", file)
    description = try Checkpoint.decode(CheckpointDescription.self, "description", file)
  }

  /// Builds the network of the checkpoint with its weights, in evaluation mode.
  public func model() throws -> any ImageModel {
    let model = try description.model.model(classes: description.classNames.count, seed: 0)
    try model.load(weights(preferringEMA: true), source: path)
    model.setTraining(false)
    return model
  }

  /// Refuses to resume from a checkpoint of another run, or of this run with other choices.
  ///
  /// - Parameter run: the run that is to be resumed; nil for training without a run folder.
  /// - Throws: `RecipeError.checkpoint` with what differs.
  public func check(run: RunIdentity?) throws {
    guard description.run != run else { return }
    guard let own = description.run, let run else {
      throw RecipeError.checkpoint(
        file: path,
        reason: run == nil
          ? "belongs to the run \(description.run?.identifier ?? ""); resume that run in its folder"
          : "belongs to no run, but to training without a run folder; restore the checkpoint of this run")
    }
    let differences = run.differences(from: own)
    guard !differences.isEmpty || own.identifier != run.identifier else { return }
    let shown = differences.prefix(8).joined(separator: "; ") + (differences.count > 8 ? "; …" : "")
    throw RecipeError.checkpoint(
      file: path,
      reason: own.identifier == run.identifier
        ? "was written with other settings than the run has now (\(shown)); restore them: other settings are a new run"
        : "belongs to another run (\(own.identifier), this one is \(run.identifier)), which "
          + (differences.isEmpty ? "was started with the same settings" : "was started with other settings (\(shown))")
          + "; restore the checkpoint of this run")
  }

  /// Refuses to resume with other training data.
  public func check(dataDigest: String) throws {
    guard description.dataDigest == dataDigest else {
      throw RecipeError.checkpoint(
        file: path,
        reason: "the training data have changed since it was written (digest \(dataDigest.prefix(12))… instead of "
          + "\(description.dataDigest.prefix(12))…); restore them, or start a new run")
    }
  }

  /// Refuses to resume with another network, other classes or another seed.
  func check(model: ModelDescription, classNames: [String], seed: UInt64) throws {
    func require(_ holds: Bool, _ reason: @autoclosure () -> String) throws {
      if !holds { throw RecipeError.checkpoint(file: path, reason: reason()) }
    }
    try require(
      description.model == model,
      "holds a \(description.model.summary), but the recipe trains a \(model.summary); resume with the recipe it was made by"
    )
    try checkClasses(classNames)
    try require(description.seed == seed, "belongs to a run with seed \(description.seed), not \(seed)")
  }

  private func checkClasses(_ names: [String]) throws {
    guard description.classNames == names else {
      throw RecipeError.checkpoint(
        file: path,
        reason:
          "was trained on \(description.classNames.count) classes (\(Self.shown(description.classNames)), …), "
          + "but the data have \(names.count) (\(Self.shown(names)), …)")
    }
  }

  private static func shown(_ names: [String]) -> String {
    names.prefix(3).map(\.escapedForDisplay).joined(separator: ", ")
  }

  /// Refuses to replace a stage of a run with other classes or preprocessing, or before its own stage had ended.
  func checkEndsStage(classNames: [String], preprocessing: Preprocessing) throws {
    try checkClasses(classNames)
    guard position.isEndOfStage else {
      throw RecipeError.checkpoint(
        file: path,
        reason: "was written after step \(position.step) of a stage that had not ended; finish its run first")
    }
    guard description.preprocessing == preprocessing else {
      throw RecipeError.checkpoint(
        file: path,
        reason: "its network was trained with other preprocessing (\(description.preprocessing.inputSize) pixels, mean "
          + "\(description.preprocessing.normalization.mean)) than the recipe's (\(preprocessing.inputSize) pixels, mean "
          + "\(preprocessing.normalization.mean)); set model.inputSize and model.normalization to its values")
    }
  }

  /// Copies the weights into a network.
  /// - Throws: `WeightMismatch` when it is another network, `SerializationError.badTensor` for values that are not finite.
  func load(into model: any ImageModel) throws { try model.load(weights(for: model), source: path) }

  /// Refuses another network.
  func check(fits model: any ImageModel) throws {
    let report = try model.match(weights(for: model))
    guard report.isComplete else { throw WeightMismatch(report: report, source: path) }
  }

  /// The weights, without those of a router that the network lacks.
  private func weights(for model: any ImageModel) throws -> [String: Tensor] {
    let names = Set(model.state.map(\.name))
    return try weights(preferringEMA: true).filter { names.contains($0.key) || !$0.key.hasPrefix("router.") }
  }

  /// Copies everything into a run that is being resumed.
  /// - Throws: `WeightMismatch` when the model is another one; `RecipeError.checkpoint` when state is missing.
  func restore(model: any ImageModel, stageState: [NamedTensor]) throws {
    try model.load(weights(preferringEMA: false), source: path)
    try withoutGradients {
      for item in stageState {
        guard let stored = file[item.name] else {
          throw RecipeError.checkpoint(
            file: path, reason: "lacks the state '\(item.name)'; the recipe has changed since it was written")
        }
        try item.tensor.detached().copy(from: Tensor(stored))
      }
    }
  }

  /// Weights by path; of a run with an EMA, those are what is evaluated and used.
  func weights(preferringEMA: Bool) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for stored in file.tensors where stored.name.hasPrefix("model.") {
      let name = String(stored.name.dropFirst(6))
      let average = preferringEMA ? file["average." + name] : nil
      result[name] = try Tensor(average ?? stored)
    }
    let names = result.keys.sorted()
    if let bad = try TensorLists.nonFinitePositions(names.compactMap { result[$0] }).first {
      throw SerializationError.notFinite(path: path, tensor: names[bad])
    }
    return result
  }

  static func write(
    _ tensors: [NamedTensor], position: CheckpointPosition, description: CheckpointDescription, to path: String
  ) throws {
    let metadata = [
      "format": "\(format)", "position": try encode(position), "description": try encode(description),
    ]
    let layouts = tensors.map { $0.tensor.layout(named: $0.name) }
    try SafetensorsWriter.write(to: path, metadata: metadata, tensors: layouts, isSealed: true) { index, output in
      try tensors[index].tensor.withHostBytes { try output($0) }
    }
  }

  private static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ key: String, _ file: SafetensorsFile) throws
    -> Value
  {
    guard let text = file.metadata[key] else {
      throw RecipeError.checkpoint(file: file.path, reason: "its metadata lack '\(key)'")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw RecipeError.checkpoint(file: file.path, reason: "its metadata '\(key)' cannot be read: \(error)")
    }
  }
}
