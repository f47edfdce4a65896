#include "test_support.h"

#include "cli/help.h"
#include "cli/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct wishes {
    int quiet;
    const char *output;
    int quality;
    unsigned jobs;
    double strength;
    spx_option_numbers list;
    uint64_t most;
    double wait_s;
    spx_option_length left;
    spx_option_dimensions size;
    double aspect;
    int views;
    unsigned formats;
} wishes;

static const spx_option_word auto_word[] = { { "auto", -1 }, { NULL, 0 } };
static const spx_option_word views[] = { { "both", 7 }, { "left", 8 }, { NULL, 0 } };
static const spx_option_word formats[] = {
    { "spatial", 1 }, { "sbs", 2 }, { "depth", 4 }, { NULL, 0 }
};

static const spx_option rows[] = {
    { .name = "quiet",
      .letter = 'q',
      .type = SPX_OPTION_SET,
      .set = 3,
      .offset = offsetof(wishes, quiet),
      .help = "print nothing" },
    { .name = "output",
      .letter = 'o',
      .type = SPX_OPTION_TEXT,
      .offset = offsetof(wishes, output),
      .value = "DIR",
      .help = "folder for the files" },
    { .name = "photo", .type = SPX_OPTION_ARGUMENT, .value = "FILE", .help = "one more photo" },
    { .name = "quality",
      .type = SPX_OPTION_INT,
      .offset = offsetof(wishes, quality),
      .min = 1,
      .max = 100,
      .value = "N",
      .help = "how good" },
    { .name = "jobs",
      .letter = 'j',
      .type = SPX_OPTION_UNSIGNED,
      .offset = offsetof(wishes, jobs),
      .min = 1,
      .max = 64,
      .value = "N",
      .help = "how many at once" },
    { .name = "strength",
      .type = SPX_OPTION_NUMBER,
      .offset = offsetof(wishes, strength),
      .min = 0,
      .max = 10,
      .words = auto_word,
      .value = "N|auto",
      .help = "how deep" },
    { .name = "list",
      .type = SPX_OPTION_NUMBERS,
      .offset = offsetof(wishes, list),
      .min = 0,
      .max = 9,
      .value = "N,...",
      .help = "numbers" },
    { .name = "most",
      .type = SPX_OPTION_SIZE,
      .offset = offsetof(wishes, most),
      .min = 1,
      .max = 1e15,
      .value = "SIZE",
      .help = "limit" },
    { .name = "wait",
      .type = SPX_OPTION_SECONDS,
      .offset = offsetof(wishes, wait_s),
      .max = 1e9,
      .value = "TIME",
      .help = "patience" },
    { .name = "left",
      .type = SPX_OPTION_LENGTH,
      .offset = offsetof(wishes, left),
      .max = 1000,
      .value = "N|N%",
      .help = "border" },
    { .name = "size",
      .type = SPX_OPTION_DIMENSIONS,
      .offset = offsetof(wishes, size),
      .value = "WxH",
      .help = "size" },
    { .name = "aspect",
      .type = SPX_OPTION_RATIO,
      .offset = offsetof(wishes, aspect),
      .min = 0.01,
      .max = 100,
      .value = "W:H",
      .help = "shape" },
    { .name = "views",
      .type = SPX_OPTION_CHOICE,
      .offset = offsetof(wishes, views),
      .words = views,
      .value = "both|left",
      .help = "eyes" },
    { .name = "format",
      .type = SPX_OPTION_LIST,
      .offset = offsetof(wishes, formats),
      .words = formats,
      .value = "LIST",
      .help =
          "what to make: a sentence that is long enough to be broken into two lines, or three" },
    { .name = NULL },
};

enum { WORDS_MAX = 16, TEXT_SIZE = 8192 };

/* What became of one command line; words are split at blanks. */
typedef struct outcome {
    wishes wishes;
    spx_diag diag;
    char line[TEXT_SIZE];
    char *argv[WORDS_MAX + 1];
    int argc;
    spx_options_result result;
} outcome;

static spx_usage usage_of(spx_option_group *groups, wishes *values)
{
    groups[0] = (spx_option_group){ "Wishes", rows, values };
    groups[1] = (spx_option_group){ NULL, NULL, NULL };
    return (spx_usage){ "try", "PHOTO...", "Tries.\n", groups, NULL };
}

