import ArgumentParser
import Foundation
import Longtail

/// How a data folder is read, where that should not be detected.
struct DataReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The format, when it should not be detected: \(DataFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "NAME"))
  var format: DataFormat?

  @Option(
    help: ArgumentHelp(
      "For lists, tables and JSON files: the folder that image paths are relative to. Default: detected.",
      valueName: "DIR"), completion: .directory)
  var imageRoot: String?

  @Option(
    help: ArgumentHelp(
      "For lists, tables and JSON files: the file suffix that image paths lack, such as jpg. Default: detected.",
      valueName: "SUFFIX"))
  var imageSuffix: String?

  @Option(help: ArgumentHelp("For tables: the column with image paths.", valueName: "NAME"))
  var pathColumn: String?

  @Option(help: ArgumentHelp("For tables: the column with class labels.", valueName: "NAME"))
  var labelColumn: String?

  @Option(help: ArgumentHelp("For tables: the column with splits; none if there is no such column.", valueName: "NAME"))
  var splitColumn: String?

  @Option(
    help: ArgumentHelp(
      "For tables: the values of the split column that mark the test set, such as 4 or 3,4; other values mark training images.",
      valueName: "VALUES"))
  var testSplit: String?

  @Option(
    help: ArgumentHelp(
      "For tables: the values of the split column that mark the validation set.", valueName: "VALUES"))
  var validationSplit: String?

  /// The options as a value; paths are made absolute, because a run may be resumed from another folder.
  var reading: DataReading {
    DataReading(
      format: format, imageRoot: imageRoot.map { URL(fileURLWithPath: $0).path }, imageSuffix: imageSuffix,
      columns: ImageTableColumns(
        path: pathColumn, label: labelColumn, split: splitColumn, testValues: testSplit.map(Self.values),
        validationValues: validationSplit.map(Self.values)))
  }

  private static func values(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension DataFormat: ExpressibleByArgument {}
