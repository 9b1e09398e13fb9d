import Foundation
import LongtailCLI

exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
