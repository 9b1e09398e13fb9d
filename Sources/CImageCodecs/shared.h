// Helpers that all formats use; not part of the interface.
#pragma once

#include "CImageCodecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The state of a JPEG between its header and its pixels; see jpeg.c.
typedef struct jpeg_reading jpeg_reading;

struct lt_image_decoder {
  const uint8_t *file;
  size_t count;
  lt_image_info info;
  int is_open;
  jpeg_reading *jpeg;
  struct lt_jpeg_entropy *entropy;
  uint8_t *scratch;  // rows on their way to the target; never cleared
  size_t scratch_capacity;
};

lt_image_status lt_jpeg_open(lt_image_decoder *decoder, lt_image_message *message);
lt_image_status lt_jpeg_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message);
void lt_jpeg_close(lt_image_decoder *decoder);
// Frees what is kept from file to file.
void lt_jpeg_release(lt_image_decoder *decoder);

lt_image_status lt_png_open(lt_image_decoder *decoder, lt_image_message *message);
lt_image_status lt_png_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message);

lt_image_status lt_webp_open(lt_image_decoder *decoder, lt_image_message *message);
lt_image_status lt_webp_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message);

lt_image_status lt_bmp_open(lt_image_decoder *decoder, lt_image_message *message);
lt_image_status lt_bmp_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message);

lt_image_status lt_pnm_open(lt_image_decoder *decoder, lt_image_message *message);
lt_image_status lt_pnm_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message);

lt_image_status lt_gif_open(lt_image_decoder *decoder, lt_image_message *message);
lt_image_status lt_gif_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message);

// Room for `size` bytes that keep no former content; null when there is none.
uint8_t *lt_decoder_scratch(lt_image_decoder *decoder, size_t size);

// The orientation in a TIFF structure; 0 when there is none.
uint8_t lt_tiff_orientation(const uint8_t *bytes, size_t count);
// The orientation in a JPEG file; 1 when there is none.
uint8_t lt_jpeg_orientation(const uint8_t *file, size_t count);

// Blends RGBA pixels over a background. Source and target may be the same memory.
static inline void lt_flatten(const uint8_t *source, uint8_t *target, size_t pixel_count, const uint8_t background[3]) {
  for (size_t i = 0; i < pixel_count; i++, source += 4, target += 3) {
    unsigned alpha = source[3];
    for (int channel = 0; channel < 3; channel++) {
      target[channel] = (uint8_t)((source[channel] * alpha + background[channel] * (255 - alpha) + 127) / 255);
    }
  }
}

static inline lt_image_status lt_fail(lt_image_message *message, lt_image_status status, const char *text) {
  if (message) snprintf(message->text, sizeof message->text, "%s", text);
  return status;
}

static inline void lt_clear(lt_image_message *message) {
  if (message) message->text[0] = 0;
}

// Checks the stored size against the limits on sides and pixels.
static inline lt_image_status lt_check_size(
    uint64_t width, uint64_t height, lt_image_limits limits, lt_image_message *message) {
  char text[200];
  if (width == 0 || height == 0) return lt_fail(message, LT_IMAGE_CORRUPT, "the image has no pixels");
  if (limits.max_side && (width > limits.max_side || height > limits.max_side)) {
    snprintf(
        text, sizeof text, "%llu x %llu pixels, but a side may have at most %u", (unsigned long long)width,
        (unsigned long long)height, limits.max_side);
    return lt_fail(message, LT_IMAGE_TOO_LARGE, text);
  }
  if (limits.max_pixels && width * height > limits.max_pixels) {
    snprintf(
        text, sizeof text, "%llu x %llu pixels, but an image may have at most %llu", (unsigned long long)width,
        (unsigned long long)height, (unsigned long long)limits.max_pixels);
    return lt_fail(message, LT_IMAGE_TOO_LARGE, text);
  }
  return LT_IMAGE_OK;
}

static inline lt_image_status lt_check_memory(uint64_t bytes, lt_image_limits limits, lt_image_message *message) {
  if (limits.max_memory && bytes > limits.max_memory) {
    char text[160];
    snprintf(
        text, sizeof text, "decoding needs %llu bytes of memory, but %llu is the limit", (unsigned long long)bytes,
        (unsigned long long)limits.max_memory);
    return lt_fail(message, LT_IMAGE_TOO_LARGE, text);
  }
  return LT_IMAGE_OK;
}
