import KernelEmulation
import LongtailTestSupport
import NeuralNetworks
import Objectives
import Testing
import Torch
import Transforms
import VisionModels

/// Functions that choose between fused kernels and LibTorch's operations.
@Suite struct FusedFunctionTests {
  /// No kernel is enabled by default, and none can be enabled on the CPU.
  @Test func nothingIsEnabled() throws {
    #expect(FusedKernels.enabled(on: .cpu).isEmpty)
    #expect(FusedKernels.enabled(on: .cuda()).isEmpty)
    #expect(throws: TorchError.self) { try FusedKernels.enable([.softmaxLoss], on: .cpu) }
    #expect(FusedKernels.launcher(for: .softmaxLoss, on: .cpu) == nil)
    if Engine.cudaDeviceCount == 0 {
      #expect(throws: TorchError.self) { try FusedKernels.enable([.softmaxLoss], on: .cuda()) }
      #expect(throws: TorchError.self) { try FusedKernels.agreements(on: .cuda()) }
    }
  }

  /// A network gives equal results within rounding, with all its layers run by kernels.
  @Test(arguments: [CIFARResNet.Shortcut.padding, .projection])
  func networks(shortcut: CIFARResNet.Shortcut) throws {
    let network = try CIFARResNet(
      blocksPerStage: 1, widths: [4, 8, 16], shortcut: shortcut, using: Initializer(seed: 3))
    try network.move(to: .cpu, format: .channelsLast)
    var generator = SeededGenerator(seed: 4)
    let images = try generator.uniform([5, 3, 8, 8], -1, 1).contiguous(.channelsLast)
    let state = try network.state.map { try $0.tensor.detached().clone() }
    func pass() throws -> [Tensor] {
      try withoutGradients { for (item, start) in zip(network.state, state) { try item.tensor.copy(from: start) } }
      let parameters = try network.allParameters.map { try $0.tensor.requiringGradient() }
      let features = try network(images)
      let found = try gradients(of: [(features * features).sum()], withRespectTo: parameters)
      return try [features.detached()] + found.compactMap { $0 }
        + network.allBuffers.map { try $0.tensor.clone() }
    }
    let plain = try pass()
    let launcher = EmulatedLauncher()
    let fused = try launcher.run(pass)
    #expect(plain.count == fused.count)
    for (actual, expected) in zip(fused, plain) {
      let agreement = try KernelAgreement("network", actual, expected, limit: 2e-4)
      #expect(agreement.passed, "\(agreement)")
    }
    let normalizations = network.allModules.count { $0.module is BatchNormalization2d }
    #expect(launcher.started.all.count == 4 * normalizations)
    network.setTraining(false)
    let values = try withoutGradients { try network(images) }
    let evaluation = EmulatedLauncher()
    let evaluated = try evaluation.run { try withoutGradients { try network(images) } }
    expectClose(try evaluated.doubles(), try values.doubles(), relative: 1e-5, absolute: 1e-5)
    #expect(evaluation.started.all.count == normalizations)
  }

  /// Blocks for large images: activations that are no ReLU and gates stay as they are.
  @Test func blocks() throws {
    for style in [ResidualStyle.plain, .squeezeExcitation, ResidualStyle(activation: { _ in SiLU() })] {
      for inputs in [16, 64] {
        let block = try ResidualBlock(
          inputs: inputs, planes: 16, stride: inputs == 64 ? 1 : 2, plan: .resNet50, style: style,
          using: Initializer(seed: 5))
        try block.move(to: .cpu, format: .channelsLast)
        var generator = SeededGenerator(seed: 6)
        let images = try generator.uniform([3, inputs, 4, 4], -1, 1).contiguous(.channelsLast)
        func pass() throws -> [Tensor?] {
          let parameters = try block.allParameters.map { try $0.tensor.requiringGradient() }
          let output = try block(images)
          return try [output.detached()] + gradients(of: [(output * output).sum()], withRespectTo: parameters)
        }
        let plain = try pass()
        for (actual, expected) in zip(try EmulatedLauncher().run(pass), plain) {
          let agreement = try KernelAgreement("block", actual, expected, limit: 2e-4)
          #expect(agreement.passed, "\(agreement)")
        }
      }
    }
  }

  /// What the kernels cannot take, plain operations do, with the same bits as ever.
  @Test func plainTwinsTakeTheRest() throws {
    var generator = SeededGenerator(seed: 8)
    let base = try generator.uniform([3, 8, 4, 4], -1, 1)
    let layer = try BatchNormalization2d(channels: 8, using: Initializer(seed: 1))
    let launcher = EmulatedLauncher()
    for input in [base, try base.to(.float64), try base.to(.float16)] where input.dtype != .float64 {
      let expected = try layer(input)
      #expect(try launcher.run { try layer(input) }.isEqual(to: expected))
    }
    // One value a channel has no variance.
    let pixel = try Tensor.ones([1, 8, 1, 1])
    #expect(try launcher.run { try layer(pixel) }.isEqual(to: layer(pixel)))
    let logits = try generator.uniform([4, 6], -1, 1)
    let labels = try Tensor([0, 5, 2, 2])
    for input in [try logits.to(.float64), try logits.transposed().contiguous().transposed()] {
      let loss = try CrossEntropyLoss().loss(logits: input, labels: labels)
      #expect(try launcher.run { try CrossEntropyLoss().loss(logits: input, labels: labels) }.isEqual(to: loss))
    }
    #expect(launcher.started.all.isEmpty)
  }

