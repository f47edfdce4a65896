import { askForFile } from "./api.js";
import { deviceFormats, openDevices, sendButton, showDevices } from "./devices.js";
import { byId, make, say } from "./dom.js";
import { describeRole, formatShelves, sortFiles, wordsOf } from "./formats.js";
import { isActive } from "./jobs.js";
import { bytes, capital } from "./text.js";
import { showTrouble } from "./trouble.js";

const DEFAULT = "default"; /* the group that "Download all" completes */
const ZIP = "zip"; /* in place of a format's word: the whole group as one file */

let shown = null;           /* the job on the screen */
let drawn = "";             /* what the list on the screen was made of */
/* What is saved as soon as it is there. True = the server was asked for it; what is wanted while a job runs is asked for after. */
const awaited = new Map();  /* job id: Map of a format's word, or ZIP: asked */

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

async function ask(job, word) {
    const words = awaited.get(job.id);
    words.set(word, true);
    try {
        await askForFile(word === ZIP ? archiveOf(job, DEFAULT) : `/api/v1/jobs/${job.id}/files/${word}`);
    } catch (error) {
        words.delete(word);
        showTrouble(error, job.name);
        showDownloads(shown);
    }
}

/* Wants a file that is not there, or belongs to values that are being replaced. */
function want(job, word) {
    awaited.set(job.id, (awaited.get(job.id) ?? new Map()).set(word, false));
    if (word !== ZIP)
        say(`${describeRole(word)[0]} is being made`);
    showDownloads(job);
    if (!isActive(job))
        void ask(job, word);
}

/** Makes "Download all" and the choice of devices work. Once, before the first job is shown. */
export function openDownloads() {
    openDevices(() => showDownloads(shown));
    byId("download-all").addEventListener("click", (event) => {
        const job = shown;
        if (isWhole(job) && !isActive(job))
            return; /* the link itself is right */
        event.preventDefault();
        if (!isAwaited(job, ZIP))
            want(job, ZIP);
    });
    byId("download-main").addEventListener("click", (event) => {
        const job = shown;
        const word = mainOf(job);
        if (!isActive(job) && has(job, word))
            return;
        event.preventDefault();
        if (!isAwaited(job, word))
            want(job, word);
    });
}

/* The role of what most people come for. */
function mainOf(job) {
    return job.kind === "outpaint" ? "outpainted" : "spatial";
}

function isAwaited(job, word) {
    return awaited.get(job.id)?.has(word) ?? false;
}

/* Whether "Download all" has nothing to wait for. */
function isWhole(job) {
    return job.kind === "outpaint" || wordsOf(DEFAULT).every((word) => has(job, word));
}

/* What to save of what was asked for: {url, name}; null while it is not there. */
function arrived(job, word) {
    if (word === ZIP)
        return isWhole(job) ? { url: archiveOf(job, DEFAULT), name: `${job.base}_spx.zip` } : null;
    const file = job.files.find((one) => one.role === word);
    return file === undefined ? null : { url: asDownload(file.url), name: file.name };
}

/* News may come before the wish has reached the server: only files and failures end it. */
function hasFailed(job, word) {
    return job.making_error !== null && (word === ZIP ? job.making.length === 0 : !job.making.includes(word));
}

/** Saves what was asked for and has come. Called for each change of each job. */
export function takeArrived(job) {
    if (isActive(job))
        return;
    if (job.state !== "done") { /* what was waited for will not come */
        awaited.delete(job.id);
        return;
    }
    for (const [word, asked] of [...awaited.get(job.id) ?? []]) {
        const file = arrived(job, word);
        if (file !== null)
            save(file.url, file.name);
        if (file !== null || (asked && hasFailed(job, word)))
            awaited.get(job.id).delete(word);
        else if (!asked)
            void ask(job, word);
    }
}

function madeRow(file) {
    const [name, note] = describeRole(file.role);
    return make("li", {}, make("a", { href: asDownload(file.url), download: file.name, "data-role": file.role },
        make("span", { className: "name", textContent: name }),
        make("span", { className: "words", textContent: `${note} · ${bytes(file.size)}` })), sendButton(file, file.url));
}

