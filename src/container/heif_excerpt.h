#ifndef SPX_CONTAINER_HEIF_EXCERPT_H
#define SPX_CONTAINER_HEIF_EXCERPT_H

#include "container/heif_reader.h"

/**
 * One picture of a HEIF file as a small HEIF file of its own: the item, what it is derived from
 * (tiles of a grid, layers) and its alpha channel, with the properties that decoding needs. Groups,
 * depth, gain maps, metadata and every other reference are left out, so that a decoder cannot
 * stumble over them. Media data is not copied: the excerpt is `head` followed by pieces of the
 * original file.
 */
typedef struct spx_heif_excerpt spx_heif_excerpt;

/** The item must exist and be a coded or derived picture (SPX_ERR_NOT_FOUND, SPX_ERR_UNSUPPORTED).
 * The file's bytes are borrowed until spx_heif_excerpt_destroy(). */
SPX_NODISCARD spx_status spx_heif_excerpt_create(spx_heif_excerpt **out, const spx_heif *heif,
                                                 uint32_t item, spx_diag *diag);
void spx_heif_excerpt_destroy(spx_heif_excerpt *excerpt); /* NULL is fine */

/** Bytes of the whole excerpt. */
uint64_t spx_heif_excerpt_size(const spx_heif_excerpt *excerpt);
/** Copies bytes from `at` on; returns how many there were, `size` at most. */
size_t spx_heif_excerpt_copy(const spx_heif_excerpt *excerpt, uint64_t at, void *out, size_t size);

/** 1 = pixels can be made of an item of that type: hvc1, av01, jpeg, grid, iden, iovl. */
int spx_heif_is_picture(uint32_t type);

/**
 * Which item is the photo: the primary one. A tone-mapped one ('tmap', ISO 21496-1) stands for its
 * base picture. A file without a primary item gives the first picture that is not hidden. 0 = the
 * file has no picture.
 */
uint32_t spx_heif_photo_item(const spx_heif *heif);

#endif
