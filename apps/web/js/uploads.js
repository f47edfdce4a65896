import { upload } from "./api.js";
import { showAlert } from "./dom.js";
import { PHOTO_KINDS, bytes } from "./text.js";
import { showTrouble } from "./trouble.js";

const AT_ONCE = 2;
const RETRY_S = 5;
const busy = new Set([429, 503]);

/* [photo, null], or left and right eye in the order of their names. */
function inPairs(files, wanted) {
    if (!wanted)
        return [...files].map((file) => [file, null]);
    const sorted = [...files].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    if (sorted.length % 2 !== 0) {
        showAlert("A pair wants two files", "The left and the right eye of each photo: choose both.");
        return [];
    }
    return sorted.flatMap((file, place) => place % 2 === 0 ? [[file, sorted[place + 1]]] : []);
}

/**
 * Photos on their way to the server. Sends "change" with detail {item}, "made" with {item, job} (the item's picture
 * then belongs to the listener) and "gone" with {item}. An item: {key, name, picture, state, fraction, words};
 * states: waiting, sending, later (tries again by itself, or when it is pressed).
 */
export class Uploads extends EventTarget {
    #items = [];
    #limit;
    #count = 0;

    constructor(limit) {
        super();
        this.#limit = limit;
        addEventListener("online", () => this.#wake("offline"));
    }

    set limit(bytes) {
        this.#limit = bytes;
    }

    list() {
        return this.#items;
    }

    /** Takes those files that can be photos; tells of the others. fields: options for all of them. */
    add(files, fields) {
        for (const [file, second] of inPairs(files, fields.stereo === "pair")) {
            if (!this.#takes(file) || (second !== null && !this.#takes(second)))
                continue;
            const item = {
                key: `upload-${++this.#count}`, name: file.name || "photo", file, second, fields, state: "waiting", fraction: 0,
                words: "Waiting", picture: URL.createObjectURL(file), stop: new AbortController(), why: "",
            };
            this.#items.push(item);
            this.#tell("change", item);
        }
        this.#pump();
    }

    /** Stops and forgets one. */
    drop(item) {
        item.stop.abort();
        this.#forget(item);
        this.#pump();
    }

    retry(item) {
        item.state = "waiting";
        item.words = "Waiting";
        this.#tell("change", item);
        this.#pump();
    }

    #takes(file) {
        if (file.type !== "" && !file.type.startsWith("image/")) {
            showAlert(`${file.name} is not a photo`, PHOTO_KINDS);
            return false;
        }
        if (file.size > this.#limit) {
            showAlert(`${file.name} is too large`, `It has ${bytes(file.size)}; this server takes up to ${bytes(this.#limit)}.`);
            return false;
        }
        return true;
    }

    #pump() {
        const sending = this.#items.filter((item) => item.state === "sending").length;
        const waiting = this.#items.filter((item) => item.state === "waiting");
        for (const item of waiting.slice(0, Math.max(0, AT_ONCE - sending)))
            void this.#send(item);
    }

    async #send(item) {
        item.state = "sending";
        item.words = "Uploading";
        this.#tell("change", item);
        try {
            const job = await upload(item, (fraction) => {
                item.fraction = fraction;
                item.words = `Uploading · ${Math.round(fraction * 100)} %`;
                this.#tell("change", item);
            });
            this.#items = this.#items.filter((other) => other !== item);
            this.dispatchEvent(new CustomEvent("made", { detail: { item, job } }));
        } catch (error) {
            this.#fail(item, error);
        }
        this.#pump();
    }

    #fail(item, error) {
        if (item.stop.signal.aborted)
            return;
        item.fraction = 0;
        item.why = error.code;
        if (busy.has(error.status)) {
            const wait = error.retryAfterS || RETRY_S;
            item.state = "later";
            item.words = `Server is busy, again in ${wait} s`;
            setTimeout(() => this.#wake(error.code), wait * 1000);
        } else if (error.status === 0 || error.status === 401) {
            item.state = "later";
            item.words = error.status === 0 ? "No connection, waiting for it" : "Waiting for the token";
        } else {
            showTrouble(error, item.name);
            this.#forget(item);
            return;
        }
        this.#tell("change", item);
    }

    /** Sends again what waits for a reason: "offline", "unauthorized" or a busy server's code. */
    #wake(why) {
        for (const item of this.#items) {
            if (item.state === "later" && item.why === why)
                this.retry(item);
        }
    }

    /** The connection is back, the token was right. */
    resume() {
        this.#wake("offline");
        this.#wake("unauthorized");
    }

    #forget(item) {
        URL.revokeObjectURL(item.picture);
        this.#items = this.#items.filter((other) => other !== item);
        this.#tell("gone", item);
    }

    #tell(type, item) {
        this.dispatchEvent(new CustomEvent(type, { detail: { item } }));
    }
}
