/*
 * The depth of a photo, to look at and to mend: a brush lifts things nearer or pushes them farther, all of it can be turned
 * around or be replaced by a picture of one's own. What is drawn is seen in 3D before it is saved.
 */
import { make, makeChoice, say, showAlert } from "../dom.js";
import { loadPicture } from "../gl.js";
import { isPfm, readPfm } from "../pfm.js";

const UNDO_MOST = 12;
const FLOW = 0.12;          /* of a dab: how much of the way to white or black */
const DABS = 4;             /* along a brush's width */
const SHAPE_TOLERANCE = 0.02;
const KEY_STEP = 0.25;      /* of the brush's width */

async function greyOf(file) {
    const { width, height, data } = await readPfm(file);
    return new ImageData(data, width, height);
}

/**
 * The depth view of a job. `on`: change(canvas) with what the 3D view is to show, null = as it was saved; save(blob) and
 * forget() return promises. A view that is opened with a canvas for depth goes on where another one stopped.
 */
export class Depth {
    #on;
    #job;
    #stage;
    #canvas = make("canvas", { className: "depth-map", tabIndex: 0, role: "img",
        "aria-label": "Depth of the photo, white is near. Once it may be changed, paint with the pointer, or with arrow keys and space." });
    #ring = make("span", { className: "brush", hidden: true });
    #context = this.#canvas.getContext("2d", { willReadFrequently: true });
    #undo = [];
    #file = null;   /* a map of one's own, as long as nothing is drawn into it */
    #edited = false;
    #way = "near";
    #size = 0.12;   /* of the width */
    #at = { x: 0.5, y: 0.5 };
    #buttons = {};
    #tools = null; /* what there is to mend with, while that is open */
    #mending = false;
    #stop = new AbortController();

    constructor(job, on) {
        this.#job = job;
        this.#on = on;
    }

    async open({ photo, depth }) {
        const under = make("img", { className: "under-map", alt: "", src: photo });
        const [map] = await Promise.all([loadPicture(depth, this.#stop.signal), under.decode()]);
        if (this.#stop.signal.aborted)
            return;
        this.#edited = typeof depth !== "string";
        this.#canvas.width = map.width;
        this.#canvas.height = map.height;
        this.#context.drawImage(map, 0, 0);
        this.#stage = make("div", { className: "picture depth-stage" }, under, this.#canvas, this.#ring);
        this.#stage.style.setProperty("--ratio", map.width / map.height);
        this.element = make("div", { className: "view" }, this.#stage, make("div", { className: "choices hint" }, "White is near, black is far."));
        /* Real stereo is measured, not guessed; what is not done yet is not to be mended. */
        if (this.#job.summary?.stereo === undefined && this.#job.state === "done")
            this.#offerTools();
    }

    close() {
        this.#stop.abort();
    }

    #offerTools() {
        this.#tools = make("div", { className: "view" }, ...this.#makeTools());
        const open = make("button", { type: "button", className: "soft small", textContent: "Change the depth",
            onclick: () => this.#open(!this.#mending, open) });
        this.element.lastChild.append(open);
        this.element.append(this.#tools);
        this.#listen();
        this.#show();
        this.#open(this.#edited, open);
    }

    /* Only while the tools are open does a finger paint instead of scrolling. */
    #open(on, button) {
        this.#mending = on;
        this.#tools.hidden = !on;
        this.#ring.hidden = true;
        this.#stage.classList.toggle("mending", on);
        button.setAttribute("aria-expanded", String(on));
    }

    #makeTools() {
        const button = (name, text, onclick, className = "soft small") =>
            this.#buttons[name] = make("button", { type: "button", className, textContent: text, onclick });
        const size = make("input", { type: "range", min: 0.02, max: 0.4, step: 0.01, value: this.#size, "aria-label": "Size of the brush",
            oninput: () => { this.#size = Number(size.value); this.#placeRing(); } });
        const input = make("input", { type: "file", accept: "image/*,.tif,.tiff,.pfm", className: "unseen", tabIndex: -1, "aria-label": "Depth map",
            onchange: () => { void this.#take(input.files[0]); input.value = ""; } });
        const mix = makeChoice("Show", [{ value: "map", label: "Depth" }, { value: "both", label: "Over the photo" }], "map",
            (value) => this.#stage.classList.toggle("see-through", value === "both"));
        const way = makeChoice("Brush", [{ value: "near", label: "Nearer" }, { value: "far", label: "Farther" }], this.#way,
            (value) => { this.#way = value; });
        const tools = make("div", { className: "choices depth-tools" }, way, make("label", { className: "brush-size" }, "Size", size),
            button("undo", "Undo", () => this.#back()), button("invert", "Swap near and far", () => this.#invert()),
            button("own", "Use a map of mine", () => input.click()), input);
        const save = make("div", { className: "choices depth-tools" },
            button("forget", "Back to what spx saw", () => void this.#send(() => this.#on.forget())),
            button("drop", "Discard", () => this.#discard()),
            button("save", "Save this depth", () => void this.#send(async () => this.#on.save(await this.#blob())), "soft small strong"));
        return [mix, tools, save];
    }

    #show() {
        const { undo, drop, save, forget } = this.#buttons;
        undo.disabled = this.#undo.length === 0;
        drop.hidden = !this.#edited;
        save.hidden = !this.#edited;
        forget.hidden = this.#edited || this.#job.summary?.model !== "own map";
    }

    #changed(file = null) {
        this.#file = file;
        this.#edited = true;
        this.#on.change(this.#canvas);
        this.#show();
    }

    #remember() {
        this.#undo.push(this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height));
        if (this.#undo.length > UNDO_MOST)
            this.#undo.shift();
    }

    #back() {
        const before = this.#undo.pop();
        if (before === undefined)
            return;
        this.#canvas.width = before.width;
        this.#canvas.height = before.height;
        this.#context.putImageData(before, 0, 0);
        this.#changed();
        say("Undone");
    }

    #discard() {
        this.#edited = false;
        this.#undo = [];
        this.#on.change(null);
    }

    #invert() {
        this.#remember();
        this.#context.globalCompositeOperation = "difference";
        this.#context.fillStyle = "#fff";
        this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
        this.#context.globalCompositeOperation = "source-over";
        this.#changed();
    }

    /* A map of one's own is sent as it is, in all its bits; here it is only shown. */
    async #take(file) {
        if (file === undefined)
            return;
        let map;
        try {
            map = await createImageBitmap(isPfm(file) ? await greyOf(file) : file);
        } catch {
            showAlert(`${file.name} cannot be shown here`, "Use a PNG, JPEG or WebP of the photo's shape, white = near, or a grey PFM, larger = nearer.");
            return;
        }
        const shape = this.#canvas.width / this.#canvas.height;
        if (Math.abs(map.width / map.height / shape - 1) > SHAPE_TOLERANCE) {
            showAlert(`${file.name} has another shape than the photo`, `It is ${map.width} × ${map.height}. A depth map covers the same picture.`);
            return;
        }
        this.#remember();
        this.#context.drawImage(map, 0, 0, this.#canvas.width, this.#canvas.height);
        this.#changed(file);
    }

    #blob() {
        return this.#file ?? new Promise((resolve) => this.#canvas.toBlob(resolve, "image/png"));
    }

    async #send(what) {
        for (const button of Object.values(this.#buttons))
            button.disabled = true;
        await what();
        for (const button of Object.values(this.#buttons))
            button.disabled = false;
        this.#show();
    }

    #dab(x, y) {
        const { width, height } = this.#canvas;
        const radius = this.#size * width / 2;
        const light = this.#way === "near" ? 255 : 0;
        const soft = this.#context.createRadialGradient(x * width, y * height, 0, x * width, y * height, radius);
        for (const [stop, alpha] of [[0, FLOW], [0.5, FLOW * 0.8], [1, 0]])
            soft.addColorStop(stop, `rgb(${light} ${light} ${light} / ${alpha})`);
        this.#context.fillStyle = soft;
        this.#context.fillRect(x * width - radius, y * height - radius, 2 * radius, 2 * radius);
    }

    #stroke(from, to) {
        const across = (to.x - from.x) / this.#size;
        const along = (to.y - from.y) * this.#canvas.height / this.#canvas.width / this.#size;
        const count = Math.max(1, Math.ceil(Math.hypot(across, along) * DABS));
        for (let i = 1; i <= count; i++)
            this.#dab(from.x + (to.x - from.x) * i / count, from.y + (to.y - from.y) * i / count);
    }

    #placeRing() {
        const width = this.#canvas.clientWidth;
        for (const [name, px] of Object.entries({ left: this.#at.x * width, top: this.#at.y * this.#canvas.clientHeight,
            width: this.#size * width, height: this.#size * width }))
            this.#ring.style.setProperty(name, `${px}px`);
    }

    #listen() {
        const signal = this.#stop.signal;
        const place = (event) => {
            const box = this.#canvas.getBoundingClientRect();
            return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
        };
        const point = (at) => {
            this.#at = at;
            this.#ring.hidden = false;
            this.#placeRing();
        };
        const on = (type, listener) => this.#canvas.addEventListener(type, (event) => this.#mending && listener(event), { signal });
        on("pointerdown", (event) => {
            event.preventDefault();
            this.#canvas.focus();
            this.#canvas.setPointerCapture(event.pointerId);
            point(place(event));
            this.#remember();
            this.#dab(this.#at.x, this.#at.y);
        });
        on("pointermove", (event) => {
            const from = this.#at;
            point(place(event));
            if (this.#canvas.hasPointerCapture(event.pointerId))
                this.#stroke(from, this.#at);
        });
        on("lostpointercapture", () => this.#changed());
        on("pointerleave", () => { this.#ring.hidden = true; });
        on("keydown", (event) => this.#key(event, point));
    }

    #key(event, point) {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (way !== undefined) {
            const step = this.#size * KEY_STEP;
            point({ x: Math.min(1, Math.max(0, this.#at.x + way[0] * step)), y: Math.min(1, Math.max(0, this.#at.y + way[1] * step)) });
        } else if (event.key === " ") {
            this.#remember();
            this.#dab(this.#at.x, this.#at.y);
            this.#changed();
        } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
            this.#back();
        } else {
            return;
        }
        event.preventDefault();
    }
}
