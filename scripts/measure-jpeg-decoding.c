// Compares decoding JPEG files by this project's Huffman decoder and by libjpeg-turbo's own; see scripts/measure-jpeg-decoding.
//
//     measure-jpeg-decoding PART ROUNDS FILE...
//
// Each file is decoded by both in turn, ROUNDS times; the least CPU time of each counts. PART is the share of width and height that is
// decoded, around the centre. Prints the milliseconds per image of both; fails when the pixels differ.
#include <jpeglib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CImageCodecs.h"
#include "jpeg_entropy.h"

static int uses_own;

// jpeg.c is compiled so that it calls this function in place of `lt_jpeg_entropy_attach`.
void measured_attach(
    j_decompress_ptr library, lt_jpeg_entropy **entropy, void (*fail)(j_decompress_ptr library, const char *text)) {
  if (uses_own) lt_jpeg_entropy_attach(library, entropy, fail);
}

static double cpu_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void fail(const char *file, const char *why) {
  fprintf(stderr, "measure-jpeg-decoding: %s: %s\n", file, why);
  exit(1);
}

static uint8_t *load(const char *name, size_t *count) {
  FILE *stream = fopen(name, "rb");
  if (!stream) fail(name, "cannot be opened");
  fseek(stream, 0, SEEK_END);
  *count = (size_t)ftell(stream);
  rewind(stream);
  uint8_t *bytes = malloc(*count + 1);
  if (!bytes || fread(bytes, 1, *count, stream) != *count) fail(name, "cannot be read");
  fclose(stream);
  return bytes;
}

int main(int argument_count, char **arguments) {
  if (argument_count < 4) fail("usage", "measure-jpeg-decoding PART ROUNDS FILE...");
  const double part = atof(arguments[1]);
  const int rounds = atoi(arguments[2]), images = argument_count - 3;
  double totals[2] = {0, 0};
  lt_image_decoder *decoder = lt_decoder_create();
  for (int image = 0; image < images; image++) {
    const char *name = arguments[image + 3];
    size_t count, capacity = 0;
    uint8_t *file = load(name, &count), *pixels[2] = {NULL, NULL};
    double best[2] = {1e9, 1e9};
    for (int turn = 0; turn < 2 * rounds; turn++) {
      lt_image_info info;
      lt_image_message message;
      uses_own = (turn + turn / 2) & 1;  // who comes first alternates, too
      double start = cpu_seconds();
      if (lt_decoder_open(decoder, file, count, &info, &message)) fail(name, message.text);
      double opening = cpu_seconds() - start;
      lt_image_request request = {.limits = {65500, 1ull << 32, 1ull << 34}, .eighths = 8};
      request.width = (uint32_t)(info.width * part);
      request.height = (uint32_t)(info.height * part);
      request.x = (info.width - request.width) / 2;
      request.y = (info.height - request.height) / 2;
      capacity = (size_t)request.width * request.height * 3;
      if (!pixels[uses_own]) pixels[uses_own] = malloc(capacity);
      start = cpu_seconds();
      if (lt_decoder_read(decoder, request, pixels[uses_own], capacity, &message)) fail(name, message.text);
      double seconds = opening + cpu_seconds() - start;
      if (seconds < best[uses_own]) best[uses_own] = seconds;
    }
    if (memcmp(pixels[0], pixels[1], capacity)) fail(name, "the pixels differ");
    for (int own = 0; own < 2; own++) {
      totals[own] += best[own];
      free(pixels[own]);
    }
    free(file);
  }
  lt_decoder_destroy(decoder);
  printf("%.3f %.3f\n", totals[1] * 1e3 / images, totals[0] * 1e3 / images);
  return 0;
}
