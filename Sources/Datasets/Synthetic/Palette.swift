/// The colours of one image: a ground and a figure that differ in lightness, in either direction.
struct Palette {
  let ground: SIMD3<Float>
  let groundFar: SIMD3<Float>
  let figure: SIMD3<Float>
  let marks: SIMD3<Float>
  let outline: SIMD3<Float>

  init(_ draws: inout SyntheticDraws) {
    let isGroundLight = draws.chance(0.5)
    let light = { (draws: inout SyntheticDraws) in draws.color(saturation: 0.06...0.45, value: 0.78...1) }
    let dark = { (draws: inout SyntheticDraws) in draws.color(saturation: 0.4...0.9, value: 0.2...0.56) }
    ground = isGroundLight ? light(&draws) : dark(&draws)
    groundFar = isGroundLight ? light(&draws) : dark(&draws)
    let wanted = isGroundLight ? dark(&draws) : light(&draws)
    // Some figures come close to their ground, some stand out.
    let strength = draws.uniform(0.6, 1)
    figure = blend((ground + groundFar) * 0.5, wanted, strength)
    marks = isGroundLight ? light(&draws) : dark(&draws)
    outline = isGroundLight ? figure * 0.4 : blend(figure, [1, 1, 1], 0.7)
  }
}
