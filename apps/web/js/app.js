/* The page: puts its parts together. */
import { getServer, isPassing, persist, removeJob } from "./api.js";
import { crop, openCrop } from "./crop.js";
import { byId, say } from "./dom.js";
import { openDownloads, takeArrived } from "./downloads.js";
import { Follower } from "./follow.js";
import { learnFormats } from "./formats.js";
import { FrameEditor } from "./frame.js";
import { openIntake } from "./intake.js";
import { Jobs, isActive } from "./jobs.js";
import { Options } from "./options.js";
import { Queue } from "./queue.js";
import { bytes, state } from "./text.js";
import { Sample } from "./sample.js";
import { openInstalled, takeShared } from "./shared_photos.js";
import { Selection } from "./selection.js";
import { openShareBox, share } from "./share_box.js";
import { openTokenPrompt } from "./token.js";
import { showTrouble } from "./trouble.js";
import { Uploads } from "./uploads.js";
import { Viewer } from "./viewer.js";

const START_AGAIN_MS = 2000;

const jobs = new Jobs();
const uploads = new Uploads(Infinity);
const viewer = new Viewer();
const frame = new FrameEditor();
const options = new Options((kind) => byId("intake").setAttribute("data-kind", kind));
const queue = new Queue(jobs, uploads, {
    open, remove, drop: (item) => uploads.drop(item), retry: (item) => uploads.retry(item),
});
queue.selection = new Selection(jobs, { confirm, redraw: () => queue.redraw() });
const follower = new Follower({
    job: (news) => jobs.apply(news),
    deleted: (id) => jobs.drop(id),
    lost: () => showConnection(true),
    open: () => resume(),
});
const token = openTokenPrompt(() => begin());
const sample = new Sample((file) => void take([file]));
let framed = { files: [], url: "" };
let offer;
const offered = new Promise((done) => { offer = done; }); /* what the server offers is known */

function showConnection(lost) {
    byId("connection").textContent = lost ? "Connection lost. Trying again…" : "";
    document.body.classList.toggle("offline", lost);
}

/* What the page shows rests on the list: it is asked for until it is there. */
function readJobs() {
    return persist(() => jobs.reload(), (error) => {
        showTrouble(error);
        return isPassing(error);
    });
}

async function resume() {
    showConnection(false);
    await readJobs();
    uploads.resume();
}

function open(id) {
    const job = jobs.get(id);
    if (job === undefined)
        return;
    history.replaceState(null, "", `#${id}`);
    closeFrame();
    queue.choose(id);
    viewer.show(job);
    /* The welcome text goes with the first photo, in the next picture: only then is the place known. */
    requestAnimationFrame(() => requestAnimationFrame(() => {
        const box = byId("viewer").getBoundingClientRect();
        if (box.top > innerHeight * 0.6 || box.bottom < innerHeight * 0.3)
            byId("viewer").scrollIntoView({ behavior: "smooth", block: "start" });
    }));
}

/* Something that moves, as long as there is nothing of one's own. */
function showSample() {
    sample.show(jobs.size === 0 && uploads.list().length === 0 && byId("frame").hidden);
}

function closeViewer() {
    history.replaceState(null, "", location.pathname);
    queue.choose("");
    viewer.hide();
}

async function confirm(words) {
    const dialog = byId("delete-dialog");
    byId("delete-words").textContent = words;
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
    return dialog.returnValue === "delete";
}

async function remove(job) {
    const active = isActive(job);
    if (!active && !await confirm(`Delete ${job.name} and all that was made of it?`))
        return;
    try {
        await removeJob(job.id);
        if (active) {
            await jobs.refresh(job.id);
        } else {
            jobs.drop(job.id);
            say(`${job.name} is deleted`);
        }
    } catch (error) {
        if (error.status === 404)
            jobs.drop(job.id);
        else
            showTrouble(error, job.name);
    }
}

