/// A part of training for which this package has its own GPU kernels, which replace many kernels of LibTorch.
public enum FusedKernel: String, Sendable, Codable, CaseIterable {
  /// Gathering, cropping, flipping, Cutout and normalisation of images, with their random draws: one kernel.
  case augmentation
  /// The random words of a batch: one kernel instead of about a hundred.
  case randomWords
  /// Batch normalisation with residual addition and ReLU: two kernels forward, two backward.
  case batchNormalization
  /// Softmax losses with prior, margin, class weights and label smoothing: one kernel forward, one backward.
  case softmaxLoss
  /// Adaptive parametric activations (APA, AGLU): one kernel forward, two backward.
  case adaptiveCurve

  /// The source file in `Native/CLibTorchCUDA/kernels`.
  package var source: String {
    switch self {
    case .augmentation: "augmentation.cu"
    case .randomWords: "random.cu"
    case .batchNormalization: "batch_normalization.cu"
    case .softmaxLoss: "softmax_loss.cu"
    case .adaptiveCurve: "adaptive_curve.cu"
    }
  }

  /// The names of the kernels in the source file.
  package var kernelNames: [String] {
    switch self {
    case .augmentation: ["float32", "bfloat16"].map { "augment_images_" + $0 }
    case .randomWords: ["philox_words"]
    case .batchNormalization:
      ["statistics", "by_batch", "by_running_values", "gradient_sums", "input_gradients"].flatMap { part in
        ["float32_1", "float32_4", "bfloat16_1", "bfloat16_4", "bfloat16_8"].map {
          "batch_normalization_\(part)_\($0)"
        }
      }
    case .softmaxLoss:
      ["softmax_loss", "softmax_loss_gradient"].flatMap { part in ["float32", "bfloat16"].map { part + "_" + $0 } }
    case .adaptiveCurve:
      ["adaptive_curve_sums"]
        + ["value", "gradient"].flatMap { part in
          ["float32_1", "float32_4", "bfloat16_1", "bfloat16_8"].map { "adaptive_curve_\(part)_\($0)" }
        }
    }
  }
}
