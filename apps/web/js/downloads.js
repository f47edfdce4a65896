import { askForFile } from "./api.js";
import { byId, make, say, showAlert } from "./dom.js";
import { bytes, capital, fileName, formatsOnShelves, role, sortFiles, trouble } from "./text.js";

const DEFAULT = "default"; /* the group that "Download all" completes */

let server = null;
let shown = null;           /* the job on the screen */
const awaited = new Map();  /* job id: words of formats that are saved as soon as they are there */
const zips = new Set();     /* ids of jobs whose zip is awaited */

function asDownload(url) {
    return `${url}${url.includes("?") ? "&" : "?"}download=1`;
}

function save(url, name) {
    const link = make("a", { href: url, download: name, hidden: true });
    document.body.append(link);
    link.click();
    link.remove();
}

function has(job, word) {
    return job.files.some((file) => file.role === word);
}

function archiveOf(job, words) {
    return `/api/v1/jobs/${job.id}/archive.zip?format=${words}`;
}

async function ask(job, url, onfail) {
    try {
        await askForFile(url);
    } catch (error) {
        onfail();
        const { title, detail } = trouble(error, job.name);
        showAlert(title, detail);
        showDownloads(shown);
    }
}

function askForFormat(job, format) {
    const words = awaited.get(job.id) ?? new Set();
    awaited.set(job.id, words.add(format.word));
    say(`${format.label} is being made`);
    showDownloads(job);
    void ask(job, `/api/v1/jobs/${job.id}/files/${encodeURIComponent(fileName(format, job.base))}`, () => words.delete(format.word));
}

/** Learns what the server can make. Before the first job is shown. */
export function offerDownloads(about) {
    server = about;
    byId("download-all").addEventListener("click", (event) => {
        const job = shown;
        const missing = job.kind === "outpaint" ? [] : usual().filter((word) => !has(job, word));
        if (missing.length === 0)
            return; /* the link itself is right */
        event.preventDefault();
        zips.add(job.id);
        showDownloads(job);
        void ask(job, archiveOf(job, DEFAULT), () => zips.delete(job.id));
    });
}

function usual() {
    return server.groups.find((group) => group.word === DEFAULT).formats;
}

/** Saves what was asked for and has come. Called for each change of each job. */
export function takeArrived(job) {
    if (job.state !== "done")
        return;
    const words = awaited.get(job.id) ?? new Set();
    for (const word of [...words]) {
        const file = job.files.find((one) => one.role === word);
        if (file !== undefined)
            save(asDownload(file.url), file.name);
        if (file !== undefined || (job.making_error !== null && !job.making.includes(word)))
            words.delete(word);
    }
    /* News may come before the wish has reached the server: only whole sets and failures end it. */
    const whole = usual().every((word) => has(job, word));
    if (zips.has(job.id) && (whole || (job.making_error !== null && job.making.length === 0))) {
        zips.delete(job.id);
        if (whole)
            save(archiveOf(job, DEFAULT), `${job.base}_spx.zip`);
    }
}

function madeRow(file) {
    const [name, note] = role(file.role);
    return make("li", {}, make("a", { href: asDownload(file.url), download: file.name, "data-role": file.role },
        make("span", { className: "name", textContent: name }),
        make("span", { className: "words", textContent: `${note} · ${bytes(file.size)}` })));
}

function moreRow(job, format) {
    const making = job.making.includes(format.word) || (awaited.get(job.id)?.has(format.word) ?? false);
    const [name, note] = role(format.word);
    return make("li", {}, make("button", {
        type: "button", className: making ? "make making" : "make", "data-role": format.word, disabled: making,
        title: capital(format.help), onclick: () => askForFormat(job, format),
    }, make("span", { className: "name", textContent: name }),
    make("span", { className: "words", textContent: making ? "Making…" : note })));
}

/* Shelves stay as open as the person left them. */
function showMore(job) {
    const box = byId("more-formats");
    const open = new Set([...box.querySelectorAll("details[open]")].map((shelf) => shelf.dataset.shelf));
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.role : undefined;
    box.hidden = job.kind === "outpaint" || job.state !== "done";
    box.replaceChildren(...formatsOnShelves(server).map(({ shelf, formats }) => {
        const missing = formats.filter((format) => !has(job, format.word));
        return missing.length === 0 ? "" : make("details", { className: "shelf", "data-shelf": shelf.word, open: open.has(shelf.word) },
            make("summary", { textContent: shelf.label }), make("ul", { className: "downloads" }, ...missing.map((format) => moreRow(job, format))));
    }));
    if (focused !== undefined)
        box.querySelector(`[data-role="${CSS.escape(focused)}"]`)?.focus();
}

/** Lists the files of a finished job, and what else can be made of it. */
export function showDownloads(job) {
    shown = job;
    byId("downloads").replaceChildren(...sortFiles(job.files).map(madeRow));
    const all = byId("download-all");
    all.hidden = job.archive === null;
    all.href = job.archive ?? "#";
    all.textContent = zips.has(job.id) ? "Making the other files…" : "Download all files";
    byId("making-error").hidden = job.making_error === null;
    byId("making-error").textContent = job.making_error ?? "";
    showMore(job);
}
