import Serialization

/// The contents of a COCO or LVIS file, before identifiers become indices.
struct DetectionContents {
  let file: String
  private let outlines: DetectionAnnotations.Outlines
  private(set) var categories: [DetectionCategory] = []
  private var images: [DetectionImage] = []
  private var instances: [DetectionInstance] = []
  /// The identifiers of the image and the class of each instance.
  private var named: [(image: RecordIdentifier, category: RecordIdentifier)] = []

  init(contentsOf file: String, outlines: DetectionAnnotations.Outlines) throws {
    self.file = file
    self.outlines = outlines
    var json = try JSONReader(contentsOf: file)
    var found = Set<String>()
    try json.readObject { json, key in
      found.insert(key)
      switch key {
      case "images": try json.readArray { images.append(try readImage(&$0)) }
      case "annotations": try json.readArray { try readInstance(&$0) }
      case "categories": try json.readArray { categories.append(try DetectionCategory(&$0)) }
      default: try json.skipValue()
      }
    }
    try json.finish()
    for part in ["images", "annotations", "categories"] where !found.contains(part) {
      throw problem("the end", "there is no '\(part)' in this file")
    }
    guard !images.isEmpty else { throw problem("images", "there are none") }
    guard !categories.isEmpty else { throw problem("categories", "there are none") }
    categories.sort { $0.id < $1.id }
  }

  // MARK: Reading

  private func readImage(_ json: inout JSONReader) throws -> DetectionImage {
    var id: RecordIdentifier?
    var (width, height): (Int?, Int?)
    var (name, address): (String?, String?)
    var (negative, incomplete): ([Int], [Int]) = ([], [])
    try json.readObject { json, key in
      switch key {
      case "id": id = try json.identifier()
      case "width": width = try json.integer()
      case "height": height = try json.integer()
      case "file_name": name = try json.optionalString()
      case "coco_url": address = try json.optionalString()
      case "neg_category_ids": negative = try json.integers()
      case "not_exhaustive_category_ids": incomplete = try json.integers()
      default: try json.skipValue()
      }
    }
    guard let id else { throw json.error("an image without 'id' ends here") }
    guard let width, let height, (1...1 << 24).contains(width), (1...1 << 24).contains(height) else {
      throw json.error("image \(id), which ends here, has no positive 'width' and 'height'")
    }
    let lastParts = address.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
    guard let path = name ?? lastParts, !path.isEmpty, !path.hasPrefix("/") else {
      throw json.error("image \(id), which ends here, has no relative 'file_name' and no 'coco_url'")
    }
    return DetectionImage(
      id: id, fileName: path, width: width, height: height, negativeCategories: negative,
      incompleteCategories: incomplete)
  }

  private mutating func readInstance(_ json: inout JSONReader) throws {
    var (id, image, category): (RecordIdentifier?, RecordIdentifier?, RecordIdentifier?)
    var (box, area): ([Double], Double?) = ([], nil)
    var isCrowd = false
    var outline = Segmentation.none
    try json.readObject { json, key in
      switch key {
      case "id": id = try json.identifier()
      case "image_id": image = try json.identifier()
      case "category_id": category = try json.identifier()
      case "bbox": box = try json.doubles()
      case "area": area = try json.optionalDouble()
      case "iscrowd": isCrowd = try json.kind() == .bool ? json.bool() : json.integer() != 0
      case "segmentation": outline = try Segmentation(&json)
      default: try json.skipValue()
      }
    }
    guard let id, let image, let category else {
      throw json.error("an annotation without 'id', 'image_id' or 'category_id' ends here")
    }
    guard box.count == 4 else {
      throw json.error(
        "'bbox' of annotation \(id), which ends here, has \(box.count) numbers, expected x, y, width, height")
    }
    let rectangle = DetectionBox(x: box[0], y: box[1], width: box[2], height: box[3])
    named.append((image, category))
    // Image and class become indices when all of the file is known.
    instances.append(
      DetectionInstance(
        id: id, image: -1, category: -1, box: rectangle, area: area ?? rectangle.area, isCrowd: isCrowd,
        segmentation: outlines == .kept ? outline : .none))
  }

  // MARK: Joining

  /// Images and instances with indices in place of numbers.
  func joined() throws -> (images: [DetectionImage], instances: [DetectionInstance]) {
    let imageOf = try map(images.map(\.id), "images")
    let classOf = try map(categories.map(\.id), "categories")
    let joinedImages = try images.map { image in
      var image = image
      func indices(_ ids: [Int], _ name: String) throws -> [Int] {
        try ids.map { id in
          guard let index = classOf[.number(id)] else {
            throw problem("image \(image.id)", "'\(name)' names no category: \(id)")
          }
          return index
        }
      }
      image.negativeCategories = try indices(image.negativeCategories, "neg_category_ids")
      image.incompleteCategories = try indices(image.incompleteCategories, "not_exhaustive_category_ids")
      return image
    }
    let joinedInstances = try zip(instances, named).map { instance, named in
      var instance = instance
      guard let image = imageOf[named.image] else {
        throw problem("annotation \(instance.id)", "there is no image \(named.image)")
      }
      guard let category = classOf[named.category] else {
        throw problem("annotation \(instance.id)", "there is no category \(named.category)")
      }
      (instance.image, instance.category) = (image, category)
      if case .mask(let mask) = instance.segmentation,
        mask.width != images[image].width || mask.height != images[image].height
      {
        throw problem(
          "annotation \(instance.id)",
          "a mask of \(mask.width) x \(mask.height) pixels in an image of "
            + "\(images[image].width) x \(images[image].height)")
      }
      return instance
    }
    return (joinedImages, joinedInstances)
  }

  private func map(_ ids: [RecordIdentifier], _ part: String) throws -> IdentifierMap {
    let (map, duplicate) = IdentifierMap.make(ids)
    if let duplicate { throw problem(part, "two have the id \(duplicate)") }
    return map
  }

  private func problem(_ place: String, _ text: String) -> DataSourceError {
    .malformed(file: file, place: place, problem: text)
  }
}
