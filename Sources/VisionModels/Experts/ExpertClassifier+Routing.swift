import NeuralNetworks
import Torch

extension ExpertClassifier {
  /// Classifies images with as many experts as the routers decide. Experts see only the images that reach them.
  ///
  /// For evaluation: the host reads after each router which images go on.
  /// - Parameters:
  ///   - images: the images.
  ///   - threshold: the logit above which the next expert is computed; that of the routers by default.
  /// - Throws: `ModelError.setting` for a model without a router or in training mode.
  public func routed(_ images: Tensor, threshold: Double? = nil) throws -> RoutedOutput {
    let router = try evaluatedRouter()
    let threshold = threshold ?? router.threshold
    return try withoutGradients {
      var shared = try experts.trunk.values(images)
      var rows = Array(0..<images.shape[0])
      let used = try Tensor.ones([rows.count], dtype: .int64, on: images.device)
      var result: Tensor?
      var sum: Tensor?
      for expert in experts.branches.indices {
        let step = try scores(ofExpert: expert, shared)
        let total = try sum.map { try $0 + step.logits } ?? step.logits
        let mean = expert == 0 ? total : try total * (1 / Double(expert + 1))
        let places = try Tensor(rows, on: images.device)
        if let result { try result.copyEntries(from: mean, at: places) } else { result = try mean.clone() }
        if expert > 0 { try used.addEntries(Tensor.ones([rows.count], dtype: .int64, on: images.device), at: places) }
        guard expert < router.count else { break }
        let answers = try router.logits(ofStep: expert, meanLogits: mean, features: step.feature).doubles()
        let staying = answers.indices.filter { answers[$0] > threshold }
        guard !staying.isEmpty else { break }
        guard staying.count < rows.count else {
          sum = total
          continue
        }
        let chosen = try Tensor(staying, on: images.device)
        rows = staying.map { rows[$0] }
        shared = try shared.map { try $0.entries(at: chosen) }
        sum = try total.entries(at: chosen)
      }
      return RoutedOutput(logits: try result ?? Tensor.zeros([0, classCount], on: images.device), expertsUsed: used)
    }
  }

  /// The logits of `routed`; nil for a model without a router.
  public func routedLogits(_ images: Tensor) throws -> Tensor? {
    router == nil ? nil : try routed(images).logits
  }

  /// The mean operations of an image where some images stop after the first experts.
  public func meanOperations(inputSize: Int, stoppingFractions fractions: [Double]) throws -> Double? {
    try expertOperations(inputSize: inputSize).expected(stoppingFractions: fractions)
  }

  /// The same with all experts computed for all images and those that are not needed left out of the means: what
  /// `routed` must agree with.
  /// - Throws: `ModelError.setting` for a model without a router or in training mode.
  public func routedWithAllExperts(_ images: Tensor) throws -> RoutedOutput {
    let router = try evaluatedRouter()
    return try withoutGradients {
      let output = try self(images)
      return try ExpertRouter.route(
        expertLogits: output.expertLogits, routerLogits: output.routerLogits, threshold: router.threshold)
    }
  }

  /// The operations of one forward pass of a square image, by part, without the routers.
  /// - Parameter inputSize: the width and height of the image, in pixels.
  /// - Throws: `ModelError.inputSize` when the network does not take images of that size.
  public func expertOperations(inputSize: Int) throws -> ExpertOperations {
    try ModelError.check(inputSize: inputSize)
    let device = allParameters.first?.tensor.device ?? .cpu
    var shared: [Tensor] = []
    let trunk = try OperationCounter.count {
      shared = try experts.trunk.values(.zeros([1, 3, inputSize, inputSize], on: device))
    }
    let own = try experts.branches.indices.map { expert in
      try OperationCounter.count { _ = try scores(ofExpert: expert, shared) }
    }
    return ExpertOperations(shared: trunk, experts: own)
  }

  private func evaluatedRouter() throws -> ExpertRouter {
    guard let router else {
      throw ModelError.setting(
        name: "experts.routing", value: "null",
        expected: "set, so that there are routers")
    }
    guard !isTraining else {
      throw ModelError.setting(
        name: "mode", value: "training",
        expected: "evaluation: images that go on would change the batch's statistics")
    }
    return router
  }
}
