// JPEG by libjpeg-turbo. Errors of the library come as a long jump back into the function that called it; everything that
// has to be released then lives in the session, so that no local variable is read after the jump.
#include "shared.h"

#include <limits.h>
#include <setjmp.h>

#include <jpeglib.h>

#include "jpeg_entropy.h"

#include <jerror.h>

// A progressive file may hold thousands of scans over the whole image: hours of work in a few kilobytes.
enum { lt_max_scans = 500 };

// 16 scans of the largest image that the standard limits allow; encoders write about ten.
static const uint64_t lt_max_scanned_pixels = (uint64_t)1 << 32;

typedef struct jpeg_errors {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  lt_image_status status;
  lt_image_message *message;
} jpeg_errors;

struct jpeg_reading {
  struct jpeg_decompress_struct library;
  struct jpeg_progress_mgr progress;
  jpeg_errors errors;
};

typedef struct jpeg_writing {
  struct jpeg_compress_struct library;
  jpeg_errors errors;
  unsigned char *file;
  unsigned long count;
} jpeg_writing;

static lt_image_status status_of(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY: return LT_IMAGE_OUT_OF_MEMORY;
    case JERR_NO_BACKING_STORE: return LT_IMAGE_TOO_LARGE;
    case JERR_IMAGE_TOO_BIG: return LT_IMAGE_TOO_LARGE;
    case JERR_BAD_PRECISION: return LT_IMAGE_UNSUPPORTED;
    case JERR_SOF_UNSUPPORTED: return LT_IMAGE_UNSUPPORTED;
    case JERR_CONVERSION_NOTIMPL: return LT_IMAGE_UNSUPPORTED;
    default: return LT_IMAGE_CORRUPT;
  }
}

static void leave(j_common_ptr library) {
  jpeg_errors *errors = (jpeg_errors *)library->err;
  char text[JMSG_LENGTH_MAX];
  errors->status = status_of(errors->base.msg_code);
  if (errors->base.msg_code == JERR_NO_BACKING_STORE) {
    lt_fail(errors->message, errors->status, "decoding needs more memory than the limit allows");
  } else {
    errors->base.format_message(library, text);
    lt_fail(errors->message, errors->status, text);
  }
  longjmp(errors->escape, 1);
}

// Warnings that mean lost image data end the decoding. Others are common in files of cameras and web servers (a few stray
// bytes before a marker, an unknown JFIF version) and leave every pixel intact.
static void take_message(j_common_ptr library, int level) {
  if (level >= 0) return;
  switch (library->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
      return;
    default: leave(library);
  }
}

static void say_nothing(j_common_ptr library) { (void)library; }

static void count_scans(j_common_ptr library) {
  if (!library->is_decompressor) return;
  j_decompress_ptr decompressor = (j_decompress_ptr)library;
  uint64_t scans = (uint64_t)decompressor->input_scan_number;
  uint64_t pixels = (uint64_t)decompressor->image_width * decompressor->image_height;
  // A scan walks over all pixels, however few bytes it has.
  int is_costly = scans * pixels > lt_max_scanned_pixels;
  if (scans <= lt_max_scans && !is_costly) return;
  jpeg_errors *errors = (jpeg_errors *)library->err;
  errors->status = LT_IMAGE_CORRUPT;
  lt_fail(
      errors->message, errors->status,
      is_costly ? "too many scans for an image of this size; refused as hostile"
                : "more than 500 scans; refused as hostile");
  longjmp(errors->escape, 1);
}

static struct jpeg_error_mgr *prepare(jpeg_errors *errors, lt_image_message *message) {
  jpeg_std_error(&errors->base);
  errors->base.error_exit = leave;
  errors->base.emit_message = take_message;
  errors->base.output_message = say_nothing;
  errors->message = message;
  errors->status = LT_IMAGE_CORRUPT;
  return &errors->base;
}

// Every file gets a fresh decompressor: a used one keeps the tables of the last file, which a damaged file without tables would then be
// decoded with.
static void open_header(jpeg_reading *reading, const uint8_t *file, size_t count) {
  jpeg_create_decompress(&reading->library);
  reading->progress.progress_monitor = count_scans;
  reading->library.progress = &reading->progress;
  jpeg_mem_src(&reading->library, file, (unsigned long)count);
  jpeg_read_header(&reading->library, TRUE);
}

