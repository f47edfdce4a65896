/* The parent's side. */
#include "cli/apart.h"

#include "base/file.h"
#include "child/attempts.h"
#include "child/carry.h"
#include "cli/standard_input.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RETRIES = 1 };
static const double pause_s = 0.2;

void spx_apart_said_clear(spx_apart_said *said)
{
    free(said->output);
    free(said->errors);
    json_decref(said->told);
    *said = (spx_apart_said){ .output = NULL };
}

void spx_apart_said_print(const spx_apart_said *said)
{
    if (said->errors != NULL)
        (void)fputs(said->errors, stderr);
    if (said->output != NULL)
        (void)fputs(said->output, stdout);
    (void)fflush(stdout);
}

/* What comes on standard input goes into memory that has a descriptor. */
static spx_status open_standard_input(int *out, const spx_limits *limits, spx_diag *diag)
{
    spx_bytes bytes = { 0 };
    spx_input input;
    spx_status status = spx_input_of(&input, "-", limits, &bytes, diag);
    const int fd = status == SPX_OK ? memfd_create("photo", MFD_CLOEXEC) : -1;
    if (status == SPX_OK && (fd < 0 || !spx_fd_write(fd, bytes.data, bytes.size)))
        status = spx_fail_memory(diag, "standard input");
    spx_bytes_clear(&bytes);
    *out = fd;
    return status;
}

static spx_status open_photos(spx_child_task *task, const spx_apart *what, spx_diag *diag)
{
    const char *const file = what->file == NULL ? what->photo : what->file;
    const char *const paths[] = { file, what->right };
    for (size_t i = 0; i < 2 && paths[i] != NULL; i++) {
        if (spx_is_standard_input(paths[i])) {
            SPX_TRY(open_standard_input(&task->files[i], what->limits, diag));
        } else {
            SPX_TRY(spx_file_open(paths[i], &task->files[i], diag));
        }
        task->file_count = i + 1;
    }
    return SPX_OK;
}

static json_t *request_of(const spx_apart *what)
{
    json_t *const words = json_array();
    int failed = words == NULL;
    for (size_t i = 0; what->words[i] != NULL && !failed; i++)
        failed = json_array_append_new(words, spx_child_text(what->words[i])) != 0;
    json_t *const request =
        json_pack("{s:s, s:s, s:o, s:o, s:o*, s:o*, s:o*, s:b}", "do", "verb", "verb", what->verb,
                  "words", words, "photo", spx_child_text(what->photo), "right",
                  spx_child_text(what->right), "output", spx_child_text(what->output), "name",
                  spx_child_text(what->name), "asks", what->ask != NULL);
    if (!failed)
        return request;
    json_decref(request);
    return NULL;
}

static void pass_answer(void *user, const json_t *line)
{
    const spx_apart *const what = user;
    const json_t *const at = json_object_get(line, "at");
    const char *const stage = json_string_value(json_array_get(at, 0));
    const char *const note = json_string_value(json_object_get(line, "note"));
    if (note != NULL && what->note != NULL)
        what->note(what->user, note);
    for (int i = 0; i < SPX_STAGE_COUNT && stage != NULL && what->progress != NULL; i++) {
        const char *const known = spx_stage_name((spx_stage)i);
        if (strcmp(stage, known) == 0)
            what->progress(what->user, known, json_number_value(json_array_get(at, 1)));
    }
}

static int pass_question(void *user, const json_t *line)
{
    const spx_apart *const what = user;
    const int looks_like = (int)json_integer_value(json_object_get(line, "asks"));
    return what->ask == NULL
               ? SPX_STEREO_INPUT_AUTO
               : (int)spx_ask_eyes(what->ask, what->photo, (spx_stereo_input)looks_like);
}

/* How many folders of the path there are not yet. */
static unsigned count_missing(const char *path)
{
    char *const copy = path == NULL ? NULL : strdup(path);
    unsigned missing = 0;
    while (copy != NULL && copy[0] != '\0' && access(copy, F_OK) != 0) {
        char *const slash = strrchr(copy, '/');
        missing++;
        if (slash == NULL)
            break;
        *slash = '\0';
    }
    free(copy);
    return missing;
}

