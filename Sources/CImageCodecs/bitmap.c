// Uncompressed images: Windows bitmaps (BMP) and the portable formats of Netpbm (PBM, PGM, PPM), in text and in binary form.
#include "shared.h"

static uint32_t little16(const uint8_t *bytes) { return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8; }

static uint32_t little32(const uint8_t *bytes) { return little16(bytes) | little16(bytes + 2) << 16; }

// MARK: BMP

typedef struct bmp_header {
  uint32_t width;
  uint32_t height;
  int is_top_down;
  uint32_t bits;
  uint32_t compression;
  uint64_t offset;   // of the first stored row
  uint64_t stride;   // bytes of a stored row
  uint64_t palette;  // its offset
  uint32_t color_count;
  uint32_t color_bytes;
  uint32_t masks[4];  // red, green, blue, alpha; zero where a pixel has none
} bmp_header;

enum { bmp_plain = 0, bmp_bit_fields = 3, bmp_alpha_bit_fields = 6 };

static lt_image_status read_bmp_masks(
    const uint8_t *file, size_t count, uint32_t header_size, bmp_header *header, lt_image_message *message) {
  if (header->compression == bmp_plain) {
    static const uint32_t five_bits[3] = {0x7C00, 0x03E0, 0x001F}, eight_bits[3] = {0xFF0000, 0xFF00, 0xFF};
    memcpy(header->masks, header->bits == 16 ? five_bits : eight_bits, sizeof five_bits);
    return LT_IMAGE_OK;
  }
  // Behind the short header stand three masks, or four; the longer headers have four of their own.
  int has_alpha = header->compression == bmp_alpha_bit_fields || header_size >= 56;
  size_t masks = has_alpha ? 4 : 3;
  if (count < 54 + 4 * masks) return lt_fail(message, LT_IMAGE_CORRUPT, "the header is cut short");
  for (size_t i = 0; i < masks; i++) header->masks[i] = little32(file + 54 + 4 * i);
  if (!header->masks[0] || !header->masks[1] || !header->masks[2]) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the header names no bits for a colour");
  }
  return LT_IMAGE_OK;
}

static lt_image_status read_bmp_header(
    const uint8_t *file, size_t count, bmp_header *header, lt_image_message *message) {
  *header = (bmp_header){0};
  if (count < 26) return lt_fail(message, LT_IMAGE_CORRUPT, "the header is cut short");
  header->offset = little32(file + 10);
  uint32_t size = little32(file + 14);
  if (size == 12) {
    header->width = little16(file + 18);
    header->height = little16(file + 20);
    header->bits = little16(file + 24);
    header->color_bytes = 3;
  } else {
    if (size < 40 || size > 4096 || count < 54) {
      return lt_fail(message, LT_IMAGE_CORRUPT, "the header is damaged or cut short");
    }
    int64_t width = (int32_t)little32(file + 18), height = (int32_t)little32(file + 22);
    if (width <= 0 || height == 0) return lt_fail(message, LT_IMAGE_CORRUPT, "the header states an impossible size");
    header->is_top_down = height < 0;
    header->width = (uint32_t)width;
    header->height = (uint32_t)(height < 0 ? -height : height);
    header->bits = little16(file + 28);
    header->compression = little32(file + 30);
    header->color_count = little32(file + 46);
    header->color_bytes = 4;
  }
  if (!header->width || !header->height) return lt_fail(message, LT_IMAGE_CORRUPT, "the image has no pixels");
  int is_known_depth = header->bits == 1 || header->bits == 4 || header->bits == 8 || header->bits == 16 ||
                       header->bits == 24 || header->bits == 32;
  int has_fields = header->compression == bmp_bit_fields || header->compression == bmp_alpha_bit_fields;
  if (!is_known_depth || (header->compression != bmp_plain && !has_fields) ||
      (has_fields && header->bits != 16 && header->bits != 32)) {
    return lt_fail(message, LT_IMAGE_UNSUPPORTED, "a compressed bitmap, or one with an unusual number of bits");
  }
  header->stride = ((uint64_t)header->width * header->bits + 31) / 32 * 4;
  if (header->bits > 8) return read_bmp_masks(file, count, size, header, message);
  header->palette = 14 + (uint64_t)size;
  uint32_t most = 1u << header->bits;
  if (header->color_count == 0 || header->color_count > most) header->color_count = most;
  return LT_IMAGE_OK;
}

