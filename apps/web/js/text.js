const stages = {
    read: "Reading", outpaint: "Painting new borders", depth: "Finding depth", stereo: "Making both eyes",
    encode: "Packing", write: "Saving",
};

/** A size as people say it. */
export function bytes(size) {
    if (size < 1000)
        return `${size} B`;
    if (size < 1e6)
        return `${Math.round(size / 1e3)} kB`;
    return `${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB`;
}

/** What a job does right now, in words. */
export function state(job) {
    switch (job.state) {
    case "queued":
        if (job.waits_for === "version")
            return "Waiting for a newer worker";
        return job.position > 1 ? `Waiting, number ${job.position}` : "Next in line";
    case "running":
        return `${stages[job.stage] ?? "Working"} · ${Math.round(job.percent)} %`;
    case "done":
        return job.kind === "outpaint" ? "Extended" : "Ready";
    case "cancelled":
        return "Cancelled";
    default:
        return "Did not work";
    }
}

export const PHOTO_KINDS = "Use JPEG, PNG, WebP, TIFF, HEIC, AVIF, GIF, BMP, JPEG XL or a camera's raw file.";

/** What a failed call means: {title, detail}. */
export function trouble(error, name = "") {
    const about = name === "" ? "" : `${name}: `;
    const detail = error.message ?? "";
    switch (error.status) {
    case 0:
        return { title: `${about}no connection`, detail: "The server cannot be reached. Try again when you are back online." };
    case 411:
    case 413:
        return { title: `${about}too large`, detail };
    case 415:
        return { title: `${about}not a photo that spx can read`, detail: PHOTO_KINDS };
    case 429:
    case 503:
        return { title: `${about}the server is busy`, detail: "It has more photos than it can take. Try again in a moment." };
    case 507:
        return { title: `${about}the server's disk is full`, detail };
    case 404:
        return { title: `${about}no longer there`, detail: "It was deleted, or its time was over." };
    default:
        return { title: `${about}did not work`, detail };
    }
}

/* The measures' words as those of the controls. */
const plain = [
    [/ [\d.]+ degrees (out of|behind) the window/, " far $1 the screen"],
    [/less strength/, "less depth strength"],
    [/more convergence/, "“What pops out” farther right"],
    [/less convergence/, "“What pops out” farther left"],
    [/ \(spx .*\)$/, ""],
];

/** What the eyes will say: a sentence, no mark. about: {score, advice}. */
export function comfort({ score, advice }) {
    if (score >= 80 || advice === "comfortable")
        return "Easy to look at for a long time.";
    return `${score >= 55 ? "Fine for most eyes" : "Strong on the eyes"}. ${capital(plain.reduce((text, [from, to]) => text.replace(from, to), advice))}.`;
}

/* By the code of a failure: what it means to a person, and whether another attempt can help. */
const failures = new Map([
    ["corrupt data", ["This file is damaged: it cannot be read as a photo. Choose the original again, or another copy of it.", false]],
    ["truncated data", ["This file ends too early: perhaps it was not copied whole. Choose it again.", false]],
    ["not supported", ["This kind of file, or what was asked for, is not possible here.", false]],
    ["over a limit", ["This photo is larger than this server takes.", false]],
    ["bad argument", ["What was asked for does not fit this photo. Change the options and try again.", true]],
    ["out of memory", ["This photo needs more memory than the server has. Try a smaller one.", false]],
    ["remote error", ["The remote painter did not answer as it should. Try again in a moment, or paint here.", true]],
    ["network error", ["The remote painter cannot be reached. Try again in a moment, or paint here.", true]],
    ["in doubt", ["Something about this photo is in doubt, and you asked to stop then.", false]],
]);

/** What became of a job that is not done: {words, detail, again}. */
export function failure(job) {
    if (job.state !== "failed")
        return { words: "You stopped this one.", detail: "", again: true };
    const [words, again] = failures.get(job.error?.code) ?? ["It did not work: something went wrong on the server.", true];
    return { words, detail: job.error?.message ?? "", again };
}

/** A sentence's beginning. */
export function capital(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/** When it was made, short. */
export function when(iso) {
    const time = new Date(iso);
    const today = new Date().toDateString() === time.toDateString();
    return time.toLocaleString(undefined, today ? { timeStyle: "short" } : { dateStyle: "medium" });
}
