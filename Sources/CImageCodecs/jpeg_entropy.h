// A faster Huffman decoder for libjpeg-turbo; see jpeg_entropy.c. Not part of the interface.
#pragma once

#include "shared.h"

#include <jpeglib.h>

typedef struct lt_jpeg_entropy lt_jpeg_entropy;

// Takes the place of the library's own decoder for the scan that has just been started, where it can (baseline, one scan). `entropy` is
// made at the first use and kept for the next file. On damage `fail` is called, which must not return.
void lt_jpeg_entropy_attach(
    j_decompress_ptr library, lt_jpeg_entropy **entropy, void (*fail)(j_decompress_ptr library, const char *text));

void lt_jpeg_entropy_destroy(lt_jpeg_entropy *entropy);
