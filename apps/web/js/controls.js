/* Controls for the rows of the server's table of options. Each has an element, a value and a way back. */
import { make } from "./dom.js";
import { extension, formatShelves, wordsOf } from "./formats.js";
import { Slider, aboutOf, hintOf } from "./slider.js";
import { capital } from "./text.js";

class Choice {
    #list;

    constructor(row, words, name) {
        this.#list = make("select", { id: `option-${row.name}`, "aria-describedby": `option-${row.name}-hint` }, ...words.map((word) =>
            make("option", { value: word, textContent: name(word) })));
        this.element = make("div", { className: "choice-row" }, make("label", { className: "row" }, row.label, " ", this.#list),
            make("small", { id: `option-${row.name}-hint`, textContent: hintOf(row) }));
    }

    get value() {
        return this.#list.value;
    }

    /* A list that does not offer the value chooses its first. */
    set value(value) {
        this.#list.value = value;
        if (this.#list.selectedIndex < 0)
            this.#list.selectedIndex = 0;
    }
}

class Check {
    #box = make("input", { type: "checkbox" });

    constructor(row) {
        this.#box.setAttribute("aria-describedby", `option-${row.name}-hint`);
        this.element = make("div", {}, make("label", { className: "check" }, this.#box, row.label),
            make("small", { id: `option-${row.name}-hint`, textContent: hintOf(row) }));
    }

    get value() {
        return this.#box.checked ? "yes" : "no";
    }

    set value(value) {
        this.#box.checked = value === "yes" || value === true;
    }
}

/** Formats on shelves, by what people have. The value is their words joined by commas. */
class Formats {
    #boxes = new Map();
    #shelves = [];
    #usual;

    constructor(row) {
        this.#usual = wordsOf(row.default);
        for (const shelf of formatShelves()) {
            const chosen = make("span", { className: "words" });
            this.#shelves.push({
                words: shelf.formats.map((format) => format.word), chosen,
                element: make("details", { className: "shelf", "data-shelf": shelf.word },
                    make("summary", {}, shelf.label, chosen), ...shelf.formats.map((format) => this.#box(format))),
            });
        }
        this.element = make("fieldset", { className: "formats" }, make("legend", { textContent: row.label }),
            make("div", { id: "formats" }, ...this.#shelves.map(({ element }) => element)));
        this.element.addEventListener("change", () => this.#count());
    }

    get value() {
        const chosen = [...this.#boxes].filter(([, box]) => box.checked).map(([word]) => word);
        return (chosen.length === 0 ? this.#usual : chosen).join(",");
    }

    set value(value) {
        const words = String(value).split(",");
        for (const [word, box] of this.#boxes)
            box.checked = words.includes(word);
        this.#count();
    }

    #box(format) {
        const box = make("input", { type: "checkbox", "aria-describedby": `about-${format.word}` });
        this.#boxes.set(format.word, box);
        return make("div", { className: "format" },
            make("label", { className: "check" }, box, format.label,
                make("span", { className: "words", textContent: extension(format.file) })),
            make("small", { id: `about-${format.word}`, textContent: capital(format.help) }));
    }

    #count() {
        for (const { words, chosen } of this.#shelves) {
            const count = words.filter((word) => this.#boxes.get(word).checked).length;
            chosen.textContent = count === 0 ? "" : `${count} chosen`;
        }
    }
}

/** The control of a row; null for a row that this page cannot show. */
export function makeControl(row, server) {
    switch (row.type) {
    case "number":
    case "integer":
        /* A slider on "auto" begins where it is taken over: in the middle of what is usual. */
        return new Slider({
            ...aboutOf(row), auto: row.words.includes("auto"),
            value: row.default === "auto" ? (row.usual_min + row.usual_max) / 2 : row.default,
        });
    case "choice":
        return new Choice(row, row.words, (word) => row.word_labels?.[row.words.indexOf(word)] ?? capital(word));
    case "text":
        return row.name === "model" ? new Choice(row, server.models, (name) => name === "auto" ? "Automatic" : name) : null;
    case "yes":
        return new Check(row);
    case "formats":
        return new Formats(row);
    default:
        return null;
    }
}
