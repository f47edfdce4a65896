/*
 * Grabs colour and depth of OpenGL games: gcc -shared -fPIC grab.c -o grab.so -ldl -lm, run with
 * LD_PRELOAD.
 *
 * The picture is taken when the game leaves a perspective projection for another one, which is
 * after the scene and before the on-screen display. In a share of the frames the view is rolled,
 * turned and narrowed inside the game's own frustum, so that what the game culled is not missed.
 * Each frame becomes GRAB_DIR/NNNNNN.raw: int32 width, int32 height, RGB bytes, float32
 * depth-buffer values, rows from the bottom up. GRAB_DIR/shown grows by a byte for every frame that
 * the game shows, wanted or not, so that a script knows when the game is there and takes keys.
 *
 * Variables: GRAB_DIR; GRAB_EVERY, GRAB_SKIP (frames), GRAB_MOST (frames, then the game is ended),
 * GRAB_TURNED (share of turned frames, 0..1), GRAB_ROLL (degrees), GRAB_NARROW and GRAB_WIDE (range
 * of the narrowed view's size, 0..1), GRAB_OBJECT=1 (the scene is drawn into a framebuffer object),
 * GRAB_SEED.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Numbers of gl.h and glext.h, which need not be installed. */
enum {
    MATRIX_MODE = 0x0BA0,
    VIEWPORT = 0x0BA2,
    PROJECTION_MATRIX = 0x0BA7,
    PROJECTION = 0x1701,
    PACK_ALIGNMENT = 0x0D05,
    RGB = 0x1907,
    DEPTH_COMPONENT = 0x1902,
    UNSIGNED_BYTE = 0x1401,
    FLOAT = 0x1406,
    DRAW_FRAMEBUFFER_BINDING = 0x8CA6,
    READ_FRAMEBUFFER_BINDING = 0x8CAA,
    READ_FRAMEBUFFER = 0x8CA8,
    LEAST_WIDTH = 300,
    LEAST_HEIGHT = 200,
    TRIES = 400
};

typedef void call_void(void);
typedef void call_int(unsigned, int *);
typedef void call_float(unsigned, float *);
typedef void call_store(unsigned, int);
typedef void call_bind(unsigned, unsigned);
typedef void call_matrix(const float *);
typedef void call_matrix_d(const double *);
typedef void call_read(int, int, int, int, unsigned, unsigned, void *);
typedef void *call_address(const char *);

static struct {
    int ready, every, skip, most, object;
    int shown; /* file */
    double turned, roll, narrow, wide;
    const char *dir;
} wish;

static struct {
    long frame;
    int saved;
    uint8_t *rgb; /* of the frame at hand */
    float *depth;
    int width, height, have;
    long turned_frame; /* the frame that `turn` was chosen for */
    int is_turned;
    double size, yaw, pitch, roll;
} now = { .turned_frame = -1 };

static call_address *sdl_address, *glx_address;

/* The driver's own function. */
static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (sdl_address == NULL)
        sdl_address = (call_address *)dlsym(RTLD_NEXT, "SDL_GL_GetProcAddress");
    if (found == NULL && sdl_address != NULL)
        found = sdl_address(name);
    if (glx_address == NULL)
        glx_address = (call_address *)dlsym(RTLD_NEXT, "glXGetProcAddressARB");
    if (found == NULL && glx_address != NULL)
        found = glx_address(name);
    return found;
}

static double number(const char *name, double standard)
{
    const char *const text = getenv(name);
    return text != NULL ? atof(text) : standard;
}

static void read_wishes(void)
{
    if (wish.ready)
        return;
    wish.ready = 1;
    wish.dir = getenv("GRAB_DIR") != NULL ? getenv("GRAB_DIR") : ".";
    wish.every = (int)number("GRAB_EVERY", 30);
    wish.skip = (int)number("GRAB_SKIP", 0);
    wish.most = (int)number("GRAB_MOST", 1e6);
    wish.object = (int)number("GRAB_OBJECT", 0);
    wish.turned = number("GRAB_TURNED", 0);
    wish.roll = number("GRAB_ROLL", 5);
    wish.narrow = number("GRAB_NARROW", .5);
    wish.wide = number("GRAB_WIDE", .95);
    char path[4096];
    snprintf(path, sizeof(path), "%s/shown", wish.dir);
    wish.shown = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (wish.shown < 0)
        fprintf(stderr, "grab: %s cannot be written\n", path);
    srand48((long)number("GRAB_SEED", getpid()));
}