  /// Without a ReLU the output may be changed in place; a saved one may not.
  @Test func outputsMayBeChangedWhereTheyAreNotKept() throws {
    let layer = try BatchNormalization2d(channels: 4, using: Initializer(seed: 1))
    let input = try SeededGenerator.images([2, 4, 3, 3])
    try EmulatedLauncher().run {
      let leaf = try input.clone().requiringGradient()
      let output = try layer(leaf)
      try output.rectify()
      try output.sum().backward()
      #expect(leaf.gradient != nil)
      let rectified = try layer(leaf, rectifies: true)
      try rectified.add(Tensor(scalar: Float(1)))
      #expect(throws: TorchError.self) { try rectified.sum().backward() }
    }
  }

  @Test func gradientsCanBeDifferentiatedAgain() throws {
    let input = try SeededGenerator.images([3, 4, 2, 2])
    let residual = try SeededGenerator.images([3, 4, 2, 2], seed: 10)
    let labels = try Tensor([1, 0, 3])
    func second(_ body: (Tensor) throws -> Tensor) throws -> [Double] {
      let leaf = try input.clone().requiringGradient()
      let result = try body(leaf)
      let first = try gradients(of: [(result * result).sum()], withRespectTo: [leaf], createGraph: true)
      let squares = try first.compactMap { $0 }.map { try ($0 * $0).sum() }
      return try gradients(of: squares, withRespectTo: [leaf])[0]?.doubles() ?? []
    }
    let layer = try BatchNormalization2d(channels: 4, using: Initializer(seed: 1))
    let functions: [(Tensor) throws -> Tensor] = [
      { try layer($0, adding: residual, rectifies: true) },
      { try CrossEntropyLoss(labelSmoothing: 0.1).loss(logits: $0.sum(alongAxes: [2, 3]), labels: labels) },
    ]
    for function in functions {
      let plain = try second(function)
      let launcher = EmulatedLauncher()
      expectClose(try launcher.run { try second(function) }, plain, relative: 1e-3, absolute: 1e-4)
      #expect(!launcher.started.all.isEmpty)
      #expect(plain.contains { abs($0) > 1e-3 })
    }
  }

  /// All losses of the form, weighted and mixed: terms and gradients.
  @Test func objectives() throws {
    let counts = [100, 40, 7, 3, 1, 0]
    var generator = SeededGenerator(seed: 9)
    let logits = try generator.uniform([9, 6], -3, 3)
    let labels = try Tensor([0, 1, 2, 3, 4, 4, 0, 1, 2])
    let mixed = MixedLabels(
      others: try Tensor([1, 0, 4, 4, 3, 2, 1, 0, 0]), ownShares: try generator.uniform([9], 0.1, 0.9))
    let positive = [100, 40, 7, 3, 1, 1]
    let weighted = RowAveraging.weightedMean(ClassConstant([0.5, 1, 2, 3, 4, 5]))
    let byBatch = RowAveraging.weightedByBatch(ClassConstant([0.5, 1, 2, 3, 4, 5]))
    let objectives: [any RowObjective] = [
      try CrossEntropyLoss(), try CrossEntropyLoss(labelSmoothing: 0.1), try CrossEntropyLoss(averaging: weighted),
      try CrossEntropyLoss(labelSmoothing: 0.2, averaging: byBatch), try BalancedSoftmaxLoss(counts: counts),
      try BalancedSoftmaxLoss(counts: positive, tau: 0.5), try PriorAdjustment.training(counts: counts, tau: 1.5),
      try LDAMLoss(counts: positive), try LDAMLoss(counts: positive, logitsAreScaled: false, reweightingBeta: 0.9999),
      try ClassBalancedLoss(counts: positive), try FocalLoss(gamma: 2),
    ]
    for objective in objectives {
      for mixed in [nil, mixed] {
        func values() throws -> [Double] {
          let leaf = try logits.clone().requiringGradient()
          let term = try objective.term(logits: leaf, labels: labels, mixed: mixed)
          let value = try term.mean()
          let gradient = try gradients(of: [value], withRespectTo: [leaf])[0]
          return try [value.item()] + (gradient?.doubles() ?? [])
        }
        let plain = try values()
        let launcher = EmulatedLauncher()
        try CaseContext.with("\(objective.name) \(mixed == nil ? "" : "mixed")") {
          expectClose(try launcher.run(values), plain, relative: 1e-5, absolute: 2e-6)
        }
        let isFused = !(objective is FocalLoss)
        #expect(launcher.started.all.count == (isFused ? mixed == nil ? 2 : 4 : 0), "\(objective.name)")
      }
    }
  }

