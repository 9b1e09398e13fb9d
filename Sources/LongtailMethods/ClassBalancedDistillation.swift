import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Transforms
import VisionModels

/// Class-Balanced Distillation (CBD): teachers with instance-balanced sampling, then a student from scratch with
/// class-balanced sampling, whose features are kept near the direction of the teachers' features of the same images.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021. The published code draws the
///   student's images with `studentSampler` `streamResampled`, the paper by classes.
public struct ClassBalancedDistillation: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "class-balanced-distillation", title: "CBD",
    summary:
      "a student with class-balanced sampling, with features near those of a teacher with instance-balanced sampling",
    paper: "Class-Balanced Distillation, BMVC 2021", article: "CBD")
  /// The ensemble of teachers of the paper.
  public static let variants = [
    Variant<Self>(
      listedAs: MethodCard(
        "class-balanced-distillation-ensemble", title: "CBD ensemble",
        summary: "one student with features near those of four teachers, two of which saw stronger colour augmentation",
        paper: "Class-Balanced Distillation, BMVC 2021", article: "CBD",
        results: [
          .imageNetLT: "55.6 % all with a ResNet-50 (published)", .iNaturalist2018: "73.6 % all (published)",
        ])
    ) { ($0.teacherCount, $0.augmentedTeacherCount) = (2, 2) }
  ]

  /// When the student has a linear layer and a ReLU behind its features.
  public enum Projection: String, Sendable, Codable, CaseIterable {
    /// Where the teachers' features together are longer than its own.
    case automatic
    /// Always.
    case always
  }

  /// Which images are used.
  public var data = DataSettings()
  /// The network of teachers and student; its head has cosines.
  public var model = ModelSettings { ($0.head, $0.cosineScale) = (.cosine, 20) }
  /// The schedule of teachers and student; its sampler is the teachers'.
  public var training = TrainingSettings.cifar
  /// Which images make an epoch of the student.
  public var studentSampler = SamplerKind.classBalanced
  /// Teachers with the augmentation of the schedule, each from other initial weights.
  @Within(0...8) public var teacherCount = 1
  /// Further teachers, with stronger colour augmentation.
  @Within(0...8) public var augmentedTeacherCount = 0
  /// The colour augmentation of those, beside the augmentation of the schedule.
  public var teacherColors = ColorAugmentation {
    ($0.brightness, $0.contrast, $0.saturation, $0.hue) = (0.8, 0.8, 0.8, 0.2)
  }
  /// The share of distillation in the student's loss, within 0...1.
  @Within(0...1) public var alpha = 0.4
  /// The factor on distillation.
  @Within(0...1_000_000) public var beta = 100.0
  /// When the student's features are projected.
  public var projection = Projection.automatic

  /// The published settings.
  public init() {}

  /// One stage per teacher, then the student.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    let plain = (0..<teacherCount).map { ("teacher-\($0 + 1)", training) }
    var strong = training
    strong.augmentation = teacherColors.applied(to: training.augmentation)
    let augmented = (0..<augmentedTeacherCount).map { ("augmented-teacher-\($0 + 1)", strong) }
    let teachers = try (plain + augmented).enumerated().map { number, teacher in
      try teacher.1.stage(
        teacher.0, training: model.trained, initializations: initializations(ofStage: number),
        objectives: [(.epochs(0), CrossEntropyLoss(labelSmoothing: training.labelSmoothing))])
    }
    return recipe(name, teachers + [try student(of: teachers.map(\.name))])
  }

  private func student(of teachers: [String]) throws -> Stage {
    var schedule = training
    schedule.sampler = studentSampler
    let objective = try ClassBalancedDistillationLoss(
      CrossEntropyLoss(labelSmoothing: training.labelSmoothing), alpha: alpha, beta: beta)
    var description = model.description
    if projection == .always || teachers.count > 1 {
      description.form = try .projected(features: teachers.count * model.description.featureCount())
    }
    let trained = description.form != .classifier ? model.trained(with: ["projection"]) : model.trained
    var stage = try schedule.stage(
      "student", training: trained, initializations: initializations(ofStage: teachers.count),
      objectives: [(.epochs(0), objective)])
    stage.teachers = teachers
    stage.model = description
    return stage
  }

  /// The network of the first stage is initialised already.
  private func initializations(ofStage index: Int) -> [StageInitialization] {
    (index > 0 ? [.reinitializedModel] : []) + (model.head == .cosine ? [.glorotNormClassifierWeights] : [])
  }

  /// Takes the schedule of the paper where it has one for the benchmark.
  public mutating func adapt(to benchmark: Benchmark) {
    switch benchmark {
    case .imageNetLT, .imageNetLTResNeXt50: training.follow(length: .epochs(90), weightDecay: 2.5e-4)
    case .iNaturalist2018: training.follow(length: .epochs(200), weightDecay: 1e-4)
    case .cifar100LT, .cifar10LT, .cifar100LTBalms, .placesLT, .synthetic, .own: return
    }
    model.zeroInitializedResiduals = true
    // The published networks take pixel values within 0...1.
    model.normalization = Normalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1])
  }

  /// There must be a teacher.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(
      teacherCount != 0 || augmentedTeacherCount != 0, "teacherCount", 0,
      "at least 1 where augmentedTeacherCount is 0")
  }
}

extension TrainingSettings {
  /// The published schedule: 128 images per step, learning rate 0.05, a cosine to 0. The published code writes twice
  /// this decay and halves it.
  fileprivate mutating func follow(length: TrainingLength, weightDecay: Double) {
    (self.length, batchSize, learningRate) = (length, 128, 0.05)
    optimizer = .sgd(weightDecay: weightDecay)
    augmentation = .resizedCropAndFlip
    augmentation.resizedCrop?.minArea = 0.05
  }
}
