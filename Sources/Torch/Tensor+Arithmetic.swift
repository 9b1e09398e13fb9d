private let addTensor = Operator("aten::add", "Tensor")
private let addScalar = Operator("aten::add", "Scalar")
private let subTensor = Operator("aten::sub", "Tensor")
private let subScalar = Operator("aten::sub", "Scalar")
private let rsubScalar = Operator("aten::rsub", "Scalar")
private let mulTensor = Operator("aten::mul", "Tensor")
private let mulScalar = Operator("aten::mul", "Scalar")
private let divTensor = Operator("aten::div", "Tensor")
private let divScalar = Operator("aten::div", "Scalar")
private let floorDivide = Operator("aten::floor_divide", "Scalar")
private let remainderScalar = Operator("aten::remainder", "Scalar")
private let negative = Operator("aten::neg")
private let reciprocalOperator = Operator("aten::reciprocal")
private let exponential = Operator("aten::exp")
private let exponentialMinusOne = Operator("aten::expm1")
private let logarithm = Operator("aten::log")
private let logarithmOnePlus = Operator("aten::log1p")
private let squareRootOperator = Operator("aten::sqrt")
private let reciprocalSquareRoot = Operator("aten::rsqrt")
private let powerScalar = Operator("aten::pow", "Tensor_Scalar")
private let absolute = Operator("aten::abs")
private let sine = Operator("aten::sin")
private let cosine = Operator("aten::cos")
private let floorOperator = Operator("aten::floor")
private let roundOperator = Operator("aten::round")
private let clampOperator = Operator("aten::clamp")
private let maximumOperator = Operator("aten::maximum")
private let minimumOperator = Operator("aten::minimum")
private let whereTensor = Operator("aten::where", "self")
private let whereScalar = Operator("aten::where", "ScalarOther")
private let matmulOperator = Operator("aten::matmul")
private let bitwiseAnd = Operator("aten::bitwise_and", "Scalar")
private let bitwiseXor = Operator("aten::bitwise_xor", "Tensor")
private let bitwiseXorScalar = Operator("aten::bitwise_xor", "Scalar")
private let leftShift = Operator("aten::bitwise_left_shift", "Tensor_Scalar")
private let rightShift = Operator("aten::bitwise_right_shift", "Tensor_Scalar")

/// Element-wise arithmetic with broadcasting.
extension Tensor {
  /// Element-wise sum.
  public static func + (left: Tensor, right: Tensor) throws -> Tensor { try addTensor(.tensor(left), .tensor(right)) }
  /// Adds a number to each element.
  public static func + (left: Tensor, right: Double) throws -> Tensor { try addScalar(.tensor(left), .double(right)) }
  /// Adds an integer to each element; the type stays.
  public static func + (left: Tensor, right: Int) throws -> Tensor { try addScalar(.tensor(left), .int(right)) }
  /// Element-wise difference.
  public static func - (left: Tensor, right: Tensor) throws -> Tensor { try subTensor(.tensor(left), .tensor(right)) }
  /// Subtracts a number from each element.
  public static func - (left: Tensor, right: Double) throws -> Tensor { try subScalar(.tensor(left), .double(right)) }
  /// Subtracts an integer from each element; the type stays.
  public static func - (left: Tensor, right: Int) throws -> Tensor { try subScalar(.tensor(left), .int(right)) }
  /// Subtracts each element from a number.
  public static func - (left: Double, right: Tensor) throws -> Tensor { try rsubScalar(.tensor(right), .double(left)) }
  /// Subtracts each element from an integer; the type stays.
  public static func - (left: Int, right: Tensor) throws -> Tensor { try rsubScalar(.tensor(right), .int(left)) }
  /// Element-wise product.
  public static func * (left: Tensor, right: Tensor) throws -> Tensor { try mulTensor(.tensor(left), .tensor(right)) }
  /// Multiplies each element by a number.
  public static func * (left: Tensor, right: Double) throws -> Tensor { try mulScalar(.tensor(left), .double(right)) }
  /// Multiplies each element by an integer; the type stays.
  public static func * (left: Tensor, right: Int) throws -> Tensor { try mulScalar(.tensor(left), .int(right)) }
  /// Multiplies each element by a number.
  public static func * (left: Double, right: Tensor) throws -> Tensor { try mulScalar(.tensor(right), .double(left)) }
  /// Element-wise quotient; integers become float32.
  public static func / (left: Tensor, right: Tensor) throws -> Tensor { try divTensor(.tensor(left), .tensor(right)) }
  /// Divides each element by a number.
  public static func / (left: Tensor, right: Double) throws -> Tensor { try divScalar(.tensor(left), .double(right)) }
  /// The negated elements.
  public static prefix func - (value: Tensor) throws -> Tensor { try negative(.tensor(value)) }