lt_image_status lt_bmp_open(lt_image_decoder *decoder, lt_image_message *message) {
  bmp_header header;
  lt_image_status status = read_bmp_header(decoder->file, decoder->count, &header, message);
  decoder->info.width = header.width;
  decoder->info.height = header.height;
  return status;
}

// The bits of a mask as 0...255.
static uint8_t masked(uint32_t pixel, uint32_t mask) {
  uint32_t value = pixel & mask;
  while (!(mask & 1)) {
    mask >>= 1;
    value >>= 1;
  }
  return (uint8_t)(((uint64_t)value * 255 + mask / 2) / mask);
}

static void copy_direct_pixel(
    const bmp_header *header, const uint8_t *row, uint32_t x, const uint8_t background[3], uint8_t *target) {
  const uint8_t *place = row + (size_t)x * (header->bits / 8);
  if (header->bits == 24) {
    for (int channel = 0; channel < 3; channel++) target[channel] = place[2 - channel];
    return;
  }
  uint32_t pixel = header->bits == 16 ? little16(place) : little32(place);
  uint8_t colors[4] = {0, 0, 0, 255};
  for (int channel = 0; channel < 4; channel++) {
    if (header->masks[channel]) colors[channel] = masked(pixel, header->masks[channel]);
  }
  lt_flatten(colors, target, 1, background);
}

static int copy_palette_pixel(const bmp_header *header, const uint8_t *file, const uint8_t *row, uint32_t x, uint8_t *target) {
  uint32_t per_byte = 8 / header->bits;
  uint32_t shift = 8 - header->bits * (x % per_byte + 1);
  uint32_t index = (uint32_t)(row[x / per_byte] >> shift) & ((1u << header->bits) - 1);
  if (index >= header->color_count) return 0;
  const uint8_t *color = file + header->palette + (size_t)index * header->color_bytes;
  for (int channel = 0; channel < 3; channel++) target[channel] = color[2 - channel];
  return 1;
}

lt_image_status lt_bmp_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message) {
  bmp_header header;
  lt_image_status status = read_bmp_header(decoder->file, decoder->count, &header, message);
  if (status) return status;
  uint64_t count = decoder->count;
  if (header.offset > count || header.stride * header.height > count - header.offset) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the file ends too early");
  }
  if (header.bits <= 8 && header.palette + (uint64_t)header.color_count * header.color_bytes > count) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the palette is cut short");
  }
  for (uint32_t y = 0; y < request.height; y++) {
    uint32_t wanted = request.y + y, stored = header.is_top_down ? wanted : header.height - 1 - wanted;
    const uint8_t *row = decoder->file + header.offset + header.stride * stored;
    for (uint32_t x = 0; x < request.width; x++, target += 3) {
      if (header.bits > 8) {
        copy_direct_pixel(&header, row, request.x + x, request.background, target);
      } else if (!copy_palette_pixel(&header, decoder->file, row, request.x + x, target)) {
        return lt_fail(message, LT_IMAGE_CORRUPT, "a pixel has a colour that the palette lacks");
      }
    }
  }
  return LT_IMAGE_OK;
}

// MARK: Netpbm

typedef struct pnm_header {
  int kind;  // 1...6 as in "P6"
  uint32_t width;
  uint32_t height;
  uint32_t largest;  // the value of white
  size_t offset;     // of the first pixel
} pnm_header;

static int is_space(uint8_t byte) { return byte == ' ' || (byte >= 9 && byte <= 13); }

// Passes over spaces and comments, which run from '#' to the end of the line.
static size_t skip_space(const uint8_t *file, size_t count, size_t position) {
  while (position < count) {
    if (file[position] == '#') {
      while (position < count && file[position] != '\n' && file[position] != '\r') position++;
    } else if (is_space(file[position])) {
      position++;
    } else {
      break;
    }
  }
  return position;
}

// A decimal number; gives 0 if there is none, or one above `largest`.
static int read_number(const uint8_t *file, size_t count, size_t *position, uint32_t largest, uint32_t *value) {
  size_t start = *position = skip_space(file, count, *position);
  uint64_t number = 0;
  while (*position < count && file[*position] >= '0' && file[*position] <= '9') {
    number = number * 10 + (uint64_t)(file[(*position)++] - '0');
    if (number > largest) return 0;
  }
  *value = (uint32_t)number;
  return *position > start;
}

