import ModelTraining
import RunRecords
import SettingRules
import VisionData

/// The recipes that can be chosen by name.
public enum RecipeRegistry {
  /// All of them, by method.
  public static let all: [RecipeEntry] = methods.flatMap { method in
    targets.flatMap { target in
      ([Variant.plain] + (target.hasVariants ? method.variants : [])).map { entry(of: method, for: target, as: $0) }
    }
  }

  private static func entry(of method: Method, for target: Target, as variant: Variant) -> RecipeEntry {
    var settings = method.settings()
    target.adjust(&settings)
    settings.adapt(toTarget: target.name)
    variant.adjust(&settings, target.name)
    let name = [method.name, target.name, variant.name].filter { !$0.isEmpty }.joined(separator: "/")
    let own = variant.name.isEmpty ? "" : "of \(method.name), \(variant.summary): "
    return RecipeEntry(
      name, "\(method.summary); \(own)\(target.summary)", source: method.source,
      expectation: method.expectations[name.dropFirst(method.name.count + 1).description] ?? "",
      settings: settings)
  }

  /// The recipe of a name, `METHOD/TARGET`; with one slash, `TARGET/METHOD` is understood too.
  /// - Throws: `UnknownRecipe` with the nearest names.
  public static func recipe(named name: String) throws -> RecipeEntry {
    let parts = name.split(separator: "/").map { otherNames[String($0)] ?? String($0) }
    let known = parts.joined(separator: "/")
    let turned = parts.count == 2 ? "\(parts[1])/\(parts[0])" : known
    guard let found = all.first(where: { $0.name == known }) ?? all.first(where: { $0.name == turned }) else {
      throw UnknownRecipe(name: name)
    }
    return found
  }

  /// What methods are also called.
  private static let otherNames = ["ldam-drw": "ldam"]

  private struct Method {
    let name: String
    let summary: String
    let source: String
    var expectations: [String: String] = [:]
    var variants: [Variant] = []
    let settings: @Sendable () -> any MethodSettings
  }

  /// Another form of a method, for the data that methods are compared on.
  private struct Variant {
    static let plain = Variant(name: "", summary: "") { _, _ in }
    let name: String
    let summary: String
    /// Changes settings that are adapted to a target already; the second argument is the target's name.
    let adjust: @Sendable (inout any MethodSettings, String) -> Void

    init(name: String, summary: String, adjust: @escaping @Sendable (inout any MethodSettings, String) -> Void) {
      (self.name, self.summary, self.adjust) = (name, summary, adjust)
    }

    /// A form that changes the settings of one method, alike for all targets.
    init<Settings: MethodSettings>(
      _ name: String, _ summary: String, of type: Settings.Type, adjust: @escaping @Sendable (inout Settings) -> Void
    ) {
      self.init(name, summary, of: type, adjustForTarget: { settings, _ in adjust(&settings) })
    }

    /// A form that changes the settings of one method by target.
    init<Settings: MethodSettings>(
      _ name: String, _ summary: String, of type: Settings.Type,
      adjustForTarget adjust: @escaping @Sendable (inout Settings, String) -> Void
    ) {
      self.init(name: name, summary: summary) { settings, target in
        guard var own = settings as? Settings else { return }
        adjust(&own, target)
        settings = own
      }
    }
  }

  private struct Target {
    let name: String
    let summary: String
    var hasVariants = false
    let adjust: @Sendable (inout any MethodSettings) -> Void
  }

