import { make } from "./dom.js";

let count = 0;

/**
 * A slider with its name and value. about: {label, hint, min, max, step, unit, value}. With `auto` the value may
 * also be "auto", which a check box chooses. Calls onchange(value): a number or "auto".
 */
export class Slider {
    #input;
    #auto = null;
    #readout;
    #about;

    constructor(about, onchange = () => {}) {
        const id = `slider-${++count}`;
        this.#about = about;
        this.#readout = make("output", { for: id });
        this.#input = make("input", {
            type: "range", id, min: about.min, max: about.max, step: about.step, "aria-describedby": `${id}-hint`,
            oninput: () => {
                if (this.#auto !== null)
                    this.#auto.checked = false;
                this.#show();
                onchange(this.value);
            },
        });
        const head = make("div", { className: "slider-head" },
            make("label", { for: id, textContent: about.label }), this.#readout);
        if (about.auto) {
            this.#auto = make("input", {
                type: "checkbox", onchange: () => { this.#show(); onchange(this.value); },
            });
            head.append(make("label", { className: "check" }, this.#auto, "Auto"));
        }
        this.element = make("div", { className: "slider" }, head, this.#input,
            make("small", { id: `${id}-hint`, textContent: about.hint }));
        this.value = about.value;
    }

    get value() {
        return this.#auto?.checked ? "auto" : Number(this.#input.value);
    }

    set value(value) {
        if (this.#auto !== null)
            this.#auto.checked = value === "auto";
        if (value !== "auto")
            this.#input.value = value;
        this.#show();
    }

    #show() {
        const auto = this.value === "auto";
        this.element.classList.toggle("auto", auto);
        this.#readout.textContent = auto ? "" : this.#about.format(Number(this.#input.value));
    }
}

const percent = (value) => `${value.toFixed(1)} %`;
const share = (value) => `${Math.round(value * 100)} %`;

export const strengthAbout = {
    label: "Strength", hint: "How much depth", min: 0, max: 6, step: 0.1, format: percent,
};
export const qualityAbout = {
    label: "Quality", hint: "Of the spatial photo and the side by side file: higher is larger", min: 40, max: 100, step: 1,
    format: (value) => String(value),
};
export const hfovAbout = {
    label: "Field of view", hint: "How wide the lens saw. Auto: as the photo says, else 60°", min: 20, max: 120, step: 1,
    format: (value) => `${value}°`,
};
export const baselineAbout = {
    label: "Eye distance", hint: "Between the two cameras, as written into the spatial photo", min: 20, max: 120, step: 1,
    format: (value) => `${value} mm`,
};
export const convergenceAbout = {
    label: "Convergence", hint: "Left: things come out of the screen. Right: they lie behind it",
    min: 0, max: 1, step: 0.01, format: share,
};
