#ifndef SPX_JOBS_NEWS_H
#define SPX_JOBS_NEWS_H

/* What nodes tell each other of a job, as a line of text. */
#include "jobs/job.h"

enum { SPX_NEWS_LINE = 160 };

typedef struct spx_news {
    char id[SPX_ID_SIZE];
    char owner[SPX_ID_SIZE]; /* empty = nobody */
    spx_job_state state;
    spx_arrival arrival;
    int hook;    /* somebody is to be told */
    int wanted;  /* more files are */
    int removed; /* it is gone */
    int cancel;  /* whoever has it is to stop */
} spx_news;

spx_news spx_news_of(const spx_job *job);
void spx_news_write(const spx_news *news, char out[SPX_NEWS_LINE]);
/** 0 when a line is none of ours: anybody who may use the database can say anything there. */
int spx_news_read(const char *line, spx_news *out);

#endif
