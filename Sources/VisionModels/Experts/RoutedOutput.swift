import Torch

/// The logits of a batch where routers decide how many experts are computed for each image.
public struct RoutedOutput {
  /// The mean logits of the experts that were computed, `[batch, classes]`.
  public var logits: Tensor
  /// How many experts were computed, int64 `[batch]`.
  public var expertsUsed: Tensor

  /// Makes an output.
  public init(logits: Tensor, expertsUsed: Tensor) {
    self.logits = logits
    self.expertsUsed = expertsUsed
  }

  /// The share of images that stop after one expert, after two, and so on.
  public func stoppingFractions(experts: Int) throws -> [Double] {
    let used = try expertsUsed.integers()
    return (1...max(1, experts)).map { number in
      Double(used.count { $0 == number }) / Double(max(1, used.count))
    }
  }
}
