import Foundation
import LongtailTestSupport
import NeuralNetworks
import Serialization
import Testing
import Torch
import VisionModels

/// Experts of every family.
@Suite struct ExpertClassifierTests {
  private func copy(_ module: Module) throws -> [String: Tensor] {
    try Dictionary(uniqueKeysWithValues: module.state.map { ($0.name, try $0.tensor.detached().clone()) })
  }

  @Test(arguments: ExpertFamily.allCases, 1...8)
  func everyFamilyTakesAnyNumber(family: ExpertFamily, count: Int) throws {
    let model = try family.model(
      ExpertSettings { ($0.count, $0.routing) = (count, RoutingSettings { $0.topLogits = 3 }) })
    let images = try family.images()
    let output = try model(images)
    #expect(output.logits.shape == [4, 5])
    #expect(output.expertLogits.count == count && output.expertFeatures.count == count)
    #expect(output.routerLogits.map(\.shape) == Array(repeating: [4], count: count - 1))
    var mean = try output.expertLogits[0] * (1 / Double(count))
    for logits in output.expertLogits.dropFirst() { mean = try mean + logits * (1 / Double(count)) }
    expectClose(try output.logits.doubles(), try mean.doubles(), relative: 1e-5, absolute: 1e-5)
    var loss = try output.logits.crossEntropy(Tensor([0, 4, 2, 1]))
    for gate in output.routerLogits { loss = try loss + gate.sum() }
    try loss.backward()
    for parameter in model.allParameters {
      let gradient = try #require(parameter.tensor.gradient, "\(parameter.name)")
      #expect(try gradient.isFinite().all().item() == 1, "\(parameter.name)")
      // A rectified unit may be silent for all four images, a layer of them not.
      guard parameter.tensor.rank > 1 else { continue }
      #expect(try gradient.magnitude().sum().item() > 0, "\(parameter.name)")
    }
  }

  /// What is saved and loaded gives the same bits, whatever the way of computing.
  @Test(arguments: ExpertFamily.allCases)
  func savedExpertsGiveTheSame(family: ExpertFamily) throws {
    try withTemporaryFolder { folder in
      for count in [1, 3, 8] {
        try expectSameAfterSaving(family, count, folder.appending(path: "\(count).safetensors"))
      }
    }
  }

