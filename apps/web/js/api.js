/** A call that did not work. status 0 = no connection; retryAfterS: when the server says to come again. */
export class ApiError extends Error {
    constructor(status, code, message, retryAfterS = 0) {
        super(message);
        this.status = status;
        this.code = code;
        this.retryAfterS = retryAfterS;
    }
}

const unauthorized = new EventTarget();

/** Calls `listener` whenever the server wants a token. */
export function onUnauthorized(listener) {
    unauthorized.addEventListener("wanted", listener);
}

function failure(status, text, retryAfter) {
    let about = {};
    try {
        about = JSON.parse(text).error ?? {};
    } catch {
        about = { message: text.slice(0, 200) };
    }
    const error = new ApiError(status, about.code ?? "", about.message ?? "", Number(retryAfter) || 0);
    if (status === 401)
        unauthorized.dispatchEvent(new Event("wanted"));
    return error;
}

async function call(method, path, body) {
    const request = { method };
    if (body instanceof Blob) {
        /* What a file is is seen from its content: of its name browsers know less (.pfm is a font to them). */
        request.headers = { "Content-Type": body.type.startsWith("image/") ? body.type : "application/octet-stream" };
        request.body = body;
    } else if (body !== undefined) {
        request.headers = { "Content-Type": "application/json" };
        request.body = JSON.stringify(body);
    }
    let reply;
    let text;
    try {
        reply = await fetch(path, request);
        text = await reply.text();
    } catch {
        throw new ApiError(0, "offline", "no connection");
    }
    if (!reply.ok)
        throw failure(reply.status, text, reply.headers.get("Retry-After"));
    return text === "" ? null : JSON.parse(text);
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Does `work` until it does not fail: again after half a second, then later each time. goesOn(error) is told of each failure
 * and says whether there is another try. Returns what work() returns, undefined when it was given up.
 */
export async function persist(work, goesOn) {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        try {
            return await work();
        } catch (error) {
            if (!goesOn(error))
                return undefined;
        }
        await new Promise((passed) => setTimeout(passed, wait));
    }
}

/** Whether a call may work later as it is: there is no connection, or the server has too much to do. */
export function isPassing(error) {
    return error.status === 0 || error.status === 429 || error.status >= 500;
}

export const getServer = () => call("GET", "/api/v1/server");
export const openSession = (token) => call("POST", "/api/v1/session", { token });
export const listJobs = (path = "/api/v1/jobs?limit=50") => call("GET", path);
export const getJob = (id) => call("GET", `/api/v1/jobs/${id}`);
export const removeJob = (id) => call("DELETE", `/api/v1/jobs/${id}`);
export const renderJob = (id, options) => call("POST", `/api/v1/jobs/${id}/render`, options);
export const shareJob = (id) => call("POST", `/api/v1/jobs/${id}/share`);
export const unshareJob = (id) => call("DELETE", `/api/v1/jobs/${id}/share`);

/** Makes a job again with that picture as its depth map; with spx's own again. Done when it can be seen; files follow. */
export const setDepth = (id, map) => call("POST", `/api/v1/jobs/${id}/depth?done=views`, map);
export const dropDepth = (id) => call("DELETE", `/api/v1/jobs/${id}/depth?done=views`);

/** Asks for a file that may have to be made first; what it holds is not read. */
export async function askForFile(path) {
    let reply;
    try {
        reply = await fetch(path);
    } catch {
        throw new ApiError(0, "offline", "no connection");
    }
    if (!reply.ok)
        throw failure(reply.status, await reply.text(), reply.headers.get("Retry-After"));
    await reply.body?.cancel();
}

/** Uploads a photo, or both eyes of one, with options (an object of texts). onprogress(0..1). Aborts with the signal. */
export function upload({ file, second, fields: options, stop: { signal } }, onprogress) {
    const form = new FormData();
    for (const [name, value] of Object.entries(options))
        form.append(name, value);
    form.append("file", file, file.name || "photo");
    if (second !== null)
        form.append("file", second, second.name || "photo");
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const offline = () => reject(new ApiError(0, "offline", "no connection"));
        request.open("POST", "/api/v1/jobs");
        request.upload.addEventListener("progress", (event) => {
            if (event.lengthComputable)
                onprogress(event.loaded / event.total);
        });
        request.addEventListener("error", offline);
        request.addEventListener("abort", () => reject(new ApiError(-1, "aborted", "stopped")));
        request.addEventListener("load", () => {
            if (request.status === 201)
                resolve(JSON.parse(request.responseText));
            else
                reject(failure(request.status, request.responseText, request.getResponseHeader("Retry-After")));
        });
        signal.addEventListener("abort", () => request.abort());
        request.send(form);
    });
}
