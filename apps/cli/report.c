#include "cli/report.h"

#include "cli/text.h"
#include "jobs/doubts_json.h"
#include "jobs/utf8.h"

#include <jansson.h>
#include <math.h>

static const double kilo = 1000;

/* "812 B", "1.2 MB": powers of 1000, as files are listed elsewhere. */
static void print_size(FILE *to, size_t bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    size_t unit = 0;
    double value = (double)bytes;
    for (; value >= kilo && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
        value /= kilo;
    (void)fprintf(to, "%.*f %s", unit == 0 ? 0 : 1, value, units[unit]);
}

void spx_report_distances(FILE *to, const spx_summary *summary)
{
    if (!(summary->nearest_m > 0.0))
        return;
    (void)fprintf(to, "  distances: subject %.2f m, nearest %.2f m, farthest ", summary->subject_m,
                  summary->nearest_m);
    if (isfinite(summary->farthest_m)) {
        (void)fprintf(to, "%.1f m\n", summary->farthest_m);
    } else {
        (void)fputs("the sky\n", to);
    }
}

static void print_details(FILE *to, const spx_result *result)
{
    const spx_summary *const summary = spx_result_summary(result);
    (void)fprintf(to, "  %u x %u", summary->width, summary->height);
    if (summary->stereo[0] != '\0')
        (void)fprintf(to, ", real stereo (%s)", summary->stereo);
    if (summary->model[0] != '\0') {
        (void)fputs(", depth by ", to);
        spx_text_print(to, summary->model);
    }
    (void)fprintf(to, ", convergence %.2f, field of view %.1f degrees, baseline %.1f mm\n",
                  summary->convergence, summary->hfov_deg, summary->baseline_mm);
    spx_report_distances(to, summary);
    (void)fprintf(to, "  comfort %.0f of 100: %s; filled %.1f %%\n ", summary->comfort.score,
                  summary->comfort.advice, summary->comfort.filled_share * 100);
    if (summary->alignment[0] != '\0')
        (void)fprintf(to, "  eyes: %s\n ", summary->alignment);
    for (int stage = 0; stage < SPX_STAGE_COUNT; stage++) {
        if (stage == SPX_STAGE_OUTPAINT && summary->stage_s[stage] <= 0.0)
            continue; /* the photo did not grow */
        (void)fprintf(to, " %s %.2f s%s", spx_stage_name((spx_stage)stage), summary->stage_s[stage],
                      stage + 1 < SPX_STAGE_COUNT ? "," : "\n");
    }
    for (size_t i = 0; i < spx_result_file_count(result); i++) {
        const spx_file *const file = spx_result_file(result, i);
        (void)fputs("  ", to);
        spx_text_print(to, file->path == NULL ? file->name : file->path);
        (void)fputs("  ", to);
        print_size(to, file->size);
        (void)fputc('\n', to);
    }
}

static void print_text(FILE *to, int verbose, const spx_listed_photo *photo,
                       const spx_result *result, double seconds)
{
    const spx_summary *const summary = spx_result_summary(result);
    spx_text_print(to, photo->path);
    (void)fputs(": ", to);
    if (summary->skipped) {
        (void)fputs("skipped, everything is in ", to);
        spx_text_print(to, photo->output);
        (void)fputc('\n', to);
        return;
    }
    const size_t count = spx_result_file_count(result);
    (void)fprintf(to, "%zu file%s in ", count, count == 1 ? "" : "s");
    spx_text_print(to, photo->output);
    (void)fprintf(to, ", strength %.2f %%, %.1f s\n", summary->strength_pct, seconds);
    if (verbose)
        print_details(to, result);
}

static void print_json(FILE *to, json_t *line)
{
    if (line == NULL || json_dumpf(line, to, JSON_COMPACT | JSON_REAL_PRECISION(9)) != 0)
        (void)fputs("{\"status\":\"out of memory\"}", to);
    (void)fputc('\n', to);
    json_decref(line);
}

static json_t *json_files(const spx_result *result)
{
    json_t *const files = json_array();
    for (size_t i = 0; i < spx_result_file_count(result); i++) {
        const spx_file *const file = spx_result_file(result, i);
        (void)json_array_append_new(
            files, json_pack("{s:s, s:o*, s:I}", "format", spx_format_of(file->format)->word,
                             "path", spx_utf8_json(file->path == NULL ? file->name : file->path),
                             "bytes", (json_int_t)file->size));
    }
    return files;
}

static json_t *json_stages(const spx_summary *summary)
{
    json_t *const stages = json_object();
    for (int stage = 0; stage < SPX_STAGE_COUNT; stage++) {
        (void)json_object_set_new(stages, spx_stage_name((spx_stage)stage),
                                  json_real(summary->stage_s[stage]));
    }
    return stages;
}

static json_t *json_comfort(const spx_comfort *comfort)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:s}", "score", comfort->score,
                     "crossed_deg", comfort->crossed_deg, "uncrossed_deg", comfort->uncrossed_deg,
                     "window_left", comfort->window_left, "window_right", comfort->window_right,
                     "gradient", comfort->gradient, "filled_share", comfort->filled_share, "advice",
                     comfort->advice);
}

