import Serialization

/// What an iNaturalist file says, before images and annotations are joined.
struct INaturalistContents {
  let file: String
  private(set) var imageIDs: [RecordIdentifier] = []
  private(set) var categories: [TaxonCategory] = []
  private var paths = PathTable()
  private var metadata = MetadataTable()
  private var annotatedImages: [RecordIdentifier] = []
  private var annotatedCategories: [RecordIdentifier] = []

  init(contentsOf file: String) throws {
    self.file = file
    var json = try JSONReader(contentsOf: file)
    try json.readObject { json, key in
      switch key {
      case "images": try json.readArray { try readImage(&$0) }
      case "annotations": try json.readArray { try readAnnotation(&$0) }
      case "categories": try json.readArray { categories.append(try TaxonCategory(&$0)) }
      default: try json.skipValue()
      }
    }
    try json.finish()
    paths.finish()
    categories.sort { $0.id < $1.id }
    guard !imageIDs.isEmpty else { throw problem("images", "there are none") }
    guard categories.count >= 2 else { throw problem("categories", "\(categories.count), expected at least two") }
    if let twice = zip(categories, categories.dropFirst()).first(where: { $0.id == $1.id })?.0 {
      throw problem("categories", "two have the id \(twice.id)")
    }
  }

  var annotationCount: Int { annotatedImages.count }

  // MARK: Reading

  private mutating func readImage(_ json: inout JSONReader) throws {
    var (id, name): (RecordIdentifier?, String?)
    var record = RecordMetadata()
    try json.readObject { json, key in
      switch key {
      case "id": id = try json.identifier()
      case "file_name": name = try json.string()
      case "latitude": record.latitude = try json.optionalDouble()
      case "longitude": record.longitude = try json.optionalDouble()
      case "location_uncertainty": record.locationUncertainty = try json.optionalDouble()
      // Camera traps call it `datetime`.
      case "date", "datetime": record.date = try json.optionalString()
      default: try json.skipValue()
      }
    }
    guard let id else { throw json.error("an image without 'id' ends here") }
    guard let name, !name.isEmpty else { throw json.error("image \(id), which ends here, has no 'file_name'") }
    guard !name.hasPrefix("/") else { throw json.error("the file name of image \(id) starts with a slash") }
    imageIDs.append(id)
    try paths.append(name)
    try metadata.append(
      latitude: record.latitude, longitude: record.longitude, uncertainty: record.locationUncertainty, date: record.date
    )
  }

  private mutating func readAnnotation(_ json: inout JSONReader) throws {
    var (image, category): (RecordIdentifier?, RecordIdentifier?)
    try json.readObject { json, key in
      switch key {
      case "image_id": image = try json.identifier()
      case "category_id": category = try json.identifier()
      default: try json.skipValue()
      }
    }
    guard let image, let category else {
      throw json.error("an annotation without 'image_id' or 'category_id' ends here")
    }
    annotatedImages.append(image)
    annotatedCategories.append(category)
  }

  // MARK: Joining

  /// The class index of each image, or -1 where no annotation names it.
  func labels() throws -> [Int] {
    let images = try imageMap()
    let classes = IdentifierMap.make(categories.map(\.id)).map
    var labels = [Int](repeating: -1, count: imageIDs.count)
    for (position, (image, category)) in zip(annotatedImages, annotatedCategories).enumerated() {
      guard let index = images[image] else { throw problem("annotation \(position)", "there is no image \(image)") }
      guard let label = classes[category] else {
        throw problem("annotation \(position)", "there is no category \(category)")
      }
      guard labels[index] < 0 || labels[index] == label else { throw DataSourceError.onlyAnnotations(file: file) }
      labels[index] = label
    }
    return labels
  }

  private func imageMap() throws -> IdentifierMap {
    let (map, duplicate) = IdentifierMap.make(imageIDs)
    if let duplicate { throw problem("images", "two have the id \(duplicate)") }
    return map
  }

  /// The images at some positions.
  func images(_ kept: [Int], labels: [Int], root: String) throws -> IndexedImages {
    let names = TaxonCategory.distinctNames(categories)
    _ = try ClassOrder.indices(of: names, in: file)
    let hasMetadata = !metadata.isEmpty
    guard kept.count < labels.count else {
      return IndexedImages(
        root: root, classNames: names, labels: labels, paths: paths, metadata: hasMetadata ? metadata : nil)
    }
    var some = PathTable()
    for index in kept { try some.append(paths[index]) }
    some.finish()
    return IndexedImages(
      root: root, classNames: names, labels: kept.map { labels[$0] }, paths: some,
      metadata: hasMetadata ? SelectedMetadata(base: metadata, originalIndices: kept) : nil)
  }

  // MARK: Extra files

  /// Takes names from another list, by number.
  mutating func rename(by known: [TaxonCategory], from list: String) throws {
    let byID = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
    for (index, category) in categories.enumerated() {
      guard let named = byID[category.id] else {
        throw DataSourceError.malformed(
          file: list, place: "categories", problem: "there is none with the id \(category.id) of \(file)")
      }
      categories[index] = named
    }
  }

  /// Takes coordinates and dates from a list of objects with the ids of images.
  mutating func locate(by list: String) throws {
    let images = try imageMap()
    var found = MetadataTable()
    var positions = [Int?](repeating: nil, count: imageIDs.count)
    var json = try JSONReader(contentsOf: list)
    try json.readArray { json in
      var id: RecordIdentifier?
      var record = RecordMetadata()
      try json.readObject { json, key in
        switch key {
        case "id": id = try json.identifier()
        case "lat": record.latitude = try json.optionalDouble()
        case "lon": record.longitude = try json.optionalDouble()
        case "loc_uncert": record.locationUncertainty = try json.optionalDouble()
        case "date": record.date = try json.optionalString()
        default: try json.skipValue()
        }
      }
      guard let id else { throw json.error("a location without 'id' ends here") }
      guard let image = images[id] else { return }
      positions[image] = found.count
      try found.append(
        latitude: record.latitude, longitude: record.longitude, uncertainty: record.locationUncertainty,
        date: record.date)
    }
    try json.finish()
    metadata = try found.selecting(positions)
  }

  private func problem(_ place: String, _ text: String) -> DataSourceError {
    .malformed(file: file, place: place, problem: text)
  }
}
