/*
 * Landlock's rules are paths with rights, and what no rule names is out of reach. The filter of
 * system calls lets pass what it does not name and refuses what only a break-in would want: a list
 * of what is allowed would have to follow every library. Refusals are EPERM, not death, since
 * libraries try and do without.
 */
#include "child/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h> /* the numbers of calls on every processor; the library's own memory may fail */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES_OPEN_MOST = 256 };

/* As the kernel calls the processor that this is built for; 0 = one without a filter. */
#ifdef __x86_64__
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_FIRST_CALL 0x40000000u /* of another table, for the same processor */
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define OWN_ARCHITECTURE 0
#endif

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Rights of Landlock that came after its first version; older headers lack the names. */
#define RIGHT_REFER (1ULL << 13)    /* version 2 */
#define RIGHT_TRUNCATE (1ULL << 14) /* version 3 */
#define RIGHTS_FIRST ((1ULL << 13) - 1)

static const uint64_t read_rights =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;
static const uint64_t file_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                    LANDLOCK_ACCESS_FS_EXECUTE | RIGHT_TRUNCATE;
static const uint64_t write_rights =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_DIR | RIGHT_TRUNCATE;

/* Libraries and what they look up as they start: nobody's secrets. */
static const char *const system_paths[] = { "/usr/lib",         "/usr/lib64",
                                            "/usr/local/lib",   "/lib",
                                            "/lib64",           "/usr/share",
                                            "/proc/self",       "/proc/meminfo",
                                            "/proc/cpuinfo",    "/sys/devices/system",
                                            "/etc/ld.so.cache", "/dev/urandom",
                                            "/dev/null",        NULL };
static const char *const parent_paths[] = { "/proc", "/proc/self/exe", NULL };
static const char *const network_paths[] = { "/etc", "/run/systemd/resolve", NULL };

static long landlock_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* 1 when the kernel takes filters of system calls, and lets a call fail by one. */
static int has_filters(void)
{
    if (OWN_ARCHITECTURE == 0)
        return 0;
    const uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static void allow(int rules, const char *path, uint64_t rights)
{
    const int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat about;
    if (fd < 0)
        return;
    if (fstat(fd, &about) == 0) {
        const struct landlock_path_beneath_attr beneath = {
            .allowed_access = S_ISDIR(about.st_mode) ? rights : rights & file_rights,
            .parent_fd = fd,
        };
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    }
    (void)close(fd);
}

static spx_status limit_files(const spx_sandbox *sandbox, spx_diag *diag)
{
    const long version = landlock_version();
    /* A server moves uploads from folder to folder, which the first version refuses. */
    if (version < (sandbox->parent ? 2 : 1))
        return SPX_OK;
    const uint64_t writing = write_rights | (sandbox->parent ? RIGHT_REFER : 0);
    const uint64_t handled =
        RIGHTS_FIRST | (version >= 2 ? RIGHT_REFER : 0) | (version >= 3 ? RIGHT_TRUNCATE : 0);
    const struct landlock_ruleset_attr attributes = { .handled_access_fs = handled };
    const int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
    if (rules < 0)
        return spx_fail(diag, SPX_ERR_INTERNAL, "Landlock: no rules (%s)", strerrordesc_np(errno));
    for (size_t i = 0; system_paths[i] != NULL; i++)
        allow(rules, system_paths[i], read_rights & handled);
    for (size_t i = 0; sandbox->parent && parent_paths[i] != NULL; i++)
        allow(rules, parent_paths[i], read_rights & handled);
    for (size_t i = 0; sandbox->network && network_paths[i] != NULL; i++)
        allow(rules, network_paths[i], read_rights & handled);
    for (size_t i = 0; i < SPX_SANDBOX_PATHS_MOST && sandbox->read[i] != NULL; i++)
        allow(rules, sandbox->read[i], read_rights & handled);
    for (size_t i = 0; i < SPX_SANDBOX_PATHS_MOST && sandbox->write[i] != NULL; i++)
        allow(rules, sandbox->write[i], writing & handled);
    const int failed = syscall(SYS_landlock_restrict_self, rules, 0) != 0;
    (void)close(rules);
    return failed ? spx_fail(diag, SPX_ERR_INTERNAL, "Landlock: cannot be entered (%s)",
                             strerrordesc_np(errno))
                  : SPX_OK;
}

/* Of other processes, of the system and of the kernel itself. A photo needs none of them. */
static const int refused_calls[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(open_tree),
    SCMP_SYS(move_mount),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(syslog),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(personality),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(inotify_init),
    SCMP_SYS(inotify_init1),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(capset),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(shmget),
    SCMP_SYS(shmat),
    SCMP_SYS(msgget),
    SCMP_SYS(semget),
    SCMP_SYS(mq_open),
    SCMP_SYS(memfd_secret),
};
static const int process_calls[] = { SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
                                     SCMP_SYS(vfork) };
static const int network_calls[] = {
    SCMP_SYS(socket),   SCMP_SYS(socketpair), SCMP_SYS(connect),  SCMP_SYS(bind),
    SCMP_SYS(listen),   SCMP_SYS(accept),     SCMP_SYS(accept4),  SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),  SCMP_SYS(sendmmsg),   SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
};

