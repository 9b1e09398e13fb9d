/// What can go wrong with the folder of a run.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// A new run would write into a folder that has something in it.
  case folderNotEmpty(path: String)
  /// The folder holds no run.
  case notARun(path: String)
  /// A process is writing the run.
  case locked(path: String, process: String)
  /// A file of the run is not what it should be.
  case malformed(path: String, reason: String)
  /// A line of a file of the run is not what it should be; lines count from 1.
  case malformedLine(path: String, line: Int, reason: String)
  /// Runs that cannot stand in one table.
  case notComparable(reason: String)

  /// The message: the place, what is wrong, what to do.
  public var description: String {
    switch self {
    case .folderNotEmpty(let path):
      "\(path): the folder is not empty; name another one, or resume the run in it with --resume \(path)"
    case .notARun(let path): "\(path): no run is in this folder (it has neither recipe.yaml nor environment.json)"
    case .locked(let path, let process): "\(path): \(process) is writing this run; stop it first or name another folder"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .malformedLine(let path, let line, let reason): "\(path):\(line): \(reason)"
    case .notComparable(let reason): reason
    }
  }
}
