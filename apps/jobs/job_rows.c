#include "jobs/job_rows.h"

#include <stddef.h>

static const spx_option_word kind_words[] = {
    { "convert", SPX_JOB_CONVERT },
    { "outpaint", SPX_JOB_OUTPAINT },
    { "both", SPX_JOB_BOTH },
    { NULL, 0 },
};
static const spx_option_word painter_words[] = {
    { "local", SPX_JOB_PAINTER_LOCAL },
    { "remote", SPX_JOB_PAINTER_REMOTE },
    { NULL, 0 },
};
static const spx_option_word done_words[] = {
    { "files", SPX_JOB_DONE_FILES },
    { "views", SPX_JOB_DONE_VIEWS },
    { NULL, 0 },
};

const spx_option spx_job_rows[] = {
    { .name = "kind",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_API,
      .offset = offsetof(spx_job_order, kind),
      .words = kind_words,
      .value = "convert|outpaint|both",
      .label = "What to make",
      .help =
          "make stereo of the photo, make the photo larger, or make it larger and then stereo" },
    { .name = "painter",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_API,
      .offset = offsetof(spx_job_order, painter),
      .words = painter_words,
      .value = "local|remote",
      .label = "Painted by",
      .help = "who paints a border: this server, or the remote engine that it offers" },
    { .name = "done",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_API,
      .offset = offsetof(spx_job_order, done),
      .words = done_words,
      .value = "files|views",
      .label = "Done",
      .help = "when the job is done: with its files, or as soon as both eyes can be shown, and its "
              "files follow (they are in `making`)" },
    { .name = NULL },
};

const char *spx_job_kind_name(spx_job_kind kind)
{
    return kind_words[kind].text;
}

spx_status spx_job_kind_from_name(spx_job_kind *out, const char *name, spx_diag *diag)
{
    spx_job_order order = { .kind = SPX_JOB_CONVERT };
    const spx_status status = spx_option_read(&spx_job_rows[SPX_JOB_ROW_KIND], name, &order, diag);
    *out = (spx_job_kind)order.kind;
    return status;
}

const char *spx_job_painter_name(spx_job_painter painter)
{
    return painter_words[painter].text;
}

const char *spx_job_done_name(spx_job_done done)
{
    return done_words[done].text;
}
