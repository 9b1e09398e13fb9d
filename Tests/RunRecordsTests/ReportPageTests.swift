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
    page.expectWellFormed()
  }

  /// Sections of experts and of several runs show their metrics.
  @Test func expertsAndRepeatedRunsAreShown() throws {
    let experts = ReportPage(
      title: "a", sections: [ExpertSection(try Sample.experts(), ensemble: ["accuracy": 0.875])])
    for text in ["expert 0", "expert 1", "whole network", "87.5", "Agreement", "uses 1.40 experts on average"] {
      #expect(experts.html.contains(text), "\(text)")
    }
    experts.expectWellFormed()
    let repeated = ReportPage(title: "a", sections: [BiasVarianceSection(try Sample.biasVariance(recipe: "plain/own"))])
    for text in ["plain/own", "bias", "variance", "many &gt; 100", "25.0"] {
      #expect(repeated.html.contains(text), "\(text)")
    }
    repeated.expectWellFormed()
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
    page.expectWellFormed()
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
    page.expectWellFormed()
  }

  @Test func comparesMethodsInNumbers() throws {
    let html = try SampleReport.page().html
    #expect(html.contains(">53.8<small>± 1.7 · +42.5</small></td>"))
    #expect(html.contains("<td class=\"best\">68.4<small>"))
  }

  /// Frequent classes are first in the confusion matrix, whatever the order of the classes.
  @Test func ordersConfusionByFrequency() throws {
    let matrix = ConfusionSection.Matrix(name: "x", confusion: try ConfusionMatrix(rows: [[7, 3], [2, 8]]))
    let given = ConfusionSection(classNames: ["rare", "common"], trainingCounts: [5, 500], matrices: [matrix])
    let sorted = ConfusionSection(
      classNames: ["common", "rare"],
      matrices: [.init(name: "x", confusion: try ConfusionMatrix(rows: [[8, 2], [3, 7]]))])
    #expect(given.body == sorted.body)
  }

  /// With the 8,142 classes of iNaturalist the page stays below 1 MiB and is made quickly.
  @Test(.timeLimit(.minutes(1))) func manyClassesMakeASmallPage() throws {
    let page = try SampleReport.page(classCount: 8142)
    page.expectWellFormed()
    #expect(page.html.utf8.count < 1 << 20)
    #expect(page.html.contains("8142 classes are too many for a heat map"))
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
    ReportPage(title: "a", sections: [section]).expectWellFormed()
  }

  @Test func aMatrixWithoutErrorsSaysSo() throws {
    let section = ConfusionSection(
      classNames: ["a", "b"], matrices: [.init(name: "x", confusion: try ConfusionMatrix(rows: [[2, 0], [0, 1]]))])
    #expect(section.body.source.contains("All predictions are correct."))
  }

  /// A single value is shown as a number; without values there is no chart.
  @Test func oneValueIsANumberNotACurve() throws {
    let point = CurveSection.Point(epoch: 1, value: 0.25)
    let single = CurveSection([.init(name: "a", loss: [point], accuracy: [point])]).body.source
    #expect(!single.contains("<svg"))
    #expect(single.contains("<td>0.250</td><td>epoch 1</td>"))
    #expect(single.contains("<td>25.0 %</td>"))
    let two = CurveSection([
      .init(name: "a", loss: [point, .init(epoch: 2, value: 0.1)], accuracy: []),
      .init(name: "b", loss: [point], accuracy: []),
    ]).body.source
    #expect(two.contains("<title>Training loss</title>"))
    #expect(!two.contains("Accuracy"))
    // A value that is not finite joins nothing.
    let broken = CurveSection([.init(name: "a", loss: [point, .init(epoch: 2, value: .nan)], accuracy: [])]).body.source
    #expect(!broken.contains("<svg"))
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

extension ReportPage {
  /// Expects that the body is well-formed XML, apart from void elements.
  func expectWellFormed(sourceLocation: SourceLocation = #_sourceLocation) {
    let body = html.split(separator: "<body>", maxSplits: 1).last.map(String.init) ?? ""
    let xml = "<body>" + body.replacing("</html>", with: "")
    // `img` is the only void element of the body.
    let closed = xml.replacing(/<img ([^>]*)>/) { "<img \($0.output.1)/>" }
    let parser = XMLParser(data: Data(closed.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))", sourceLocation: sourceLocation)
  }
}
