/*
 * One function for each action. The progress line is drawn on a terminal only, and erased before
 * anything else is said.
 */
#include "cli/model.h"

#include "base/clock.h"
#include "base/suggest.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "spx/model.h"

#include <stdio.h>
#include <string.h>

static const double bytes_per_mb = 1e6;
static const double percent = 100;

typedef struct wishes {
    const char *model_dir;
    const char *name;
    int accept_licence;
} wishes;

static const spx_option rows[] = {
    { .name = "accept-licence",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, accept_licence),
      .set = 1,
      .help = "fetch: agree to a licence that forbids commercial use (base, large)" },
    { .name = "name",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, name),
      .value = "NAME",
      .help = "add: what to call it; default: what the weights turn out to be" },
    { .name = "model-dir",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, model_dir),
      .value = "FOLDER",
      .help = "put models here and look here first" },
    { .name = NULL },
};

static const char about[] =
    "Depth networks on this computer. spx convert takes the best of them.\n"
    "\n"
    "  spx model list              what there is, and which one \"auto\" is\n"
    "  spx model fetch NAME...     recommended: depth-anything-v2-small (99 MB), quick and\n"
    "                              free for any use; depth-anything-3-mono or -3-metric\n"
    "                              (1.3 GB, free for any use): the best depth, and slow;\n"
    "                              depth-anything-v2-base or -v2-large (CC-BY-NC-4.0);\n"
    "                              goes on where the last fetch stopped\n"
    "  spx model add FILE...       takes over weights (model.safetensors) from elsewhere\n"
    "  spx model verify [NAME...]  checks files; all of them without a NAME\n"
    "  spx model remove NAME...    deletes\n";

static const char notes[] =
    "Models are files NAME.safetensors in the folder of $SPX_MODEL_DIR, else in\n"
    "~/.local/share/spx/models; those of the program and the system are found too.\n"
    "$SPX_MODEL_URL: another host to fetch from. Proxies: $https_proxy, $no_proxy.\n";

/* One failure, as one line. */
static int failed(const spx_diag *diag)
{
    spx_error_line_say("model", diag->text);
    return SPX_EXIT_FAILED;
}

static int list_models(const wishes *wanted, char **names, int count)
{
    spx_model_list *list = NULL;
    spx_diag diag = { 0 };
    (void)names;
    (void)count;
    if (spx_model_list_create(&list, wanted->model_dir, &diag) != SPX_OK)
        return failed(&diag);
    for (size_t i = 0; i < spx_model_list_count(list); i++) {
        const spx_model_info *const info = spx_model_list_at(list, i);
        (void)printf("%c %-24s %8.1f MB  %-16s ", info->is_auto ? '*' : ' ', info->name,
                     (double)info->size / bytes_per_mb, info->licence);
        spx_text_print(stdout, info->path);
        (void)putchar('\n');
    }
    if (spx_model_list_count(list) == 0) {
        (void)printf("no models; spx model fetch recommended gets one\n");
    } else {
        (void)printf("* is what --model auto takes\n");
    }
    spx_model_list_destroy(list);
    return SPX_EXIT_OK;
}

/* The progress of one fetch, redrawn in place a few times a second. */
typedef struct meter {
    FILE *to; /* NULL = not a terminal */
    const char *name;
    double drawn_s;
    int drawn;
} meter;

static void draw(void *user, uint64_t done, uint64_t total)
{
    static const double often_s = 0.2;
    meter *const self = user;
    const double now = spx_clock_s();
    if (self->to == NULL || (self->drawn && now - self->drawn_s < often_s))
        return;
    self->drawn = 1;
    self->drawn_s = now;
    (void)fprintf(self->to, "\r\033[K%s  %.1f", self->name, (double)done / bytes_per_mb);
    if (total != 0) {
        (void)fprintf(self->to, " of %.1f MB  %.0f%%", (double)total / bytes_per_mb,
                      percent * (double)done / (double)total);
    } else {
        (void)fprintf(self->to, " MB");
    }
    (void)fflush(self->to);
}

static void erase(const meter *self)
{
    if (self->drawn)
        (void)fprintf(self->to, "\r\033[K");
}

static int fetch_one(const wishes *wanted, const char *name, const spx_cancel *cancel)
{
    spx_diag diag = { 0 };
    spx_model_report report;
    spx_model_fetch_options options;
    meter line = { .to = spx_progress_terminal(stderr), .name = name };
    const char *const licence = spx_model_licence(name);
    spx_model_fetch_options_init(&options);
    options.model_dir = wanted->model_dir;
    options.accept_licence = wanted->accept_licence;
    options.progress = draw;
    options.user = &line;
    options.cancel = cancel;
    const spx_status status = spx_model_fetch(name, &options, &report, &diag);
    erase(&line);
    if (status != SPX_OK)
        return failed(&diag);
    (void)printf("%s: %s, %.1f MB, licence %s\n", name, report.was_there ? "is there" : "fetched",
                 (double)report.size / bytes_per_mb, licence);
    (void)printf("  SHA-256 %s%s\n", report.sha256,
                 report.was_there || report.pinned ? "" : " (the server's word, now kept)");
    return SPX_EXIT_OK;
}

