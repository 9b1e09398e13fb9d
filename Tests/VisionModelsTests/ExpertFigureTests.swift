import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Parameters and operations of published networks of experts.
@Suite struct ExpertFigureTests {
  private func experts(
    _ settings: ExpertSettings, of backbone: String = "resnet32", classes: Int = 100
  ) throws -> ExpertClassifier {
    try BackboneRegistry.backbone(named: backbone).experts(
      settings, head: .cosine(scale: 30), classes: classes, using: .shapesOnly())
  }

  @Test(arguments: [(2, 530_512), (3, 783_856), (4, 1_037_200), (6, 1_543_888)])
  func reducedExpertsOfSmallImages(count: Int, parameters: Int) throws {
    #expect(try experts(ExpertSettings { ($0.count, $0.widthFactors) = (count, [0.75]) }).parameterCount == parameters)
    #expect(try experts(ExpertSettings { ($0.count, $0.widths) = (count, [24, 48]) }).parameterCount == parameters)
  }

  @Test func routerIsSmall() throws {
    var settings = ExpertSettings.reduced
    settings.routing = RoutingSettings()
    let model = try experts(settings)
    #expect(model.parameterCount == 785_471 && model.router?.parameterCount == 1615)
  }

  @Test(arguments: [
    (100, 3, 24, 48, 783_856), (10, 3, 24, 48, 770_896), (100, 3, 32, 64, 1_362_064), (100, 1, 32, 64, 469_904),
  ])
  func widthsCanBeNamed(classes: Int, count: Int, second: Int, third: Int, parameters: Int) throws {
    #expect(
      try experts(ExpertSettings { ($0.count, $0.widths) = (count, [second, third]) }, classes: classes).parameterCount
        == parameters)
  }

  @Test(arguments: [
    ("resnet50", [29.60, 43.68, 57.75]), ("resnext50_32x4d", [29.06, 42.89, 56.71]), ("resnet10", [6.37, 9.40, 12.43]),
  ])
  func reducedExpertsOfLargeImages(backbone: String, millions: [Double]) throws {
    for (count, expected) in zip(2...4, millions) {
      let model = try experts(
        ExpertSettings { ($0.count, $0.widthFactors) = (count, [0.75]) }, of: backbone, classes: 1000)
      expectClose(Double(model.parameterCount) / 1e6, expected, absolute: 0.005)
    }
  }

  /// Three stages, the last one of each expert's own, with paths from shallow maps and two sets of heads.
  @Test(arguments: [(1, 0.502), (2, 0.887), (3, 1.277), (4, 1.662)])
  func selfHeterogeneousExperts(count: Int, millions: Double) throws {
    var settings = ExpertSettings.selfHeterogeneous(stages: 3)
    (settings.count, settings.headSet) = (count, .first)
    let model = try experts(settings)
    expectClose(Double(model.parameterCount) / 1e6, millions, absolute: 0.0005)
    let operations = try model.expertOperations(inputSize: 32)
    // The paths of experts 0 and 2 begin at the first stage, that of expert 1 at the second.
    if count == 3 { expectClose(Double(operations.all()) / 1e6, 120.1, absolute: 0.1) }
  }

  @Test func operationsOfSmallImages() throws {
    let model = try experts(.reduced)
    let operations = try model.expertOperations(inputSize: 32)
    #expect(ExpertOperations.total(operations.shared, perNormalizedElement: 2) == 24_395_776)
    #expect(
      operations.experts.map { ExpertOperations.total($0, perNormalizedElement: 2) }
        == Array(repeating: 25_625_280, count: 3))
    #expect(operations.all(perNormalizedElement: 2) == 101_271_616)
    expectClose(
      try operations.expected(stoppingFractions: [0.4099, 0.0947, 0.4954], perNormalizedElement: 2), 77_837_297.44,
      relative: 1e-12)
    #expect(throws: ModelError.self) { try operations.expected(stoppingFractions: [1]) }
    // All experts together are what one application computes.
    #expect(try model.operationCounts(inputSize: 32).total == operations.all())
  }

  @Test(arguments: [(3, [192, 384], 1_404_155_904, 6_050_113_536), (1, [256, 512], 2_392_834_048, 4_230_479_872)])
  func operationsOfLargeImages(count: Int, widths: [Int], own: Int, all: Int) throws {
    let operations = try experts(
      ExpertSettings { ($0.count, $0.widths) = (count, widths) }, of: "resnext50_32x4d", classes: 1000
    ).expertOperations(inputSize: 224)
    #expect(ExpertOperations.total(operations.shared) == 1_837_645_824)
    #expect(ExpertOperations.total(operations.experts[0]) == own && operations.all() == all)
  }
}
