import CLibTorch

/// The CUDA side library, which wraps LibTorch's CUDA interface and is loaded at run time if it is installed.
enum CUDALibrary {
  /// The functions of the library.
  /// - Throws: `TorchError.device` with the reason why it cannot be used.
  static func table() throws -> CTCUDATable {
    guard let table = ct_cuda_table() else {
      throw TorchError.device("the CUDA side library cannot be used: " + String(cString: ct_last_error()))
    }
    return table.pointee
  }

  /// Calls a function of the library.
  static func call(_ name: String, _ body: (CTCUDATable) -> Int32?) throws {
    let table = try table()
    guard body(table) == 0 else {
      let reason = table.last_error?().map { String(cString: $0) } ?? "no reason is known"
      throw TorchError.operation(name: name, arguments: "", reason: reason)
    }
  }
}
