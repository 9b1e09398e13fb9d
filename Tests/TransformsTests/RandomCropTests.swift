import Testing
import Transforms

@Suite struct RandomCropTests {
  /// Every part lies in the image and keeps to area and ratio, as far as whole pixels can; positions and mirroring spread out.
  /// Of the narrow image no part of more than 0.55 of its area has an allowed ratio; there, torchvision's mean over 4,000 draws is 0.266.
  @Test(arguments: [(500, 375, 0.35...0.58), (64, 64, 0.35...0.58), (37, 90, 0.25...0.28)])
  func partsKeepToTheRule(width: Int, height: Int, means: ClosedRange<Double>) {
    let rule = RandomCrop()
    var (mirrored, areas): (Int, [Double]) = (0, [])
    for place in 0..<2000 {
      let window = rule.window(width: width, height: height, draw: CropDraw(seed: 1, step: 2, position: place))
      #expect(window.region.fits(width: width, height: height))
      let region = window.region
      let share = Double(region.width * region.height) / Double(width * height)
      areas.append(share)
      #expect(share > 0.06)
      #expect(share <= 1)
      // A side is off by at most half a pixel.
      let ratio = Double(region.width) / Double(region.height)
      let slack = 1 + 1 / Double(min(region.width, region.height))
      #expect(ratio > 0.75 / slack)
      #expect(ratio < 4.0 / 3.0 * slack)
      mirrored += window.isMirrored ? 1 : 0
    }
    // Binomial with 2000 tries: 5 standard deviations are 112.
    #expect((888...1112).contains(mirrored))
    let mean = areas.reduce(0, +) / 2000
    #expect(means.contains(mean))
  }

  /// Nothing fits: the middle with the nearest allowed ratio, as torchvision takes it.
  @Test func fallsBackToTheMiddle() {
    let rule = RandomCrop(area: 1...1)
    let wide = rule.window(width: 300, height: 100, draw: CropDraw(seed: 0, step: 0, position: 0)).region
    #expect((wide.x, wide.y, wide.width, wide.height) == (83, 0, 133, 100))
    let tall = rule.window(width: 90, height: 400, draw: CropDraw(seed: 0, step: 0, position: 0)).region
    #expect((tall.x, tall.y, tall.width, tall.height) == (0, 140, 90, 120))
  }

  /// Flips follow their probability at the ends.
  @Test func flipProbability() {
    for place in 0..<100 {
      let draw = CropDraw(seed: 3, step: 1, position: place)
      #expect(!RandomCrop(flipProbability: 0).window(width: 9, height: 9, draw: draw).isMirrored)
      #expect(RandomCrop(flipProbability: 1).window(width: 9, height: 9, draw: draw).isMirrored)
    }
  }

  @Test func tinyImages() {
    for place in 0..<50 {
      let window = RandomCrop().window(width: 1, height: 1, draw: CropDraw(seed: 3, step: 1, position: place))
      #expect(window.region.fits(width: 1, height: 1))
    }
  }
}
