// PNG by libpng. As in jpeg.c, what a long jump must not lose lives in the session.
#include "shared.h"

#include <png.h>
#include <setjmp.h>

typedef struct png_session {
  png_structp library;
  png_infop info;
  lt_image_status status;
  lt_image_message *message;
  const uint8_t *input;
  size_t input_count;
  size_t position;
  size_t limit;  // no byte behind it is read
  uint8_t *bytes;  // an interlaced image, or the file being written
  size_t byte_count;
  size_t capacity;
  png_bytep *rows;
} png_session;

static void leave(png_structp library, png_const_charp text) {
  png_session *session = png_get_error_ptr(library);
  lt_fail(session->message, session->status, text);
  png_longjmp(library, 1);
}

// Warnings of libpng concern ancillary chunks (colour profiles, times); damaged image data are errors.
static void ignore(png_structp library, png_const_charp text) {
  (void)library;
  (void)text;
}

static void take_bytes(png_structp library, png_bytep target, size_t count) {
  png_session *session = png_get_io_ptr(library);
  if (count > session->input_count - session->position) png_error(library, "the file ends too early");
  if (count > session->limit - session->position) png_error(library, "the data go on far behind the rows");
  memcpy(target, session->input + session->position, count);
  session->position += count;
}

static void close_reading(png_session *session) {
  png_destroy_read_struct(&session->library, &session->info, NULL);
  free(session->rows);
  free(session);
}

static lt_image_status open_reading(
    png_session **opened, const uint8_t *file, size_t count, lt_image_message *message) {
  png_session *session = calloc(1, sizeof *session);
  if (!session) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  session->status = LT_IMAGE_CORRUPT;
  session->message = message;
  session->input = file;
  session->input_count = count;
  session->limit = SIZE_MAX;
  session->library = png_create_read_struct(PNG_LIBPNG_VER_STRING, session, leave, ignore);
  session->info = session->library ? png_create_info_struct(session->library) : NULL;
  if (!session->info) {
    close_reading(session);
    return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  }
  *opened = session;
  return LT_IMAGE_OK;
}

// The chunk eXIf may stand before or behind the image data. Chunks: big-endian size, four letters, data, checksum.
static void find_orientation(lt_image_decoder *decoder) {
  const uint8_t *file = decoder->file;
  size_t count = decoder->count;
  for (size_t position = 8; position + 12 <= count;) {
    const uint8_t *chunk = file + position;
    size_t size = png_get_uint_32(chunk);
    if (size > count - position - 12) break;
    if (!memcmp(chunk + 4, "IEND", 4)) return;
    if (!memcmp(chunk + 4, "eXIf", 4)) {
      uint8_t orientation = lt_tiff_orientation(chunk + 8, size);
      decoder->info.orientation = orientation ? orientation : 1;
      return;
    }
    position += 12 + size;
  }
  decoder->info.is_certain = 0;
}

lt_image_status lt_png_open(lt_image_decoder *decoder, lt_image_message *message) {
  const uint8_t *file = decoder->file;
  // Signature (8 bytes), then the header chunk, which must come first: length, type, width, height.
  if (decoder->count < 24 || memcmp(file + 12, "IHDR", 4)) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the header is damaged or cut short");
  }
  uint32_t width = png_get_uint_32(file + 16), height = png_get_uint_32(file + 20);
  if (!width || !height || width > PNG_UINT_31_MAX || height > PNG_UINT_31_MAX) {
    return lt_fail(message, LT_IMAGE_CORRUPT, "the header states an impossible size");
  }
  decoder->info.width = width;
  decoder->info.height = height;
  find_orientation(decoder);
  return LT_IMAGE_OK;
}

static void copy_part(const uint8_t *row, int channels, const lt_image_request *request, uint8_t *target) {
  const uint8_t *source = row + (size_t)request->x * (size_t)channels;
  if (channels == 4) {
    lt_flatten(source, target, request->width, request->background);
  } else {
    memcpy(target, source, (size_t)request->width * 3);
  }
}

// What a row may take of the file beside twice its own size. A stream of zeros grows a thousandfold, and libpng inflates all that
// stands behind the last row: without a bound that is minutes of work for pixels that no image has. An encoder leaves a few bytes.
enum { most_surplus = 1 << 16 };

static void read_row(png_session *session, uint8_t *row, size_t row_bytes) {
  session->limit = session->position + 2 * row_bytes + most_surplus;
  png_read_row(session->library, row, NULL);
  session->limit = SIZE_MAX;
}

// Texts, profiles and the like are passed over, not unpacked: a small file may hold gigabytes of them.
static void pass_over_extras(png_structp library) {
  static const png_byte names[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";
  png_set_keep_unknown_chunks(library, PNG_HANDLE_CHUNK_NEVER, names, sizeof names / 5);
}

// Row by row; the rows below the part are not read.
static void read_rows(
    png_session *session, uint8_t *row, size_t row_bytes, int channels, const lt_image_request *request,
    uint8_t *target) {
  uint32_t end = request->y + request->height;
  for (uint32_t y = 0; y < end; y++) {
    read_row(session, row, row_bytes);
    if (y >= request->y) copy_part(row, channels, request, target + (size_t)(y - request->y) * request->width * 3);
  }
  if (end == png_get_image_height(session->library, session->info)) png_read_end(session->library, NULL);
}

// An interlaced image is only complete after the last pass over all rows.
static lt_image_status read_interlaced(
    png_session *session, size_t row_bytes, int passes, int channels, const lt_image_request *request,
    uint8_t *target) {
  size_t height = png_get_image_height(session->library, session->info);
  session->bytes = malloc(row_bytes * height);
  session->rows = malloc(height * sizeof(png_bytep));
  if (!session->bytes || !session->rows) {
    return lt_fail(session->message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  }
  for (size_t y = 0; y < height; y++) session->rows[y] = session->bytes + y * row_bytes;
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < height; y++) read_row(session, session->rows[y], row_bytes);
  }
  png_read_end(session->library, NULL);
  for (size_t y = 0; y < request->height; y++) {
    copy_part(session->rows[request->y + y], channels, request, target + y * request->width * 3);
  }
  return LT_IMAGE_OK;
}

