/*
 * The way through the boxes is LibRaw's (0.20 to 0.22), with the checks that it lacks: which boxes
 * have children, and how many bytes lie before these.
 */
#include "container/cr3_boxes.h"

#include "base/byte_order.h"
#include "container/heif_reader.h"

#include <string.h>

enum {
    TYPE_BYTES = 4,
    HEADER_BYTES = 8,
    LARGE_HEADER_BYTES = 16, /* with the size in 64 bits */
    LARGE_SIZE = 1,
    TO_THE_END = 0,
    MOST_DEPTH = 31,
    UUID_BYTES = 16,
    FORMAT_AT = 12,      /* of the first entry, in a box 'stsd' */
    RECORD_BYTES = 6,    /* size and kind */
    FIRST_TAG_AT = 12,   /* in a record */
    TAG_HEADER_BYTES = 8 /* size and number */
};

typedef struct box {
    char type[TYPE_BYTES + 1];
    uint64_t at;
    uint64_t header;
    uint64_t size;
} box;

typedef struct walk {
    const uint8_t *data;
    uint64_t size;
    const char *name;
    spx_diag *diag;
    int depth;
    uint64_t ends[MOST_DEPTH + 1];                /* of the boxes that are open; 0: of the file */
    char path[TYPE_BYTES * (MOST_DEPTH + 2) + 1]; /* their types, and the present one's */
    int is_ctmd;                                  /* of the present track */
    uint32_t media_size;
    uint64_t media_at;
} walk;

static spx_status fail_box(const walk *self, const box *b)
{
    char type[TYPE_BYTES + 1];
    spx_fourcc_text(spx_u32_big(self->data + b->at + TYPE_BYTES), type);
    const int is_cut = self->depth == 0 && b->size >= b->header;
    return spx_fail(self->diag, is_cut ? SPX_ERR_TRUNCATED : SPX_ERR_CORRUPT,
                    "%s: raw file: box '%s' at %llu has a size of %llu", self->name, type,
                    (unsigned long long)b->at, (unsigned long long)b->size);
}

/* The header of the box at `at`, of which there are at least HEADER_BYTES. */
static spx_status read_box(walk *self, uint64_t at, box *out)
{
    const uint8_t *const bytes = self->data + at;
    const uint64_t left = self->ends[self->depth] - at;
    *out = (box){ .at = at, .header = HEADER_BYTES, .size = spx_u32_big(bytes) };
    memcpy(out->type, bytes + TYPE_BYTES, TYPE_BYTES);
    memcpy(self->path + (size_t)self->depth * TYPE_BYTES, out->type, TYPE_BYTES + 1);
    if (out->size == TO_THE_END && self->depth == 0) {
        out->size = left;
    } else if (out->size == LARGE_SIZE) {
        out->header = LARGE_HEADER_BYTES;
        out->size = left < LARGE_HEADER_BYTES ? 0 : spx_u64_big(bytes + HEADER_BYTES);
    }
    return out->size < out->header ? fail_box(self, out) : SPX_OK;
}

static int has_only_children(const char *type)
{
    static const char types[][TYPE_BYTES + 1] = {
        "dinf", "edts", "fiin", "ipro", "iprp", "mdia", "meco", "mere", "mfra",
        "minf", "moof", "moov", "mvex", "paen", "schi", "sinf", "skip", "stbl",
        "stsd", "strk", "tapt", "traf", "trak", "CCTP", "CRAW",
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(type, types[i]) == 0)
            return 1;
    }
    return 0;
}

static int has_format(const walk *self, const box *b, const char *format)
{
    return b->size >= b->header + FORMAT_AT + TYPE_BYTES &&
           memcmp(self->data + b->at + b->header + FORMAT_AT, format, TYPE_BYTES) == 0;
}

/* Whether LibRaw goes into a box, and what it passes over before the first child. */
static int is_entered(const walk *self, const box *b, uint64_t *skipped)
{
    static const uint8_t canon[UUID_BYTES] = { 0x85, 0xc0, 0xb6, 0x87, 0x82, 0x0f, 0x11, 0xe0,
                                               0x81, 0x11, 0xf4, 0xce, 0x46, 0x2b, 0x6a, 0x48 };
    static const struct {
        const char *path;
        uint64_t skipped;
    } places[] = { { "moovuuidCCTP", 12 },
                   { "moovtrakmdiaminfstblstsd", 8 },
                   { "moovtrakmdiaminfstblstsdCRAW", 82 } };
    *skipped = 0;
    if (strcmp(self->path, "moovuuid") == 0) {
        *skipped = UUID_BYTES;
        return b->size >= b->header + UUID_BYTES &&
               memcmp(self->data + b->at + b->header, canon, UUID_BYTES) == 0;
    }
    if (strcmp(self->path, places[1].path) == 0 && !has_format(self, b, "CRAW"))
        return 0;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (strcmp(self->path, places[i].path) == 0)
            *skipped = places[i].skipped;
    }
    return has_only_children(b->type);
}

