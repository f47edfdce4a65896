#ifndef SPX_TEST_POSTGRES_H
#define SPX_TEST_POSTGRES_H

/** The URL of a PostgreSQL server that runs from the first call until test_postgres_stop(), or the
 * one of $SPX_TEST_POSTGRES; NULL where there is none to start. Static storage. */
const char *test_postgres_url(void);
void test_postgres_stop(void);
/** Seconds of processor time of its server's processes that have ended; 0 = not known. */
double test_postgres_spent_s(void);
/** Lets all tables of its database go. */
void test_postgres_empty(void);
/** Runs statements in it. */
void test_postgres_run(const char *statements);

#endif
