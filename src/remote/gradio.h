#ifndef SPX_REMOTE_GRADIO_H
#define SPX_REMOTE_GRADIO_H

/*
 * A client for Gradio 4.0 to 6.x (and functions of 3.x that take no queue): the function of a Space
 * that paints around a photo.
 *
 *     resolve → config → info → upload → join → stream → download → paste
 *
 * Each step is a function here, in its own file: gradio_space, gradio_config, gradio_inputs,
 * gradio_queue, gradio_result. One talk is used by one thread.
 */
#include "net/http.h"
#include "outpaint/request.h"
#include "remote/plan.h"

#include <jansson.h>

/** The engine SPX_OUTPAINT_GRADIO. */
spx_status spx_outpaint_gradio(const spx_outpaint_request *request, const spx_task *task,
                               spx_image **out, spx_diag *diag);

/** How a server of some version is asked. */
typedef enum spx_gradio_protocol {
    SPX_GRADIO_DIRECT, /* 3.x: no queue that we speak; POST run/NAME */
    SPX_GRADIO_SSE,    /* 4.0 to 4.8: the stream first, the data when it asks for them */
    SPX_GRADIO_QUEUE,  /* 4.9 on: the data first, then the stream */
} spx_gradio_protocol;

enum { SPX_GRADIO_NAME_SIZE = 128, SPX_GRADIO_HASH_SIZE = 12 };

typedef struct spx_gradio {
    const spx_outpaint_request *request;
    const spx_task *task;
    spx_http *http;
    char *base;   /* of all URLs, without a slash at the end */
    int is_space; /* of the hub: may sleep */
    /* From /config. */
    json_t *config;
    json_t *function; /* borrowed from config */
    char prefix[SPX_GRADIO_NAME_SIZE];
    char api_name[SPX_GRADIO_NAME_SIZE]; /* without a slash before it; "" = has none */
    json_int_t function_id;
    spx_gradio_protocol protocol;
    /* From /info. */
    json_t *info; /* NULL = the server does not tell */
    /* The photo, sent. */
    spx_remote_space_plan plan;
    json_t *file; /* the value of the image input */
    /* The job. */
    char session[SPX_GRADIO_HASH_SIZE];
    json_t *outputs; /* array */
    spx_diag *diag;
} spx_gradio;

enum { SPX_GRADIO_SPACE_SIZE = 201 };

/** Where the hub answers; tests have one of their own. */
const char *spx_gradio_hub(void);
/** The URL or Space that is meant by an option's url (may be NULL): the reference's Space, and a
 * Space for its page at the hub. Borrowed. */
const char *spx_gradio_wanted(const char *url);
/** OWNER/NAME at the text's begin; 0 when it is none. */
int spx_gradio_space_name(char out[SPX_GRADIO_SPACE_SIZE], const char *text);
/** Reads the user's URL or Space name into base and opens the talk; wakes a Space that sleeps. */
SPX_NODISCARD spx_status spx_gradio_resolve(spx_gradio *self, double deadline_s);
/** config, function, protocol, info. */
SPX_NODISCARD spx_status spx_gradio_learn(spx_gradio *self);
/** Sends the photo at the size of the plan. */
SPX_NODISCARD spx_status spx_gradio_upload(spx_gradio *self);
/** Runs the function; its outputs are in outputs. */
SPX_NODISCARD spx_status spx_gradio_run(spx_gradio *self, json_t *inputs);
/** Fetches the picture among the outputs. */
SPX_NODISCARD spx_status spx_gradio_fetch(spx_gradio *self, spx_image **out);

/** BASE + prefix + route + tail; owned by the caller, NULL without memory. */
char *spx_gradio_url(const spx_gradio *self, const char *route, const char *tail);
/** The component of that id in the config; NULL when there is none. Borrowed. */
json_t *spx_gradio_component(const json_t *config, json_int_t id);
/** Any JSON value. Numbers may be real where the text has whole ones: Gradio's app_id is too large
 * for 63 bits. NULL when it is no JSON; owned by the caller. */
json_t *spx_gradio_parse(const void *text, size_t size);
/** A whole number, whatever kind it was read as; -1 when it is none. */
json_int_t spx_gradio_number(const json_t *json);
/** Sends and reads JSON; json NULL = GET. *out is owned by the caller. */
SPX_NODISCARD spx_status spx_gradio_ask(const spx_gradio *self, const char *url, const char *json,
                                        json_t **out);

/** One input of the function. Strings and values are borrowed from config and info. */
typedef struct spx_gradio_input {
    const char *name; /* "" = unknown */
    const char *component;
    const json_t *schema;   /* of the value; may be NULL */
    const json_t *standard; /* default value; may be NULL */
    const json_t *props;    /* of the component; may be NULL */
} spx_gradio_input;

enum { SPX_GRADIO_INPUTS_MAX = 64 };

typedef struct spx_gradio_inputs {
    spx_gradio_input items[SPX_GRADIO_INPUTS_MAX];
    size_t count;
} spx_gradio_inputs;

/** The function's inputs in their order, by /info, else as the reference Space has them. */
SPX_NODISCARD spx_status spx_gradio_list_inputs(spx_gradio_inputs *out, const json_t *config,
                                                const json_t *function, const json_t *info,
                                                spx_diag *diag);
/** What the sliders of the picture's size allow. */
void spx_gradio_ranges(const spx_gradio_inputs *inputs, spx_remote_range *width,
                       spx_remote_range *height);
/** The values of all inputs: an array, owned by the caller. */
SPX_NODISCARD spx_status spx_gradio_fill_inputs(const spx_gradio_inputs *inputs,
                                                const spx_outpaint_request *request,
                                                const spx_remote_space_plan *plan, json_t *file,
                                                json_t **out, spx_diag *diag);

/** The picture among the outputs: the last one, or at `pointer` ("0/1"; NULL = the last). NULL when
 * there is none. Borrowed. */
const json_t *spx_gradio_locate(const json_t *outputs, const char *pointer);

#endif
