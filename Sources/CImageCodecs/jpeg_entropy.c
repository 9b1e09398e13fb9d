// Huffman decoding is most of the time of decoding a JPEG, above all when only a part of the image is wanted: every code in front of the
// part has to be read. libjpeg-turbo reads each coefficient in three dependent steps (code, extra bits, sign) and looks for stuffed bytes
// on the way. Here the stuffing is taken out beforehand, and one table lookup gives run, value and length of most coefficients. The
// rest (inverse transform, colour) stays the library's, so the pixels are the same.
//
// The library's own header for such extensions, jpegint.h, says where to hook in; without it nothing is replaced.
#include "jpeg_entropy.h"

#if defined(__has_include)
#if __has_include(<jpegint.h>) && defined(LIBJPEG_TURBO_VERSION_NUMBER)
#if LIBJPEG_TURBO_VERSION_NUMBER >= 2000000 && LIBJPEG_TURBO_VERSION_NUMBER < 4000000 && BITS_IN_JSAMPLE == 8
#define LT_HAS_ENTROPY 1
#endif
#endif
#endif

#ifndef LT_HAS_ENTROPY

struct lt_jpeg_entropy {
  int unused;
};

void lt_jpeg_entropy_attach(
    j_decompress_ptr library, lt_jpeg_entropy **entropy, void (*fail)(j_decompress_ptr library, const char *text)) {
  (void)library, (void)entropy, (void)fail;
}

void lt_jpeg_entropy_destroy(lt_jpeg_entropy *entropy) { (void)entropy; }

#else

#define JPEG_INTERNALS
#include <jpegint.h>

enum { lookup_bits = 10, longest_code = 16, padding = 16 };

// What the next bits of a stream mean, in one word:
//   bits 0-5    length of the code and its extra bits; all zero: the code is longer than the lookup
//   bit 7       the extra bits reach beyond the lookup; the value must be taken from the stream
//   bits 8-15   zeros in front of the coefficient; `ends_block` when none follows
//   bits 16-31  the coefficient; with bit 7 the length of the code (low byte) and the number of extra bits (high byte)
typedef uint32_t entry;

enum { length_mask = 0x3F, is_cut = 0x80, ends_block = 64 };

typedef struct table {
  JHUFF_TBL source;  // what the table was made from
  int is_made;
  entry entries[1 << lookup_bits];
  // For longer codes: the first value that is not a code of this length, left-aligned in 16 bits, and where its symbols are.
  uint32_t limits[longest_code + 2];
  int32_t offsets[longest_code + 2];
} table;

struct lt_jpeg_entropy {
  table dc[NUM_HUFF_TBLS];
  table ac[NUM_HUFF_TBLS];
  void (*fail)(j_decompress_ptr library, const char *text);
  // A stretch of the scan up to the next marker, without stuffing.
  uint8_t *bytes;
  size_t capacity;
  size_t count;
  size_t position;
  const uint8_t *rest;  // the marker behind it, or the end of the file
  const uint8_t *end;
  uint64_t buffer;      // the next bits, the first one uppermost
  int32_t available;    // how many of them are there; below 0 when too many were taken
  int32_t predictions[MAX_COMPS_IN_SCAN];
  uint32_t restarts_to_go;
  int next_restart;
};

// Behind the 64 coefficients: the end of a block, and in damaged files runs that lead too far. Both come out at the last coefficient.
static const uint8_t zigzag[64 + 64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,
    7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
    53, 60, 61, 54, 47, 55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
};

// --- tables

static int32_t extended(int32_t bits, int size) { return bits < (1 << (size - 1)) ? bits - (1 << size) + 1 : bits; }

static entry packed(int32_t value, int run, int flags, int length) {
  return (uint32_t)value << 16 | (uint32_t)run << 8 | (uint32_t)flags | (uint32_t)length;
}

// The entry of a code whose extra bits are still in the stream.
static entry cut_entry(uint8_t symbol, int code, int is_ac) {
  int size = is_ac ? symbol & 15 : symbol, run = is_ac ? symbol >> 4 : 0;
  if (is_ac && size == 0) return packed(0, run < 15 ? ends_block : run, 0, code);
  return size ? packed(code | size << 8, run, is_cut, code + size) : packed(0, run, 0, code);
}

static entry whole_entry(entry cut, uint32_t extra_bits) {
  if (!(cut & is_cut)) return cut;
  int32_t value = extended((int32_t)extra_bits, (int)(cut >> 24));
  return packed(value, (int)(cut >> 8 & 0xFF), 0, (int)(cut & length_mask));
}

