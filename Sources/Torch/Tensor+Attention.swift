private let layerNormalization = Operator("aten::layer_norm")
private let geluOperator = Operator("aten::gelu")
private let siluOperator = Operator("aten::silu")
private let attentionOperator = Operator("aten::scaled_dot_product_attention")
private let errorInverse = Operator("aten::erfinv")
private let smoothBicubic = Operator("aten::_upsample_bicubic2d_aa")

/// Operations of transformers.
extension Tensor {
  /// Each row of the last axes brought to mean 0 and variance 1, then scaled and shifted.
  /// - Parameters:
  ///   - axes: the lengths of the last axes that make a row.
  ///   - weight: a scale of that shape.
  ///   - bias: a shift of that shape.
  ///   - epsilon: added to variances.
  public func layerNormalized(axes: [Int], weight: Tensor?, bias: Tensor?, epsilon: Double) throws -> Tensor {
    try layerNormalization([.tensor(self), .ints(axes), .tensor(weight), .tensor(bias), .double(epsilon)])
  }
  /// `x P(N <= x)` for a standard normal N, exactly.
  public func gelu() throws -> Tensor { try geluOperator(.tensor(self)) }
  /// `x sigmoid(x)`
  public func silu() throws -> Tensor { try siluOperator(.tensor(self)) }
  /// Attention `softmax(q k^T / sqrt(width)) v` in one kernel where the device has one.
  /// - Shapes: queries (this tensor), keys and values `[batch, heads, tokens, width]`.
  public func attending(to keys: Tensor, values: Tensor) throws -> Tensor {
    try attentionOperator(.tensor(self), .tensor(keys), .tensor(values))
  }
  /// The inverse of the error function.
  public func inverseErrorFunction() throws -> Tensor { try errorInverse(.tensor(self)) }
  /// Images `[batch, channels, height, width]` at another size by bicubic interpolation, with a low-pass filter when they shrink.
  public func resizedBicubic(height: Int, width: Int) throws -> Tensor {
    try smoothBicubic(.tensor(self), .ints([height, width]), .bool(false))
  }
}
