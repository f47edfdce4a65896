/* The picture as large as the screen. Where the browser fills it with films only (iPhones), as large as the window. */

/** Makes a button that shows `element`, which holds it, alone, and back. */
export function openFullScreen(button, element) {
    const isFull = () => document.fullscreenElement === element || element.classList.contains("filling");
    const tell = () => {
        button.setAttribute("aria-pressed", String(isFull()));
        button.title = isFull() ? "Back to the page" : "Full screen";
        button.setAttribute("aria-label", button.title);
    };
    const fillWindow = (on) => {
        element.classList.toggle("filling", on);
        document.body.classList.toggle("covered", on);
        tell();
    };
    button.addEventListener("click", () => {
        if (document.fullscreenElement === element)
            void document.exitFullscreen();
        else if (element.classList.contains("filling"))
            fillWindow(false);
        else if (document.fullscreenEnabled)
            element.requestFullscreen().catch(() => fillWindow(true));
        else
            fillWindow(true);
    });
    addEventListener("keydown", (event) => {
        if (event.key === "Escape" && element.classList.contains("filling"))
            fillWindow(false);
    });
    document.addEventListener("fullscreenchange", tell);
    tell();
}
