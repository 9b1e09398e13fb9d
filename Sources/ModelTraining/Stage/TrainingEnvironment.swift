/// What all stages of a run share.
struct TrainingEnvironment {
  let data: TrainingData
  let preprocessing: Preprocessing
  let compute: ComputeSettings
  let seed: UInt64
  /// Told what is done in another way than asked for, and what takes much memory.
  let notice: (@Sendable (String) -> Void)?
}
