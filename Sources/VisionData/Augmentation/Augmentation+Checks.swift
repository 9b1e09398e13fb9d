extension Augmentation {
  /// A setting that has no meaning.
  public struct Fault: Sendable, Equatable {
    /// The property.
    public let name: String
    /// The value it has.
    public let value: String
    /// What it must be.
    public let expected: String
  }

  /// The settings that have no meaning, in order; empty when all is well.
  public var faults: [Fault] {
    var faults: [Fault] = []
    func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) {
      if !holds { faults.append(Fault(name: name, value: "\(value)", expected: expected)) }
    }
    for (name, share) in [
      ("flipProbability", flipProbability), ("resizedCropArea", resizedCropArea),
      ("jitterProbability", jitterProbability), ("greyProbability", greyProbability),
      ("blurProbability", blurProbability), ("solarizeProbability", solarizeProbability),
      ("erasingProbability", erasingProbability), ("cutmixShare", cutmixShare),
      ("mixingProbability", mixingProbability),
    ] { require((0...1).contains(share), name, share, "within 0...1") }
    for (name, size) in [
      ("cropPadding", cropPadding), ("cutoutSize", cutoutSize), ("resizedCropSize", resizedCropSize),
    ] { require((0...16384).contains(size), name, size, "within 0...16384 pixels") }
    for (name, change) in [("brightness", brightness), ("contrast", contrast), ("saturation", saturation)] {
      require(change >= 0 && change.isFinite, name, change, "at least 0")
    }
    require((0...0.5).contains(hue), "hue", hue, "within 0...0.5 turns")
    require((0...180).contains(rotation), "rotation", rotation, "within 0...180 degrees")
    require(cropPadding == 0 || resizedCropArea == 0, "cropPadding", cropPadding, "0 where resizedCropArea is set")
    require(
      resizedCropSize == 0 || resizedCropArea > 0, "resizedCropSize", resizedCropSize, "0 without resizedCropArea")
    require((1...16).contains(policyOperations), "policyOperations", policyOperations, "within 1...16")
    let greatest = policy == .variedRandAugment ? 10.0 : 30
    require((0...greatest).contains(policyMagnitude), "policyMagnitude", policyMagnitude, "within 0...\(Int(greatest))")
    require(policyMagnitudeNoise >= 0, "policyMagnitudeNoise", policyMagnitudeNoise, "at least 0")
    require((0...255).contains(policyFill), "policyFill", policyFill, "within 0...255")
    for (name, alpha) in [("mixupAlpha", mixupAlpha), ("cutmixAlpha", cutmixAlpha)] {
      require(alpha == 0 || (0.01...1000).contains(alpha), name, alpha, "0, or within 0.01...1000")
    }
    return faults
  }
}
