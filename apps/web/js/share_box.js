import { shareJob, unshareJob } from "./api.js";
import { byId, say } from "./dom.js";
import { showTrouble } from "./trouble.js";

let job = null;

function embedCode(url) {
    return `<iframe src="${url}" width="640" height="400" style="border:0" allow="fullscreen; gyroscope; accelerometer" title="A photo with depth"></iframe>`;
}

async function copy(field, button) {
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
    } catch {
        document.execCommand("copy"); /* where the clipboard is closed to pages without TLS */
    }
    button.textContent = "Copied";
    say("Copied");
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

/** Makes the dialog that gives a link for looking. */
export function openShareBox() {
    for (const name of ["link", "embed"])
        byId(`copy-${name}`).addEventListener("click", ({ target }) => void copy(byId(`share-${name}`), target));
    byId("share-send").hidden = navigator.share === undefined;
    byId("share-send").addEventListener("click", () => void navigator.share({ title: job.name, url: byId("share-link").value }).catch(() => {}));
    byId("share-stop").addEventListener("click", () => void stop());
}

/** Shows the link of a job, which is shared from now on. */
export async function share(wanted) {
    job = wanted;
    try {
        const url = new URL((await shareJob(job.id)).url, location.href).href;
        byId("share-link").value = url;
        byId("share-embed").value = embedCode(url);
        byId("share-code").src = `${url}/qr.svg`;
        byId("share-local").hidden = !/^(localhost|127\..*|\[::1\])$/.test(location.hostname);
        byId("share-dialog").showModal();
        byId("share-link").select();
    } catch (error) {
        fail(error);
    }
}

async function stop() {
    try {
        await unshareJob(job.id);
        byId("share-dialog").close();
        say(`${job.name} is no longer shared`);
    } catch (error) {
        fail(error);
    }
}

function fail(error) {
    byId("share-dialog").close();
    showTrouble(error, job.name);
}
