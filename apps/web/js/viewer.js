import { dropDepth, persist, renderJob, setDepth } from "./api.js";
import { byId, make, makeChoice, say, showAlert } from "./dom.js";
import { showDownloads } from "./downloads.js";
import { openFullScreen } from "./full_screen.js";
import { isActive } from "./jobs.js";
import { Slider, aboutOf } from "./slider.js";
import { capital, comfort, failure, state } from "./text.js";
import { showTrouble } from "./trouble.js";
import { Anaglyph } from "./views/anaglyph.js";
import { Compare } from "./views/compare.js";
import { Depth } from "./views/depth.js";
import { SideBySide, Wiggle } from "./views/flat.js";
import { Parallax } from "./views/parallax.js";
import { hasHeadset, showInHeadset } from "./views/xr.js";

const tabs = [
    { name: "live", label: "3D", needs: ["photo", "depth"], make: (viewer) => new Parallax(viewer.values) },
    { name: "compare", label: "Before / after", needs: ["after"], make: (viewer) => new Compare(viewer.job, viewer.values) },
    { name: "depth", label: "Depth", needs: ["photo", "depth"], make: (viewer) => viewer.makeDepth() },
    { name: "wiggle", label: "Wiggle", needs: ["left", "right"], make: () => new Wiggle() },
    { name: "anaglyph", label: "Red-cyan", needs: ["left", "right"], make: () => new Anaglyph() },
    { name: "pair", label: "Side by side", needs: ["left", "right"], make: () => new SideBySide() },
];

/* Addresses of what the views show: small pictures, which are there before the files. drawn: depth that is not saved yet. */
function filesOf(job, drawn = null) {
    const { photo, depth, left, right } = job.views;
    const outpainted = job.files.find((file) => file.role === "outpainted")?.url;
    const files = {
        preview: job.preview ?? undefined, photo: photo ?? undefined, depth: drawn ?? depth ?? undefined, left: left ?? undefined,
        right: right ?? undefined, outpainted,
    };
    files.after = outpainted ?? (files.photo === undefined ? undefined : files.depth);
    return files;
}

/* An address without the revision; what is drawn has none. */
const nameOf = (address) => typeof address === "string" ? address.split("?")[0] : "";

/* What the looks of the server's table aim at, in per cent of the width: how the others compare with the one that is seen. */
const aims = { mild: 1.8, natural: 2.8, strong: 4.2 };

/* The new eyes are what a person waits for; files follow. */
const SEEN_FIRST = { done: "views" };

/** Shows one job: how far it is, and what was made of it. */
export class Viewer {
    job = null;
    values = { strength: 2.5, convergence: 0.5 };
    #shown = ""; /* job, revision and state that values and words are of */
    #view = null;
    #seen = ""; /* what the open view shows: job, tab and pictures … */
    #depth = ""; /* … and the depth of the live one, which a better one may replace */
    #touched = false; /* a slider was moved since the values came */
    #tab = "live";
    #forced = false; /* nobody chose the tab: the next photo begins with 3D again */
    #strength = null; /* sliders, once the server told their ranges */
    #convergence = null;
    #looks = null; /* buttons of the looks */
    #look = ""; /* the chosen look; empty = values of one's own */
    #opening = 0;
    #isOpen = false; /* the view has its pictures */
    #turns = false; /* to 3D as soon as there is some */
    #drawn = null; /* a canvas: the depth that a person has drawn, until what was made of it is there */
    #drawnUntil = Infinity; /* the revision that is made of it */