  /// Labels that no class has: one value is left out, others are not taken for a class.
  @Test func labelsOfNoClass() throws {
    let logits = try Tensor([1.0, 2, 3, 1, 1, 1].map(Float.init), shape: [2, 3])
    let rows = try EmulatedLauncher().run {
      try logits.softmaxLosses(Tensor([-100, 7]), form: SoftmaxLossForm())
    }
    #expect(try rows.doubles()[0] == 0)
    #expect(try rows.doubles()[1].isNaN)
  }

  /// The usual augmentation of CIFAR is one launch, others take theirs for the draws only.
  @Test func augmentation() throws {
    var generator = SeededGenerator(seed: 12)
    let images = try Tensor(generator.bytes(7 * 8 * 8 * 3), shape: [7, 8, 8, 3])
    let indices = try Tensor([3, 3, 0, 6])
    for (augmentation, launches) in [
      (Augmentation.cropAndFlip, ["augment_images_float32"]),
      (
        Augmentation {
          ($0.cropPadding, $0.flipProbability) = (2, 0.5)
          $0.cutout = .init { $0.size = 3 }
        }, ["augment_images_float32"]
      ),
      (
        Augmentation {
          ($0.cropPadding, $0.flipProbability) = (4, 0.5)
          $0.rotation = 10
        }, ["philox_words"]
      ),
      (.strongCIFAR, ["philox_words"]), (.resizedCropAndFlip, ["philox_words"]),
    ] {
      func inputs() throws -> Tensor {
        try augmentation(
          images, at: indices, places: Tensor.range(0, 4), step: Tensor(scalar: 9), seed: 5, stream: 2, view: 1,
          normalization: .cifar)
      }
      let plain = try inputs()
      let launcher = EmulatedLauncher()
      let fused = try launcher.run(inputs)
      #expect(try fused.isEqual(to: plain))
      #expect(fused.strides == plain.strides)
      #expect(launcher.started.all == launches)
      let ungathered = try augmentation(
        images.entries(at: indices), places: Tensor.range(0, 4), step: Tensor(scalar: 9), seed: 5, stream: 2,
        view: 1, normalization: .cifar)
      #expect(try ungathered.isEqual(to: plain))
    }
  }

  /// All forms of asking for words, by the tests of the plain program.
  @Test func randomWords() throws {
    let generator = Philox4x32(seed: 1 << 40 | 3, purpose: .mixing)
    let (step, samples) = (try Tensor(scalar: Int.max), try Tensor([0, 1, Int(UInt32.max), 77]))
    func words() throws -> [[Int]] {
      try [
        generator.words(step: step, samples: samples, draw: 9),
        generator.words(step: step, samples: samples, draws: 3..<8),
        generator.words(step: step, samples: samples, draws: Tensor([4, 3, 2, 1])),
        generator.words(step: step, samples: Tensor([Int]()), draw: 0),
        generator.words(step: step, samples: Tensor([5, 7]).to(.int32), draws: 0..<2),
      ].flatMap { try $0.flatMap { try [$0.shape, $0.values(as: Int.self)] } }
    }
    let plain = try words()
    let launcher = EmulatedLauncher()
    #expect(try launcher.run(words) == plain)
    #expect(launcher.started.all.count == 4)
  }

  /// Mixed precision as in training: inputs of the kernels are bfloat16 then.
  @Test func autocast() throws {
    let network = try CIFARResNet(blocksPerStage: 1, widths: [8, 16], using: Initializer(seed: 3))
    try network.move(to: .cpu, format: .channelsLast)
    var generator = SeededGenerator(seed: 4)
    let images = try generator.uniform([4, 3, 8, 8], -1, 1).contiguous(.channelsLast)
    func pass(_ precision: DType?) throws -> [Tensor?] {
      let parameters = try network.allParameters.map { try $0.tensor.requiringGradient() }
      let features = try withAutocast(precision, on: .cpu) { try network(images) }
      return try [features.detached()]
        + gradients(of: [features.to(.float32).sum()], withRespectTo: parameters)
    }
    let exact = try pass(nil)
    let plain = try pass(.bfloat16)
    let launcher = EmulatedLauncher()
    let fused = try launcher.run { try pass(.bfloat16) }
    #expect(launcher.started.all.contains { $0.contains("bfloat16") })
    // Rounding carries far in so small a batch: the kernels may lose what the plain operations lose.
    func deviations(_ values: [Tensor?]) throws -> [Double] {
      try zip(values, exact).map { try KernelAgreement("bfloat16", $0, $1, limit: 0).worstDeviation }
    }
    for (deviation, usual) in zip(try deviations(fused), try deviations(plain)) {
      #expect(deviation < 2 * usual + 0.05)
    }
  }
}

extension SeededGenerator {
  static func images(_ shape: [Int], seed: UInt64 = 9) throws -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return try generator.uniform(shape, -1, 1).contiguous(.channelsLast)
  }
}
