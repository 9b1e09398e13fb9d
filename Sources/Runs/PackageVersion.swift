/// The version of this package.
public enum PackageVersion {
  /// The version, as `longtail --version` prints it and runs record it.
  public static let text = "0.1.0"
}
