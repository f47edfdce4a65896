/* The pieces of HTTP that spx reads by itself: the first byte chooses one, the rest is its text. */
#include "fuzz_text.h"

#include "jobs/job.h"
#include "jobs/job_options.h"
#include "server/http_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void read_range(const char *text, uint64_t size)
{
    uint64_t first = 0;
    uint64_t last = 0;
    if (spx_range_read(text, size, &first, &last) == SPX_RANGE_PART)
        fuzz_check(first <= last && last < size);
}

static void make_name(const char *text)
{
    static spx_job job;
    char base[SPX_JOB_NAME_SIZE];
    spx_bytes out = { 0 };
    spx_job_set_name(&job, text);
    spx_job_base(&job, base);
    fuzz_check(job.name[0] != '\0' && job.name[0] != '.' && strlen(job.name) < sizeof(job.name));
    fuzz_check(strpbrk(job.name, "/\\\r\n\"") == NULL);
    spx_append_disposition(&out, job.name, 1);
    fuzz_check(!out.failed && strpbrk((const char *)out.data, "\r\n") == NULL);
    spx_bytes_clear(&out);
}

static void read_client(const char *list)
{
    char client[SPX_JOB_CLIENT_SIZE];
    char again[SPX_JOB_CLIENT_SIZE];
    spx_client_of_list(client, sizeof(client), list);
    spx_client_of_list(again, sizeof(again), client);
    fuzz_check(strlen(client) < sizeof(client) &&
               (strchr(client, ',') != NULL || client[0] == ' ' || client[0] == '\t' ||
                strcmp(client, again) == 0));
}

static void set_options(char *text)
{
    static const char *const names[] = { "strength", "convergence", "formats", "views",  "quality",
                                         "hfov",     "model",       "aspect",  "margin", "seed" };
    spx_job_options options;
    spx_job_options_init(&options);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)!spx_job_options_set(&options, names[i], text, NULL);
    fuzz_check(options.convert.strength_pct >= SPX_AUTO && options.convert.strength_pct <= 10.0);
    fuzz_check(options.convert.formats != 0 &&
               strpbrk(spx_job_options_model(&options), "./") == NULL);
    json_t *const object = json_loads(text, JSON_DECODE_ANY, NULL);
    if (object != NULL)
        (void)!spx_job_options_set_json(&options, object, NULL);
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *const text = fuzz_text(data, size);
    if (text == NULL)
        return 0;
    switch (data[0] % 7) {
    case 0:
        read_range(text, size * 7);
        read_range(text, 0);
        break;
    case 1:
        (void)spx_etag_listed(text, "\"1-2-3\"");
        break;
    case 2:
        make_name(text);
        break;
    case 3:
        (void)spx_photo_media_type(data + 1, size - 1);
        break;
    case 4:
        (void)spx_host_is_local(text);
        (void)spx_origin_is_host(text, "localhost");
        (void)spx_secret_equal("secret", text);
        break;
    case 6:
        read_client(text);
        break;
    default:
        set_options(text);
        break;
    }
    free(text);
    return 0;
}