json_t *spx_report_json(const spx_listed_photo *photo, const spx_result *result, double seconds)
{
    const spx_summary *const summary = spx_result_summary(result);
    json_t *const line =
        json_pack("{s:o*, s:s, s:o*, s:b}", "photo", spx_utf8_json(photo->path), "status", "ok",
                  "output", spx_utf8_json(photo->output), "skipped", summary->skipped);
    if (line == NULL || summary->skipped)
        return line;
    (void)json_object_update_missing_new(
        line,
        json_pack("{s:o, s:o, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:o*, s:o*, s:f, s:o}", "files",
                  json_files(result), "warnings", spx_warnings_json(spx_result_warnings(result)),
                  "width", (int)summary->width, "height", (int)summary->height, "strength_pct",
                  summary->strength_pct, "convergence", summary->convergence, "hfov_deg",
                  summary->hfov_deg, "baseline_mm", summary->baseline_mm, "disparity_adjustment",
                  summary->disparity_adjustment, "comfort", json_comfort(&summary->comfort),
                  "model", spx_utf8_json(summary->model), "seconds", seconds, "stages",
                  json_stages(summary)));
    (void)json_object_update_missing_new(line, spx_distances_json(summary));
    if (summary->stereo[0] != '\0') {
        (void)json_object_set_new(line, "stereo", spx_utf8_json(summary->stereo));
        (void)json_object_set_new(line, "alignment", spx_utf8_json(summary->alignment));
    }
    return line;
}

void spx_report_done(FILE *to, spx_report_style style, const spx_listed_photo *photo,
                     const spx_result *result, double seconds)
{
    if (style.json) {
        print_json(to, spx_report_json(photo, result, seconds));
    } else {
        print_text(to, style.verbose, photo, result, seconds);
    }
    (void)fflush(to);
}

void spx_report_told(FILE *to, spx_report_style style, const json_t *told)
{
    const char *const photo = json_string_value(json_object_get(told, "photo"));
    const char *const output = json_string_value(json_object_get(told, "output"));
    const size_t count = json_array_size(json_object_get(told, "files"));
    if (style.json) {
        print_json(to, json_deep_copy(told));
    } else {
        spx_text_print(to, photo == NULL ? "photo" : photo);
        (void)fprintf(to, ": %zu file%s in ", count, count == 1 ? "" : "s");
        spx_text_print(to, output == NULL ? "?" : output);
        (void)fprintf(to, ", strength %.2f %%, %.1f s\n",
                      json_number_value(json_object_get(told, "strength_pct")),
                      json_number_value(json_object_get(told, "seconds")));
    }
    (void)fflush(to);
}

void spx_report_warnings(FILE *to, const char *path, const spx_warning_list *warnings, int notes)
{
    for (size_t i = 0; i < warnings->count; i++) {
        const spx_warning *const warning = &warnings->items[i];
        const int is_note = spx_warning_is_note(warning->code);
        if (is_note && !notes)
            continue;
        (void)fputs("spx: ", to);
        spx_text_print(to, path);
        (void)fputs(is_note ? ": note: " : ": warning: ", to);
        spx_text_print(to, warning->text);
        (void)fprintf(to, " [%s]\n", spx_warning_name(warning->code));
    }
}

void spx_report_failed_json(FILE *to, const spx_listed_photo *photo, spx_status status,
                            const char *text)
{
    print_json(to, json_pack("{s:o*, s:s, s:o*}", "photo", spx_utf8_json(photo->path), "status",
                             spx_status_name(status), "error", spx_utf8_json(text)));
    (void)fflush(to);
}
