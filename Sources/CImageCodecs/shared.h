// Helpers that both formats use; not part of the interface.
#pragma once

#include "CImageCodecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
  if (width == 0 || height == 0) return lt_fail(message, LT_IMAGE_CORRUPT, "the picture has no pixels");
  if (limits.max_side && (width > limits.max_side || height > limits.max_side)) {
    snprintf(
        text, sizeof text, "%llu x %llu pixels, but a side may have at most %u", (unsigned long long)width,
        (unsigned long long)height, limits.max_side);
    return lt_fail(message, LT_IMAGE_TOO_LARGE, text);
  }
  if (limits.max_pixels && width * height > limits.max_pixels) {
    snprintf(
        text, sizeof text, "%llu x %llu pixels, but a picture may have at most %llu", (unsigned long long)width,
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
