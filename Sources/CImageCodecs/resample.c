// Antialiased bilinear resampling in fixed point, exact to the bit of Pillow's.
//
// A weight has 22 bits behind the binary point, which no 16-bit multiplication takes. The vector form splits it into two halves of 11 bits,
// multiplies and adds each by itself, and puts the two sums together at the end: the same integer as the plain form, twice as fast.
#include "shared.h"

#include <math.h>

#if defined(__x86_64__) && (defined(__clang__) || defined(__GNUC__))
#define LT_HAS_AVX2 1
#include <immintrin.h>
#endif

enum { fraction_bits = 22, half_bits = 11, padding = 64, group_taps = 4 };
static const int32_t rounding = 1 << (fraction_bits - 1);

// The weights of an axis in the order of the wanted outputs.
typedef struct taps {
  int32_t *starts;
  int32_t *counts;
  int32_t *weights;  // `stride` for each output
  size_t stride;
  size_t capacity;  // bytes of the block that all three lie in
} taps;

struct lt_resampler {
  taps columns;
  taps rows;
  uint8_t *narrowed;  // the rows at their new width
  size_t narrowed_capacity;
  uint8_t *packed;  // column weights in the order of the vector form
  size_t packed_capacity;
  uint8_t *last_row;  // a copy with room behind it
  size_t last_row_capacity;
  int is_vectorized;
};

static int has_vectors(void) {
#ifdef LT_HAS_AVX2
  return __builtin_cpu_supports("avx2");
#else
  return 0;
#endif
}

lt_resampler *lt_resampler_create(void) {
  lt_resampler *resampler = calloc(1, sizeof *resampler);
  if (resampler) resampler->is_vectorized = has_vectors();
  return resampler;
}

void lt_resampler_destroy(lt_resampler *resampler) {
  if (!resampler) return;
  free(resampler->columns.starts);
  free(resampler->rows.starts);
  free(resampler->narrowed);
  free(resampler->packed);
  free(resampler->last_row);
  free(resampler);
}

int lt_resampler_set_vectorized(lt_resampler *resampler, int is_vectorized) {
  int former = resampler->is_vectorized;
  resampler->is_vectorized = is_vectorized && has_vectors();
  return former;
}

// Grows a block whose content is not needed any more.
static int ensure(uint8_t **block, size_t *capacity, size_t size) {
  if (size <= *capacity) return 1;
  free(*block);
  *block = malloc(size);
  *capacity = *block ? size : 0;
  return *block != NULL;
}

// --- weights

// Half the width of the filter, in source pixels.
static double support_of(const lt_axis *axis) { return fmax(axis->length / axis->outputs, 1); }

// The source positions of one output, before weights of zero are left out.
static void range_of(const lt_axis *axis, int32_t output, double *center, int32_t *begin, int32_t *end) {
  double support = support_of(axis);
  *center = axis->start + (output + 0.5) * (axis->length / axis->outputs);
  double low = *center - support + 0.5, high = *center + support + 0.5;
  *begin = low < axis->lower ? axis->lower : low > axis->upper - 1 ? axis->upper - 1 : (int32_t)low;
  *end = high > axis->upper ? axis->upper : high < *begin + 1 ? *begin + 1 : (int32_t)high;
}

void lt_axis_extent(const lt_axis *axis, int32_t *begin, int32_t *end) {
  double center;
  int32_t other;
  range_of(axis, axis->first, &center, begin, &other);
  range_of(axis, axis->first + axis->count - 1, &center, &other, end);
}

static int prepare_taps(taps *table, const lt_axis *axis) {
  size_t count = (size_t)axis->count;
  table->stride = (size_t)ceil(support_of(axis)) * 2 + 1;
  size_t size = count * (2 + table->stride) * sizeof(int32_t);
  if (!ensure((uint8_t **)&table->starts, &table->capacity, size)) return 0;
  table->counts = table->starts + count;
  table->weights = table->counts + count;
  double inverse = 1 / support_of(axis);
  for (size_t place = 0; place < count; place++) {
    size_t offset = axis->is_mirrored ? count - 1 - place : place;
    double center, sum = 0;
    int32_t begin, end;
    range_of(axis, axis->first + (int32_t)offset, &center, &begin, &end);
    int32_t *weights = table->weights + place * table->stride;
    int32_t used = 0;
    for (int32_t x = begin; x < end; x++) sum += fmax(1 - fabs((x - center + 0.5) * inverse), 0);
    double scale = sum > 0 ? 1 / sum : 0;
    for (int32_t x = begin; x < end; x++) {
      double weight = fmax(1 - fabs((x - center + 0.5) * inverse), 0) * scale;
      weights[x - begin] = (int32_t)(weight * (1 << fraction_bits) + 0.5);
      if (weights[x - begin]) used = x - begin + 1;
    }
    if (!used) {  // a stretch so short that every centre falls beside its pixel
      weights[0] = 1 << fraction_bits;
      used = 1;
    }
    table->starts[place] = begin;
    table->counts[place] = used;
  }
  return 1;
}

