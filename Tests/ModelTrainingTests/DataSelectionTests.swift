import Datasets
import LongtailTestSupport
import ModelTraining
import Objectives
import Testing

/// Settings of the long-tailed subset that would have no effect are refused.
@Suite struct DataSelectionTests {
  private func fault(_ change: (inout DataSettings) -> Void, thins: Bool) -> String? {
    var settings = DataSettings { $0.imbalanceFactor = 100 }
    change(&settings)
    do {
      try settings.checkSelection(thins: thins)
      return nil
    } catch { return "\(error)" }
  }

  @Test func whatHasAnEffectIsTaken() {
    #expect(fault({ $0.selection = .first }, thins: true) == nil)
    #expect(fault({ $0.selectionSeed = 4 }, thins: true) == nil)
    #expect(fault({ _ in }, thins: false) == nil)
    // The seed then chooses the validation images.
    #expect(fault({ ($0.selection, $0.selectionSeed, $0.validationShare) = (.first, 4, 0.1) }, thins: true) == nil)
  }

  @Test func whatHasNoneIsRefused() throws {
    let seed = try #require(fault({ ($0.selection, $0.selectionSeed) = (.first, 4) }, thins: true))
    #expect(seed.contains("data.selectionSeed"))
    #expect(seed.contains("4"))
    #expect(seed.contains("data.selection=shuffled"))
    let folder = try #require(fault({ $0.selection = .first }, thins: false))
    #expect(folder.contains("data.selection"))
    #expect(folder.contains("CIFAR"))
  }

  @Test func foldersAreNotThinned() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(SyntheticImageSettings(classCount: 3, largestClass: 4, testImagesPerClass: 1))
      try images.write(to: folder.path)
      var settings = DataSettings { $0.imbalanceFactor = 100 }
      settings.selection = .first
      #expect(throws: ObjectiveError.self) {
        try TrainingData.prepare(DataDirectory.open(folder.path), settings: settings, inputSize: 32, on: .cpu)
      }
    }
  }
}
