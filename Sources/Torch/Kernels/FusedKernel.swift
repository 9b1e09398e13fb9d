/// A part of training that can run as one or two GPU kernels of our own instead of many of the engine's.
public enum FusedKernel: String, Sendable, Codable, CaseIterable {
  /// Gathering, cutting out, mirroring, blotting and normalising images, with their random draws: one kernel.
  case augmentation
  /// The random words of a batch: one kernel instead of about a hundred.
  case randomWords
  /// Batch normalisation with the addition and the ReLU behind it: two kernels forward, two backward.
  case batchNormalization
  /// Softmax losses with prior, margin, class weights and smoothing: one kernel forward, one backward.
  case softmaxLoss
  /// Adaptive parametric activations and gates: one kernel forward, two backward.
  case adaptiveCurve

  /// The file in `Native/CLibTorchCUDA/kernels`.
  package var source: String {
    switch self {
    case .augmentation: "augmentation.cu"
    case .randomWords: "random.cu"
    case .batchNormalization: "batch_normalization.cu"
    case .softmaxLoss: "softmax_loss.cu"
    case .adaptiveCurve: "adaptive_curve.cu"
    }
  }

  /// The names of the kernels in it.
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