/* Photos to extend show their frame first; others start at once. What is chosen for them is not known before the server's offer. */
async function take(taken) {
    const files = byId("crop-first").checked ? await crop(taken) : taken;
    await offered;
    if (files.length === 0)
        return;
    if (options.kind === "convert") {
        uploads.add(files, options.fields({}));
        return;
    }
    closeViewer();
    closeFrame();
    framed = { files, url: URL.createObjectURL(files[0]) };
    byId("frame").hidden = false;
    showSample();
    byId("frame-start").textContent = options.kind === "both" ? "Extend and make 3D" : "Extend";
    document.body.classList.add("framing");
    byId("frame-title").textContent = files.length === 1 ? files[0].name : `${files.length} photos`;
    void frame.open(framed.url);
    byId("frame-start").focus();
    byId("frame").scrollIntoView({ block: "nearest" });
}

function closeFrame() {
    if (framed.url !== "")
        URL.revokeObjectURL(framed.url);
    framed = { files: [], url: "" };
    byId("frame").hidden = true;
    showSample();
    document.body.classList.remove("framing");
}

function startFramed() {
    const { files } = framed;
    const fields = options.fields(frame.fields());
    closeFrame();
    uploads.add(files, fields);
}

jobs.addEventListener("change", ({ detail: { id } }) => {
    const job = jobs.get(id);
    takeArrived(job);
    if (id !== viewer.job?.id)
        return;
    const before = viewer.job.state;
    viewer.show(job);
    if (before !== job.state && !isActive(job))
        say(`${job.name}: ${state(job)}`);
});
jobs.addEventListener("removed", ({ detail: { id } }) => {
    if (id === viewer.job?.id)
        closeViewer();
});
uploads.addEventListener("made", ({ detail: { item, job } }) => {
    queue.lend(job.id, item.picture);
    jobs.add(job);
    /* Keep what the person looks at, unless it is nothing or still in work. */
    if (byId("frame").hidden && (viewer.job === null || !isActive(viewer.job)))
        open(job.id);
});

for (const source of [jobs, uploads])
    for (const type of ["change", "removed", "gone"])
        source.addEventListener(type, () => showSample());
byId("share").addEventListener("click", () => void share(viewer.job));
byId("frame-start").addEventListener("click", startFramed);
byId("frame-cancel").addEventListener("click", closeFrame);
byId("more").addEventListener("click", () => jobs.more().catch((error) => showTrouble(error)));

async function begin() {
    let server;
    try {
        server = await getServer();
    } catch (error) {
        showConnection(error.status === 0);
        if (error.status !== 0)
            showTrouble(error);
        setTimeout(begin, START_AGAIN_MS);
        return;
    }
    showConnection(false);
    learnFormats(server);
    options.offer(server);
    viewer.offer(server);
    uploads.limit = server.limits.upload_bytes;
    frame.most = server.limits.margin;
    offer();
    byId("limit").textContent = `JPEG, PNG, HEIC, raw and more, up to ${bytes(server.limits.upload_bytes)}`;
    if (server.auth.required && !server.auth.authorized) {
        token.ask();
        return;
    }
    await readJobs();
    uploads.resume();
    follower.start();
    showSample();
    const shared = await takeShared();
    if (shared.length > 0)
        void take(shared);
    const wanted = location.hash.slice(1);
    if (/^[0-9a-f]{32}$/.test(wanted)) {
        if (jobs.get(wanted) === undefined)
            await jobs.refresh(wanted);
        if (location.hash.slice(1) === wanted) /* nobody chose another one meanwhile */
            open(wanted);
    } else if (jobs.size > 0 && viewer.job === null && byId("frame").hidden) {
        open(jobs.list()[0].id);
    }
}

/* A browser may restore a reloaded page's place after the list has come: open() says where to look. */
history.scrollRestoration = "manual";

/* Photos that have not arrived go with the page. */
addEventListener("beforeunload", (event) => {
    if (uploads.list().length > 0)
        event.preventDefault();
});
openIntake((files) => void take(files));
openCrop();
openDownloads();
openInstalled();
openShareBox();
void begin();
