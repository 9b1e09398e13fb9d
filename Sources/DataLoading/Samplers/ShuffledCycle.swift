import Torch

/// Cycles over items, reshuffled for each pass.
struct ShuffledCycle<Item> {
  private var items: [Item]
  private var position: Int

  /// - Parameter items: at least one, if `next` is to be called.
  init(_ items: [Item]) {
    self.items = items
    position = items.count
  }

  mutating func next(_ stream: inout PhiloxStream) -> Item {
    if position == items.count {
      stream.shuffle(&items)
      position = 0
    }
    defer { position += 1 }
    return items[position]
  }
}
