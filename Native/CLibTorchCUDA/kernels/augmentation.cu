#include "common.cuh"
#include "philox.cuh"

/// What is done to images: twelve 4-byte fields, in the order in which FusedAugmentation.swift writes them.
struct ImageChanges {
  int height, width;
  /// Black pixels around an image, within which a window of its size is moved.
  int padding;
  /// The side of the blotted square; 0 for none.
  int cutoutSize;
  /// 1: black before normalisation, 0: the mean colour.
  int cutoutIsBlack;
  float flipProbability;
  /// Mean and standard deviation of the levels 0...255 of a channel.
  float shift[3], scale[3];
};

/// Where a batch stands in a run.
struct DrawOrigin {
  /// Added to the step: views differ in its upper half.
  long long stepOffset;
  /// The number of the stream in the upper 24 bits.
  unsigned firstDraw;
  unsigned key0, key1;
};

/// One image's own changes.
struct SyntheticDraws {
  int down, right, mirrored, squareTop, squareLeft;
};

__device__ inline SyntheticDraws image_draws(
    const ImageChanges &changes, const DrawOrigin &origin, long long step, long long place) {
  const unsigned long long counter = static_cast<unsigned long long>(step + origin.stepOffset);
  const PhiloxKey key = {origin.key0, origin.key1};
  const unsigned sample = static_cast<unsigned>(place);
  const PhiloxBlock window = philox_block(key, counter, sample, origin.firstDraw);
  const PhiloxBlock square = philox_block(key, counter, sample, origin.firstDraw + 1);
  const unsigned windows = 2 * changes.padding + 1;
  SyntheticDraws draws;
  draws.down = philox_integer(window.words[0], windows) - changes.padding;
  draws.right = philox_integer(window.words[1], windows) - changes.padding;
  draws.mirrored = philox_uniform(window.words[2]) < changes.flipProbability;
  draws.squareTop = philox_integer(square.words[0], changes.height) - changes.cutoutSize / 2;
  draws.squareLeft = philox_integer(square.words[1], changes.width) - changes.cutoutSize / 2;
  return draws;
}

/// The input that the network gets at a level (red, green and blue of a pixel lie side by side).
__device__ inline float changed_level(
    const unsigned char *image, const ImageChanges &changes, const SyntheticDraws &draws, int level) {
  const int channel = level % 3, pixel = level / 3;
  const int row = pixel / changes.width, column = pixel % changes.width;
  const int fromRow = row + draws.down;
  const int fromColumn = (draws.mirrored ? changes.width - 1 - column : column) + draws.right;
  const bool isInside = fromRow >= 0 && fromRow < changes.height && fromColumn >= 0 && fromColumn < changes.width;
  const int squareRow = row - draws.squareTop, squareColumn = column - draws.squareLeft;
  const bool isBlotted = squareRow >= 0 && squareRow < changes.cutoutSize && squareColumn >= 0 &&
                         squareColumn < changes.cutoutSize;
  float value = 0;
  if (isInside && !isBlotted) value = image[(fromRow * changes.width + fromColumn) * 3 + channel];
  const float normalized = (value - changes.shift[channel]) / changes.scale[channel];
  return isBlotted && !changes.cutoutIsBlack ? 0 : normalized;
}

/// Cuts out, mirrors, blots and normalises one image a `blockIdx.y`; a thread makes four levels.
template <typename Element>
__device__ inline void augment(
    Element *inputs, const unsigned char *images, const long long *indices, const long long *places,
    const long long *step, const ImageChanges &changes, const DrawOrigin &origin) {
  __shared__ SyntheticDraws draws;
  const long long entry = blockIdx.y;
  if (threadIdx.x == 0) draws = image_draws(changes, origin, *step, places[entry]);
  __syncthreads();
  const int levels = changes.height * changes.width * 3;
  const int first = (blockIdx.x * blockDim.x + threadIdx.x) * 4;
  if (first >= levels) return;
  const unsigned char *image = images + (indices ? indices[entry] : entry) * levels;
  Element *target = inputs + entry * levels + first;
  float values[4] = {};
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if (first + i < levels) values[i] = changed_level(image, changes, draws, first + i);
  }
  // Otherwise a later image may begin at an address that is none of a vector.
  if (levels % 4 == 0) return store<Element, 4>(target, values);
  for (int i = 0; i < 4 && first + i < levels; ++i) narrow(values[i], target[i]);
}

#define AUGMENT_IMAGES(Element)                                                                                     \
  extern "C" __global__ void augment_images_##Element(                                                              \
      Element *inputs, const unsigned char *images, const long long *indices, const long long *places,              \
      const long long *step, ImageChanges changes, long long stepOffset, unsigned firstDraw, unsigned key0,         \
      unsigned key1) {                                                                                                \
    augment(inputs, images, indices, places, step, changes, {stepOffset, firstDraw, key0, key1});                   \
  }
AUGMENT_IMAGES(float32)
AUGMENT_IMAGES(bfloat16)
