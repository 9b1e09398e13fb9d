import Longtail

extension RecipeEntry.DataFacts {
  /// What a launch's data are: how many images train, and for recipes for data of one's own what these look like.
  init(_ launch: RunLaunch, _ directory: DataDirectory) throws {
    var own: OwnDataAdvice.Facts?
    if launch.recipe.hasSuffix("/own") {
      let usesGPU = try ComputeSettings(launch).device.kind == .cuda
      own = try OwnDataAdvice.Facts(directory, usesGPU: usesGPU, weights: launch.weights)
    }
    self.init(own: own) { try TrainingData.imageCount(in: directory, choosing: launch.dataSettings($0)) }
  }
}
