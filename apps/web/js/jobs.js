import * as api from "./api.js";

const finished = new Set(["done", "failed", "cancelled"]);

/** 1 for jobs that wait or run. */
export function isActive(job) {
    return !finished.has(job.state);
}

/**
 * The jobs that this page knows. Sends "change" with detail {id} when one is new or other than before, and
 * "removed" with detail {id}.
 */
export class Jobs extends EventTarget {
    #jobs = new Map();
    #fetching = new Map();
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

    put(job) {
        this.#jobs.set(job.id, job);
        this.#tell("change", job.id);
    }

    drop(id) {
        if (this.#jobs.delete(id))
            this.#tell("removed", id);
    }

    /** Reads the newest jobs again; what the server no longer has goes. */
    async reload() {
        const page = await api.listJobs();
        const there = new Set(page.jobs.map((job) => job.id));
        const whole = page.next === null;
        for (const id of [...this.#jobs.keys()]) {
            if (whole && !there.has(id))
                this.drop(id);
        }
        this.next = page.next;
        for (const job of page.jobs)
            this.put(job);
    }

    async more() {
        const page = await api.listJobs(this.next);
        this.next = page.next;
        for (const job of page.jobs)
            this.put(job);
    }

    /** Reads one job anew; calls for the same job while it is read wait for one more reading. */
    async refresh(id) {
        if (this.#fetching.has(id)) {
            this.#fetching.set(id, true);
            return;
        }
        this.#fetching.set(id, false);
        await api.persist(async () => this.put(await api.getJob(id)), (error) => {
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
            this.put({ ...job, ...news, state: settled ? job.state : news.state });
        const arrived = known && job.making.length > news.making.length;
        if (!known || settled || arrived || (news.thumbnail !== null && job.preview === null))
            void this.refresh(news.id);
    }

    #tell(type, id) {
        this.dispatchEvent(new CustomEvent(type, { detail: { id } }));
    }
}
