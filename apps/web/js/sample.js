import { byId, showAlert } from "./dom.js";
import { Parallax } from "./views/parallax.js";

const PHOTO = "/sample/boats.jpg";
const VALUES = { strength: 4, convergence: 0.6 };

/** A photo that moves on the start page. Calls onfile(file) when somebody wants to try with it. */
export class Sample {
    #view = null;

    constructor(onfile) {
        byId("try-sample").addEventListener("click", async () => {
            try {
                const reply = await fetch(PHOTO);
                onfile(new File([await reply.blob()], "boats.jpg", { type: "image/jpeg" }));
            } catch {
                showAlert("No connection", "The sample cannot be read. Try again when you are back online.");
            }
        });
    }

    /** Moves while nothing else is on the page. */
    show(wanted) {
        byId("sample").hidden = !wanted;
        if (wanted === (this.#view !== null))
            return;
        this.#view?.close();
        this.#view?.canvas.remove();
        this.#view = wanted ? new Parallax(VALUES, { sways: true }) : null;
        if (this.#view === null)
            return;
        byId("sample-stage").replaceChildren(this.#view.canvas);
        this.#view.open({ photo: PHOTO, depth: "/sample/boats_depth.jpg" }).catch(() => { byId("sample").hidden = true; });
    }
}