lt_image_status lt_jpeg_open(lt_image_decoder *decoder, lt_image_message *message) {
  jpeg_reading *reading = decoder->jpeg = calloc(1, sizeof *reading);
  if (!reading) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  reading->library.err = prepare(&reading->errors, message);
  if (setjmp(reading->errors.escape)) return reading->errors.status;
  open_header(reading, decoder->file, decoder->count);
  decoder->info.width = reading->library.image_width;
  decoder->info.height = reading->library.image_height;
  decoder->info.orientation = lt_jpeg_orientation(decoder->file, decoder->count);
  return LT_IMAGE_OK;
}

void lt_jpeg_close(lt_image_decoder *decoder) {
  if (!decoder->jpeg) return;
  jpeg_destroy_decompress(&decoder->jpeg->library);
  free(decoder->jpeg);
  decoder->jpeg = NULL;
}

void lt_jpeg_release(lt_image_decoder *decoder) { lt_jpeg_entropy_destroy(decoder->entropy); }

static void leave_as_damaged(j_decompress_ptr library, const char *text) {
  jpeg_errors *errors = (jpeg_errors *)library->err;
  errors->status = LT_IMAGE_CORRUPT;
  lt_fail(errors->message, errors->status, text);
  longjmp(errors->escape, 1);
}

// Four-component files store inverted inks (255 is no ink), as every program since Photoshop writes them.
static void inks_to_rgb(const uint8_t *inks, uint8_t *rgb, uint32_t width) {
  for (uint32_t x = 0; x < width; x++, inks += 4, rgb += 3) {
    for (int channel = 0; channel < 3; channel++) {
      rgb[channel] = (uint8_t)((inks[channel] * inks[3] + 127) / 255);
    }
  }
}

static lt_image_status begin(
    lt_image_decoder *decoder, const lt_image_request *request, lt_image_message *message) {
  j_decompress_ptr library = &decoder->jpeg->library;
  if (library->jpeg_color_space == JCS_UNKNOWN) {
    return lt_fail(message, LT_IMAGE_UNSUPPORTED, "an unknown colour space");
  }
  int has_inks = library->jpeg_color_space == JCS_CMYK || library->jpeg_color_space == JCS_YCCK;
  library->out_color_space = has_inks ? JCS_CMYK : JCS_RGB;
  library->dct_method = request->fast_transform ? JDCT_IFAST : JDCT_ISLOW;
  library->do_fancy_upsampling = !request->fast_upsampling;
  library->scale_num = request->eighths;
  library->scale_denom = 8;
  uint64_t bytes = (uint64_t)request->width * request->height * 3;
  lt_image_status status = lt_check_memory(bytes, request->limits, message);
  if (status) return status;
  if (request->limits.max_memory) {
    uint64_t rest = request->limits.max_memory - bytes;
    library->mem->max_memory_to_use = rest > LONG_MAX ? LONG_MAX : rest < 65536 ? 65536 : (long)rest;
  }
  jpeg_start_decompress(library);
  lt_jpeg_entropy_attach(library, &decoder->entropy, leave_as_damaged);
  return LT_IMAGE_OK;
}

// Colour is interpolated between neighbours, at the edges of a part as if there were none: so some pixels more are decoded on each side.
enum { margin = 4, batch_rows = 4 };

