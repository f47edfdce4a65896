#ifndef SPX_POSTGRES_LATE_PQ_H
#define SPX_POSTGRES_LATE_PQ_H

/* libpq, opened late (base/late.h). */
#include "base/late.h"

#include <libpq-fe.h>

/* clang-format off */
#define SPX_LATE_PQ(X) \
    X(PQbackendPID) X(PQclear) X(PQcmdTuples) X(PQconnectdbParams) X(PQconninfoFree) \
    X(PQconninfoParse) X(PQconsumeInput) X(PQerrorMessage) X(PQfinish) X(PQflush) \
    X(PQfreemem) X(PQgetResult) X(PQgetisnull) X(PQgetvalue) X(PQisBusy) X(PQnfields) \
    X(PQnotifies) X(PQntuples) X(PQparameterStatus) X(PQresultErrorField) X(PQresultStatus) \
    X(PQsendPrepare) X(PQsendQuery) X(PQsendQueryParams) X(PQsendQueryPrepared) \
    X(PQsetNoticeProcessor) X(PQsetnonblocking) X(PQsocket) X(PQstatus)

SPX_LATE_DECLARE(pq, SPX_LATE_PQ);

/* NOLINTBEGIN(readability-identifier-naming): the library's own names */
#define PQbackendPID (*spx_late_pq.PQbackendPID_)
#define PQclear (*spx_late_pq.PQclear_)
#define PQcmdTuples (*spx_late_pq.PQcmdTuples_)
#define PQconnectdbParams (*spx_late_pq.PQconnectdbParams_)
#define PQconninfoFree (*spx_late_pq.PQconninfoFree_)
#define PQconninfoParse (*spx_late_pq.PQconninfoParse_)
#define PQconsumeInput (*spx_late_pq.PQconsumeInput_)
#define PQerrorMessage (*spx_late_pq.PQerrorMessage_)
#define PQfinish (*spx_late_pq.PQfinish_)
#define PQflush (*spx_late_pq.PQflush_)
#define PQfreemem (*spx_late_pq.PQfreemem_)
#define PQgetResult (*spx_late_pq.PQgetResult_)
#define PQgetisnull (*spx_late_pq.PQgetisnull_)
#define PQgetvalue (*spx_late_pq.PQgetvalue_)
#define PQisBusy (*spx_late_pq.PQisBusy_)
#define PQnfields (*spx_late_pq.PQnfields_)
#define PQnotifies (*spx_late_pq.PQnotifies_)
#define PQntuples (*spx_late_pq.PQntuples_)
#define PQparameterStatus (*spx_late_pq.PQparameterStatus_)
#define PQresultErrorField (*spx_late_pq.PQresultErrorField_)
#define PQresultStatus (*spx_late_pq.PQresultStatus_)
#define PQsendPrepare (*spx_late_pq.PQsendPrepare_)
#define PQsendQuery (*spx_late_pq.PQsendQuery_)
#define PQsendQueryParams (*spx_late_pq.PQsendQueryParams_)
#define PQsendQueryPrepared (*spx_late_pq.PQsendQueryPrepared_)
#define PQsetNoticeProcessor (*spx_late_pq.PQsetNoticeProcessor_)
#define PQsetnonblocking (*spx_late_pq.PQsetnonblocking_)
#define PQsocket (*spx_late_pq.PQsocket_)
#define PQstatus (*spx_late_pq.PQstatus_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
