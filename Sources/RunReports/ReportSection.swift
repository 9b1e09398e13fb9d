/// A section of a report.
public protocol ReportSection: Sendable {
  /// The heading.
  var title: String { get }
  /// One or two sentences on how to read what follows.
  var caption: String { get }
  /// The contents below heading and caption.
  var body: Markup { get }
}
