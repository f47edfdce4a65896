/*
 * The photo as a surface of its depth, seen by an eye that moves. A ray of each pixel walks from near to far
 * until it meets the surface. Where it meets the wall between a near thing and what is behind, the picture
 * behind is continued by its mirror image, so that edges stay clean.
 */
import { make, wantsLessMotion } from "../dom.js";
import { closeGl, drawPicture, fitCanvas, keepGl, loadPicture, makeProgram, openGl, putTexture } from "../gl.js";

const fragment = `#version 300 es
precision highp float;
uniform sampler2D photo;
uniform sampler2D depth;
uniform vec2 shift;        /* of the nearest against the farthest, in picture sizes */
uniform float convergence;
uniform float zoom;
in vec2 place;
out vec4 colour;

const int STEPS = 40;
const int REFINEMENTS = 6;
const float WALL = 0.08;   /* a step of depth that tears the surface */
const float SKIRT = 0.004; /* how far a step is smeared, in widths */

vec2 along(vec2 uv, float layer) { return uv - (layer - convergence) * shift; }
float depth_at(vec2 p) { return texture(depth, p).r; }

void main() {
    vec2 uv = (place - 0.5) * zoom + 0.5;
    float above = 1.0;
    float below = 1.0;
    for (int i = 0; i <= STEPS; i++) {
        below = 1.0 - float(i) / float(STEPS);
        if (depth_at(along(uv, below)) >= below)
            break;
        above = below;
    }
    for (int i = 0; i < REFINEMENTS; i++) {
        float middle = 0.5 * (above + below);
        if (depth_at(along(uv, middle)) >= middle)
            below = middle;
        else
            above = middle;
    }
    vec2 hit = along(uv, below);
    vec2 size = vec2(textureSize(depth, 0));
    vec2 outward = -normalize(shift + 1e-9) * max(3.0 / size, vec2(SKIRT));
    float behind = min(depth_at(hit + outward), depth_at(hit + 2.0 * outward));
    float torn = smoothstep(0.5 * WALL, 1.5 * WALL, depth_at(hit - outward) - behind);
    if (below == 1.0 || length(shift * size) < 1.0)
        torn = 0.0;
    vec2 mirrored = hit + 2.0 * outward + hit - along(uv, behind);
    colour = mix(texture(photo, hit), texture(photo, mirrored), torn);
}`;

const EASE_MS = 130; /* 1 / e of the way is left after this time, however many pictures there are */
const FRAME_MS = 1000 / 60;
const SLOW_MS = 70;
const LEAST_DETAIL = 0.35;
const STILL = 0.002;
const SWAY_MS = 6000;
const KEY_STEP = 0.2;

/** A view of job files {photo, depth} (addresses) with values {strength, convergence}. */
export class Parallax {
    #values;
    #gl = null;
    #program = null;
    #picture = null;
    #map = null;
    #textures = {};
    #eye = { x: 0, y: 0 };
    #aim = { x: 0, y: 0 };
    #frame = 0;
    #swayUntil = 0;
    #last = 0;
    #detail = 1;
    #calm = wantsLessMotion();
    #watch = null;
    #stop = new AbortController();
    #sways;

    /** sways: it moves by itself until it is touched, if the person wants motion at all. */
    constructor(values, { sways = false } = {}) {
        this.#values = values;
        this.#sways = sways;
        this.canvas = make("canvas", {
            className: "picture live", tabIndex: 0, role: "img",
            "aria-label": "The photo in 3D. Move the pointer or use the arrow keys to look around.",
        });
        const hint = matchMedia("(hover: none)").matches
            ? "Drag across the photo to look around." : "Move the pointer over the photo to look around.";
        this.element = make("div", { className: "view" }, this.canvas, make("p", { className: "hint", textContent: hint }));
    }

