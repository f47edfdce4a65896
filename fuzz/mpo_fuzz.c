#include "container/mpo.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    for (int by_name = 0; by_name < 2; by_name++) {
        spx_mpo mpo;
        if (!spx_mpo_read(&mpo, bytes, size, by_name))
            continue;
        const spx_mpo_view *const views[] = { &mpo.left, &mpo.right };
        for (size_t i = 0; i < 2; i++) { /* views lie in the file */
            if (views[i]->offset > size || views[i]->size > size - views[i]->offset)
                abort();
        }
    }
    return 0;
}
