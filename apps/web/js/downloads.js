import { askForFile } from "./api.js";
import { openDevices, sendButton, showDevices } from "./devices.js";
import { byId, make, say } from "./dom.js";
import { describeRole, formatShelves, sortFiles, wordsOf } from "./formats.js";
import { bytes, capital } from "./text.js";
import { showTrouble } from "./trouble.js";

const DEFAULT = "default"; /* the group that "Download all" completes */

let shown = null;           /* the job on the screen */
let drawn = "";             /* what the list on the screen was made of */
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
        showTrouble(error, job.name);
        showDownloads(shown);
    }
}

function askForFormat(job, format) {
    const words = awaited.get(job.id) ?? new Set();
    awaited.set(job.id, words.add(format.word));
    say(`${format.label} is being made`);
    showDownloads(job);
    void ask(job, `/api/v1/jobs/${job.id}/files/${format.word}`, () => words.delete(format.word));
}

/** Makes "Download all" and the choice of devices work. Once, before the first job is shown. */
export function openDownloads() {
    openDevices();
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
    return wordsOf(DEFAULT);
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
    const [name, note] = describeRole(file.role);
    return make("li", {}, make("a", { href: asDownload(file.url), download: file.name, "data-role": file.role },
        make("span", { className: "name", textContent: name }),
        make("span", { className: "words", textContent: `${note} · ${bytes(file.size)}` })), sendButton(file, file.url));
}

function moreRow(job, format) {
    const making = job.making.includes(format.word) || (awaited.get(job.id)?.has(format.word) ?? false);
    const [name, note] = describeRole(format.word);
    return make("li", {}, make("button", {
        type: "button", className: making ? "make making" : "make", "data-role": format.word, disabled: making || job.state !== "done",
        title: capital(format.help), onclick: () => askForFormat(job, format),
    }, make("span", { className: "name", textContent: name }),
    make("span", { className: "words", textContent: making ? "Making…" : note })));
}

function showForDevice(job) {
    const rows = new Map(formatShelves().flatMap((shelf) => shelf.formats).map((format) => [format.word, format]));
    const focused = byId("device-files").contains(document.activeElement) ? document.activeElement.dataset.role : undefined;
    byId("devices").hidden = job.kind === "outpaint";
    showDevices((word) => {
        const made = job.files.find((file) => file.role === word);
        if (made !== undefined)
            return madeRow(made);
        return rows.has(word) ? moreRow(job, rows.get(word)) : null;
    });
    if (focused !== undefined)
        byId("device-files").querySelector(`[data-role="${CSS.escape(focused)}"]`)?.focus();
}

/* Shelves stay as open as the person left them. */
function showMore(job) {
    const box = byId("more-formats");
    const open = new Set([...box.querySelectorAll("details[open]")].map((shelf) => shelf.dataset.shelf));
    const focused = box.contains(document.activeElement) ? document.activeElement.dataset.role : undefined;
    byId("all-formats").hidden = job.kind === "outpaint" || job.state !== "done";
    box.replaceChildren(...formatShelves().map((shelf) => {
        const missing = shelf.formats.filter((format) => !has(job, format.word));
        return missing.length === 0 ? "" : make("details", { className: "shelf", "data-shelf": shelf.word, open: open.has(shelf.word) },
            make("summary", { textContent: shelf.label }), make("ul", { className: "downloads" }, ...missing.map((format) => moreRow(job, format))));
    }));
    if (focused !== undefined)
        box.querySelector(`[data-role="${CSS.escape(focused)}"]`)?.focus();
}

/* News of a job come ten times a second: the lists are made anew only when they say something new. */
function isNew(job) {
    const files = job.files.map((file) => `${file.url} ${file.size}`);
    const now = JSON.stringify([job.id, job.kind, job.state, job.archive, files, job.making, job.making_error,
        [...awaited.get(job.id) ?? []], zips.has(job.id)]);
    const is = now !== drawn;
    drawn = now;
    return is;
}

/* What most people come for, in one press. */
function showMain(job) {
    const main = job.files.find((file) => file.role === (job.kind === "outpaint" ? "outpainted" : "spatial"));
    const button = byId("download-main");
    button.hidden = main === undefined;
    if (main === undefined)
        return;
    button.href = asDownload(main.url);
    button.download = main.name;
    button.textContent = `Download the ${describeRole(main.role)[0].toLowerCase()}`;
}

/** Lists the files of a finished job, and what else can be made of it. */
export function showDownloads(job) {
    shown = job;
    if (!isNew(job))
        return;
    byId("downloads").replaceChildren(...sortFiles(job.files).map(madeRow));
    showMain(job);
    const all = byId("download-all");
    all.hidden = job.archive === null || (job.kind === "outpaint" && job.files.length === 1);
    all.href = job.archive ?? "#";
    all.textContent = zips.has(job.id) ? "Making the other files…" : "All files as a zip";
    byId("making-error").hidden = job.making_error === null;
    byId("making-error").textContent = job.making_error ?? "";
    showForDevice(job);
    showMore(job);
}
