// JPEG by libjpeg-turbo. Errors of the library come as a long jump back into the function that called it; everything that
// has to be released then lives in the session, so that no local variable is read after the jump.
#include "shared.h"

#include <limits.h>
#include <setjmp.h>

#include <jpeglib.h>

#include <jerror.h>

// A progressive file may hold thousands of scans over the whole picture: hours of work in a few kilobytes.
enum { lt_max_scans = 500 };

typedef struct jpeg_errors {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  lt_image_status status;
  lt_image_message *message;
} jpeg_errors;

typedef struct jpeg_reading {
  struct jpeg_decompress_struct library;
  struct jpeg_progress_mgr progress;
  jpeg_errors errors;
  uint8_t *pixels;
  uint8_t *row;  // one row of CMYK
} jpeg_reading;

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

// Warnings that mean lost picture data end the decoding. Others are common in files of cameras and web servers (a few stray
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
  if (((j_decompress_ptr)library)->input_scan_number <= lt_max_scans) return;
  jpeg_errors *errors = (jpeg_errors *)library->err;
  errors->status = LT_IMAGE_CORRUPT;
  lt_fail(errors->message, errors->status, "more than 500 scans; refused as hostile");
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

static void open_header(jpeg_reading *reading, const uint8_t *file, size_t count) {
  jpeg_create_decompress(&reading->library);
  reading->progress.progress_monitor = count_scans;
  reading->library.progress = &reading->progress;
  jpeg_mem_src(&reading->library, file, (unsigned long)count);
  jpeg_read_header(&reading->library, TRUE);
}

lt_image_status lt_jpeg_size(
    const uint8_t *file, size_t count, uint32_t *width, uint32_t *height, lt_image_message *message) {
  lt_clear(message);
  if (!file || !count || !width || !height) return lt_fail(message, LT_IMAGE_INVALID, "no data");
  jpeg_reading *reading = calloc(1, sizeof *reading);
  if (!reading) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  reading->library.err = prepare(&reading->errors, message);
  lt_image_status status = LT_IMAGE_OK;
  if (setjmp(reading->errors.escape)) {
    status = reading->errors.status;
  } else {
    open_header(reading, file, count);
    *width = reading->library.image_width;
    *height = reading->library.image_height;
  }
  jpeg_destroy_decompress(&reading->library);
  free(reading);
  return status;
}

// The smallest of 1/8, 1/4, 1/2 that keeps the short side long enough; these three have fast inverse transforms.
static void choose_scale(j_decompress_ptr library, uint32_t minimum_short_side) {
  library->scale_num = 8;
  library->scale_denom = 8;
  if (!minimum_short_side) return;
  uint64_t short_side =
      library->image_width < library->image_height ? library->image_width : library->image_height;
  for (unsigned eighths = 1; eighths < 8; eighths *= 2) {
    if ((short_side * eighths + 7) / 8 >= minimum_short_side) {
      library->scale_num = eighths;
      return;
    }
  }
}

// Four-component files store inverted inks (255 is no ink), as every program since Photoshop writes them.
static void inks_to_rgb(const uint8_t *inks, uint8_t *rgb, uint32_t width) {
  for (uint32_t x = 0; x < width; x++, inks += 4, rgb += 3) {
    for (int channel = 0; channel < 3; channel++) {
      rgb[channel] = (uint8_t)((inks[channel] * inks[3] + 127) / 255);
    }
  }
}

static lt_image_status read_pixels(
    jpeg_reading *reading, uint32_t minimum_short_side, lt_image_limits limits, lt_image_message *message) {
  j_decompress_ptr library = &reading->library;
  lt_image_status status = lt_check_size(library->image_width, library->image_height, limits, message);
  if (status) return status;
  int has_inks = library->jpeg_color_space == JCS_CMYK || library->jpeg_color_space == JCS_YCCK;
  if (library->jpeg_color_space == JCS_UNKNOWN) {
    return lt_fail(message, LT_IMAGE_UNSUPPORTED, "an unknown colour space");
  }
  library->out_color_space = has_inks ? JCS_CMYK : JCS_RGB;
  library->dct_method = JDCT_ISLOW;
  choose_scale(library, minimum_short_side);
  jpeg_calc_output_dimensions(library);
  uint64_t width = library->output_width, height = library->output_height;
  uint64_t bytes = width * height * 3;
  status = lt_check_memory(bytes, limits, message);
  if (status) return status;
  if (limits.max_memory) {
    uint64_t rest = limits.max_memory - bytes;
    library->mem->max_memory_to_use = rest > LONG_MAX ? LONG_MAX : rest < 65536 ? 65536 : (long)rest;
  }
  reading->pixels = malloc(bytes);
  reading->row = has_inks ? malloc(width * 4) : NULL;
  if (!reading->pixels || (has_inks && !reading->row)) {
    return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  }
  jpeg_start_decompress(library);
  while (library->output_scanline < library->output_height) {
    uint8_t *target = reading->pixels + (size_t)library->output_scanline * width * 3;
    JSAMPROW rows[1] = {has_inks ? reading->row : target};
    if (jpeg_read_scanlines(library, rows, 1) != 1) return lt_fail(message, LT_IMAGE_CORRUPT, "a row is missing");
    if (has_inks) inks_to_rgb(reading->row, target, (uint32_t)width);
  }
  jpeg_finish_decompress(library);
  return LT_IMAGE_OK;
}

lt_image_status lt_jpeg_decode(
    const uint8_t *file, size_t count, uint32_t minimum_short_side, lt_image_limits limits, lt_image_pixels *pixels,
    lt_image_message *message) {
  lt_clear(message);
  if (!file || !count || !pixels) return lt_fail(message, LT_IMAGE_INVALID, "no data");
  jpeg_reading *reading = calloc(1, sizeof *reading);
  if (!reading) return lt_fail(message, LT_IMAGE_OUT_OF_MEMORY, "out of memory");
  reading->library.err = prepare(&reading->errors, message);
  lt_image_status status = LT_IMAGE_OK;
  if (setjmp(reading->errors.escape)) {
    status = reading->errors.status;
  } else {
    open_header(reading, file, count);
    status = read_pixels(reading, minimum_short_side, limits, message);
  }
  if (status == LT_IMAGE_OK) {
    pixels->bytes = reading->pixels;
    pixels->width = reading->library.output_width;
    pixels->height = reading->library.output_height;
  } else {
    free(reading->pixels);
  }
  free(reading->row);
  jpeg_destroy_decompress(&reading->library);
  free(reading);
  return status;
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
