#include "jobs/news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

spx_news spx_news_of(const spx_job *job)
{
    spx_news news = { .state = job->state,
                      .arrival = job->arrival,
                      .hook = job->hook[0] != '\0',
                      .wanted = job->wanted != 0 };
    memcpy(news.id, job->id, sizeof(news.id));
    memcpy(news.owner, job->owner, sizeof(news.owner));
    return news;
}

void spx_news_write(const spx_news *news, char out[SPX_NEWS_LINE])
{
    (void)snprintf(out, SPX_NEWS_LINE, "%s %s %d %d %d %d %d %d", news->id,
                   news->owner[0] == '\0' ? "-" : news->owner, (int)news->state, (int)news->arrival,
                   news->hook, news->wanted, news->removed, news->cancel);
}

/* The next word of a line, an id; another word, or one that is none, leaves it empty. */
static const char *take_word(const char *at, char out[SPX_ID_SIZE])
{
    const size_t size = strcspn(at, " ");
    (void)snprintf(out, SPX_ID_SIZE, "%.*s", (int)(size < SPX_ID_SIZE ? size : 0), at);
    if (!spx_id_valid(out))
        out[0] = '\0';
    return at + size + strspn(at + size, " ");
}

/* A whole number from 0 up to `most`, and the blank or the end behind it. NULL = it is none. */
static const char *take_number(const char *at, long most, int *out)
{
    char *end = NULL;
    const long number = strtol(at, &end, 10);
    if (end == at || number < 0 || number > most || (*end != ' ' && *end != '\0'))
        return NULL;
    *out = (int)number;
    return *end == ' ' ? end + 1 : end;
}

int spx_news_read(const char *line, spx_news *out)
{
    int state = 0;
    int arrival = 0;
    *out = (spx_news){ .state = SPX_JOB_QUEUED };
    const struct {
        int *number;
        long most;
    } numbers[] = { { &state, SPX_JOB_STATES - 1 },
                    { &arrival, SPX_FETCHING },
                    { &out->hook, 1 },
                    { &out->wanted, 1 },
                    { &out->removed, 1 },
                    { &out->cancel, 1 } };
    const char *at = take_word(take_word(line, out->id), out->owner);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && at != NULL; i++)
        at = take_number(at, numbers[i].most, numbers[i].number);
    out->state = (spx_job_state)state;
    out->arrival = (spx_arrival)arrival;
    return at != NULL && *at == '\0' && out->id[0] != '\0';
}