static int is_wanted(void)
{
    read_wishes();
    return now.frame >= wish.skip && (now.frame + 1) % wish.every == 0;
}

static int get_int(unsigned what)
{
    int values[4] = { 0 };
    ((call_int *)real("glGetIntegerv"))(what, values);
    return values[0];
}

static int in_projection(void)
{
    return get_int(MATRIX_MODE) == PROJECTION;
}

static void get_projection(float *m)
{
    ((call_float *)real("glGetFloatv"))(PROJECTION_MATRIX, m);
}

static int is_perspective(const float *m)
{
    return fabsf(m[15]) < 1e-6f && (m[11] != 0 || m[7] != 0 || m[3] != 0);
}

/* Reads colour and depth of what is drawn so far. */
static void take(void)
{
    int view[4] = { 0 };
    ((call_int *)real("glGetIntegerv"))(VIEWPORT, view);
    if (view[2] < LEAST_WIDTH || view[3] < LEAST_HEIGHT)
        return;
    if (view[2] * view[3] != now.width * now.height) {
        free(now.rgb);
        free(now.depth);
        now.rgb = malloc((size_t)view[2] * (size_t)view[3] * 3);
        now.depth = malloc((size_t)view[2] * (size_t)view[3] * sizeof(float));
        if (now.rgb == NULL || now.depth == NULL)
            abort();
    }
    now.width = view[2];
    now.height = view[3];
    call_store *const store = (call_store *)real("glPixelStorei");
    call_read *const read_pixels = (call_read *)real("glReadPixels");
    const int alignment = get_int(PACK_ALIGNMENT);
    store(PACK_ALIGNMENT, 1);
    read_pixels(view[0], view[1], view[2], view[3], RGB, UNSIGNED_BYTE, now.rgb);
    read_pixels(view[0], view[1], view[2], view[3], DEPTH_COMPONENT, FLOAT, now.depth);
    store(PACK_ALIGNMENT, alignment);
    now.have = 1;
}

/* next: the projection that comes, NULL = none that is a perspective. */
static void before_projection(const float *next)
{
    float current[16];
    if (wish.object || !is_wanted() || !in_projection())
        return;
    get_projection(current);
    if (is_perspective(current) && !(next != NULL && is_perspective(next)))
        take();
}

static double between(double low, double high)
{
    return low + (high - low) * drand48();
}

/* roll * pitch * yaw, row by row. */
static void rotation(double m[3][3], double yaw, double pitch, double roll)
{
    const double cy = cos(yaw), sy = sin(yaw), cp = cos(pitch), sp = sin(pitch), cr = cos(roll),
                 sr = sin(roll);
    const double t[3][3] = { { cy, 0, sy }, { sp * sy, cp, -sp * cy }, { -cp * sy, sp, cp * cy } };
    for (int j = 0; j < 3; j++) {
        m[0][j] = cr * t[0][j] - sr * t[1][j];
        m[1][j] = sr * t[0][j] + cr * t[1][j];
        m[2][j] = t[2][j];
    }
}

/* Whether the turned view's four corners lie inside the game's own. tx, ty: tangents of half its
 * angles. */
static int fits(double tx, double ty, double sign)
{
    double m[3][3];
    rotation(m, now.yaw, now.pitch, now.roll);
    for (int corner = 0; corner < 4; corner++) {
        const double e[3] = { (corner & 1 ? 1 : -1) * now.size * tx,
                              (corner & 2 ? 1 : -1) * now.size * ty, sign };
        double o[3];
        for (int i = 0; i < 3; i++)
            o[i] = m[0][i] * e[0] + m[1][i] * e[1] + m[2][i] * e[2];
        if (o[2] * sign <= .05 || fabs(o[0] / o[2]) > tx || fabs(o[1] / o[2]) > ty)
            return 0;
    }
    return 1;
}

