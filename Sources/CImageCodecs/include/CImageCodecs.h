// Image files for Swift: a small pure C interface over libjpeg-turbo, libpng and libwebp, own readers of uncompressed bitmaps and of
// the first image of a GIF, and an exact resampler.
//
// Every function is thread-safe and keeps no global state; one decoder or resampler is used by one thread at a time. Images
// are RGB, row-major, three bytes a pixel. What a function hands out through a pointer is freed by `lt_image_free`. On failure
// nothing is handed out and the message says why.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lt_image_status {
  LT_IMAGE_OK = 0,
  LT_IMAGE_CORRUPT = 1,        // damaged or cut short
  LT_IMAGE_TOO_LARGE = 2,      // over one of the limits
  LT_IMAGE_OUT_OF_MEMORY = 3,  // malloc failed
  LT_IMAGE_UNSUPPORTED = 4,    // a valid file of a form we do not read (12-bit JPEG, two components, animation, ...)
  LT_IMAGE_INVALID = 5         // a wrong argument
} lt_image_status;

// Zero-terminated text, empty on success.
typedef struct lt_image_message {
  char text[256];
} lt_image_message;

// `max_side` and `max_pixels` bound the stored image, `max_memory` the bytes needed to decode it (0: no bound).
typedef struct lt_image_limits {
  uint32_t max_side;
  uint64_t max_pixels;
  uint64_t max_memory;
} lt_image_limits;

typedef enum lt_image_format {
  LT_IMAGE_JPEG = 0,
  LT_IMAGE_PNG = 1,
  LT_IMAGE_WEBP = 2,
  LT_IMAGE_BMP = 3,
  LT_IMAGE_PNM = 4,
  LT_IMAGE_GIF = 5
} lt_image_format;

// What the header of a file says. `orientation` is the EXIF tag, 1...8, not yet applied to width and height; it is only certain
// when `is_certain` is set: PNG and WebP may hold it behind the image, where a cut file ends too early.
typedef struct lt_image_info {
  lt_image_format format;
  uint32_t width;
  uint32_t height;
  uint8_t orientation;
  uint8_t is_certain;
} lt_image_info;

// What is to be decoded. A JPEG can be decoded at `eighths`/8 of its size (1, 2, 4 or 8); others have 8 there. The scaled image
// has ceil(side * eighths / 8) pixels a side, and x, y, width and height are a rectangle of it, as it is stored.
typedef struct lt_image_request {
  lt_image_limits limits;
  uint32_t eighths;
  uint32_t x;
  uint32_t y;
  uint32_t width;
  uint32_t height;
  uint8_t background[3];     // what transparent parts show
  uint8_t fast_upsampling;   // JPEG, WebP: repeat colour samples instead of interpolating them
  uint8_t fast_transform;    // JPEG: the less exact inverse transform
} lt_image_request;

// Frees what the encoders hand out; null is allowed.
void lt_image_free(void *bytes);

// Decodes file after file; its buffers are used again. `lt_decoder_create` gives null when there is no memory.
typedef struct lt_image_decoder lt_image_decoder;
lt_image_decoder *lt_decoder_create(void);
void lt_decoder_destroy(lt_image_decoder *decoder);

// Reads the header of a file, which must stay in memory until the last `lt_decoder_read`. Without limits.
lt_image_status lt_decoder_open(
    lt_image_decoder *decoder, const uint8_t *file, size_t count, lt_image_info *info, lt_image_message *message);

// Decodes a part of the opened file, once: `target` gets height * width * 3 bytes. Orientation is not applied. Pixels of a part equal
// those of the whole image. Damage behind the last row of the part is not noticed.
lt_image_status lt_decoder_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, size_t capacity, lt_image_message *message);

// `quality` 1...100; 4:4:4 sampling from 90 on, else 4:2:0.
lt_image_status lt_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **file, size_t *count,
    lt_image_message *message);

// `compression` 0...9, as in zlib.
lt_image_status lt_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int compression, uint8_t **file, size_t *count,
    lt_image_message *message);

// How one axis is resampled: the stretch [start, start + length) of the source becomes `outputs` positions, of which `count` from `first`
// on are wanted. Source positions outside lower..<upper take no part. A stretch may begin and end between two pixels.
typedef struct lt_axis {
  double start;
  double length;
  int32_t lower;
  int32_t upper;
  int32_t outputs;
  int32_t first;
  int32_t count;
  int32_t is_mirrored;  // the wanted positions come in reverse order
} lt_axis;

// The source positions begin..<end that the wanted outputs need.
void lt_axis_extent(const lt_axis *axis, int32_t *begin, int32_t *end);

// Resamples image after image; its buffers are used again.
typedef struct lt_resampler lt_resampler;
lt_resampler *lt_resampler_create(void);
void lt_resampler_destroy(lt_resampler *resampler);

// Antialiased bilinear resampling (triangle filter), columns first, in the fixed point of Pillow and with its bytes. `source` is the part
// of an image whose upper left pixel is (x, y); it holds what both axes need. Gives false when there is no memory or an axis needs
// pixels outside the part.
int lt_resample(
    lt_resampler *resampler, const uint8_t *source, int32_t x, int32_t y, int32_t width, int32_t height,
    const lt_axis *columns, const lt_axis *rows, uint8_t *target);

// 0: always the plain form; else the fastest form that the processor has. Both give the same bytes; this is for tests. Gives the former value.
int lt_resampler_set_vectorized(lt_resampler *resampler, int is_vectorized);

// Turns an image upright: `orientation` as in EXIF; for 5...8 the target has the sides of the source exchanged.
void lt_image_turn(
    const uint8_t *source, uint32_t width, uint32_t height, uint8_t orientation, uint8_t *target);

#ifdef __cplusplus
}
#endif
