import VisionModels

extension WeightsFile {
  /// The network of the registry that the weights belong to: one whose backbone is complete in the file and which leaves nothing over; of
  /// several, the first. Nil when there is none.
  public func fittingBackbone() throws -> BackboneDescription? {
    try WeightMatch.fittingBackbone(of: tensors, source: path)
  }
}
