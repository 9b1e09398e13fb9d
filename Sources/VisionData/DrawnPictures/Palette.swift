/// The colours of one picture: a ground and a figure that differ in lightness, in either direction.
struct Palette {
  let ground: SIMD3<Float>
  let groundFar: SIMD3<Float>
  let figure: SIMD3<Float>
  let marks: SIMD3<Float>
  let outline: SIMD3<Float>

  init(_ draws: inout PictureDraws) {
    let isGroundLight = draws.chance(0.5)
    let light = { (draws: inout PictureDraws) in draws.color(saturation: 0.05...0.5, value: 0.72...1) }
    let dark = { (draws: inout PictureDraws) in draws.color(saturation: 0.3...0.85, value: 0.18...0.5) }
    ground = isGroundLight ? light(&draws) : dark(&draws)
    groundFar = isGroundLight ? light(&draws) : dark(&draws)
    let wanted = isGroundLight ? dark(&draws) : light(&draws)
    // Some figures come close to their ground, some stand out.
    let strength = draws.uniform(0.55, 1)
    figure = blend((ground + groundFar) * 0.5, wanted, strength)
    marks = isGroundLight ? light(&draws) : dark(&draws)
    outline = isGroundLight ? figure * 0.4 : blend(figure, [1, 1, 1], 0.7)
  }
}
