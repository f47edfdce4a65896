/* The frame that a photo is extended to: handles on its edges, presets, sizes. */
import { byId, make } from "./dom.js";

const MOST = 3; /* a margin, in sides of the photo, where the server says nothing */
const USUAL = 0.2;
const SIZE = "size"; /* the preset of the fields for pixels */
const SIDE_MAX_PX = 65500;
const ROOM = 1.5; /* of the stage in frames, so that there is something to drag into */
const sides = ["left", "top", "right", "bottom"];
const handles = {
    "top-left": "Top left corner", top: "Top edge", "top-right": "Top right corner", right: "Right edge",
    "bottom-right": "Bottom right corner", bottom: "Bottom edge", "bottom-left": "Bottom left corner", left: "Left edge",
};
const presets = [
    { value: "20", label: "+20 %" }, { value: "16:9", label: "16:9" }, { value: "4:3", label: "4:3" },
    { value: "1:1", label: "1:1" },
];
const step = { ArrowLeft: ["left", -1], ArrowRight: ["right", 1], ArrowUp: ["top", -1], ArrowDown: ["bottom", 1] };

export class FrameEditor {
    #photo = byId("frame-photo");
    #box = byId("frame-box");
    #stage = byId("frame-stage");
    #margins = { left: 0, top: 0, right: 0, bottom: 0 };
    #size = { width: 3, height: 2 };
    #known = false; /* whether the browser could read the photo */
    #preset = "20";
    #most = MOST;
    #wish = { width: 0, height: 0 }; /* what was typed into the fields, for SIZE */
    #scale = 1;
    #buttons = [];
    #wide = byId("frame-width");
    #high = byId("frame-height");