    constructor() {
        byId("tabs").addEventListener("keydown", (event) => this.#key(event));
        byId("render").addEventListener("click", () => this.#save());
        byId("automatic").addEventListener("click", () => this.#render({ strength: "auto", convergence: "auto", ...SEEN_FIRST }));
        byId("again").addEventListener("click", () => this.#render({}));
        byId("make-3d").addEventListener("click", () => {
            this.#turns = true;
            void this.#render({ kind: "both", format: ["spatial"] });
        });
        byId("other-border").addEventListener("click", () => this.#render({ seed: (this.job.options.seed ?? 0) + 1 }));
        byId("motion").addEventListener("click", () => this.#askForMotion());
        byId("headset").addEventListener("click", () => this.#enterHeadset());
        byId("motion").hidden = !Parallax.asksForMotion();
        openFullScreen(byId("full-screen"), byId("screen"));
        void hasHeadset().then((has) => byId("viewer").classList.toggle("headset-here", has));
    }

    /** Takes the ranges of the sliders from what the server offers. Before the first job is shown. */
    offer(server) {
        const slider = (name) => {
            const about = aboutOf(server.options.find((row) => row.name === name));
            return new Slider({ ...about, value: this.values[name] }, () => this.#slide());
        };
        this.#strength = slider("strength");
        this.#convergence = slider("convergence");
        const looks = server.options.find((row) => row.name === "look");
        const label = (word) => looks.word_labels?.[looks.words.indexOf(word)] ?? capital(word);
        this.#looks = makeChoice("Look", Object.keys(aims).map((word) => ({ value: word, label: label(word) })), "",
            (word) => this.#chooseLook(word));
        byId("live-sliders").replaceChildren(this.#looks, this.#strength.element, this.#convergence.element);
    }

    /** Shows a job, or what is new about the one shown. */
    show(job) {
        const changed = job.id !== this.job?.id;
        this.job = job;
        byId("viewer").hidden = false;
        this.#tell(changed);
        const files = filesOf(job);
        const drawable = tabs.some((tab) => tab.needs.every((role) => files[role] !== undefined));
        const shown = `${job.id} ${job.revision} ${job.state} ${job.summary !== null} ${job.preview !== null} ${drawable}`;
        if (changed) {
            this.#touched = false;
            this.#turns = false;
            if (this.#forced)
                this.#tab = "live";
            this.#forced = false;
            this.#setDrawn(null);
            this.values = { strength: 2.5, convergence: 0.5 };
        }
        if (job.state === "done" && job.revision >= this.#drawnUntil)
            this.#setDrawn(null);
        if (drawable)
            this.#showTabs(files);
        if (shown !== this.#shown) {
            this.#shown = shown;
            if (!drawable)
                this.#showPicture();
            this.#showResult();
        }
        const has = job.files.length > 0 || job.summary !== null; /* in between, new values have no files yet */
        byId("result").hidden = !has;
        if (has)
            showDownloads(job);
    }

    hide() {
        this.#close();
        this.job = null;
        this.#shown = "";
        this.#hideTabs();
        byId("viewer").hidden = true;
    }

    #hideTabs() {
        byId("tabs").hidden = true;
        byId("tabs").dataset.names = "";
    }

    #tell(changed) {
        const job = this.job;
        const active = isActive(job);
        const size = job.summary === null ? "" : `${job.summary.width} × ${job.summary.height}`;
        byId("viewer-name").textContent = job.name;
        byId("viewer-about").textContent = job.state === "done" ? size : state(job);
        byId("viewer-progress").hidden = !active;
        byId("viewer-progress").value = job.percent;
        byId("failure").hidden = job.state !== "failed" && job.state !== "cancelled";
        const { words, detail, again } = failure(job);
        byId("failure-words").textContent = words;
        byId("failure-details").hidden = detail === "";
        byId("failure-text").textContent = detail;
        byId("again").hidden = !again;
        byId("share").hidden = job.state !== "done" || job.views.left === null;
        if (changed)
            say(`${job.name}: ${state(job)}`);
    }

    /* Nothing can be drawn yet, or ever: the photo. */
    #showPicture() {
        this.#close();
        const job = this.job;
        this.#hideTabs();
        byId("screen").style.removeProperty("--ratio");
        byId("panel").hidden = job.preview === null && !isActive(job);
        byId("panel").replaceChildren(job.preview === null
            ? make("div", { className: "picture empty" })
            : make("img", {
                className: isActive(job) ? "picture working" : "picture", src: job.preview, alt: job.name,
                onload: ({ target }) => byId("screen").style.setProperty("--ratio", target.naturalWidth / target.naturalHeight),
            }));
    }

    /* Tabs come as their pictures do; an open view stays while what it shows is the same. */
    #showTabs(files) {
        const possible = tabs.filter((tab) => tab.needs.every((role) => files[role] !== undefined));
        const names = possible.map((tab) => tab.name).join(" ");
        if (this.#turns && possible[0].name === "live") {
            this.#turns = false;
            this.#tab = "live";
        }
        if (!possible.some((tab) => tab.name === this.#tab)) {
            this.#tab = possible[0].name;
            this.#forced = true;
        }
        byId("panel").hidden = false;
        if (byId("tabs").dataset.names !== names) {
            const focused = byId("tabs").contains(document.activeElement) ? document.activeElement.id : "";
            byId("tabs").hidden = possible.length === 1; /* nothing to choose */
            byId("tabs").dataset.names = names;
            byId("tabs").replaceChildren(...possible.map((tab) => make("button", {
                type: "button", id: `tab-${tab.name}`, role: "tab", textContent: tab.label, "aria-controls": "panel",
                "data-tab": tab.name,
                onclick: () => {
                    this.#forced = false;
                    void this.#open(tab.name);
                },
            })));
            this.#markTab();
            byId(focused)?.focus();
        }
        if (this.#seen !== this.#pictures(this.#tab))
            void this.#open(this.#tab);
        else if (this.#tab === "live" && this.#isOpen)
            this.#refine();
    }

    /* A better depth takes the place of the first one while the view moves on. */
    #refine() {
        const { depth } = filesOf(this.job, this.#drawn);
        const name = nameOf(depth);
        if (name === this.#depth)
            return;
        this.#depth = name;
        const view = this.#view;
        void persist(() => view.refine(depth), () => view === this.#view && name === this.#depth);
    }

    /* What the view of that tab shows. The live view takes new values and better depth without new pictures. */
    #pictures(name) {
        const files = filesOf(this.job);
        const roles = tabs.find((tab) => tab.name === name).needs;
        const own = this.job.summary?.model === "own map";
        const about = name === "depth" ? this.job.state === "done" : name === "live" ? own : "";
        return [this.job.id, name, about, ...name === "live" ? [nameOf(files.photo)] : roles.map((role) => files[role])].join(" ");
    }

    #showResult() {
        const job = this.job;
        this.#takeValues();
        if (job.summary !== null)
            byId("screen").style.setProperty("--ratio", job.summary.width / job.summary.height);
        /* Real stereo keeps its own eyes: there is nothing to choose. */
        byId("live-sliders").hidden = job.summary?.stereo !== undefined;
        byId("render").hidden = byId("live-sliders").hidden;
        byId("depth-controls").hidden = job.kind === "outpaint";
        byId("other-border").hidden = job.kind === "convert";
        byId("make-3d").hidden = job.kind !== "outpaint" || job.state !== "done";
        byId("headset").disabled = job.views.left === null;
        this.#showComfort();
        this.#showWarnings();
    }

    #takeValues() {
        const { summary, options } = this.job;
        const active = isActive(this.job);
        if (!active)
            byId("automatic").hidden = options.strength === "auto" && options.convergence === "auto";
        byId("automatic").disabled = active;
        byId("render").disabled = active || !this.#touched;
        if (summary === null || active || this.#touched)
            return;
        this.values = { strength: summary.strength, convergence: summary.convergence };
        this.#markLook(options.strength === "auto" && options.convergence === "auto" ? options.look ?? "natural" : "");
        this.#strength.value = summary.strength;
        this.#convergence.value = summary.convergence;
        this.#view?.set?.(this.values);
    }

    #showWarnings() {
        const { warnings } = this.job;
        byId("warnings").hidden = warnings.length === 0;
        byId("warnings").replaceChildren(...warnings.map(({ code, level, text }) =>
            make("li", { className: level, title: code, textContent: `${capital(text)}.` })));
    }

    #showComfort() {
        const about = this.job.summary?.comfort;
        byId("comfort").hidden = about === undefined || about === null || this.job.state !== "done";
        if (byId("comfort").hidden)
            return;
        byId("comfort").classList.remove("stale");
        byId("comfort").textContent = comfort(about);
    }

    async #open(name) {
        this.#close();
        this.#tab = name;
        this.#seen = this.#pictures(name);
        const opening = ++this.#opening;
        const isOurs = () => opening === this.#opening; /* no other one was opened meanwhile */
        this.#markTab();
        byId("panel").setAttribute("aria-busy", "true");
        await persist(async () => isOurs() && this.#tryToOpen(name, isOurs), (error) => {
            if (isOurs()) {
                byId("panel").replaceChildren(make("p", {
                    className: "note", textContent: `This view cannot be shown: ${error.message}. Trying again…`,
                }));
                byId("panel").removeAttribute("aria-busy");
            }
            return isOurs();
        });
    }

    /* With what there is of the job now. Fails without a connection, and where a browser has no graphics, maybe for a moment. */
    async #tryToOpen(name, isOurs) {
        this.#view?.close();
        const files = filesOf(this.job, this.#drawn);
        this.#depth = nameOf(files.depth);
        const view = tabs.find((tab) => tab.name === name).make(this);
        this.#view = view;
        const drawn = view.canvas !== undefined && byId("panel").hasAttribute("aria-busy"); /* else words stay until it is open */
        if (drawn)
            byId("panel").replaceChildren(view.element);
        await view.open(files);
        if (!isOurs())
            return;
        if (!drawn)
            byId("panel").replaceChildren(view.element);
        byId("panel").removeAttribute("aria-busy");
        this.#isOpen = true;
        if (name === "live")
            this.#refine(); /* what came meanwhile */
    }

    #markTab() {
        for (const button of byId("tabs").children) {
            const chosen = button.dataset.tab === this.#tab;
            button.setAttribute("aria-selected", String(chosen));
            button.tabIndex = chosen ? 0 : -1;
        }
        byId("panel").setAttribute("aria-labelledby", `tab-${this.#tab}`);
        byId("viewer").dataset.tab = this.#tab;
    }

    #close() {
        this.#opening++;
        this.#view?.close();
        this.#view = null;
        this.#isOpen = false;
        this.#seen = "";
    }

    #key(event) {
        const all = [...byId("tabs").children];
        const at = all.indexOf(document.activeElement);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
        if (at < 0 || to === undefined)
            return;
        event.preventDefault();
        const next = all[(to + all.length) % all.length];
        next.focus();
        next.click();
    }

    #markLook(look) {
        this.#look = look;
        this.#looks.mark(look);
    }

    /* Seen at once as strong as it will be about: the server reckons it anew from the depth when it is saved. */
    #chooseLook(look) {
        const { summary, options } = this.job;
        const seen = options.strength === "auto" ? aims[options.look ?? "natural"] : summary?.strength ?? aims.natural;
        this.#strength.value = (summary?.strength ?? aims.natural) * aims[look] / seen;
        this.#slide(look);
    }

    /* What the sliders do is seen in 3D at once. */
    #slide(look = "") {
        this.#markLook(look);
        this.values = { strength: this.#strength.value, convergence: this.#convergence.value };
        this.#touched = true;
        byId("render").disabled = isActive(this.job);
        byId("comfort").classList.add("stale"); /* it was measured with the saved values */
        if (!["live", "compare"].includes(this.#tab) && byId("tab-live") !== null)
            void this.#open("live");
        this.#view?.set?.(this.values);
    }

    #setDrawn(canvas) {
        this.#drawn = canvas;
        this.#drawnUntil = Infinity;
    }

    /** The view in which depth is mended. What is drawn there is what 3D shows. */
    makeDepth() {
        const { job } = this;
        const change = (drawn) => {
            this.#setDrawn(drawn);
            if (drawn === null)
                void this.#open("depth");
        };
        const send = async (call) => {
            try {
                this.#drawnUntil = (await call()).revision;
            } catch (error) {
                showTrouble(error, job.name);
            }
        };
        return new Depth(job, { change, save: (map) => send(() => setDepth(job.id, map)), forget: () => send(() => dropDepth(job.id)) });
    }

    #save() {
        const values = this.#look === "" ? this.values : { look: this.#look, strength: "auto", convergence: "auto" };
        void this.#render({ ...values, ...SEEN_FIRST });
    }

    async #render(options) {
        byId("render").disabled = true;
        try {
            await renderJob(this.job.id, options);
            this.#touched = false;
        } catch (error) {
            showTrouble(error, this.job.name);
            byId("render").disabled = !this.#touched;
        }
    }

    async #askForMotion() {
        const answer = await DeviceOrientationEvent.requestPermission().catch(() => "denied");
        byId("motion").hidden = answer === "granted";
    }

    async #enterHeadset() {
        try {
            await showInHeadset(filesOf(this.job), this.job.summary?.hfov ?? 60);
        } catch (error) {
            showAlert("The headset did not start", error.message);
        }
    }
}