  private static let methods: [Method] = [
    Method(
      name: "cross-entropy", summary: "plain softmax cross-entropy", source: "the usual baseline",
      expectations: ["cifar100-lt": "38.3 % all in later works' tables (factor 100, published)"]
    ) { CrossEntropy() },
    Method(
      name: "balanced-softmax", summary: "cross-entropy with the training prior added to the logits",
      source: "Balanced Meta-Softmax, NeurIPS 2020; Balanced Activation, 2020",
      expectations: [
        "cifar100-lt": "41.9 % all, 59.5 many, 41.3 medium, 22.0 few in plain PyTorch (factor 100, one seed, measured)"
      ]
    ) { BalancedSoftmax() },
    Method(
      name: "focal", summary: "focal loss", source: "Focal Loss for Dense Object Detection, ICCV 2017"
    ) { Focal() },
    Method(
      name: "class-balanced", summary: "cross-entropy weighted by the effective number of images",
      source: "Class-Balanced Loss, CVPR 2019"
    ) { ClassBalanced() },
    Method(
      name: "ldam", summary: "label-distribution-aware margins with deferred re-weighting",
      source: "LDAM-DRW, NeurIPS 2019"
    ) { LDAM() },
    Method(
      name: "logit-adjustment", summary: "cross-entropy with tau log pi added to the logits",
      source: "Long-tail learning via logit adjustment, ICLR 2021",
      expectations: ["cifar100-lt": "42.0 to 43.9 % all in later works' tables (factor 100, published)"]
    ) { LogitAdjustment() },
    Method(
      name: "crt", summary: "classifier re-training: a new classifier over fixed features, classes equally likely",
      source: "Decoupling, ICLR 2020"
    ) { ClassifierRetraining() },
    Method(
      name: "tau-normalization", summary: "class vectors divided by a power of their lengths after training",
      source: "Decoupling, ICLR 2020"
    ) { TauNormalization() },
    Method(
      name: "lws",
      summary: "learnable weight scaling: one factor per class over a fixed network, classes equally likely",
      source: "Decoupling, ICLR 2020"
    ) { LearnableWeightScaling() },
    Method(
      name: "balanced-meta-softmax",
      summary: "features first, then a new classifier with Balanced Softmax on batches whose class rates are learned",
      source: "Balanced Meta-Softmax, NeurIPS 2020",
      expectations: [
        "cifar100-lt/published":
          "50.8 % all at factor 100 (paper, from memory); 48.0 % at factor 200 (published code's table)",
        "imagenet-lt": "41.6 % all (published code's table)", "places-lt": "38.3 % all (published code's table)",
      ],
      variants: [
        Variant("decoupled", "without learned rates", of: BalancedMetaSoftmax.self) {
          $0.meta.adaptation = .none
        },
        Variant("reweighter", "learned class weights instead of rates", of: BalancedMetaSoftmax.self) {
          $0.meta.adaptation = .reweighter
        },
        Variant(
          "published", "schedule and choices of the published code", of: BalancedMetaSoftmax.self,
          adjustForTarget: { settings, target in
            var published = BalancedMetaSoftmax.published(target == "cifar10-lt" ? .balmsCIFAR10 : .balms)
            (published.data, published.model) = (settings.data, settings.model)
            settings = published
          }),
      ]
    ) { BalancedMetaSoftmax() },
    Method(
      name: "breadcrumb",
      summary: "a second classifier on class-balanced features of the same images from earlier epochs",
      source: "Breadcrumbs, ECCV 2022",
      expectations: ["imagenet-lt": "about 44 % all (paper, from memory)"],
      variants: [
        Variant("weak", "class-balanced features put together once", of: Breadcrumb.self) {
          $0.assembling = .weak
        }
      ]
    ) { Breadcrumb() },
    Method(
      name: "class-balanced-distillation",
      summary: "a student, classes equally likely, with features near a teacher's that saw all images alike",
      source: "Class-Balanced Distillation, BMVC 2021"
    ) { ClassBalancedDistillation() },
    Method(
      name: "class-balanced-distillation-ensemble",
      summary: "one student with features near those of four teachers, two of which saw stronger colour changes",
      source: "Class-Balanced Distillation, BMVC 2021",
      expectations: [
        "imagenet-lt": "55.6 % all with a ResNet-50 (published)",
        "inaturalist2018": "73.6 % all (published)",
      ]
    ) { ClassBalancedDistillation(teacherCount: 2, augmentedTeacherCount: 2) },
    Method(
      name: "ssd",
      summary: "self-supervised features, balanced soft labels, and a network that learns from both kinds of labels",
      source: "Self Supervision to Distillation, ICCV 2021",
      expectations: [
        "cifar100-lt": "46.0 % all (factor 100, published in other works' tables)",
        "imagenet-lt/resnext50": "56.0 % all, 66.8 many, 53.1 medium, 35.4 few (published)",
        "inaturalist2018": "71.5 % all (published)",
      ]
    ) { SSD() },
    Method(
      name: "apa", summary: "learned activations and gates (AGLU, APA), cosine head, prior corrected at test time",
      source: "Adaptive Parametric Activation, ECCV 2024",
      expectations: [
        "imagenet-lt/resnext50": "59.1 % all (published)", "inaturalist2018": "74.8 % all (published)",
        "places-lt": "42.0 % all (published)",
      ]
    ) { APA() },
    Method(
      name: "ride", summary: "narrow experts that are pushed apart, and gates that ask for as many as an image needs",
      source: "RIDE, ICLR 2021",
      expectations: [
        "cifar100-lt":
          "48.0 % all (factor 100, paper), 68.1 many, 49.2 medium, 23.9 few (from memory); 48.6 % released",
        "cifar100-lt/two-experts": "47.0 % all (factor 100, paper, from memory)",
        "cifar100-lt/four-experts": "49.1 % all (factor 100, paper)",
        "cifar100-lt/distilled": "49.0 % all (factor 100, released)",
        "imagenet-lt/resnext50": "55.7 % all, 67.0 many, 52.2 medium, 36.0 few (100 epochs, released)",
        "inaturalist2018": "71.2 % all (released)",
      ],
      variants: [
        Variant("two-experts", "two experts", of: RIDE.self) { $0.experts.count = 2 },
        Variant("four-experts", "four experts", of: RIDE.self) { $0.experts.count = 4 },
        Variant("distilled", "taught by six experts", of: RIDE.self) {
          $0.teacherExperts = 6
          ($0.training.warmupEpochs, $0.teacherWarmupEpochs) = (20, 5)
        },
        Variant("balanced-softmax", "Balanced Softmax in place of margins", of: RIDE.self) {
          $0.expertLoss = .balancedSoftmax
        },
      ]
    ) { RIDE() },
    Method(
      name: "shike",
      summary: "experts of different depth that teach each other, then fresh classifiers with Balanced Softmax",
      source: "SHIKE, CVPR 2023",
      expectations: [
        "cifar100-lt": "56.3 % all (factor 100, published, for data.selection=first)",
        "imagenet-lt": "60.3 % all with a ResNet-50 or larger (published); nothing is known for this network",
        "inaturalist2018": "75.4 % all (published)", "places-lt": "41.9 % all (published)",
      ],
      variants: [
        Variant("clean", "teachers without gradient, divided by images alone", of: SHIKE.self) {
          $0.form = .clean
        }
      ]
    ) { SHIKE() },
    Method(
      name: "mdcs",
      summary: "experts with priors of their own, whose weak views teach their strong views", source: "MDCS, ICCV 2023",
      expectations: ["cifar100-lt": "56.1 % all (factor 100, 400 epochs, published)"],
      variants: [
        Variant("published", "with the published code's floor of the prior", of: MDCS.self) {
          $0.logFloor = 1e-9
        }
      ]
    ) { MDCS() },
    Method(
      name: "camc", summary: "calibrated class activation maps (project variant) with a normalised classifier",
      source: "after CAMC, 2021, of which only the abstract is public"
    ) { CAMC() },
  ]

