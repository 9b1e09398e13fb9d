/// Translates the keys of weight files into those of a network.
struct WeightKeys {
  private let known: Set<String>
  private let heads: [String]

  /// The usual names of a classifier's head.
  private static let headNames = ["fc", "head", "linear", "classifier", "heads.head", "head.fc", "last_linear"]
  /// The most parts of a prefix.
  private static let longestPrefix = 4

  init(_ known: Set<String>, heads: [String]) {
    self.known = known
    self.heads = heads
  }

  /// The prefix under which most keys are known; of equal ones the shortest.
  func prefix(of names: [String]) -> String {
    var scores: [String: Int] = [:]
    for name in names {
      var rest = name[...]
      for _ in 0...Self.longestPrefix {
        if known.contains(canonical(String(rest))) { scores[String(name[..<rest.startIndex]), default: 0] += 1 }
        guard let dot = rest.firstIndex(of: ".") else { break }
        rest = rest[rest.index(after: dot)...]
      }
    }
    return scores.max { ($0.value, $1.key.count, $1.key) < ($1.value, $0.key.count, $0.key) }?.key ?? ""
  }

  /// The network's key of each name, or nil for a name that the network lacks. No key is given twice.
  func keys(of names: [String], prefix: String) -> [String?] {
    let rests = names.map { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
    var taken = Set(rests.compactMap { $0 }.filter(known.contains))
    return rests.map { rest in
      guard let rest else { return nil }
      if known.contains(rest) { return rest }
      let key = [canonical(rest), headKey(rest)].compactMap { $0 }.first { known.contains($0) && !taken.contains($0) }
      if let key { taken.insert(key) }
      return key
    }
  }

  /// A head under one of its usual names, as the network calls its first one.
  private func headKey(_ name: String) -> String? {
    guard let head = heads.first, let dot = name.lastIndex(of: "."), Self.headNames.contains(String(name[..<dot]))
    else { return nil }
    return head + name[dot...]
  }

  /// torchvision's names of a transformer's parts as timm calls them; any other name as it is.
  private func canonical(_ name: String) -> String {
    switch name {
    case "class_token": return "cls_token"
    case "encoder.pos_embedding": return "pos_embed"
    default: break
    }
    for (theirs, ours) in [("conv_proj.", "patch_embed.proj."), ("encoder.ln.", "norm.")] where name.hasPrefix(theirs) {
      return ours + name.dropFirst(theirs.count)
    }
    let layer = "encoder.layers.encoder_layer_"
    guard name.hasPrefix(layer) else { return name }
    let rest = name.dropFirst(layer.count)
    guard let dot = rest.firstIndex(of: "."), dot > rest.startIndex, rest[..<dot].utf8.allSatisfy({ 0x30...0x39 ~= $0 })
    else { return name }
    return "blocks.\(rest[..<dot])." + Self.blockPart(String(rest[rest.index(after: dot)...]))
  }

  private static func blockPart(_ part: String) -> String {
    let names = [
      ("ln_1.", "norm1."), ("ln_2.", "norm2."), ("self_attention.in_proj_", "attn.qkv."),
      ("self_attention.out_proj.", "attn.proj."), ("mlp.0.", "mlp.fc1."), ("mlp.3.", "mlp.fc2."),
      ("mlp.linear_1.", "mlp.fc1."), ("mlp.linear_2.", "mlp.fc2."),
    ]
    for (theirs, ours) in names where part.hasPrefix(theirs) { return ours + part.dropFirst(theirs.count) }
    return part
  }
}
