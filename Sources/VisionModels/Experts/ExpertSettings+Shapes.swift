extension ExpertSettings {
  /// The shape of each expert on a backbone.
  /// - Throws: `ModelError.setting` for a setting that does not fit it.
  func shapes(for base: any DivisibleBackbone) throws -> [ExpertShape] {
    guard (1...Self.greatestCount).contains(count) else {
      throw ModelError.setting(name: "experts.count", value: "\(count)", expected: "within 1...\(Self.greatestCount)")
    }
    let shared = try perExpert(sharedParts, usual: base.usualSharedParts, "sharedParts")
    let factors = try perExpert(widthFactors, usual: 1, "widthFactors")
    return try (0..<count).map { try shape(of: $0, sharing: shared[$0], factor: factors[$0], base) }
  }

  private func shape(of expert: Int, sharing shared: Int, factor: Double, _ base: any DivisibleBackbone) throws
    -> ExpertShape
  {
    let parts = base.partWidths.count
    guard (0...parts).contains(shared) else {
      throw ModelError.setting(
        name: "experts.sharedParts", value: "\(shared)",
        expected: "within 0...\(parts), the parts of the backbone")
    }
    guard factor > 0, factor <= 8 else {
      throw ModelError.setting(name: "experts.widthFactors", value: "\(factor)", expected: "above 0 and at most 8")
    }
    guard widths.count <= parts, widths.allSatisfy({ (1...65_536).contains($0) }) else {
      throw ModelError.setting(
        name: "experts.widths", value: "\(widths)",
        expected: "at most \(parts) numbers above 0, those of the last parts")
    }
    var own = base.partWidths
    for part in shared..<parts {
      let named = part - (parts - widths.count)
      own[part] = named >= 0 ? widths[named] : max(1, Int((Double(own[part]) * factor).rounded()))
    }
    return ExpertShape(
      sharedParts: shared, widths: own, shortcut: shortcut, fusion: fusion,
      fusionSource: try fusionSource(of: expert, sharing: shared, parts: parts), fusionActivation: fusionActivation)
  }

  private func fusionSource(of expert: Int, sharing shared: Int, parts: Int) throws -> Int {
    guard fusion != .none else { return 0 }
    guard shared > 0, shared < parts else {
      throw ModelError.setting(
        name: "experts.fusion", value: fusion.rawValue,
        expected: "none, or experts with at least one shared stage and one of their own; set experts.sharedParts")
    }
    let sources = fusionSources.isEmpty ? Array(0..<shared) : fusionSources
    let source = sources[expert % sources.count]
    guard (0..<shared).contains(source) else {
      throw ModelError.setting(
        name: "experts.fusionSources", value: "\(source)", expected: "within 0...\(shared - 1), the shared stages")
    }
    return source
  }

  /// One value for each expert, from none, one or all.
  private func perExpert<Value>(_ values: [Value], usual: Value, _ name: String) throws -> [Value] {
    switch values.count {
    case 0: Array(repeating: usual, count: count)
    case 1: Array(repeating: values[0], count: count)
    case count: values
    default:
      throw ModelError.setting(
        name: "experts.\(name)", value: "\(values)", expected: "one number for all, or one for each of \(count) experts"
      )
    }
  }
}
