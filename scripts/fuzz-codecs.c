// Feeds the image codecs with damaged files; see scripts/check-codecs-fuzz.
//
//     fuzz-codecs COUNT SEED FIRST FILE...
//
// Mutation number i depends on the seed, i and the files alone. `FIRST` says where to begin, so that one that fails can be run by itself.
// Every mutated file is decoded as a whole and in part, at every scale, and what comes out is resampled and encoded again. First the
// sound files are decoded: their parts must equal the same parts of the whole.
#include "CImageCodecs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { seconds_per_file = 10, side_limit = 3000 };

typedef struct file {
  const char *name;
  uint8_t *bytes;
  size_t count;
} file;

static uint64_t state;
static char current[400];

static uint32_t draw(uint32_t below) {  // splitmix64
  state += 0x9E3779B97F4A7C15u;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (uint32_t)((z ^ (z >> 31)) >> 11) % below;
}

static void die(const char *why) {
  fprintf(stderr, "fuzz-codecs: %s: %s\n", current, why);
  _exit(3);
}

static void take_too_long(int number) {
  (void)number;
  die("takes too long");
}

// Called by the sanitizer before it ends the process.
void __asan_on_error(void) { fprintf(stderr, "fuzz-codecs: %s: error of the sanitizer\n", current); }

static file load(const char *name) {
  FILE *stream = fopen(name, "rb");
  if (!stream) {
    perror(name);
    exit(2);
  }
  fseek(stream, 0, SEEK_END);
  file loaded = {name, NULL, (size_t)ftell(stream)};
  rewind(stream);
  loaded.bytes = malloc(loaded.count ? loaded.count : 1);
  if (!loaded.bytes || fread(loaded.bytes, 1, loaded.count, stream) != loaded.count) exit(2);
  fclose(stream);
  return loaded;
}

static uint32_t scaled(uint32_t side, uint32_t eighths) { return (uint32_t)(((uint64_t)side * eighths + 7) / 8); }

static lt_image_request request_for(const lt_image_info *info, uint32_t eighths) {
  lt_image_request request = {
      .limits = {side_limit, side_limit * side_limit, 64 << 20}, .eighths = eighths,
      .width = scaled(info->width, eighths), .height = scaled(info->height, eighths), .background = {10, 200, 30}};
  return request;
}

static void shrink_to_part(lt_image_request *request) {
  uint32_t width = 1 + draw(request->width), height = 1 + draw(request->height);
  request->x = draw(request->width - width + 1);
  request->y = draw(request->height - height + 1);
  request->width = width;
  request->height = height;
}

// Decodes into memory of exactly the needed size, so that one byte too many is seen. The result is freed by the caller.
static uint8_t *decode(
    lt_image_decoder *decoder, const uint8_t *bytes, size_t count, lt_image_request request, lt_image_status *status) {
  lt_image_info info;
  lt_image_message message;
  *status = lt_decoder_open(decoder, bytes, count, &info, &message);
  if (*status) return NULL;
  if (request.width > side_limit || request.height > side_limit) {
    *status = LT_IMAGE_TOO_LARGE;
    return NULL;
  }
  size_t size = (size_t)request.width * request.height * 3;
  uint8_t *pixels = malloc(size);
  if (!pixels) exit(2);
  *status = lt_decoder_read(decoder, request, pixels, size, &message);
  if ((*status != LT_IMAGE_OK) != (message.text[0] != 0)) die("status and message disagree");
  if (*status == LT_IMAGE_INVALID) die("a request was refused");
  if (*status) {
    free(pixels);
    return NULL;
  }
  return pixels;
}

