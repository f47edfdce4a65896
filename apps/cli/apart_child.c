/* The child's side: the same command line, one photo. */
#include "cli/apart_child.h"

#include "base/file.h"
#include "cli/standard_input.h"

#include <stdlib.h>
#include <string.h>

static const spx_apart_verb *const verbs[] = { &spx_apart_convert, &spx_apart_outpaint,
                                               &spx_apart_compare, &spx_apart_comfort,
                                               &spx_apart_info };

/* Progress that was told. */
typedef struct told_progress {
    double fraction;
    int stage;
} told_progress;

static void say_progress(void *user, spx_stage stage, double fraction)
{
    static const double step = 0.004; /* a progress line shows whole per cent */
    told_progress *const last = user;
    if ((int)stage == last->stage && fraction - last->fraction < step)
        return;
    *last = (told_progress){ .fraction = fraction, .stage = (int)stage };
    spx_child_say(json_pack("{s:[s, f]}", "at", spx_stage_name(stage), fraction));
}

static void say_note(void *user, const char *text)
{
    (void)user;
    spx_child_say(json_pack("{s:s}", "note", text));
}

spx_stereo_input spx_apart_ask(void *user, const char *name, spx_stereo_input looks_like)
{
    (void)user;
    (void)name;
    return (spx_stereo_input)spx_child_question(json_pack("{s:i}", "asks", (int)looks_like));
}

static const spx_apart_verb *find_verb(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    }
    return NULL;
}

/* The options were right in the parent; here they are read again. */
static spx_status read_words(const spx_apart_verb *verb, spx_apart_plan *plan, const json_t *words,
                             int photos, spx_diag *diag)
{
    static char photo[] = "-";
    const size_t count = json_array_size(words);
    char **const argv = calloc(count + 4, sizeof(*argv));
    if (argv == NULL)
        return spx_fail_memory(diag, "options");
    argv[0] = strdup(verb->name);
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = spx_child_bytes(json_array_get(words, i));
    int argc = (int)count + 1;
    for (int i = 0; i < photos; i++) /* they have to be there */
        argv[argc++] = photo;
    spx_engine_options_init(&plan->engine);
    return verb->read(plan, &argc, argv)
               ? SPX_OK
               : spx_fail(diag, SPX_ERR_INTERNAL, "the options were not understood again");
}

static char *text_of(const json_t *request, const char *key)
{
    return spx_child_bytes(json_object_get(request, key));
}

/* Who is shut in may do only this; the result goes out as text. */
static spx_status work(const spx_apart_verb *verb, const spx_apart_plan *plan,
                       spx_apart_scene *scene, json_t *result, spx_diag *diag)
{
    char *texts[2] = { NULL, NULL };
    size_t sizes[2];
    spx_engine *engine = NULL;
    scene->out = open_memstream(&texts[0], &sizes[0]);
    scene->errors = open_memstream(&texts[1], &sizes[1]);
    if (scene->out == NULL || scene->errors == NULL || scene->told == NULL)
        return spx_fail_memory(diag, scene->photo);
    SPX_TRY(spx_engine_create(&engine, &plan->engine, diag));
    SPX_TRY(verb->work(scene, engine, diag));
    if (fclose(scene->out) != 0 || fclose(scene->errors) != 0)
        return spx_fail_memory(diag, scene->photo);
    (void)json_object_set_new(result, "output", spx_child_text(texts[0]));
    (void)json_object_set_new(result, "errors", spx_child_text(texts[1]));
    (void)json_object_set_new(result, "told", scene->told);
    return SPX_OK;
}

static spx_status begin(const json_t *request, json_t *result, spx_diag *diag)
{
    static spx_apart_plan plan;
    static spx_inside inside;
    static told_progress last = { .stage = -1 };
    const spx_apart_verb *const verb =
        find_verb(json_string_value(json_object_get(request, "verb")));
    char *const photo = text_of(request, "photo");
    const char *const right = text_of(request, "right");
    const spx_watch watch = { .progress = say_progress, .note = say_note, .user = &last };
    spx_input input;
    spx_apart_scene scene = { .input = &input,
                              .photo = photo,
                              .output = text_of(request, "output"),
                              .name = text_of(request, "name"),
                              .asks = json_is_true(json_object_get(request, "asks")),
                              .watch = &watch,
                              .told = json_object() };
    if (verb == NULL || photo == NULL)
        return spx_fail(diag, SPX_ERR_INTERNAL, "nothing that is known was asked for");
    SPX_TRY(
        read_words(verb, &plan, json_object_get(request, "words"), right == NULL ? 1 : 2, diag));
    if (scene.output != NULL)
        SPX_TRY(spx_folder_make(scene.output, diag));
    inside.sandbox.write[0] = scene.output;
    spx_inside_allow(&inside, plan.reads);
    if (plan.has_network) {
        spx_inside_find_weights(&inside, &plan.engine, plan.model, plan.work.outpaint != NULL);
    }
    const int from_pipe = spx_is_standard_input(photo);
    SPX_TRY(spx_inside_enter(&inside, &input, from_pipe ? SPX_STANDARD_INPUT_NAME : photo, right,
                             &plan.engine, &plan.work, diag));
    if (from_pipe)
        input.name = SPX_STANDARD_INPUT_NAME;
    return work(verb, &plan, &scene, result, diag);
}

_Noreturn void spx_apart_child_main(const json_t *request)
{
    spx_diag diag = { 0 };
    json_t *const result = json_object();
    const spx_status status =
        result == NULL ? spx_fail_memory(&diag, "result") : begin(request, result, &diag);
    spx_child_finish(status, &diag, result);
}
