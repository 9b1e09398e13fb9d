/// A plain value of a PyTorch checkpoint, such as an epoch or an accuracy.
public enum PyTorchScalar: Sendable, Hashable {
  /// `None`.
  case none
  /// `True` or `False`.
  case bool(Bool)
  /// An integer of up to 64 bits.
  case integer(Int)
  /// A floating-point number.
  case number(Double)
  /// Text, also the name of a device.
  case string(String)
}
