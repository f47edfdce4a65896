/*
 * A photo turned and cut before it is sent. The browser writes it anew as JPEG, with the camera's data of the original: how
 * wide the lens saw goes by what is left.
 */
import { byId, showAlert } from "./dom.js";
import { carryExif } from "./exif.js";

const QUALITY = 0.95;
const LEAST = 0.05; /* of a side */
const KEY_STEP = 0.01;
const PREVIEW_PX = 900;
const edges = { left: ["x", -1], right: ["x", 1], top: ["y", -1], bottom: ["y", 1] };

let picture = null;
let turns = 0; /* quarters, clockwise */
let cut = { left: 0, top: 0, right: 1, bottom: 1 };
let before = Promise.resolve(); /* the last photos that were shown are done */

function drawTurned(canvas, scale) {
    const { width, height } = picture;
    const across = turns % 2 === 0;
    canvas.width = Math.max(1, Math.round((across ? width : height) * scale));
    canvas.height = Math.max(1, Math.round((across ? height : width) * scale));
    const context = canvas.getContext("2d");
    context.translate(canvas.width / 2, canvas.height / 2);
    context.rotate(turns * Math.PI / 2);
    context.drawImage(picture, -width * scale / 2, -height * scale / 2, width * scale, height * scale);
}

function show() {
    const canvas = byId("crop-picture");
    drawTurned(canvas, Math.min(1, PREVIEW_PX / Math.max(picture.width, picture.height)));
    showCut();
}

function showCut() {
    const box = byId("crop-box").style;
    box.left = `${cut.left * 100}%`;
    box.top = `${cut.top * 100}%`;
    box.right = `${(1 - cut.right) * 100}%`;
    box.bottom = `${(1 - cut.bottom) * 100}%`;
    const [width, height] = size();
    byId("crop-size").textContent = `${width} × ${height}`;
}

/* Of what is left, in pixels. */
function size() {
    const [width, height] = turns % 2 === 0 ? [picture.width, picture.height] : [picture.height, picture.width];
    return [Math.max(1, Math.round((cut.right - cut.left) * width)), Math.max(1, Math.round((cut.bottom - cut.top) * height))];
}

function turn(by) {
    turns = (turns + by + 4) % 4;
    const { left, top, right, bottom } = cut;
    cut = by > 0 ? { left: 1 - bottom, top: left, right: 1 - top, bottom: right } : { left: top, top: 1 - right, right: bottom, bottom: 1 - left };
    show();
}

function moveEdge(edge, to) {
    const { left, top, right, bottom } = cut;
    const least = { left: 0, top: 0, right: left + LEAST, bottom: top + LEAST }[edge];
    const most = { left: right - LEAST, top: bottom - LEAST, right: 1, bottom: 1 }[edge];
    cut = { ...cut, [edge]: Math.min(most, Math.max(least, to)) };
    showCut();
}

function watchHandles() {
    for (const handle of byId("crop-box").querySelectorAll(".handle")) {
        const own = handle.dataset.edges.split(" ");
        handle.addEventListener("pointerdown", (event) => {
            event.preventDefault();
            handle.focus();
            handle.setPointerCapture(event.pointerId);
        });
        handle.addEventListener("pointermove", (event) => {
            if (!handle.hasPointerCapture(event.pointerId))
                return;
            const box = byId("crop-picture").getBoundingClientRect();
            const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
            for (const edge of own)
                moveEdge(edge, at[edges[edge][0]]);
        });
        handle.addEventListener("keydown", (event) => {
            const way = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] }[event.key];
            if (way === undefined)
                return;
            event.preventDefault();
            for (const edge of own.filter((one) => edges[one][0] === way[0]))
                moveEdge(edge, cut[edge] + way[1] * KEY_STEP);
        });
    }
}

/* What is left of the photo, at its full size. */
async function write(file) {
    const whole = document.createElement("canvas");
    drawTurned(whole, 1);
    const [width, height] = size();
    const part = document.createElement("canvas");
    part.width = width;
    part.height = height;
    part.getContext("2d").drawImage(whole, -Math.round(cut.left * whole.width), -Math.round(cut.top * whole.height));
    const blob = await new Promise((resolve) => part.toBlob(resolve, "image/jpeg", QUALITY));
    const bytes = await carryExif(file, blob, Math.hypot(whole.width, whole.height) / Math.hypot(width, height));
    return new File([bytes], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
}

/** Makes the dialog's buttons work. */
export function openCrop() {
    byId("crop-left").addEventListener("click", () => turn(-1));
    byId("crop-right").addEventListener("click", () => turn(1));
    watchHandles();
}

async function cropAll(files) {
    const out = [];
    const dialog = byId("crop-dialog");
    for (const file of files) {
        try {
            picture = await createImageBitmap(file);
        } catch {
            showAlert(`${file.name} cannot be cut here`, "This browser does not read it. It is sent as it is.");
            out.push(file);
            continue;
        }
        turns = 0;
        cut = { left: 0, top: 0, right: 1, bottom: 1 };
        byId("crop-name").textContent = file.name;
        dialog.returnValue = "";
        dialog.showModal();
        show();
        await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
        const untouched = turns === 0 && Object.values(cut).join() === "0,0,1,1";
        if (dialog.returnValue === "use")
            out.push(untouched ? file : await write(file));
        picture.close();
    }
    return out;
}

/** Shows each photo to be turned and cut; resolves to the photos to send. One that the browser cannot read stays as it is. Photos
 * that come while others are shown wait for them: a dialog's close event comes a moment after it closes. */
export function crop(files) {
    const mine = before.then(() => cropAll(files));
    before = mine.catch(() => {});
    return mine;
}
