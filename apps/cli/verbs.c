#include "cli/verbs.h"

#include <stddef.h>

const spx_verb spx_verbs[] = {
    { NULL, NULL, NULL },
};
