import { make } from "./dom.js";
import { capital } from "./text.js";

let count = 0;

/** What the page says below a control. */
export function hintOf(row) {
    return capital(row.hint ?? row.help);
}

/** What a slider needs to know of a row of the server's table of options. */
export function aboutOf(row) {
    const digits = row.step >= 1 ? 0 : Math.round(-Math.log10(row.step));
    const unit = row.unit === undefined ? "" : row.unit === "°" ? "°" : ` ${row.unit}`;
    return {
        label: row.label, hint: hintOf(row), min: row.usual_min, max: row.usual_max,
        step: row.step, least: row.min, most: row.max, unit, format: (value) => `${value.toFixed(digits)}${unit}`,
    };
}

/**
 * A slider with its name and value. about: {label, hint, min, max, step, value, format}, and where `least` and `most`
 * reach farther than the slider, a field for exact values. With `auto` the value may also be "auto", which a check
 * box chooses. Calls onchange(value): a number or "auto".
 */
export class Slider {
    #input;
    #auto = null;
    #exact = null;
    #readout = null;
    #about;
    #number = 0;
    #onchange;

    constructor(about, onchange = () => {}) {
        const id = `slider-${++count}`;
        this.#about = about;
        this.#onchange = onchange;
        this.#input = make("input", {
            type: "range", id, min: about.min, max: about.max, step: about.step, "aria-describedby": `${id}-hint`,
            oninput: () => this.#choose(Number(this.#input.value)),
        });
        const head = make("div", { className: "slider-head" }, make("label", { for: id, textContent: about.label }));
        if (about.least < about.min || about.most > about.max) {
            this.#exact = make("input", {
                type: "number", min: about.least, max: about.most, step: "any", "aria-label": "Exact value",
                "aria-describedby": `${id}-hint`, onchange: () => this.#chooseExact(),
            });
            head.append(make("span", { className: "exact" }, this.#exact, make("span", { textContent: about.unit })));
        } else {
            this.#readout = make("output", { for: id });
            head.append(this.#readout);
        }
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
        return this.#auto?.checked ? "auto" : this.#number;
    }

    set value(value) {
        if (this.#auto !== null)
            this.#auto.checked = value === "auto";
        if (value !== "auto" && Number.isFinite(Number(value)))
            this.#number = this.#within(Number(value));
        this.#show();
    }

    #within(number) {
        const { min, max, least = min, most = max } = this.#about;
        return Math.min(most, Math.max(least, number));
    }

    #choose(number) {
        this.#number = this.#within(number);
        if (this.#auto !== null)
            this.#auto.checked = false;
        this.#show();
        this.#onchange(this.value);
    }

    #chooseExact() {
        const number = this.#exact.valueAsNumber;
        if (Number.isFinite(number))
            this.#choose(number);
        else
            this.#show();
    }

    #show() {
        const auto = this.value === "auto";
        this.element.classList.toggle("auto", auto);
        this.#input.value = this.#number;
        if (this.#exact !== null)
            this.#exact.value = auto ? "" : this.#number;
        else
            this.#readout.textContent = auto ? "" : this.#about.format(this.#number);
    }
}
