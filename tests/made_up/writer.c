#include "writer.h"

#include <stdio.h>

/* ... and its function: the size of both eyes in words. */
spx_status spx_write_made_up(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    char text[128];
    (void)task;
    (void)snprintf(text, sizeof(text), "two eyes of %ux%u\n", master->left->width,
                   master->right->height);
    spx_bytes_text(out, text);
    return spx_bytes_check(out, master->name, diag);
}
