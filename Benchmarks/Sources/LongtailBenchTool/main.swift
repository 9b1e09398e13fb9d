import Foundation
import LongtailBench
import LongtailCLI

let status = CommandLineTool(BenchCommand.self).run(CommandLineTool.arguments)
// Unloading the engine's libraries would take longer than many commands run, and would count in measurements of start-up.
fflush(nil)
_exit(status)
