import Foundation
import LongtailTestSupport

/// Small data sets in the published formats, as texts.
enum SmallSets {
  /// Three images of two classes, with coordinates and dates as in 2021.
  static let iNaturalist2021 = """
    {"info": {"year": 2021, "description": "a \\u00e9 \\ud83d\\ude00 \\"q\\""},
     "annotations": [{"id": 0, "image_id": 0, "category_id": 1}, {"id": 1, "image_id": 1, "category_id": 0},
       {"id": 2, "image_id": 2, "category_id": 1}],
     "images": [
       {"id": 0, "width": 500, "height": 375, "file_name": "train/00001_b/a.png", "license": 0, "rights_holder": "x",
        "date": "2019-08-21 14:05:10+00:00", "latitude": 0, "longitude": -122.5, "location_uncertainty": 10},
       {"id": 1, "width": 500, "height": 375, "file_name": "train/00000_a/b.png", "date": "2018-01-02 03:04:05+00:00",
        "latitude": null, "longitude": null, "location_uncertainty": null},
       {"id": 2, "width": 500, "height": 375, "file_name": "train/00001_b/c.png", "date": null, "latitude": 45.25,
        "longitude": 7.125, "location_uncertainty": null}],
     "categories": [
       {"id": 1, "name": "Bufo bufo", "common_name": "Common Toad", "supercategory": "Amphibians", "image_dir_name": "00001_b"},
       {"id": 0, "name": "Abies alba", "common_name": "Silver Fir", "supercategory": "Plants", "image_dir_name": "00000_a"}],
     "licenses": []}
    """

  /// Two images with three objects: polygons, a mask with plain runs, a compressed one.
  static let coco = """
    {"images": [{"id": 7, "width": 4, "height": 3, "file_name": "a.png", "neg_category_ids": [9], "not_exhaustive_category_ids": [2]},
       {"id": 5, "width": 6, "height": 4, "coco_url": "http://images/train2017/b.png"}],
     "annotations": [
       {"id": 1, "image_id": 7, "category_id": 2, "bbox": [0, 0, 2, 2], "area": 3.5, "iscrowd": 0,
        "segmentation": [[0, 0, 2, 0, 2, 2]]},
       {"id": 2, "image_id": 7, "category_id": 2, "bbox": [1, 1, 2, 1.5], "area": 2, "iscrowd": 1,
        "segmentation": {"size": [3, 4], "counts": [3, 2, 7]}},
       {"id": 3, "image_id": 5, "category_id": 9, "bbox": [0, 0, 6, 4], "area": 24, "iscrowd": 0,
        "segmentation": {"size": [4, 6], "counts": "4::"}}],
     "categories": [{"id": 9, "name": "dog", "frequency": "r"}, {"id": 2, "name": "cat", "frequency": "c"}]}
    """

  static let table = #"""
    path,label,split,lat,lon,date,note
    a/1.png,ant,train,1.5,2,2020-01-02,"first, with ""quotes"""
    b/1.png,bee,train,,,,
    a/2.png,ant,val,0,0,2020-01-03 10:00,"two
    lines"
    b/2.png,bee,test,-91.5,x,,
    """#

  static let list = "a/1.png 0\nb b/1.png 1\r\n\na/2.png 0\nb b/2.png 1\n"

  /// The text files of a CUB-200-2011 of two classes and four images, with two attributes.
  static let birds: [String: String] = [
    "images.txt": "1 001.Auk/a.png\n2 001.Auk/b.png\n3 002.Jay/c.png\n4 002.Jay/d.png\n",
    "image_class_labels.txt": "1 1\n2 1\n3 2\n4 2\n",
    "train_test_split.txt": "1 1\n2 0\n3 1\n4 0\n",
    "classes.txt": "1 001.Auk\n2 002.Jay\n",
    "bounding_boxes.txt": "1 1.0 2.0 3.0 4.0\n2 1.0 2.0 3.0 4.5\n3 0 0 1 1\n4 5 6 7 8\n",
    "attributes/image_attribute_labels.txt":
      "1 1 1 3 10.0\n1 2 0 4 2.5\n2 1 0 3 1\n2 2 1 4 1\n3 1 1 1 0 1.5\n3 2 1 3 1\n4 1 0 1 1\n4 2 0 1 1\n",
    "attributes.txt": "1 has_bill_shape::curved\n2 has_bill_shape::dagger\n",
  ]

  /// Three samples, two with a `.cls`, one with a `.json`.
  static func shard(_ image: [UInt8]) -> [UInt8] {
    var tar = TarWriter()
    tar.add("./", [], type: UInt8(ascii: "5"))
    tar.add("0001.png", image)
    tar.add("0001.cls", "1\n")
    tar.addPax(String(repeating: "long/", count: 30) + "0002.png", image + [1])
    tar.addPax(String(repeating: "long/", count: 30) + "0002.cls", Array("0".utf8))
    tar.addGNU(String(repeating: "gnu/", count: 40) + "0003.seg.png", image)
    tar.addGNU(String(repeating: "gnu/", count: 40) + "0003.json", Array(#"{"url": "x", "label": 1}"#.utf8))
    tar.finish()
    return tar.bytes
  }
}

extension TemporaryFolder {
  func writeBirds(_ files: [String: String] = SmallSets.birds, in folder: String = "CUB_200_2011") throws {
    for (name, text) in files { try write(text, to: folder + "/" + name) }
  }

  /// The bytes of a file.
  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))) }
}