/* They go only when they are empty. */
static void remove_made(const char *path, unsigned count)
{
    char *const copy = count == 0 ? NULL : strdup(path);
    for (; copy != NULL && count != 0 && rmdir(copy) == 0; count--) {
        char *const slash = strrchr(copy, '/');
        if (slash == NULL)
            break;
        *slash = '\0';
    }
    free(copy);
}

static void take_said(spx_apart_said *said, const spx_apart *what, const json_t *result)
{
    said->output = spx_child_bytes(json_object_get(result, "output"));
    said->errors = spx_child_bytes(json_object_get(result, "errors"));
    said->told = json_deep_copy(json_object_get(result, "told"));
    spx_carry_mask(what->painter, said->output);
    spx_carry_mask(what->painter, said->errors);
}

spx_status spx_apart_run(const spx_apart *what, spx_apart_said *said, spx_diag *diag)
{
    spx_apart own = *what; /* for the callbacks, which change nothing */
    spx_child_task task = { .files = { -1, -1 },
                            .cancel = what->cancel,
                            .painter = what->painter,
                            .answer = pass_answer,
                            .question = pass_question,
                            .user = &own };
    const spx_child_rules rules = { .gate = what->gate, .retries = RETRIES, .pause_s = pause_s };
    spx_child_outcome out = { .result = NULL };
    const unsigned missing = count_missing(what->output);
    spx_status status = SPX_OK;
    *said = (spx_apart_said){ .output = NULL };
    SPX_TRY_OUT(open_photos(&task, what, diag));
    task.request = request_of(what);
    if (task.request == NULL) {
        status = spx_fail_memory(diag, what->photo);
        goto out;
    }
    SPX_TRY_OUT(spx_child_attempt(&task, &rules, &out, diag));
    take_said(said, what, out.result);

out:
    if (status != SPX_OK && out.process > 0 && what->output != NULL)
        spx_folder_sweep(what->output, (long)out.process);
    if (status != SPX_OK)
        remove_made(what->output, missing);
    for (size_t i = 0; i < SPX_CHILD_FILES_MOST; i++) {
        if (task.files[i] >= 0)
            (void)close(task.files[i]);
    }
    json_decref(task.request);
    json_decref(out.result);
    return status;
}

spx_status spx_apart_file(const spx_apart *what, const char *path, int no_overwrite,
                          spx_apart_said *said, spx_diag *diag)
{
    spx_apart own = *what;
    spx_staged_folder folder = { .path = NULL };
    spx_status status = SPX_OK;
    *said = (spx_apart_said){ .output = NULL };
    own.name = spx_path_name(path);
    if (no_overwrite && access(path, F_OK) == 0)
        return spx_fail(diag, SPX_ERR_EXISTS, "%s: already exists", path);
    SPX_TRY(spx_staged_folder_make(&folder, path, diag));
    own.output = folder.path;
    SPX_TRY_OUT(spx_apart_run(&own, said, diag));
    SPX_TRY_OUT(spx_staged_folder_commit(&folder, own.name, path, no_overwrite, diag));

out:
    spx_staged_folder_discard(&folder);
    if (status != SPX_OK)
        spx_apart_said_clear(said);
    return status;
}

/* 2 = the token's option, whose value is the next word; 1 = both in one; 0 = another word. */
static size_t token_words(const char *word)
{
    static const char *const names[] = { "--engine-token", "--token", NULL };
    for (size_t i = 0; names[i] != NULL; i++) {
        const size_t size = strlen(names[i]);
        if (strncmp(word, names[i], size) == 0 && (word[size] == '\0' || word[size] == '='))
            return word[size] == '\0' ? 2 : 1;
    }
    return 0;
}

void spx_apart_forget_token(char **words)
{
    size_t kept = 0;
    for (size_t i = 0; words[i] != NULL; i++) {
        const size_t count = token_words(words[i]);
        if (count == 0)
            words[kept++] = words[i];
        if (count == 2 && words[i + 1] != NULL)
            i++;
    }
    words[kept] = NULL;
}