  private func expectSameAfterSaving(_ family: ExpertFamily, _ count: Int, _ file: URL) throws {
    let settings = ExpertSettings {
      ($0.count, $0.headSet, $0.routing) = (count, .second, RoutingSettings { $0.topLogits = 3 })
    }
    let (model, other) = (try family.model(settings), try family.model(settings, seed: 2))
    #expect(Set(model.state.map(\.name)).count == model.state.count)
    _ = try withoutGradients { try model(family.images()) }
    let state = model.state
    try SafetensorsWriter.write(to: file.path, metadata: [:], tensors: state.map { $0.tensor.layout(named: $0.name) }) {
      index, output in
      try state[index].tensor.detached().withHostBytes { try output($0) }
    }
    for part in [model, other] { part.setTraining(false) }
    let before = try model(family.images())
    #expect(try !other(family.images()).logits.isEqual(to: before.logits))
    let stored = try SafetensorsFile(file.path).tensors
    try other.load(Dictionary(uniqueKeysWithValues: stored.map { ($0.name, try Tensor($0)) }))
    let after = try other(family.images())
    #expect(try after.logits.isEqual(to: before.logits))
    for (old, new) in zip(before.routerLogits, after.routerLogits) { #expect(try new.isEqual(to: old)) }
  }

  /// Experts computed together have the scores, gradients and running values of experts computed one by one.
  @Test(arguments: ExpertFamily.allCases.filter { $0.stages > 0 }, [1, 2, 3, 5])
  func stackedIsSeparate(family: ExpertFamily, count: Int) throws {
    for fusion in [DepthFusionRule.none, .product] {
      let settings = ExpertSettings { ($0.count, $0.fusion) = (count, fusion) }
      try expectEqualComputations(family, settings)
    }
  }

  /// Only experts of one shape are joined; the others stand alone.
  @Test func unequalExpertsAreComputedInGroups() throws {
    try expectEqualComputations(
      .padded, ExpertSettings { ($0.count, $0.sharedParts, $0.widthFactors) = (4, [1, 2, 1, 2], [1, 1, 1, 1.5]) })
    try expectEqualComputations(.padded, ExpertSettings { ($0.count, $0.sharedParts) = (3, [3]) })
    try expectEqualComputations(
      .basic, ExpertSettings { ($0.count, $0.sharedParts, $0.widthFactors) = (3, [0], [0.5, 1, 0.5]) })
    let model = try ExpertFamily.padded.model(
      ExpertSettings { ($0.count, $0.sharedParts, $0.widths) = (3, [0, 1, 2], [8, 16]) })
    let keys = model.state.map(\.name)
    #expect(keys.contains("experts.0.layer1.0.conv1.weight") && !keys.contains("experts.1.layer1.0.conv1.weight"))
    #expect(keys.contains("layer2.0.conv1.weight") && !keys.contains("layer3.0.conv1.weight"))
    #expect(try model(ExpertFamily.padded.images()).expertFeatures.map(\.shape) == Array(repeating: [4, 16], count: 3))
  }

  /// Learned activations in the places of the network's own, each expert with its own.
  @Test func stackedActivationsKeepTheirParameters() throws {
    try expectEqualComputations(.padded, ExpertSettings { $0.count = 3 }) { model in
      let initializer = Initializer(seed: 8)
      try model.experts.replacingActivations { _ in try AGLU(lambda: 0...1, kappa: 0.8...1.2, using: initializer) }
    }
  }

  private func expectEqualComputations(
    _ family: ExpertFamily, _ settings: ExpertSettings, change: (ExpertClassifier) throws -> Void = { _ in }
  ) throws {
    let models = try [ExpertComputation.separate, .stacked].map { computation in
      var settings = settings
      settings.computation = computation
      let model = try family.model(settings)
      try change(model)
      return model
    }
    let images = try family.images()
    for format in [MemoryFormat.contiguous, .channelsLast] {
      for model in models { try model.move(to: .cpu, format: format) }
      let outputs = try models.map { model in
        for parameter in model.allParameters { try parameter.tensor.setGradient(nil) }
        let output = try model(images.contiguous(format))
        try output.logits.crossEntropy(Tensor([0, 4, 2, 1])).backward()
        return output
      }
      try CaseContext.with("\(family) \(settings.count) \(settings.fusion) \(format)") {
        for (one, other) in zip(outputs[0].expertLogits, outputs[1].expertLogits) {
          expectClose(try other.doubles(), try one.doubles(), relative: 1e-3, absolute: 1e-3)
        }
        for (one, other) in zip(models[0].allParameters, models[1].allParameters) {
          let expected = try #require(one.tensor.gradient).doubles()
          let size = expected.map(abs).max() ?? 0
          expectClose(
            try #require(other.tensor.gradient, "\(other.name)").doubles(), expected, absolute: 2e-3 * size + 2e-4)
        }
        for (one, other) in zip(models[0].allBuffers, models[1].allBuffers) {
          expectClose(try other.tensor.doubles(), try one.tensor.doubles(), relative: 1e-4, absolute: 1e-4)
        }
      }
    }
    for model in models { model.setTraining(false) }
    expectClose(
      try models[1](images).logits.doubles(), try models[0](images).logits.doubles(), relative: 1e-3, absolute: 1e-3)
  }

  /// A frozen expert in evaluation mode beside others that train: its running values stay.
  @Test func oneExpertCanBeFrozen() throws {
    for computation in [ExpertComputation.separate, .stacked] {
      let model = try ExpertFamily.padded.model(ExpertSettings { ($0.count, $0.computation) = (3, computation) })
      model.experts.branches[1].setTraining(false)
      for parameter in model.experts.branches[1].allParameters { try parameter.tensor.requiringGradient(false) }
      let before = try copy(model)
      try model(ExpertFamily.padded.images()).logits.sum().backward()
      for buffer in model.allBuffers where buffer.name.hasSuffix("running_mean") {
        let moved = try !buffer.tensor.isEqual(to: #require(before[buffer.name]))
        #expect(moved == !buffer.name.hasPrefix("experts.1."), "\(computation) \(buffer.name)")
      }
      #expect(model.experts.branches[1].allParameters.allSatisfy { $0.tensor.gradient == nil })
      #expect(model.experts.branches[2].allParameters.allSatisfy { $0.tensor.gradient != nil })
    }
  }

  /// Of two sets of heads the chosen one scores; both are kept.
  @Test func secondHeadsScoreWhenChosen() throws {
    let images = try ExpertFamily.padded.images()
    let models = try [ExpertSettings.HeadSet.first, .second].map {
      headSet in
      try ExpertFamily.padded.model(ExpertSettings { ($0.count, $0.headSet) = (2, headSet) }, head: .linear)
    }
    #expect(models[0].state.map(\.name) == models[1].state.map(\.name))
    try models[1].load(copy(models[0]))
    for model in models { model.setTraining(false) }
    let (first, second) = (try models[0](images), try models[1](images))
    #expect(try first.expertFeatures[1].isEqual(to: second.expertFeatures[1]))
    #expect(try !first.logits.isEqual(to: second.logits))
    #expect(models[0].headNames == ["experts.0.linear", "experts.1.linear"])
    #expect(models[1].headNames == ["experts.0.second_linear", "experts.1.second_linear"])
    #expect(models[1].isAddition("experts.0.linear.weight") && !models[1].isHead("experts.0.linear.weight"))
    try second.logits.sum().backward()
    #expect(models[1].allParameters.first { $0.name == "experts.0.linear.weight" }?.tensor.gradient == nil)
  }

  @Test(arguments: BackboneRegistry.all.map(\.name))
  func everyBackboneBecomesExperts(name: String) throws {
    let description = try BackboneRegistry.backbone(named: name)
    let plain = try description.outline(classes: 7)
    let single = try description.experts(
      ExpertSettings { $0.count = 1 }, head: .linear, classes: 7, using: .shapesOnly())
    #expect(single.parameterCount == plain.parameterCount)
    let keys = Set(single.state.map { single.publishedKey($0.name) })
    #expect(keys == Set(plain.state.map(\.name)))
    let operations = try single.expertOperations(inputSize: description.inputSize)
    let whole = try plain.operationCounts(inputSize: description.inputSize)
    #expect(operations.all(perNormalizedElement: 2) == whole.total + 2 * whole.normalizedElements)
    let many = try description.experts(ExpertSettings { $0.count = 8 }, head: .linear, classes: 7, using: .shapesOnly())
    #expect(many.heads.count == 8 * plain.heads.count && many.parameterCount > plain.parameterCount)
  }

  @Test func impossibleSettingsAreRefused() throws {
    let wrong: [(ExpertFamily, ExpertSettings, String)] = [
      (.padded, ExpertSettings { $0.count = 0 }, "experts.count"),
      (.padded, ExpertSettings { $0.count = 9 }, "experts.count"),
      (.padded, ExpertSettings { $0.sharedParts = [4] }, "experts.sharedParts"),
      (.padded, ExpertSettings { $0.sharedParts = [-1] }, "experts.sharedParts"),
      (.padded, ExpertSettings { $0.sharedParts = [1, 1] }, "experts.sharedParts"),
      (.padded, ExpertSettings { $0.widthFactors = [0] }, "experts.widthFactors"),
      (.padded, ExpertSettings { $0.widthFactors = [.nan] }, "experts.widthFactors"),
      (.padded, ExpertSettings { $0.widthFactors = [0.25] }, "experts.widths"),
      (.padded, ExpertSettings { $0.widths = [0] }, "experts.widths"),
      (.padded, ExpertSettings { $0.widths = [1, 2, 3, 4] }, "experts.widths"),
      (.basic, ExpertSettings { $0.shortcut = .padding }, "experts.shortcut"),
      (.grouped, ExpertSettings { $0.widths = [1, 1] }, "experts.widths"),
      (.transformer, ExpertSettings { $0.widthFactors = [0.5] }, "experts.widths"),
      (.transformer, ExpertSettings { $0.fusion = .product }, "experts.fusion"),
      (.transformer, ExpertSettings { $0.shortcut = .projection }, "experts.shortcut"),
      (.padded, ExpertSettings { ($0.sharedParts, $0.fusion) = ([3], .product) }, "experts.fusion"),
      (.padded, ExpertSettings { ($0.sharedParts, $0.fusion) = ([0], .sum) }, "experts.fusion"),
      (.padded, ExpertSettings { ($0.fusion, $0.fusionSources) = (.sum, [1]) }, "experts.fusionSources"),
      (.padded, ExpertSettings { $0.routing = RoutingSettings { $0.topLogits = 0 } }, "experts.routing.topLogits"),
      (.padded, ExpertSettings { $0.routing = RoutingSettings { $0.hidden = -1 } }, "experts.routing.hidden"),
      (.padded, ExpertSettings { $0.routing = RoutingSettings { $0.threshold = 1 } }, "experts.routing.threshold"),
    ]
    for (family, settings, name) in wrong {
      let error = #expect(throws: ModelError.self) { try family.model(settings) }
      #expect(error?.description.hasPrefix(name) == true, "\(name): \(error?.description ?? "accepted")")
    }
  }

  @Test func settingsAreReadAsWritten() throws {
    let settings = ExpertSettings {
      ($0.count, $0.sharedParts, $0.widths, $0.shortcut) = (4, [2], [24, 48], .projection)
      ($0.fusion, $0.fusionActivation, $0.headSet) = (.concatenation, .everywhere, .first)
      $0.routing = RoutingSettings { $0.topLogits = 5 }
      $0.computation = .stacked
    }
    #expect(try JSONDecoder().decode(ExpertSettings.self, from: JSONEncoder().encode(settings)) == settings)
  }
}