// Fills the table from code lengths and symbols; 0 when the lengths are impossible.
static int make(table *made, const JHUFF_TBL *source, int is_ac) {
  memset(made->entries, 0, sizeof made->entries);
  uint32_t code = 0;
  int32_t symbol = 0;
  for (int length = 1; length <= longest_code; length++) {
    made->offsets[length] = symbol - (int32_t)code;
    for (int i = 0; i < source->bits[length]; i++, code++, symbol++) {
      if (symbol >= 256 || code >= (1u << length) || (!is_ac && source->huffval[symbol] > 15)) return 0;
      if (length > lookup_bits) continue;
      entry cut = cut_entry(source->huffval[symbol], length, is_ac);
      int free_bits = lookup_bits - length, size = (int)(cut & length_mask) - length;
      for (uint32_t rest = 0; rest < (1u << free_bits); rest++) {
        made->entries[(code << free_bits) | rest] = size <= free_bits ? whole_entry(cut, rest >> (free_bits - size)) : cut;
      }
    }
    made->limits[length] = code << (longest_code - length);
    code <<= 1;
  }
  made->source = *source;
  made->is_made = 1;
  return 1;
}

static int prepare_table(table *made, const JHUFF_TBL *source, int is_ac) {
  if (!source) return 0;
  if (made->is_made && !memcmp(made->source.bits, source->bits, sizeof source->bits) &&
      !memcmp(made->source.huffval, source->huffval, sizeof source->huffval)) {
    return 1;
  }
  made->is_made = 0;
  return make(made, source, is_ac);
}

// --- bytes

static int ensure(lt_jpeg_entropy *entropy, size_t size) {
  if (size <= entropy->capacity) return 1;
  free(entropy->bytes);
  entropy->bytes = malloc(size);
  entropy->capacity = entropy->bytes ? size : 0;
  return entropy->bytes != NULL;
}

// Copies the bytes up to the next marker; 0xFF 0x00 stands for 0xFF.
static void take_stretch(lt_jpeg_entropy *entropy, const uint8_t *start) {
  const uint8_t *end = entropy->end;
  uint8_t *target = entropy->bytes;
  entropy->rest = end;
  while (start < end) {
    const uint8_t *mark = memchr(start, 0xFF, (size_t)(end - start));
    size_t plain = (size_t)((mark ? mark : end) - start);
    memcpy(target, start, plain);
    target += plain;
    if (!mark) break;
    start = mark + 1;
    while (start < end && *start == 0xFF) start++;  // fill bytes
    if (start == end || *start) {
      entropy->rest = mark;
      break;
    }
    *target++ = 0xFF;
    start++;
  }
  entropy->count = (size_t)(target - entropy->bytes);
  memset(target, 0, padding);
  entropy->position = 0;
  entropy->buffer = 0;
  entropy->available = 0;
}

