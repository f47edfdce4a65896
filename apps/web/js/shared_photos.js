/* Photos that another program shared with the installed page (see sw.js). */

const KEPT = "shared-photos";

/** Lets the page be installed, where the browser can do that. */
export function openInstalled() {
    if ("serviceWorker" in navigator)
        navigator.serviceWorker.register("/sw.js").catch(() => {}); /* plain HTTP: the page works, but is not installed */
}

/** The photos that were shared, once. */
export async function takeShared() {
    if (location.search !== "?shared")
        return [];
    history.replaceState(null, "", location.pathname);
    const cache = await caches.open(KEPT);
    const photos = [];
    for (const request of await cache.keys()) {
        const kept = await cache.match(request);
        const name = decodeURIComponent(kept.headers.get("X-Name") ?? "photo");
        photos.push(new File([await kept.blob()], name, { type: kept.headers.get("Content-Type") ?? "" }));
        await cache.delete(request);
    }
    return photos;
}
