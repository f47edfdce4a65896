#ifndef SPX_SERVER_LATE_QRENCODE_H
#define SPX_SERVER_LATE_QRENCODE_H

/* libqrencode, opened late (base/late.h). */
#include "base/late.h"

#include <qrencode.h>

/* clang-format off */
#define SPX_LATE_QRENCODE(X) \
    X(QRcode_encodeString) \
    X(QRcode_free)

SPX_LATE_DECLARE(qrencode, SPX_LATE_QRENCODE);

/* NOLINTBEGIN(readability-identifier-naming): the libraries' own names */
#define QRcode_encodeString (*spx_late_qrencode.QRcode_encodeString_)
#define QRcode_free (*spx_late_qrencode.QRcode_free_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif
