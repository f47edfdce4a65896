import { byId, make } from "./dom.js";
import { Slider, baselineAbout, convergenceAbout, hfovAbout, qualityAbout, strengthAbout } from "./slider.js";
import { role } from "./text.js";

const KEPT = "spx-options";
const usual = ["spatial", "sbs", "depth", "left", "right"];
const standard = {
    kind: "convert", strength: "auto", convergence: "auto", model: "auto", views: "both", hfov: "auto", baseline: 64,
    quality: 85, formats: usual.join(","), painter: "local",
};

/* What was chosen the last time, as far as it can be read. */
function kept() {
    try {
        return { ...standard, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
    } catch {
        return standard;
    }
}

/** What to make of the next photos. Remembered by the browser. */
export class Options {
    #sliders = {
        strength: new Slider({ ...strengthAbout, value: 2.5, auto: true }),
        convergence: new Slider({ ...convergenceAbout, value: 0.8, auto: true }),
        hfov: new Slider({ ...hfovAbout, value: 60, auto: true }),
        baseline: new Slider({ ...baselineAbout, value: standard.baseline }),
        quality: new Slider({ ...qualityAbout, value: standard.quality }),
    };
    #formats = new Map();
    #onkind;

    /** Calls onkind(kind) when another kind is chosen, and at first. */
    constructor(onkind) {
        this.#onkind = onkind;
        const { strength, convergence, hfov, baseline, quality } = this.#sliders;
        byId("sliders").append(strength.element, convergence.element);
        byId("more-sliders").append(quality.element, hfov.element, baseline.element);
        byId("intake").addEventListener("change", () => this.#changed());
        byId("defaults").addEventListener("click", () => {
            this.#write({ ...standard, kind: this.kind });
            this.#changed();
            byId("kinds").querySelector(":checked").focus();
        });
        this.#write(kept());
        this.#show();
    }

    /** Offers what the server has. */
    offer(server) {
        const values = kept();
        this.#fill(byId("model"), server.models, (name) => name === "auto" ? "Automatic" : name);
        this.#fill(byId("painter"), server.painters, (name) => name === "local" ? "This server" : "Remote painter");
        this.#formats.clear();
        byId("formats").replaceChildren(...server.formats.map((name) => {
            const box = make("input", { type: "checkbox" });
            this.#formats.set(name, box);
            return make("label", { className: "check" }, box, role(name)[0]);
        }));
        this.#write(values);
        this.#show();
    }

    /** "convert", "outpaint" or "both". */
    get kind() {
        return document.querySelector("input[name=kind]:checked").value;
    }

    /** As fields of a form; `frame`: what the frame adds. */
    fields(frame) {
        const { kind, painter, ...convert } = this.#read();
        const fields = { kind, ...frame };
        if (kind !== "convert")
            fields.painter = painter;
        return kind === "outpaint" ? fields : { ...fields, ...convert };
    }

    #read() {
        const formats = [...this.#formats].filter(([, box]) => box.checked).map(([name]) => name);
        return {
            kind: this.kind,
            ...Object.fromEntries(Object.entries(this.#sliders).map(([name, slider]) => [name, slider.value])),
            model: byId("model").value || "auto", views: byId("views").value, painter: byId("painter").value || "local",
            formats: (formats.length === 0 ? usual : formats).join(","),
        };
    }

    /* A list that does not offer the value chooses its first. */
    #write(values) {
        for (const [name, slider] of Object.entries(this.#sliders))
            slider.value = values[name];
        for (const name of ["model", "views", "painter"]) {
            byId(name).value = values[name];
            if (byId(name).selectedIndex < 0)
                byId(name).selectedIndex = 0;
        }
        const formats = String(values.formats).split(",");
        for (const [name, box] of this.#formats)
            box.checked = formats.includes(name);
        for (const box of document.querySelectorAll("input[name=kind]"))
            box.checked = box.value === values.kind;
        if (document.querySelector("input[name=kind]:checked") === null)
            document.querySelector("input[name=kind]").checked = true;
    }

    #changed() {
        try {
            localStorage.setItem(KEPT, JSON.stringify(this.#read()));
        } catch {
            /* a browser that keeps nothing is no trouble */
        }
        this.#show();
    }

    #show() {
        const now = this.#read();
        byId("convert-options").hidden = now.kind === "outpaint";
        byId("painter-row").hidden = now.kind === "convert" || byId("painter").options.length < 2;
        byId("defaults").hidden = Object.keys(standard).every((name) => name === "kind" || now[name] === standard[name]);
        this.#onkind(now.kind);
    }

    #fill(list, names, word) {
        list.replaceChildren(...names.map((name) => make("option", { value: name, textContent: word(name) })));
    }
}
