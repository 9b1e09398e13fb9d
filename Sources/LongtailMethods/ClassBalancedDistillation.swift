import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData

/// Class-balanced distillation: teachers that see all images alike, then a student from scratch that sees all classes alike, whose features
/// are kept near the direction of the teachers' features of the same images.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021. The published code draws the student's images with
///   `studentSampler` `streamResampled`, the paper by classes.
public struct ClassBalancedDistillation: MethodSettings {
  /// When the student has a linear layer and a ReLU behind its features.
  public enum Projection: String, Sendable, Codable, CaseIterable {
    /// Where the teachers' features together are longer than its own.
    case automatic
    /// Always.
    case always
  }

  /// Which images are used.
  public var data: DataSettings
  /// The network of teachers and student; its head has cosines.
  public var model: ModelSettings
  /// The schedule of teachers and student; its sampler is the teachers'.
  public var training: TrainingSettings
  /// Which images make an epoch of the student.
  public var studentSampler: SamplerKind
  /// Teachers that see the changes of the schedule, each from other first weights.
  public var teacherCount: Int
  /// Further teachers that see stronger changes of colour.
  public var augmentedTeacherCount: Int
  /// What those see beside the changes of the schedule.
  public var teacherColors: ColorChanges
  /// The share of distillation in the student's loss, within 0...1.
  public var alpha: Double
  /// The factor on distillation.
  public var beta: Double
  /// When the student's features are projected.
  public var projection: Projection

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine, cosineScale: 20),
    training: TrainingSettings = .cifar, studentSampler: SamplerKind = .classBalanced, teacherCount: Int = 1,
    augmentedTeacherCount: Int = 0,
    teacherColors: ColorChanges = .init(brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2),
    alpha: Double = 0.4, beta: Double = 100, projection: Projection = .automatic
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.studentSampler = studentSampler
    self.teacherCount = teacherCount
    self.augmentedTeacherCount = augmentedTeacherCount
    self.teacherColors = teacherColors
    self.alpha = alpha
    self.beta = beta
    self.projection = projection
  }

  /// One stage a teacher, then the student.
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
    return Recipe(
      name, source: "Class-Balanced Distillation, BMVC 2021", model: model.description,
      preprocessing: model.preprocessing, stages: teachers + [try student(of: teachers.map(\.name))])
  }

  private func student(of teachers: [String]) throws -> Stage {
    var schedule = training
    schedule.sampler = studentSampler
    let objective = try ClassBalancedDistillationLoss(
      CrossEntropyLoss(labelSmoothing: training.labelSmoothing), alpha: alpha, beta: beta)
    var description = model.description
    if projection == .always || teachers.count > 1 {
      description.projection = try teachers.count * model.description.featureCount()
    }
    let trained = description.projection > 0 ? model.trained(with: ["projection"]) : model.trained
    var stage = try schedule.stage(
      "student", training: trained, initializations: initializations(ofStage: teachers.count),
      objectives: [(.epochs(0), objective)])
    stage.teachers = teachers
    stage.model = description
    return stage
  }

  /// The network of the first stage is fresh already.
  private func initializations(ofStage index: Int) -> [StageInitialization] {
    (index > 0 ? [.reinitializedModel] : []) + (model.head == .cosine ? [.glorotClassVectors] : [])
  }

  /// Takes the schedule of the paper where it has one for the target.
  public mutating func adapt(toTarget name: String) {
    switch name {
    case "imagenet-lt", "imagenet-lt/resnext50": training.follow(length: .epochs(90), weightDecay: 2.5e-4)
    case "inaturalist2018": training.follow(length: .epochs(200), weightDecay: 1e-4)
    default: return
    }
    model.zeroInitializedResiduals = true
    // The published networks see levels within 0...1.
    model.normalization = Normalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1])
  }
}

extension ClassBalancedDistillation {
  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.integer("teacherCount", teacherCount, in: 0...8)
    checks.integer("augmentedTeacherCount", augmentedTeacherCount, in: 0...8)
    checks.require(
      teacherCount != 0 || augmentedTeacherCount != 0, "teacherCount", 0,
      "at least 1 where augmentedTeacherCount is 0")
    checks.group("teacherColors", teacherColors)
    checks.number("alpha", alpha, in: 0...1)
    checks.number("beta", beta, in: 0...1_000_000)
  }
}

extension TrainingSettings {
  /// The published schedule: 128 images a step, rate 0.05, a cosine to 0. The published code writes twice this decay and halves it.
  fileprivate mutating func follow(length: TrainingLength, weightDecay: Double) {
    (self.length, batchSize, learningRate) = (length, 128, 0.05)
    optimizer = .sgd(weightDecay: weightDecay)
    augmentation = .resizedCropAndFlip
    augmentation.resizedCropArea = 0.05
  }
}
