import CLibTorch

/// What LibTorch offers for CUDA alone: a side library that is opened where it is there.
enum CUDALibrary {
  /// Its functions.
  /// - Throws: `TorchError.device` with the reason why it cannot be used.
  static func table() throws -> CTCUDATable {
    guard let table = ct_cuda_table() else {
      throw TorchError.device("the CUDA side library cannot be used: " + String(cString: ct_last_error()))
    }
    return table.pointee
  }

  /// Calls one of its functions.
  static func call(_ name: String, _ body: (CTCUDATable) -> Int32?) throws {
    let table = try table()
    guard body(table) == 0 else {
      let reason = table.last_error?().map { String(cString: $0) } ?? "no reason is known"
      throw TorchError.operation(name: name, arguments: "", reason: reason)
    }
  }
}