static void choose_turn(double tx, double ty, double sign)
{
    now.turned_frame = now.frame;
    now.is_turned = 0;
    if (drand48() >= wish.turned)
        return;
    for (int i = 0; i < TRIES && !now.is_turned; i++) {
        now.size = between(wish.narrow, wish.wide);
        now.roll = (drand48() + drand48() - 1) * wish.roll * M_PI / 180;
        now.yaw = between(-.7, .7);
        now.pitch = between(-.5, .5);
        now.is_turned = fits(tx, ty, sign);
    }
}

/* The projection of the turned view, for the frames that are turned. */
static int turn(const float *p, float *out)
{
    double m[3][3];
    if (!is_wanted() || wish.turned <= 0 || !is_perspective(p) || p[0] == 0 || p[5] == 0 ||
        fabsf(fabsf(p[11]) - 1) > 1e-3)
        return 0;
    if (now.turned_frame != now.frame)
        choose_turn(1 / fabs(p[0]), 1 / fabs(p[5]), p[11] > 0 ? 1 : -1);
    if (!now.is_turned)
        return 0;
    rotation(m, now.yaw, now.pitch, now.roll);
    for (int c = 0; c < 3; c++) {
        out[c * 4 + 0] = (float)(p[0] / now.size * m[0][c]);
        out[c * 4 + 1] = (float)(p[5] / now.size * m[1][c]);
        out[c * 4 + 2] = (float)(p[10] * m[2][c]);
        out[c * 4 + 3] = (float)(p[11] * m[2][c]);
    }
    out[12] = out[13] = out[15] = 0;
    out[14] = p[14];
    return 1;
}

/* Turns a projection that the game has just multiplied together. */
static void turn_current(void)
{
    float p[16], turned[16];
    if (!is_wanted() || wish.turned <= 0 || !in_projection())
        return;
    get_projection(p);
    if (fabsf(p[3]) <= 1e-6f && fabsf(p[7]) <= 1e-6f && turn(p, turned))
        ((call_matrix *)real("glLoadMatrixf"))(turned);
}

void glLoadMatrixf(const float *m)
{
    float turned[16];
    before_projection(m);
    ((call_matrix *)real("glLoadMatrixf"))(
        is_wanted() && in_projection() && turn(m, turned) ? turned : m);
}

void glLoadMatrixd(const double *m)
{
    float f[16];
    for (int i = 0; i < 16; i++)
        f[i] = (float)m[i];
    glLoadMatrixf(f);
}

void glLoadIdentity(void)
{
    before_projection(NULL);
    ((call_void *)real("glLoadIdentity"))();
}

void glPopMatrix(void)
{
    before_projection(NULL);
    ((call_void *)real("glPopMatrix"))();
}

void glFrustum(double left, double right, double bottom, double top, double close, double far)
{
    ((void (*)(double, double, double, double, double, double))real("glFrustum"))(
        left, right, bottom, top, close, far);
    turn_current();
}

void glMultMatrixd(const double *m)
{
    ((call_matrix_d *)real("glMultMatrixd"))(m);
    turn_current();
}

void glMultMatrixf(const float *m)
{
    ((call_matrix *)real("glMultMatrixf"))(m);
    turn_current();
}

void gluPerspective(double angle, double aspect, double close, double far)
{
    ((void (*)(double, double, double, double))real("gluPerspective"))(angle, aspect, close, far);
    turn_current();
}

/* The scene's framebuffer object is left for the window: the last one of full size counts. */
static void bind_framebuffer(unsigned target, unsigned name)
{
    call_bind *const bind = (call_bind *)real("glBindFramebuffer");
    const int drawn =
        name == 0 && is_wanted() && wish.object ? get_int(DRAW_FRAMEBUFFER_BINDING) : 0;
    if (drawn != 0) {
        const int read_from = get_int(READ_FRAMEBUFFER_BINDING);
        if (read_from != drawn)
            bind(READ_FRAMEBUFFER, (unsigned)drawn);
        take();
        if (read_from != drawn)
            bind(READ_FRAMEBUFFER, (unsigned)read_from);
    }
    bind(target, name);
}

