import { showAlert } from "./dom.js";
import { trouble } from "./text.js";

/** Tells what a failed call means. Of a missing token the token's own dialog tells. */
export function showTrouble(error, name = "") {
    if (error.status === 401)
        return;
    const { title, detail } = trouble(error, name);
    showAlert(title, detail);
}
