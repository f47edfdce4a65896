import { byId } from "./dom.js";

const typing = "input, select, textarea, dialog";

function photosIn(transfer) {
    return [...(transfer?.files ?? [])];
}

/** Takes photos that are dropped anywhere, chosen or pasted: calls onfiles(files). */
export function openIntake(onfiles) {
    const input = byId("file");
    let depth = 0; /* enter and leave come for every element below the pointer */
    let own = false; /* a picture of the page is dragged, which browsers offer as a file */
    const mark = (change) => {
        depth = Math.max(0, depth + change);
        document.body.classList.toggle("dropping", depth > 0);
    };
    const give = (files) => {
        if (files.length > 0)
            onfiles(files);
    };

    byId("choose").addEventListener("click", () => input.click());
    byId("dropzone").addEventListener("click", (event) => {
        if (event.target.closest("button, label, input") === null)
            input.click();
    });
    input.addEventListener("change", () => {
        const files = [...input.files];
        input.value = "";
        give(files);
    });
    const brings = (event) => !own && event.dataTransfer.types.includes("Files");
    addEventListener("dragstart", () => { own = true; });
    addEventListener("dragend", () => { own = false; });
    addEventListener("dragenter", (event) => { event.preventDefault(); mark(brings(event) ? 1 : 0); });
    addEventListener("dragleave", (event) => mark(brings(event) ? -1 : 0));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
        event.preventDefault();
        depth = 0;
        mark(0);
        if (brings(event))
            give(photosIn(event.dataTransfer));
    });
    addEventListener("paste", (event) => {
        if (!event.target.closest?.(typing))
            give(photosIn(event.clipboardData));
    });
}