static void use(lt_resampler *resampler, const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t orientation) {
  uint8_t *turned = malloc((size_t)width * height * 3);
  if (!turned) exit(2);
  lt_image_turn(pixels, width, height, orientation, turned);
  free(turned);
  int32_t columns = 1 + (int32_t)draw(40), rows = 1 + (int32_t)draw(40);
  lt_axis x = {0, width, 0, (int32_t)width, columns, 0, columns, (int32_t)draw(2)};
  lt_axis y = {0, height, 0, (int32_t)height, rows, 0, rows, 0};
  uint8_t *target = malloc((size_t)columns * (size_t)rows * 3);
  if (!target) exit(2);
  if (!lt_resample(resampler, pixels, 0, 0, (int32_t)width, (int32_t)height, &x, &y, target)) die("not resampled");
  uint8_t *written = NULL;
  size_t count = 0;
  lt_image_message message;
  lt_image_status status =
      draw(2) ? lt_jpeg_encode(target, (uint32_t)columns, (uint32_t)rows, 1 + (int)draw(100), &written, &count, &message)
              : lt_png_encode(target, (uint32_t)columns, (uint32_t)rows, (int)draw(10), &written, &count, &message);
  if (status) die("not encoded");
  lt_image_free(written);
  free(target);
}

// --- damage

static void edit_number(uint8_t *bytes, size_t count) {
  static const uint8_t values[] = {0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF, 8, 16, 64};
  size_t width = (size_t)1 << draw(3);
  if (count < width) return;
  size_t place = draw((uint32_t)(count - width + 1));
  for (size_t i = 0; i < width; i++) bytes[place + i] = values[draw(sizeof values)];
}

static void swap_marker(uint8_t *bytes, size_t count) {
  for (int tries = 0; tries < 200; tries++) {
    size_t place = draw((uint32_t)count);
    if (bytes[place] != 0xFF || place + 1 >= count) continue;
    bytes[place + 1] = (uint8_t)draw(256);
    return;
  }
}

// Gives a damaged copy of exactly its size.
static file damaged(const file *files, uint32_t file_count) {
  const file *source = &files[draw(file_count)];
  file copy = {source->name, malloc(source->count * 2 + 64), source->count};
  if (!copy.bytes) exit(2);
  memcpy(copy.bytes, source->bytes, source->count);
  uint32_t rounds = 1 + draw(3);
  for (uint32_t round = 0; round < rounds && copy.count > 1; round++) {
    size_t head = copy.count < 700 ? copy.count : 700;
    switch (draw(8)) {
      case 0:  // bits
        for (uint32_t i = 0, flips = 1 + draw(16); i < flips; i++) {
          copy.bytes[draw((uint32_t)copy.count)] ^= (uint8_t)(1u << draw(8));
        }
        break;
      case 1: copy.count = 1 + draw((uint32_t)copy.count - 1); break;  // cut short
      case 2: edit_number(copy.bytes, head); break;
      case 3:
        for (uint32_t i = 0, edits = 1 + draw(4); i < edits; i++) edit_number(copy.bytes, head);
        break;
      case 4: swap_marker(copy.bytes, copy.count); break;
      case 5: {  // a stretch left out
        size_t start = draw((uint32_t)copy.count), length = draw((uint32_t)(copy.count - start)) / 4;
        memmove(copy.bytes + start, copy.bytes + start + length, copy.count - start - length);
        copy.count -= length;
        break;
      }
      case 6: {  // a stretch of another file put over it
        const file *other = &files[draw(file_count)];
        size_t start = draw((uint32_t)copy.count), from = draw((uint32_t)other->count);
        size_t length = copy.count - start < other->count - from ? copy.count - start : other->count - from;
        memcpy(copy.bytes + start, other->bytes + from, length ? draw((uint32_t)length) : 0);
        break;
      }
      default:  // noise
        for (uint32_t i = 0, bytes = 1 + draw(32); i < bytes; i++) {
          copy.bytes[draw((uint32_t)copy.count)] = (uint8_t)draw(256);
        }
    }
  }
  // Memory of exactly this size, so that reading behind its end is seen.
  uint8_t *exact = malloc(copy.count);
  if (!exact) exit(2);
  memcpy(exact, copy.bytes, copy.count);
  free(copy.bytes);
  copy.bytes = exact;
  return copy;
}

// --- the two parts of the check

