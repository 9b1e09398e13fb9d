import NeuralNetworks
import Serialization
import Torch
import VisionModels

/// The learned parameters of an adaptive activation or gate (AGLU, APA); means over channels where each has its own.
public struct LearnedCurve: Sendable, Equatable {
  /// The path in the network.
  public var name: String
  /// The shape: towards 0 the curve is Gumbel's, at 1 the logistic one.
  public var lambda: Double
  /// The slope.
  public var kappa: Double

  /// Those of a model, in the order of its parts, read from the device at once.
  static func readings(of model: any ImageModel) throws -> [LearnedCurve] {
    let curves = model.adaptiveCurves
    guard !curves.isEmpty else { return [] }
    let values = try withoutGradients {
      try Tensor.stack(curves.flatMap { [try $0.curve.lambda().mean(), try $0.curve.kappa.mean()] }).doubles()
    }
    return curves.enumerated().map { index, item in
      LearnedCurve(name: item.path, lambda: values[2 * index], kappa: values[2 * index + 1])
    }
  }

  /// For logs: names with both values, to five digits after the point.
  static func json(_ curves: [LearnedCurve]) -> JSONValue {
    func rounded(_ value: Double) -> JSONValue { .number((value * 1e5).rounded() / 1e5) }
    return .object(
      curves.reduce(into: JSONObject()) { $0[$1.name] = .array([rounded($1.lambda), rounded($1.kappa)]) })
  }
}
