// GIF: the first image of a file, which is the whole of one that is not animated.
#include "shared.h"

// Codes lie in blocks of at most 255 bytes, each after its length; an empty block ends them.
typedef struct code_reader {
  const uint8_t *file;
  size_t count;
  size_t position;
  size_t block;  // bytes left in the block
  uint32_t bits;
  uint32_t bit_count;
} code_reader;

typedef struct code_table {
  uint16_t prefix[4096];
  uint16_t length[4096];
  uint8_t suffix[4096];
  uint8_t first[4096];
} code_table;

typedef struct gif_frame {
  uint32_t x;
  uint32_t y;
  uint32_t width;
  uint32_t height;
  int is_interlaced;
  int transparent;  // the index of transparent pixels; -1 without one
  const uint8_t *colors;
  uint32_t color_count;
  uint32_t code_size;
  size_t position;  // of the first block of codes
} gif_frame;

static uint32_t little16(const uint8_t *bytes) { return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8; }

static lt_image_status cut_short(lt_image_message *message) {
  return lt_fail(message, LT_IMAGE_CORRUPT, "the file ends too early");
}

lt_image_status lt_gif_open(lt_image_decoder *decoder, lt_image_message *message) {
  if (decoder->count < 13) return cut_short(message);
  decoder->info.width = little16(decoder->file + 6);
  decoder->info.height = little16(decoder->file + 8);
  if (!decoder->info.width || !decoder->info.height) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the header states an impossible size");
  }
  return LT_IMAGE_OK;
}

// Passes over the blocks of an extension; what says which colour is transparent is kept.
static int skip_extension(const lt_image_decoder *decoder, size_t *position, gif_frame *frame) {
  const uint8_t *file = decoder->file;
  size_t count = decoder->count;
  if (*position + 2 > count) return 0;
  uint8_t label = file[*position + 1];
  *position += 2;
  while (*position < count) {
    size_t size = file[(*position)++];
    if (!size) return 1;
    if (size > count - *position) return 0;
    if (label == 0xF9 && size >= 4) frame->transparent = file[*position] & 1 ? file[*position + 3] : -1;
    *position += size;
  }
  return 0;
}

static lt_image_status find_frame(const lt_image_decoder *decoder, gif_frame *frame, lt_image_message *message) {
  const uint8_t *file = decoder->file;
  size_t count = decoder->count, position = 13;
  *frame = (gif_frame){.transparent = -1};
  if (file[10] & 0x80) {
    frame->colors = file + position;
    frame->color_count = 2u << (file[10] & 7);
    position += 3 * (size_t)frame->color_count;
  }
  while (position < count && file[position] == 0x21) {
    if (!skip_extension(decoder, &position, frame)) return cut_short(message);
  }
  if (position >= count || count - position < 11) return cut_short(message);
  const uint8_t *header = file + position;
  if (header[0] != 0x2C) return lt_fail(message, LT_IMAGE_CORRUPT, "there is no image in the file");
  frame->x = little16(header + 1);
  frame->y = little16(header + 3);
  frame->width = little16(header + 5);
  frame->height = little16(header + 7);
  frame->is_interlaced = header[9] & 0x40;
  position += 10;
  if (header[9] & 0x80) {
    frame->colors = file + position;
    frame->color_count = 2u << (header[9] & 7);
    position += 3 * (size_t)frame->color_count;
  }
  if (position >= count) return cut_short(message);
  if (!frame->colors) return lt_fail(message, LT_IMAGE_UNSUPPORTED, "a GIF without colours");
  frame->code_size = file[position];
  frame->position = position + 1;
  if (frame->code_size < 1 || frame->code_size > 8) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the size of codes is impossible");
  }
  return LT_IMAGE_OK;
}

static int next_code(code_reader *reader, uint32_t size) {
  while (reader->bit_count < size) {
    if (!reader->block) {
      if (reader->position >= reader->count) return -1;
      reader->block = reader->file[reader->position++];
      if (!reader->block) return -1;
    }
    if (reader->position >= reader->count) return -1;
    reader->bits |= (uint32_t)reader->file[reader->position++] << reader->bit_count;
    reader->bit_count += 8;
    reader->block--;
  }
  int code = (int)(reader->bits & ((1u << size) - 1));
  reader->bits >>= size;
  reader->bit_count -= size;
  return code;
}

