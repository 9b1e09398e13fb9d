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

  @Option(help: ArgumentHelp("For tables: the column of paths.", valueName: "NAME"))
  var pathColumn: String?

  @Option(help: ArgumentHelp("For tables: the column of classes.", valueName: "NAME"))
  var labelColumn: String?

  @Option(help: ArgumentHelp("For tables: the column of splits.", valueName: "NAME"))
  var splitColumn: String?

  /// What the options say; paths are made absolute, as a run may be resumed from another folder.
  var reading: DataReading {
    DataReading(
      format: format, imageRoot: imageRoot.map { URL(fileURLWithPath: $0).path },
      columns: ImageTableColumns(path: pathColumn, label: labelColumn, split: splitColumn))
  }
}

extension DataFormat: ExpressibleByArgument {}
