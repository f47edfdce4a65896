#include "postgres/postgres.h"

#include <string.h>

int spx_postgres_is_url(const char *url)
{
    return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
}
