/// Settings with one of everything.
struct SampleSettings: Codable, Equatable {
  enum Augmentation: String, Codable, CaseIterable { case none, cropAndFlip, strong }
  enum Length: Codable, Equatable { case epochs(count: Int), steps(count: Int) }

  struct Optimizer: Codable, Equatable {
    var learningRate = 0.1
    var momentum: Float = 0.9
    var nesterov = false
    var weightDecay = 2e-4
  }

  struct Mixup: Codable, Equatable {
    var alpha = 0.2
    var probability = 1.0
  }

  struct Drop: Codable, Equatable {
    var epoch = 160
    var factor = 0.01
  }

  var batchSize = 128
  var name = "plain"
  var augmentation = Augmentation.cropAndFlip
  var optimizer = Optimizer()
  var mixup: Mixup?
  var teacher: String?
  var drops = [Drop(), Drop(epoch: 180, factor: 0.01)]
  var widths = [16, 32, 64]
  var classWeights: [String: Double] = [:]
  var length = Length.epochs(count: 200)
}
