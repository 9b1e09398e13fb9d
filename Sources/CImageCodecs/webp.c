// WebP by libwebp: still images, lossy and lossless, with or without alpha.
#include "shared.h"

#include <webp/decode.h>

// Chunks: four letters, little-endian size, data, padded to an even length. Only the extended form (VP8X) has an EXIF chunk, and says so.
static void find_orientation(lt_image_decoder *decoder) {
  const uint8_t *file = decoder->file;
  size_t count = decoder->count;
  if (count < 30 || memcmp(file + 12, "VP8X", 4) || !(file[20] & 0x08)) return;
  decoder->info.is_certain = 0;
  for (size_t position = 12; position + 8 <= count;) {
    const uint8_t *chunk = file + position;
    size_t size = (size_t)chunk[4] | (size_t)chunk[5] << 8 | (size_t)chunk[6] << 16 | (size_t)chunk[7] << 24;
    if (size > count - position - 8) return;
    if (!memcmp(chunk, "EXIF", 4)) {
      uint8_t orientation = lt_tiff_orientation(chunk + 8, size);
      decoder->info.orientation = orientation ? orientation : 1;
      decoder->info.is_certain = 1;
      return;
    }
    position += 8 + size + (size & 1);
  }
}

static lt_image_status fail(VP8StatusCode code, lt_image_message *message) {
  switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY: return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return lt_fail(message, LT_IMAGE_UNSUPPORTED, "a WebP feature that libwebp does not read");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return lt_fail(message, LT_IMAGE_CORRUPT, "the file ends too early");
    default: return lt_fail(message, LT_IMAGE_CORRUPT, "the bit stream is invalid");
  }
}

lt_image_status lt_webp_open(lt_image_decoder *decoder, lt_image_message *message) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(decoder->file, decoder->count, &features);
  if (code != VP8_STATUS_OK) return fail(code, message);
  if (features.has_animation) return lt_fail(message, LT_IMAGE_UNSUPPORTED, "an animated WebP");
  decoder->info.width = (uint32_t)features.width;
  decoder->info.height = (uint32_t)features.height;
  find_orientation(decoder);
  return LT_IMAGE_OK;
}

// libwebp interpolates colour inside the part only, so its edges would differ from the whole image's: a few more pixels are decoded.
enum { margin = 4 };

static void widen(uint32_t start, uint32_t length, uint32_t side, int *first, int *count) {
  uint32_t begin = (start > margin ? start - margin : 0) & ~1u;
  uint32_t end = side - start - length > margin ? start + length + margin : side;
  *first = (int)begin;
  *count = (int)(end - begin);
}

lt_image_status lt_webp_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return lt_fail(message, LT_IMAGE_UNSUPPORTED, "libwebp has another version");
  VP8StatusCode code = WebPGetFeatures(decoder->file, decoder->count, &config.input);
  if (code != VP8_STATUS_OK) return fail(code, message);
  WebPDecoderOptions *options = &config.options;
  options->no_fancy_upsampling = request.fast_upsampling;
  options->use_cropping = 1;
  widen(request.x, request.width, decoder->info.width, &options->crop_left, &options->crop_width);
  widen(request.y, request.height, decoder->info.height, &options->crop_top, &options->crop_height);
  size_t channels = config.input.has_alpha ? 4 : 3, width = (size_t)options->crop_width;
  size_t size = width * (size_t)options->crop_height * channels;
  // Lossless images are held as a whole, 4 bytes a pixel.
  uint64_t pixels = (uint64_t)decoder->info.width * decoder->info.height;
  lt_image_status status = lt_check_memory(size + pixels * 4, request.limits, message);
  if (status) return status;
  int is_whole = width == request.width && (uint32_t)options->crop_height == request.height;
  uint8_t *output = is_whole && channels == 3 ? target : lt_decoder_scratch(decoder, size);
  if (!output) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = output;
  config.output.u.RGBA.stride = (int)(width * channels);
  config.output.u.RGBA.size = size;
  code = WebPDecode(decoder->file, decoder->count, &config);
  WebPFreeDecBuffer(&config.output);
  if (code != VP8_STATUS_OK) return fail(code, message);
  if (output == target) return LT_IMAGE_OK;
  size_t x = request.x - (uint32_t)options->crop_left, y = request.y - (uint32_t)options->crop_top;
  for (uint32_t row = 0; row < request.height; row++) {
    const uint8_t *source = output + ((y + row) * width + x) * channels;
    uint8_t *place = target + (size_t)row * request.width * 3;
    if (channels == 4) {
      lt_flatten(source, place, request.width, request.background);
    } else {
      memcpy(place, source, (size_t)request.width * 3);
    }
  }
  return LT_IMAGE_OK;
}