    async open({ photo, depth }) {
        const [picture, map] = await Promise.all([
            loadPicture(photo, this.#stop.signal), loadPicture(depth, this.#stop.signal)]);
        if (this.#stop.signal.aborted)
            return;
        this.#picture = picture;
        this.#map = map;
        this.#fill();
        keepGl(this.canvas, this.#stop.signal, () => {
            this.#fill();
            this.#wake();
        });
        this.canvas.style.setProperty("--ratio", picture.width / picture.height);
        this.#listen();
        if (wantsLessMotion() && this.#sways)
            this.#aim = { x: 0.8, y: 0 };
        this.#swayUntil = wantsLessMotion() ? 0 : this.#sways ? Infinity : performance.now() + SWAY_MS;
        this.#wake();
    }

    /** Goes on with another depth of the same photo. Fails before it is open. */
    async refine(depth) {
        const map = await loadPicture(depth, this.#stop.signal);
        if (this.#stop.signal.aborted)
            return;
        this.#map = map;
        putTexture(this.#gl, 1, map);
        this.#wake();
    }

    /** Draws with other values at once. */
    set(values) {
        this.#values = { ...this.#values, ...values };
        this.#wake();
    }

    close() {
        this.#stop.abort();
        this.#watch?.disconnect();
        cancelAnimationFrame(this.#frame);
        closeGl(this.#gl);
    }

    /** Whether looking around by turning the device needs a question first. */
    static asksForMotion() {
        return matchMedia("(pointer: coarse)").matches && typeof DeviceOrientationEvent !== "undefined" &&
            typeof DeviceOrientationEvent.requestPermission === "function";
    }

    /* What a context holds: when it opens, and when it was lost. */
    #fill() {
        const gl = openGl(this.canvas);
        this.#program = makeProgram(gl, fragment);
        this.#textures = { photo: putTexture(gl, 0, this.#picture), depth: putTexture(gl, 1, this.#map) };
        this.#gl = gl;
    }

    #listen() {
        const signal = this.#stop.signal;
        this.#watch = new ResizeObserver(() => this.#wake());
        this.#watch.observe(this.canvas);
        const turn = (x, y) => {
            this.#swayUntil = 0;
            this.#aim = { x: Math.max(-1, Math.min(1, x)), y: Math.max(-1, Math.min(1, y)) };
            this.#wake();
        };
        this.canvas.addEventListener("pointermove", (event) => {
            const box = this.canvas.getBoundingClientRect();
            turn((event.clientX - box.left) / box.width * 2 - 1, (event.clientY - box.top) / box.height * 2 - 1);
        }, { signal });
        this.canvas.addEventListener("pointerleave", () => turn(0, 0), { signal });
        this.canvas.addEventListener("keydown", (event) => {
            const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
            if (way === undefined)
                return;
            event.preventDefault();
            turn(this.#aim.x + way[0] * KEY_STEP, this.#aim.y + way[1] * KEY_STEP);
        }, { signal });
        addEventListener("deviceorientation", (event) => {
            if (event.gamma !== null)
                turn(event.gamma / 25, (event.beta - 45) / 25);
        }, { signal });
    }

    #wake() {
        if (this.#frame === 0 && this.#gl !== null)
            this.#frame = requestAnimationFrame((now) => this.#step(now));
    }

    #step(now) {
        this.#frame = 0;
        const left = this.#swayUntil - now;
        if (left > 0) {
            const size = Math.min(1, left / 1500);
            this.#aim = { x: Math.sin(now / 700) * size, y: Math.sin(now / 1100) * 0.3 * size };
        }
        const dx = this.#aim.x - this.#eye.x;
        const dy = this.#aim.y - this.#eye.y;
        const since = this.#last > 0 ? now - this.#last : FRAME_MS; /* after a rest: one picture */
        const share = this.#calm ? 1 : 1 - Math.exp(-since / EASE_MS);
        this.#eye.x += dx * share;
        this.#eye.y += dy * share;
        this.#draw();
        const moving = left > 0 || Math.abs(dx) > STILL || Math.abs(dy) > STILL;
        this.#keepPace(moving ? now : 0);
        if (moving)
            this.#wake();
    }

    /* Where a picture takes long, fewer pixels; all of them again once it stands still. */
    #keepPace(now) {
        if (now === 0 && this.#detail < 1) {
            this.#detail = 1;
            this.#draw();
        } else if (this.#last > 0 && now - this.#last > SLOW_MS) {
            this.#detail = Math.max(LEAST_DETAIL, this.#detail * 0.8);
        }
        this.#last = now;
    }

    #draw() {
        const gl = this.#gl;
        fitCanvas(this.canvas, this.#picture, this.#detail);
        const { strength, convergence } = this.#values;
        const reach = strength / 100;
        const ratio = this.#picture.width / this.#picture.height;
        this.#program.set({
            ...this.#textures,
            shift: [-this.#eye.x * reach, -this.#eye.y * reach * ratio * 0.6],
            convergence,
            zoom: 1 - 2 * reach * Math.max(convergence, 1 - convergence) * 0.8,
        });
        drawPicture(gl);
    }
}
