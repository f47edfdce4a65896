#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

/* dlerror() answers for the calling thread. */
static spx_status fail(const spx_late *late, const char *soname, spx_diag *diag)
{
    const char *const why = dlerror(); // NOLINT(concurrency-mt-unsafe)
    return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: the library %s cannot be used here (%s)",
                    late->what, soname, why == NULL ? "no reason given" : why);
}

/* POSIX lets an object pointer of dlsym() be a function's. */
static void put_function(const spx_late *late, size_t index, void *address)
{
    char *const table = late->table;
    memcpy(table + index * sizeof(address), &address, sizeof(address));
}

/* The libraries stay open for good: others may have been told of their functions. */
static spx_status open_all(void *handles[SPX_LATE_LIBRARIES], const spx_late *late, spx_diag *diag)
{
    for (size_t i = 0; i < SPX_LATE_LIBRARIES && late->sonames[i] != NULL; i++) {
        handles[i] = dlopen(late->sonames[i], RTLD_LAZY | RTLD_LOCAL);
        if (handles[i] == NULL)
            return fail(late, late->sonames[i], diag);
    }
    return SPX_OK;
}

static spx_status fill(const spx_late *late, spx_diag *diag)
{
    void *handles[SPX_LATE_LIBRARIES] = { NULL };
    SPX_TRY(open_all(handles, late, diag));
    for (size_t k = 0; k < late->count; k++) {
        void *address = NULL;
        for (size_t i = 0; address == NULL && i < SPX_LATE_LIBRARIES && handles[i] != NULL; i++)
            address = dlsym(handles[i], late->names[k]);
        if (address == NULL)
            return fail(late, late->sonames[0], diag);
        put_function(late, k, address);
    }
    return SPX_OK;
}

spx_status spx_late_open(spx_late *late, spx_diag *diag)
{
    spx_status status = SPX_OK;
    (void)pthread_mutex_lock(&late->lock);
    if (!late->is_open) {
        status = fill(late, diag);
        late->is_open = status == SPX_OK;
    }
    (void)pthread_mutex_unlock(&late->lock);
    return status;
}
