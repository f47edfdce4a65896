import { byId, make } from "./dom.js";
import { isActive } from "./jobs.js";
import { state, when } from "./text.js";

/**
 * The list of photos: those on their way first, then jobs, newest first. `on`: open(id), remove(job),
 * drop(item), retry(item).
 */
export class Queue {
    #list = byId("photo-list");
    #cards = new Map();
    #jobs;
    #uploads;
    #on;
    #chosen = "";
    #due = false;
    #lent = new Map();
    selection = null; /* set by who makes the list; asked for when it is drawn */

    constructor(jobs, uploads, on) {
        this.#jobs = jobs;
        this.#uploads = uploads;
        this.#on = on;
        for (const [source, type] of [[jobs, "change"], [jobs, "removed"], [uploads, "change"], [uploads, "gone"]])
            source.addEventListener(type, () => this.#draw());
    }

    choose(id) {
        this.#chosen = id;
        this.#draw();
    }

    /** Shows an object URL, which it then owns, for a job until the server has a thumbnail. */
    lend(id, picture) {
        this.#lent.set(id, picture);
    }

    redraw() {
        this.#draw();
    }

    /* Once for all that changes before the next picture. */
    #draw() {
        if (this.#due)
            return;
        this.#due = true;
        requestAnimationFrame(() => {
            this.#due = false;
            this.#drawNow();
        });
    }

    #drawNow() {
        const wanted = [];
        for (const item of this.#uploads.list())
            wanted.push(this.#card(item.key, this.#aboutUpload(item)));
        for (const job of this.#jobs.list())
            wanted.push(this.#card(job.id, this.#aboutJob(job)));
        const there = new Set(wanted);
        let focus = null; /* where the keyboard goes on when its place is gone */
        for (const [key, card] of this.#cards) {
            if (there.has(card))
                continue;
            if (card.element.contains(document.activeElement))
                focus = card.element.nextElementSibling ?? card.element.previousElementSibling ?? byId("dropzone");
            card.element.remove();
            this.#cards.delete(key);
        }
        focus?.querySelector("button")?.focus();
        wanted.forEach((card, place) => {
            if (this.#list.children[place] !== card.element)
                this.#list.insertBefore(card.element, this.#list.children[place] ?? null);
        });
        const any = wanted.length > 0;
        byId("photos").hidden = !any;
        document.body.classList.toggle("has-photos", any);
        byId("more").hidden = this.#jobs.next === null;
    }

    #aboutUpload(item) {
        return {
            name: item.name, words: item.words, picture: item.picture, kind: item.state,
            percent: item.state === "sending" ? item.fraction * 100 : null, removal: `Stop uploading ${item.name}`,
            open: () => item.state === "later" && this.#on.retry(item), remove: () => this.#on.drop(item), chosen: false,
            selected: null,
        };
    }

    #aboutJob(job) {
        const active = isActive(job);
        const done = job.state === "done" && job.finished !== null;
        return {
            name: job.name, words: done ? `${state(job)} · ${when(job.finished)}` : state(job), picture: this.#pictureOf(job),
            kind: job.state, percent: job.state === "running" ? job.percent : null,
            removal: active ? `Cancel ${job.name}` : `Delete ${job.name}`,
            open: () => this.#on.open(job.id), remove: () => this.#on.remove(this.#jobs.get(job.id)),
            chosen: job.id === this.#chosen, selected: this.selection?.on ? this.selection.has(job.id) : null,
            select: () => this.selection.toggle(job.id),
        };
    }

    #pictureOf(job) {
        const lent = this.#lent.get(job.id);
        if (job.thumbnail === null)
            return lent ?? "";
        if (lent !== undefined)
            URL.revokeObjectURL(lent);
        this.#lent.delete(job.id);
        return job.thumbnail;
    }

    #card(key, about) {
        let card = this.#cards.get(key);
        if (card === undefined) {
            card = this.#newCard();
            this.#cards.set(key, card);
        }
        card.about = about;
        const { picture, name, words, bar, box, open, remove, element } = card;
        box.hidden = about.selected === null;
        box.checked = about.selected === true;
        box.setAttribute("aria-label", `Select ${about.name}`);
        if (picture.getAttribute("src") !== about.picture && about.picture !== "")
            picture.src = about.picture;
        picture.hidden = about.picture === "" || picture.dataset.bad === picture.src;
        name.textContent = about.name;
        words.textContent = about.words;
        bar.hidden = about.percent === null;
        bar.value = about.percent ?? 0;
        bar.setAttribute("aria-label", `Progress of ${about.name}`);
        remove.setAttribute("aria-label", about.removal);
        remove.title = about.removal;
        open.setAttribute("aria-current", String(about.chosen));
        element.dataset.state = about.kind;
        return card;
    }

    #newCard() {
        const card = {
            picture: make("img", { alt: "", hidden: true }),
            name: make("span", { className: "name" }),
            words: make("span", { className: "words" }),
            bar: make("progress", { max: 100, hidden: true }),
            box: make("input", { type: "checkbox", hidden: true, onchange: () => card.about.select() }),
        };
        /* Some browsers cannot show every type before the server has made a thumbnail. */
        card.picture.addEventListener("error", () => {
            card.picture.dataset.bad = card.picture.src;
            card.picture.hidden = true;
        });
        card.open = make("button", { type: "button", className: "open", onclick: () => card.about.open() },
            make("span", { className: "thumb" }, card.picture),
            make("span", { className: "about" }, card.name, card.words, card.bar));
        card.remove = make("button", {
            type: "button", className: "quiet remove", textContent: "✕", onclick: () => card.about.remove(),
        });
        card.element = make("li", {}, card.box, card.open, card.remove);
        return card;
    }
}