// Writes the indices that a code stands for, as far as there is room, and gives their number.
static size_t write_code(const code_table *table, uint32_t code, uint8_t *target, size_t room) {
  size_t length = table->length[code];
  for (size_t i = length; i-- > 0; code = table->prefix[code]) {
    if (i < room) target[i] = table->suffix[code];
  }
  return length < room ? length : room;
}

static lt_image_status decode(
    const lt_image_decoder *decoder, const gif_frame *frame, uint8_t *indices, size_t total,
    lt_image_message *message) {
  code_table *table = malloc(sizeof *table);
  if (!table) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  code_reader reader = {.file = decoder->file, .count = decoder->count, .position = frame->position};
  uint32_t clear = 1u << frame->code_size, size = frame->code_size + 1, next = clear + 2;
  int before = -1;
  size_t filled = 0;
  lt_image_status status = LT_IMAGE_OK;
  for (uint32_t i = 0; i < clear; i++) {
    table->length[i] = 1;
    table->suffix[i] = table->first[i] = (uint8_t)i;
    table->prefix[i] = 0;
  }
  while (filled < total) {
    int code = next_code(&reader, size);
    if (code < 0 || (uint32_t)code == clear + 1) {
      status = lt_fail(message, LT_IMAGE_CORRUPT, "the file ends too early");
      break;
    }
    if ((uint32_t)code == clear) {
      size = frame->code_size + 1;
      next = clear + 2;
      before = -1;
      continue;
    }
    if ((uint32_t)code > next || (before < 0 && (uint32_t)code >= clear) ||
        ((uint32_t)code == next && next >= 4096)) {
      status = lt_fail(message, LT_IMAGE_CORRUPT, "the codes are damaged");
      break;
    }
    if (before >= 0 && next < 4096) {
      uint32_t first = (uint32_t)code == next ? table->first[before] : table->first[code];
      table->prefix[next] = (uint16_t)before;
      table->suffix[next] = (uint8_t)first;
      table->first[next] = table->first[before];
      table->length[next] = (uint16_t)(table->length[before] + 1);
      next++;
      if (next == 1u << size && size < 12) size++;
    }
    filled += write_code(table, (uint32_t)code, indices + filled, total - filled);
    before = code;
  }
  free(table);
  return status;
}

// The stored row that holds a row of an interlaced image: first every eighth row, then those between.
static size_t stored_row(const gif_frame *frame, size_t row) {
  if (!frame->is_interlaced) return row;
  size_t height = frame->height, eighths = (height + 7) / 8, fourths = (height + 3) / 8, halves = (height + 1) / 4;
  if (row % 8 == 0) return row / 8;
  if (row % 8 == 4) return eighths + row / 8;
  if (row % 4 == 2) return eighths + fourths + row / 4;
  return eighths + fourths + halves + row / 2;
}

static lt_image_status paint(
    const gif_frame *frame, const uint8_t *indices, const lt_image_request *request, uint8_t *target,
    lt_image_message *message) {
  for (uint32_t y = request->y; y < request->y + request->height; y++) {
    for (uint32_t x = request->x; x < request->x + request->width; x++, target += 3) {
      const uint8_t *color = request->background;
      if (x >= frame->x && y >= frame->y && x - frame->x < frame->width && y - frame->y < frame->height) {
        uint32_t index = indices[stored_row(frame, y - frame->y) * frame->width + (x - frame->x)];
        if ((int)index != frame->transparent) {
          if (index >= frame->color_count) {
            return lt_fail(message, LT_IMAGE_CORRUPT, "a pixel has a colour that the palette lacks");
          }
          color = frame->colors + 3 * (size_t)index;
        }
      }
      memcpy(target, color, 3);
    }
  }
  return LT_IMAGE_OK;
}

lt_image_status lt_gif_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message) {
  gif_frame frame;
  lt_image_status status = find_frame(decoder, &frame, message);
  if (!status) status = lt_check_size(frame.width, frame.height, request.limits, message);
  size_t total = (size_t)frame.width * frame.height;
  if (!status) status = lt_check_memory((uint64_t)request.width * request.height * 3 + total, request.limits, message);
  if (status) return status;
  uint8_t *indices = lt_decoder_scratch(decoder, total);
  if (!indices) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  status = decode(decoder, &frame, indices, total, message);
  return status ? status : paint(&frame, indices, &request, target, message);
}
