/*
 * Landlock's rules are paths with rights, and what no rule names is out of reach. The filter of
 * system calls lets pass what it does not name and refuses what only a break-in would want: a list
 * of what is allowed would have to follow every library. Refusals are EPERM, not death, since
 * libraries try and do without.
 */
#include "child/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES_OPEN_MOST = 256 };

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

static int refuse_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++) /* negative: this processor has no such call */
        failed = calls[i] >= 0 && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0) != 0;
    return failed;
}

/* Refuses a call by one argument: equal, not equal, or without any bit of a mask. */
static int refuse_if(scmp_filter_ctx filter, int call, unsigned argument, enum scmp_compare how,
                     uint64_t value)
{
    const struct scmp_arg_cmp when = { .arg = argument, .op = how, .datum_a = value, .datum_b = 0 };
    return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &when) != 0;
}

/* Signals to others, processes of its own (threads are), and typing into a terminal. */
static int refuse_in_part(scmp_filter_ctx filter)
{
    static const uint64_t thread_flag = 0x00010000; /* CLONE_THREAD */
    static const uint64_t tiocsti = 0x5412;
    static const uint64_t tioclinux = 0x541c;
    const uint64_t self = (uint64_t)getpid();
    int failed = refuse_if(filter, SCMP_SYS(clone), 0, SCMP_CMP_MASKED_EQ, thread_flag);
    /* Its flags lie in memory, where a filter cannot look: the C library then takes clone(). */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0;
    failed |= refuse_if(filter, SCMP_SYS(kill), 0, SCMP_CMP_NE, self);
    failed |= refuse_if(filter, SCMP_SYS(tgkill), 0, SCMP_CMP_NE, self);
    failed |= refuse_if(filter, SCMP_SYS(ioctl), 1, SCMP_CMP_EQ, tiocsti);
    failed |= refuse_if(filter, SCMP_SYS(ioctl), 1, SCMP_CMP_EQ, tioclinux);
    return failed;
}

static spx_status limit_calls(const spx_sandbox *sandbox, spx_diag *diag)
{
    if (!has_filters())
        return SPX_OK;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL)
        return spx_fail_memory(diag, "seccomp");
    int failed = refuse_all(filter, refused_calls, COUNT(refused_calls));
    if (!sandbox->parent && !failed)
        failed = refuse_all(filter, process_calls, COUNT(process_calls)) || refuse_in_part(filter);
    if (!sandbox->network && !failed)
        failed = refuse_all(filter, network_calls, COUNT(network_calls));
    failed = failed || seccomp_load(filter) != 0;
    seccomp_release(filter);
    return failed ? spx_fail(diag, SPX_ERR_INTERNAL, "seccomp: the filter cannot be loaded")
                  : SPX_OK;
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
