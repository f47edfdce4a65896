import { make, makeChoice } from "../dom.js";
import { Parallax } from "./parallax.js";

/* Where the photo lies in its extended picture, from the options that made it, in shares of that picture. */
function placeOf(job, photo, wide) {
    const options = job.options;
    const own = photo.naturalWidth / photo.naturalHeight;
    const ratio = wide.naturalWidth / wide.naturalHeight;
    if (options.aspect !== undefined && options.aspect !== null) {
        const width = Math.min(1, own / ratio);
        const height = Math.min(1, ratio / own);
        return { left: (1 - width) / 2, top: (1 - height) / 2, width, height };
    }
    /* A margin is "20%" of the photo's side, or pixels of the larger picture. */
    const place = (before, after, total) => {
        const pixels = [before, after].filter((margin) => typeof margin !== "string").reduce((sum, margin) => sum + margin, 0);
        const shares = [before, after].filter((margin) => typeof margin === "string")
            .reduce((sum, margin) => sum + Number.parseFloat(margin) / 100, 0);
        const side = (total - pixels) / (1 + shares);
        const begin = typeof before === "string" ? Number.parseFloat(before) / 100 * side : before;
        return [begin / total, side / total];
    };
    const [left, width] = place(options.left, options.right, wide.naturalWidth);
    const [top, height] = place(options.top, options.bottom, wide.naturalHeight);
    return { left, top, width, height };
}

/** Two pictures of which a line shows more or less. Files: {preview, photo, outpainted, left, right, depth}. */
export class Compare {
    #before = make("img", { className: "before", alt: "The photo" });
    #after = make("img", { className: "after" });
    #live = null; /* the photo in 3D, while that is compared */
    #stage = null;
    #job;
    #values;

    constructor(job, values) {
        this.#job = job;
        this.#values = values;
        const slider = make("input", {
            type: "range", min: 0, max: 100, value: 50, step: 0.5, "aria-label": "How much of the photo is shown",
            oninput: () => this.#stage.style.setProperty("--cut", `${slider.value}%`),
        });
        this.#stage = make("div", { className: "picture compare" }, this.#after,
            make("div", { className: "under" }, this.#before), make("span", { className: "cut" }), slider);
    }

    async open(files) {
        const choices = [
            { value: "outpainted", label: "Extended" }, { value: "live", label: "In 3D" }, { value: "depth", label: "Depth" },
            { value: "left", label: "Left eye" }, { value: "right", label: "Right eye" },
        ].filter(({ value }) => (value === "live" ? files.depth : files[value]) !== undefined);
        this.element = make("div", { className: "view" }, this.#stage);
        if (choices.length === 1)
            this.element.append(make("p", { className: "hint", textContent: "Drag the line across the photo." }));
        else
            this.element.append(makeChoice("Compare with", choices, choices[0].value, (value) => void this.#show(files, value)));
        await this.#show(files, choices[0].value);
    }

    /** Draws 3D with other values at once. */
    set(values) {
        this.#values = { ...this.#values, ...values };
        this.#live?.set(values);
    }

    close() {
        this.#live?.close();
        this.#live = null;
    }

    async #show(files, what) {
        this.close();
        if (what === "live")
            await this.#showLive(files);
        else
            await this.#showPicture(files, what);
        this.#after.hidden = what === "live";
    }

    async #showLive(files) {
        this.#live = new Parallax(this.#values, { sways: true });
        const { canvas } = this.#live;
        this.#stage.querySelector("canvas")?.remove();
        canvas.className = "live";
        canvas.tabIndex = -1; /* the line is what is moved here */
        this.#stage.prepend(canvas);
        this.#before.src = files.photo;
        await Promise.all([this.#before.decode(), this.#live.open(files)]);
        this.#place(this.#before.naturalWidth / this.#before.naturalHeight, { left: 0, top: 0, width: 1, height: 1 });
    }

    async #showPicture(files, what) {
        /* Eyes and depth of an extended photo belong to the extended photo. */
        const extended = what === "outpainted";
        this.#stage.querySelector("canvas")?.remove();
        this.#before.src = extended ? files.preview : files.photo;
        this.#after.src = typeof files[what] === "string" ? files[what] : files[what].toDataURL();
        this.#after.alt = what;
        await Promise.all([this.#before.decode(), this.#after.decode()]);
        this.#place(this.#after.naturalWidth / this.#after.naturalHeight,
            extended ? placeOf(this.#job, this.#before, this.#after) : { left: 0, top: 0, width: 1, height: 1 });
    }

    #place(ratio, place) {
        this.#stage.style.setProperty("--ratio", ratio);
        for (const [name, share] of Object.entries(place))
            this.#before.style.setProperty(name, `${share * 100}%`);
    }
}