static lt_image_status read_rows(
    lt_image_decoder *decoder, const lt_image_request *request, uint8_t *target, lt_image_message *message) {
  j_decompress_ptr library = &decoder->jpeg->library;
  JDIMENSION left = 0, width = library->output_width;
  if (request->width < width) {
    left = request->x > margin ? request->x - margin : 0;
    JDIMENSION right = width - request->x - request->width > margin ? request->x + request->width + margin : width;
    width = right - left;
    jpeg_crop_scanline(library, &left, &width);  // moves `left` back to where a block begins
  }
  JDIMENSION top = request->y > margin ? request->y - margin : 0;
  if (top && jpeg_skip_scanlines(library, top) != top) return lt_fail(message, LT_IMAGE_CORRUPT, "rows are missing");
  size_t channels = library->out_color_space == JCS_CMYK ? 4 : 3;
  size_t row_bytes = width * channels, part_bytes = (size_t)request->width * 3;
  int is_direct = channels == 3 && width == request->width;
  uint8_t *scratch = lt_decoder_scratch(decoder, row_bytes * batch_rows);
  if (!scratch) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  uint32_t end = request->y + request->height;
  while (library->output_scanline < end) {
    uint32_t y = library->output_scanline;
    JSAMPROW rows[batch_rows];
    JDIMENSION wanted = end - y < batch_rows ? end - y : batch_rows;
    int is_inside = is_direct && y >= request->y;
    if (y < request->y && wanted > request->y - y) wanted = request->y - y;
    for (JDIMENSION i = 0; i < wanted; i++) {
      rows[i] = is_inside ? target + (y - request->y + i) * part_bytes : scratch + i * row_bytes;
    }
    JDIMENSION got = jpeg_read_scanlines(library, rows, wanted);
    if (!got) return lt_fail(message, LT_IMAGE_CORRUPT, "a row is missing");
    if (is_inside || y < request->y) continue;
    for (JDIMENSION i = 0; i < got; i++) {
      const uint8_t *source = rows[i] + (request->x - left) * channels;
      uint8_t *place = target + (y - request->y + i) * part_bytes;
      if (channels == 4) {
        inks_to_rgb(source, place, request->width);
      } else {
        memcpy(place, source, part_bytes);
      }
    }
  }
  // At the end of the file damage behind the last row shows.
  if (library->output_scanline == library->output_height) jpeg_finish_decompress(library);
  return LT_IMAGE_OK;
}

lt_image_status lt_jpeg_read(
    lt_image_decoder *decoder, lt_image_request request, uint8_t *target, lt_image_message *message) {
  jpeg_reading *reading = decoder->jpeg;
  reading->errors.message = message;
  if (setjmp(reading->errors.escape)) return reading->errors.status;
  lt_image_status status = begin(decoder, &request, message);
  return status ? status : read_rows(decoder, &request, target, message);
}

static void write_pixels(jpeg_writing *writing, const uint8_t *pixels, uint32_t width, uint32_t height, int quality) {
  j_compress_ptr library = &writing->library;
  jpeg_create_compress(library);
  jpeg_mem_dest(library, &writing->file, &writing->count);
  library->image_width = width;
  library->image_height = height;
  library->input_components = 3;
  library->in_color_space = JCS_RGB;
  jpeg_set_defaults(library);
  jpeg_set_quality(library, quality, TRUE);
  if (quality >= 90) {
    library->comp_info[0].h_samp_factor = 1;
    library->comp_info[0].v_samp_factor = 1;
  }
  jpeg_start_compress(library, TRUE);
  while (library->next_scanline < library->image_height) {
    JSAMPROW rows[1] = {(JSAMPROW)(pixels + (size_t)library->next_scanline * width * 3)};
    jpeg_write_scanlines(library, rows, 1);
  }
  jpeg_finish_compress(library);
}

lt_image_status lt_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **file, size_t *count,
    lt_image_message *message) {
  lt_clear(message);
  if (!pixels || !file || !count || !width || !height || quality < 1 || quality > 100) {
    return lt_fail(message, LT_IMAGE_INVALID, "JPEG needs pixels and a quality of 1...100");
  }
  jpeg_writing *writing = calloc(1, sizeof *writing);
  if (!writing) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  writing->library.err = prepare(&writing->errors, message);
  lt_image_status status = LT_IMAGE_OK;
  if (setjmp(writing->errors.escape)) {
    status = writing->errors.status == LT_IMAGE_CORRUPT ? LT_IMAGE_INVALID : writing->errors.status;
  } else {
    write_pixels(writing, pixels, width, height, quality);
  }
  jpeg_destroy_compress(&writing->library);
  if (status == LT_IMAGE_OK) {
    *file = writing->file;
    *count = writing->count;
  } else {
    free(writing->file);
  }
  free(writing);
  return status;
}
