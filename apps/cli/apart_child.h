#ifndef SPX_CLI_APART_CHILD_H
#define SPX_CLI_APART_CHILD_H

/* What a verb does in the process for one photo. */
#include "child/inside.h"

#include <jansson.h>
#include <stdio.h>

/** What a verb says of itself once its options are read; zero at first, all borrowed for ever. */
typedef struct spx_apart_plan {
    spx_engine_options engine;
    int has_network;   /* weights may be read: those of … */
    const char *model; /* as in spx_convert_options */
    const char *reads; /* one more file; may be NULL */
    spx_child_work work;
} spx_apart_plan;

/** The photo at hand. */
typedef struct spx_apart_scene {
    const spx_input *input; /* with data */
    char *photo;            /* as it was named; "-" too */
    char *output;           /* the folder to write to; NULL = none */
    const char *name;       /* of the file to make there; NULL = the verb knows */
    int asks;               /* there is somebody to ask */
    const spx_watch *watch;
    FILE *out; /* what the parent prints … */
    FILE *errors;
    json_t *told; /* … and what it gets besides: an object */
} spx_apart_scene;

typedef struct spx_apart_verb {
    const char *name;
    /** Reads the options, in static storage. Returns 0 when they make no sense. */
    int (*read)(spx_apart_plan *plan, int *argc, char **argv);
    spx_status (*work)(const spx_apart_scene *scene, spx_engine *engine, spx_diag *diag);
} spx_apart_verb;

extern const spx_apart_verb spx_apart_convert;
extern const spx_apart_verb spx_apart_outpaint;
extern const spx_apart_verb spx_apart_compare;
extern const spx_apart_verb spx_apart_comfort;
extern const spx_apart_verb spx_apart_info;

/** A question that the library has for a person, passed to the parent. */
spx_stereo_input spx_apart_ask(void *user, const char *name, spx_stereo_input looks_like);

/** Does what is asked and ends the process. */
_Noreturn void spx_apart_child_main(const json_t *request);

#endif