static int fetch_models(const wishes *wanted, char **names, int count)
{
    spx_cancel *cancel = NULL;
    int exit_code = SPX_EXIT_OK;
    if (spx_cancel_create(&cancel) != SPX_OK)
        return failed(&(spx_diag){ "no memory" });
    spx_interrupt_catch(cancel);
    for (int i = 0; i < count && spx_interrupt_signal() == 0; i++) {
        const int code = fetch_one(wanted, names[i], cancel);
        exit_code = code != SPX_EXIT_OK ? code : exit_code;
    }
    spx_interrupt_release();
    spx_cancel_destroy(cancel);
    return spx_interrupt_exit(exit_code);
}

static int add_models(const wishes *wanted, char **files, int count)
{
    int exit_code = SPX_EXIT_OK;
    for (int i = 0; i < count; i++) {
        spx_diag diag = { 0 };
        spx_model_report report;
        if (spx_model_add(files[i], wanted->name, wanted->model_dir, &report, &diag) != SPX_OK) {
            exit_code = failed(&diag);
            continue;
        }
        (void)printf("%s: added, %.1f MB\n  SHA-256 %s%s\n", report.name,
                     (double)report.size / bytes_per_mb, report.sha256,
                     report.pinned ? " (as published)" : "");
    }
    return exit_code;
}

static int verify_one(const wishes *wanted, const char *name)
{
    spx_diag diag = { 0 };
    spx_model_report report;
    if (spx_model_verify(name, wanted->model_dir, &report, &diag) != SPX_OK)
        return failed(&diag);
    (void)printf("%s: fine%s\n  SHA-256 %s\n", name,
                 report.pinned ? "" : ", but no checksum to compare with", report.sha256);
    return SPX_EXIT_OK;
}

static int verify_models(const wishes *wanted, char **names, int count)
{
    int exit_code = SPX_EXIT_OK;
    spx_model_list *list = NULL;
    spx_diag diag = { 0 };
    for (int i = 0; i < count; i++) {
        const int code = verify_one(wanted, names[i]);
        exit_code = code != SPX_EXIT_OK ? code : exit_code;
    }
    if (count != 0)
        return exit_code;
    if (spx_model_list_create(&list, wanted->model_dir, &diag) != SPX_OK)
        return failed(&diag);
    for (size_t i = 0; i < spx_model_list_count(list); i++) {
        const int code = verify_one(wanted, spx_model_list_at(list, i)->name);
        exit_code = code != SPX_EXIT_OK ? code : exit_code;
    }
    spx_model_list_destroy(list);
    return exit_code;
}

static int remove_models(const wishes *wanted, char **names, int count)
{
    int exit_code = SPX_EXIT_OK;
    for (int i = 0; i < count; i++) {
        spx_diag diag = { 0 };
        if (spx_model_remove(names[i], wanted->model_dir, &diag) != SPX_OK) {
            exit_code = failed(&diag);
        } else {
            (void)printf("%s: removed\n", names[i]);
        }
    }
    return exit_code;
}

typedef struct action {
    const char *name;
    int least; /* arguments */
    int (*run)(const wishes *wanted, char **arguments, int count);
} action;

static const action actions[] = {
    { "list", 0, list_models },     { "fetch", 1, fetch_models },   { "add", 1, add_models },
    { "verify", 0, verify_models }, { "remove", 1, remove_models }, { NULL, 0, NULL },
};

static int no_such_action(const spx_usage *usage, const char *word)
{
    spx_suggestion near = { 0 };
    for (const action *at = actions; at->name != NULL; at++)
        spx_suggestion_offer(&near, word, at->name);
    if (near.best != NULL)
        return spx_usage_error(usage, "no such action: %s; did you mean %s?", word, near.best);
    return spx_usage_error(usage, "no such action: %s", word);
}

int spx_cli_model(int argc, char **argv)
{
    wishes wanted = { 0 };
    const spx_option_group groups[] = { { "Options", rows, &wanted }, { NULL, NULL, NULL } };
    const spx_usage usage = { "model", "list|fetch|add|verify|remove [NAME...]", about, groups,
                              notes };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc < 2)
        return spx_usage_error(&usage, "list, fetch, add, verify or remove?");
    for (const action *at = actions; at->name != NULL; at++) {
        if (strcmp(at->name, argv[1]) != 0)
            continue;
        const int count = argc - 2;
        if (count < at->least)
            return spx_usage_error(&usage, "%s what?", at->name);
        if (wanted.name != NULL && (at->run != add_models || count != 1))
            return spx_usage_error(&usage, "--name goes with the adding of one file");
        spx_interrupt_keep_writing();
        return at->run(&wanted, argv + 2, count);
    }
    return no_such_action(&usage, argv[1]);
}