static lt_image_status read_part(
    lt_image_decoder *decoder, png_session *session, const lt_image_request *request, uint8_t *target) {
  png_structp library = session->library;
  png_infop info = session->info;
  png_set_user_limits(library, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // ours came before, with their own status
  png_set_read_fn(library, session, take_bytes);
  pass_over_extras(library);
  png_read_info(library, info);
  uint64_t width = png_get_image_width(library, info), height = png_get_image_height(library, info);
  if (width != decoder->info.width || height != decoder->info.height) {
    return lt_fail(session->message, LT_IMAGE_CORRUPT, "the header contradicts itself");
  }
  png_set_expand(library);    // palettes, 1/2/4-bit grey, transparent colours
  png_set_scale_16(library);  // 16 bits to 8, rounded
  png_set_gray_to_rgb(library);
  int passes = png_set_interlace_handling(library);
  png_read_update_info(library, info);
  uint64_t row_bytes = png_get_rowbytes(library, info);
  int channels = png_get_channels(library, info);
  if (row_bytes != width * (uint64_t)channels || (channels != 3 && channels != 4)) {
    return lt_fail(session->message, LT_IMAGE_UNSUPPORTED, "an unknown pixel form");
  }
  uint64_t part_bytes = (uint64_t)request->width * request->height * 3;
  uint64_t held = passes > 1 ? (row_bytes + sizeof(png_bytep)) * height : row_bytes;
  lt_image_status status = lt_check_memory(part_bytes + held, request->limits, session->message);
  if (status) return status;
  if (passes > 1) return read_interlaced(session, row_bytes, passes, channels, request, target);
  uint8_t *row = lt_decoder_scratch(decoder, row_bytes);
  if (!row) return lt_fail(session->message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  read_rows(session, row, row_bytes, channels, request, target);
  return LT_IMAGE_OK;
}

lt_image_status lt_png_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message) {
  png_session *session = NULL;
  lt_image_status status = open_reading(&session, decoder->file, decoder->count, message);
  if (status) return status;
  if (setjmp(png_jmpbuf(session->library))) {
    status = session->status;
  } else {
    status = read_part(decoder, session, &request, target);
  }
  free(session->bytes);
  close_reading(session);
  return status;
}

static void put_bytes(png_structp library, png_bytep source, size_t count) {
  png_session *session = png_get_io_ptr(library);
  if (count > session->capacity - session->byte_count) {
    size_t capacity = session->capacity * 2 + count + 4096;
    uint8_t *larger = realloc(session->bytes, capacity);
    if (!larger) {
      session->status = LT_IMAGE_OUT_OF_MEMORY;
      png_error(library, "out of memory");
    }
    session->bytes = larger;
    session->capacity = capacity;
  }
  memcpy(session->bytes + session->byte_count, source, count);
  session->byte_count += count;
}

static void flush_nothing(png_structp library) { (void)library; }

static void write_pixels(
    png_session *session, const uint8_t *pixels, uint32_t width, uint32_t height, int compression) {
  png_structp library = session->library;
  png_set_write_fn(library, session, put_bytes, flush_nothing);
  png_set_compression_level(library, compression);
  png_set_IHDR(
      library, session->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
      PNG_FILTER_TYPE_DEFAULT);
  png_write_info(library, session->info);
  for (uint32_t y = 0; y < height; y++) png_write_row(library, pixels + (size_t)y * width * 3);
  png_write_end(library, session->info);
}

lt_image_status lt_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int compression, uint8_t **file, size_t *count,
    lt_image_message *message) {
  lt_clear(message);
  if (!pixels || !file || !count || !width || !height || compression < 0 || compression > 9) {
    return lt_fail(message, LT_IMAGE_INVALID, "PNG needs pixels and a compression of 0...9");
  }
  png_session *session = calloc(1, sizeof *session);
  if (!session) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  session->status = LT_IMAGE_INVALID;
  session->message = message;
  session->library = png_create_write_struct(PNG_LIBPNG_VER_STRING, session, leave, ignore);
  session->info = session->library ? png_create_info_struct(session->library) : NULL;
  lt_image_status status = LT_IMAGE_OK;
  if (!session->info) {
    status = lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  } else if (setjmp(png_jmpbuf(session->library))) {
    status = session->status;
  } else {
    write_pixels(session, pixels, width, height, compression);
  }
  png_destroy_write_struct(&session->library, &session->info);
  if (status == LT_IMAGE_OK) {
    *file = session->bytes;
    *count = session->byte_count;
  } else {
    free(session->bytes);
  }
  free(session);
  return status;
}
