import LongtailMethods

extension Method {
  /// Changes the schedule, and those of later stages with it.
  mutating func adjustSchedule(_ change: (inout TrainingSettings) -> Void) {
    var schedule = training
    change(&schedule)
    adopt(schedule)
  }
}
