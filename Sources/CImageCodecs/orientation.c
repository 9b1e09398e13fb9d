// How a camera was held: EXIF tag 0x0112, and turning images by it. Anything missing or malformed counts as upright, as in other readers.
#include "shared.h"

static uint32_t number(const uint8_t *bytes, int width, int is_little_endian) {
  uint32_t value = 0;
  for (int i = 0; i < width; i++) value = value << 8 | bytes[is_little_endian ? width - 1 - i : i];
  return value;
}

uint8_t lt_tiff_orientation(const uint8_t *bytes, size_t count) {
  // Inside JPEG and in some WebP files the structure comes after this mark.
  if (count >= 6 && !memcmp(bytes, "Exif\0\0", 6)) {
    bytes += 6;
    count -= 6;
  }
  if (count < 8) return 0;
  int is_little_endian = !memcmp(bytes, "II*\0", 4);
  if (!is_little_endian && memcmp(bytes, "MM\0*", 4)) return 0;
  size_t directory = number(bytes + 4, 4, is_little_endian);
  if (directory > count - 2) return 0;
  size_t entries = number(bytes + directory, 2, is_little_endian);
  const uint8_t *entry = bytes + directory + 2;
  size_t rest = count - directory - 2;
  for (; entries && rest >= 12; entries--, entry += 12, rest -= 12) {
    if (number(entry, 2, is_little_endian) != 0x0112) continue;
    // Type 3 is a 16-bit number, stored at the front of the value field.
    if (number(entry + 2, 2, is_little_endian) != 3) return 0;
    uint32_t value = number(entry + 8, 2, is_little_endian);
    return value >= 1 && value <= 8 ? (uint8_t)value : 0;
  }
  return 0;
}

uint8_t lt_jpeg_orientation(const uint8_t *file, size_t count) {
  size_t position = 2;
  // Segments: 0xFF, marker, big-endian length that includes itself. The search ends where the image data start.
  while (position + 4 <= count && file[position] == 0xFF) {
    uint8_t marker = file[position + 1];
    if (marker == 0xFF) {  // a fill byte
      position++;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) return 1;
    size_t length = (size_t)file[position + 2] << 8 | file[position + 3];
    if (length < 2 || length > count - position - 2) return 1;
    const uint8_t *segment = file + position + 4;
    if (marker == 0xE1 && length >= 8 && !memcmp(segment, "Exif\0\0", 6)) {
      uint8_t orientation = lt_tiff_orientation(segment, length - 2);
      return orientation ? orientation : 1;
    }
    position += 2 + length;
  }
  return 1;
}

// The target is written in order; source and steps say which pixel comes first, and how far the next column and row are away.
static void gather(
    const uint8_t *source, ptrdiff_t column_step, ptrdiff_t row_step, uint32_t width, uint32_t height, uint8_t *target) {
  for (uint32_t y = 0; y < height; y++, source += row_step) {
    const uint8_t *pixel = source;
    for (uint32_t x = 0; x < width; x++, pixel += column_step, target += 3) {
      target[0] = pixel[0];
      target[1] = pixel[1];
      target[2] = pixel[2];
    }
  }
}

void lt_image_turn(const uint8_t *source, uint32_t width, uint32_t height, uint8_t orientation, uint8_t *target) {
  ptrdiff_t row = (ptrdiff_t)width * 3;
  const uint8_t *right = source + row - 3, *bottom = source + row * ((ptrdiff_t)height - 1);
  const uint8_t *last = bottom + row - 3;
  switch (orientation) {
    case 2: return gather(right, -3, row, width, height, target);
    case 3: return gather(last, -3, -row, width, height, target);
    case 4: return gather(bottom, 3, -row, width, height, target);
    case 5: return gather(source, row, 3, height, width, target);
    case 6: return gather(bottom, -row, 3, height, width, target);
    case 7: return gather(last, -row, -3, height, width, target);
    case 8: return gather(right, row, -3, height, width, target);
    default: memcpy(target, source, (size_t)row * height);
  }
}