static spx_status fail_record(const walk *self, uint64_t at)
{
    return spx_fail(self->diag, SPX_ERR_CORRUPT,
                    "%s: raw file: the record at %llu has an impossible size", self->name,
                    (unsigned long long)at);
}

/* One record's tags. Where they do not fit, LibRaw stops; where a sum leaves 32 bits, it does not.
 */
static spx_status check_tags(const walk *self, uint64_t from, uint64_t end)
{
    for (uint64_t tag = from + FIRST_TAG_AT; tag + TAG_HEADER_BYTES < end;) {
        const uint64_t at = self->media_at + tag;
        if (at > self->size || self->size - at < TAG_HEADER_BYTES)
            return SPX_OK;
        const uint32_t size = spx_u32_little(self->data + at);
        if (tag + size > UINT32_MAX)
            return fail_record(self, at);
        if (size < TAG_HEADER_BYTES || tag + size > end)
            return SPX_OK;
        tag += size;
    }
    return SPX_OK;
}

static spx_status check_records(const walk *self)
{
    for (uint64_t record = 0; record + RECORD_BYTES < self->media_size;) {
        const uint64_t at = self->media_at + record;
        if (at < record || at > self->size || self->size - at < RECORD_BYTES)
            return SPX_OK;
        const uint32_t size = spx_u32_little(self->data + at);
        if (record + size > UINT32_MAX)
            return fail_record(self, at);
        if (size < 1 || record + size > self->media_size)
            return SPX_OK;
        SPX_TRY(check_tags(self, record, record + size));
        record += size;
    }
    return SPX_OK;
}

/* What a track's boxes say of its data. */
static spx_status note_track(walk *self, const box *b)
{
    const uint8_t *const content = self->data + b->at + b->header;
    const uint64_t size = b->size - b->header;
    if (strcmp(b->type, "stsd") == 0) {
        self->is_ctmd = has_format(self, b, "CTMD");
    } else if (strcmp(b->type, "stsz") == 0 && (size == 12 || size == 16)) {
        self->media_size = spx_u32_big(content + size - (size == 12 ? 8 : 4));
    } else if (strcmp(b->type, "co64") == 0 && size == 16) {
        self->media_at = spx_u64_big(content + 8);
    } else {
        return SPX_OK;
    }
    return self->is_ctmd ? check_records(self) : SPX_OK;
}

static void begin_track(walk *self)
{
    self->is_ctmd = 0;
    self->media_size = 0;
    self->media_at = 0;
}

static spx_status enter(walk *self, const box *b, uint64_t skipped, uint64_t *at)
{
    if (b->size < b->header + skipped)
        return fail_box(self, b);
    if (self->depth == MOST_DEPTH) {
        return spx_fail(self->diag, SPX_ERR_CORRUPT, "%s: raw file: boxes nest too deep",
                        self->name);
    }
    self->ends[++self->depth] = b->at + b->size;
    *at = b->at + b->header + skipped;
    return SPX_OK;
}

/* One box; *at is where the next one is. */
static spx_status step(walk *self, uint64_t *at)
{
    box b;
    uint64_t skipped = 0;
    SPX_TRY(read_box(self, *at, &b));
    if (strcmp(b.type, "trak") == 0)
        begin_track(self);
    if (b.size > self->ends[self->depth] - b.at) {
        if (self->depth != 0 || has_only_children(b.type))
            return fail_box(self, &b);
        *at = self->size; /* the last one is cut */
        return SPX_OK;
    }
    SPX_TRY(note_track(self, &b));
    if (is_entered(self, &b, &skipped))
        return enter(self, &b, skipped, at);
    *at = b.at + b.size;
    return SPX_OK;
}

spx_status spx_cr3_check(const uint8_t *data, size_t size, const char *name, spx_diag *diag)
{
    walk self = { .data = data, .size = size, .name = name, .diag = diag, .ends = { size } };
    uint64_t at = 0;
    for (;;) {
        while (self.depth > 0 && self.ends[self.depth] - at < HEADER_BYTES)
            at = self.ends[self.depth--];
        if (self.ends[self.depth] - at < HEADER_BYTES)
            return SPX_OK;
        SPX_TRY(step(&self, &at));
    }
}
