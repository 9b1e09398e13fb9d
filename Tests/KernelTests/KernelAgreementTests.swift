import KernelEmulation
import LongtailTestSupport
import Testing
import Torch
import Transforms

/// The kernels, run on the processor, against plain operations.
@Suite struct KernelAgreementTests {
  /// Launches of several shapes, their threads in several orders.
  static let launchers: [EmulatedLauncher] = [(256, 128, 4), (96, 3, 1), (64, 7, 2), (512, 1, 1)].enumerated().map {
    number, shape in
    var launcher = EmulatedLauncher()
    launcher.order = EmulatedLauncher.Order.allCases[number % 3]
    launcher.tuning.threads = shape.0
    launcher.tuning.reducingBlocks = shape.1
    launcher.tuning.applyingBlocks = 2 * shape.1 + 1
    launcher.tuning.rowsPerThread = shape.2
    return launcher
  }

  private func expect(_ agreements: [KernelAgreement], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(!agreements.isEmpty, sourceLocation: sourceLocation)
    for agreement in agreements where !agreement.passed {
      Issue.record("\(agreement); \(CaseContext.note)", sourceLocation: sourceLocation)
    }
  }

  /// What is to be run on every new device, here on the emulated one.
  @Test func everythingAgrees() throws {
    let shapes = [[16, 16, 8, 8], [5, 64, 4, 4], [3, 100, 5, 7], [2, 256, 3, 3]]
    try EmulatedLauncher().run { expect(try FusedKernels.agreements(on: .cpu, shapes: shapes)) }
  }

  @Test func everyKernelIsEmulated() {
    #expect(Set(EmulatedLauncher.kernelNames) == Set(FusedKernel.allCases.flatMap(\.kernelNames)))
  }

  @Test(arguments: [DType.float32, .bfloat16])
  func batchNormalization(dtype: DType) throws {
    let shapes = [
      [1, 16, 4, 4], [95, 24, 1, 1], [2, 32, 3, 5], [7, 64, 2, 2], [4, 100, 3, 3], [33, 3, 5, 1], [2, 1, 9, 9],
      [2, 1, 1, 1], [3, 132, 2, 1], [2, 72, 2, 3],
    ]
    let forms = [
      (false, false, true), (true, true, true), (false, true, true), (true, false, true), (true, true, false),
      (false, false, false),
    ]
    for (number, shape) in shapes.enumerated() {
      for (index, (hasResidual, rectifies, isTraining)) in forms.enumerated() {
        // Every form meets every launcher, and every shape too.
        for launcher in [Self.launchers[(number + index) % 4], Self.launchers[(number + index + 1) % 4]] {
          let comparison = BatchNormalizationComparison(shape) {
            $0.dtype = dtype
            $0.hasResidual = hasResidual
            $0.rectifies = rectifies
            $0.isTraining = isTraining
            $0.reference = index == 1 ? .float32 : .float64
          }
          expect(KernelAgreement.of(comparison.name) { try comparison.run(on: .cpu, launcher) })
        }
      }
    }
  }

  /// Sums of squares would lose everything here.
  @Test func meansFarFromZeroCostNoPrecision() throws {
    let comparison = BatchNormalizationComparison([16, 16, 8, 8]) {
      $0.distance = 300
      $0.reference = .float64
    }
    let results = try comparison.run(on: .cpu, EmulatedLauncher())
    // Inputs are rounded to 3e-5 at that size.
    for result in results { #expect(result.worstDeviation < 2e-4, "\(result)") }
  }

  @Test(arguments: [DType.float32, .bfloat16])
  func softmaxLoss(dtype: DType) throws {
    for (rows, classes) in [(1, 2), (95, 10), (3, 33), (2, 100), (4, 257), (2, 2500), (5, 1)] {
      for form in 0..<16 {
        for launcher in [Self.launchers[(form + classes) % 4]] {
          let comparison = SoftmaxLossComparison(rows, classes) {
            $0.dtype = dtype
            $0.hasOffset = form & 1 > 0
            $0.hasMargin = form & 2 > 0
            $0.hasWeights = form & 4 > 0
            $0.labelSmoothing = form & 8 > 0 ? 0.1 : 0
            $0.scale = form & 2 > 0 ? 30 : 1
            $0.size = form & 2 > 0 ? 1 : 5
            $0.reference = form % 3 == 0 ? .float32 : .float64
          }
          expect(KernelAgreement.of(comparison.name) { try comparison.run(on: .cpu, launcher) })
        }
      }
    }
  }

  /// From Gumbel over sigmoid to flat curves, falling and steep ones, near and far from 0.
  @Test(arguments: [DType.float32, .bfloat16], [AdaptiveCurveKernel.Form.gate, .unit, .publishedUnit])
  func adaptiveCurve(dtype: DType, form: AdaptiveCurveKernel.Form) throws {
    var number = 0
    for lambda in [1e-8, 1e-4, 0.05, 0.7, 1, 4, 50] {
      for kappa in [-8, -1.2, 0, 0.02, 0.9, 5] {
        for size in [3.0, 100] {
          let comparison = AdaptiveCurveComparison([3, 5, 7, 2 + number % 3]) {
            $0.dtype = dtype
            $0.form = form
            ($0.lambda, $0.kappa, $0.size) = (lambda, kappa, size)
            $0.format = number % 2 == 0 ? .channelsLast : .contiguous
          }
          expect(
            KernelAgreement.of(comparison.name) { try comparison.run(on: .cpu, Self.launchers[number % 4]) })
          number += 1
        }
      }
    }
  }

  /// Fewer elements than a vector, than a block and than a launch, vectors with a rest, and addresses that no vector
  /// may have.
  @Test(arguments: [DType.float32, .bfloat16])
  func adaptiveCurveOfAnySize(dtype: DType) throws {
    for count in [1, 3, 4, 7, 8, 9, 31, 257, 1023, 4096, 9001] {
      for offset in [0, 1, 4] {
        for launcher in Self.launchers {
          let comparison = AdaptiveCurveComparison([count]) {
            $0.dtype = dtype
            $0.offset = offset
          }
          expect(KernelAgreement.of(comparison.name) { try comparison.run(on: .cpu, launcher) })
        }
      }
    }
  }

  @Test func augmentation() throws {
    for (height, width) in [(32, 32), (1, 1), (5, 7), (8, 3)] {
      for padding in [0, 4] {
        for cutout in [0, 1, 5, 16] {
          for (number, fill) in Augmentation.Cutout.Fill.allCases.enumerated() {
            for launcher in [Self.launchers[(padding / 2 + cutout + number) % 4]] {
              let augmentation = Augmentation {
                ($0.cropPadding, $0.flipProbability) = (padding, padding == 0 ? 0 : 0.5)
                $0.cutout = cutout == 0 ? nil : .init { ($0.size, $0.fill) = (cutout, fill) }
              }
              var comparison = AugmentationComparison(augmentation, height: height, width: width)
              comparison.batch = height == 32 ? 3 : 95
              let name = "\(augmentation.cropPadding) \(cutout) \(fill) \(height)x\(width)"
              expect(KernelAgreement.of(name) { try comparison.run(name, on: .cpu, launcher) })
            }
          }
        }
      }
    }
  }
}
