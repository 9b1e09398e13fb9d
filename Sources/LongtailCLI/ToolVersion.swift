/// The version of this tool.
public enum ToolVersion {
  /// The version, as `--version` prints it and runs record it.
  public static let text = "0.1.0"
}
