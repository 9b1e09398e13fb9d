import Torch

/// What experts say of a batch where router decide how many are asked.
public struct RoutedOutput {
  /// The mean logits of the experts that were asked, `[batch, classes]`.
  public var logits: Tensor
  /// How many experts were asked, int64 `[batch]`.
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
