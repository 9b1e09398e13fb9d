/// A recipe that cannot be run.
public enum RecipeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A stage lacks something that its parts refer to.
  case incomplete(stage: String, missing: String)
  /// An update selects no parameter.
  case nothingTrained(stage: String, update: String, selection: String)
  /// The images have another size than the recipe is made for.
  case imageSize(expected: Int, actual: Int)
  /// A stage samples its images on the device, but they are read from files.
  case streamed(stage: String)
  /// A checkpoint cannot be used.
  case checkpoint(file: String, reason: String)
  /// A finished stage of another run cannot be used.
  case finishedStage(name: String, reason: String)

  /// What was expected, what came, and what to do.
  public var description: String {
    switch self {
    case .incomplete(let stage, let missing): "stage '\(stage)' lacks \(missing)"
    case .nothingTrained(let stage, let update, let selection):
      "stage '\(stage)', update '\(update)': no parameter of the model matches \(selection)"
    case .imageSize(let expected, let actual):
      "the images are \(actual) pixels wide, but the recipe takes \(expected); prepare them at that size or set model.inputSize"
    case .streamed(let stage):
      """
      stage '\(stage)' samples its images on the device, which needs them in memory, but they would be read from files; use --images memory
      """
    case .checkpoint(let file, let reason): "\(file): \(reason)"
    case .finishedStage(let name, let reason): "finished stage '\(name)' \(reason)"
    }
  }

  /// Checks that names fit together and lengths are positive.
  static func check(_ stage: Stage) throws {
    func fail(_ missing: String) -> RecipeError { .incomplete(stage: stage.name, missing: missing) }
    guard !stage.streams.isEmpty else { throw fail("a stream of images") }
    guard !stage.updates.isEmpty else { throw fail("an update") }
    for stream in stage.streams where stream.batchSize < 1 || stream.repetitions < 1 {
      throw fail("a positive batch size and number of repetitions of stream '\(stream.name)'")
    }
    guard stage.phases.contains(where: { $0.from == .epochs(0) || $0.from == .steps(0) }) else {
      throw fail("a phase that begins at 0")
    }
    let streams = Set(stage.streams.map(\.name))
    for update in stage.updates {
      guard streams.contains(update.stream) else {
        throw fail("the stream '\(update.stream)' of update '\(update.name)'")
      }
      for phase in stage.phases where phase.objectives[update.name] == nil {
        throw fail("an objective for update '\(update.name)' in the phase from \(phase.from)")
      }
      for phase in stage.phases where phase.augmentations[update.stream]?.mixes == true {
        guard phase.objectives[update.name]?.acceptsMixedLabels == true else {
          throw fail(
            "an objective of update '\(update.name)' that can take mixed labels; set augmentation.mixing to null")
        }
      }
    }
  }
}
