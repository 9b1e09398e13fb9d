import ArgumentParser
import Foundation
import Longtail

/// How a data folder is read, where that shall not be found out.
struct DataReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The format, where it shall not be found out: \(DataFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "NAME"))
  var format: DataFormat?

  @Option(
    help: ArgumentHelp(
      "For lists, tables and JSON files: the folder that paths are relative to, where it is not beside them.",
      valueName: "DIR"), completion: .directory)
  var imageRoot: String?

  @Option(
    help: ArgumentHelp(
      "For lists, tables and JSON files: the suffix that paths leave out, such as jpg, where it cannot be found out.",
      valueName: "SUFFIX"))
  var imageSuffix: String?

  @Option(help: ArgumentHelp("For tables: the column of paths.", valueName: "NAME"))
  var pathColumn: String?

  @Option(help: ArgumentHelp("For tables: the column of classes.", valueName: "NAME"))
  var labelColumn: String?

  @Option(help: ArgumentHelp("For tables: the column of splits; none for no such column.", valueName: "NAME"))
  var splitColumn: String?

  @Option(
    help: ArgumentHelp(
      "For tables: the values of the column of splits that are the test set, such as 4 or 3,4; other values are for training.",
      valueName: "VALUES"))
  var testSplit: String?

  @Option(
    help: ArgumentHelp(
      "For tables: the values of the column of splits that are the validation set.", valueName: "VALUES"))
  var validationSplit: String?

  /// What the options say; paths are made absolute, as a run may be resumed from another folder.
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