static lt_image_status read_pnm_header(
    const uint8_t *file, size_t count, pnm_header *header, lt_image_message *message) {
  *header = (pnm_header){.kind = file[1] - '0', .largest = 1};
  size_t position = 2;
  if (!read_number(file, count, &position, INT32_MAX, &header->width) ||
      !read_number(file, count, &position, INT32_MAX, &header->height) ||
      (header->kind != 1 && header->kind != 4 && !read_number(file, count, &position, 65535, &header->largest))) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the header is damaged or cut short");
  }
  if (!header->width || !header->height || !header->largest) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the header states an impossible size or value");
  }
  // One space parts the header from the pixels.
  header->offset = position + 1;
  return LT_IMAGE_OK;
}

lt_image_status lt_pnm_open(lt_image_decoder *decoder, lt_image_message *message) {
  pnm_header header;
  lt_image_status status = read_pnm_header(decoder->file, decoder->count, &header, message);
  decoder->info.width = header.width;
  decoder->info.height = header.height;
  return status;
}

static uint8_t scaled_value(uint32_t value, uint32_t largest) {
  return (uint8_t)(((uint64_t)value * 255 + largest / 2) / largest);
}

static lt_image_status read_binary(
    const lt_image_decoder *decoder, const pnm_header *header, const lt_image_request *request, uint8_t *target,
    lt_image_message *message) {
  uint64_t channels = header->kind == 6 ? 3 : 1, sample_bytes = header->largest > 255 ? 2 : 1;
  uint64_t stride = header->kind == 4 ? ((uint64_t)header->width + 7) / 8 : header->width * channels * sample_bytes;
  if (header->offset > decoder->count || stride * header->height > decoder->count - header->offset) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the file ends too early");
  }
  for (uint32_t y = 0; y < request->height; y++) {
    const uint8_t *row = decoder->file + header->offset + stride * (request->y + y);
    for (uint32_t i = 0; i < request->width; i++, target += 3) {
      uint32_t x = request->x + i;
      for (uint32_t channel = 0; channel < 3; channel++) {
        if (header->kind == 4) {
          target[channel] = row[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
          continue;
        }
        const uint8_t *sample = row + (x * channels + (channels == 3 ? channel : 0)) * sample_bytes;
        uint32_t value = sample_bytes == 1 ? sample[0] : (uint32_t)sample[0] << 8 | sample[1];
        if (value > header->largest) return lt_fail(message, LT_IMAGE_CORRUPT, "a value is above the largest");
        target[channel] = scaled_value(value, header->largest);
      }
    }
  }
  return LT_IMAGE_OK;
}

// A sample in text form. Bits need no space between them.
static int read_sample(const lt_image_decoder *decoder, const pnm_header *header, size_t *position, uint32_t *value) {
  if (header->kind != 1) return read_number(decoder->file, decoder->count, position, header->largest, value);
  *position = skip_space(decoder->file, decoder->count, *position);
  if (*position >= decoder->count) return 0;
  uint8_t digit = decoder->file[(*position)++];
  *value = digit == '0';
  return digit == '0' || digit == '1';
}

static lt_image_status read_text(
    const lt_image_decoder *decoder, const pnm_header *header, const lt_image_request *request, uint8_t *target,
    lt_image_message *message) {
  size_t position = header->offset;
  uint32_t channels = header->kind == 3 ? 3 : 1;
  for (uint32_t y = 0; y < request->y + request->height; y++) {
    for (uint32_t x = 0; x < header->width; x++) {
      uint8_t color[3] = {0};
      for (uint32_t channel = 0; channel < channels; channel++) {
        uint32_t value;
        if (!read_sample(decoder, header, &position, &value)) {
          return lt_fail(message, LT_IMAGE_CORRUPT, "a pixel is missing or no number within the range");
        }
        color[channel] = scaled_value(value, header->largest);
      }
      if (channels == 1) color[1] = color[2] = color[0];
      if (y < request->y || x < request->x || x - request->x >= request->width) continue;
      memcpy(target + ((size_t)(y - request->y) * request->width + (x - request->x)) * 3, color, 3);
    }
  }
  return LT_IMAGE_OK;
}

lt_image_status lt_pnm_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message) {
  pnm_header header;
  lt_image_status status = read_pnm_header(decoder->file, decoder->count, &header, message);
  if (status) return status;
  return header.kind > 3 ? read_binary(decoder, &header, &request, target, message)
                         : read_text(decoder, &header, &request, target, message);
}
