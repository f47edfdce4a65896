/*
 * Lets one call of a process fail, for tests: LD_PRELOAD=libspx_fault.so with
 *
 *     SPX_FAULT        alloc, own-alloc (by spx itself, not by a library), thread, read, write,
 *                      fsync, rename, jpeg (the decoder crashes), jpeg-out (the decoder has been
 *                      taken over: it looks for a way out, and aborts when it finds one)
 *     SPX_FAULT_AT     which call, from 0 on; for jpeg… the width of the pictures that do it
 *     SPX_FAULT_COUNT  how many calls from there on (1)
 *     SPX_FAULT_HOW    enospc, eio, short, eintr, or kill, int, term: a signal to this process
 *     SPX_FAULT_IN     child, parent: only in a process for one photo, or only in the others
 *     SPX_FAULT_TALLY  file that gets "KIND CALLS" a line at the end of each process
 */
#undef _FORTIFY_SOURCE /* headers that are fortified define inline what is defined here */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* wants <stdio.h> before it */
#include <jpeglib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum kind { ALLOC, OWN_ALLOC, THREAD, READ, WRITE, FSYNC, RENAME, KINDS };
static const char *const kind_names[KINDS] = { "alloc", "own-alloc", "thread", "read",
                                               "write", "fsync",     "rename" };

static atomic_long calls[KINDS];
static int ready;
static int chosen = -1;
static long first;
static long count = 1;
static int how_errno = ENOSPC;
static int how_short;
static int how_signal;
static unsigned jpeg_width;
static int jpeg_gets_out;
static unsigned long own_begin;
static unsigned long own_end;

static int find_own(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    (void)user;
    for (int i = 0; i < info->dlpi_phnum; i++) { /* the program is the first */
        const unsigned long begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        own_begin = own_begin == 0 || begin < own_begin ? begin : own_begin;
        own_end = begin + info->dlpi_phdr[i].p_memsz;
    }
    return 1;
}

static int is_child(void)
{
    char text[256] = "";
    const int fd = open("/proc/self/cmdline", O_RDONLY);
    const ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        (void)close(fd);
    const char *const second = memchr(text, '\0', size > 0 ? (size_t)size : 0);
    return second != NULL && strcmp(second + 1, "--child") == 0;
}

static void read_how(const char *how)
{
    if (strcmp(how, "eio") == 0)
        how_errno = EIO;
    if (strcmp(how, "eintr") == 0)
        how_errno = EINTR;
    how_short = strcmp(how, "short") == 0;
    how_signal = strcmp(how, "kill") == 0   ? SIGKILL
                 : strcmp(how, "int") == 0  ? SIGINT
                 : strcmp(how, "term") == 0 ? SIGTERM
                                            : 0;
}

static long number(const char *name, long otherwise)
{
    const char *const value = getenv(name);
    return value == NULL ? otherwise : strtol(value, NULL, 10);
}

__attribute__((constructor)) static void start(void)
{
    const char *const kind = getenv("SPX_FAULT");
    const char *const in = getenv("SPX_FAULT_IN");
    const char *const how = getenv("SPX_FAULT_HOW");
    (void)dl_iterate_phdr(find_own, NULL);
    for (int i = 0; i < KINDS && kind != NULL; i++) {
        if (strcmp(kind, kind_names[i]) == 0)
            chosen = i;
    }
    first = number("SPX_FAULT_AT", 0);
    count = number("SPX_FAULT_COUNT", 1);
    jpeg_gets_out = kind != NULL && strcmp(kind, "jpeg-out") == 0;
    if (jpeg_gets_out || (kind != NULL && strcmp(kind, "jpeg") == 0))
        jpeg_width = (unsigned)first;
    if (how != NULL)
        read_how(how);
    if (in != NULL && (strcmp(in, "child") == 0) != is_child()) {
        chosen = -1;
        jpeg_width = 0;
    }
    ready = 1;
}

/* _exit() does not come here: a child's calls are counted with SPX_FAULT_IN unset and --in-process.
 */
