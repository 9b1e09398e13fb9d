import ModelTraining

/// The schedule of a stage after the first, as a setting of its own.
public struct LaterSchedule<Form: Method>: Sendable {
  /// The path of the setting, such as `retraining`.
  let path: String
  /// The learning rate for data without a recipe, as a multiple of that of `training`; nil where the stage's own
  /// learning rate and batch size fit any data.
  let learningRateFactor: Double?
  /// Takes the schedule that follows from that of the first stage.
  let follow: @Sendable (inout Form, TrainingSettings) -> Void

  /// Describes a later schedule.
  ///
  /// - Parameters:
  ///   - path: the path of the setting.
  ///   - learningRateFactor: the learning rate for data without a recipe, as a multiple of that of `training`; nil
  ///     where the stage's own
  ///     learning rate and batch size fit any data.
  ///   - follow: takes the schedule that follows from that of the first stage.
  public init(
    _ path: String, learningRateFactor: Double? = 1, follow: @escaping @Sendable (inout Form, TrainingSettings) -> Void
  ) {
    (self.path, self.learningRateFactor, self.follow) = (path, learningRateFactor, follow)
  }
}

extension Method {
  /// The paths of the schedules of all stages, in order, each with the learning rate for data without a recipe as a
  /// multiple of that of `training`; nil where a stage's own learning rate and batch size fit any data.
  package static var schedulePaths: [(path: String, learningRateFactor: Double?)] {
    [("training", 1)] + laterSchedules.map { ($0.path, $0.learningRateFactor) }
  }
}