// Behind the end zeros are read; `available` then stops growing and tells how many were taken.
static inline void refill(
    const uint8_t *bytes, size_t *position, size_t count, uint64_t *buffer, int32_t *available) {
  if (*position + 8 <= count) {
    uint64_t next;
    memcpy(&next, bytes + *position, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    next = __builtin_bswap64(next);
#endif
    *buffer |= next >> *available;
    int32_t whole = (63 - *available) >> 3;
    *position += (size_t)whole;
    *available += whole * 8;
    return;
  }
  while (*position < count && *available <= 56) {
    *buffer |= (uint64_t)bytes[(*position)++] << (56 - *available);
    *available += 8;
  }
}

// --- blocks

// The symbol of a code that is longer than the lookup; -1 when there is no such code.
static int long_symbol(const table *table, uint64_t buffer, int *length) {
  uint32_t bits = (uint32_t)(buffer >> 48);
  for (int size = lookup_bits + 1; size <= longest_code; size++) {
    if (bits >= table->limits[size]) continue;
    int32_t index = (int32_t)(bits >> (longest_code - size)) + table->offsets[size];
    if (index < 0 || index > 255) return -1;
    *length = size;
    return table->source.huffval[index];
  }
  return -1;
}

static __attribute__((noinline)) entry long_entry(const table *table, uint64_t buffer, int is_ac) {
  int length = 0, symbol = long_symbol(table, buffer, &length);
  return symbol < 0 ? 0 : cut_entry((uint8_t)symbol, length, is_ac);
}

// The value of a cut entry. The first bits of the buffer are those of its code.
static inline int32_t cut_value(entry cut, uint64_t buffer) {
  int code = (int)(cut >> 16 & 0xFF), size = (int)(cut >> 24);
  return extended((int32_t)((buffer << code) >> (64 - size)), size);
}

#define LT_REFILL() \
  if (available < 32) refill(bytes, &position, count, &buffer, &available)

#define LT_TAKE(length) \
  do { \
    buffer <<= (length); \
    available -= (length); \
  } while (0)

// One group of blocks. Without `blocks` they are only passed over. Gives 0 at a code that does not exist.
static inline __attribute__((always_inline)) int read_group(
    lt_jpeg_entropy *entropy, j_decompress_ptr library, JBLOCKROW *blocks, int is_kept) {
  const uint8_t *bytes = entropy->bytes;
  size_t position = entropy->position, count = entropy->count;
  uint64_t buffer = entropy->buffer;
  int32_t available = entropy->available;
  for (int number = 0; number < library->blocks_in_MCU; number++) {
    int member = library->MCU_membership[number];
    const jpeg_component_info *component = library->cur_comp_info[member];
    const table *dc = &entropy->dc[component->dc_tbl_no], *ac = &entropy->ac[component->ac_tbl_no];
    JCOEF *block = is_kept ? *blocks[number] : NULL;
    LT_REFILL();
    entry next = dc->entries[buffer >> (64 - lookup_bits)];
    if (!next && !(next = long_entry(dc, buffer, 0))) return 0;
    int32_t difference = next & is_cut ? cut_value(next, buffer) : (int32_t)next >> 16;
    LT_TAKE(next & length_mask);
    entropy->predictions[member] = (int32_t)((uint32_t)entropy->predictions[member] + (uint32_t)difference);
    if (is_kept) block[0] = (JCOEF)entropy->predictions[member];
    for (uint32_t k = 1; k < DCTSIZE2; k++) {
      LT_REFILL();
      next = ac->entries[buffer >> (64 - lookup_bits)];
      if (__builtin_expect(!next, 0) && !(next = long_entry(ac, buffer, 1))) return 0;
      k += next >> 8 & 0xFF;
      if (is_kept) {
        int32_t value = (int32_t)next >> 16;
        if (__builtin_expect(next & is_cut, 0)) value = cut_value(next, buffer);
        // Where a run ends without a coefficient, this writes a zero over a zero.
        block[zigzag[k]] = (JCOEF)value;
      }
      LT_TAKE(next & length_mask);
    }
    // Bits behind the end are zeros; shifting by more than there are is harmless, the count tells.
    if (available < 0) break;
  }
  entropy->position = position;
  entropy->buffer = buffer;
  entropy->available = available;
  return 1;
}

static void restart(lt_jpeg_entropy *entropy, j_decompress_ptr library) {
  const uint8_t *mark = entropy->rest;
  while (mark < entropy->end && *mark == 0xFF) mark++;
  if (mark == entropy->end || *mark != 0xD0 + entropy->next_restart) {
    entropy->fail(library, "Corrupt JPEG data: a restart marker is missing");
  }
  take_stretch(entropy, mark + 1);
  memset(entropy->predictions, 0, sizeof entropy->predictions);
  entropy->next_restart = (entropy->next_restart + 1) & 7;
  entropy->restarts_to_go = library->restart_interval;
}

static boolean read_mcu(j_decompress_ptr library, JBLOCKROW *blocks) {
  lt_jpeg_entropy *entropy = library->client_data;
  if (library->restart_interval) {
    if (!entropy->restarts_to_go) restart(entropy, library);
    entropy->restarts_to_go--;
  }
  int is_code = blocks ? read_group(entropy, library, blocks, 1) : read_group(entropy, library, NULL, 0);
  if (!is_code) entropy->fail(library, "Corrupt JPEG data: bad Huffman code");
  if (entropy->available < 0) entropy->fail(library, "Corrupt JPEG data: the image ends too early");
  // Where the library goes on looking for markers after the last group.
  library->src->bytes_in_buffer = (size_t)(entropy->end - entropy->rest);
  library->src->next_input_byte = entropy->rest;
  return TRUE;
}

// --- hooking in

static int fits(j_decompress_ptr library) {
  if (library->progressive_mode || library->arith_code || library->inputctl->has_multiple_scans) return 0;
#if LIBJPEG_TURBO_VERSION_NUMBER >= 3000000
  if (library->master->lossless) return 0;
#endif
  return library->data_precision == 8 && library->comps_in_scan == library->num_components && library->Ss == 0 &&
         library->Se == DCTSIZE2 - 1 && library->Ah == 0 && library->Al == 0;
}

void lt_jpeg_entropy_attach(
    j_decompress_ptr library, lt_jpeg_entropy **kept, void (*fail)(j_decompress_ptr library, const char *text)) {
  if (!fits(library)) return;
  if (!*kept) *kept = calloc(1, sizeof **kept);
  lt_jpeg_entropy *entropy = *kept;
  if (!entropy || !ensure(entropy, library->src->bytes_in_buffer + padding)) return;
  for (int i = 0; i < library->comps_in_scan; i++) {
    int dc = library->cur_comp_info[i]->dc_tbl_no, ac = library->cur_comp_info[i]->ac_tbl_no;
    if (dc < 0 || dc >= NUM_HUFF_TBLS || ac < 0 || ac >= NUM_HUFF_TBLS) return;
    if (!prepare_table(&entropy->dc[dc], library->dc_huff_tbl_ptrs[dc], 0)) return;
    if (!prepare_table(&entropy->ac[ac], library->ac_huff_tbl_ptrs[ac], 1)) return;
  }
  entropy->fail = fail;
  entropy->end = library->src->next_input_byte + library->src->bytes_in_buffer;
  memset(entropy->predictions, 0, sizeof entropy->predictions);
  entropy->restarts_to_go = library->restart_interval;
  entropy->next_restart = 0;
  take_stretch(entropy, library->src->next_input_byte);
  library->client_data = entropy;
  library->entropy->decode_mcu = read_mcu;
}

void lt_jpeg_entropy_destroy(lt_jpeg_entropy *entropy) {
  if (!entropy) return;
  free(entropy->bytes);
  free(entropy);
}

#endif
