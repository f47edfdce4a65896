import { makeControl } from "./controls.js";
import { byId, make } from "./dom.js";

const KEPT = "spx-options";
const first = ["strength", "convergence", "model", "format"]; /* the others wait under "More options" */

/* What was chosen the last time, as far as it can be read. */
function kept() {
    try {
        const values = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
        return typeof values === "object" && values !== null ? values : {};
    } catch {
        return {};
    }
}

/** What to make of the next photos, with a control for each option that the server has. Remembered by the browser. */
export class Options {
    #rows = [];
    #controls = new Map();
    #hasPrompt = false;
    #onkind;

    /** Calls onkind(kind) when another kind is chosen, and at first. */
    constructor(onkind) {
        this.#onkind = onkind;
        byId("intake").addEventListener("change", () => this.#changed());
        byId("defaults").addEventListener("click", () => {
            this.#write({ kind: this.kind });
            this.#changed();
            byId("kinds").querySelector(":checked").focus();
        });
        this.#write(kept());
        this.#show();
    }

    /** Offers what the server has. */
    offer(server) {
        const values = kept();
        byId("painter").replaceChildren(...server.painters.map((name) => make("option", {
            value: name, textContent: name === "local" ? "This server" : "Remote painter",
        })));
        /* Other files are made when they are asked for: the fewer now, the sooner the first. */
        this.#rows = server.options.filter((row) => row.who.includes("page") && row.name !== "prompt")
            .map((row) => row.type === "formats" ? { ...row, default: "spatial" } : row);
        this.#hasPrompt = server.options.some((row) => row.name === "prompt");
        this.#controls.clear();
        for (const row of this.#rows) {
            const control = makeControl(row, server);
            if (control !== null)
                this.#controls.set(row.name, control);
        }
        const elements = (wanted) => [...this.#controls].filter(([name]) => wanted(name)).map(([, control]) => control.element);
        byId("first-options").replaceChildren(...elements((name) => first.includes(name)));
        byId("other-options").replaceChildren(...elements((name) => !first.includes(name)));
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
        if (this.#takesPrompt() && byId("prompt").value.trim() !== "")
            fields.prompt = byId("prompt").value.trim();
        return kind === "outpaint" ? fields : { ...fields, ...convert };
    }

    /* Only a remote painter can be told what to paint, and only where the server passes it on. */
    #takesPrompt() {
        return this.#hasPrompt && this.kind !== "convert" && byId("painter").value === "remote";
    }

    #read() {
        return {
            kind: this.kind, painter: byId("painter").value || "local",
            ...Object.fromEntries([...this.#controls].map(([name, control]) => [name, control.value])),
        };
    }

    /* What `values` do not name, perhaps by an old spelling, goes to its default. */
    #write(values) {
        for (const row of this.#rows) {
            const control = this.#controls.get(row.name);
            const name = [row.name, ...row.old].find((spelling) => values[spelling] !== undefined);
            if (control !== undefined) {
                control.value = row.default ?? "auto";
                if (name !== undefined)
                    control.value = values[name];
            }
        }
        const painter = byId("painter");
        painter.value = values.painter ?? "local";
        if (painter.selectedIndex < 0)
            painter.selectedIndex = 0;
        const kind = document.querySelector(`input[name=kind][value="${CSS.escape(String(values.kind ?? "convert"))}"]`);
        (kind ?? document.querySelector("input[name=kind]")).checked = true;
    }

    #isStandard() {
        const now = this.#read();
        this.#write({ kind: now.kind });
        const standard = this.#read();
        this.#write(now);
        return Object.keys(standard).every((name) => now[name] === standard[name]);
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
        const { kind } = this;
        byId("convert-options").hidden = kind === "outpaint";
        byId("painter-row").hidden = kind === "convert" || byId("painter").options.length < 2;
        byId("prompt-row").hidden = !this.#takesPrompt();
        byId("defaults").hidden = this.#isStandard();
        this.#onkind(kind);
    }
}
