#include "cli/child.h"

#include "cli/apart_child.h"
#include "jobs/job_child.h"

#include <string.h>
#include <unistd.h>

_Noreturn void spx_cli_child(void)
{
    json_t *const request = spx_child_begin();
    if (request == NULL) {
        static const char text[] = "spx: this is for spx itself\n";
        (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
        _exit(2);
    }
    const char *const wanted = json_string_value(json_object_get(request, "do"));
    if (wanted != NULL && strcmp(wanted, "verb") == 0)
        spx_apart_child_main(request);
    spx_job_child_main(request);
}