static const outcome *read_line(const char *line)
{
    static outcome self;
    self = (outcome){ .wishes = { .strength = 2 } };
    (void)snprintf(self.line, sizeof(self.line), "try %s", line);
    char *rest = self.line;
    for (char *word = strtok_r(rest, " ", &rest); word != NULL; word = strtok_r(rest, " ", &rest)) {
        assert_true(self.argc < WORDS_MAX);
        self.argv[self.argc++] = word;
    }
    spx_option_group groups[2];
    const spx_usage usage = usage_of(groups, &self.wishes);
    self.result = spx_options_read(&usage, &self.argc, self.argv, &self.diag);
    return &self;
}

static void assert_wrong(const char *line, const char *message)
{
    const outcome *const got = read_line(line);
    assert_int_equal(got->result, SPX_OPTIONS_WRONG);
    assert_string_equal(got->diag.text, message);
}

static void reads_every_form_of_an_option(void **state)
{
    (void)state;
    assert_string_equal(read_line("--output here")->wishes.output, "here");
    assert_string_equal(read_line("--output=here")->wishes.output, "here");
    assert_string_equal(read_line("-o here")->wishes.output, "here");
    assert_string_equal(read_line("-ohere")->wishes.output, "here");
    assert_string_equal(read_line("--output=a=b")->wishes.output, "a=b");
    assert_string_equal(read_line("-o a -o b")->wishes.output, "b");

    const outcome *const joined = read_line("-qj4");

    assert_int_equal(joined->wishes.quiet, 3);
    assert_int_equal(joined->wishes.jobs, 4);
}

static void keeps_arguments_in_order_between_options(void **state)
{
    (void)state;
    const outcome *const got = read_line("a.jpg -o x b.jpg --photo -c.jpg - -- -q --output");

    assert_int_equal(got->result, SPX_OPTIONS_READ);
    assert_int_equal(got->argc, 7);
    const char *const wanted[] = { "try", "a.jpg", "b.jpg", "-c.jpg", "-", "-q", "--output" };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        assert_string_equal(got->argv[i], wanted[i]);
    assert_int_equal(got->wishes.quiet, 0);
}

static void keeps_the_words_of_options_behind_the_arguments(void **state)
{
    (void)state;
    const outcome *const got = read_line("a.jpg -o -- --photo b.jpg --output --photo -q -- -j");

    assert_int_equal(got->result, SPX_OPTIONS_READ);
    assert_string_equal(got->wishes.output, "--photo");
    const char *const wanted[] = { "try", "a.jpg",    "b.jpg",   "-j", "-o",
                                   "--",  "--output", "--photo", "-q", NULL };
    assert_int_equal(got->argc, 4);
    for (size_t i = 0; wanted[i] != NULL; i++)
        assert_string_equal(got->argv[i], wanted[i]);
    assert_null(got->argv[9]);
}

static void reads_values_of_every_type(void **state)
{
    (void)state;
    assert_int_equal(read_line("--quality 100")->wishes.quality, 100);
    assert_float_equal(read_line("--strength 2.5")->wishes.strength, 2.5, 0);
    assert_float_equal(read_line("--strength auto")->wishes.strength, -1, 0);
    assert_float_equal(read_line("--strength .5")->wishes.strength, 0.5, 0);
    assert_int_equal(read_line("--list 1,2.5,3")->wishes.list.count, 3);
    assert_float_equal(read_line("--list 1,2.5,3")->wishes.list.items[1], 2.5, 0);
    assert_int_equal(read_line("--wait 15m")->wishes.wait_s, 900);
    assert_int_equal(read_line("--wait 7d")->wishes.wait_s, 604800);
    assert_int_equal(read_line("--left 20%")->wishes.left.percent, 1);
    assert_int_equal(read_line("--left 120")->wishes.left.value, 120);
    assert_int_equal(read_line("--size 1920x1080")->wishes.size.height, 1080);
    assert_float_equal(read_line("--aspect 16:9")->wishes.aspect, 16.0 / 9, 1e-12);
    assert_float_equal(read_line("--aspect 1.5")->wishes.aspect, 1.5, 0);
    assert_int_equal(read_line("--views left")->wishes.views, 8);
    assert_int_equal(read_line("--format spatial,depth")->wishes.formats, 5);
}

