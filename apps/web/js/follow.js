const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const SILENCE_BEFORE_WORDS_MS = 1200;

/**
 * Keeps the stream of events open. `on`: job(news), deleted(id), open() each time it begins (what ended before is not told),
 * lost() when it has been gone for a moment.
 */
export class Follower {
    #source = null;
    #on;
    #wait = FIRST_WAIT_MS;
    #timer = 0;
    #words = 0;
    #lost = false;

    constructor(on) {
        this.#on = on;
        addEventListener("online", () => this.start());
        addEventListener("offline", () => this.#lose());
    }

    start() {
        clearTimeout(this.#timer);
        this.#source?.close();
        const source = new EventSource("/api/v1/events");
        this.#source = source;
        source.addEventListener("open", () => this.#open());
        source.addEventListener("error", () => this.#lose());
        source.addEventListener("job", (event) => this.#on.job(JSON.parse(event.data)));
        source.addEventListener("deleted", (event) => this.#on.deleted(JSON.parse(event.data).id));
    }

    stop() {
        clearTimeout(this.#timer);
        this.#source?.close();
    }

    #open() {
        clearTimeout(this.#words);
        this.#words = 0;
        this.#wait = FIRST_WAIT_MS;
        this.#lost = false;
        this.#on.open();
    }

    /* Tries again, each time a little later; a browser alone gives up after some answers. */
    #lose() {
        this.#source?.close();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.start(), this.#wait);
        this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
        if (this.#lost)
            return;
        this.#lost = true;
        this.#words = setTimeout(() => this.#on.lost(), SILENCE_BEFORE_WORDS_MS);
    }
}
