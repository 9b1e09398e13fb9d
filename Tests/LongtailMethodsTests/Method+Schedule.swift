import LongtailMethods
import TrainingTestSupport

extension Method {
  /// Changes the schedule, and those of later stages with it; networks take the images of `Tiny` unless they have a size of their own.
  mutating func adjustSchedule(_ change: (inout TrainingSettings) -> Void) {
    var schedule = training
    change(&schedule)
    adopt(schedule)
    if model.inputSize == 32 { model.inputSize = Tiny.inputSize }
  }
}