static uint8_t byte_of(int32_t sum) {
  sum >>= fraction_bits;
  return sum > 255 ? 255 : (uint8_t)sum;
}

// --- plain form

static void narrow_row(const taps *table, size_t count, const uint8_t *row, int32_t x, uint8_t *target) {
  for (size_t place = 0; place < count; place++, target += 3) {
    const int32_t *weights = table->weights + place * table->stride;
    const uint8_t *pixel = row + (size_t)(table->starts[place] - x) * 3;
    int32_t red = rounding, green = rounding, blue = rounding;
    for (int32_t k = 0; k < table->counts[place]; k++, pixel += 3) {
      red += weights[k] * pixel[0];
      green += weights[k] * pixel[1];
      blue += weights[k] * pixel[2];
    }
    target[0] = byte_of(red);
    target[1] = byte_of(green);
    target[2] = byte_of(blue);
  }
}

static void blend_rows(
    const uint8_t *rows, size_t stride, const int32_t *weights, int32_t count, size_t bytes, uint8_t *target) {
  for (size_t i = 0; i < bytes; i++) {
    int32_t sum = rounding;
    for (int32_t k = 0; k < count; k++) sum += weights[k] * rows[(size_t)k * stride + i];
    target[i] = byte_of(sum);
  }
}

// --- vector form

#ifdef LT_HAS_AVX2

// For every four taps of an output 64 bytes: the upper halves of the weights, then the lower ones, each as pairs of 16 bits three times over.
static int pack_weights(lt_resampler *resampler, size_t count) {
  const taps *table = &resampler->columns;
  size_t groups = (table->stride + group_taps - 1) / group_taps;
  if (!ensure(&resampler->packed, &resampler->packed_capacity, count * groups * 64 + 64)) return 0;
  int16_t *target = (int16_t *)(((uintptr_t)resampler->packed + 63) & ~(uintptr_t)63);
  for (size_t place = 0; place < count; place++) {
    const int32_t *weights = table->weights + place * table->stride;
    for (int32_t first = 0; first < table->counts[place]; first += group_taps, target += 32) {
      for (int32_t lane = 0; lane < 2; lane++) {
        for (int32_t element = 0; element < 8; element++) {
          int32_t k = first + lane * 2 + (element & 1);
          int32_t weight = k < table->counts[place] && element < 6 ? weights[k] : 0;
          target[lane * 8 + element] = (int16_t)(weight >> half_bits);
          target[16 + lane * 8 + element] = (int16_t)(weight & ((1 << half_bits) - 1));
        }
      }
    }
  }
  return 1;
}

// Reads up to 13 bytes behind the last pixel of the row and writes one byte behind the last pixel of the target.
__attribute__((target("avx2"))) static void narrow_row_avx2(
    const lt_resampler *resampler, size_t count, const uint8_t *row, int32_t x, uint8_t *target) {
  const taps *table = &resampler->columns;
  const __m256i *weights = (const __m256i *)(((uintptr_t)resampler->packed + 63) & ~(uintptr_t)63);
  const __m256i order = _mm256_setr_epi8(
      0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,
      6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  const __m128i half = _mm_set1_epi32(rounding);
  for (size_t place = 0; place < count; place++, target += 3) {
    const uint8_t *pixel = row + (size_t)(table->starts[place] - x) * 3;
    __m256i upper = _mm256_setzero_si256(), lower = upper;
    for (int32_t rest = table->counts[place]; rest > 0; rest -= group_taps, pixel += 3 * group_taps, weights += 2) {
      __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)pixel));
      __m256i pairs = _mm256_shuffle_epi8(bytes, order);
      upper = _mm256_add_epi32(upper, _mm256_madd_epi16(pairs, _mm256_load_si256(weights)));
      lower = _mm256_add_epi32(lower, _mm256_madd_epi16(pairs, _mm256_load_si256(weights + 1)));
    }
    __m256i both = _mm256_add_epi32(_mm256_slli_epi32(upper, half_bits), lower);
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
    sum = _mm_srai_epi32(_mm_add_epi32(sum, half), fraction_bits);
    sum = _mm_packus_epi16(_mm_packs_epi32(sum, sum), sum);
    uint32_t bits = (uint32_t)_mm_cvtsi128_si32(sum);
    memcpy(target, &bits, 4);
  }
}

__attribute__((target("avx2"))) static __m256i whole_sum(__m256i upper, __m256i lower) {
  __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(upper, half_bits), lower);
  return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(rounding)), fraction_bits);
}

