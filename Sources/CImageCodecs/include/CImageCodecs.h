// JPEG and PNG for Swift: a small pure C interface over libjpeg-turbo and libpng.
//
// Every function is thread-safe and keeps no global state. Pictures are RGB, row-major, three bytes a pixel. What a function
// hands out through a pointer is freed by `lt_image_free`. On failure nothing is handed out and the message says why.
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
  LT_IMAGE_UNSUPPORTED = 4,    // a valid file of a form we do not read (12-bit JPEG, two components, ...)
  LT_IMAGE_INVALID = 5         // a wrong argument
} lt_image_status;

// Zero-terminated text, empty on success.
typedef struct lt_image_message {
  char text[256];
} lt_image_message;

// `max_side` and `max_pixels` bound the stored picture, `max_memory` the bytes needed to decode it (0: no bound).
typedef struct lt_image_limits {
  uint32_t max_side;
  uint64_t max_pixels;
  uint64_t max_memory;
} lt_image_limits;

typedef struct lt_image_pixels {
  uint8_t *bytes;  // height * width * 3
  uint32_t width;
  uint32_t height;
} lt_image_pixels;

// Frees what the functions below hand out; null is allowed.
void lt_image_free(void *bytes);

// Reads the stored width and height from the header, without decoding and without limits.
lt_image_status lt_jpeg_size(
    const uint8_t *file, size_t count, uint32_t *width, uint32_t *height, lt_image_message *message);
lt_image_status lt_png_size(
    const uint8_t *file, size_t count, uint32_t *width, uint32_t *height, lt_image_message *message);

// Decodes a JPEG. With `minimum_short_side` > 0 the picture may be decoded at 1/2, 1/4 or 1/8 of its size, as long as its
// shorter side stays at least that long. EXIF orientation is not applied.
lt_image_status lt_jpeg_decode(
    const uint8_t *file, size_t count, uint32_t minimum_short_side, lt_image_limits limits, lt_image_pixels *pixels,
    lt_image_message *message);

// Decodes a PNG of any colour type and depth; transparent parts show the background (red, green, blue).
lt_image_status lt_png_decode(
    const uint8_t *file, size_t count, const uint8_t background[3], lt_image_limits limits, lt_image_pixels *pixels,
    lt_image_message *message);

// `quality` 1...100; 4:4:4 sampling from 90 on, else 4:2:0.
lt_image_status lt_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **file, size_t *count,
    lt_image_message *message);

// `compression` 0...9, as in zlib.
lt_image_status lt_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int compression, uint8_t **file, size_t *count,
    lt_image_message *message);

#ifdef __cplusplus
}
#endif
