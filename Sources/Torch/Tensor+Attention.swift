private let layerNormalization = Operator("aten::layer_norm")
private let geluOperator = Operator("aten::gelu")
private let siluOperator = Operator("aten::silu")
private let attentionOperator = Operator("aten::scaled_dot_product_attention")
private let errorInverse = Operator("aten::erfinv")
private let smoothBicubic = Operator("aten::_upsample_bicubic2d_aa")

/// Operations of transformers.
extension Tensor {
  /// Layer normalisation over the last axes.
  /// - Parameters:
  ///   - axes: the lengths of the normalised axes.
  ///   - weight: the scale, in the shape `axes`.
  ///   - bias: the shift, in the shape `axes`.
  ///   - epsilon: added to variances.
  public func layerNormalized(axes: [Int], weight: Tensor?, bias: Tensor?, epsilon: Double) throws -> Tensor {
    try layerNormalization([.tensor(self), .ints(axes), .tensor(weight), .tensor(bias), .double(epsilon)])
  }
  /// GELU, `x P(N <= x)` for a standard normal N, without approximation.
  public func gelu() throws -> Tensor { try geluOperator(.tensor(self)) }
  /// SiLU, `x sigmoid(x)`.
  public func silu() throws -> Tensor { try siluOperator(.tensor(self)) }
  /// Scaled dot-product attention, `softmax(q k^T / sqrt(width)) v`.
  /// - Shapes: queries (this tensor), keys and values `[batch, heads, tokens, width]`.
  public func attending(to keys: Tensor, values: Tensor) throws -> Tensor {
    try attentionOperator(.tensor(self), .tensor(keys), .tensor(values))
  }
  /// The inverse of the error function.
  public func inverseErrorFunction() throws -> Tensor { try errorInverse(.tensor(self)) }
  /// Images `[batch, channels, height, width]` resized by bicubic interpolation with antialiasing.
  public func resizedBicubic(height: Int, width: Int) throws -> Tensor {
    try smoothBicubic(.tensor(self), .ints([height, width]), .bool(false))
  }
}
