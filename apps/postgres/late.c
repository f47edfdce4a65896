/* The table of libpq, which is opened late (base/late.h). The build names the file. */
#include "postgres/late_pq.h"

SPX_LATE_DEFINE(pq, SPX_LATE_PQ, "PostgreSQL", SPX_SONAME_PQ);
SPX_LATE_NOTE(pq, SPX_SONAME_PQ, "spx serve and spx work with --store postgres://", "recommended");