  /// Photographs at 224 pixels: shorter edges resized to 256, the middle cut out.
  private static func large(_ backbone: String, _ training: TrainingSettings, in settings: inout any MethodSettings) {
    settings.model.backbone = backbone
    settings.model.inputSize = 224
    settings.model.shorterEdge = 256
    settings.model.normalization = .imageNet
    settings.adopt(training)
  }

  private static let targets: [Target] = [
    Target(name: "cifar100-lt", summary: "ResNet-32 on CIFAR-100-LT, factor 100", hasVariants: true) {
      $0.data.imbalanceFactor = 100
    },
    Target(name: "cifar10-lt", summary: "ResNet-32 on CIFAR-10-LT, factor 100", hasVariants: true) {
      $0.data.imbalanceFactor = 100
    },
    Target(name: "cifar100-lt/balms", summary: "the longer schedule of the Balanced Meta-Softmax paper, factor 100") {
      $0.data.imbalanceFactor = 100
      $0.adopt(.balms)
      // The published classifier is a plain layer of the framework; cosine heads are those of other methods.
      if $0.model.head != .cosine { $0.model.headInitialization = .uniform }
    },
    Target(name: "imagenet-lt", summary: "ResNet-10 on ImageNet-LT, 224 pixels") {
      large("resnet10", .imageNetLT, in: &$0)
    },
    Target(name: "imagenet-lt/resnext50", summary: "ResNeXt-50 on ImageNet-LT, 224 pixels") {
      large("resnext50_32x4d", .imageNetLT, in: &$0)
    },
    Target(
      name: "places-lt", summary: "ResNet-152 on Places-LT, from ImageNet weights that --weights gives"
    ) {
      large("resnet152", .placesLT, in: &$0)
      $0.model.trainedParts = ["layer4", ParameterSelection.head]
    },
    Target(name: "inaturalist2018", summary: "ResNet-50 on iNaturalist 2018, 224 pixels") {
      large("resnet50", .iNaturalist, in: &$0)
      $0.model.normalization = .iNaturalist
    },
    Target(name: "synthetic", summary: "ResNet-20 on the synthetic images") {
      $0.model.backbone = "resnet20"
      $0.model.normalization = Normalization(mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25])
      $0.adopt(.synthetic)
    },
    Target(name: "own", summary: "a folder, list or table of your own; network, resolution and length follow from it") {
      $0.model.inputSize = 64
      $0.model.normalization = .imageNet
      $0.adopt(.own)
    },
  ]
}

/// A recipe name that is not in the registry.
public struct UnknownRecipe: Error, CustomStringConvertible, Sendable {
  /// The name that came.
  public let name: String
  /// The name, and those that look like it.
  public var description: String {
    let near = nearestNames
    let hint = near.isEmpty ? "" : "; near it: \(near.joined(separator: ", "))"
    return "unknown recipe '\(name)'\(hint); 'longtail recipes list' shows all"
  }

  /// The names that it may stand for, nearest first, at most four: a misspelt one, those of the same method, those with a part of it.
  public var nearestNames: [String] {
    let names = RecipeRegistry.all.map(\.name)
    func method(_ name: String) -> String { String(name.prefix { $0 != "/" }) }
    var near = NearestName.find(name, in: names).map { [$0] } ?? []
    if let found = NearestName.find(method(name), in: names.map(method)) {
      near += names.filter { method($0) == found }
    }
    if near.isEmpty { near = names.filter { $0.contains(name) } }
    var seen: Set<String> = []
    return Array(near.filter { seen.insert($0).inserted }.prefix(4))
  }
}