__attribute__((destructor)) static void end(void)
{
    const char *const path = getenv("SPX_FAULT_TALLY");
    const int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ready = 0;
    for (int i = 0; i < KINDS && fd >= 0; i++)
        (void)dprintf(fd, "%s %ld\n", kind_names[i], atomic_load(&calls[i]));
    if (fd >= 0)
        (void)close(fd);
}

static int is_due(enum kind kind)
{
    if (!ready)
        return 0;
    const long index = atomic_fetch_add(&calls[kind], 1);
    if ((int)kind != chosen || index < first || index - first >= count)
        return 0;
    if (how_signal == 0)
        return 1;
    (void)kill(getpid(), how_signal);
    return 0;
}

static int alloc_is_due(const void *caller)
{
    const unsigned long at = (unsigned long)caller;
    const int own = at >= own_begin && at < own_end && is_due(OWN_ALLOC);
    const int any = is_due(ALLOC);
    if (own || any)
        errno = ENOMEM;
    return own || any;
}

void *malloc(size_t size)
{
    return alloc_is_due(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t number_of, size_t size)
{
    return alloc_is_due(__builtin_return_address(0)) ? NULL : __libc_calloc(number_of, size);
}

void *realloc(void *block, size_t size)
{
    return size != 0 && alloc_is_due(__builtin_return_address(0)) ? NULL
                                                                  : __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size)
{
    return alloc_is_due(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return alloc_is_due(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (alloc_is_due(__builtin_return_address(0)))
        return ENOMEM;
    void *const block = __libc_memalign(alignment, size);
    if (block == NULL)
        return ENOMEM;
    *out = block;
    return 0;
}

/* Pipes, sockets and terminals are left alone. */
static int is_file(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

/* The C library's own one, looked up once; a pointer to a function is no void * in C. */
#define NEXT(name)                                                                                 \
    static __typeof__(&(name)) next;                                                               \
    if (next == NULL) {                                                                            \
        void *const found = dlsym(RTLD_NEXT, #name);                                               \
        memcpy((void *)&next, (const void *)&found, sizeof(next));                                 \
    }

ssize_t write(int fd, const void *data, size_t size)
{
    NEXT(write);
    if (!ready || !is_file(fd) || !is_due(WRITE))
        return next(fd, data, size);
    if (how_short)
        return next(fd, data, size > 1 ? size / 2 : size);
    errno = how_errno;
    return -1;
}

ssize_t read(int fd, void *data, size_t size)
{
    NEXT(read);
    if (!ready || !is_file(fd) || !is_due(READ))
        return next(fd, data, size);
    if (how_short)
        return next(fd, data, size > 1 ? size / 2 : size);
    errno = how_errno == ENOSPC ? EIO : how_errno;
    return -1;
}

int fsync(int fd)
{
    NEXT(fsync);
    if (!is_due(FSYNC))
        return next(fd);
    errno = EIO;
    return -1;
}

int rename(const char *from, const char *to)
{
    NEXT(rename);
    if (!is_due(RENAME))
        return next(from, to);
    errno = EACCES;
    return -1;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *context)
{
    NEXT(pthread_create);
    return is_due(THREAD) ? EAGAIN : next(thread, attributes, run, context);
}

/* Somebody else's file, the network, another process, a new one. */
static int finds_a_way_out(void)
{
    const int has_landlock =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
    if (has_landlock && open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
        return 1;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || kill(getppid(), 0) == 0)
        return 1;
    const pid_t other = fork();
    if (other == 0)
        _exit(0);
    return other > 0;
}

int jpeg_read_header(j_decompress_ptr jpeg, boolean require_image)
{
    NEXT(jpeg_read_header);
    const int result = next(jpeg, require_image);
    if (jpeg_width == 0 || jpeg->image_width != jpeg_width)
        return result;
    if (!jpeg_gets_out)
        (void)raise(SIGSEGV);
    if (finds_a_way_out())
        abort();
    return result;
}
