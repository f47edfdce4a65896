/* What to do with a photo, by what people have: a few words, and the files for it. */
import { byId, make, makeChoice } from "./dom.js";

const KEPT = "spx-device";
const devices = [
    { value: "vision", label: "Vision Pro", formats: ["spatial"],
        words: "Save the spatial photo to Photos (AirDrop, or open this page there) and look at it full size." },
    { value: "iphone", label: "iPhone, iPad", formats: ["spatial", "parallax"],
        words: "The spatial photo opens like any other and keeps its depth for a Vision Pro that shares your library; the film moves for everybody." },
    { value: "headset", label: "Quest, other headsets", formats: ["sbs-jpg", "vr180"],
        words: "Open one of these in the headset's gallery, or open this page there and choose “View in headset”. “Share” shows a code that the headset can scan." },
    { value: "tv", label: "3D TV", formats: ["hsbs", "hou"],
        words: "Put it on a USB stick, and switch the TV to “side by side” or “top and bottom”." },
    { value: "display", label: "3D screen without glasses", formats: ["quilt-go", "rgbd", "leia"],
        words: "A quilt or the photo with its depth for a Looking Glass; 2x1 for a Leia tablet." },
    { value: "plain", label: "Any screen", formats: ["parallax", "wiggle-webp", "anaglyph"],
        words: "A film or picture that moves, to send; the red-cyan picture wants coloured glasses. “Share” gives a link that moves." },
];

function guess() {
    const agent = navigator.userAgent;
    if (/OculusBrowser|Quest|Pico/.test(agent))
        return "headset";
    if (/iPhone|iPad/.test(agent))
        return "iphone";
    return /Android/.test(agent) ? "plain" : "vision";
}

function kept() {
    try {
        const value = localStorage.getItem(KEPT);
        return devices.some((device) => device.value === value) ? value : guess();
    } catch {
        return guess();
    }
}

let chosen = kept();

/** The words of the formats for what was chosen. */
export function deviceFormats() {
    return devices.find((device) => device.value === chosen).formats;
}

/** Makes the choice of what people have; onchange() follows a choice. */
export function openDevices(onchange) {
    byId("device-choice").append(makeChoice("What it is for", devices, chosen, (value) => {
        chosen = value;
        try {
            localStorage.setItem(KEPT, value);
        } catch {
            /* it is asked again the next time */
        }
        onchange();
    }));
}

/** Shows the files for what was chosen. row(word): the row of a format's file, null for one that cannot be made. */
export function showDevices(row) {
    const { words, formats } = devices.find((device) => device.value === chosen);
    byId("device-words").textContent = words;
    byId("device-files").replaceChildren(...formats.map(row).filter((one) => one !== null));
}

/** A button that hands a file to another program of this device; null where the browser cannot do that. */
export function sendButton(file, url) {
    const proof = new File([""], file.name, { type: file.type });
    if (!matchMedia("(pointer: coarse)").matches || !(navigator.canShare?.({ files: [proof] }) ?? false))
        return null;
    let ready = null;
    const button = make("button", { type: "button", className: "soft small send", textContent: "Send", "aria-label": `Send ${file.name}`,
        onclick: async () => {
            button.disabled = true;
            try {
                ready ??= new File([await (await fetch(url)).blob()], file.name, { type: file.type });
                await navigator.share({ files: [ready] });
            } catch (error) {
                /* Fetching took longer than a press counts: the next press sends at once. */
                if (error.name === "NotAllowedError")
                    button.textContent = "Send now";
            }
            button.disabled = false;
        } });
    return button;
}
