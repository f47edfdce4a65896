import * as api from "./api.js";

const finished = new Set(["done", "failed", "cancelled"]);

/** 1 for jobs that wait or run. */
export function isActive(job) {
    return !finished.has(job.state);
}

/**
 * The jobs that this page knows. Sends "change" with detail {id} when one is new or other than before, and
 * "removed" with detail {id}. Uploads, events and lists are answered in any order: an answer counts for a job only if
 * nothing was learnt of that job since it was asked for.
 */
export class Jobs extends EventTarget {
    #jobs = new Map();
    #fetching = new Map();
    #clock = 0; /* goes on with each question, and each time something is learnt of a job */
    #learnt = new Map(); /* id: when that was last, its end included */
    next = null; /* where the list goes on */

    /** Newest first. */
    list() {
        return [...this.#jobs.values()].sort((a, b) => b.created.localeCompare(a.created));
    }

    get(id) {
        return this.#jobs.get(id);
    }

    get size() {
        return this.#jobs.size;
    }

    /** Takes in a job that an upload has made: how it began. What events have told since is newer. */
    add(job) {
        if (!this.#learnt.has(job.id))
            this.#put(job);
    }

    drop(id) {
        this.#learn(id);
        if (this.#jobs.delete(id))
            this.#tell("removed", id);
    }

    /** Reads the newest jobs again; what the server no longer has goes. */
    async reload() {
        const asked = ++this.#clock;
        const page = await api.listJobs();
        const there = new Set(page.jobs.map((job) => job.id));
        const whole = page.next === null;
        for (const id of [...this.#jobs.keys()]) {
            if (whole && !there.has(id) && !this.#isStale(id, asked))
                this.drop(id);
        }
        this.#takePage(page, asked);
    }

    async more() {
        const asked = ++this.#clock;
        this.#takePage(await api.listJobs(this.next), asked);
    }

    /** Reads one job anew; calls for the same job while it is read wait for one more reading. */
    async refresh(id) {
        if (this.#fetching.has(id)) {
            this.#fetching.set(id, true);
            return;
        }
        this.#fetching.set(id, false);
        await api.persist(() => this.#read(id), (error) => {
            if (error.status === 404)
                this.drop(id);
            return api.isPassing(error);
        });
        const again = this.#fetching.get(id);
        this.#fetching.delete(id);
        if (again)
            await this.refresh(id);
    }

    /** Takes in what an event says about a job. */
    apply(news) {
        const job = this.#jobs.get(news.id);
        const known = job !== undefined && job.revision === news.revision;
        const settled = finished.has(news.state) && job?.state !== news.state;
        if (job !== undefined)
            this.#put({ ...job, ...news, state: settled ? job.state : news.state });
        const arrived = known && job.making.length > news.making.length;
        if (!known || settled || arrived || (news.thumbnail !== null && job.preview === null))
            void this.refresh(news.id);
    }

    #put(job) {
        this.#learn(job.id);
        this.#jobs.set(job.id, job);
        this.#tell("change", job.id);
    }

    #takePage(page, asked) {
        this.next = page.next;
        for (const job of page.jobs) {
            if (!this.#isStale(job.id, asked))
                this.#put(job);
            else if (this.#jobs.has(job.id))
                void this.refresh(job.id);
        }
    }

    /* News that came meanwhile are in what is there or ask for another reading; only a job that has gone stays away. */
    async #read(id) {
        const asked = ++this.#clock;
        const job = await api.getJob(id);
        if (this.#jobs.has(id) || !this.#isStale(id, asked))
            this.#put(job);
    }

    #learn(id) {
        this.#learnt.set(id, ++this.#clock);
    }

    #isStale(id, asked) {
        return (this.#learnt.get(id) ?? 0) > asked;
    }

    #tell(type, id) {
        this.dispatchEvent(new CustomEvent(type, { detail: { id } }));
    }
}
