/* Several photos at once: take their files in one zip, try the failed ones again, delete them. */
import { removeJob, renderJob } from "./api.js";
import { byId } from "./dom.js";
import { isActive } from "./jobs.js";
import { failure } from "./text.js";
import { showTrouble } from "./trouble.js";

const ZIP_MOST = 100; /* what the server takes in one zip */

function canRetry(job) {
    return (job.state === "failed" || job.state === "cancelled") && failure(job).again;
}

/** Which photos of the list are chosen. `confirm(words)` asks a person; `redraw()` shows the list anew. */
export class Selection {
    #ids = new Set();
    #jobs;
    #confirm;
    #redraw;
    on = false; /* the list shows boxes */

    constructor(jobs, { confirm, redraw }) {
        this.#jobs = jobs;
        this.#confirm = confirm;
        this.#redraw = redraw;
        byId("select").addEventListener("click", () => this.#turn(!this.on));
        byId("select-all").addEventListener("change", ({ target }) => {
            this.#ids = new Set(target.checked ? jobs.list().map((job) => job.id) : []);
            this.#changed();
        });
        byId("selected-retry").addEventListener("click", () => void this.#retry(this.#chosen()));
        byId("retry-failed").addEventListener("click", () => void this.#retry(jobs.list()));
        byId("selected-delete").addEventListener("click", () => void this.#remove());
        jobs.addEventListener("removed", ({ detail: { id } }) => this.#ids.delete(id));
        for (const type of ["change", "removed"])
            jobs.addEventListener(type, () => this.#show());
        this.#show();
    }

    has(id) {
        return this.#ids.has(id);
    }

    toggle(id) {
        if (!this.#ids.delete(id))
            this.#ids.add(id);
        this.#changed();
    }

    #turn(on) {
        this.on = on;
        this.#ids.clear();
        this.#changed();
    }

    #changed() {
        this.#show();
        this.#redraw();
    }

    #chosen() {
        return this.#jobs.list().filter((job) => this.#ids.has(job.id));
    }

    #show() {
        const all = this.#jobs.list();
        const failed = all.filter(canRetry);
        byId("retry-failed").hidden = this.on || failed.length < 2;
        byId("retry-failed").textContent = `Try ${failed.length} again`;
        byId("select").hidden = all.length < 2 && !this.on;
        byId("select").textContent = this.on ? "Done" : "Select";
        byId("selected").hidden = !this.on;
        if (!this.on)
            return;
        const chosen = this.#chosen();
        const zipped = chosen.filter((job) => job.files.length > 0);
        byId("select-all").checked = chosen.length === all.length;
        byId("select-all").indeterminate = chosen.length > 0 && chosen.length < all.length;
        byId("selected-count").textContent = chosen.length === 0 ? "All" : `${chosen.length} chosen`;
        const link = byId("selected-download");
        link.textContent = zipped.length > ZIP_MOST ? `Download: at most ${ZIP_MOST}` : "Download";
        const impossible = zipped.length === 0 || zipped.length > ZIP_MOST;
        if (impossible)
            link.setAttribute("aria-disabled", "true");
        else
            link.removeAttribute("aria-disabled");
        if (impossible)
            link.removeAttribute("href");
        else
            link.href = `/api/v1/archive.zip?jobs=${zipped.map((job) => job.id).join(",")}`;
        byId("selected-retry").hidden = !chosen.some(canRetry);
        byId("selected-delete").disabled = chosen.length === 0;
    }

    async #retry(list) {
        for (const job of list.filter(canRetry)) {
            try {
                await renderJob(job.id, {});
            } catch (error) {
                showTrouble(error, job.name);
                return;
            }
        }
    }

    /* Those that run are stopped first, and stay in the list. */
    async #remove() {
        const chosen = this.#chosen();
        const many = chosen.length === 1 ? chosen[0].name : `${chosen.length} photos`;
        if (!await this.#confirm(`Delete ${many} and all that was made of ${chosen.length === 1 ? "it" : "them"}?`))
            return;
        for (const job of chosen) {
            try {
                await removeJob(job.id);
                if (!isActive(job))
                    this.#jobs.drop(job.id);
            } catch (error) {
                if (error.status === 404)
                    this.#jobs.drop(job.id);
                else
                    showTrouble(error, job.name);
            }
        }
        this.#turn(false);
    }
}
