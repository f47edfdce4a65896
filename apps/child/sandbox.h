#ifndef SPX_CHILD_SANDBOX_H
#define SPX_CHILD_SANDBOX_H

/*
 * What a process gives up for good before it looks at a photo. Each part is used where the kernel
 * has it, and the others stay:
 *
 *     no new privileges    prctl()
 *     limits               setrlimit(): open files, core files; memory and time by the parent
 *     files                Landlock: one folder to write to, models and libraries to read from
 *     system calls         seccomp: no network, no other program, no look into other processes
 */
#include "base/status.h"

#include <stddef.h>

enum { SPX_SANDBOX_PATHS_MOST = 32 };

/** All borrowed. A missing path is passed over. */
typedef struct spx_sandbox {
    const char *write[SPX_SANDBOX_PATHS_MOST]; /* folders; NULL at the end or none */
    const char *read[SPX_SANDBOX_PATHS_MOST];  /* folders or files */
    int network;                               /* sockets stay allowed, and what names need */
    int parent; /* a server: it starts processes and ends them, and looks at them in /proc */
} spx_sandbox;

/** For the calling process and all that it will start; other threads must not exist yet. A second
 * time it only gets tighter. */
SPX_NODISCARD spx_status spx_sandbox_enter(const spx_sandbox *sandbox, spx_diag *diag);

/** What this kernel lacks, in words: "Landlock" …; empty = nothing. Returns `text`. */
char *spx_sandbox_missing(char *text, size_t size);

#endif
