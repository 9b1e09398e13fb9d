// One decoder for all formats: which one a file has is told by its first bytes.
#include "shared.h"

lt_image_decoder *lt_decoder_create(void) { return calloc(1, sizeof(lt_image_decoder)); }

static void close_file(lt_image_decoder *decoder) {
  lt_jpeg_close(decoder);
  decoder->is_open = 0;
  decoder->file = NULL;
  decoder->count = 0;
}

void lt_decoder_destroy(lt_image_decoder *decoder) {
  if (!decoder) return;
  close_file(decoder);
  lt_jpeg_release(decoder);
  free(decoder->scratch);
  free(decoder);
}

uint8_t *lt_decoder_scratch(lt_image_decoder *decoder, size_t size) {
  if (size <= decoder->scratch_capacity) return decoder->scratch;
  free(decoder->scratch);
  decoder->scratch = malloc(size);
  decoder->scratch_capacity = decoder->scratch ? size : 0;
  return decoder->scratch;
}

static int begins(const uint8_t *file, size_t count, size_t offset, const char *signature, size_t length) {
  return count >= offset + length && !memcmp(file + offset, signature, length);
}

lt_image_status lt_decoder_open(
    lt_image_decoder *decoder, const uint8_t *file, size_t count, lt_image_info *info, lt_image_message *message) {
  lt_clear(message);
  if (!decoder || !file || !count || !info) return lt_fail(message, LT_IMAGE_INVALID, "no data");
  close_file(decoder);
  decoder->file = file;
  decoder->count = count;
  decoder->info = (lt_image_info){.orientation = 1, .is_certain = 1};
  lt_image_status status;
  if (begins(file, count, 0, "\xFF\xD8\xFF", 3)) {
    decoder->info.format = LT_IMAGE_JPEG;
    status = lt_jpeg_open(decoder, message);
  } else if (begins(file, count, 0, "\x89PNG\r\n\x1A\n", 8)) {
    decoder->info.format = LT_IMAGE_PNG;
    status = lt_png_open(decoder, message);
  } else if (begins(file, count, 0, "RIFF", 4) && begins(file, count, 8, "WEBP", 4)) {
    decoder->info.format = LT_IMAGE_WEBP;
    status = lt_webp_open(decoder, message);
  } else if (begins(file, count, 0, "BM", 2)) {
    decoder->info.format = LT_IMAGE_BMP;
    status = lt_bmp_open(decoder, message);
  } else if (begins(file, count, 0, "P", 1) && count > 2 && file[1] >= '1' && file[1] <= '6') {
    decoder->info.format = LT_IMAGE_PNM;
    status = lt_pnm_open(decoder, message);
  } else if (begins(file, count, 0, "GIF8", 4)) {
    decoder->info.format = LT_IMAGE_GIF;
    status = lt_gif_open(decoder, message);
  } else {
    status = lt_fail(message, LT_IMAGE_UNSUPPORTED, "a format that is not read");
  }
  decoder->is_open = status == LT_IMAGE_OK;
  if (status == LT_IMAGE_OK) *info = decoder->info;
  return status;
}

static uint64_t scaled(uint32_t side, uint32_t eighths) { return ((uint64_t)side * eighths + 7) / 8; }

static lt_image_status check_request(
    const lt_image_decoder *decoder, const lt_image_request *request, size_t capacity, lt_image_message *message) {
  const lt_image_info *info = &decoder->info;
  uint32_t eighths = request->eighths;
  if (eighths != 8 && (info->format != LT_IMAGE_JPEG || (eighths != 1 && eighths != 2 && eighths != 4))) {
    return lt_fail(message, LT_IMAGE_INVALID, "an image cannot be decoded at this scale");
  }
  if (!request->width || !request->height || (uint64_t)request->x + request->width > scaled(info->width, eighths) ||
      (uint64_t)request->y + request->height > scaled(info->height, eighths)) {
    return lt_fail(message, LT_IMAGE_INVALID, "the part lies outside the image");
  }
  if ((uint64_t)request->width * request->height > capacity / 3) {
    return lt_fail(message, LT_IMAGE_INVALID, "the target is too small");
  }
  return LT_IMAGE_OK;
}

lt_image_status lt_decoder_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, size_t capacity, lt_image_message *message) {
  lt_clear(message);
  if (!decoder || !decoder->is_open || !target) return lt_fail(message, LT_IMAGE_INVALID, "no file is open");
  lt_image_status status = check_request(decoder, &request, capacity, message);
  if (!status) status = lt_check_size(decoder->info.width, decoder->info.height, request.limits, message);
  if (!status) {
    switch (decoder->info.format) {
      case LT_IMAGE_JPEG: status = lt_jpeg_read(decoder, request, target, message); break;
      case LT_IMAGE_PNG: status = lt_png_read(decoder, request, target, message); break;
      case LT_IMAGE_WEBP: status = lt_webp_read(decoder, request, target, message); break;
      case LT_IMAGE_BMP: status = lt_bmp_read(decoder, request, target, message); break;
      case LT_IMAGE_PNM: status = lt_pnm_read(decoder, request, target, message); break;
      case LT_IMAGE_GIF: status = lt_gif_read(decoder, request, target, message); break;
    }
  }
  close_file(decoder);
  return status;
}

void lt_image_free(void *bytes) { free(bytes); }