static void reads_sizes_with_their_units(void **state)
{
    (void)state;
    assert_true(read_line("--most 200")->wishes.most == 200);
    assert_true(read_line("--most 200M")->wishes.most == 200000000);
    assert_true(read_line("--most 200MP")->wishes.most == 200000000);
    assert_true(read_line("--most 1.5GB")->wishes.most == 1500000000);
    assert_true(read_line("--most 64Ki")->wishes.most == 65536);
    assert_true(read_line("--most 2GiB")->wishes.most == 2147483648U);
    assert_true(read_line("--most 5k")->wishes.most == 5000);
    assert_wrong("--most 5x", "--most: '5x' is not a size like 200M or 1.5G");
    assert_wrong("--most 0", "--most: 0 is not between 1 and 1000000000000000");
}

static void says_what_is_wrong_with_a_value(void **state)
{
    (void)state;
    assert_wrong("--quality 101", "--quality: 101 is not between 1 and 100");
    assert_wrong("--quality 0", "--quality: 0 is not between 1 and 100");
    assert_wrong("--quality 1.5", "--quality: '1.5' is not a whole number");
    assert_wrong("--quality 99999999999999999999",
                 "--quality: 99999999999999999999 is not between 1 and 100");
    assert_wrong("--jobs -1", "--jobs: -1 is not between 1 and 64");
    assert_wrong("--strength nan", "--strength: 'nan' is not a number or 'auto'");
    assert_wrong("--strength 0x2", "--strength: '0x2' is not a number or 'auto'");
    assert_wrong("--strength 2,5", "--strength: '2,5' is not a number or 'auto'");
    assert_wrong("--strength -1", "--strength: -1 is not between 0 and 10");
    assert_wrong("--list 1,,2", "--list: '1,,2' is not a list of numbers like 1,2.5");
    assert_wrong("--size 0x5", "--size: '0x5' is not a size like 1920x1080");
    assert_wrong("--size 5", "--size: '5' is not a size like 1920x1080");
    assert_wrong("--aspect 16:0", "--aspect: '16:0' is not a ratio like 16:9 or 1.5");
    assert_wrong("--views lef", "--views: no 'lef' (did you mean left?)");
    assert_wrong("--views x", "--views: 'x' is none of both, left");
    assert_wrong("--format spatial,", "--format: '' is none of spatial, sbs, depth");
    assert_wrong("--output=", "--output: the value is empty");
}

static void says_what_is_wrong_with_an_option(void **state)
{
    (void)state;
    assert_wrong("--outptu x", "no such option: --outptu (did you mean --output?)");
    assert_wrong("--nonsense", "no such option: --nonsense");
    assert_wrong("-x", "no such option: -x");
    assert_wrong("--output", "--output wants a value: DIR");
    assert_wrong("-qo", "--output wants a value: DIR");
    assert_wrong("--quiet=1", "--quiet takes no value");
    assert_wrong("--outptu --helpp", "no such option: --outptu (did you mean --output?)");
    assert_int_equal(read_line("--help")->result, SPX_OPTIONS_HELP);
    assert_int_equal(read_line("a -qh")->result, SPX_OPTIONS_HELP);
    assert_int_equal(read_line("-- --help")->result, SPX_OPTIONS_READ);
}

static void prints_help_within_80_columns(void **state)
{
    (void)state;
    wishes values = { 0 };
    spx_option_group groups[2];
    const spx_usage usage = usage_of(groups, &values);
    char *text = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&text, &size);
    assert_non_null(to);

    spx_help_print(&usage, to);

    assert_int_equal(fclose(to), 0);
    assert_non_null(strstr(text, "usage: spx try [options] PHOTO...\n\nTries.\n\nWishes:\n"));
    assert_non_null(strstr(text, "\n  -o, --output DIR          folder for the files\n"));
    assert_non_null(strstr(text, "\n      --quality N           how good (1 to 100; 0)\n"));
    assert_non_null(strstr(text, "\n  -h, --help                this text\n"));
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form_of_an_option),
        cmocka_unit_test(keeps_arguments_in_order_between_options),
        cmocka_unit_test(keeps_the_words_of_options_behind_the_arguments),
        cmocka_unit_test(reads_values_of_every_type),
        cmocka_unit_test(reads_sizes_with_their_units),
        cmocka_unit_test(says_what_is_wrong_with_a_value),
        cmocka_unit_test(says_what_is_wrong_with_an_option),
        cmocka_unit_test(prints_help_within_80_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
