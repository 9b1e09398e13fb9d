import Serialization
import Testing

@Suite struct NearestNameTests {
  private let known = ["learningRate", "weightDecay", "momentum", "batchSize", "epochs", "k"]

  @Test(arguments: [
    ("learnigRate", "learningRate"), ("LearningRate", "learningRate"), ("learning_rate", "learningRate"),
    ("lr", "learningRate"), ("wd", "weightDecay"), ("momentmu", "momentum"), ("epoch", "epochs"), ("bs", "batchSize"),
  ])
  func finds(name: String, expected: String) {
    #expect(NearestName.find(name, in: known) == expected)
  }

  @Test(arguments: ["", "x", "zzz", "temperature", "é", "q"])
  func findsNothingFarAway(name: String) {
    #expect(NearestName.find(name, in: known) == nil)
  }
}