function moreRow(job, format) {
    const making = job.making.includes(format.word) || isAwaited(job, format.word);
    const [name, note] = describeRole(format.word);
    return make("li", {}, make("button", {
        type: "button", className: making ? "make making" : "make", "data-role": format.word, disabled: making || !(isActive(job) || job.state === "done"),
        title: capital(format.help), onclick: () => want(job, format.word),
    }, make("span", { className: "name", textContent: name }),
    make("span", { className: "words", textContent: making ? "Making…" : note })));
}

function showForDevice(job) {
    const rows = new Map(formatShelves().flatMap((shelf) => shelf.formats).map((format) => [format.word, format]));
    const focused = byId("device-files").contains(document.activeElement) ? document.activeElement.dataset.role : undefined;
    byId("devices").hidden = job.kind === "outpaint";
    showDevices((word) => {
        if (word === mainOf(job))
            return null; /* it has a button of its own */
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
    byId("all-formats").hidden = job.kind === "outpaint" || job.summary === null;
    box.replaceChildren(...formatShelves().map((shelf) => {
        const missing = shelf.formats.filter((format) => !has(job, format.word) && (format.word !== mainOf(job) || byId("main-file").hidden));
        return missing.length === 0 ? "" : make("details", { className: "shelf", "data-shelf": shelf.word, open: open.has(shelf.word) },
            make("summary", { textContent: shelf.label }), make("ul", { className: "downloads" }, ...missing.map((format) => moreRow(job, format))));
    }));
    if (focused !== undefined)
        box.querySelector(`[data-role="${CSS.escape(focused)}"]`)?.focus();
}

/* News of a job come ten times a second: the lists are made anew only when they say something new. */
function isNew(job) {
    const files = job.files.map((file) => `${file.url} ${file.size}`);
    const now = JSON.stringify([job.id, job.kind, job.state, job.archive, files, job.making, job.making_error, job.summary !== null,
        [...awaited.get(job.id)?.keys() ?? []], deviceFormats()]);
    const is = now !== drawn;
    drawn = now;
    return is;
}

/* What most people come for, in one press. While it is made anew, a press waits for the new one. */
function showMain(job) {
    const word = mainOf(job);
    const [name, note] = describeRole(word);
    const file = isActive(job) ? undefined : job.files.find((one) => one.role === word);
    const isOver = job.state === "failed" || job.state === "cancelled";
    const comes = has(job, word) || job.making.includes(word) || (!isOver && job.options.format?.includes(word));
    const pressed = isAwaited(job, word);
    const button = byId("download-main");
    byId("main-file").hidden = file === undefined && !comes;
    button.href = file === undefined ? "#" : asDownload(file.url);
    button.download = file?.name ?? "";
    button.textContent = pressed ? "Saved as soon as it is made…" : `Download the ${name.toLowerCase()}`;
    button.classList.toggle("making", pressed);
    const isMaking = isActive(job) || job.making.includes(word) || (!isOver && job.making_error === null);
    const made = file === undefined ? isMaking && "being made" : bytes(file.size);
    byId("main-note").textContent = made ? `${note} · ${made}` : note;
    byId("main-send").replaceChildren(...file === undefined ? [] : [sendButton(file, file.url) ?? ""]);
}

function showAll(job) {
    const all = byId("download-all");
    all.hidden = job.kind === "outpaint" ? job.archive === null || job.files.length === 1 : job.summary === null;
    all.href = job.archive ?? "#";
    all.textContent = isAwaited(job, ZIP) ? "Making the other files…" : "All files as a zip";
}

/** Lists the files of a finished job, and what else can be made of it. */
export function showDownloads(job) {
    shown = job;
    if (!isNew(job))
        return;
    /* Each file stands in one place: on the button, with what it is for, or here. */
    const elsewhere = new Set([mainOf(job), ...job.kind === "outpaint" ? [] : deviceFormats()]);
    byId("downloads").replaceChildren(...sortFiles(job.files).filter((file) => !elsewhere.has(file.role)).map(madeRow));
    showMain(job);
    showAll(job);
    byId("making-error").hidden = job.making_error === null;
    byId("making-error").textContent = job.making_error ?? "";
    showForDevice(job);
    showMore(job);
}
