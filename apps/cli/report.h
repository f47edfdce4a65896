#ifndef SPX_CLI_REPORT_H
#define SPX_CLI_REPORT_H

/* What the command line says about one photo: a line for people, or one line of JSON. */
#include "cli/photo_list.h"

#include "spx/spx.h"

#include <jansson.h>
#include <stdio.h>

typedef struct spx_report_style {
    int json;    /* one JSON object per line instead of text */
    int verbose; /* text: also stages and files */
} spx_report_style;

/** seconds: from reading to writing, as the user waited. */
void spx_report_done(FILE *to, spx_report_style style, const spx_listed_photo *photo,
                     const spx_result *result, double seconds);

/** The JSON line of spx_report_done() as an object, owned by the caller; NULL without memory. */
json_t *spx_report_json(const spx_listed_photo *photo, const spx_result *result, double seconds);
/** Prints such an object, which may have been changed, in either style. */
void spx_report_told(FILE *to, spx_report_style style, const json_t *told);

/**
 * Warnings and notes of a photo, a line each: "spx: PATH: warning: SENTENCE [code]". notes: 0
 * leaves them out.
 */
void spx_report_warnings(FILE *to, const char *path, const spx_warning_list *warnings, int notes);

/** The JSON line of a photo that failed. */
void spx_report_failed_json(FILE *to, const spx_listed_photo *photo, spx_status status,
                            const char *text);

/** A line with the distances in a photo, where they are known. */
void spx_report_distances(FILE *to, const spx_summary *summary);

#endif
