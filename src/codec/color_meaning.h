#ifndef SPX_CODEC_COLOR_MEANING_H
#define SPX_CODEC_COLOR_MEANING_H

#include "base/bytes.h"
#include "base/task.h"
#include "container/png_color.h"
#include "container/spatial_heif.h"
#include "image/photo.h"
#include "image/primaries.h"

/** All that a file says of its colours. Zeros = it says nothing. Borrowed. */
typedef struct spx_color_signs {
    const spx_bytes *icc; /* a sound RGB profile; may be NULL or empty */
    int has_nclx;         /* HEIF, AVIF: 'colr', else what the coded data says */
    spx_nclx nclx;
    spx_png_color png;
    const spx_bytes *exif; /* from "II" or "MM" on; may be NULL or empty */
} spx_color_signs;

typedef enum spx_color_kind {
    SPX_COLOR_SRGB,    /* or nothing was said */
    SPX_COLOR_PROFILE, /* as the file's profile says */
    SPX_COLOR_SPACE,   /* primaries and curve below */
    SPX_COLOR_PQ,      /* HDR: primaries below */
    SPX_COLOR_HLG,
} spx_color_kind;

/** What the pixels mean. */
typedef struct spx_color_meaning {
    spx_color_kind kind;
    spx_primaries primaries; /* of SPACE, PQ, HLG */
    double gamma;            /* of SPACE: exponent of decoding; 0 = sRGB's curve */
    const char *name;        /* of SPACE: for the profile; static storage */
} spx_color_meaning;

/**
 * The one place that decides. HDR code points count first; then, as the PNG and HEIF standards
 * order them: cICP before a profile in PNG, a profile before nclx in HEIF; then the chunks sRGB,
 * gAMA and cHRM; then EXIF (Adobe RGB by the DCF rule); then sRGB.
 */
void spx_color_decide(spx_color_meaning *out, const spx_color_signs *signs);

/** Gives a photo the profile that its meaning asks for; HDR pixels become SDR ones in Display P3.
 */
SPX_NODISCARD spx_status spx_color_apply(spx_photo *photo, const spx_color_meaning *meaning,
                                         const spx_task *task, spx_diag *diag);

/** A profile with these primaries; gamma as in spx_color_meaning. *out must be empty. */
SPX_NODISCARD spx_status spx_icc_make(spx_bytes *out, const spx_primaries *primaries, double gamma,
                                      const char *name, spx_diag *diag);

#endif
