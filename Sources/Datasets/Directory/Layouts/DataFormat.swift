/// The formats of data sets; `DataDirectory.open` detects the format unless one is given.
public enum DataFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// The binary files of CIFAR-10 or CIFAR-100.
  case cifar
  /// `train.txt` or `..._train.txt`: a path and a label per line.
  case lists
  /// `train.csv`, or one table with a column of splits.
  case csv
  /// `train2017.json`, `train2018.json`, `train.json` and their like.
  case iNaturalist = "inaturalist"
  /// CUB-200-2011 or NABirds.
  case birds
  /// Tar archives as WebDataset packs them.
  case shards
  /// A folder per class, also below `train` and `test`.
  case folders
  /// COCO or LVIS: marked objects instead of one label per image.
  case coco
}
