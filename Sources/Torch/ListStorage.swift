/// The memory of a list argument, at a fixed address.
final class ListStorage<Element> {
  private let pointer: UnsafeMutablePointer<Element>
  private let count: Int
  private let owners: [Tensor]?

  init(_ values: some Sequence<Element>, count: Int, keeping owners: [Tensor]?) {
    pointer = .allocate(capacity: max(1, count))
    self.count = count
    self.owners = owners
    var position = 0
    for value in values {
      (pointer + position).initialize(to: value)
      position += 1
    }
  }

  deinit { pointer.deallocate() }

  var bits: UInt64 { UInt64(UInt(bitPattern: pointer)) }
  var listing: String { "\(Array(UnsafeBufferPointer(start: pointer, count: count)))" }
}
