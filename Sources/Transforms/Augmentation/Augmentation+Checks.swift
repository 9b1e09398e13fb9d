import Serialization

extension Augmentation: CheckedSettings {
  /// Ranges of all numbers, and what does not go together.
  public func check(_ checks: inout SettingChecks) {
    for (name, share) in [
      ("flipProbability", flipProbability), ("resizedCropArea", resizedCropArea),
      ("jitterProbability", jitterProbability), ("greyProbability", greyProbability),
      ("blurProbability", blurProbability), ("solarizeProbability", solarizeProbability),
      ("erasingProbability", erasingProbability), ("cutmixShare", cutmixShare),
      ("mixingProbability", mixingProbability),
    ] { checks.number(name, share, in: 0...1) }
    for (name, size) in [
      ("cropPadding", cropPadding), ("cutoutSize", cutoutSize), ("resizedCropSize", resizedCropSize),
    ] { checks.integer(name, size, in: 0...16_384, " pixels") }
    for (name, change) in [("brightness", brightness), ("contrast", contrast), ("saturation", saturation)] {
      checks.number(name, change, in: 0...100)
    }
    checks.number("hue", hue, in: 0...0.5, " turns")
    checks.number("rotation", rotation, in: 0...180, " degrees")
    checks.require(
      cropPadding == 0 || resizedCropArea == 0, "cropPadding", cropPadding, "0 where resizedCropArea is set")
    checks.require(
      resizedCropSize == 0 || resizedCropArea > 0, "resizedCropSize", resizedCropSize, "0 without resizedCropArea")
    checks.integer("policyOperations", policyOperations, in: 1...16)
    checks.number("policyMagnitude", policyMagnitude, in: 0...(policy == .variedRandAugment ? 10 : 30))
    checks.number("policyMagnitudeNoise", policyMagnitudeNoise, in: 0...100)
    checks.integer("policyFill", policyFill, in: 0...255)
    for (name, alpha) in [("mixupAlpha", mixupAlpha), ("cutmixAlpha", cutmixAlpha)] {
      checks.number(name, alpha, in: 0...1000)
      checks.require(!(alpha > 0 && alpha < 0.01), name, alpha, "0, or at least 0.01")
    }
  }
}
