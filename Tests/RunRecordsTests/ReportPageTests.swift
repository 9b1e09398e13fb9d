import Foundation
import LongtailTestSupport
import ModelEvaluation
import RunRecords
import RunReports
import Serialization
import Testing
#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ReportPageTests {
  /// A page is also well-formed XML, up to the head's elements without end.
  private func checkWellFormed(_ page: ReportPage) {
    let body = page.html.split(separator: "<body>", maxSplits: 1).last.map(String.init) ?? ""
    let xml = "<body>" + body.replacing("</html>", with: "")
    // `img` is the only element of the body without an end.
    let closed = xml.replacing(/<img ([^>]*)>/) { "<img \($0.output.1)/>" }
    let parser = XMLParser(data: Data(closed.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
  }

  @Test func escapesTextAndAttributes() {
    let markup = Markup.element("p", [("title", "a\"b'&<>")], [.text("<script>alert('x') & \"y\"</script>\u{1}")])
    #expect(
      markup.source == "<p title=\"a&quot;b&#39;&amp;&lt;&gt;\">&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;"
        + "&lt;/script&gt;\u{FFFD}</p>")
  }

  /// Names come from folders of users.
  @Test func hostileNamesStayText() throws {
    let evil = "</title><script>alert(1)</script>\" onload='x' &"
    let page = ReportPage(
      title: evil, subtitle: evil, facts: [(evil, evil)],
      sections: [
        HeadlineSection(
          [MethodResult(name: evil, note: evil, values: ["accuracy": 0.5, evil: 1])], metrics: ["accuracy", evil]),
        ClassSection(
          [.init(name: evil, trainingCount: 3, shotGroup: evil)], series: [.init(name: evil, accuracies: [0.5])]),
        CurveSection([.init(name: evil, loss: [.init(epoch: 0, value: 1)], accuracy: [])]),
        ConfusionSection(
          classNames: [evil, evil + "2"],
          matrices: [.init(name: evil, confusion: try ConfusionMatrix(rows: [[1, 1], [0, 0]]))]),
        ClassValueSection(
          [.init(name: evil, values: [0.5])], classes: [.init(name: evil, trainingCount: 3, shotGroup: evil)],
          axis: evil, title: evil, caption: evil),
        ImageSection([.init(name: evil, note: evil, images: [.init(png: [1, 2], caption: evil)])]),
        TextSection(title: evil, caption: evil, commands: [evil]),
        ExpertSection(try Sample.experts(), title: evil), BiasVarianceSection(try Sample.biasVariance(recipe: evil)),
      ])
    #expect(!page.html.contains("<script"))
    #expect(!page.html.contains("onload='"))
    checkWellFormed(page)
  }

  /// Sections of experts and of several runs say their numbers.
  @Test func expertsAndRepeatedRunsAreShown() throws {
    let experts = ReportPage(
      title: "a", sections: [ExpertSection(try Sample.experts(), ensemble: ["accuracy": 0.875])])
    for text in ["expert 0", "expert 1", "all together", "87.5", "Agreement", "uses 1.40 experts on average"] {
      #expect(experts.html.contains(text), "\(text)")
    }
    checkWellFormed(experts)
    let repeated = ReportPage(title: "a", sections: [BiasVarianceSection(try Sample.biasVariance(recipe: "plain/own"))])
    for text in ["plain/own", "bias", "variance", "many &gt; 100", "25.0"] {
      #expect(repeated.html.contains(text), "\(text)")
    }
    checkWellFormed(repeated)
  }

  @Test func needsNothingFromOutside() throws {
    let html = try SampleReport.page().html
    #expect(!html.contains("<script"))
    #expect(!html.contains("<link"))
    #expect(!html.contains("@import"))
    #expect(!html.contains("url("))
    for match in html.matches(of: /(src|href)="([^"]*)"/) {
      #expect(match.output.2.hasPrefix("data:image/png;base64,"))
    }
    // The name of the SVG language is the only address.
    #expect(html.replacing("http://www.w3.org/2000/svg", with: "").contains("http") == false)
    #expect(html.contains("prefers-color-scheme: dark"))
  }

  @Test(arguments: [1, 2, 12, 30, 43, 100, 500])
  func drawsAnyNumberOfClasses(classCount: Int) throws {
    let page = try SampleReport.page(classCount: classCount)
    checkWellFormed(page)
    for image in page.html.split(separator: "<svg").dropFirst() {
      #expect(image.contains("<title>"))
      #expect(image.contains("<desc>"))
    }
    #expect(!page.html.contains("nan"))
    #expect(page.html.utf8.count < 1 << 20)
  }

  @Test func survivesMissingAndOddNumbers() throws {
    let page = ReportPage(
      title: "odd",
      sections: [
        HeadlineSection([]), HeadlineSection([MethodResult(name: "a", values: [:])]),
        HeadlineSection([
          MethodResult(name: "a", values: ["accuracy": .nan]), MethodResult(name: "b", values: ["accuracy": 0]),
        ]),
        ClassSection([], series: []),
        ClassSection(
          [.init(name: "a", trainingCount: 0, shotGroup: "few"), .init(name: "b", trainingCount: 0, shotGroup: "few")],
          series: [.init(name: "x", accuracies: [nil]), .init(name: "y", accuracies: [.nan, 2, 3])]),
        CurveSection([]),
        CurveSection([
          .init(
            name: "a",
            loss: [.init(epoch: 0, value: .infinity), .init(epoch: 1, value: -2), .init(epoch: 2, value: .nan)],
            accuracy: [.init(epoch: .nan, value: 0.5)])
        ]),
        ConfusionSection(classNames: [], matrices: []),
        ConfusionSection(
          classNames: ["a"], matrices: [.init(name: "x", confusion: try ConfusionMatrix(rows: [[0, 0], [1, 0]]))]),
        ImageSection([]),
      ])
    checkWellFormed(page)
  }

  @Test func comparesMethodsInNumbers() throws {
    let html = try SampleReport.page().html
    #expect(html.contains(">53.8<small>± 1.7 · +42.5</small></td>"))
    #expect(html.contains("<td class=\"best\">68.4<small>"))
  }

  /// Frequent classes stand first in the answers, whatever the order of the classes.
  @Test func ordersAnswersByFrequency() throws {
    let matrix = ConfusionSection.Matrix(name: "x", confusion: try ConfusionMatrix(rows: [[7, 3], [2, 8]]))
    let given = ConfusionSection(classNames: ["rare", "common"], trainingCounts: [5, 500], matrices: [matrix])
    let sorted = ConfusionSection(
      classNames: ["common", "rare"],
      matrices: [.init(name: "x", confusion: try ConfusionMatrix(rows: [[8, 2], [3, 7]]))])
    #expect(given.body == sorted.body)
  }

  // MARK: From runs

  private func makeRun(at path: String, recipe: String, seed: Int, accuracy: Double) throws {
    try Sample.finishedRun(at: path, metrics: Sample.metrics(recipe: recipe, seed: seed, accuracy: accuracy))
    let folder = RunFolder(path)
    var metrics = try folder.readMetrics()
    metrics.details = ["classNames": ["cat", "dog"]]
    metrics.confusion = try ConfusionMatrix(rows: [[3, 1], [2, 2]])
    try folder.write(metrics)
    try folder.write([
      ClassRecord(index: 0, name: "cat", trainingCount: 200, shotGroup: "many", evaluatedCount: 4, accuracy: 0.75),
      ClassRecord(index: 1, name: "dog", trainingCount: 5, shotGroup: "few", evaluatedCount: 4, accuracy: accuracy),
    ])
    let log = try LogWriter(folder.logPath)
    for epoch in 1...3 {
      try log.append(.epoch, step: 200 + epoch, epoch: epoch, ["loss": .number(1 / Double(epoch)), "accuracy": 0.5])
    }
  }

  @Test func makesAPageFromRuns() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "plain/x", seed: 0, accuracy: 0.2)
    for seed in 0..<3 {
      try makeRun(
        at: folder.file("b/seed-\(seed)"), recipe: "balanced/x", seed: seed, accuracy: 0.5 + Double(seed) / 10)
    }
    let methods = [RunReport.Method(RunFolder(folder.file("a"))), RunReport.Method(RunFolder(folder.file("b")))]
    #expect(methods.map(\.name) == ["plain/x", "balanced/x"])
    let page = try RunReport.page(methods, title: "Comparison")
    #expect(page.sections.count == 4)
    #expect(page.html.contains(">60.0<small>± 10.0 · +40.0</small>"))
    #expect(page.html.contains("mean of 3 seeds, last epoch"))
    #expect(page.html.contains("many: more than 100 training images"))
    checkWellFormed(page)
    let path = folder.file("report.html")
    try page.write(to: path)
    #expect(try text(of: path) == page.html)
  }

  /// iNaturalist has 8,142 classes: its page is no larger than a photograph and made at once; it took minutes when all pairs were looked at.
  @Test(.timeLimit(.minutes(1))) func manyClassesMakeASmallPage() throws {
    let page = try SampleReport.page(classCount: 8142)
    checkWellFormed(page)
    #expect(page.html.utf8.count < 1 << 20)
    #expect(page.html.contains("8142 classes are too many for a map"))
    #expect(page.html.contains("Most confused"))
  }

  /// Names stand beside every map that has room for them, and the pairs that are confused most below it.
  @Test(arguments: [2, 26, 27, 43, 60, 61, 201])
  func namesClassesAndConfusedPairs(count: Int) throws {
    var rows = (0..<count).map { row in (0..<count).map { $0 == row ? 9 : 0 } }
    rows[1][0] = 3
    let section = ConfusionSection(
      classNames: (0..<count).map { "sign \($0)" },
      matrices: [.init(name: "x", confusion: try ConfusionMatrix(rows: rows))])
    let html = ReportPage(title: "a", sections: [section]).html
    #expect(html.contains("<td>sign 1</td><td>sign 0</td><td>3</td><td>25.0</td>"))
    #expect(html.contains(">sign \(count - 1)</text>") == (count <= 60))
    #expect(html.contains("Predictions of x") == (count <= 200))
    checkWellFormed(ReportPage(title: "a", sections: [section]))
  }

  @Test func aMatrixWithoutMistakesSaysSo() throws {
    let section = ConfusionSection(
      classNames: ["a", "b"], matrices: [.init(name: "x", confusion: try ConfusionMatrix(rows: [[2, 0], [0, 1]]))])
    #expect(section.body.source.contains("No image is predicted wrong."))
  }

  /// One dot is no curve: its number is said. What was never measured has no chart at all.
  @Test func oneValueIsANumberNotACurve() throws {
    let point = CurveSection.Point(epoch: 1, value: 0.25)
    let single = CurveSection([.init(name: "a", loss: [point], accuracy: [point])]).body.source
    #expect(!single.contains("<svg"))
    #expect(single.contains("<td>0.250</td><td>epoch 1</td>") && single.contains("<td>25.0 %</td>"))
    let two = CurveSection([
      .init(name: "a", loss: [point, .init(epoch: 2, value: 0.1)], accuracy: []),
      .init(name: "b", loss: [point], accuracy: []),
    ]).body.source
    #expect(two.contains("<title>Training loss</title>") && !two.contains("Accuracy"))
    // A value that is not finite joins nothing.
    let broken = CurveSection([.init(name: "a", loss: [point, .init(epoch: 2, value: .nan)], accuracy: [])]).body.source
    #expect(!broken.contains("<svg"))
  }

  /// Epochs of a second stage come after those of the first, and no line leads back.
  @Test func stagesFollowEachOther() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "two/x", seed: 0, accuracy: 0.2)
    let path = RunFolder(folder.file("a")).logPath
    try FileManager.default.removeItem(atPath: path)
    let log = try LogWriter(path)
    for (stage, epochs) in [("features", 3), ("classifier", 2)] {
      for epoch in 1...epochs {
        try log.append(
          .epoch, step: epoch, epoch: epoch,
          ["stage": .string(stage), "loss": 1, "curves": ["gate": [.number(Double(epoch)), 1]]])
      }
    }
    let entries = try LogFile.entries(path)
    var counter = EpochCounter()
    #expect(entries.compactMap { counter.position(of: $0)?.runEpoch } == [1, 2, 3, 4, 5])
    let page = try RunReport.page([RunReport.Method(RunFolder(folder.file("a")))], title: "x")
    #expect(page.html.contains("gate, epoch 1") && page.html.contains("gate, epoch 5"))
    checkWellFormed(page)
  }

  /// A run without a test set has a page with its training.
  @Test func aRunWithoutMetricsHasAPage() throws {
    let folder = try TemporaryFolder()
    let run = try RunFolder.create(at: folder.file("a"))
    try run.write(Sample.environment(seed: 3))
    #expect(throws: RunError.self) { try RunReport.page([RunReport.Method(run)], title: "x") }
    let log = try LogWriter(run.logPath)
    try log.append(.epoch, step: 4, epoch: 1, ["loss": 0.5])
    #expect(try RunReport.page([RunReport.Method(run)], title: "x").html.contains("a: interrupted"))
    try log.append(.finished, step: 4)
    let page = try RunReport.page([RunReport.Method(run)], title: "x")
    #expect(page.html.contains("has no test set") || page.html.contains("have no test set"))
    #expect(page.html.contains("<td>0.500</td><td>epoch 1</td>"))
    checkWellFormed(page)
  }

  /// Files of the first format have rows of counts.
  @Test func readsMatricesOfTheFirstFormat() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "plain/x", seed: 0, accuracy: 0.2)
    let run = RunFolder(folder.file("a"))
    let expected = try #require(try run.readMetrics().confusion)
    var metrics = try run.readMetrics()
    metrics.format = 1
    metrics.confusion = nil
    metrics.details["confusion"] = [[3, 1], [2, 2]]
    try run.write(metrics)
    #expect(try run.readMetrics().confusion == expected)
    metrics.details["confusion"] = [[3], [2, 2]]
    try run.write(metrics)
    #expect(throws: (any Error).self) { try run.readMetrics() }
  }

  /// The first and the last reading of what a sampler has learned about each class.
  @Test func drawsLearnedClassRates() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "learned/x", seed: 0, accuracy: 0.2)
    let plain = try RunReport.page([RunReport.Method(RunFolder(folder.file("a")))], title: "x")
    #expect(!plain.html.contains("Learned class rates"))
    let log = try LogWriter(RunFolder(folder.file("a")).logPath)
    for (epoch, rates) in [(3, [0.5, 0.5]), (4, [0.4, 0.6]), (5, [0.25, 0.75])] {
      try log.append(
        .epoch, step: 300 + epoch, epoch: epoch, ["loss": 1, "classProbabilities": .array(rates.map { .number($0) })])
    }
    let page = try RunReport.page([RunReport.Method(RunFolder(folder.file("a")))], title: "x")
    #expect(page.html.contains("Learned class rates"))
    #expect(page.html.contains("dog, 5 training images, epoch 3: 50"))
    #expect(page.html.contains("dog, 5 training images, epoch 5: 75"))
    #expect(!page.html.contains("epoch 4: 60"))
    checkWellFormed(page)
  }

  @Test func refusesToCompareDifferentClasses() throws {
    let folder = try TemporaryFolder()
    try makeRun(at: folder.file("a"), recipe: "plain/x", seed: 0, accuracy: 0.2)
    try makeRun(at: folder.file("b"), recipe: "other/x", seed: 0, accuracy: 0.2)
    try RunFolder(folder.file("b")).write([
      ClassRecord(index: 0, name: "cow", trainingCount: 1, shotGroup: "few", evaluatedCount: 1, accuracy: 1)
    ])
    let methods = ["a", "b"].map { RunReport.Method(RunFolder(folder.file($0))) }
    #expect(throws: RunError.self) { try RunReport.page(methods, title: "x") }
    #expect(throws: RunError.self) { try RunReport.page([], title: "x") }
  }

  /// For looking at: `LONGTAIL_SAMPLE_REPORT=FILE` writes the sample page.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LONGTAIL_SAMPLE_REPORT"] != nil))
  func writesTheSample() throws {
    let path = try #require(ProcessInfo.processInfo.environment["LONGTAIL_SAMPLE_REPORT"])
    try SampleReport.page().write(to: path)
    for count in [43, 100, 8142] {
      try SampleReport.page(classCount: count, title: "Sample report, \(count) classes").write(
        to: path + "-\(count).html")
    }
    #expect(FileManager.default.fileExists(atPath: path))
  }
}
