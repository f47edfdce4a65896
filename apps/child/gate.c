#include "child/gate.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 50, TEXT_BYTES = 512 };
static const double giga = 1e9;
static const double mega = 1e6;

/* `lock` guards all that follows it. */
struct spx_gate {
    uint64_t memory_bytes;
    pthread_mutex_t lock;
    pthread_cond_t left;
    uint64_t used_bytes;
    unsigned inside;
    int has_lone;          /* one is inside that wants to be alone */
    unsigned lone_waiting; /* so many want to be: nobody else enters before them */
};

/* The first number in a file; 0 when there is none ("max"). */
static uint64_t number_in(const char *path)
{
    char text[TEXT_BYTES] = "";
    FILE *const file = fopen(path, "re");
    if (file == NULL)
        return 0;
    const size_t size = fread(text, 1, sizeof(text) - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    return strtoull(text, NULL, 10);
}

/* Of the control groups from this process's own up to the root: version 2, and 1. */
static uint64_t group_memory(void)
{
    char line[TEXT_BYTES];
    char path[2 * TEXT_BYTES];
    uint64_t least = 0;
    FILE *const file = fopen("/proc/self/cgroup", "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const int is_old = strstr(line, ":memory:") != NULL;
        char *const own = strrchr(line, ':');
        if (own == NULL || (!is_old && strncmp(line, "0::", 3) != 0))
            continue;
        char *const group = own + 1;
        for (char *end = group + strlen(group); end != NULL; end = strrchr(group, '/')) {
            *end = '\0';
            (void)snprintf(path, sizeof(path), "/sys/fs/cgroup%s%s/%s", is_old ? "/memory" : "",
                           group, is_old ? "memory.limit_in_bytes" : "memory.max");
            const uint64_t limit = number_in(path);
            if (limit != 0 && (least == 0 || limit < least))
                least = limit;
        }
    }
    if (file != NULL)
        (void)fclose(file);
    return least;
}

uint64_t spx_gate_standard(void)
{
    const uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t group = group_memory();
    return (group != 0 && group < machine ? group : machine) / 2;
}

spx_status spx_gate_create(spx_gate **out, uint64_t memory_bytes, spx_diag *diag)
{
    *out = NULL;
    spx_gate *const gate = calloc(1, sizeof(*gate));
    if (gate == NULL)
        return spx_fail_memory(diag, "memory budget");
    gate->memory_bytes = memory_bytes != 0 ? memory_bytes : spx_gate_standard();
    (void)pthread_mutex_init(&gate->lock, NULL);
    spx_clock_condition_init(&gate->left);
    *out = gate;
    return SPX_OK;
}

void spx_gate_destroy(spx_gate *gate)
{
    if (gate == NULL)
        return;
    (void)pthread_cond_destroy(&gate->left);
    (void)pthread_mutex_destroy(&gate->lock);
    free(gate);
}

static int has_room(const spx_gate *gate, const spx_child_needs *needs, int alone)
{
    if (gate->lone_waiting != 0 && !alone)
        return 0;
    if (gate->inside == 0)
        return 1;
    return !alone && !gate->has_lone &&
           needs->memory_bytes <= gate->memory_bytes - gate->used_bytes;
}

static void wait_a_moment(spx_gate *gate)
{
    spx_clock_wait(&gate->left, &gate->lock, LOOK_MS);
}

spx_status spx_gate_enter(spx_gate *gate, const spx_child_needs *needs, int alone,
                          const spx_cancel *cancel, spx_diag *diag)
{
    spx_status status = SPX_OK;
    if (needs->memory_bytes > gate->memory_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT,
                        "%.1f megapixels would take %.1f GB of memory with these options, and %.1f "
                        "GB is all there is for photos here (--memory)",
                        (double)needs->pixels / mega, (double)needs->memory_bytes / giga,
                        (double)gate->memory_bytes / giga);
    }
    (void)pthread_mutex_lock(&gate->lock);
    gate->lone_waiting += alone != 0;
    while (!has_room(gate, needs, alone) && status == SPX_OK) {
        wait_a_moment(gate);
        if (cancel != NULL && spx_cancel_requested(cancel))
            status = spx_fail(diag, SPX_ERR_CANCELLED, "cancelled");
    }
    gate->lone_waiting -= alone != 0;
    if (status == SPX_OK) {
        gate->used_bytes += needs->memory_bytes;
        gate->inside++;
        gate->has_lone |= alone;
    }
    (void)pthread_mutex_unlock(&gate->lock);
    return status;
}

void spx_gate_leave(spx_gate *gate, const spx_child_needs *needs, int alone)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->used_bytes -= needs->memory_bytes;
    gate->inside--;
    if (alone)
        gate->has_lone = 0;
    (void)pthread_cond_broadcast(&gate->left);
    (void)pthread_mutex_unlock(&gate->lock);
}
