#include "cli/eye_name.h"
#include "container/eyes_layout.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The bytes as a PNG, as a JPEG and as a name. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int mono = 0;
    (void)spx_eyes_layout_of_png(bytes, size);
    (void)spx_eyes_layout_of_jps(bytes, size, &mono);
    char *const name = calloc(1, size + 1);
    if (name == NULL)
        return 0;
    if (size != 0)
        memcpy(name, bytes, size);
    size_t stem = 0;
    (void)spx_eyes_layout_of_name(name);
    if (spx_eye_of_name(name, &stem) != 0 && stem > strlen(name))
        abort();
    free(name);
    return 0;
}