static void check_parts(lt_image_decoder *decoder, const file *source) {
  lt_image_info info;
  lt_image_message message;
  if (lt_decoder_open(decoder, source->bytes, source->count, &info, &message)) return;
  for (uint32_t eighths = info.format == LT_IMAGE_JPEG ? 1 : 8; eighths <= 8; eighths *= 2) {
    lt_image_status status;
    lt_image_request all = request_for(&info, eighths);
    for (all.fast_upsampling = 0; all.fast_upsampling < 2; all.fast_upsampling++) {
      uint8_t *whole = decode(decoder, source->bytes, source->count, all, &status);
      if (!whole) return;
      for (int i = 0; i < 100; i++) {
        lt_image_request part = all;
        shrink_to_part(&part);
        uint8_t *pixels = decode(decoder, source->bytes, source->count, part, &status);
        if (!pixels) die("a part of a sound file is not decoded");
        for (uint32_t y = 0; y < part.height; y++) {
          const uint8_t *row = whole + ((size_t)(part.y + y) * all.width + part.x) * 3;
          if (memcmp(row, pixels + (size_t)y * part.width * 3, (size_t)part.width * 3)) {
            fprintf(
                stderr, "scale %u/8, %s upsampling, part %u x %u at %u, %u of %u x %u, row %u\n", eighths,
                part.fast_upsampling ? "fast" : "exact", part.width, part.height, part.x, part.y, all.width, all.height,
                y);
            die("a part differs from the whole");
          }
        }
        free(pixels);
      }
      free(whole);
    }
  }
}

static int check_damaged(lt_image_decoder *decoder, lt_resampler *resampler, const file *mutant) {
  lt_image_info info;
  lt_image_message message;
  lt_image_status status = lt_decoder_open(decoder, mutant->bytes, mutant->count, &info, &message);
  if (status) {
    if (!message.text[0]) die("an error without a message");
    return 0;
  }
  int decoded = 0;
  for (uint32_t eighths = info.format == LT_IMAGE_JPEG ? 1 : 8; eighths <= 8; eighths *= 2) {
    lt_image_request request = request_for(&info, eighths);
    for (int is_part = 0; is_part < 2; is_part++) {
      if (is_part) shrink_to_part(&request);
      request.fast_upsampling = request.fast_transform = (uint8_t)draw(2);
      uint8_t *pixels = decode(decoder, mutant->bytes, mutant->count, request, &status);
      if (!pixels) continue;
      decoded = 1;
      use(resampler, pixels, request.width, request.height, info.orientation);
      free(pixels);
    }
  }
  return decoded;
}

int main(int argument_count, char **arguments) {
  if (argument_count < 5) {
    fprintf(stderr, "fuzz-codecs COUNT SEED FIRST FILE...\n");
    return 2;
  }
  unsigned long count = strtoul(arguments[1], NULL, 10), first = strtoul(arguments[3], NULL, 10);
  uint64_t seed = strtoull(arguments[2], NULL, 10);
  uint32_t file_count = (uint32_t)argument_count - 4;
  file *files = calloc(file_count, sizeof *files);
  lt_image_decoder *decoder = lt_decoder_create();
  lt_resampler *resampler = lt_resampler_create();
  if (!files || !decoder || !resampler) return 2;
  signal(SIGALRM, take_too_long);
  for (uint32_t i = 0; i < file_count; i++) {
    files[i] = load(arguments[4 + i]);
    snprintf(current, sizeof current, "%s", files[i].name);
    alarm(seconds_per_file * 6);
    state = i;
    check_parts(decoder, &files[i]);
  }
  unsigned long decoded = 0;
  double slowest = 0;
  for (unsigned long i = first; i < first + count; i++) {
    state = seed * 0xD1342543DE82EF95u + i * 0x2545F4914F6CDD1Du;
    file mutant = damaged(files, file_count);
    snprintf(current, sizeof current, "mutation %lu (of %s)", i, mutant.name);
    alarm(seconds_per_file);
    clock_t begin = clock();
    decoded += (unsigned long)check_damaged(decoder, resampler, &mutant);
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (seconds > slowest) slowest = seconds;
    free(mutant.bytes);
  }
  alarm(0);
  lt_decoder_destroy(decoder);
  lt_resampler_destroy(resampler);
  for (uint32_t i = 0; i < file_count; i++) free(files[i].bytes);
  free(files);
  printf(
      "fuzz-codecs: %lu damaged files of %u, seed %llu: %lu refused, %lu decoded to something, slowest %.2f s\n", count,
      file_count, (unsigned long long)seed, count - decoded, decoded, slowest);
  return 0;
}
