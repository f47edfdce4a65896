/* Both eyes in one picture for red-cyan glasses: least-squares projection after Dubois, in linear light. */
import { make, makeChoice } from "../dom.js";
import { closeGl, drawPicture, fitCanvas, keepGl, loadPicture, makeProgram, openGl, putTexture } from "../gl.js";

const fragment = `#version 300 es
precision highp float;
uniform sampler2D left;
uniform sampler2D right;
in vec2 place;
out vec4 colour;

/* Columns are what red, green and blue of an eye give. */
const mat3 FROM_LEFT = mat3(0.4561, -0.0400822, -0.0152161,
                            0.500484, -0.0378246, -0.0205971,
                            0.176381, -0.0157589, -0.00546856);
const mat3 FROM_RIGHT = mat3(-0.0434706, 0.378476, -0.0721527,
                             -0.0879388, 0.73364, -0.112961,
                             -0.00155529, -0.0184503, 1.2264);

const vec3 LIGHTNESS = vec3(0.2126, 0.7152, 0.0722);
uniform float grey; /* 1 = without colours, which no eye sees twice */

vec3 linear(vec3 c) { return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c)); }
vec3 coded(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c)); }

void main() {
    vec3 l = linear(texture(left, place).rgb);
    vec3 r = linear(texture(right, place).rgb);
    vec3 sum = mix(FROM_LEFT * l + FROM_RIGHT * r, vec3(dot(l, LIGHTNESS), vec2(dot(r, LIGHTNESS))), grey);
    colour = vec4(coded(clamp(sum, 0.0, 1.0)), 1.0);
}`;

export class Anaglyph {
    #gl = null;
    #pictures = [];
    #grey = 0;
    #program = null;
    #watch = null;
    #stop = new AbortController();

    constructor() {
        this.canvas = make("canvas", { className: "picture", role: "img", "aria-label": "Red-cyan picture of both eyes" });
        const choice = makeChoice("Colours", [{ value: "colour", label: "Colour" }, { value: "grey", label: "Grey" }], "colour",
            (value) => this.#paint(value === "grey" ? 1 : 0));
        choice.append(make("span", { className: "words", textContent: "Red on the left eye" }));
        this.element = make("div", { className: "view" }, this.canvas, choice);
    }

    async open({ left, right }) {
        const pictures = await Promise.all([left, right].map((url) => loadPicture(url, this.#stop.signal)));
        if (this.#stop.signal.aborted)
            return;
        this.#pictures = pictures;
        this.#fill();
        keepGl(this.canvas, this.#stop.signal, () => {
            this.#fill();
            this.#draw();
        });
        this.canvas.style.setProperty("--ratio", pictures[0].width / pictures[0].height);
        this.#watch = new ResizeObserver(() => this.#draw());
        this.#watch.observe(this.canvas);
        this.#draw();
    }

    close() {
        this.#stop.abort();
        this.#watch?.disconnect();
        closeGl(this.#gl);
    }

    /* What a context holds: when it opens, and when it was lost. */
    #fill() {
        const gl = openGl(this.canvas);
        const [left, right] = this.#pictures;
        this.#program = makeProgram(gl, fragment);
        this.#program.set({ left: putTexture(gl, 0, left), right: putTexture(gl, 1, right), grey: this.#grey });
        this.#gl = gl;
    }

    #paint(grey) {
        this.#grey = grey;
        if (this.#gl === null)
            return;
        this.#program.set({ grey });
        this.#draw();
    }

    #draw() {
        fitCanvas(this.canvas, this.#pictures[0]);
        drawPicture(this.#gl);
    }
}
