extension FusedKernels {
  /// The shapes of compared layers: first and last stage of a small network, odd sizes, many channels.
  package static let comparedShapes = [[128, 16, 32, 32], [95, 64, 8, 8], [3, 100, 5, 7], [2, 2048, 3, 3]]

  /// Compares all kernels but that of augmentation with their references; `agreements(on:)` of `Transforms` has all.
  package static func tensorAgreements(on device: Device, shapes: [[Int]]) throws -> [KernelAgreement] {
    let launcher = try launcher(forComparisonOn: device)
    var results = KernelAgreement.of("random words") { try wordAgreements(on: device, launcher) }
    for dtype in [DType.float32, .bfloat16] {
      for (hasResidual, rectifies, isTraining) in [
        (false, false, true), (false, true, true), (true, true, true), (true, false, true), (true, true, false),
      ] {
        for shape in shapes {
          let comparison = BatchNormalizationComparison(shape) {
            $0.dtype = dtype
            $0.hasResidual = hasResidual
            $0.rectifies = rectifies
            $0.isTraining = isTraining
          }
          results += KernelAgreement.of(comparison.name) { try comparison.run(on: device, launcher) }
        }
      }
      for comparison in losses(dtype) {
        results += KernelAgreement.of(comparison.name) { try comparison.run(on: device, launcher) }
      }
      for comparison in shapes.flatMap({ curves(dtype, $0) }) {
        results += KernelAgreement.of(comparison.name) { try comparison.run(on: device, launcher) }
      }
    }
    return results
  }

  /// Sigmoid and SiLU, the bounds of `lambda`, a decreasing gate, and a steep unit far from 0.
  private static func curves(_ dtype: DType, _ shape: [Int]) -> [AdaptiveCurveComparison] {
    let forms: [(form: AdaptiveCurveKernel.Form, lambda: Double, kappa: Double, size: Double)] = [
      (.gate, 1, 1, 4), (.unit, 1, 1, 4), (.unit, 1e-8, 1.2, 4), (.gate, 0.3, -0.7, 8), (.unit, 50, 5, 100),
      (.publishedUnit, 0.5, 0.9, 4),
    ]
    return forms.enumerated().map { number, curve in
      AdaptiveCurveComparison(shape) {
        $0.dtype = dtype
        $0.form = curve.form
        ($0.lambda, $0.kappa, $0.size) = (curve.lambda, curve.kappa, curve.size)
        $0.format = number % 2 == 0 ? .channelsLast : .contiguous
      }
    }
  }

  private static func losses(_ dtype: DType) -> [SoftmaxLossComparison] {
    [
      SoftmaxLossComparison(128, 100) { $0.dtype = dtype },
      SoftmaxLossComparison(95, 1000) {
        $0.dtype = dtype
        $0.hasOffset = true
        $0.hasWeights = true
      },
      SoftmaxLossComparison(7, 8142) {
        $0.dtype = dtype
        $0.labelSmoothing = 0.1
      },
      SoftmaxLossComparison(128, 10) {
        $0.dtype = dtype
        $0.hasMargin = true
        $0.hasWeights = true
        $0.scale = 30
        $0.size = 1
      },
    ]
  }

  private static func wordAgreements(on device: Device, _ launcher: any KernelLauncher) throws -> [KernelAgreement] {
    var numbers = AgreementNumbers()
    let (draws, count) = (7, 129)
    let step = try Tensor(scalar: 1 << 40 | 17, on: device)
    let samples = try numbers.integers(count, below: 1 << 32, on: device)
    let drawNumbers = try numbers.integers(draws, below: 1 << 32, on: device)
    let generator = Philox4x32(seed: .max - 5, purpose: .augmentation)
    let actual = try FusedRandomWords(launcher, on: device)(
      generator, step: step, samples: samples, draws: drawNumbers, shape: [draws, count])
    let hostSamples = try samples.integers().map(UInt32.init)
    let hostDraws = try drawNumbers.integers().map(UInt32.init)
    return try (0..<4).map { word in
      let expected = hostDraws.flatMap { draw in
        hostSamples.map { Int(generator.block(step: 1 << 40 | 17, sample: $0, draw: draw)[word]) }
      }
      return try KernelAgreement(
        "random words: word \(word)", actual[word], Tensor(expected, shape: [draws, count]), limit: 0)
    }
  }
}
