/* Views that need no drawing of their own: wiggle and side by side. */
import { byId, make, makeChoice, wantsLessMotion } from "../dom.js";

const WIGGLE_MS = 170;

async function picture(url, alt, className) {
    const image = make("img", { className, alt, src: url });
    await image.decode();
    image.style.setProperty("--ratio", image.naturalWidth / image.naturalHeight);
    return image;
}

/** Both eyes in turn: depth without glasses. */
export class Wiggle {
    #timer = 0;
    #right = null;

    async open({ left, right }) {
        const image = await picture(left, "Left and right eye in turn", "eye");
        this.#right = await picture(right, "", "eye second");
        const stage = make("div", { className: "picture wiggle" }, image, this.#right);
        stage.style.setProperty("--ratio", image.naturalWidth / image.naturalHeight);
        const button = make("button", { type: "button", className: "soft", onclick: () => this.#run(this.#timer === 0, button) });
        this.element = make("div", { className: "view" }, stage, make("div", { className: "choices hint" }, button));
        this.#run(!wantsLessMotion(), button);
    }

    close() {
        clearInterval(this.#timer);
    }

    #run(on, button) {
        clearInterval(this.#timer);
        this.#timer = on ? setInterval(() => this.#right.classList.toggle("shown"), WIGGLE_MS) : 0;
        button.textContent = on ? "Pause" : "Play";
    }
}

export class SideBySide {
    async open({ left, right }) {
        const eyes = [await picture(left, "Left eye", "eye"), await picture(right, "Right eye", "eye")];
        const stage = make("div", { className: "picture pair" }, ...eyes);
        stage.style.setProperty("--ratio", 2 * eyes[0].naturalWidth / eyes[0].naturalHeight);
        const choice = makeChoice("How to look",
            [{ value: "parallel", label: "Parallel" }, { value: "crossed", label: "Cross-eyed" }], "parallel",
            (value) => stage.classList.toggle("crossed", value === "crossed"));
        choice.append(make("button", {
            type: "button", className: "soft fill", textContent: "Full screen", onclick: () => byId("full-screen").click(),
        }));
        this.element = make("div", { className: "view" }, stage, choice);
    }

    close() {
    }
}