/* The kernel's program: a straight list, each test followed by its answer, that makes no
 * allocation. `call` lies in the accumulator between tests. */
enum { PROGRAM_MOST = 512 };
typedef struct program {
    struct sock_filter steps[PROGRAM_MOST];
    unsigned short count;
} program;

#define LOAD(field) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(field))
#define ANSWER(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (value))
#define TEST(how, value, if_so, if_not)                                                            \
    (struct sock_filter) BPF_JUMP(BPF_JMP | (how) | BPF_K, (uint32_t)(value), (if_so), (if_not))
#define CALL_AT offsetof(struct seccomp_data, nr)
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

static void add(program *to, struct sock_filter step)
{
    if (to->count < PROGRAM_MOST) /* one that is full is not loaded */
        to->steps[to->count++] = step;
}

static void refuse(program *to, int call, uint32_t answer)
{
    if (call < 0) /* this processor has no such call */
        return;
    add(to, TEST(BPF_JEQ, call, 0, 1));
    add(to, ANSWER(answer));
}

static void refuse_all(program *to, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        refuse(to, calls[i], REFUSED);
}

/* Refuses a call by the lower half of one argument, which is all that the kernel looks at in these
 * calls: `how` is BPF_JEQ or BPF_JSET, and `so` whether it is refused when that holds. */
static void refuse_if(program *to, int call, unsigned argument, unsigned short how, uint32_t value,
                      int so)
{
    add(to, TEST(BPF_JEQ, call, 0, 4));
    add(to, LOAD(offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t)));
    add(to, TEST(how, value, so ? 0 : 1, so ? 1 : 0));
    add(to, ANSWER(REFUSED));
    add(to, LOAD(CALL_AT));
}

/* Signals to others, processes of its own (threads are), and typing into a terminal. */
static void refuse_in_part(program *to)
{
    static const uint32_t thread_flag = 0x00010000; /* CLONE_THREAD */
    static const uint32_t tiocsti = 0x5412;
    static const uint32_t tioclinux = 0x541c;
    const uint32_t self = (uint32_t)getpid();
    refuse_if(to, SCMP_SYS(clone), 0, BPF_JSET, thread_flag, 0);
    /* Its flags lie in memory, where a filter cannot look: the C library then takes clone(). */
    refuse(to, SCMP_SYS(clone3), SECCOMP_RET_ERRNO | ENOSYS);
    refuse_if(to, SCMP_SYS(kill), 0, BPF_JEQ, self, 0);
    refuse_if(to, SCMP_SYS(tgkill), 0, BPF_JEQ, self, 0);
    refuse_if(to, SCMP_SYS(ioctl), 1, BPF_JEQ, tiocsti, 1);
    refuse_if(to, SCMP_SYS(ioctl), 1, BPF_JEQ, tioclinux, 1);
}

/* Numbers of calls mean what they are taken for in this processor's own table alone. */
static void begin(program *to)
{
    add(to, LOAD(offsetof(struct seccomp_data, arch)));
    add(to, TEST(BPF_JEQ, OWN_ARCHITECTURE, 1, 0));
    add(to, ANSWER(SECCOMP_RET_KILL_PROCESS));
    add(to, LOAD(CALL_AT));
#ifdef __x86_64__
    add(to, TEST(BPF_JGE, X32_FIRST_CALL, 0, 1));
    add(to, ANSWER(REFUSED));
#endif
}

static spx_status limit_calls(const spx_sandbox *sandbox, spx_diag *diag)
{
    program filter = { .count = 0 };
    if (!has_filters())
        return SPX_OK;
    begin(&filter);
    refuse_all(&filter, refused_calls, COUNT(refused_calls));
    if (!sandbox->parent) {
        refuse_all(&filter, process_calls, COUNT(process_calls));
        refuse_in_part(&filter);
    }
    if (!sandbox->network)
        refuse_all(&filter, network_calls, COUNT(network_calls));
    add(&filter, ANSWER(SECCOMP_RET_ALLOW));
    const struct sock_fprog whole = { .len = filter.count, .filter = filter.steps };
    if (filter.count == PROGRAM_MOST ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) != 0) {
        return spx_fail(diag, SPX_ERR_INTERNAL, "seccomp: the filter cannot be loaded (%s)",
                        strerrordesc_np(errno));
    }
    return SPX_OK;
}

static void limit_resources(void)
{
    const struct rlimit no_core = { 0, 0 };
    struct rlimit files;
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* nobody else's debugger either */
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max <= FILES_OPEN_MOST)
        return;
    files.rlim_cur = files.rlim_max = FILES_OPEN_MOST;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

spx_status spx_sandbox_enter(const spx_sandbox *sandbox, spx_diag *diag)
{
    if (!sandbox->parent)
        limit_resources();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return SPX_OK; /* without it a process without rights may use neither of the others */
    SPX_TRY(limit_files(sandbox, diag));
    return limit_calls(sandbox, diag);
}

char *spx_sandbox_missing(char *text, size_t size)
{
    const int no_files = landlock_version() < 1;
    const int no_calls = !has_filters();
    (void)snprintf(text, size, "%s%s%s", no_files ? "Landlock" : "",
                   no_files && no_calls ? " and no " : "", no_calls ? "seccomp" : "");
    return text;
}
