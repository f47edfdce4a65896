/** The element of that id. */
export function byId(id) {
    return document.getElementById(id);
}

/**
 * A new element. Properties that begin with "aria-", "data-" or are "role" become attributes, those
 * that begin with "on" listeners, all others properties. Children are nodes or text; null is left out.
 */
export function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (name.startsWith("on"))
            element.addEventListener(name.slice(2), value);
        else if (/^(aria-|data-|role$|for$)/.test(name))
            element.setAttribute(name, value);
        else
            element[name] = value;
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

/**
 * A row of buttons of which one, or none, is chosen. choices: [{value, label}]. Calls onchoose(value). The element's
 * mark(value) shows another choice.
 */
export function makeChoice(label, choices, chosen, onchoose) {
    const mark = (value) => {
        for (const button of buttons)
            button.setAttribute("aria-pressed", String(button.dataset.value === value));
    };
    const buttons = choices.map(({ value, label: text }) => make("button", {
        type: "button", className: "choice", textContent: text, "data-value": value,
        onclick: () => {
            mark(value);
            onchoose(value);
        },
    }));
    mark(chosen);
    return make("div", { className: "choices", role: "group", "aria-label": label, mark }, ...buttons);
}

/** Whether the person asked the system for less motion. */
export function wantsLessMotion() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

const alerts = byId("alerts");

/* The page gets as much longer as alerts are high, so that they never lie on something for good. */
if (alerts !== null) {
    new ResizeObserver(() => {
        document.body.style.setProperty("--alerts", `${alerts.childElementCount === 0 ? 0 : alerts.offsetHeight + 16}px`);
    }).observe(alerts);
}

const ALERT_MS = 12000;

/** Tells of a trouble in words, for a while or until it is closed; it stays while somebody points at it. */
export function showAlert(title, detail = "") {
    const close = make("button", {
        type: "button", className: "quiet", "aria-label": "Dismiss", textContent: "✕",
        onclick: () => box.remove(),
    });
    const box = make("div", { className: "alert" },
        make("div", {}, make("strong", { textContent: title }), make("p", { textContent: detail })), close);
    for (const old of alerts.children) {
        if (old.textContent === box.textContent)
            old.remove();
    }
    alerts.prepend(box);
    const leave = () => box.matches(":hover, :focus-within") ? setTimeout(leave, ALERT_MS) : box.remove();
    setTimeout(leave, ALERT_MS);
    while (alerts.children.length > 3)
        alerts.lastChild.remove();
}

/** Says something to screen readers only. */
export function say(text) {
    byId("spoken").textContent = text;
}
