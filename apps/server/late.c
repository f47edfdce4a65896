/* The tables of the libraries that the server opens late (base/late.h). The build names the files.
 */
#include "server/late_archive.h"
#include "server/late_microhttpd.h"
#include "server/late_qrencode.h"

SPX_LATE_DEFINE(microhttpd, SPX_LATE_MICROHTTPD, "web server", SPX_SONAME_MICROHTTPD);
SPX_LATE_DEFINE(archive, SPX_LATE_ARCHIVE, "ZIP files", SPX_SONAME_ARCHIVE);
SPX_LATE_DEFINE(qrencode, SPX_LATE_QRENCODE, "codes for cameras", SPX_SONAME_QRENCODE);

SPX_LATE_NOTE(microhttpd, SPX_SONAME_MICROHTTPD, "spx serve", "recommended");
SPX_LATE_NOTE(archive, SPX_SONAME_ARCHIVE, "spx serve: all files in one", "recommended");
SPX_LATE_NOTE(qrencode, SPX_SONAME_QRENCODE, "spx serve: a link as a code", "recommended");
