import LongtailTestSupport
import Objectives
import Testing
import Torch

/// Dynamic knowledge transfer between experts.
@Suite struct KnowledgeTransferTests {
  /// The published form has gradients through its teachers, so that they equal differences of the loss.
  @Test(arguments: DynamicKnowledgeTransfer.HardestNegative.allCases)
  func publishedGradientsAreSlopes(hardest: DynamicKnowledgeTransfer.HardestNegative) throws {
    try withRandomCases(4) { generator in
      let sample = ExpertSample(using: &generator)
      try sample.expectSlopes(
        "published",
        DynamicKnowledgeTransfer(
          form: .published, hardestNegative: hardest, mutualWeight: 0.6, nontargetWeight: 2))
    }
  }

  /// The clean form by its formulas: teachers are constants, and the target is excluded on both sides.
  @Test(arguments: DynamicKnowledgeTransfer.HardestNegative.allCases)
  func cleanGradientsFollowTheFormulas(hardest: DynamicKnowledgeTransfer.HardestNegative) throws {
    try withRandomCases(20) { generator in
      let sample = ExpertSample(using: &generator)
      let objective = try DynamicKnowledgeTransfer(
        form: .clean, hardestNegative: hardest, mutualWeight: 0.6, nontargetWeight: 2)
      var expected: [Double] = []
      for expert in 0..<sample.experts {
        for row in 0..<sample.rows { expected += slope(sample, expert, row, hardest) }
      }
      expectClose(try sample.gradient(objective), expected, relative: 1e-9, absolute: 1e-13)
    }
  }

  private func slope(
    _ sample: ExpertSample, _ expert: Int, _ row: Int, _ hardest: DynamicKnowledgeTransfer.HardestNegative
  ) -> [Double] {
    let target = sample.labels[row]
    let rows = (0..<sample.experts).map { sample.row($0, row) }
    func column(_ label: Int) -> [Double] { rows.map { $0[label] } }
    let means = (0..<sample.classes).map { column($0).reduce(0, +) / Double(sample.experts) }
    let negative = means.indices.filter { $0 != target }.max { means[$0] < means[$1] }
    let teacher = softmax(
      (0..<sample.classes).map { label in
        if label == target { return -.infinity }
        guard label == negative else { return column(label).max() ?? 0 }
        return switch hardest {
        case .average: means[label]
        case .minimum: column(label).min() ?? 0
        case .exclude: -.infinity
        }
      })
    let student = softmax(rows[expert].enumerated().map { $0.offset == target ? -.infinity : $0.element })
    let all = rows.map(softmax)
    return (0..<sample.classes).map { label in
      let own = all[expert][label] - (label == target ? 1 : 0)
      let others = all.indices.filter { $0 != expert }.reduce(0) { $0 + all[expert][label] - all[$1][label] }
      return (own + 0.6 * others + 2 * (student[label] - teacher[label])) / Double(sample.rows)
    }
  }

  @Test func identicalExpertsHaveNoDivergence() throws {
    try withRandomCases(10) { generator in
      let sample = ExpertSample(using: &generator).identical
      func terms(_ form: DynamicKnowledgeTransfer.Form, _ sample: ExpertSample) throws -> [Double] {
        try DynamicKnowledgeTransfer(form: form).terms(
          sample.output(sample.leaf()), sample.batch(), at: startOfTraining()
        ).suffix(2).map { try $0.mean().item() }
      }
      expectClose(try terms(.clean, sample), [0, 0], absolute: 1e-13)
      expectClose(try terms(.published, sample)[0], 0, absolute: 1e-13)
      // In the published form the target's logit is 0 in the teacher and -30 in the students.
      let alone = ExpertSample(experts: 1, using: &generator)
      let published = try terms(.published, alone)
      expectClose(published[0], 0, absolute: 1e-13)
      #expect(published[1] > 0.01)
      expectClose(try terms(.clean, alone), [0, 0], absolute: 1e-13)
    }
  }

  /// The published means are over classes too.
  @Test func publishedMeansAreOverClassesToo() throws {
    try withRandomCases(10) { generator in
      let sample = ExpertSample(using: &generator)
      func mutual(_ form: DynamicKnowledgeTransfer.Form) throws -> Double {
        let terms = try DynamicKnowledgeTransfer(form: form).terms(
          sample.output(sample.leaf()), sample.batch(), at: startOfTraining())
        return try #require(terms.first { $0.name == "mutual" }).mean().item()
      }
      expectClose(try mutual(.clean), try mutual(.published) * Double(sample.classes), relative: 1e-12)
    }
  }

  /// Logits far apart, as unbounded heads output them.
  @Test(arguments: DynamicKnowledgeTransfer.Form.allCases, DynamicKnowledgeTransfer.HardestNegative.allCases)
  func extremesStayFinite(
    form: DynamicKnowledgeTransfer.Form, hardest: DynamicKnowledgeTransfer.HardestNegative
  ) throws {
    var generator = SeededGenerator(seed: 4)
    var sample = ExpertSample(experts: 2, rows: 2, using: &generator)
    sample.classes = 3
    (sample.labels, sample.counts) = ([0, 1], [5, 3, 1])
    sample.logits = [900, -900, 0, 0, 0, 0, -900, 900, 0, 900, 900, -900]
    let objective = try DynamicKnowledgeTransfer(form: form, hardestNegative: hardest)
    #expect(try sample.loss(objective).isFinite)
    #expect(try sample.gradient(objective).allSatisfy(\.isFinite))
  }

  @Test func settingsAreChecked() throws {
    #expect(throws: ObjectiveError.self) { try DynamicKnowledgeTransfer(mutualWeight: -1) }
    #expect(throws: ObjectiveError.self) { try DynamicKnowledgeTransfer(nontargetWeight: .infinity) }
    let published = try DynamicKnowledgeTransfer()
    #expect(published.mutualWeight == 1)
    #expect(published.nontargetWeight == 10)
    // Per image the clean form's defaults are those of the published one for 100 classes.
    let clean = try DynamicKnowledgeTransfer(form: .clean)
    #expect(clean.mutualWeight == 0.01)
    #expect(clean.nontargetWeight == 0.1)
    var generator = SeededGenerator(seed: 2)
    var sample = ExpertSample(experts: 2, rows: 1, using: &generator)
    (sample.classes, sample.logits, sample.labels) = (2, [1, 2, 3, 4], [0])
    #expect(throws: ObjectiveError.self) {
      try sample.loss(DynamicKnowledgeTransfer(form: .clean, hardestNegative: .exclude))
    }
  }
}