  /// The quotient rounded towards minus infinity.
  public func dividedRoundingDown(by divisor: Int) throws -> Tensor { try floorDivide(.tensor(self), .int(divisor)) }
  /// The remainder with the sign of the divisor.
  public func remainder(dividingBy divisor: Int) throws -> Tensor { try remainderScalar(.tensor(self), .int(divisor)) }
  /// `1 / x`
  public func reciprocal() throws -> Tensor { try reciprocalOperator(.tensor(self)) }
  /// `e^x`
  public func exp() throws -> Tensor { try exponential(.tensor(self)) }
  /// `e^x - 1`, exact near zero.
  public func expMinusOne() throws -> Tensor { try exponentialMinusOne(.tensor(self)) }
  /// The natural logarithm.
  public func log() throws -> Tensor { try logarithm(.tensor(self)) }
  /// `log(1 + x)`, exact near zero.
  public func logOnePlus() throws -> Tensor { try logarithmOnePlus(.tensor(self)) }
  /// The square root.
  public func squareRoot() throws -> Tensor { try squareRootOperator(.tensor(self)) }
  /// `1 / sqrt(x)`
  public func reciprocalSquareRoot() throws -> Tensor { try Torch.reciprocalSquareRoot(.tensor(self)) }
  /// Each element to the power of a number.
  public func power(_ exponent: Double) throws -> Tensor { try powerScalar(.tensor(self), .double(exponent)) }
  /// The absolute values.
  public func magnitude() throws -> Tensor { try absolute(.tensor(self)) }
  /// The sines of angles in radians.
  public func sin() throws -> Tensor { try sine(.tensor(self)) }
  /// The cosines of angles in radians.
  public func cos() throws -> Tensor { try cosine(.tensor(self)) }
  /// The elements rounded towards minus infinity.
  public func roundedDown() throws -> Tensor { try floorOperator(.tensor(self)) }
  /// The elements rounded to the nearest integer, halves to even.
  public func rounded() throws -> Tensor { try roundOperator(.tensor(self)) }
  /// The elements clamped to a range; nil for no limit.
  public func clamped(from lower: Double?, to upper: Double?) throws -> Tensor {
    try clampOperator(
      .tensor(self), lower.map(OperatorArgument.double) ?? .none, upper.map(OperatorArgument.double) ?? .none)
  }
  /// Integers clamped to a range; the type stays.
  public func clamped(from lower: Int, to upper: Int) throws -> Tensor {
    try clampOperator(.tensor(self), .int(lower), .int(upper))
  }
  /// The larger of each pair.
  public func maximum(_ other: Tensor) throws -> Tensor { try maximumOperator(.tensor(self), .tensor(other)) }
  /// The smaller of each pair.
  public func minimum(_ other: Tensor) throws -> Tensor { try minimumOperator(.tensor(self), .tensor(other)) }
  /// Elements of this tensor where the condition is true, else those of `other`.
  public func selected(where condition: Tensor, else other: Tensor) throws -> Tensor {
    try whereTensor(.tensor(condition), .tensor(self), .tensor(other))
  }
  /// Elements of this tensor where the condition is true, else a number.
  public func selected(where condition: Tensor, else other: Double) throws -> Tensor {
    try whereScalar(.tensor(condition), .tensor(self), .double(other))
  }
  /// The matrix product, batched over leading axes.
  public func matrixProduct(_ other: Tensor) throws -> Tensor { try matmulOperator(.tensor(self), .tensor(other)) }
  /// Bitwise and with an integer.
  public func bitwiseAnd(_ mask: Int) throws -> Tensor { try Torch.bitwiseAnd(.tensor(self), .int(mask)) }
  /// Bitwise exclusive or.
  public func bitwiseXor(_ other: Tensor) throws -> Tensor { try Torch.bitwiseXor(.tensor(self), .tensor(other)) }
  /// Bitwise exclusive or with an integer.
  public func bitwiseXor(_ mask: Int) throws -> Tensor { try bitwiseXorScalar(.tensor(self), .int(mask)) }
  /// Integers shifted to the left.
  public func shiftedLeft(by bits: Int) throws -> Tensor { try leftShift(.tensor(self), .int(bits)) }
  /// Integers shifted to the right, keeping the sign.
  public func shiftedRight(by bits: Int) throws -> Tensor { try rightShift(.tensor(self), .int(bits)) }
}

extension Tensor {
  /// `self + scale * other` in one operation.
  public func plus(_ other: Tensor, scale: Double) throws -> Tensor {
    try addTensor(.tensor(self), .tensor(other), .double(scale))
  }
}
