import { byId, make } from "./dom.js";
import { Slider, convergenceAbout, strengthAbout } from "./slider.js";
import { role } from "./text.js";

const usual = new Set(["spatial", "sbs", "depth", "left", "right"]);

/** What to make of the next photos. */
export class Options {
    #strength = new Slider({ ...strengthAbout, value: 2.5, auto: true });
    #convergence = new Slider({ ...convergenceAbout, value: 0.8, auto: true });
    #formats = new Map();

    /** Calls onkind() when another kind is chosen. */
    constructor(onkind) {
        for (const slider of [this.#strength, this.#convergence]) {
            slider.value = "auto";
            byId("sliders").append(slider.element);
        }
        byId("kinds").addEventListener("change", () => {
            byId("convert-options").hidden = this.kind === "outpaint";
            byId("painter-row").hidden = this.kind === "convert" || byId("painter").options.length < 2;
            onkind();
        });
    }

    /** Offers what the server has. */
    offer(server) {
        this.#fill(byId("model"), server.models, (name) => name === "auto" ? "Automatic" : name);
        this.#fill(byId("painter"), server.painters, (name) => name === "local" ? "This server" : "Remote painter");
        this.#formats.clear();
        byId("formats").replaceChildren(...server.formats.map((name) => {
            const box = make("input", { type: "checkbox", checked: usual.has(name) });
            this.#formats.set(name, box);
            return make("label", { className: "check" }, box, role(name)[0]);
        }));
    }

    /** "convert", "outpaint" or "both". */
    get kind() {
        return document.querySelector("input[name=kind]:checked").value;
    }

    /** As fields of a form; `frame`: what the frame adds. */
    fields(frame) {
        const fields = { kind: this.kind, ...frame };
        if (this.kind !== "convert")
            fields.painter = byId("painter").value || "local";
        if (this.kind === "outpaint")
            return fields;
        const formats = [...this.#formats].filter(([, box]) => box.checked).map(([name]) => name);
        return {
            ...fields, strength: this.#strength.value, convergence: this.#convergence.value,
            model: byId("model").value || "auto", views: byId("views").value,
            formats: (formats.length === 0 ? [...usual] : formats).join(","),
        };
    }

    #fill(list, names, word) {
        list.replaceChildren(...names.map((name) => make("option", { value: name, textContent: word(name) })));
    }
}
