import Serialization

/// Groups of classes within groups, as in NABirds: a tree whose leaves are the classes.
public struct ClassHierarchy: Sendable, Hashable, Codable {
  /// A node of the tree.
  public struct Node: Sendable, Hashable, Codable {
    /// Its number in the files.
    public var id: String
    /// Its name; the number where the files give none.
    public var name: String
    /// The position of the node above in `nodes`; absent for the root.
    public var parent: Int?
  }

  /// All nodes, by rising number.
  public let nodes: [Node]
  /// The position in `nodes` of each class.
  public let nodeOfClass: [Int]

  /// The names from a class up to the root.
  public func path(ofClass label: Int) -> [String] {
    var names: [String] = []
    var place: Int? = nodeOfClass[label]
    // A damaged file with a circle was refused; the bound keeps this plain to see.
    while let node = place, names.count <= nodes.count {
      names.append(nodes[node].name)
      place = nodes[node].parent
    }
    return names
  }

  /// Reads `<child> <parent>` lines.
  ///
  /// - Parameters:
  ///   - file: the lines.
  ///   - names: the names of the nodes by their number.
  ///   - classes: the numbers of the classes in index order.
  /// - Throws: `DataSourceError.malformed` for a line of another form, a second parent, a circle, or a class that is not in the tree.
  init(file: String, names: [String: String], classes: [String]) throws {
    func problem(_ place: String, _ text: String) -> DataSourceError {
      .malformed(file: file, place: place, problem: text)
    }
    var parents: [String: String] = [:]
    var ids = Set<String>()
    try TextLines.forEach(in: file) { number, line in
      let fields = ByteText.fields(line).map { String(decoding: $0, as: UTF8.self) }
      guard !fields.isEmpty else { return }
      guard fields.count == 2 else { throw problem("line \(number)", "expected a child and its parent") }
      guard parents.updateValue(fields[1], forKey: fields[0]) == nil else {
        throw problem("line \(number)", "node \(fields[0]) has a second parent")
      }
      ids.formUnion(fields)
    }
    let order = ids.sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }
    let positions = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    nodes = order.map { id in
      Node(id: id, name: names[id] ?? id, parent: parents[id].flatMap { positions[$0] })
    }
    nodeOfClass = try classes.map { id in
      guard let node = positions[id] else { throw problem("nodes", "class \(id) is not in the tree") }
      return node
    }
    try Self.checkForCircle(nodes) { problem("nodes", "node \($0) lies above itself") }
  }

  private static func checkForCircle(_ nodes: [Node], _ problem: (String) -> DataSourceError) throws {
    // 0: not seen, 1: on the present way up, 2: known to reach a root.
    var states = [UInt8](repeating: 0, count: nodes.count)
    for start in nodes.indices {
      var way: [Int] = []
      var place: Int? = start
      while let node = place, states[node] != 2 {
        guard states[node] == 0 else { throw problem(nodes[node].id) }
        states[node] = 1
        way.append(node)
        place = nodes[node].parent
      }
      for node in way { states[node] = 2 }
    }
  }
}