    constructor() {
        for (const [where, label] of Object.entries(handles))
            this.#box.append(this.#handle(where, label));
        this.#buttons = presets.map(({ value, label }) => make("button", {
            type: "button", className: "choice", textContent: label, "data-value": value,
            onclick: () => this.#choose(value),
        }));
        byId("frame-presets").append(...this.#buttons);
        for (const side of [this.#wide, this.#high])
            side.addEventListener("change", () => this.#chooseSize());
        new ResizeObserver(() => this.#fit()).observe(this.#stage);
    }

    /** The widest margin that the server takes, in per cent of the photo's side; 0: any. */
    set most(percent) {
        this.#most = percent === 0 ? MOST : percent / 100;
        this.#buttons[0].textContent = `+${this.#usual()} %`;
    }

    /** Shows a photo (an address) in the frame that was chosen last. */
    async open(url) {
        this.#photo.src = url;
        try {
            await this.#photo.decode();
            this.#size = { width: this.#photo.naturalWidth, height: this.#photo.naturalHeight };
            this.#known = true;
        } catch {
            this.#size = { width: 3, height: 2 };
            this.#known = false;
        }
        this.#photo.classList.toggle("unknown", !this.#known);
        if (this.#preset === SIZE)
            this.#growToWish();
        else
            this.#choose(this.#preset === "" ? "20" : this.#preset);
    }

    /** As fields of a form: a preset as it is, so that it fits each of several photos. */
    fields() {
        if (this.#preset === "20")
            return { expand: `${this.#usual()}%` };
        if (this.#preset === SIZE)
            return { size: Object.values(this.#known ? this.#pixels() : this.#wish).join("x") };
        if (this.#preset !== "")
            return { aspect: this.#preset };
        return Object.fromEntries(sides.map((side) => [side, `${this.#share(side)}%`]));
    }

    /* Per cent, a whole number. */
    #usual() {
        return Math.floor(Math.min(USUAL, this.#most) * 100);
    }

    #choose(preset) {
        this.#preset = preset;
        if (preset === "20") {
            const usual = this.#usual() / 100;
            this.#margins = { left: usual, right: usual, top: usual, bottom: usual };
            this.#fit();
        } else {
            const [wide, high] = preset.split(":").map(Number);
            this.#fitShape(wide / high);
        }
    }

    /* What is no size leaves the frame, and goes from the fields. */
    #chooseSize() {
        const [width, height] = [this.#wide, this.#high].map(({ value }) => Number(value));
        const whole = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= SIDE_MAX_PX);
        if (!whole) {
            /* Of a photo that this browser cannot read, the other side is not known: it is typed next. */
            if (this.#known)
                this.#place();
            return;
        }
        this.#wish = { width, height };
        this.#growToWish();
    }

    /* As large as was wished, but nowhere smaller than the photo, which the server refuses. */
    #growToWish() {
        this.#preset = SIZE;
        if (!this.#known) {
            this.#fitShape(this.#wish.width / this.#wish.height);
            return;
        }
        const { width, height } = this.#pixels();
        const across = (width / this.#size.width - 1) / 2;
        const down = (height / this.#size.height - 1) / 2;
        this.#margins = { left: across, right: across, top: down, bottom: down };
        this.#fit();
    }

    /* Grows to that width for one of height, evenly on two sides. */
    #fitShape(shape) {
        const growth = shape / (this.#size.width / this.#size.height);
        const across = growth >= 1 ? (growth - 1) / 2 : 0;
        const down = growth >= 1 ? 0 : (1 / growth - 1) / 2;
        this.#margins = { left: across, right: across, top: down, bottom: down };
        this.#fit();
    }

    /* Chooses a scale at which the frame and some room around it fit the stage. */
    #fit() {
        const { clientWidth, clientHeight } = this.#stage;
        const m = this.#margins;
        const wide = this.#size.width * Math.max(1 + m.left + m.right, 1.2) * ROOM;
        const high = this.#size.height * Math.max(1 + m.top + m.bottom, 1.2) * ROOM;
        this.#scale = Math.min(clientWidth / wide, clientHeight / high);
        this.#place();
    }

    #place() {
        const { width, height } = this.#size;
        const m = this.#margins;
        const total = { width: width * (1 + m.left + m.right), height: height * (1 + m.top + m.bottom) };
        const set = (element, values) => {
            for (const [name, px] of Object.entries(values))
                element.style.setProperty(name, `${px * this.#scale}px`);
        };
        set(this.#box, total);
        set(this.#photo, { left: m.left * width, top: m.top * height, width, height });
        for (const button of this.#buttons)
            button.setAttribute("aria-pressed", String(button.dataset.value === this.#preset));
        this.#tellSize();
    }

    /* Of the larger photo as the server reckons it: of a margin in per cent, each side is rounded for itself. */
    #pixels() {
        const { width, height } = this.#size;
        const m = this.#margins;
        if (this.#preset === SIZE)
            return { width: Math.max(width, this.#wish.width), height: Math.max(height, this.#wish.height) };
        if (this.#preset.includes(":"))
            return { width: Math.round(width * (1 + m.left + m.right)), height: Math.round(height * (1 + m.top + m.bottom)) };
        const margin = (side, length) => Math.round(Number(this.#share(side)) / 100 * length);
        return {
            width: width + margin("left", width) + margin("right", width),
            height: height + margin("top", height) + margin("bottom", height),
        };
    }

    /* A margin in per cent, as it is sent. */
    #share(side) {
        return (this.#margins[side] * 100).toFixed(2);
    }

    /* The fields say what will be made, which a wish for less than the photo is not. Of a photo whose size is not known
     * they say the wish. */
    #tellSize() {
        const words = ({ width, height }) => `${width} × ${height}`;
        const percent = (a, b) => `${Math.round((1 + this.#margins[a] + this.#margins[b]) * 100)} %`;
        const wished = this.#preset === SIZE;
        const made = this.#known ? this.#pixels() : wished ? this.#wish : null;
        this.#wide.value = made?.width ?? "";
        this.#high.value = made?.height ?? "";
        byId("frame-size").textContent = this.#known ? `${words(this.#size)} → ${words(made)}`
            : wished ? `→ ${words(made)}` : `${percent("left", "right")} × ${percent("top", "bottom")} of the photo`;
    }

    #grow(side, by) {
        this.#preset = "";
        this.#margins[side] = Math.min(this.#most, Math.max(0, this.#margins[side] + by));
    }

    #handle(where, label) {
        const own = where.split("-");
        const handle = make("button", {
            type: "button", className: `handle ${where}`, "aria-label": `${label}: drag, or arrow keys`,
            onkeydown: (event) => this.#key(event, own),
        });
        handle.addEventListener("pointerdown", (event) => this.#drag(event, handle, own));
        return handle;
    }

    #key(event, own) {
        const [toward, sign] = step[event.key] ?? [];
        if (toward === undefined)
            return;
        event.preventDefault();
        const across = toward === "left" || toward === "right";
        for (const side of own) {
            if (across !== (side === "left" || side === "right"))
                continue;
            const outward = side === "left" || side === "top" ? -sign : sign;
            this.#grow(side, outward * (event.shiftKey ? 0.1 : 0.01));
        }
        this.#fit();
    }

    /* The scale stays while a handle is held; the frame is fitted anew when it is let go. */
    #drag(event, handle, own) {
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        this.#stage.classList.add("dragging");
        const first = { x: event.clientX, y: event.clientY, margins: { ...this.#margins } };
        const move = (now) => {
            const by = {
                left: first.x - now.clientX, right: now.clientX - first.x,
                top: first.y - now.clientY, bottom: now.clientY - first.y,
            };
            for (const side of own) {
                const length = (side === "left" || side === "right" ? this.#size.width : this.#size.height) * this.#scale;
                /* The frame stays in the middle of the stage: its edge moves half as far as it grows. */
                this.#margins[side] = first.margins[side];
                this.#grow(side, 2 * by[side] / length);
            }
            this.#place();
        };
        const done = () => {
            handle.removeEventListener("pointermove", move);
            this.#stage.classList.remove("dragging");
            this.#fit();
        };
        handle.addEventListener("pointermove", move);
        handle.addEventListener("lostpointercapture", done, { once: true });
    }
}
