import { onUnauthorized, openSession } from "./api.js";
import { byId } from "./dom.js";

/** Asks for the token whenever the server wants it; calls onright() when it was right. */
export function openTokenPrompt(onright) {
    const dialog = byId("token-dialog");
    const input = byId("token");
    const words = byId("token-error");
    onUnauthorized(() => {
        if (!dialog.open)
            dialog.showModal();
    });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    byId("token-form").addEventListener("submit", async (event) => {
        event.preventDefault();
        words.textContent = "";
        try {
            await openSession(input.value);
        } catch (error) {
            words.textContent = error.status === 401 ? "That is not the right token." : "The server cannot be reached.";
            input.select();
            return;
        }
        input.value = "";
        dialog.close();
        onright();
    });
    return { ask: () => dialog.open || dialog.showModal() };
}
