/* A shared photo, alone on a page or in a frame of another site: it can be looked at and fetched, nothing else. */
import { persist } from "./api.js";
import { make } from "./dom.js";
import { Parallax } from "./views/parallax.js";
import { Wiggle } from "./views/flat.js";

const stage = document.getElementById("stage");
const note = document.getElementById("note");
const ways = document.getElementById("ways");

async function read() {
    const reply = await fetch(`/api/v1/shared/${location.pathname.split("/").pop()}`);
    if (!reply.ok)
        throw new Error("This photo is no longer shared.");
    return reply.json();
}

function addWays(job) {
    const spatial = job.files.find((file) => file.role === "spatial");
    if (spatial !== undefined)
        ways.append(make("a", { href: `${spatial.url}&download=1`, download: spatial.name, textContent: "Get the spatial photo" }));
    if (document.fullscreenEnabled) {
        ways.append(make("button", {
            type: "button", textContent: "Full screen",
            onclick: () => void (document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen()),
        }));
    }
    if (Parallax.asksForMotion())
        ways.append(make("button", { type: "button", textContent: "Look around by turning", onclick: () => void DeviceOrientationEvent.requestPermission() }));
}

async function show() {
    try {
        const job = await read();
        const { photo, depth, left, right } = job.views;
        document.title = `${job.name} · spx`;
        if (left === null && depth === null)
            throw new Error("This photo is not ready yet.");
        const view = depth !== null && photo !== null && job.summary?.stereo === undefined
            ? new Parallax({ strength: job.summary?.strength ?? 2.5, convergence: job.summary?.convergence ?? 0.5 }) : new Wiggle();
        if (view.element !== undefined)
            stage.append(view.element);
        await persist(() => view.open({ photo, depth, left, right }), (error) => {
            note.textContent = `${error.message}. Trying again…`;
            return true;
        });
        note.textContent = "";
        if (view.element.parentNode === null)
            stage.append(view.element);
        addWays(job);
    } catch (error) {
        note.textContent = error.message;
    }
    stage.removeAttribute("aria-busy");
}

void show();
