import { byId, make } from "./dom.js";
import { bytes, role, sortFiles } from "./text.js";

function asDownload(url) {
    return `${url}${url.includes("?") ? "&" : "?"}download=1`;
}

/** Lists the files of a finished job. */
export function showDownloads(job) {
    byId("downloads").replaceChildren(...sortFiles(job.files).map((file) => {
        const [name, note] = role(file.role);
        return make("li", {}, make("a", { href: asDownload(file.url), download: file.name, "data-role": file.role },
            make("span", { className: "name", textContent: name }),
            make("span", { className: "words", textContent: `${note} · ${bytes(file.size)}` })));
    }));
    const all = byId("download-all");
    all.hidden = job.archive === null;
    all.href = job.archive ?? "#";
}
