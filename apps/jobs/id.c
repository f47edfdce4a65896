#include "jobs/id.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

static const char hex_digits[] = "0123456789abcdef";

spx_status spx_id_make(char out[SPX_ID_SIZE], spx_diag *diag)
{
    uint8_t random[SPX_ID_LENGTH / 2];
    out[0] = '\0';
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return spx_fail(diag, SPX_ERR_INTERNAL, "the system gives no random numbers");
    for (size_t i = 0; i < sizeof(random); i++) {
        out[2 * i] = hex_digits[random[i] >> 4];
        out[2 * i + 1] = hex_digits[random[i] & 0xf];
    }
    out[SPX_ID_LENGTH] = '\0';
    return SPX_OK;
}

int spx_id_valid(const char *text)
{
    return strspn(text, hex_digits) == SPX_ID_LENGTH && text[SPX_ID_LENGTH] == '\0';
}
