/* What a notification of the database says, line by line: what is read is what would be written. */
#include "fuzz_text.h"

#include "jobs/news.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_same(const spx_news *one, const spx_news *other)
{
    fuzz_check(strcmp(one->id, other->id) == 0 && strcmp(one->owner, other->owner) == 0);
    fuzz_check(one->state == other->state && one->arrival == other->arrival);
    fuzz_check(one->hook == other->hook && one->wanted == other->wanted);
    fuzz_check(one->removed == other->removed && one->cancel == other->cancel);
}

static void read_line(const char *line)
{
    spx_news news;
    spx_news again;
    char written[SPX_NEWS_LINE];
    if (!spx_news_read(line, &news))
        return;
    fuzz_check(spx_id_valid(news.id) && (news.owner[0] == '\0' || spx_id_valid(news.owner)));
    fuzz_check(news.state >= 0 && news.state < SPX_JOB_STATES);
    spx_news_write(&news, written);
    fuzz_check(spx_news_read(written, &again));
    check_same(&news, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *rest = NULL;
    if (size < 1)
        return 0;
    char *const payload = fuzz_text(bytes, size);
    if (payload == NULL)
        return 0;
    for (char *line = strtok_r(payload, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        read_line(line);
    free(payload);
    return 0;
}