// Rows are padded to whole vectors; the target is not.
__attribute__((target("avx2"))) static void blend_rows_avx2(
    const uint8_t *rows, size_t stride, const int32_t *weights, int32_t count, size_t bytes, uint8_t *target) {
  const int32_t mask = (1 << half_bits) - 1;
  for (size_t i = 0; i < bytes; i += 16) {
    __m256i upper0 = _mm256_setzero_si256(), upper1 = upper0, lower0 = upper0, lower1 = upper0;
    const uint8_t *row = rows + i;
    for (int32_t k = 0; k < count; k += 2, row += 2 * stride) {
      int has_second = k + 1 < count;
      int32_t one = weights[k], two = has_second ? weights[k + 1] : 0;
      __m256i first = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)row));
      __m256i second = has_second ? _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + stride))) : first;
      __m256i upper = _mm256_set1_epi32((one >> half_bits) | (two >> half_bits) << 16);
      __m256i lower = _mm256_set1_epi32((one & mask) | (two & mask) << 16);
      __m256i pairs0 = _mm256_unpacklo_epi16(first, second), pairs1 = _mm256_unpackhi_epi16(first, second);
      upper0 = _mm256_add_epi32(upper0, _mm256_madd_epi16(pairs0, upper));
      upper1 = _mm256_add_epi32(upper1, _mm256_madd_epi16(pairs1, upper));
      lower0 = _mm256_add_epi32(lower0, _mm256_madd_epi16(pairs0, lower));
      lower1 = _mm256_add_epi32(lower1, _mm256_madd_epi16(pairs1, lower));
    }
    __m256i words = _mm256_packs_epi32(whole_sum(upper0, lower0), whole_sum(upper1, lower1));
    __m128i packed = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    if (bytes - i >= 16) {
      _mm_storeu_si128((__m128i *)(target + i), packed);
    } else {
      uint8_t rest[16];
      _mm_storeu_si128((__m128i *)rest, packed);
      memcpy(target + i, rest, bytes - i);
    }
  }
}

#endif

// --- both axes

typedef struct part {
  const uint8_t *bytes;
  int32_t x, y, width, height;
} part;

static int narrow(lt_resampler *resampler, const part *source, int32_t begin, int32_t end, size_t count, size_t stride) {
  size_t row_bytes = (size_t)source->width * 3;
#ifdef LT_HAS_AVX2
  if (resampler->is_vectorized) {
    if (!pack_weights(resampler, count)) return 0;
    if (!ensure(&resampler->last_row, &resampler->last_row_capacity, row_bytes + padding)) return 0;
  }
#endif
  for (int32_t y = begin; y < end; y++) {
    const uint8_t *row = source->bytes + (size_t)(y - source->y) * row_bytes;
    uint8_t *target = resampler->narrowed + (size_t)(y - begin) * stride;
#ifdef LT_HAS_AVX2
    if (resampler->is_vectorized) {
      size_t behind = (size_t)(source->y + source->height - 1 - y) * row_bytes;
      if (behind < 16) row = memcpy(resampler->last_row, row, row_bytes);
      narrow_row_avx2(resampler, count, row, source->x, target);
      continue;
    }
#endif
    narrow_row(&resampler->columns, count, row, source->x, target);
  }
  return 1;
}

static void blend(lt_resampler *resampler, int32_t begin, size_t row_bytes, size_t stride, size_t count, uint8_t *target) {
  const taps *table = &resampler->rows;
  for (size_t place = 0; place < count; place++, target += row_bytes) {
    const uint8_t *rows = resampler->narrowed + (size_t)(table->starts[place] - begin) * stride;
    const int32_t *weights = table->weights + place * table->stride;
#ifdef LT_HAS_AVX2
    if (resampler->is_vectorized) {
      blend_rows_avx2(rows, stride, weights, table->counts[place], row_bytes, target);
      continue;
    }
#endif
    blend_rows(rows, stride, weights, table->counts[place], row_bytes, target);
  }
}

static int is_sound(const lt_axis *axis) {
  return axis->outputs > 0 && axis->first >= 0 && axis->count > 0 && axis->count <= axis->outputs - axis->first &&
         axis->lower < axis->upper && axis->length > 0;
}

int lt_resample(
    lt_resampler *resampler, const uint8_t *source, int32_t x, int32_t y, int32_t width, int32_t height,
    const lt_axis *columns, const lt_axis *rows, uint8_t *target) {
  if (!resampler || !source || !target || !is_sound(columns) || !is_sound(rows)) return 0;
  int32_t left, right, top, bottom;
  lt_axis_extent(columns, &left, &right);
  lt_axis_extent(rows, &top, &bottom);
  if (left < x || top < y || right > x + width || bottom > y + height) return 0;
  if (!prepare_taps(&resampler->columns, columns) || !prepare_taps(&resampler->rows, rows)) return 0;
  size_t row_bytes = (size_t)columns->count * 3;
  size_t stride = (row_bytes + padding - 1) / padding * padding + padding;
  size_t size = stride * (size_t)(bottom - top) + padding;
  if (!ensure(&resampler->narrowed, &resampler->narrowed_capacity, size)) return 0;
  part whole = {source, x, y, width, height};
  if (!narrow(resampler, &whole, top, bottom, (size_t)columns->count, stride)) return 0;
  blend(resampler, top, row_bytes, stride, (size_t)rows->count, target);
  return 1;
}
