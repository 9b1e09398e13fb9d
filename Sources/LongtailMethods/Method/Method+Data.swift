import Datasets
import ModelTraining
import Torch

extension Method {
  /// Prepares a data set for these settings: which images, at which size, whole or as squares.
  ///
  /// - Parameters:
  ///   - directory: the data set.
  ///   - chosen: which images are used, when that is not what the settings say.
  ///   - device: where batches go.
  ///   - loading: where images lie.
  ///   - skipsUnreadable: leave out images that cannot be decoded instead of refusing them.
  ///   - progress: called now and then while images are looked at.
  ///   - notice: called with what takes long or much room, before it is done.
  /// - Throws: `DataSourceError` and `ImageCodecError` naming files; `ClassDistributionError` for fewer than two
  ///   classes.
  public func prepare(
    _ directory: DataDirectory, choosing chosen: DataSettings? = nil, on device: Device,
    loading: ImageStorage = ImageStorage(), skipsUnreadable: Bool = false, progress: DataProgress? = nil,
    notice: (@Sendable (String) -> Void)? = nil
  ) throws -> TrainingData {
    try TrainingData.prepare(
      directory, settings: chosen ?? data, preprocessing: model.preprocessing,
      cropsFiles: cropsFiles, on: device, loading: loading,
      skipsUnreadable: skipsUnreadable, progress: progress, notice: notice)
  }
}