static void write_frame(void)
{
    char path[4096];
    const size_t count = (size_t)now.width * (size_t)now.height;
    const int size[2] = { now.width, now.height };
    snprintf(path, sizeof(path), "%s/%06ld.raw", wish.dir, now.frame);
    FILE *const out = fopen(path, "wb");
    if (out == NULL)
        return;
    fwrite(size, sizeof(int), 2, out);
    fwrite(now.rgb, 3, count, out);
    fwrite(now.depth, sizeof(float), count, out);
    fclose(out);
    if (++now.saved >= wish.most)
        _exit(0);
}

static int has_depth(void)
{
    float low = 1, high = 0;
    for (size_t i = 0; i < (size_t)now.width * (size_t)now.height; i++) {
        low = fminf(low, now.depth[i]);
        high = fmaxf(high, now.depth[i]);
    }
    return high > low;
}

/* A frame is done: what was taken of it is written; where nothing was, the window is. */
static void end_frame(void)
{
    if (is_wanted()) {
        call_bind *const bind = (call_bind *)real("glBindFramebuffer");
        const int read_from = bind != NULL ? get_int(READ_FRAMEBUFFER_BINDING) : 0;
        if (read_from != 0)
            bind(READ_FRAMEBUFFER, 0);
        if (!now.have && !wish.object)
            take();
        if (read_from != 0)
            bind(READ_FRAMEBUFFER, (unsigned)read_from);
        if (now.have && has_depth())
            write_frame();
    }
    now.have = 0;
    now.frame++;
    if (wish.shown >= 0 && write(wish.shown, ".", 1) != 1)
        wish.shown = -1;
}

/* A home folder of the capture's own, also for the games that ask the list of users for it. */
struct passwd *getpwuid(uid_t user)
{
    struct passwd *const found = ((struct passwd * (*)(uid_t)) dlsym(RTLD_NEXT, "getpwuid"))(user);
    if (found != NULL && getenv("HOME") != NULL)
        found->pw_dir = getenv("HOME");
    return found;
}

static int inside_sdl; /* SDL calls GLX: one frame, not two */

void SDL_GL_SwapWindow(void *window)
{
    end_frame();
    inside_sdl = 1;
    ((void (*)(void *))dlsym(RTLD_NEXT, "SDL_GL_SwapWindow"))(window);
    inside_sdl = 0;
}

void SDL_GL_SwapBuffers(void)
{
    end_frame();
    inside_sdl = 1;
    ((call_void *)dlsym(RTLD_NEXT, "SDL_GL_SwapBuffers"))();
    inside_sdl = 0;
}

void glXSwapBuffers(void *display, unsigned long drawable)
{
    if (!inside_sdl)
        end_frame();
    ((void (*)(void *, unsigned long))dlsym(RTLD_NEXT, "glXSwapBuffers"))(display, drawable);
}

/* What games ask for by name instead of linking to it. */
static void *own(const char *name)
{
    static const struct {
        const char *name;
        void *function;
    } table[] = {
        { "glLoadMatrixf", (void *)glLoadMatrixf },   { "glLoadMatrixd", (void *)glLoadMatrixd },
        { "glLoadIdentity", (void *)glLoadIdentity }, { "glPopMatrix", (void *)glPopMatrix },
        { "glFrustum", (void *)glFrustum },           { "glMultMatrixd", (void *)glMultMatrixd },
        { "glMultMatrixf", (void *)glMultMatrixf },
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(name, table[i].name) == 0)
            return table[i].function;
    }
    read_wishes();
    return wish.object && strncmp(name, "glBindFramebuffer", 17) == 0 ? (void *)bind_framebuffer
                                                                      : NULL;
}

void *SDL_GL_GetProcAddress(const char *name)
{
    void *const mine = own(name);
    if (sdl_address == NULL)
        sdl_address = (call_address *)dlsym(RTLD_NEXT, "SDL_GL_GetProcAddress");
    return mine != NULL ? mine : sdl_address(name);
}

void *glXGetProcAddressARB(const char *name)
{
    void *const mine = strcmp(name, "glXSwapBuffers") == 0 ? (void *)glXSwapBuffers : own(name);
    if (glx_address == NULL)
        glx_address = (call_address *)dlsym(RTLD_NEXT, "glXGetProcAddressARB");
    return mine != NULL ? mine : glx_address(name);
}

void *glXGetProcAddress(const char *name)
{
    return glXGetProcAddressARB(name);
}
