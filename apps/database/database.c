#include "database/database.h"

int64_t spx_row_number(const spx_row *row, int column)
{
    return column < row->columns ? row->database->functions->number(row, column) : 0;
}

double spx_row_real(const spx_row *row, int column)
{
    return column < row->columns ? row->database->functions->real(row, column) : 0.0;
}

const char *spx_row_text(const spx_row *row, int column)
{
    const char *const text =
        column < row->columns ? row->database->functions->text(row, column) : NULL;
    return text == NULL ? "" : text;
}

const char *spx_row_name(const spx_row *row, int column)
{
    return row->database->functions->name(row, column);
}

spx_value_type spx_row_type(const spx_row *row, int column)
{
    return row->database->functions->type(row, column);
}

spx_status spx_database_enter(spx_database *database, spx_session **out, spx_diag *diag)
{
    return database->functions->enter(database, out, diag);
}

void spx_database_leave(spx_database *database, spx_session *session)
{
    database->functions->leave(database, session);
}

spx_status spx_session_run(spx_database *database, spx_session *session, const spx_call *call,
                           spx_diag *diag)
{
    return database->functions->run(session, call, diag);
}

spx_status spx_database_run(spx_database *database, const spx_call *call, spx_diag *diag)
{
    spx_session *session = NULL;
    SPX_TRY(spx_database_enter(database, &session, diag));
    const spx_status status = spx_session_run(database, session, call, diag);
    spx_database_leave(database, session);
    return status;
}

static spx_status take_number(void *user, const spx_row *row)
{
    int64_t *const number = user;
    *number = spx_row_number(row, 0);
    return SPX_OK;
}

spx_status spx_database_number(spx_database *database, spx_session *session, const char *text,
                               int64_t *out, spx_diag *diag)
{
    const spx_call call = { .statement = SPX_ANY_STATEMENT,
                            .text = text,
                            .doing = "open",
                            .row = take_number,
                            .user = out };
    *out = 0;
    return session == NULL ? spx_database_run(database, &call, diag)
                           : spx_session_run(database, session, &call, diag);
}

spx_status spx_database_transact(spx_database *database, spx_transaction *run, void *user,
                                 spx_diag *diag)
{
    spx_session *session = NULL;
    SPX_TRY(spx_database_enter(database, &session, diag));
    spx_status status = database->functions->begin(session, diag);
    if (status == SPX_OK) {
        status = run(user, session, diag);
        status = database->functions->end(session, status, diag);
    }
    spx_database_leave(database, session);
    return status;
}

void spx_database_close(spx_database *database)
{
    if (database != NULL)
        database->functions->close(database);
}
